//! COCO annotations.

use std::fs;

use cytoscribe::{
    imaging::{Plane, RunLengths, rle::region_run_lengths},
    storage::coco::{Annotation, Category, CocoWriter},
};
use serde_json::{Value, json};
use tempfile::tempdir;

use super::{names_in, reason};
use crate::pictures::ids;

/// The cell and then the nucleus of each id.
fn annotations<'a>(
    cells: &'a [(u32, RunLengths)],
    nuclei: &'a [(u32, RunLengths)],
) -> impl Iterator<Item = Annotation<'a>> {
    let of = |category| move |(cell_id, mask): &'a (u32, RunLengths)| Annotation { cell_id: *cell_id, category, mask };
    cells.iter().map(of(Category::Cell)).zip(nuclei.iter().map(of(Category::Nucleus))).flat_map(|(a, b)| [a, b])
}

#[test]
fn every_cell_and_nucleus_is_annotated_with_its_mask_box_and_number() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("coco.json");
    let run_lengths = |rows: &[&str]| region_run_lengths(&ids(rows).into());
    let cells = run_lengths(&["11..", "11.3", "..33"]);
    let nuclei = run_lengths(&["1...", "1..3", "...."]);
    let mut writer = CocoWriter::create(&path).unwrap();
    writer.append("a_green.png", (3, 4), annotations(&cells, &nuclei)).unwrap();
    writer.append("without \"cells\".png", (5, 6), []).unwrap();
    writer.append("b_green.png", (3, 4), annotations(&cells[1..], &nuclei[1..])).unwrap();
    assert!(!path.exists());
    writer.finish().unwrap();
    assert_eq!(names_in(folder.path()), ["coco.json"]);

    let coco: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let image = |id, name, height, width| json!({ "id": id, "file_name": name, "width": width, "height": height });
    let images =
        [image(1, "a_green.png", 3, 4), image(2, "without \"cells\".png", 5, 6), image(3, "b_green.png", 3, 4)];
    assert_eq!(coco["images"], Value::from(images.to_vec()));
    assert_eq!(coco["categories"], json!([{ "id": 1, "name": "cell" }, { "id": 2, "name": "nucleus" }]));
    assert!(coco["info"]["description"].as_str().unwrap().contains("cytoscribe"));

    let found = coco["annotations"].as_array().unwrap();
    let keys: Vec<[u64; 4]> = found
        .iter()
        .map(|one| ["id", "image_id", "category_id", "cell_id"].map(|key| one[key].as_u64().unwrap()))
        .collect();
    assert_eq!(keys, [[1, 1, 1, 1], [2, 1, 2, 1], [3, 1, 1, 3], [4, 1, 2, 3], [5, 3, 1, 3], [6, 3, 2, 3]]);
    let [cell, nucleus] = [&found[2], &found[1]];
    assert_eq!((&cell["bbox"], &cell["area"]), (&json!([2, 1, 2, 2]), &json!(3)));
    assert_eq!((&nucleus["bbox"], &nucleus["area"], &nucleus["iscrowd"]), (&json!([0, 0, 1, 2]), &json!(2), &json!(0)));
    assert_eq!(cell["segmentation"]["size"], json!([3, 4]));
    let counts = cell["segmentation"]["counts"].as_str().unwrap();
    assert_eq!(RunLengths::decode(3, 4, counts).unwrap(), cells[1].1);
}

#[test]
fn a_mask_without_a_pixel_is_no_annotation() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("coco.json");
    let mut writer = CocoWriter::create(&path).unwrap();
    let mask = &RunLengths::from_mask(&Plane::filled(2, 2, false));
    writer.append("a", (2, 2), [Annotation { cell_id: 1, category: Category::Cell, mask }]).unwrap();
    writer.finish().unwrap();
    let coco: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!((&coco["annotations"], coco["images"].as_array().unwrap().len()), (&json!([]), 1));
}

#[test]
fn annotations_given_up_leave_nothing_behind_and_those_that_cannot_be_written_are_one_clear_error() {
    let folder = tempdir().unwrap();
    drop(CocoWriter::create(&folder.path().join("coco.json")).unwrap());
    assert!(names_in(folder.path()).is_empty());
    let error = CocoWriter::create(folder.path()).unwrap_err().to_string();
    assert_eq!(reason(&error, folder.path()), "cannot write the file: is a directory");
}

//! The commands that judge results by a truth.

use std::{fs, path::Path};

use cytoscribe::{
    atlas::Location,
    imaging::{Plane, RunLengths},
    pipeline::submission::{CellPrediction, encode_mask, prediction_string},
    storage::{
        SubmissionWriter,
        masks::{MaskFormat, write_mask},
    },
};
use serde_json::Value;
use tempfile::TempDir;

use super::{assert_code, complained, cytoscribe_in, said};
use crate::{drawn_set::draw_set, pictures::ids, shared::shared_test};

fn write(folder: &Path, name: &str, mask: &[&str]) {
    write_mask(&folder.join(name), &ids(mask).into(), MaskFormat::Png).unwrap();
}

fn json(folder: &Path, name: &str) -> Value {
    serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap()
}

/// The words of the line that begins with `start`.
fn row(text: &str, start: &str) -> Vec<String> {
    let line = text.lines().find(|line| line.trim_start().starts_with(start));
    let line = line.unwrap_or_else(|| panic!("no line '{start}' in\n{text}"));
    line.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn masks_are_judged_by_kind_and_field() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "truth/a_cellmask.png", &["1111.2222"]);
    write(folder.path(), "truth/b_cellmask.png", &["11.22"]);
    write(folder.path(), "truth/c_cellmask.png", &["11.22"]);
    write(folder.path(), "truth/a_nucleimask.png", &[".11..22.."]);
    write(folder.path(), "masks/a_cellmask.png", &["1111.3333"]);
    write(folder.path(), "masks/b_cellmask.png", &["11", "22"]);
    write(folder.path(), "masks/d_cellmask.png", &["11.22"]);
    write(folder.path(), "masks/a_nucleimask.png", &[".11......"]);
    let score = cytoscribe_in(folder.path(), "score masks --truth @/truth --masks @/masks --json @/score.json");
    assert_code(&score, 1);
    for line in [
        "note: c: no mask of its cells to judge, all are missed",
        "note: 1 mask without truth passed over",
        "failed: b: the truth is 5 x 1 pixels, what was found 2 x 2 (width x height)",
    ] {
        assert!(complained(&score).contains(line), "{line} is not said in\n{}", complained(&score));
    }
    assert_eq!(row(&said(&score), "nuclei")[1..4], ["truth", "found", "match50"]);
    assert_eq!(row(&said(&score), "2 fields")[2..8], ["4", "2", "2", "1.000", "0.500", "0.667"]);
    let json = json(folder.path(), "score.json");
    assert_eq!(json["cells"]["total"]["average_precision_50"], 0.5);
    assert_eq!(json["cells"]["fields"][1]["missed"], 2);
    assert_eq!(json["nuclei"]["total"]["at_60"]["recall"], 0.5);
}

#[test]
fn a_truth_of_plain_names_needs_its_kind() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "truth/a.png", &["11.22"]);
    write(folder.path(), "masks/a_nucleimask.png", &["11.33"]);
    write(folder.path(), "masks/a_cellmask.png", &["11111"]);
    let command = "score masks --truth @/truth --masks @/masks";
    let refused = cytoscribe_in(folder.path(), command);
    assert_code(&refused, 2);
    assert!(complained(&refused).contains("other names need --kind"), "{}", complained(&refused));
    let score = cytoscribe_in(folder.path(), &format!("{command} --kind nuclei"));
    assert_code(&score, 0);
    assert_eq!(row(&said(&score), "1 field")[2..5], ["2", "2", "2"]);
}

/// Two images of two cells, and a third without a row. The first shows 0 and 16 in one cell each.
fn write_truth(folder: &Path) {
    for id in ["a", "b", "c"] {
        write(folder, &format!("truth/{id}_cellmask.png"), &["......", ".1122.", ".1122.", "......"]);
    }
    fs::write(folder.join("truth/cells.csv"), "image,cell,labels\na,1,0\na,2,16\nb,1,0\nb,2,0\nc,1,16\nc,2,5\n")
        .unwrap();
}

/// A submission that finds every cell of a and b, and says of each that it shows `location`, the first more surely.
fn write_submission(folder: &Path, location: usize) {
    let cells: Vec<String> = [1, 2]
        .map(|id| ids(&["......", ".1122.", ".1122.", "......"]).map(|&other| other == id))
        .iter()
        .map(|mask: &Plane<bool>| encode_mask(&RunLengths::from_mask(mask)))
        .collect();
    let confidences = [[0.75; Location::COUNT], [0.5; Location::COUNT]];
    let predictions: Vec<CellPrediction> = cells
        .iter()
        .zip(&confidences)
        .map(|(mask_text, confidences)| CellPrediction {
            mask_text,
            confidences,
            locations: [Location::new(location).unwrap()].into_iter().collect(),
        })
        .collect();
    let mut writer = SubmissionWriter::create(&folder.join("submission.csv")).unwrap();
    for id in ["b", "a", "z"] {
        writer.write_row(id, (4, 6), &prediction_string((4, 6), &predictions)).unwrap();
    }
    writer.finish().unwrap();
}

#[test]
fn a_submission_is_judged_by_the_labels_of_cells() {
    let folder = TempDir::new().unwrap();
    write_truth(folder.path());
    write_submission(folder.path(), 0);
    let command = "score submission --truth @/truth --submission @/submission.csv";
    let score = cytoscribe_in(folder.path(), &format!("{command} --json @/score.json"));
    assert_code(&score, 0);
    assert!(complained(&score).contains("note: c: the submission has no row for it"), "{}", complained(&score));
    assert!(complained(&score).contains("note: 1 row of images without truth"), "{}", complained(&score));
    // Location 0: two of two at the first threshold, one of two at the second.
    let expected = (2.0 + 0.75) / 3.0;
    let precision = json(folder.path(), "score.json")["locations"][0]["average_precision"].as_f64().unwrap();
    assert!((precision - expected).abs() < 1e-12, "{precision}");
    let mean = format!("mean average precision {:.3} of 3 locations in 3 images", expected / 3.0);
    assert!(said(&score).contains(&mean), "{}", said(&score));

    write_submission(folder.path(), 5);
    let detections = |command: &str| {
        assert_code(&cytoscribe_in(folder.path(), &format!("{command} --json @/score.json")), 0);
        json(folder.path(), "score.json")["locations"][5]["detections"].as_u64().unwrap()
    };
    assert_eq!(detections(command), 0);
    assert_eq!(detections(&format!("{command} --absent keep")), 4);
    fs::write(folder.path().join("labels.csv"), "ID,Label\na,5\n").unwrap();
    assert_eq!(detections(&format!("{command} --labels @/labels.csv")), 2);
}

#[test]
fn a_bad_row_costs_its_image_and_another_file_everything() {
    let folder = TempDir::new().unwrap();
    write_truth(folder.path());
    write_submission(folder.path(), 0);
    let path = folder.path().join("submission.csv");
    let whole = fs::read_to_string(&path).unwrap();
    let first = whole.lines().nth(1).unwrap();
    fs::write(&path, format!("{}{first}\nc,6,4,0 x y\n", whole.replace("a,6,4", "a,5,4"))).unwrap();
    let command = "score submission --truth @/truth --submission @/submission.csv --json @/score.json";
    let score = cytoscribe_in(folder.path(), command);
    assert_code(&score, 1);
    for line in [
        "failed: a: line 3: triple 1: the mask: ",
        "failed: b: line 5: the ID is repeated from line 2",
        "failed: c: line 6: triple 1: the confidence 'x' is not a finite number",
    ] {
        assert!(complained(&score).contains(line), "{line} is not said in\n{}", complained(&score));
    }
    fs::write(&path, "ID,Label\n").unwrap();
    fs::remove_file(folder.path().join("score.json")).unwrap();
    let refused = cytoscribe_in(folder.path(), command);
    assert_code(&refused, 2);
    assert!(complained(&refused).contains("error: a submission must begin with the line"), "{}", complained(&refused));
    assert!(!folder.path().join("score.json").exists());
}

#[test]
fn suspects_by_anchor_and_by_cell_are_judged_alike() {
    let folder = TempDir::new().unwrap();
    write_truth(folder.path());
    fs::write(folder.path().join("labels.csv"), "ID,Label\na,0|16\nb,0\n").unwrap();
    let by_cell = "image,cell,location,score\na,2,0,0.9\nb,1,0,0.8\na,1,5,0.7\n";
    let by_anchor = "image,anchor_row,anchor_col,location,score\na,1,4,0,0.9\nb,2,2,0,0.8\na,2,1,5,0.7\nb,0,0,0,1\n\
                     b,99,0,0,1\n";
    let command = "score labels --truth @/truth --labels @/labels.csv --found @/found.csv --json @/score.json";
    let scores = [by_cell, by_anchor].map(|found| {
        fs::write(folder.path().join("found.csv"), found).unwrap();
        let score = cytoscribe_in(folder.path(), command);
        assert_code(&score, 0);
        (said(&score), complained(&score), json(folder.path(), "score.json"))
    });
    assert_eq!((&scores[0].0, &scores[0].2), (&scores[1].0, &scores[1].2));
    assert_eq!(row(&scores[0].0, "all"), ["all", "6", "2", "0.333", "2", "1", "0.500", "0.500", "0.500"]);
    assert!(scores[0].1.contains("note: 1 suspect not a given label"), "{}", scores[0].1);
    assert!(scores[0].1.contains("note: 1 image of the truth without labels"), "{}", scores[0].1);
    assert!(scores[1].1.contains("note: 2 suspects on no cell of the truth"), "{}", scores[1].1);
}

#[test]
fn scores_are_the_same_to_the_byte_on_any_number_of_threads() {
    let folder = TempDir::new().unwrap();
    draw_set(&folder.path().join("set"), 12);
    for command in ["segment @/set --out @/truth", "segment @/set --out @/masks --working-size 100"] {
        assert_code(&cytoscribe_in(folder.path(), command), 0);
    }
    let score = |threads: usize| {
        let command = format!("score masks --truth @/truth --masks @/masks --json @/score.json --threads {threads}");
        let score = cytoscribe_in(folder.path(), &command);
        assert_code(&score, 0);
        (said(&score), fs::read(folder.path().join("score.json")).unwrap())
    };
    let one = score(1);
    assert!(one.0.contains("12 fields"), "{}", one.0);
    assert_eq!(one, score(2));
    assert_eq!(one, score(8));
}

shared_test! {
    fn the_cells_of_four_real_images_are_mostly_those_of_hpa_cell_segmentation(shared: &Path) {
        let folder = TempDir::new().unwrap();
        std::os::unix::fs::symlink(shared.canonicalize().unwrap(), folder.path().join("shared")).unwrap();
        assert_code(&cytoscribe_in(folder.path(), "segment @/shared/data/hpa --out @/masks"), 0);
        let command = "score masks --truth @/shared/data/hpa_cellseg --masks @/masks --json @/score.json";
        assert_code(&cytoscribe_in(folder.path(), command), 0);
        let total = &json(folder.path(), "score.json")["cells"]["total"];
        assert_eq!((total["truth"].as_u64(), total["found"].as_u64()), (Some(55), Some(55)));
        assert_eq!(total["at_60"]["matched"].as_u64(), Some(53));
    }
}

//! Masks from elsewhere, as other programs write them and as this one does. What `NumPy`, `OpenCV` and tifffile have written is
//! in `tests/foreign_masks`, with the script that made it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use cytoscribe::{
    imaging::{Plane, RunLengths, rle::region_run_lengths},
    pipeline::submission::{CellPrediction, encode_mask, prediction_string},
    storage::{
        MaskFolder, MaskFormat, MaskImport, SubmissionWriter,
        coco::{Annotation, Category, CocoWriter},
        mask_import::FoundMasks,
        masks::{MaskKind, write_mask},
        write_masks,
    },
};
use tempfile::tempdir;

use super::reason;
use crate::{pictures::ids, shared::shared_test};

/// What every file of `tests/foreign_masks` shows.
fn cells() -> Plane<u32> {
    ids(&[
        "111....22...",
        "111...2222..",
        "1111..2222..",
        ".11....22...",
        "............",
        "..77....9999",
        ".7777...9999",
        ".7777....999",
    ])
}

fn foreign(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/foreign_masks")).join(name)
}

fn open(path: &Path) -> MaskImport {
    MaskImport::open(path, MaskKind::Cells).unwrap()
}

fn read(path: &Path, id: &str) -> FoundMasks {
    open(path).read(id).unwrap().unwrap()
}

/// The only reason why the masks at `path` are not read, which must name `path`.
fn refusal(path: &Path) -> String {
    let error = match MaskImport::open(path, MaskKind::Cells) {
        Ok(masks) => {
            let id = masks.ids().next().unwrap().to_owned();
            masks.read(&id).unwrap().unwrap_err()
        }
        Err(error) => error,
    };
    reason(&error.to_string(), path).to_owned()
}

#[test]
fn masks_of_hpa_cell_segmentation_are_both_read_from_images_and_from_archives() {
    for folder in ["hpa", "npz"] {
        let masks = read(&foreign(folder), "a");
        assert_eq!(masks.cells, Some(cells()), "{folder}");
        let nuclei = masks.nuclei.unwrap();
        assert!(
            nuclei.samples().iter().zip(cells().samples()).all(|(&nucleus, &cell)| nucleus == 0 || nucleus == cell)
        );
        assert_eq!(nuclei.largest(), 9, "{folder}");
    }
    // One file of them alone is one mask alone.
    let alone = read(&foreign("hpa/a_cellmask.png"), "a");
    assert!(alone.nuclei.is_none() && alone.cells == Some(cells()));
    assert!(read(&foreign("npz/hpa_nuclei_mask/a.npz"), "a").cells.is_none());
}

#[test]
fn the_pickled_masks_of_cellpose_are_found_in_every_protocol_without_running_anything() {
    assert_eq!(read(&foreign("cellpose"), "a").cells, Some(cells()));
    let all = open(&foreign("cellpose_protocols"));
    let ids: Vec<&str> = all.ids().collect();
    assert_eq!(ids, ["p2", "p3", "p4", "p5"]);
    for id in ids {
        // They were found in the blue stain, so they are nuclei.
        let masks = all.read(id).unwrap().unwrap();
        assert!(masks.cells.is_none() && masks.nuclei == Some(cells()), "{id}");
    }
}

#[test]
fn label_images_of_cellpose_are_read_with_and_without_a_stain_in_their_name() {
    for folder in ["cellpose_png", "cellpose_tif"] {
        let masks = read(&foreign(folder), "a");
        assert!(masks.nuclei.is_none() && masks.cells == Some(cells()), "{folder}");
    }
}

#[test]
fn whole_numbers_of_every_width_and_order_are_ids() {
    let all = open(&foreign("arrays"));
    let mut read = 0;
    for id in all.ids().filter(|id| *id != "truth_values") {
        let masks = all.read(id).unwrap().unwrap_or_else(|error| panic!("{id}: {error}"));
        assert_eq!(masks.cells, Some(cells()), "{id}");
        read += 1;
    }
    assert_eq!(read, 20);
}

#[test]
fn the_pieces_of_a_black_and_white_array_are_numbered() {
    let mask = read(&foreign("arrays/truth_values.npy"), "truth_values").cells.unwrap();
    let renumbered = cells().map(|&id| [0, 1, 3, 0, 0, 0, 0, 2, 0, 4][id as usize]);
    assert_eq!(mask, renumbered);
}

#[test]
fn what_is_no_mask_is_refused_in_a_sentence_that_names_the_file() {
    let refused = |name: &str| refusal(&foreign("bad").join(name));
    assert!(refused("fractions.npy").starts_with("its numbers are of the kind '<f8', but the ids of a mask are whole"));
    assert!(refused("negative.npy").starts_with("it holds numbers below 0"));
    assert!(refused("huge.npy").starts_with("it holds the id 10000000, at most 1000000 is read"));
    assert!(refused("thick.npy").starts_with("it has the sides [2, 8, 12], but a mask has two"));
    assert_eq!(refused("short.npy"), "it is cut short: 182 bytes of 192");
    assert_eq!(refused("empty.npy"), "cannot read the NumPy file: it is no NumPy array");
    assert_eq!(refused("words.npz"), "cannot read the NumPy archive: it is no zip file, or damaged");
    assert!(refused("which.npz").contains("of its arrays (one, two) none is named arr_0"));
    assert!(refused("damaged.npz").starts_with("cannot read the NumPy archive: "));
    assert!(refused("colour.png").starts_with("it is a picture in colour, but a mask is grey"));
    let advice = "; save the masks as PNG or TIFF instead";
    let pickled = |name: &str| {
        let refused = refused(name);
        let words = refused.strip_prefix("cannot read the pickled objects: ").unwrap();
        words.strip_suffix(advice).unwrap().to_owned()
    };
    assert_eq!(pickled("other_seg.npy"), "there are no 'masks' in a dictionary");
    assert_eq!(pickled("evil_seg.npy"), "its masks are no plain NumPy array");
    assert_eq!(pickled("odd_seg.npy"), "opcode 0x8f is none that NumPy writes");
}

#[test]
fn a_pickle_that_is_cut_off_anywhere_is_refused_and_never_panics() {
    let folder = tempdir().unwrap();
    for protocol in 2..=5 {
        let whole = fs::read(foreign(&format!("cellpose_protocols/p{protocol}_blue_seg.npy"))).unwrap();
        let path = folder.path().join("a_seg.npy");
        for length in (0..whole.len()).step_by(7) {
            fs::write(&path, &whole[..length]).unwrap();
            refusal(&path);
        }
        // A byte that is another one may still be a mask, but nothing worse.
        for at in (128..whole.len()).step_by(11) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x55;
            fs::write(&path, damaged).unwrap();
            let _ = open(&path).read("a").unwrap();
        }
    }
}

#[test]
fn coco_annotations_are_read_as_run_lengths_in_both_forms_and_as_polygons() {
    for form in ["runs", "text", "polygons"] {
        let coco = open(&foreign("coco").join(format!("{form}.json")));
        assert_eq!(coco.ids().collect::<Vec<_>>(), ["a", "empty"]);
        let masks = coco.read("a").unwrap().unwrap();
        // Their own numbers are in no file of this kind, so they are numbered as they come.
        let expected = cells().map(|&id| [0, 1, 2, 0, 0, 0, 0, 3, 0, 4][id as usize]);
        assert!(masks.nuclei.is_none() && masks.cells == Some(expected), "{form}");
        let empty = coco.read("empty").unwrap().unwrap();
        assert_eq!(empty.cells, Some(Plane::filled(8, 12, 0)));
    }
}

#[test]
fn annotations_that_are_wrong_cost_their_image_and_say_which_they_are() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("coco.json");
    let write = |segmentation: &str| {
        let images = r#"[{"id":1,"file_name":"a.png","width":3,"height":2},{"id":"two","file_name":"b.png","width":1,"height":1}]"#;
        let text = format!(
            r#"{{"images":{images},"annotations":[{{"id":7,"image_id":1,"segmentation":{segmentation}}},
            {{"id":8,"image_id":"two","segmentation":[[0,0,1,0,1,1,0,1]]}}]}}"#
        );
        fs::write(&path, text).unwrap();
    };
    let refused = |segmentation: &str| {
        write(segmentation);
        let coco = open(&path);
        assert_eq!(coco.read("b").unwrap().unwrap().cells, Some(Plane::filled(1, 1, 1)));
        reason(&coco.read("a").unwrap().unwrap_err().to_string(), &path).to_owned()
    };
    assert_eq!(
        refused(r#"{"size":[3,2],"counts":[6]}"#),
        "annotation 7: its mask is 2 x 3 pixels, its image 3 x 2 (width x height)"
    );
    assert!(
        refused(r#"{"size":[2,3],"counts":[5]}"#).starts_with("annotation 7: wrong run lengths: the runs add up to 5")
    );
    assert!(refused(r#"{"size":[2,3],"counts":"~"}"#).starts_with("annotation 7: wrong run lengths: '~'"));
    assert!(refused("[[0,0,1]]").starts_with("annotation 7: a polygon needs x and y of three points"));
    fs::write(&path, "{}").unwrap();
    assert!(refusal(&path).starts_with("cannot read the COCO annotations: missing field `images`"));
}

#[test]
fn where_annotations_overlap_the_earlier_one_has_the_pixels_and_they_are_counted() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("coco.json");
    let text = r#"{"images":[{"id":1,"file_name":"a.png","width":3,"height":1}],"annotations":[
        {"image_id":1,"segmentation":[[0,0,2,0,2,1,0,1]]},{"image_id":1,"segmentation":[[1,0,3,0,3,1,1,1]]}]}"#;
    fs::write(&path, text).unwrap();
    let masks = read(&path, "a");
    assert_eq!((masks.cells, masks.overlapping_px), (Some(ids(&["112"])), 1));
}

#[test]
fn a_submission_by_numpy_is_read_and_a_bad_row_of_it_costs_its_image() {
    let expected = cells().map(|&id| [0, 1, 2, 0, 0, 0, 0, 3, 0, 4][id as usize]);
    assert_eq!(read(&foreign("submission.csv"), "a").cells, Some(expected));
    let folder = tempdir().unwrap();
    let path = folder.path().join("submission.csv");
    let good = fs::read_to_string(foreign("submission.csv")).unwrap();
    let row = good.lines().nth(1).unwrap();
    fs::write(&path, format!("{good}b,4,4,0 1 xyz\na{}\nc{}\n", &row[1..], &row[1..])).unwrap();
    let masks = open(&path);
    let refused = |id| reason(&masks.read(id).unwrap().unwrap_err().to_string(), &path).to_owned();
    assert!(refused("b").starts_with("line 3: triple 1: the mask: not base64"));
    assert_eq!(refused("a"), "line 4: the ID is repeated from line 2");
    assert!(masks.read("c").unwrap().is_ok());
}

#[test]
fn all_that_this_program_writes_comes_back_as_the_same_masks() {
    let folder = tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    // The nucleus of 7 is gone, as small ones are on the way to full size.
    let nuclei = cells().map(|&id| if id == 7 { 0 } else { id });
    let (nuclei_mask, cell_mask) = (nuclei.clone().into(), cells().into());
    for (format, name) in [(MaskFormat::Png, "png"), (MaskFormat::Tiff, "tiff")] {
        write_masks(MaskFolder { path: &path(name), format }, "a_1", &nuclei_mask, &cell_mask).unwrap();
        let masks = read(&path(name), "a_1");
        assert_eq!((masks.nuclei.as_ref(), masks.cells.as_ref()), (Some(&nuclei), Some(&cells())));
    }
    // 32 bit.
    let large = cells().map(|&id| id * 100_000);
    write_mask(&path("large/a_cellmask.tif"), &large.clone().into(), MaskFormat::Tiff).unwrap();
    assert_eq!(read(&path("large"), "a").cells, Some(large));

    let runs = [region_run_lengths(&nuclei_mask), region_run_lengths(&cell_mask)];
    let mut coco = CocoWriter::create(&path("coco.json")).unwrap();
    let of = |(category, runs): (Category, &'static Vec<(u32, RunLengths)>)| {
        runs.iter().map(move |(cell_id, mask)| Annotation { cell_id: *cell_id, category, mask })
    };
    let [nucleus_runs, cell_runs]: [&'static Vec<_>; 2] = runs.clone().map(|runs| &*Box::leak(Box::new(runs)));
    let annotations = [(Category::Nucleus, nucleus_runs), (Category::Cell, cell_runs)].into_iter().flat_map(of);
    coco.append("a_1_green.png", (8, 12), annotations).unwrap();
    coco.finish().unwrap();
    assert_eq!(
        read(&path("coco.json"), "a_1"),
        FoundMasks { nuclei: Some(nuclei), cells: Some(cells()), overlapping_px: 0 }
    );

    let texts: Vec<String> = runs[1].iter().map(|(_, mask)| encode_mask(mask)).collect();
    let confidences = [0.5; 19];
    let predictions: Vec<CellPrediction> = texts
        .iter()
        .map(|mask_text| CellPrediction { mask_text, confidences: &confidences, locations: "0|16".parse().unwrap() })
        .collect();
    let mut submission = SubmissionWriter::create(&path("submission.csv")).unwrap();
    submission.write_row("a_1", (8, 12), &prediction_string((8, 12), &predictions)).unwrap();
    submission.write_row("empty", (2, 3), &prediction_string((2, 3), &[])).unwrap();
    submission.finish().unwrap();
    let expected = cells().map(|&id| [0, 1, 2, 0, 0, 0, 0, 3, 0, 4][id as usize]);
    assert_eq!(read(&path("submission.csv"), "a_1").cells, Some(expected));
    assert_eq!(read(&path("submission.csv"), "empty").cells, Some(Plane::filled(2, 3, 0)));
}

#[test]
fn images_of_stains_are_no_masks_and_of_several_files_the_one_with_the_better_name_is_meant() {
    let folder = tempdir().unwrap();
    let root = folder.path();
    let write = |name: &str, mask: &Plane<u32>| {
        write_mask(&root.join(name), &mask.clone().into(), MaskFormat::Png).unwrap();
    };
    write("a_blue.png", &ids(&["1"]));
    let error = MaskImport::open(root, MaskKind::Cells).unwrap_err().to_string();
    assert!(reason(&error, root).starts_with("found no masks: expected files named <ID>_cellmask.png"));
    write("a.png", &ids(&["2"]));
    assert_eq!(read(root, "a").cells, Some(ids(&["2"])));
    write("a_cp_masks.png", &ids(&["3"]));
    assert_eq!(read(root, "a").cells, Some(ids(&["3"])));
    write("a_cellmask.png", &ids(&["4"]));
    assert_eq!(read(root, "a").cells, Some(ids(&["4"])));
    write("inside/a_cellmask.png", &ids(&["5"]));
    let error = open(root).read("a").unwrap().unwrap_err().to_string();
    assert!(error.starts_with("the mask has two files, keep one: "), "{error}");
    // What is not told by the name is what one says it is.
    let nuclei = MaskImport::open(&root.join("a.png"), MaskKind::Nuclei).unwrap().read("a").unwrap().unwrap();
    assert_eq!((nuclei.nuclei, nuclei.cells), (Some(ids(&["2"])), None));
    fs::write(root.join("words.txt"), "words").unwrap();
    assert!(refusal(&root.join("words.txt")).starts_with("cannot tell what this file is"));
    assert!(refusal(&root.join("nowhere")).starts_with("cannot read the masks: "));
}

shared_test! {
    fn published_masks_are_read_with_their_ids(shared: &Path) {
        let masks = open(&shared.join("data/hpa_cellseg"));
        let mut cells = 0;
        for id in masks.ids() {
            let found = masks.read(id).unwrap().unwrap();
            assert!(found.nuclei.is_none(), "{id}");
            cells += region_run_lengths(&found.cells.unwrap().into()).len();
        }
        assert_eq!(cells, 55);
    }
}

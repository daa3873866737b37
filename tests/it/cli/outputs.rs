//! What is written of cells, in which form, and what is left out on request.

use std::{collections::BTreeSet, fs, path::Path};

use cytoscribe::{
    atlas::Channel,
    imaging::{RunLengths, rle::region_run_lengths},
    pipeline::{features::feature_names, submission::decode_mask},
    storage::masks::read_mask,
};
use serde_json::Value;
use tempfile::TempDir;

use super::{assert_code, complained, cytoscribe_in, files_below, said};
use crate::drawn_set::{CELLS, SIDE, draw_set};

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Runs a command that must succeed and returns what it said and complained of.
fn succeed(folder: &Path, command: &str) -> (String, String) {
    let output = cytoscribe_in(folder, command);
    assert_code(&output, 0);
    (said(&output), complained(&output))
}

/// The triples of a submission: (image, location, confidence, mask).
fn triples(path: &Path) -> Vec<(String, usize, f64, String)> {
    let mut triples = Vec::new();
    for row in csv::Reader::from_path(path).unwrap().records().map(Result::unwrap) {
        let words: Vec<&str> = row[3].split(' ').collect();
        for [location, confidence, mask] in words.as_chunks().0 {
            triples.push((
                row[0].to_owned(),
                location.parse().unwrap(),
                confidence.parse().unwrap(),
                (*mask).to_owned(),
            ));
        }
    }
    triples
}

/// Draws `count` fields of which the border of the image cuts two cells each: a third of their radius is out of view.
fn draw_cut_set(folder: &Path, count: usize) {
    draw_set(folder, count);
    for number in 0..count {
        for channel in Channel::ALL {
            let path = folder.join(format!("field_{number}_{}.png", channel.colour()));
            image::open(&path).unwrap().crop_imm(30, 0, SIDE - 30, SIDE).save(&path).unwrap();
        }
    }
}

#[test]
fn masks_are_written_as_tiff_run_lengths_and_coco_annotations_of_the_same_cells() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    draw_set(&path("set"), 3);
    succeed(folder.path(), "segment @/set --out @/png");
    let command = "segment @/set --out @/tiff --mask-format tiff --run-lengths @/runs --coco @/coco.json";
    let (said, _) = succeed(folder.path(), command);
    assert!(said.contains("run lengths are in ") && said.contains("the COCO annotations are "), "{said}");

    let mut cells: Vec<RunLengths> = Vec::new();
    for field in 0..3 {
        for kind in ["cellmask", "nucleimask"] {
            let png = read_mask(&path(&format!("png/field_{field}_{kind}.png"))).unwrap();
            assert_eq!(read_mask(&path(&format!("tiff/field_{field}_{kind}.tif"))).unwrap(), png);
            if kind == "cellmask" {
                cells.extend(region_run_lengths(&png.into()).into_iter().map(|(_, mask)| mask));
            }
        }
    }
    let runs = json(&path("runs/1.json"));
    let lengths = runs.as_array().unwrap().iter().map(|mask| mask["run_lengths"].as_array().unwrap());
    let expected: Vec<Vec<u32>> = cells.iter().map(|mask| mask.runs().to_vec()).collect();
    let found: Vec<Vec<u32>> =
        lengths.map(|runs| runs.iter().map(|run| run.as_u64().unwrap() as u32).collect()).collect();
    assert_eq!(found, expected);

    let coco = json(&path("coco.json"));
    let images: Vec<&str> =
        coco["images"].as_array().unwrap().iter().map(|image| image["file_name"].as_str().unwrap()).collect();
    assert_eq!(images, ["field_0_green.png", "field_1_green.png", "field_2_green.png"]);
    let annotations = coco["annotations"].as_array().unwrap();
    assert_eq!(annotations.len(), 2 * 3 * CELLS);
    for (cell, pair) in cells.iter().zip(annotations.chunks(2)) {
        assert_eq!([&pair[0]["category_id"], &pair[1]["category_id"]], [1, 2]);
        assert_eq!(pair[0]["cell_id"], pair[1]["cell_id"]);
        assert_eq!(pair[0]["segmentation"]["counts"], cell.encode());
        assert!(pair[1]["area"].as_u64() < pair[0]["area"].as_u64(), "a nucleus is smaller than its cell");
    }
}

#[test]
fn nuclei_of_a_set_without_other_stains_are_annotated_too() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    draw_set(&path("set"), 2);
    for field in 0..2 {
        for colour in ["red", "yellow", "green"] {
            fs::remove_file(path(&format!("set/field_{field}_{colour}.png"))).unwrap();
        }
    }
    succeed(folder.path(), "segment @/set --out @/masks --coco @/coco.json");
    let coco = json(&path("coco.json"));
    assert_eq!(coco["images"][1]["file_name"], "field_1_blue.png");
    let annotations = coco["annotations"].as_array().unwrap();
    assert_eq!(annotations.len(), 2 * CELLS);
    assert!(annotations.iter().all(|annotation| annotation["category_id"] == 2));

    let refused = cytoscribe_in(folder.path(), "segment @/set --out @/masks --run-lengths @/runs");
    assert_code(&refused, 2);
    assert!(complained(&refused).contains("the set has the nucleus stain alone"), "{}", complained(&refused));
    assert!(!path("runs").exists());
}

#[test]
fn run_writes_tables_as_csv_and_masks_as_tiff_on_request() {
    let folder = TempDir::new().unwrap();
    draw_set(&folder.path().join("set"), 4);
    let command = "run --train @/set --labels @/set/train.csv --test @/set --out @/out --mask-format tiff \
                   --table-format csv --keep base-rate --top-k 2 --border-cells leave-out";
    succeed(folder.path(), command);
    let names: Vec<String> = files_below(&folder.path().join("out")).into_iter().map(|(name, _)| name).collect();
    assert!(names.contains(&"features_train.csv".to_owned()) && names.contains(&"features_test.csv".to_owned()));
    assert!(names.contains(&"masks/test/field_3_cellmask.tif".to_owned()), "{names:?}");
    let report = fs::read_to_string(folder.path().join("out/report.txt")).unwrap();
    assert!(report.contains("LeaveOut") && report.contains("BaseRate"), "{report}");
    let mut table = csv::Reader::from_path(folder.path().join("out/features_test.csv")).unwrap();
    assert_eq!(table.headers().unwrap().len(), 5 + feature_names().len());
    assert_eq!(table.records().count(), 4 * CELLS);
}

#[test]
fn a_submission_holds_what_is_asked_for_and_its_size_is_said_before() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    draw_set(&path("set"), 4);
    succeed(folder.path(), "train @/set --labels @/set/train.csv --out @/model.ron");
    let submit = |options: &str| {
        let command = format!("submit @/set --model @/model.ron --out @/submission.csv{options}");
        let (_, complained) = succeed(folder.path(), &command);
        let bytes = fs::metadata(path("submission.csv")).unwrap().len();
        let size = format!("({bytes} bytes)");
        assert!(complained.contains("the submission will have 4 rows, ") && complained.contains(&size), "{complained}");
        succeed(folder.path(), "check @/submission.csv --set @/set");
        (complained, triples(&path("submission.csv")))
    };
    let (complained, all) = submit("");
    assert!(complained.contains("4 rows, 16 cells, 304 predictions"), "{complained}");
    assert_eq!(all.len(), 4 * CELLS * 19);

    let (_, best) = submit(" --top-k 1");
    assert_eq!(best.len(), 4 * CELLS);
    // The protein of every other field is in the nuclei, that of the rest around them; no image shows anything else.
    for (image, location, ..) in &best {
        assert_eq!(*location, if ["field_0", "field_2"].contains(&image.as_str()) { 0 } else { 16 });
    }

    let (_, half) = submit(" --keep base-rate");
    assert_eq!(half.iter().map(|triple| triple.1).collect::<BTreeSet<_>>(), [0, 16].into());
    assert_eq!(half.len(), 2 * 4 * CELLS, "twice a half is all");
}

#[test]
fn a_field_of_which_nothing_is_left_has_the_row_of_an_empty_image() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    draw_set(&path("set"), 8);
    // Nucleoplasm in two of eight images: it is written for half of the cells, those of the other kind lose it.
    let labels =
        "ID,Label\nfield_0,0\nfield_2,0\nfield_1,18\nfield_3,18\nfield_4,18\nfield_5,18\nfield_6,18\nfield_7,18\n";
    fs::write(path("labels.csv"), labels).unwrap();
    succeed(folder.path(), "train @/set --labels @/labels.csv --out @/model.ron");
    succeed(folder.path(), "submit @/set --model @/model.ron --out @/all.csv --keep base-rate");
    let zeros = triples(&path("all.csv")).iter().filter(|triple| triple.1 == 0).count();
    assert!((16..32).contains(&zeros), "half of 32 cells, and those that tie: {zeros}");

    let model = fs::read_to_string(path("model.ron")).unwrap();
    let rates = model.find("image_rates").unwrap();
    let end = rates + model[rates..].find(')').unwrap();
    let none = format!("image_rates: ({}", vec!["0.0"; 19].join(", "));
    fs::write(path("model.ron"), format!("{}{none}{}", &model[..rates], &model[end..])).unwrap();
    let (_, complained) = succeed(folder.path(), "submit @/set --model @/model.ron --out @/none.csv --keep base-rate");
    assert!(complained.contains("8 rows, 0 cells, 0 predictions"), "{complained}");
    for (_, location, confidence, mask) in triples(&path("none.csv")) {
        assert_eq!((location, confidence.to_bits()), (0, 1.0_f64.to_bits()));
        assert_eq!(decode_mask(&mask, SIDE as usize, SIDE as usize).unwrap().area(), 0);
    }
    succeed(folder.path(), "check @/none.csv --set @/set");
}

#[test]
fn border_cells_are_left_out_of_tables_models_and_submissions_or_weighed() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    draw_cut_set(&path("set"), 4);
    let inside = CELLS / 2;
    let cells_in = |name: &str| csv::Reader::from_path(path(name)).unwrap().records().count();
    for (choice, count) in [("keep", CELLS), ("leave-out", inside), ("leave-out-half", CELLS), ("weigh", CELLS)] {
        succeed(folder.path(), &format!("features @/set --out @/{choice}.csv --border-cells {choice}"));
        assert_eq!(cells_in(&format!("{choice}.csv")), 4 * count, "{choice}");
    }
    let train = "train @/set --labels @/set/train.csv --out @/model.ron";
    let (said, _) = succeed(folder.path(), &format!("{train} --border-cells leave-out"));
    assert!(said.contains(&format!("{} cells of 4 images", 4 * inside)), "{said}");
    let (said, _) = succeed(folder.path(), train);
    assert!(said.contains(&format!("{} cells of 4 images", 4 * CELLS)), "{said}");

    let submitted = |choice: &str| {
        let command = format!("submit @/set --model @/model.ron --out @/submission.csv --border-cells {choice}");
        succeed(folder.path(), &command);
        triples(&path("submission.csv"))
    };
    let kept = submitted("keep");
    assert_eq!(kept.len(), 4 * CELLS * 19);
    assert_eq!(submitted("leave-out-half"), kept);
    let left: BTreeSet<String> = submitted("leave-out").into_iter().map(|triple| triple.3).collect();
    let weighed = submitted("weigh");
    for (kept, weighed) in kept.iter().zip(&weighed) {
        assert_eq!((&kept.0, kept.1, &kept.3), (&weighed.0, weighed.1, &weighed.3));
        let share = if left.contains(&kept.3) { 1.0..=1.0 } else { 0.8..=0.95 };
        let scale = |share: &f64| share * kept.2;
        let range = scale(share.start()) - 1e-6..=scale(share.end()) + 1e-6;
        assert!(range.contains(&weighed.2), "{} of {} is not {share:?}", weighed.2, kept.2);
    }
    assert!(weighed.iter().any(|triple| !left.contains(&triple.3)));
}

#[test]
fn outputs_that_cannot_be_written_and_options_out_of_range_are_one_sentence() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    draw_set(&path("set"), 2);
    fs::write(path("a_file"), "").unwrap();
    fs::create_dir(path("empty")).unwrap();
    succeed(folder.path(), "train @/set --labels @/set/train.csv --out @/model.ron");
    let cases = [
        (
            "features @/set --out @/features.xlsx",
            "the name of a feature table must end in .parquet or .csv — @/features.xlsx",
        ),
        ("features @/set --out @/a_file/features.csv", "cannot make the folder: "),
        ("segment @/set --out @/masks --run-lengths @/a_file", "cannot make the folder: "),
        ("segment @/set --out @/masks --coco @/empty", "cannot write the file: is a directory — @/empty"),
        (
            "submit @/set --model @/model.ron --out @/submission.csv --top-k 0",
            "the locations of a cell must lie between 1 and 19, not 0",
        ),
        (
            "run --train @/set --labels @/set/train.csv --test @/set --out @/out --top-k 20",
            "the locations of a cell must lie between 1 and 19, not 20",
        ),
    ];
    let before = files_below(folder.path());
    for (command, error) in cases {
        let output = cytoscribe_in(folder.path(), command);
        assert_code(&output, 2);
        assert!(!complained(&output).contains(" of 2 fields"), "{command} measures before it complains");
        let error = format!("error: {}", error.replace('@', folder.path().to_str().unwrap()));
        let last = complained(&output).lines().last().unwrap().to_owned();
        assert!(last.starts_with(&error), "{command}\nsays    {last}\ninstead {error}");
    }
    assert_eq!(files_below(folder.path()), before);
}

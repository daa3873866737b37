//! Run lengths as the notebook writes them.

use std::{fs, path::Path};

use cytoscribe::{
    imaging::{Plane, RunLengths},
    storage::RunLengthsWriter,
};
use serde_json::{Value, json};
use tempfile::tempdir;

use super::{names_in, reason};
use crate::pictures::black_and_white;

fn write(folder: &Path, masks: &[RunLengths]) {
    let mut writer = RunLengthsWriter::create(folder).unwrap();
    for mask in masks {
        writer.append(mask).unwrap();
    }
    writer.finish().unwrap();
}

fn read(folder: &Path, name: &str) -> Vec<Value> {
    serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap()
}

#[test]
fn a_mask_is_its_size_and_its_runs_column_by_column() {
    let folder = tempdir().unwrap();
    let masks = [black_and_white(&["..#", ".##"]), black_and_white(&["#..", "#.."])];
    write(folder.path(), &masks.each_ref().map(RunLengths::from_mask));
    let expected = [
        json!({ "mask_nrow": 2, "mask_ncol": 3, "run_values": [0, 1], "run_lengths": [3, 3] }),
        json!({ "mask_nrow": 2, "mask_ncol": 3, "run_values": [1, 0], "run_lengths": [2, 4] }),
    ];
    assert_eq!(read(folder.path(), "1.json"), expected);
}

#[test]
fn there_are_five_thousand_masks_in_a_file_and_the_rest_in_the_last() {
    let folder = tempdir().unwrap();
    let mask = |number: usize| RunLengths::new(1, 10_001, vec![number as u32, 1, 10_000 - number as u32]).unwrap();
    write(folder.path(), &(0..10_001).map(mask).collect::<Vec<_>>());
    assert_eq!(names_in(folder.path()), ["1.json", "2.json", "3.json"]);
    let files = ["1.json", "2.json", "3.json"].map(|name| read(folder.path(), name));
    assert_eq!(files.each_ref().map(Vec::len), [5000, 5000, 1]);
    for (number, mask) in files.iter().flatten().enumerate().skip(1).step_by(777) {
        assert_eq!(mask["run_lengths"][0], number);
    }

    write(folder.path(), &(0..5_000).map(mask).collect::<Vec<_>>());
    assert_eq!(names_in(folder.path()), ["1.json"], "files of a longer list are gone");
    write(folder.path(), &[]);
    assert_eq!(read(folder.path(), "1.json"), [Value::Null; 0]);
}

#[test]
fn a_file_appears_when_it_is_whole() {
    let folder = tempdir().unwrap();
    let mask = RunLengths::from_mask(&Plane::filled(2, 2, true));
    let mut writer = RunLengthsWriter::create(folder.path()).unwrap();
    for _ in 0..RunLengthsWriter::MASKS_PER_FILE {
        writer.append(&mask).unwrap();
    }
    assert!(!folder.path().join("1.json").exists());
    writer.append(&mask).unwrap();
    assert_eq!(read(folder.path(), "1.json").len(), RunLengthsWriter::MASKS_PER_FILE);
    drop(writer);
    assert_eq!(names_in(folder.path()), ["1.json"]);
}

#[test]
fn a_folder_that_cannot_be_made_is_one_clear_error() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("masks");
    fs::write(&path, "a file").unwrap();
    let error = RunLengthsWriter::create(&path).unwrap_err().to_string();
    assert_eq!(reason(&error, &path), "cannot make the folder: File exists (os error 17)");
}

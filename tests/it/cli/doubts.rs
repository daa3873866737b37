//! Which labels of cells are doubtful, told by a command.

use std::{fs, path::Path};

use cytoscribe::storage::label_lines::LabelLines;
use tempfile::{TempDir, tempdir};

use super::{assert_code, complained, cytoscribe_in, said};
use crate::drawn_set::{CELLS, draw_set};

/// Eight drawn images in `set`, which show the locations 0 and 16 in turn; of the last the label is wrong.
fn with_a_wrong_label() -> TempDir {
    let folder = tempdir().unwrap();
    let set = folder.path().join("set");
    draw_set(&set, 8);
    let labels = fs::read_to_string(set.join("train.csv")).unwrap();
    fs::write(set.join("train.csv"), labels.replace("field_7,16", "field_7,0")).unwrap();
    folder
}

fn rows(folder: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(folder.join("doubts.csv")).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("image,cell_id,anchor_row,anchor_col,location,name,given,probability,doubt"));
    lines.map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn wrong_labels_are_listed_first_and_not_at_all_once_they_are_decided() {
    let folder = with_a_wrong_label();
    let run = cytoscribe_in(folder.path(), "labels doubts @/set --out @/doubts.csv");
    assert_code(&run, 0);
    assert_eq!(said(&run).trim(), format!("probably wrong: {} labels", 8 * CELLS));
    let listed = rows(folder.path());
    assert!(listed[..CELLS].iter().all(|row| row[0] == "field_7" && row[4] == "0" && row[6] == "yes"), "{listed:?}");
    let doubts: Vec<f32> = listed.iter().map(|row| row[8].parse().unwrap()).collect();
    assert!(doubts.is_sorted_by(|one, next| one >= next));

    // The same with one thread, and from the cells that are stored now.
    let bytes = fs::read(folder.path().join("doubts.csv")).unwrap();
    assert_code(&cytoscribe_in(folder.path(), "labels doubts @/set --out @/doubts.csv --threads 1"), 0);
    assert_eq!(fs::read(folder.path().join("doubts.csv")).unwrap(), bytes);

    // Each row makes a line of `labels decide`.
    let lines: Vec<String> =
        listed[..CELLS].iter().map(|row| format!("{},{},{},{},no", row[0], row[2], row[3], row[4])).collect();
    let text = lines.join("\n");
    assert!(LabelLines::of(text.as_bytes()).read_next().unwrap().unwrap().1.is_ok());
    fs::write(folder.path().join("lines"), text).unwrap();
    super::labels::decide(folder.path(), "me", &lines);
    assert_code(&cytoscribe_in(folder.path(), "labels doubts @/set --out @/doubts.csv"), 0);
    let left = rows(folder.path());
    assert_eq!(left.len(), 7 * CELLS);
    assert!(left.iter().all(|row| row[0] != "field_7"));
}

#[test]
fn missing_labels_of_one_location_are_listed_as_far_as_asked_for() {
    let folder = with_a_wrong_label();
    let run =
        cytoscribe_in(folder.path(), "labels doubts @/set --out @/doubts.csv --labels absent --location 16 --most 5");
    assert_code(&run, 0);
    let listed = rows(folder.path());
    assert_eq!(listed.len(), 5);
    assert!(listed.iter().all(|row| row[4] == "16" && row[5] == "Cytosol" && row[6] == "no"));
    assert!(listed[..CELLS].iter().all(|row| row[0] == "field_7"), "{listed:?}");
}

#[test]
fn with_one_image_nothing_can_be_doubted_and_words_say_why() {
    let folder = tempdir().unwrap();
    draw_set(&folder.path().join("set"), 1);
    let run = cytoscribe_in(folder.path(), "labels doubts @/set --out @/doubts.csv");
    assert_code(&run, 2);
    assert!(complained(&run).contains("at least two images"), "{}", complained(&run));
    assert!(!folder.path().join("doubts.csv").exists());
}

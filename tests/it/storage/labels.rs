//! Label files, good and bad.

use std::{fs, path::PathBuf};

use cytoscribe::{
    atlas::{Location, LocationSet},
    storage::{ImageSet, SetLayout, labels::ImageLabels},
};
use tempfile::{TempDir, tempdir};

use super::reason;
use crate::shared::shared_test;

fn file_with(content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("train.csv");
    fs::write(&path, content).unwrap();
    (folder, path)
}

fn read(content: impl AsRef<[u8]>) -> ImageLabels {
    let (_folder, path) = file_with(content);
    ImageLabels::read(&path).unwrap()
}

/// (ID, label) of every image.
fn rows(labels: &ImageLabels) -> Vec<(&str, String)> {
    labels.by_id.iter().map(|(id, locations)| (id.as_str(), locations.to_string())).collect()
}

fn problems(labels: &ImageLabels) -> Vec<String> {
    labels.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn labels_are_sets_without_order_or_repetition() {
    let labels = read("ID,Label\nb,8|5|0\na,17|17\n");
    assert_eq!(rows(&labels), [("a", "17".to_owned()), ("b", "0|5|8".to_owned())]);
    assert!(labels.problems.is_empty());
}

#[test]
fn marks_line_ends_quotes_and_empty_lines_of_other_programs_are_right() {
    let labels = read("\u{feff}\"ID\",\"Label\"\r\n\r\n\"a\",\"1|2\"\r\n b , 3 \r\n\"c, d\",4\r\n\r\ne,5");
    let expected = [("a", "1|2"), ("b", "3"), ("c, d", "4"), ("e", "5")];
    assert_eq!(rows(&labels), expected.map(|(id, label)| (id, label.to_owned())));
    assert!(labels.problems.is_empty());
}

#[test]
fn bad_lines_are_reported_and_cost_only_themselves() {
    let labels = read(
        b"ID,Label\na,1\nalone\nb,1,2\n,3\nc,\nd,19\ne,nucleus\nf,1|-2\n\xff,1\ng,\"4\nh,5|\na,2\nz,6\n".as_slice(),
    );
    assert_eq!(rows(&labels), [("a", "1|2".to_owned()), ("z", "6".to_owned())]);
    assert_eq!(
        problems(&labels),
        [
            "line 3: expected two columns 'ID,Label', passed over",
            "line 4: expected two columns 'ID,Label', passed over",
            "line 5: the ID is empty, passed over",
            "line 6: the label is empty, passed over",
            "line 7: '19' is not the number of a location (0 to 18), passed over",
            "line 8: 'nucleus' is not the number of a location (0 to 18), passed over",
            "line 9: '-2' is not the number of a location (0 to 18), passed over",
            "line 10: not UTF-8 text, passed over",
            "line 11: '\"4' is not the number of a location (0 to 18), passed over",
            "line 12: '' is not the number of a location (0 to 18), passed over",
            "line 13: the ID 'a' stands on line 2 already, their labels are merged",
        ]
    );
}

#[test]
fn labels_without_an_image_are_reported_by_line() {
    let labels = read("ID,Label\nz,1\na,2\nb,3\n");
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("b_blue.png"), "").unwrap();
    let unknown = labels.without_image(&ImageSet::open(folder.path(), SetLayout::FilePerStain).unwrap());
    let texts: Vec<String> = unknown.iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["line 2: the ID 'z' has no image in the set", "line 3: the ID 'a' has no image in the set"]);
}

#[test]
fn a_file_without_the_header_is_refused() {
    for (content, found) in [
        ("", ""),
        ("a,1\nb,2\n", "a,1"),
        ("ID,ImageWidth,ImageHeight,PredictionString\n", "ID,ImageWidth,ImageHeight,PredictionString"),
        ("ID;Label\na;1\n", "ID;Label"),
    ] {
        let (_folder, path) = file_with(content);
        let error = ImageLabels::read(&path).unwrap_err().to_string();
        let expected = format!("the label file must begin with the line 'ID,Label', not with '{found}'");
        assert_eq!(reason(&error, &path), expected);
    }
}

#[test]
fn a_header_alone_is_a_label_file_without_labels() {
    assert_eq!(read("ID,Label"), ImageLabels::default());
}

#[test]
fn a_missing_file_is_named() {
    let (folder, _) = file_with("");
    let path = folder.path().join("nowhere.csv");
    let error = ImageLabels::read(&path).unwrap_err().to_string();
    assert_eq!(reason(&error, &path), "cannot read the label file: No such file or directory (os error 2)");
}

shared_test! {
    fn the_training_labels_of_the_competition_are_read_whole(shared: &Path) {
        let labels = ImageLabels::read(&shared.join("data/kaggle/train.csv")).unwrap();
        assert_eq!(problems(&labels), Vec::<String>::new());
        assert_eq!(labels.by_id.len(), 21_806);
        let images = |location| labels.by_id.values().filter(|set| set.contains(location)).count();
        assert_eq!(
            Location::all().map(images).collect::<Vec<_>>(),
            [8797, 1095, 2451, 1262, 1425, 1792, 775, 1846, 964, 998, 818, 78, 1734, 3111, 2013, 252, 5685, 593, 34]
        );
        let alone = |set: &&LocationSet| set.contains(Location::NEGATIVE) && set.len() > 1;
        assert_eq!(labels.by_id.values().filter(alone).count(), 0);
    }
}

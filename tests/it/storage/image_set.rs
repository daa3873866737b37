//! Fields found by the names of their files.

use std::fs;

use cytoscribe::{
    atlas::Channel,
    storage::{ImageSet, image_set::ChannelFile},
};
use tempfile::{TempDir, tempdir};

use super::reason;
use crate::shared::shared_test;

/// A folder with empty files of these names.
fn folder_of(names: &[&str]) -> TempDir {
    let folder = tempdir().unwrap();
    for name in names {
        fs::write(folder.path().join(name), "").unwrap();
    }
    folder
}

fn ids(set: &ImageSet) -> Vec<&str> {
    set.fields().iter().map(cytoscribe::storage::FieldFiles::id).collect()
}

#[test]
fn fields_are_sorted_by_id_and_know_their_channels() {
    let folder = folder_of(&["b_green.png", "a_red.png", "a_yellow.png", "a_blue.png", "a_green.png"]);
    let set = ImageSet::open(folder.path()).unwrap();
    assert_eq!(set.root(), folder.path());
    assert_eq!(ids(&set), ["a", "b"]);
    let a = set.field("a").unwrap();
    for (channel, name) in Channel::ALL.into_iter().zip(["a_red.png", "a_yellow.png", "a_blue.png", "a_green.png"]) {
        assert_eq!(a.path(channel), Some(folder.path().join(name).as_path()));
    }
    assert_eq!(set.field("b").unwrap().channel(Channel::Nucleus), &ChannelFile::Missing);
    assert_eq!(set.field("c"), None);
}

#[test]
fn an_id_may_hold_underscores_and_dots() {
    let folder = folder_of(&["B2AI_1_Paclitaxel_C1_R1_z01_blue.png", "800_A6_1_green.jpg", "v1.2_red.tif"]);
    let set = ImageSet::open(folder.path()).unwrap();
    assert_eq!(ids(&set), ["800_A6_1", "B2AI_1_Paclitaxel_C1_R1_z01", "v1.2"]);
}

#[test]
fn colours_and_endings_may_be_in_capitals() {
    let folder = folder_of(&["a_RED.PNG", "b_Blue.Tiff", "c_yellow.JPeG", "d_green.TIF", "e_green.jpg"]);
    assert_eq!(ids(&ImageSet::open(folder.path()).unwrap()), ["a", "b", "c", "d", "e"]);
}

#[test]
fn other_files_are_passed_over() {
    let folder = folder_of(&[
        "a_blue.png",
        "a_nucleimask.png",
        "a_blue.png.123.partial",
        "b_blue.gif",
        "b_blue",
        "blue.png",
        "_blue.png",
        "._a_blue.png",
        "train.csv",
        "c_purple.png",
    ]);
    assert_eq!(ids(&ImageSet::open(folder.path()).unwrap()), ["a"]);
}

#[test]
fn two_files_for_one_channel_are_remembered() {
    let folder = folder_of(&["a_blue.tif", "a_blue.png", "a_blue.jpg", "a_red.png"]);
    let set = ImageSet::open(folder.path()).unwrap();
    let in_folder = |name| folder.path().join(name);
    let both = ChannelFile::Ambiguous(in_folder("a_blue.jpg"), in_folder("a_blue.png"));
    assert_eq!(set.fields()[0].channel(Channel::Nucleus), &both);
    assert_eq!(set.fields()[0].path(Channel::Nucleus), None);
    assert_eq!(set.fields()[0].path(Channel::Microtubules), Some(in_folder("a_red.png").as_path()));
}

#[test]
fn a_missing_channel_is_expected_beside_the_others_and_named_like_them() {
    let folder = folder_of(&["a_1_blue.TIF"]);
    let set = ImageSet::open(folder.path()).unwrap();
    assert_eq!(set.fields()[0].expected_path(Channel::Protein), folder.path().join("a_1_green.TIF"));
}

#[test]
fn a_folder_without_fields_says_what_names_are_expected() {
    let folder = folder_of(&["readme.txt", "image.png"]);
    let error = ImageSet::open(folder.path()).unwrap_err().to_string();
    assert_eq!(
        reason(&error, folder.path()),
        "found no images: expected files named <ID>_red, <ID>_green, <ID>_blue and <ID>_yellow, \
         ending in .png, .jpg or .tif"
    );
}

#[test]
fn a_folder_that_is_missing_or_a_file_is_named() {
    let folder = folder_of(&["a_blue.png"]);
    for (name, why) in
        [("nowhere", "No such file or directory (os error 2)"), ("a_blue.png", "Not a directory (os error 20)")]
    {
        let path = folder.path().join(name);
        let error = ImageSet::open(&path).unwrap_err().to_string();
        assert_eq!(reason(&error, &path), format!("cannot read the image folder: {why}"));
    }
}

shared_test! {
    fn the_shared_folder_holds_six_whole_fields(shared: &Path) {
        let set = ImageSet::open(shared.join("data/hpa")).unwrap();
        assert_eq!(set.fields().len(), 6);
        assert!(set.fields().iter().all(|field| Channel::ALL.into_iter().all(|channel| field.path(channel).is_some())));
    }
}

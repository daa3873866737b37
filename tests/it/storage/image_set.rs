//! Fields found by the names of their files.

use std::fs;

use cytoscribe::{
    atlas::Channel,
    storage::{ImageSet, SetLayout, channels::read_field, image_set::ChannelFile},
};
use tempfile::{TempDir, tempdir};

use super::reason;
use crate::shared::shared_test;

/// A folder with empty files of these names, which may be in folders.
fn folder_of(names: &[&str]) -> TempDir {
    let folder = tempdir().unwrap();
    for name in names {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    folder
}

fn open(folder: &TempDir, layout: SetLayout) -> ImageSet {
    ImageSet::open(folder.path(), layout).unwrap()
}

fn ids(set: &ImageSet) -> Vec<&str> {
    set.fields().iter().map(cytoscribe::storage::FieldFiles::id).collect()
}

#[test]
fn fields_are_sorted_by_id_and_know_their_channels() {
    let folder = folder_of(&["b_green.png", "a_red.png", "a_yellow.png", "a_blue.png", "a_green.png"]);
    let set = ImageSet::open(folder.path(), SetLayout::FilePerStain).unwrap();
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
    let set = ImageSet::open(folder.path(), SetLayout::FilePerStain).unwrap();
    assert_eq!(ids(&set), ["800_A6_1", "B2AI_1_Paclitaxel_C1_R1_z01", "v1.2"]);
}

#[test]
fn colours_and_endings_may_be_in_capitals() {
    let folder = folder_of(&[
        "a_RED.PNG",
        "b_Blue.Tiff",
        "c_yellow.JPeG",
        "d_green.TIF",
        "e_green.jpg",
        "f_green.tif.gz",
        "g_red.TIFF.GZ",
    ]);
    assert_eq!(ids(&open(&folder, SetLayout::FilePerStain)), ["a", "b", "c", "d", "e", "f", "g"]);
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
    assert_eq!(ids(&ImageSet::open(folder.path(), SetLayout::FilePerStain).unwrap()), ["a"]);
}

#[test]
fn two_files_for_one_channel_are_remembered() {
    let folder = folder_of(&["a_blue.tif", "a_blue.png", "a_blue.jpg", "a_red.png"]);
    let set = ImageSet::open(folder.path(), SetLayout::FilePerStain).unwrap();
    let in_folder = |name| folder.path().join(name);
    let both = ChannelFile::Ambiguous(in_folder("a_blue.jpg"), in_folder("a_blue.png"));
    assert_eq!(set.fields()[0].channel(Channel::Nucleus), &both);
    assert_eq!(set.fields()[0].path(Channel::Nucleus), None);
    assert_eq!(set.fields()[0].path(Channel::Microtubules), Some(in_folder("a_red.png").as_path()));
}

#[test]
fn a_missing_channel_is_expected_beside_the_others_and_named_like_them() {
    let folder = folder_of(&["a_1_blue.TIF"]);
    let set = ImageSet::open(folder.path(), SetLayout::FilePerStain).unwrap();
    assert_eq!(set.fields()[0].expected_path(Channel::Protein), folder.path().join("a_1_green.TIF"));
    let folder = folder_of(&["plate/v1.2_blue.tif.gz"]);
    let set = open(&folder, SetLayout::FilePerStain);
    assert_eq!(set.fields()[0].expected_path(Channel::Protein), folder.path().join("plate/v1.2_green.tif.gz"));
}

#[test]
fn fields_in_folders_belong_to_the_set() {
    let folder = folder_of(&["b_red.png", "p/c_red.png", "p/q/r/a_red.png", ".hidden/d_red.png", "p/.e_red.png"]);
    let set = open(&folder, SetLayout::FilePerStain);
    assert_eq!(ids(&set), ["a", "b", "c"]);
    assert_eq!(set.field("a").unwrap().path(Channel::Microtubules), Some(&*folder.path().join("p/q/r/a_red.png")));
    assert!(set.unreadable().is_empty());
}

#[test]
fn one_id_in_two_folders_costs_that_field_alone() {
    // Were they one field, it would be of two places: p has its nucleus and q the rest.
    let names = ["p/a_blue.png", "q/a_red.png", "q/a_yellow.png", "q/a_green.png", "p/b_blue.png"];
    let folder = folder_of(&names);
    let set = open(&folder, SetLayout::FilePerStain);
    assert_eq!(ids(&set), ["a", "b"]);
    let error = read_field(set.field("a").unwrap()).unwrap_err().to_string();
    let [p, q] = ["p/a_blue.png", "q/a_red.png"].map(|name| folder.path().join(name).display().to_string());
    assert_eq!(error, format!("two fields have this ID, keep or rename one: {q} — {p}"));
    assert_eq!(set.field("b").unwrap().namesakes(), None);
}

#[test]
fn links_to_files_and_folders_are_followed_but_no_folder_is_listed_twice() {
    use std::os::unix::fs::symlink;
    let folder = folder_of(&["p/a_red.png", "p/sub/b_red.png"]);
    let elsewhere = folder_of(&["c_red.png", "deep/d_red.png"]);
    let link = |to: &std::path::Path, name: &str| symlink(to, folder.path().join(name)).unwrap();
    link(&elsewhere.path().join("c_red.png"), "e_red.png");
    link(elsewhere.path(), "p/other");
    link(folder.path(), "p/sub/circle");
    link(&folder.path().join("p/sub"), "z_again");
    link(&folder.path().join("nowhere"), "broken");
    let set = open(&folder, SetLayout::FilePerStain);
    assert_eq!(ids(&set), ["a", "b", "c", "d", "e"]);
    assert!(set.fields().iter().all(|field| field.namesakes().is_none()));
    assert_eq!(set.field("b").unwrap().path(Channel::Microtubules), Some(&*folder.path().join("p/sub/b_red.png")));
}

#[test]
fn a_folder_that_cannot_be_read_is_named_and_the_rest_is_the_set() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder_of(&["a_red.png", "locked/b_red.png"]);
    let locked = folder.path().join("locked");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    let set = open(&folder, SetLayout::FilePerStain);
    // Nothing is locked for the administrator.
    if fs::read_dir(&locked).is_ok() {
        assert_eq!((ids(&set), set.unreadable().len()), (vec!["a", "b"], 0));
    } else {
        assert_eq!((ids(&set), set.unreadable().len()), (vec!["a"], 1));
        let error = set.unreadable()[0].to_string();
        assert_eq!(reason(&error, &locked), "cannot read the image folder: Permission denied (os error 13)");
    }
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn in_one_file_a_field_every_image_but_a_mask_is_a_field() {
    let folder = folder_of(&["a.png", "p/a_1_blue.tif", "b.tif.gz", "a_cellmask.png", "a_nucleimask.png", ".c.png"]);
    let set = open(&folder, SetLayout::SubCell);
    assert_eq!(ids(&set), ["a", "a_1_blue", "b"]);
    let file = folder.path().join("p/a_1_blue.tif");
    assert!(Channel::ALL.iter().all(|&channel| set.fields()[1].path(channel) == Some(&*file)));
    assert_eq!(set.stains(), Channel::ALL);
}

#[test]
fn in_one_file_a_field_two_files_of_one_id_are_both_named() {
    let folder = folder_of(&["a.png", "a.tif"]);
    let error = read_field(&open(&folder, SetLayout::SubCell).fields()[0]).unwrap_err().to_string();
    let [png, tif] = ["a.png", "a.tif"].map(|name| folder.path().join(name).display().to_string());
    assert_eq!(error, format!("two fields have this ID, keep or rename one: {png} — {tif}"));
}

#[test]
fn a_set_without_any_stain_but_the_nucleus_is_known_as_such() {
    let folder = folder_of(&["a_blue.png", "b_blue.png", "b_blue.tif"]);
    assert!(open(&folder, SetLayout::FilePerStain).is_nucleus_only());
    fs::write(folder.path().join("c_green.png"), "").unwrap();
    assert!(!open(&folder, SetLayout::FilePerStain).is_nucleus_only());
    assert_eq!(open(&folder, SetLayout::FilePerStain).stains(), [Channel::Nucleus, Channel::Protein]);
    assert!(!open(&folder, SetLayout::SubCell).is_nucleus_only());
}

#[test]
fn a_folder_without_fields_says_what_names_are_expected() {
    let folder = folder_of(&["readme.txt", "image.gif", "more/notes.csv"]);
    for (layout, named) in [
        (SetLayout::FilePerStain, "<ID>_red, <ID>_green, <ID>_blue and <ID>_yellow"),
        (SetLayout::SubCell, "<ID>, each with the four stains of a field"),
    ] {
        let error = ImageSet::open(folder.path(), layout).unwrap_err().to_string();
        let expected = format!("found no images: expected files named {named}, ending in .png, .jpg, .tif or .tif.gz");
        assert_eq!(reason(&error, folder.path()), expected);
    }
}

#[test]
fn a_folder_that_is_missing_or_a_file_is_named() {
    let folder = folder_of(&["a_blue.png"]);
    for (name, why) in
        [("nowhere", "No such file or directory (os error 2)"), ("a_blue.png", "Not a directory (os error 20)")]
    {
        let path = folder.path().join(name);
        let error = ImageSet::open(&path, SetLayout::FilePerStain).unwrap_err().to_string();
        assert_eq!(reason(&error, &path), format!("cannot read the image folder: {why}"));
    }
}

shared_test! {
    fn the_shared_folder_holds_six_whole_fields(shared: &Path) {
        let set = ImageSet::open(shared.join("data/hpa"), SetLayout::FilePerStain).unwrap();
        assert_eq!(set.fields().len(), 6);
        assert!(set.fields().iter().all(|field| Channel::ALL.into_iter().all(|channel| field.path(channel).is_some())));
    }
}

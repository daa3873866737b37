//! What is in a set, in numbers.

use std::{collections::BTreeMap, fs};

use cytoscribe::{
    atlas::Channel,
    storage::{ImageLabels, ImageSet, SetLayout, survey::Closeness},
    workbench::summary::{LabelSummary, SetSummary},
};
use image::{DynamicImage, GrayImage};
use tempfile::{TempDir, tempdir};

/// Saves `image` as these channels of the field `id`.
fn save(folder: &TempDir, id: &str, channels: &[Channel], image: &DynamicImage) {
    for channel in channels {
        image.save(folder.path().join(format!("{id}_{}.png", channel.colour()))).unwrap();
    }
}

fn grey(width: u32, height: u32) -> DynamicImage {
    GrayImage::from_fn(width, height, |x, y| image::Luma([(x * 7 + y * 5) as u8])).into()
}

fn open(folder: &TempDir) -> ImageSet {
    ImageSet::open(folder.path(), SetLayout::FilePerStain).unwrap()
}

fn summary(folder: &TempDir, closeness: Closeness) -> SetSummary {
    SetSummary::of(&open(folder), closeness, |_| {})
}

#[test]
fn sizes_depths_and_everything_that_is_wrong_are_counted() {
    let folder = tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for id in ["a", "b", "c", "d", "e"] {
        save(&folder, id, &Channel::ALL, &if id == "b" { grey(9, 4) } else { grey(8, 8) });
    }
    DynamicImage::ImageLuma16(grey(8, 8).to_luma16()).save(path("a_green.png")).unwrap();
    fs::remove_file(path("c_red.png")).unwrap();
    fs::remove_file(path("c_green.png")).unwrap();
    let whole = fs::read(path("d_blue.png")).unwrap();
    fs::write(path("d_blue.png"), &whole[..whole.len() - 20]).unwrap();
    grey(8, 8).save(path("d_red.tif")).unwrap();
    fs::create_dir(path("more")).unwrap();
    fs::copy(path("e_red.png"), path("more/e_red.png")).unwrap();

    let found = summary(&folder, Closeness::Pixels);
    assert_eq!(found.fields, 5);
    assert_eq!(found.sizes, BTreeMap::from([(Some((8, 8)), 3), (Some((4, 9)), 1), (None, 1)]));
    let eight = |images| BTreeMap::from([(8, images)]);
    // Microtubules, endoplasmic reticulum, nucleus, protein; e is not looked at, as nobody knows which is meant.
    assert_eq!(found.depths, [eight(2), eight(4), eight(3), BTreeMap::from([(8, 2), (16, 1)])]);
    assert_eq!(found.missing, [1, 0, 0, 1]);
    assert_eq!(found.ambiguous, [1, 0, 0, 0]);
    assert_eq!((found.namesakes, found.damaged), (1, 3));
    let damage: Vec<(&str, &str)> =
        found.damage.iter().map(|(id, reason)| (id.as_str(), reason.split(':').next().unwrap())).collect();
    let expected = [
        ("c", "the microtubules channel is missing"),
        ("c", "the protein channel is missing"),
        ("d", "the microtubules channel has two files, keep one"),
        ("d", "cannot decode PNG"),
        ("e", "two fields have this ID, keep or rename one"),
    ];
    assert_eq!(damage, expected);
}

#[test]
fn headers_tell_the_same_but_for_what_is_wrong_behind_them() {
    let folder = tempdir().unwrap();
    save(&folder, "a", &Channel::ALL, &grey(8, 8));
    save(&folder, "b", &Channel::ALL, &grey(8, 8));
    save(&folder, "b", &[Channel::Protein], &grey(7, 8));
    assert_eq!(summary(&folder, Closeness::Headers), summary(&folder, Closeness::Pixels));
    assert_eq!(summary(&folder, Closeness::Headers).damaged, 1);
    let whole = fs::read(folder.path().join("a_red.png")).unwrap();
    fs::write(folder.path().join("a_red.png"), &whole[..whole.len() - 20]).unwrap();
    assert_eq!(summary(&folder, Closeness::Headers).damaged, 1);
    assert_eq!(summary(&folder, Closeness::Pixels).damaged, 2);
}

#[test]
fn fields_in_one_file_are_counted_as_fields() {
    let folder = tempdir().unwrap();
    let four = DynamicImage::ImageRgba8(grey(6, 5).to_rgba8());
    four.save(folder.path().join("a.png")).unwrap();
    grey(6, 5).save(folder.path().join("b.png")).unwrap();
    let set = ImageSet::open(folder.path(), SetLayout::SubCell).unwrap();
    for closeness in [Closeness::Headers, Closeness::Pixels] {
        let found = SetSummary::of(&set, closeness, |_| {});
        assert_eq!(found.sizes, BTreeMap::from([(Some((5, 6)), 2)]));
        assert_eq!(found.depths, [const { (8, 1) }; 4].map(|depth| BTreeMap::from([depth])));
        assert_eq!((found.damaged, found.damage[0].0.as_str()), (1, "b"));
    }
}

#[test]
fn a_set_of_nuclei_only_lacks_nothing() {
    let folder = tempdir().unwrap();
    save(&folder, "a", &[Channel::Nucleus], &grey(8, 8));
    let found = summary(&folder, Closeness::Pixels);
    assert_eq!((found.damaged, found.missing), (0, [1, 1, 0, 1]));
}

#[test]
fn labels_are_compared_with_the_images_there_are() {
    let folder = tempdir().unwrap();
    for id in ["a", "b", "c"] {
        save(&folder, id, &[Channel::Nucleus], &grey(2, 2));
    }
    let labels = folder.path().join("labels.csv");
    fs::write(&labels, "ID,Label\nb,0|16\nx,3\na,16\n").unwrap();
    let found = LabelSummary::of(&ImageLabels::read(&labels).unwrap(), &open(&folder));
    assert_eq!((found.labelled, found.without_label, found.without_image), (2, vec!["c".into()], vec!["x".into()]));
    let shown: Vec<(usize, usize)> = found.images.into_iter().enumerate().filter(|(_, images)| *images > 0).collect();
    assert_eq!(shown, [(0, 1), (16, 2)]);
}

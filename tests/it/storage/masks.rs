//! Masks on disk.

use std::fs;

use cytoscribe::{
    imaging::Plane,
    storage::{
        mask_set::{MaskNames, MaskSet},
        masks::{MaskFolder, MaskFormat, MaskKind, read_mask, write_mask, write_masks},
    },
};
use tempfile::tempdir;
use tiff::{
    ColorType,
    decoder::{Decoder, DecodingResult},
    encoder::{TiffEncoder, colortype::Gray32Float},
};

use super::{names_in, reason};
use crate::shared::shared_test;

#[test]
fn a_mask_comes_back_as_it_was_written() {
    let folder = tempdir().unwrap();
    let path = folder.path().join(MaskKind::Cells.file_name("a", MaskFormat::Png));
    let masks = [
        Plane::from_rows(&[[0, 0, 1], [65_535, 300, 1]]),
        Plane::filled(1, 1, 7),
        Plane::from_fn(70, 130, |row, col| (row * 130 + col) as u32),
    ];
    for mask in masks {
        write_mask(&path, &mask.clone().into(), MaskFormat::Png).unwrap();
        assert_eq!(read_mask(&path).unwrap(), mask);
    }
    assert_eq!(names_in(folder.path()), ["a_cellmask.png"]);
}

#[test]
fn masks_are_named_as_by_hpa_cell_segmentation() {
    assert_eq!(MaskKind::Nuclei.file_name("800_A6_1", MaskFormat::Png), "800_A6_1_nucleimask.png");
    assert_eq!(MaskKind::Cells.file_name("800_A6_1", MaskFormat::Png), "800_A6_1_cellmask.png");
}

#[test]
fn an_id_that_does_not_fit_is_refused_and_nothing_is_written() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a_cellmask.png");
    let error =
        write_mask(&path, &Plane::from_rows(&[[0, 65_536, 3]]).into(), MaskFormat::Png).unwrap_err().to_string();
    assert_eq!(
        reason(&error, &path),
        "cannot write the mask: it holds id 65536, a PNG file at most 65535; a TIFF file holds more"
    );
    assert!(names_in(folder.path()).is_empty());
}

#[test]
fn a_tiff_mask_has_as_many_bits_as_its_ids_need() {
    let folder = tempdir().unwrap();
    let path = folder.path().join(MaskKind::Nuclei.file_name("a", MaskFormat::Tiff));
    let small = Plane::from_fn(70, 130, |row, col| (row * 130 + col) as u32);
    write_mask(&path, &small.clone().into(), MaskFormat::Tiff).unwrap();
    assert_eq!(read_mask(&path).unwrap(), small);

    let large = Plane::from_rows(&[[0, 65_535, 65_536], [7, 7, u32::MAX]]);
    write_mask(&path, &large.clone().into(), MaskFormat::Tiff).unwrap();
    let mut tiff = Decoder::new(fs::File::open(&path).unwrap()).unwrap();
    assert_eq!((tiff.dimensions().unwrap(), tiff.colortype().unwrap()), ((3, 2), ColorType::Gray(32)));
    let DecodingResult::U32(ids) = tiff.read_image().unwrap() else { panic!("no 32-bit numbers") };
    assert_eq!(ids, large.samples());
    assert_eq!(read_mask(&path).unwrap(), large);
    assert_eq!(names_in(folder.path()), ["a_nucleimask.tif"]);
}

#[test]
fn a_tiff_mask_is_packed() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a_cellmask.tif");
    write_mask(&path, &Plane::from_fn(512, 512, |row, _| row as u32 / 32).into(), MaskFormat::Tiff).unwrap();
    assert!(fs::metadata(&path).unwrap().len() < 512 * 512 / 10);
}

#[test]
fn both_masks_are_written_or_neither() {
    let folder = tempdir().unwrap();
    let (good, bad) = (Plane::filled(2, 2, 1).into(), Plane::filled(2, 2, 70_000).into());
    let masks_as = |format| write_masks(MaskFolder { path: folder.path(), format }, "a", &good, &bad);
    masks_as(MaskFormat::Png).unwrap_err();
    assert!(names_in(folder.path()).is_empty());
    masks_as(MaskFormat::Tiff).unwrap();
    assert_eq!(names_in(folder.path()), ["a_cellmask.tif", "a_nucleimask.tif"]);
}

#[test]
fn a_mask_without_pixels_is_refused_and_nothing_is_written() {
    let folder = tempdir().unwrap();
    for (name, format) in [("a_cellmask.png", MaskFormat::Png), ("a_cellmask.tif", MaskFormat::Tiff)] {
        let path = folder.path().join(name);
        let error = write_mask(&path, &Plane::filled(0, 0, 0).into(), format).unwrap_err().to_string();
        assert!(reason(&error, &path).starts_with("cannot write the mask: "), "{error}");
    }
    assert!(names_in(folder.path()).is_empty());
}

#[test]
fn a_mask_that_cannot_be_written_is_one_clear_error() {
    let folder = tempdir().unwrap();
    let parent = folder.path().join("masks");
    fs::write(&parent, "a file").unwrap();
    let error = write_mask(&parent.join("a_cellmask.png"), &Plane::filled(2, 2, 1).into(), MaskFormat::Png)
        .unwrap_err()
        .to_string();
    assert_eq!(reason(&error, &parent), "cannot make the folder: File exists (os error 17)");
}

#[test]
fn a_mask_of_32_bit_that_is_cut_short_or_of_broken_numbers_is_one_clear_error() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a_cellmask.tif");
    write_mask(&path, &Plane::from_fn(60, 60, |row, col| (row * col) as u32 * 70_000).into(), MaskFormat::Tiff)
        .unwrap();
    let whole = fs::read(&path).unwrap();
    for length in [8, whole.len() / 2, whole.len() - 8] {
        fs::write(&path, &whole[..length]).unwrap();
        let error = read_mask(&path).unwrap_err().to_string();
        assert!(reason(&error, &path).starts_with("cannot decode TIFF: "), "{error}");
    }

    let mut file = fs::File::create(&path).unwrap();
    TiffEncoder::new(&mut file).unwrap().write_image::<Gray32Float>(2, 1, &[0.5, 1.0]).unwrap();
    let error = read_mask(&path).unwrap_err().to_string();
    let expected = "cannot decode TIFF: only whole numbers of 8 or 16 bit can be read";
    assert_eq!(reason(&error, &path), expected);
}

#[test]
fn masks_are_found_by_their_endings_or_on_request_by_plain_names() {
    let folder = tempdir().unwrap();
    fs::create_dir(folder.path().join("cell_masks")).unwrap();
    for name in [
        "a_cellmask.png",
        "cell_masks/b_cellmask.TIF",
        "a_nucleimask.png",
        "c.png",
        "c_blue.tiff",
        "cells.csv",
        ".d.png",
    ] {
        write_mask(&folder.path().join(name), &Plane::filled(2, 3, 5).into(), MaskFormat::Png).unwrap();
    }
    let ids = |kind, names| {
        let set = MaskSet::open(folder.path(), kind, names).unwrap();
        set.ids().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(ids(MaskKind::Cells, MaskNames::Ending), ["a", "b"]);
    assert_eq!(ids(MaskKind::Nuclei, MaskNames::Ending), ["a"]);
    assert_eq!(ids(MaskKind::Nuclei, MaskNames::EndingOrPlain), ["a", "c", "c_blue"]);
    let set = MaskSet::open(folder.path(), MaskKind::Cells, MaskNames::Ending).unwrap();
    assert_eq!(set.read("b").unwrap().unwrap(), Plane::filled(2, 3, 5));
    assert!(set.read("c").is_none());
}

#[test]
fn a_field_of_two_masks_is_refused_and_both_are_named() {
    let folder = tempdir().unwrap();
    for name in ["a_cellmask.png", "a_cellmask.tif"] {
        fs::write(folder.path().join(name), "").unwrap();
    }
    let set = MaskSet::open(folder.path(), MaskKind::Cells, MaskNames::Ending).unwrap();
    let error = set.read("a").unwrap().unwrap_err().to_string();
    let [first, second] = ["a_cellmask.png", "a_cellmask.tif"].map(|name| folder.path().join(name));
    assert_eq!(reason(&error, &second), format!("the mask has two files, keep one: {}", first.display()));
}

shared_test! {
    fn masks_of_hpa_cell_segmentation_are_read(shared: &Path) {
        let path = shared.join("data/hpa_cellseg/a7faf0b4-bb99-11e8-b2b9-ac1f6b6435d0_cellmask.png");
        let mask = read_mask(&path).unwrap();
        assert_eq!(mask.size(), (3072, 3072));
        assert!(mask.samples().contains(&1));
    }
}

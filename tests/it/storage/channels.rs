//! Reading fields: what comes out of good files, and the one sentence about bad ones.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use cytoscribe::{
    atlas::{Channel, RawField, Samples},
    imaging::Plane,
    storage::{
        ImageSet, SetLayout,
        channels::{ReadError, read_field, read_size},
        image_file::read_image,
    },
};
use image::{DynamicImage, GrayImage, ImageBuffer, Luma, LumaA, Rgb, Rgba};
use tempfile::{TempDir, tempdir};

use super::reason;
use crate::shared::shared_test;

/// A grey 8-bit image in which every sample differs from its neighbours.
fn ramp(width: u32, height: u32) -> GrayImage {
    GrayImage::from_fn(width, height, |x, y| Luma([(x * 7 + y * 31) as u8]))
}

/// A folder with the field `f`: four 8-bit PNGs of 5 × 3 pixels (width × height).
fn good_field() -> TempDir {
    let folder = tempdir().unwrap();
    for channel in Channel::ALL {
        ramp(5, 3).save(file_of(&folder, channel)).unwrap();
    }
    folder
}

fn file_of(folder: &TempDir, channel: Channel) -> PathBuf {
    folder.path().join(format!("f_{}.png", channel.colour()))
}

fn read(folder: &TempDir) -> Result<RawField, ReadError> {
    read_field(ImageSet::open(folder.path(), SetLayout::FilePerStain).unwrap().field("f").unwrap())
}

fn size(folder: &TempDir) -> Option<(usize, usize)> {
    read_size(ImageSet::open(folder.path(), SetLayout::FilePerStain).unwrap().field("f").unwrap())
}

/// The reason given for the field in `folder`, whose error must name `path`.
fn failure(folder: &TempDir, path: &Path) -> String {
    reason(&read(folder).unwrap_err().to_string(), path).to_owned()
}

/// Reads `image` back from a file of this name.
fn through(image: &DynamicImage, name: &str) -> Samples {
    let folder = tempdir().unwrap();
    let path = folder.path().join(name);
    image.save(&path).unwrap();
    read_image(&path).unwrap()
}

#[test]
fn a_field_that_is_not_square_is_read_row_by_row() {
    let folder = good_field();
    let field = read(&folder).unwrap();
    assert_eq!(field.size(), (3, 5));
    assert_eq!(size(&folder), Some((3, 5)));
    assert_eq!(field.channel(Channel::Protein).value((2, 1)), 2 * 31 + 7);
    let samples = ramp(5, 3).into_raw();
    let expected = Samples::Eight(Plane::new(3, 5, samples).unwrap());
    assert!(Channel::ALL.into_iter().all(|channel| *field.channel(channel) == expected));
}

#[test]
fn a_field_of_one_pixel_is_read() {
    let folder = tempdir().unwrap();
    for channel in Channel::ALL {
        ramp(1, 1).save(file_of(&folder, channel)).unwrap();
    }
    assert_eq!(read(&folder).unwrap().size(), (1, 1));
}

#[test]
fn eight_bit_grey_is_the_same_through_png_and_tiff() {
    let expected = Samples::Eight(Plane::new(9, 17, ramp(17, 9).into_raw()).unwrap());
    for name in ["a.png", "a.tif", "a.tiff"] {
        assert_eq!(through(&ramp(17, 9).into(), name), expected, "{name}");
    }
}

#[test]
fn sixteen_bit_grey_is_the_same_through_png_and_tiff() {
    let image: ImageBuffer<Luma<u16>, _> = ImageBuffer::from_fn(17, 9, |x, y| Luma([(x * 3001 + y * 257) as u16]));
    let expected = Samples::Sixteen(Plane::new(9, 17, image.as_raw().clone()).unwrap());
    for name in ["a.png", "a.tif"] {
        assert_eq!(through(&image.clone().into(), name), expected, "{name}");
    }
}

#[test]
fn a_coloured_pixel_counts_with_its_brightest_colour_and_without_transparency() {
    let eight = |samples: [u8; 2]| Samples::Eight(Plane::from_rows(&[samples]));
    let sixteen = |samples: [u16; 2]| Samples::Sixteen(Plane::from_rows(&[samples]));
    let rgb = ImageBuffer::from_fn(2, 1, |x, _| if x == 0 { Rgb([1_u8, 9, 3]) } else { Rgb([40, 0, 7]) });
    let rgba = ImageBuffer::from_fn(2, 1, |x, _| if x == 0 { Rgba([1_u8, 2, 3, 250]) } else { Rgba([0, 0, 7, 0]) });
    let grey = ImageBuffer::from_fn(2, 1, |x, _| if x == 0 { LumaA([5_u8, 250]) } else { LumaA([6, 0]) });
    let rgb_16 = ImageBuffer::from_fn(2, 1, |x, _| Rgb([x as u16, 300 + x as u16, 7]));
    let rgba_16 = ImageBuffer::from_fn(2, 1, |x, _| Rgba([x as u16, 2, 1000 - x as u16, 65_535]));
    let grey_16 = ImageBuffer::from_fn(2, 1, |x, _| LumaA([5000 + x as u16, 65_535]));
    assert_eq!(through(&rgb.into(), "a.png"), eight([9, 40]));
    assert_eq!(through(&rgba.clone().into(), "a.png"), eight([3, 7]));
    assert_eq!(through(&rgba.into(), "a.tif"), eight([3, 7]));
    assert_eq!(through(&grey.into(), "a.png"), eight([5, 6]));
    assert_eq!(through(&DynamicImage::ImageRgb16(rgb_16), "a.tif"), sixteen([300, 301]));
    assert_eq!(through(&DynamicImage::ImageRgba16(rgba_16), "a.png"), sixteen([1000, 999]));
    assert_eq!(through(&DynamicImage::ImageLumaA16(grey_16), "a.png"), sixteen([5000, 5001]));
}

#[test]
fn a_stain_in_one_colour_counts_with_that_colour() {
    for (colour, tolerance) in [(0, 2), (1, 2), (2, 2)] {
        let stain = ImageBuffer::from_fn(32, 32, |x, _| {
            let mut pixel = Rgb([0_u8; 3]);
            pixel[colour] = if x < 16 { 0 } else { 180 };
            pixel
        });
        assert_eq!(through(&stain.clone().into(), "a.png"), through(&stain.clone().into(), "a.tif"));
        let Samples::Eight(plane) = through(&stain.into(), "a.jpg") else { panic!("a JPEG has 8 bit") };
        assert!(plane.row(9)[..8].iter().all(|&level| level <= tolerance), "{colour}: {:?}", plane.row(9));
        assert!(plane.row(9)[24..].iter().all(|&level| level.abs_diff(180) <= tolerance), "{:?}", plane.row(9));
    }
}

#[test]
fn the_content_counts_and_not_the_name() {
    let folder = good_field();
    let path = file_of(&folder, Channel::Nucleus);
    ramp(5, 3).save_with_format(&path, image::ImageFormat::Tiff).unwrap();
    assert_eq!(read(&folder).unwrap().channel(Channel::Nucleus).value((1, 1)), 38);
}

/// The bytes of a TIFF with one grey pixel a page. Per page: a count of tags, the tags, the place of the next page.
fn tiff_of(pages: &[u8]) -> Vec<u8> {
    let mut bytes = b"II\x2a\0\x08\0\0\0".to_vec();
    for (number, &level) in (1..).zip(pages) {
        let end = bytes.len() as u32 + 2 + 9 * 12 + 4;
        // Width, height, bits, no compression, 0 is black, place of the pixels, samples, rows, bytes.
        let tags = [(256, 1), (257, 1), (258, 8), (259, 1), (262, 1), (273, end), (277, 1), (278, 1), (279, 1)];
        bytes.extend((tags.len() as u16).to_le_bytes());
        for (tag, value) in tags {
            let long = 4_u16;
            bytes.extend([u16::to_le_bytes(tag), long.to_le_bytes()].concat());
            bytes.extend([1_u32.to_le_bytes(), value.to_le_bytes()].concat());
        }
        // The pixel and a byte that keeps the pages at even places.
        let next = if number < pages.len() { end + 2 } else { 0 };
        bytes.extend(next.to_le_bytes());
        bytes.extend([level, 0]);
    }
    bytes
}

#[test]
fn of_several_pages_the_first_is_read() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.tif");
    fs::write(&path, tiff_of(&[17, 99])).unwrap();
    assert_eq!(read_image(&path).unwrap(), Samples::Eight(Plane::from_rows(&[[17]])));
}

#[test]
fn channels_may_differ_in_depth() {
    let folder = good_field();
    let deep: ImageBuffer<Luma<u16>, Vec<u16>> = ImageBuffer::from_pixel(5, 3, Luma([40_000]));
    deep.save(file_of(&folder, Channel::Protein)).unwrap();
    let field = read(&folder).unwrap();
    assert_eq!(field.channel(Channel::Protein).value((0, 0)), 40_000);
    assert!(matches!(field.channel(Channel::Nucleus), Samples::Eight(_)));
}

#[test]
fn a_missing_channel_names_the_file_that_is_expected() {
    let folder = good_field();
    let path = file_of(&folder, Channel::EndoplasmicReticulum);
    fs::remove_file(&path).unwrap();
    assert_eq!(failure(&folder, &path), "the endoplasmic reticulum channel is missing: expected the file");
    assert_eq!(size(&folder), Some((3, 5)));
}

#[test]
fn two_files_for_one_channel_are_both_named() {
    let folder = good_field();
    let tiff = folder.path().join("f_blue.tif");
    ramp(5, 3).save(&tiff).unwrap();
    assert_eq!(failure(&folder, &tiff), "the nucleus channel has two files, keep one: f_blue.png");
    assert_eq!(size(&folder), Some((3, 5)));
}

#[test]
fn channels_of_different_size_name_both_sizes() {
    let folder = good_field();
    let path = file_of(&folder, Channel::Protein);
    ramp(4, 3).save(&path).unwrap();
    assert_eq!(
        failure(&folder, &path),
        "the protein channel is 4 x 3 pixels, the nucleus channel 5 x 3 (width x height)"
    );
}

/// The bytes of a grey PNG by hand: for kinds that the encoder does not write, and for promises it does not keep.
pub fn png_of(bit_depth: u8, [width, height]: [u32; 2], filtered_rows: &[u8]) -> Vec<u8> {
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([bit_depth, 0, 0, 0, 0]);
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(filtered_rows).unwrap();
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, content) in [(b"IHDR", header), (b"IDAT", packed.finish().unwrap()), (b"IEND", Vec::new())] {
        let mut crc = flate2::Crc::new();
        crc.update(name);
        crc.update(&content);
        bytes.extend((content.len() as u32).to_be_bytes());
        bytes.extend(name);
        bytes.extend(content);
        bytes.extend(crc.sum().to_be_bytes());
    }
    bytes
}

#[test]
fn grey_of_one_two_and_four_bits_is_spread_over_eight() {
    for (bit_depth, row, expected) in
        [(1, 0b0110_0000, [0, 255, 255, 0]), (2, 0b0001_1011, [0, 85, 170, 255]), (4, 0x0f, [0, 255, 0, 0])]
    {
        let rows: Vec<u8> = if bit_depth == 4 { vec![0, row, 0] } else { vec![0, row] };
        let folder = tempdir().unwrap();
        let path = folder.path().join("a.png");
        fs::write(&path, png_of(bit_depth, [4, 1], &rows)).unwrap();
        assert_eq!(read_image(&path).unwrap(), Samples::Eight(Plane::from_rows(&[expected])), "{bit_depth} bit");
    }
}

#[test]
fn bad_files_are_told_apart() {
    let in_format = |format| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        ramp(64, 64).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    };
    let png = in_format(image::ImageFormat::Png);
    let tiff = in_format(image::ImageFormat::Tiff);
    let jpeg = in_format(image::ImageFormat::Jpeg);
    let mut flipped = png.clone();
    flipped[60] ^= 0xff;
    let cases: [(&str, Vec<u8>, &str); 12] = [
        ("zero bytes", Vec::new(), "the image file is empty (0 bytes)"),
        ("text", b"not an image, only called one".to_vec(), "the content is no PNG, JPEG or TIFF image"),
        ("one byte", vec![0x89], "the content is no PNG, JPEG or TIFF image"),
        ("another format", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), "the content is no PNG, JPEG or TIFF image"),
        ("PNG cut in its header", png[..20].to_vec(), "cannot decode PNG: unexpected end of file"),
        ("PNG cut in its pixels", png[..png.len() / 2].to_vec(), "cannot decode PNG: unexpected end of file"),
        ("PNG with a flipped byte", flipped, "cannot decode PNG: Corrupt deflate stream. InvalidCodeLengthRepeat"),
        ("TIFF cut in its pixels", tiff[..tiff.len() / 2].to_vec(), "cannot decode TIFF: unexpected end of file"),
        (
            "JPEG cut in its header",
            jpeg[..100].to_vec(),
            "cannot decode JPEG: I/O errors Not enough bytes, expected 64 but found 62",
        ),
        ("JPEG cut in its pixels", jpeg[..jpeg.len() - 200].to_vec(), "cannot decode JPEG: unexpected end of file"),
        (
            "a side too long",
            png_of(8, [40_000, 10], &[]),
            "the image is too large: 40000 x 10 pixels, where 32768 a side and 268435456 in all can be read",
        ),
        (
            "too many pixels",
            png_of(8, [32_000, 32_000], &[]),
            "the image is too large: 32000 x 32000 pixels, where 32768 a side and 268435456 in all can be read",
        ),
    ];
    for (what, content, why) in cases {
        let folder = good_field();
        let path = file_of(&folder, Channel::Nucleus);
        fs::write(&path, content).unwrap();
        assert_eq!(failure(&folder, &path), why, "{what}");
    }
}

#[test]
fn floating_point_images_are_refused() {
    let folder = good_field();
    let path = file_of(&folder, Channel::Nucleus);
    let float: ImageBuffer<Rgb<f32>, Vec<f32>> = ImageBuffer::from_pixel(5, 3, Rgb([0.5; 3]));
    DynamicImage::ImageRgb32F(float).save_with_format(&path, image::ImageFormat::Tiff).unwrap();
    assert_eq!(failure(&folder, &path), "cannot decode TIFF: only whole numbers of 8 or 16 bit can be read");
}

#[test]
fn what_cannot_be_read_as_pixels_has_a_size_all_the_same() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("f_red.tif");
    for (bits, sample_format) in [(32, 3), (32, 1), (64, 3)] {
        fs::write(&path, tiff_of_kind([7, 4], bits, sample_format)).unwrap();
        assert_eq!(size(&folder), Some((4, 7)), "{bits} bit of kind {sample_format}");
        assert!(read_image(&path).is_err());
    }
}

/// The bytes of a TIFF that promises pixels of this kind and holds none. Kinds: 1 whole, 3 floating-point numbers.
fn tiff_of_kind([width, height]: [u32; 2], bits: u32, sample_format: u32) -> Vec<u8> {
    let tags =
        [(256, width), (257, height), (258, bits), (259, 1), (262, 1), (273, 8), (277, 1), (278, height), (279, 0)];
    let mut bytes = b"II\x2a\0\x08\0\0\0".to_vec();
    bytes.extend((tags.len() as u16 + 1).to_le_bytes());
    for (tag, value) in tags.into_iter().chain([(339, sample_format)]) {
        bytes.extend([u16::to_le_bytes(tag), 4_u16.to_le_bytes()].concat());
        bytes.extend([1_u32.to_le_bytes(), value.to_le_bytes()].concat());
    }
    bytes.extend(0_u32.to_le_bytes());
    bytes
}

#[test]
fn grey_that_is_stored_as_colour_is_the_same_grey() {
    let grey = ramp(17, 9);
    let deep: ImageBuffer<Luma<u16>, _> = ImageBuffer::from_fn(17, 9, |x, y| Luma([(x * 3001 + y * 257) as u16]));
    let grey = DynamicImage::ImageLuma8(grey);
    let expected = through(&grey, "a.png");
    let (colour, with_alpha, both) = (grey.to_rgb8(), grey.to_luma_alpha8(), grey.to_rgba8());
    assert_eq!(through(&colour.clone().into(), "a.png"), expected);
    assert_eq!(through(&colour.into(), "a.tif"), expected);
    assert_eq!(through(&with_alpha.into(), "a.png"), expected);
    assert_eq!(through(&both.clone().into(), "a.png"), expected);
    assert_eq!(through(&both.into(), "a.tif"), expected);
    let deep = DynamicImage::ImageLuma16(deep);
    let expected = through(&deep, "a.png");
    assert_eq!(through(&DynamicImage::ImageRgb16(deep.to_rgb16()), "a.tif"), expected);
    assert_eq!(through(&DynamicImage::ImageRgba16(deep.to_rgba16()), "a.png"), expected);
    assert_eq!(through(&DynamicImage::ImageLumaA16(deep.to_luma_alpha16()), "a.png"), expected);
}

#[test]
fn a_folder_in_the_place_of_a_channel_is_one_clear_error() {
    let folder = good_field();
    let path = file_of(&folder, Channel::Nucleus);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(failure(&folder, &path), "cannot read the image: Is a directory (os error 21)");
}

#[test]
fn a_file_gone_since_the_listing_is_one_clear_error() {
    let folder = good_field();
    let set = ImageSet::open(folder.path(), SetLayout::FilePerStain).unwrap();
    let path = file_of(&folder, Channel::Nucleus);
    fs::remove_file(&path).unwrap();
    let error = read_field(&set.fields()[0]).unwrap_err().to_string();
    assert_eq!(reason(&error, &path), "cannot read the image: No such file or directory (os error 2)");
}

#[test]
fn the_size_of_an_unreadable_field_comes_from_any_readable_header() {
    let folder = good_field();
    for channel in &Channel::ALL[..3] {
        fs::write(file_of(&folder, *channel), "text").unwrap();
    }
    assert_eq!(size(&folder), Some((3, 5)));
    fs::write(file_of(&folder, Channel::Protein), png_of(8, [40_000, 10], &[])).unwrap();
    assert_eq!(size(&folder), Some((10, 40_000)));
    fs::write(file_of(&folder, Channel::Protein), "").unwrap();
    assert_eq!(size(&folder), None);
}

shared_test! {
    fn the_six_shared_fields_are_read(shared: &Path) {
        for files in ImageSet::open(shared.join("data/hpa"), SetLayout::FilePerStain).unwrap().fields() {
            let field = read_field(files).unwrap();
            assert_eq!(Some(field.size()), read_size(files));
            assert!([(1728, 1728), (2048, 2048), (3072, 3072)].contains(&field.size()), "{}", files.id());
        }
    }
}

shared_test! {
    fn sixteen_bit_files_of_the_atlas_keep_their_depth(shared: &Path) {
        for name in ["1000_A12_2_green.png", "383_D2_1_16bit_blue.png", "FUCCI_B1_16bit_green.png"] {
            let path = shared.join("data/hpa_16bit").join(name);
            let Samples::Sixteen(plane) = read_image(&path).unwrap() else { panic!("{name} has 16 bit") };
            assert_eq!(plane.size(), (2048, 2048));
            assert!(plane.samples().iter().any(|&sample| sample > 255), "{name}");
        }
    }
}

#[test]
fn a_jpeg_may_have_other_data_behind_its_end() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.jpg");
    ramp(64, 64).save(&path).unwrap();
    let whole = read_image(&path).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes.extend([0; 5000]);
    fs::write(&path, bytes).unwrap();
    assert_eq!(read_image(&path).unwrap(), whole);
}

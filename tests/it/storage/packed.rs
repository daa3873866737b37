//! Images packed with gzip.

use std::{
    fs,
    io::{Cursor, Write},
    path::{Path, PathBuf},
};

use cytoscribe::{
    atlas::Samples,
    imaging::Plane,
    storage::image_file::{read_header, read_image, read_image_size},
};
use flate2::{Compression, write::GzEncoder};
use image::{DynamicImage, ImageBuffer, ImageFormat, Luma};
use tempfile::{TempDir, tempdir};

use super::reason;

/// `content` in gzip, whatever it is.
pub fn packed(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// Gzip of `start` and more zeros than any image has, some thousand times smaller.
pub fn bomb(start: &[u8]) -> Vec<u8> {
    let zeros = packed(&vec![0; 1 << 25]);
    [packed(start), zeros.repeat(33)].concat()
}

/// A 16-bit grey image and its samples.
fn deep_image() -> (DynamicImage, Samples) {
    let image: ImageBuffer<Luma<u16>, _> = ImageBuffer::from_fn(61, 47, |x, y| Luma([(x * 991 + y * 1571) as u16]));
    let samples = Samples::Sixteen(Plane::new(47, 61, image.as_raw().clone()).unwrap());
    (DynamicImage::ImageLuma16(image), samples)
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A file with these bytes, in a folder that must be kept.
fn file_of(bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a_blue.tif.gz");
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn failure(path: &Path) -> String {
    reason(&read_image(path).unwrap_err().to_string(), path).to_owned()
}

#[test]
fn a_packed_image_is_the_image() {
    let (image, samples) = deep_image();
    for format in [ImageFormat::Tiff, ImageFormat::Png] {
        let (_folder, path) = file_of(&packed(&encoded(&image, format)));
        assert_eq!(read_image(&path).unwrap(), samples);
        assert_eq!(read_image_size(&path).unwrap(), (47, 61));
        assert_eq!(read_header(&path).unwrap().bits, 16);
    }
}

#[test]
fn a_file_packed_in_parts_is_read_as_a_whole() {
    let (image, samples) = deep_image();
    let tiff = encoded(&image, ImageFormat::Tiff);
    let (first, second) = tiff.split_at(tiff.len() / 3);
    let (_folder, path) = file_of(&[packed(first), packed(second)].concat());
    assert_eq!(read_image(&path).unwrap(), samples);
}

#[test]
fn a_name_does_not_pack_a_file() {
    let (image, samples) = deep_image();
    let (_folder, path) = file_of(&encoded(&image, ImageFormat::Tiff));
    assert_eq!(read_image(&path).unwrap(), samples);
}

#[test]
fn wherever_a_packed_image_is_cut_short_it_says_so() {
    let whole = packed(&encoded(&deep_image().0, ImageFormat::Tiff));
    for length in [3, 15, whole.len() / 2, whole.len() - 5, whole.len() - 1] {
        let (_folder, path) = file_of(&whole[..length]);
        assert_eq!(failure(&path), "cannot unpack the image: unexpected end of file", "{length} of {}", whole.len());
    }
}

#[test]
fn a_changed_byte_in_a_packed_image_is_found_by_its_checksum() {
    let mut whole = packed(&encoded(&deep_image().0, ImageFormat::Tiff));
    let checksum = whole.len() - 6;
    whole[checksum] ^= 1;
    let (_folder, path) = file_of(&whole);
    assert!(failure(&path).starts_with("cannot unpack the image: "), "{}", failure(&path));
}

#[test]
fn what_is_packed_may_be_no_image() {
    let (_folder, path) = file_of(&packed(b"text"));
    assert_eq!(failure(&path), "the content is no PNG, JPEG or TIFF image");
    let (_folder, path) = file_of(&packed(b""));
    assert_eq!(failure(&path), "the image file is empty (0 bytes)");
}

#[test]
fn more_than_an_image_can_be_is_not_unpacked() {
    let (_folder, path) = file_of(&bomb(&encoded(&deep_image().0, ImageFormat::Tiff)));
    assert_eq!(failure(&path), "cannot unpack the image: it holds more than 1073741824 bytes");
}

#[test]
fn the_header_of_a_packed_image_is_read_without_the_rest() {
    // The rest is no gzip at all.
    let png = encoded(&deep_image().0, ImageFormat::Png);
    let whole = packed(&[png, vec![7; 1 << 20]].concat());
    let (_folder, path) = file_of(&[&whole[..whole.len() / 2], &[0xff; 100]].concat());
    assert_eq!(read_image_size(&path).unwrap(), (47, 61));
    assert_eq!(read_header(&path).unwrap().size, (47, 61));
    assert!(failure(&path).starts_with("cannot unpack the image: "));
}

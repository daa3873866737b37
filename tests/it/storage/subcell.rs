//! Fields of one file with four channels.

use std::fs;

use cytoscribe::{
    atlas::{Channel, Samples},
    storage::{ImageSet, SetLayout, read_field, read_size},
};
use image::{DynamicImage, ImageBuffer, ImageFormat, Rgba};
use tempfile::tempdir;

use super::reason;

/// In each stain every sample is another one.
fn colours() -> DynamicImage {
    DynamicImage::ImageRgba8(ImageBuffer::from_fn(6, 3, |x, y| {
        Rgba([0_u8, 64, 128, 192].map(|c| c + (x * 3 + y) as u8))
    }))
}

#[test]
fn red_is_the_nucleus_green_the_reticulum_blue_microtubules_and_alpha_the_protein() {
    let deep = ImageBuffer::from_fn(6, 3, |x, y| Rgba([0_u16, 10_000, 20_000, 30_000].map(|c| c + (x * 3 + y) as u16)));
    for (image, step) in [(colours(), 64), (DynamicImage::ImageRgba16(deep), 10_000)] {
        for name in ["a.png", "a.tif"] {
            let folder = tempdir().unwrap();
            image.save(folder.path().join(name)).unwrap();
            let set = ImageSet::open(folder.path(), SetLayout::SubCell).unwrap();
            let field = read_field(&set.fields()[0]).unwrap();
            let order = [Channel::Nucleus, Channel::EndoplasmicReticulum, Channel::Microtubules, Channel::Protein];
            for (channel, offset) in order.into_iter().zip((0..).step_by(step)) {
                assert_eq!(field.channel(channel).value((2, 5)), offset + 5 * 3 + 2, "{name}: {}", channel.name());
                assert_eq!(matches!(field.channel(channel), Samples::Eight(_)), step == 64);
            }
            assert_eq!((field.size(), read_size(&set.fields()[0])), ((3, 6), Some((3, 6))));
        }
    }
}

#[test]
fn an_image_of_other_than_four_channels_costs_itself_alone() {
    let folder = tempdir().unwrap();
    let save = |name: &str, image: DynamicImage| image.save(folder.path().join(name)).unwrap();
    save("four.png", colours());
    save("one.png", colours().to_luma8().into());
    save("two.png", colours().to_luma_alpha8().into());
    save("three.tif", colours().to_rgb8().into());
    save("jpeg.jpg", colours().to_rgb8().into());
    let float = DynamicImage::ImageRgba32F(colours().to_rgba32f());
    float.save_with_format(folder.path().join("float.tif"), ImageFormat::Tiff).unwrap();
    fs::write(folder.path().join("text.png"), "text").unwrap();
    let set = ImageSet::open(folder.path(), SetLayout::SubCell).unwrap();
    let cases = [
        ("one.png", "the image has 1 channel, but a field in one file needs 4: red, green, blue and alpha"),
        ("two.png", "the image has 2 channels, but a field in one file needs 4: red, green, blue and alpha"),
        ("three.tif", "the image has 3 channels, but a field in one file needs 4: red, green, blue and alpha"),
        ("jpeg.jpg", "the image has 3 channels, but a field in one file needs 4: red, green, blue and alpha"),
        ("float.tif", "cannot decode TIFF: only whole numbers of 8 or 16 bit can be read"),
        ("text.png", "the content is no PNG, JPEG or TIFF image"),
    ];
    for (name, why) in cases {
        let error = read_field(set.field(&name[..name.len() - 4]).unwrap()).unwrap_err().to_string();
        assert_eq!(reason(&error, &folder.path().join(name)), why, "{name}");
    }
    assert!(read_field(set.field("four").unwrap()).is_ok());
}

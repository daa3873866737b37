//! Colour pictures for people, as PNG files. Not masks and not the images of a set.

use std::{io, path::Path};

use image::{
    ImageBuffer, Luma, Rgb,
    codecs::png::{CompressionType, FilterType, PngEncoder},
};

use super::{FileError, OutputFile, output_file::reason_of};
use crate::imaging::Plane;

/// Writes red, green and blue of every pixel as a PNG file.
///
/// # Errors
/// If the file cannot be written.
pub fn write_picture(path: &Path, picture: &Plane<[u8; 3]>) -> Result<(), FileError> {
    let failed = |source| FileError::at("write the picture", path)(source);
    let samples = picture.samples().as_flattened();
    let image: ImageBuffer<Rgb<u8>, _> =
        ImageBuffer::from_raw(picture.width() as u32, picture.height() as u32, samples)
            .ok_or_else(|| failed(io::ErrorKind::InvalidInput.into()))?;
    let mut file = OutputFile::create(path)?;
    image.write_with_encoder(PngEncoder::new(&mut file)).map_err(|error| failed(reason_of(error)))?;
    file.finish()
}

/// [`write_picture`] in as few bytes as may be, which takes longer: a picture without colours as a grey one.
///
/// # Errors
/// If the file cannot be written.
pub fn write_small_picture(path: &Path, picture: &Plane<[u8; 3]>) -> Result<(), FileError> {
    let failed = |source| FileError::at("write the picture", path)(source);
    let (height, width) = (picture.height() as u32, picture.width() as u32);
    let is_grey = picture.samples().iter().all(|[r, g, b]| r == g && g == b);
    let mut file = OutputFile::create(path)?;
    let encoder = PngEncoder::new_with_quality(&mut file, CompressionType::Best, FilterType::Adaptive);
    let encoded = if is_grey {
        let levels: Vec<u8> = picture.samples().iter().map(|[level, ..]| *level).collect();
        let image: Option<ImageBuffer<Luma<u8>, _>> = ImageBuffer::from_raw(width, height, levels);
        image.map(|image| image.write_with_encoder(encoder))
    } else {
        let image: Option<ImageBuffer<Rgb<u8>, _>> =
            ImageBuffer::from_raw(width, height, picture.samples().as_flattened());
        image.map(|image| image.write_with_encoder(encoder))
    };
    let encoded = encoded.ok_or_else(|| failed(io::ErrorKind::InvalidInput.into()))?;
    encoded.map_err(|error| failed(reason_of(error)))?;
    file.finish()
}

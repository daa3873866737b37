//! Colour pictures for people, as PNG files. Not masks and not the images of a set.

use std::{io, path::Path};

use image::{ImageBuffer, Rgb, codecs::png::PngEncoder};

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

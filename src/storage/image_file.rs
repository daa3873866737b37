//! One grey image in one file: PNG, JPEG or TIFF, 8 or 16 bit, told by content and not by name.
//!
//! Colour files are grey images in disguise (the atlas publishes its stains as coloured JPEGs), so a pixel counts
//! with the greatest of its red, green and blue; transparency is ignored. Of several pages the first is read.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, error::UnsupportedErrorKind};

use super::FileError;
use crate::{atlas::Samples, imaging::Plane};

/// The most pixels of an image that is read: 16,384 squared. More is refused before a pixel is decoded.
pub const MAX_PIXELS: u64 = 1 << 28;

/// The longest side, in pixels, of an image that is read.
pub const MAX_SIDE: u32 = 1 << 15;

/// What decoding may take in memory. TIFF counts the pixels in, here of the deepest kind, 16 bit in four colours;
/// PNG counts only what comes with them, such as a colour profile, which may be compressed a thousandfold.
const fn memory_limit(format: ImageFormat) -> u64 {
    if matches!(format, ImageFormat::Tiff) { MAX_PIXELS * 8 } else { 1 << 26 }
}

/// Reads the image at `path`.
///
/// # Errors
/// If the file cannot be opened, is no PNG, JPEG or TIFF, is damaged, or holds too many pixels or numbers of
/// another kind than 8 and 16 bit.
pub fn read_image(path: &Path) -> Result<Samples, ImageFileError> {
    let (format, decoder) = open(path)?;
    let (width, height) = decoder.dimensions();
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(ImageFileError::TooLarge { width, height, path: path.into() });
    }
    let image = DynamicImage::from_decoder(decoder).map_err(|error| undecodable(&error, format, path))?;
    let broken =
        |reason: &str| ImageFileError::Decode { format: name(format), reason: reason.into(), path: path.into() };
    if format == ImageFormat::Jpeg && !has_jpeg_end(path).map_err(FileError::at(READ, path))? {
        return Err(broken(CUT_SHORT));
    }
    grey(image).ok_or_else(|| broken(ONLY_8_AND_16_BIT))
}

/// The (height, width) of the image at `path` from its header alone, also of one too large to be read.
///
/// # Errors
/// As [`read_image`], as far as the header tells.
pub fn read_image_size(path: &Path) -> Result<(usize, usize), ImageFileError> {
    let (_, decoder) = open(path)?;
    let (width, height) = decoder.dimensions();
    Ok((height as usize, width as usize))
}

/// The decoder for the file at `path`, which has read the header.
fn open(path: &Path) -> Result<(ImageFormat, impl ImageDecoder), ImageFileError> {
    let cannot_read = |source| FileError::at(READ, path)(source);
    let mut file = BufReader::with_capacity(1 << 16, File::open(path).map_err(cannot_read)?);
    if file.fill_buf().map_err(cannot_read)?.is_empty() {
        return Err(ImageFileError::Empty { path: path.into() });
    }
    let is_big_tiff = BIG_TIFF.iter().any(|start| file.buffer().starts_with(&start[..]));
    let mut reader = ImageReader::new(file).with_guessed_format().map_err(cannot_read)?;
    if is_big_tiff {
        reader.set_format(ImageFormat::Tiff);
    }
    let Some(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Tiff)) = reader.format() else {
        return Err(ImageFileError::NotAnImage { path: path.into() });
    };
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(memory_limit(format));
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|error| undecodable(&error, format, path))?;
    Ok((format, decoder))
}

/// The samples as they were decoded, moved where they are grey already; `None` for numbers of another kind.
fn grey(image: DynamicImage) -> Option<Samples> {
    let (height, width) = (image.height() as usize, image.width() as usize);
    let eight = |samples| Plane::new(height, width, samples).map(Samples::Eight);
    let sixteen = |samples| Plane::new(height, width, samples).map(Samples::Sixteen);
    match image {
        DynamicImage::ImageLuma8(image) => eight(image.into_raw()),
        DynamicImage::ImageLumaA8(image) => eight(brightest::<_, 2>(&image, 1)),
        DynamicImage::ImageRgb8(image) => eight(brightest::<_, 3>(&image, 3)),
        DynamicImage::ImageRgba8(image) => eight(brightest::<_, 4>(&image, 3)),
        DynamicImage::ImageLuma16(image) => sixteen(image.into_raw()),
        DynamicImage::ImageLumaA16(image) => sixteen(brightest::<_, 2>(&image, 1)),
        DynamicImage::ImageRgb16(image) => sixteen(brightest::<_, 3>(&image, 3)),
        DynamicImage::ImageRgba16(image) => sixteen(brightest::<_, 4>(&image, 3)),
        _ => None,
    }
}

/// The greatest of the first `colours` of every `N` samples.
#[inline]
fn brightest<T: Copy + Ord + Default, const N: usize>(samples: &[T], colours: usize) -> Vec<T> {
    let pixels = samples.as_chunks::<N>().0;
    pixels.iter().map(|pixel| pixel[..colours].iter().copied().fold(T::default(), Ord::max)).collect()
}

/// Whether the last scan of a JPEG file is followed by the marker that ends it, which other data may follow; its
/// decoder fills in grey where a file is cut short and says nothing.
fn has_jpeg_end(path: &Path) -> io::Result<bool> {
    let bytes = fs::read(path)?;
    let last = |marker: [u8; 2]| bytes.windows(2).rposition(|pair| pair == marker);
    Ok(last([0xff, 0xd9]) > last([0xff, 0xda]))
}

/// How TIFF files with 64-bit offsets begin, which the guess of the format does not know.
const BIG_TIFF: [&[u8; 4]; 2] = [b"II+\0", b"MM\0+"];
const READ: &str = "read the image";
const CUT_SHORT: &str = "unexpected end of file";
const ONLY_8_AND_16_BIT: &str = "only whole numbers of 8 or 16 bit can be read";

fn name(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::Tiff => "TIFF",
        _ => "PNG",
    }
}

/// The decoder's error in our words: its reason in one line, without its own "Format error decoding Png".
fn undecodable(error: &ImageError, format: ImageFormat, path: &Path) -> ImageFileError {
    let reason = match error {
        ImageError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => CUT_SHORT.to_owned(),
        ImageError::Unsupported(error) if matches!(error.kind(), UnsupportedErrorKind::Color(_)) => {
            ONLY_8_AND_16_BIT.to_owned()
        }
        other => std::error::Error::source(other).map_or_else(|| other.to_string(), ToString::to_string),
    };
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    ImageFileError::Decode { format: name(format), reason, path: path.into() }
}

/// Why a file is no grey image.
#[derive(Debug, thiserror::Error)]
pub enum ImageFileError {
    /// The file cannot be opened or read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file has no content.
    #[error("the image file is empty (0 bytes) — {}", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The file's content is something else, whatever its name says.
    #[error("the content is no PNG, JPEG or TIFF image — {}", path.display())]
    NotAnImage {
        /// The file.
        path: PathBuf,
    },
    /// The image is damaged or of a kind that is not read.
    #[error("cannot decode {format}: {reason} — {}", path.display())]
    Decode {
        /// PNG, JPEG or TIFF.
        format: &'static str,
        /// What the decoder found.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// The image is refused for its size.
    #[error(
        "the image is too large: {width} x {height} pixels, where {MAX_SIDE} a side and {MAX_PIXELS} in all \
         can be read — {}", path.display()
    )]
    TooLarge {
        /// Number of columns.
        width: u32,
        /// Number of rows.
        height: u32,
        /// The file.
        path: PathBuf,
    },
}

//! One image in one file: PNG, JPEG or TIFF, 8 or 16 bit, also packed with gzip, told by content and not by name.
//!
//! An image of one stain is grey. Colour files are grey images in disguise (the atlas publishes its stains as coloured
//! JPEGs), so a pixel counts with the greatest of its red, green and blue; transparency is ignored. Where a file holds
//! four stains, its colours and its alpha are channels like any other. Of several pages the first is read.

use std::{
    io::{self, BufRead, BufReader, Read, Seek},
    path::{Path, PathBuf},
};

use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, error::UnsupportedErrorKind};

use tiff::{
    ColorType,
    decoder::{Decoder, DecodingResult},
};

use super::{
    FileError,
    unpacked::{GzipFault, UnpackedFile},
};
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

/// What the header of an image says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageHeader {
    /// (height, width).
    pub size: (usize, usize),
    /// Numbers a pixel: 1 grey, 3 colours, and one more for transparency.
    pub channels: usize,
    /// Bits of each of these numbers: 8 or 16.
    pub bits: u8,
}

/// Reads the image at `path` as one grey channel.
///
/// # Errors
/// If the file cannot be opened, is no PNG, JPEG or TIFF, is damaged, or holds too many pixels or numbers of
/// another kind than 8 and 16 bit.
pub fn read_image(path: &Path) -> Result<Samples, ImageFileError> {
    let (format, image) = decode(path)?;
    grey(image).ok_or_else(|| undecoded(format, ONLY_8_AND_16_BIT, path))
}

/// Reads the image at `path` if it is a grey TIFF of whole numbers of 32 bit, which no stain has but a mask may;
/// `None` if it is another image.
///
/// # Errors
/// As [`read_image`].
pub fn read_32_bit_tiff(path: &Path) -> Result<Option<Plane<u32>>, ImageFileError> {
    let mut file = open(path)?;
    if format_of(&mut file, path)? != ImageFormat::Tiff {
        return Ok(None);
    }
    let wrong = |error: tiff::TiffError| undecoded(ImageFormat::Tiff, &error.to_string(), path);
    let mut limits = tiff::decoder::Limits::default();
    limits.decoding_buffer_size = memory_limit(ImageFormat::Tiff) as usize;
    let decoder = Decoder::new(&mut file).map(|decoder| decoder.with_limits(limits));
    // What this cannot begin with is for the reader of all images to refuse in its own words.
    let Ok(mut decoder) = decoder else { return Ok(None) };
    if !decoder.colortype().is_ok_and(|colour| colour == ColorType::Gray(32)) {
        return Ok(None);
    }
    let (width, height) = decoder.dimensions().map_err(wrong)?;
    check_size(width, height, path)?;
    let samples = decoder.read_image().map_err(wrong);
    file.get_mut().check_to_end().map_err(|fault| ImageFileError::Packed { fault, path: path.into() })?;
    match samples? {
        DecodingResult::U32(ids) => Ok(Plane::new(height as usize, width as usize, ids)),
        DecodingResult::I32(ids) => {
            let ids: Result<Vec<u32>, _> = ids.into_iter().map(u32::try_from).collect();
            let ids = ids.map_err(|_| undecoded(ImageFormat::Tiff, "it holds numbers below 0", path))?;
            Ok(Plane::new(height as usize, width as usize, ids))
        }
        _ => Err(undecoded(ImageFormat::Tiff, ONLY_8_AND_16_BIT, path)),
    }
}

/// Reads the image at `path` as four channels: red, green, blue and alpha.
///
/// # Errors
/// As [`read_image`], and if it has another number of channels.
pub fn read_four_channels(path: &Path) -> Result<[Samples; 4], ImageFileError> {
    let (format, image) = decode(path)?;
    let (height, width) = (image.height() as usize, image.width() as usize);
    let found = usize::from(image.color().channel_count());
    let four = match image {
        DynamicImage::ImageRgba8(image) => {
            split(&image).map(|plane| Plane::new(height, width, plane).map(Samples::Eight))
        }
        DynamicImage::ImageRgba16(image) => {
            split(&image).map(|plane| Plane::new(height, width, plane).map(Samples::Sixteen))
        }
        _ if found != 4 => return Err(ImageFileError::Channels { found, path: path.into() }),
        _ => [const { None }; 4],
    };
    match four {
        [Some(red), Some(green), Some(blue), Some(alpha)] => Ok([red, green, blue, alpha]),
        _ => Err(undecoded(format, ONLY_8_AND_16_BIT, path)),
    }
}

/// The header of the image at `path`; no pixel is decoded, and of a packed file no more is unpacked than that takes.
///
/// # Errors
/// As [`read_image`], as far as the header tells.
pub fn read_header(path: &Path) -> Result<ImageHeader, ImageFileError> {
    let mut file = open(path)?;
    let header = decoder_of(&mut file, path).and_then(|(format, decoder)| {
        check_limits(&decoder, path)?;
        let colour = decoder.color_type();
        let bits = colour.bits_per_pixel() / u16::from(colour.channel_count());
        if !matches!(bits, 8 | 16) {
            return Err(undecoded(format, ONLY_8_AND_16_BIT, path));
        }
        Ok(ImageHeader {
            size: size_of(decoder.dimensions()),
            channels: colour.channel_count().into(),
            bits: bits as u8,
        })
    });
    file.get_ref().check().map_err(|fault| ImageFileError::Packed { fault, path: path.into() })?;
    header
}

/// The (height, width) of the image at `path` from its header alone, also of one too large to be read or with
/// numbers of another kind than 8 and 16 bit.
///
/// # Errors
/// If the file cannot be opened, is no PNG, JPEG or TIFF, or its header is damaged.
pub fn read_image_size(path: &Path) -> Result<(usize, usize), ImageFileError> {
    let mut file = open(path)?;
    if format_of(&mut file, path)? == ImageFormat::Tiff {
        // Our decoder refuses to begin with what it cannot decode; this one knows tags only.
        let dimensions = Decoder::new(file).and_then(|mut decoder| decoder.dimensions());
        return dimensions.map(size_of).map_err(|error| undecoded(ImageFormat::Tiff, &error.to_string(), path));
    }
    let (_, decoder) = decoder_of(&mut file, path)?;
    Ok(size_of(decoder.dimensions()))
}

fn size_of((width, height): (u32, u32)) -> (usize, usize) {
    (height as usize, width as usize)
}

/// The image at `path` as it is stored.
fn decode(path: &Path) -> Result<(ImageFormat, DynamicImage), ImageFileError> {
    let mut file = open(path)?;
    let image = decode_from(&mut file, path);
    // What is wrong with the packing explains what is wrong with the image, and is wrong also if that looks right.
    file.get_mut().check_to_end().map_err(|fault| ImageFileError::Packed { fault, path: path.into() })?;
    image
}

fn decode_from(file: &mut ImageBytes, path: &Path) -> Result<(ImageFormat, DynamicImage), ImageFileError> {
    let (format, decoder) = decoder_of(file, path)?;
    check_limits(&decoder, path)?;
    let image = DynamicImage::from_decoder(decoder).map_err(|error| undecodable(&error, format, path))?;
    if format == ImageFormat::Jpeg && !has_jpeg_end(file).map_err(FileError::at(READ, path))? {
        return Err(undecoded(format, CUT_SHORT, path));
    }
    Ok((format, image))
}

type ImageBytes = BufReader<UnpackedFile>;

fn open(path: &Path) -> Result<ImageBytes, ImageFileError> {
    let file = UnpackedFile::open(path).map_err(FileError::at(READ, path))?;
    Ok(BufReader::with_capacity(1 << 16, file))
}

/// The decoder for the image in `file`, which has read the header.
fn decoder_of<'f>(
    file: &'f mut ImageBytes,
    path: &Path,
) -> Result<(ImageFormat, impl ImageDecoder + 'f), ImageFileError> {
    let format = format_of(file, path)?;
    let mut reader = ImageReader::with_format(file, format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(memory_limit(format));
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|error| undecodable(&error, format, path))?;
    Ok((format, decoder))
}

/// PNG, JPEG or TIFF, as the first bytes say.
fn format_of(file: &mut ImageBytes, path: &Path) -> Result<ImageFormat, ImageFileError> {
    let start = file.fill_buf().map_err(FileError::at(READ, path))?;
    if start.is_empty() {
        return Err(ImageFileError::Empty { path: path.into() });
    }
    let is_big_tiff = BIG_TIFF.iter().any(|big| start.starts_with(&big[..]));
    match image::guess_format(start) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Tiff)) => Ok(format),
        _ if is_big_tiff => Ok(ImageFormat::Tiff),
        _ => Err(ImageFileError::NotAnImage { path: path.into() }),
    }
}

fn check_limits(decoder: &impl ImageDecoder, path: &Path) -> Result<(), ImageFileError> {
    let (width, height) = decoder.dimensions();
    check_size(width, height, path)
}

fn check_size(width: u32, height: u32, path: &Path) -> Result<(), ImageFileError> {
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(ImageFileError::TooLarge { width, height, path: path.into() });
    }
    Ok(())
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

/// The four planes of pixels of four samples.
fn split<T: Copy>(samples: &[T]) -> [Vec<T>; 4] {
    let pixels = samples.as_chunks::<4>().0;
    [0, 1, 2, 3].map(|channel| pixels.iter().map(|pixel| pixel[channel]).collect())
}

/// Whether the last scan of a JPEG file is followed by the marker that ends it, which other data may follow; its
/// decoder fills in grey where a file is cut short and says nothing.
fn has_jpeg_end(file: &mut ImageBytes) -> io::Result<bool> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
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
    undecoded(format, &reason, path)
}

fn undecoded(format: ImageFormat, reason: &str, path: &Path) -> ImageFileError {
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    ImageFileError::Decode { format: name(format), reason, path: path.into() }
}

/// Why a file is no image that can be read.
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
    /// The file is packed, and that is damaged or holds too much.
    #[error("cannot unpack the image: {fault} — {}", path.display())]
    Packed {
        /// What is wrong.
        fault: GzipFault,
        /// The file.
        path: PathBuf,
    },
    /// The image has another number of channels than a field in one file.
    #[error("the image has {found} channel{}, but a field in one file needs 4: red, green, blue and alpha — {}",
        if *found == 1 { "" } else { "s" }, path.display())]
    Channels {
        /// Its number of channels.
        found: usize,
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

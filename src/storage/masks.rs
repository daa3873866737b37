//! Masks as grey images, in the names of HPA-Cell-Segmentation: 0 is background and the same number in both masks of
//! a field is the same cell.
//!
//! PNG files have 16 bit, as that program writes them. TIFF files have 16 bit too, or 32 if an id needs them.

use std::{
    io::{self, Cursor, Write},
    path::{Path, PathBuf},
};

use image::{
    ImageBuffer, Luma,
    codecs::png::{CompressionType, FilterType, PngEncoder},
};
use serde::Serialize;
use tiff::encoder::{
    Compression, DeflateLevel, TiffEncoder, TiffValue,
    colortype::{self, ColorType},
};

use super::{
    FileError, OutputFile,
    image_file::{ImageFileError, read_32_bit_tiff, read_image},
    output_file::reason_of,
};
use crate::{
    atlas::Samples,
    imaging::{Plane, ScaledMask, resize},
};

const WRITE: &str = "write the mask";

/// Which of a field's two masks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MaskKind {
    /// The cells' nuclei.
    Nuclei,
    /// Whole cells.
    Cells,
}

/// The kind of file a mask is written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub enum MaskFormat {
    /// 16 bit, ids to 65,535.
    #[default]
    Png,
    /// Packed with deflate; 16 bit, or 32 for ids above 65,535.
    Tiff,
}

impl MaskKind {
    /// Both masks.
    pub const ALL: [Self; 2] = [Self::Nuclei, Self::Cells];

    /// The name of the mask's file for the field `id`.
    #[must_use]
    pub fn file_name(self, id: &str, format: MaskFormat) -> String {
        let extension = match format {
            MaskFormat::Png => "png",
            MaskFormat::Tiff => "tif",
        };
        format!("{id}{}.{extension}", self.ending())
    }

    /// What the regions of the mask are.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Nuclei => "nuclei",
            Self::Cells => "cells",
        }
    }

    /// What follows a field's ID in the stem of the mask's file.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Nuclei => "_nucleimask",
            Self::Cells => "_cellmask",
        }
    }
}

/// Where the masks of fields are written, and as what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaskFolder<'a> {
    /// The folder.
    pub path: &'a Path,
    /// The kind of its files.
    pub format: MaskFormat,
}

/// The paths of both masks of the field `id` in `folder`: nuclei, cells.
#[must_use]
pub fn mask_paths(folder: MaskFolder, id: &str) -> [PathBuf; 2] {
    MaskKind::ALL.map(|kind| folder.path.join(kind.file_name(id, folder.format)))
}

/// Writes both masks of the field `id` into `folder`, or neither.
///
/// # Errors
/// If a mask holds an id that the format has no room for, or a file cannot be written.
pub fn write_masks(folder: MaskFolder, id: &str, nuclei: &ScaledMask, cells: &ScaledMask) -> Result<(), MaskError> {
    let [nuclei_path, cells_path] = mask_paths(folder, id);
    let nuclei = encoded(&nuclei_path, nuclei, folder.format)?;
    let cells = encoded(&cells_path, cells, folder.format)?;
    nuclei.finish()?;
    Ok(cells.finish()?)
}

/// Writes the mask of the nuclei of the field `id` into `folder`, for a field of which nothing else is known.
///
/// # Errors
/// If the mask holds an id that the format has no room for, or the file cannot be written.
pub fn write_nuclei_mask(folder: MaskFolder, id: &str, nuclei: &ScaledMask) -> Result<(), MaskError> {
    let [path, _] = mask_paths(folder, id);
    write_mask(&path, nuclei, folder.format)
}

/// Writes one mask.
///
/// # Errors
/// If the mask holds an id that the format has no room for, or the file cannot be written.
pub fn write_mask(path: &Path, mask: &ScaledMask, format: MaskFormat) -> Result<(), MaskError> {
    Ok(encoded(path, mask, format)?.finish()?)
}

/// The file of a mask, still without its name.
fn encoded(path: &Path, mask: &ScaledMask, format: MaskFormat) -> Result<OutputFile, MaskError> {
    let highest = mask.computed().largest();
    let in_16_bit =
        || resize::nearest(&mask.computed().map(|&id| id as u16), mask.height(), mask.width()).into_samples();
    let file = match (format, highest <= u16::MAX.into()) {
        (MaskFormat::Png, true) => as_png(path, mask.size(), in_16_bit()),
        (MaskFormat::Png, false) => return Err(MaskError::TooManyCells { highest, path: path.into() }),
        (MaskFormat::Tiff, true) => as_tiff::<colortype::Gray16>(path, mask.size(), &in_16_bit()),
        (MaskFormat::Tiff, false) => as_tiff::<colortype::Gray32>(path, mask.size(), mask.to_plane().samples()),
    };
    Ok(file?)
}

/// Filtering by row is what keeps it small: without, it is thirty times larger.
fn as_png(path: &Path, (height, width): (usize, usize), ids: Vec<u16>) -> Result<OutputFile, FileError> {
    let failed = |source| FileError::at(WRITE, path)(source);
    let image: ImageBuffer<Luma<u16>, _> = ImageBuffer::from_raw(width as u32, height as u32, ids)
        .ok_or_else(|| failed(io::ErrorKind::InvalidInput.into()))?;
    let mut file = OutputFile::create(path)?;
    image
        .write_with_encoder(PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::Adaptive))
        .map_err(|error| failed(reason_of(error)))?;
    Ok(file)
}

/// A TIFF file is not written from its beginning to its end, so it is put together in memory, where it is small.
fn as_tiff<C: ColorType>(path: &Path, size: (usize, usize), ids: &[C::Inner]) -> Result<OutputFile, FileError>
where
    [C::Inner]: TiffValue,
{
    let mut content = Cursor::new(Vec::new());
    let encoded = TiffEncoder::new(&mut content).and_then(|encoder| {
        let mut encoder = encoder.with_compression(Compression::Deflate(DeflateLevel::Balanced));
        encoder.write_image::<C>(size.1 as u32, size.0 as u32, ids)
    });
    let mut file = OutputFile::create(path)?;
    encoded
        .map_err(io::Error::other)
        .and_then(|()| file.write_all(content.get_ref()))
        .map_err(FileError::at(WRITE, path))?;
    Ok(file)
}

/// Reads a mask, 8 or 16 bit, or a TIFF file of 32 bit.
///
/// # Errors
/// If the file is no readable image.
pub fn read_mask(path: &Path) -> Result<Plane<u32>, ImageFileError> {
    if let Some(mask) = read_32_bit_tiff(path)? {
        return Ok(mask);
    }
    Ok(match read_image(path)? {
        Samples::Eight(plane) => plane.map(|&id| id.into()),
        Samples::Sixteen(plane) => plane.map(|&id| id.into()),
    })
}

/// Why a mask cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum MaskError {
    /// An id does not fit into the 16 bit of a PNG file.
    #[error("cannot write the mask: it holds id {highest}, a PNG file at most 65535; a TIFF file holds more — {}", path.display())]
    TooManyCells {
        /// The highest id of the mask.
        highest: u32,
        /// The file that was to be written.
        path: PathBuf,
    },
    /// The file cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
}

//! Masks as 16-bit grey PNG files, in the names and the format of HPA-Cell-Segmentation: 0 is background and
//! the same number in both masks of a field is the same cell.

use std::{
    io,
    path::{Path, PathBuf},
};

use image::{
    ImageBuffer, Luma,
    codecs::png::{CompressionType, FilterType, PngEncoder},
};

use super::{
    FileError, OutputFile,
    image_file::{ImageFileError, read_image},
    output_file::reason_of,
};
use crate::{
    atlas::Samples,
    imaging::{Plane, ScaledMask, resize},
};

/// Which of a field's two masks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MaskKind {
    /// The cells' nuclei.
    Nuclei,
    /// Whole cells.
    Cells,
}

impl MaskKind {
    /// Both masks.
    pub const ALL: [Self; 2] = [Self::Nuclei, Self::Cells];

    /// The name of the mask's file for the field `id`.
    #[must_use]
    pub fn file_name(self, id: &str) -> String {
        format!("{id}{}.png", self.ending())
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

/// The paths of both masks of the field `id` in `folder`.
#[must_use]
pub fn mask_paths(folder: &Path, id: &str) -> [PathBuf; 2] {
    [MaskKind::Nuclei, MaskKind::Cells].map(|kind| folder.join(kind.file_name(id)))
}

/// Writes both masks of the field `id` into `folder`, or neither.
///
/// # Errors
/// If a mask holds an id above 65,535 or a file cannot be written.
pub fn write_masks(folder: &Path, id: &str, nuclei: &ScaledMask, cells: &ScaledMask) -> Result<(), MaskError> {
    let [nuclei_path, cells_path] = mask_paths(folder, id);
    let nuclei = encoded(&nuclei_path, nuclei)?;
    let cells = encoded(&cells_path, cells)?;
    nuclei.finish()?;
    Ok(cells.finish()?)
}

/// Writes the mask of the nuclei of the field `id` into `folder`, for a field of which nothing else is known.
///
/// # Errors
/// If the mask holds an id above 65,535 or the file cannot be written.
pub fn write_nuclei_mask(folder: &Path, id: &str, nuclei: &ScaledMask) -> Result<(), MaskError> {
    write_mask(&folder.join(MaskKind::Nuclei.file_name(id)), nuclei)
}

/// Writes one mask.
///
/// # Errors
/// If the mask holds an id above 65,535 or the file cannot be written.
pub fn write_mask(path: &Path, mask: &ScaledMask) -> Result<(), MaskError> {
    Ok(encoded(path, mask)?.finish()?)
}

/// The file of a mask, still without its name. Filtering by row is what keeps it small: without, it is thirty times
/// larger.
fn encoded(path: &Path, mask: &ScaledMask) -> Result<OutputFile, MaskError> {
    let highest = mask.computed().largest();
    if highest > u16::MAX.into() {
        return Err(MaskError::TooManyCells { highest, path: path.into() });
    }
    let ids = resize::nearest(&mask.computed().map(|&id| id as u16), mask.height(), mask.width()).into_samples();
    let failed = |source| FileError::at("write the mask", path)(source);
    let image: ImageBuffer<Luma<u16>, _> = ImageBuffer::from_raw(mask.width() as u32, mask.height() as u32, ids)
        .ok_or_else(|| failed(io::ErrorKind::InvalidInput.into()))?;
    let mut file = OutputFile::create(path)?;
    image
        .write_with_encoder(PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::Adaptive))
        .map_err(|error| failed(reason_of(error)))?;
    Ok(file)
}

/// Reads a mask, 8 or 16 bit.
///
/// # Errors
/// If the file is no readable image.
pub fn read_mask(path: &Path) -> Result<Plane<u32>, ImageFileError> {
    Ok(match read_image(path)? {
        Samples::Eight(plane) => plane.map(|&id| id.into()),
        Samples::Sixteen(plane) => plane.map(|&id| id.into()),
    })
}

/// Why a mask cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum MaskError {
    /// An id does not fit into 16 bit.
    #[error("cannot write the mask: it holds id {highest}, a 16-bit file at most 65535 — {}", path.display())]
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

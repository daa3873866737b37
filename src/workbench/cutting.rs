//! From a field to its masks: the one way that the window, batches, the store of cells, exports and commands go.

use crate::{
    atlas::Field,
    pipeline::{
        corrections::{Corrected, corrected},
        foreign_masks::{GivenMasks, MaskSizeDiffers},
        segmentation::{Segmentation, segment},
    },
    project::{Cutting, imported::ImportedFrom},
    storage::imported_masks::{self, ImportedMasksError},
};

/// Cuts `field` as `cutting` says.
///
/// # Errors
/// If its masks were imported and cannot be read any more.
pub fn cut(field: &Field, cutting: &Cutting) -> Result<Corrected, CutError> {
    let masks = match &cutting.imported {
        Some(imported) => imported_of(field, imported)?,
        None => segment(field, &cutting.params),
    };
    Ok(corrected(masks, &cutting.corrections))
}

/// The masks that were imported for `field`. Some 60 ms for 2048² pixels.
///
/// # Errors
/// If they cannot be read any more, or the field has another size now.
pub fn imported_of(field: &Field, ImportedFrom { masks, folder }: &ImportedFrom) -> Result<Segmentation, CutError> {
    let (nuclei, cells) = imported_masks::read(folder, masks)?;
    let given = GivenMasks { nuclei: Some(&nuclei), cells: Some(&cells) };
    given.check_size((field.height(), field.width()))?;
    let cell_count = cells.largest().max(nuclei.largest());
    Ok(Segmentation { nuclei_mask: nuclei.into(), cell_mask: cells.into(), cell_count, remarks: Vec::new() })
}

/// Why a field is not cut.
#[derive(Debug, thiserror::Error)]
pub enum CutError {
    /// Its imported masks cannot be read.
    #[error(transparent)]
    Imported(#[from] ImportedMasksError),
    /// They do not fit the image any more.
    #[error("the imported masks do not fit the image any more, import them again: {0}")]
    Size(#[from] MaskSizeDiffers),
}

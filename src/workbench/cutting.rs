//! From a field to its masks: the one way that the window, batches, the store of cells, exports and commands go.

use crate::{
    atlas::Field,
    pipeline::{
        corrections::{Corrected, Corrections, corrected},
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
    match &cutting.imported {
        Some(imported) => cut_as_imported(field, imported, &cutting.corrections),
        None => Ok(corrected(segment(field, &cutting.params), &cutting.corrections)),
    }
}

/// Cuts `field` by the masks that were imported for it.
///
/// # Errors
/// If they cannot be read any more, or the field has another size now.
pub fn cut_as_imported(
    field: &Field,
    ImportedFrom { masks, folder }: &ImportedFrom,
    corrections: &Corrections,
) -> Result<Corrected, CutError> {
    let (nuclei, cells) = imported_masks::read(folder, masks)?;
    let given = GivenMasks { nuclei: Some(&nuclei), cells: Some(&cells) };
    given.check_size((field.height(), field.width()))?;
    let cell_count = cells.largest().max(nuclei.largest());
    // Others leave out any numbers they like; those are no cells.
    let mut is_there = vec![false; cell_count as usize + 1];
    cells.samples().iter().for_each(|&id| is_there[id as usize] = true);
    let unused = (1..=cell_count).filter(|&id| !is_there[id as usize]);
    let masks = Segmentation { nuclei_mask: nuclei.into(), cell_mask: cells.into(), cell_count, remarks: Vec::new() };
    let mut corrected = corrected(masks, corrections);
    corrected.gone.extend(unused);
    Ok(corrected)
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

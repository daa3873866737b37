//! The masks from elsewhere that a project has taken in: copies in a folder of their own inside the project's, so that the
//! project is whole without the files they came from. TIFF files that other programs read too, named after field and
//! content; one that is imported later never takes the place of an earlier one, which undo may want back.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    FileError, MaskFormat, OutputFile,
    image_file::ImageFileError,
    masks::{MaskError, MaskKind, read_mask, write_mask},
};
use crate::{
    imaging::{Plane, ScaledMask},
    project::ImportedMasks,
};

/// The folder inside that of a project.
const FOLDER: &str = "imported_masks";

/// The folder of imported masks in the folder of a project.
#[must_use]
pub fn folder_in(project: &Path) -> PathBuf {
    project.join(FOLDER)
}

/// Writes both masks of the field `id`, each at the size it was computed at, into the folder of a `project`.
///
/// # Errors
/// If a file cannot be written.
pub fn write(project: &Path, id: &str, nuclei: &ScaledMask, cells: &ScaledMask) -> Result<ImportedMasks, MaskError> {
    let crc32 = crc32_of(&nuclei.to_plane(), &cells.to_plane());
    let masks = ImportedMasks { name: format!("{id}-{crc32:08x}"), crc32 };
    let [nuclei_path, cells_path] = paths(project, &masks);
    write_mask(&nuclei_path, nuclei, MaskFormat::Tiff)?;
    write_mask(&cells_path, cells, MaskFormat::Tiff)?;
    Ok(masks)
}

/// Reads masks that were written into the folder of a `project`: nuclei and cells.
///
/// # Errors
/// If a file is gone or is not the one that was written.
pub fn read(project: &Path, masks: &ImportedMasks) -> Result<(Plane<u32>, Plane<u32>), ImportedMasksError> {
    let [nuclei_path, cells_path] = paths(project, masks);
    let (nuclei, cells) = (read_mask(&nuclei_path)?, read_mask(&cells_path)?);
    if nuclei.size() != cells.size() || crc32_of(&nuclei, &cells) != masks.crc32 {
        return Err(ImportedMasksError::Changed(cells_path));
    }
    Ok((nuclei, cells))
}

/// Copies all imported masks of the project in `from` to that in `to`, where it is about to move.
///
/// # Errors
/// If a file cannot be copied.
pub fn copy(from: &Path, to: &Path) -> Result<(), FileError> {
    let (from, to) = (folder_in(from), folder_in(to));
    let entries = match fs::read_dir(&from) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(FileError::at("read the imported masks", &from)(error)),
    };
    for entry in entries {
        let path = entry.map_err(FileError::at("read the imported masks", &from))?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        OutputFile::write(target, &fs::read(&path).map_err(FileError::at("read the imported mask", &path))?)?;
    }
    Ok(())
}

fn paths(project: &Path, masks: &ImportedMasks) -> [PathBuf; 2] {
    MaskKind::ALL.map(|kind| folder_in(project).join(kind.file_name(&masks.name, MaskFormat::Tiff)))
}

/// Of the sides and all ids of both masks.
fn crc32_of(nuclei: &Plane<u32>, cells: &Plane<u32>) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for mask in [nuclei, cells] {
        hasher.update(&(mask.height() as u64).to_le_bytes());
        hasher.update(&(mask.width() as u64).to_le_bytes());
        for row in mask.samples().chunks(1 << 14) {
            let bytes: Vec<u8> = row.iter().flat_map(|id| id.to_le_bytes()).collect();
            hasher.update(&bytes);
        }
    }
    hasher.finalize()
}

/// Why imported masks are not there any more.
#[derive(Debug, thiserror::Error)]
pub enum ImportedMasksError {
    /// A file cannot be read.
    #[error("the imported masks cannot be read, import them again or go back to computed ones: {0}")]
    Image(#[from] ImageFileError),
    /// The files hold something else.
    #[error("the imported masks were changed or damaged since, import them again or go back to computed ones — {}", .0.display())]
    Changed(PathBuf),
}

//! The masks in a folder and the folders inside it, by the IDs of their fields.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::{
    FileError,
    folder::list_files,
    image_file::ImageFileError,
    masks::{MaskKind, read_mask},
};
use crate::imaging::Plane;

/// The endings of mask files.
const EXTENSIONS: [&str; 3] = ["png", "tif", "tiff"];

/// What a file may be called that holds the mask of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaskNames {
    /// `<ID>_nucleimask` or `<ID>_cellmask` only.
    Ending,
    /// `<ID>` alone as well.
    EndingOrPlain,
}

/// The masks of one kind in a folder.
#[derive(Debug)]
pub struct MaskSet {
    /// The files by the field's ID; more than one is too many.
    files: BTreeMap<String, Vec<PathBuf>>,
    /// Folders inside that cannot be read.
    pub unreadable: Vec<FileError>,
}

impl MaskSet {
    /// Finds the masks of `kind` in `root`: PNG and TIFF files.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn open(root: &Path, kind: MaskKind, names: MaskNames) -> Result<Self, FileError> {
        let mut files: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
        let unreadable = list_files(root, |folder, name| {
            let id = field_id(name, kind, names);
            if let Some(id) = id {
                files.entry(id.to_owned()).or_default().push(folder.join(name));
            }
            id.is_some()
        })?;
        for paths in files.values_mut() {
            paths.sort();
        }
        Ok(Self { files, unreadable })
    }

    /// The IDs of the fields that have a mask, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Whether there is a mask of the field `id`.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.files.contains_key(id)
    }

    /// Reads the mask of the field `id`; `None` if there is none.
    ///
    /// # Errors
    /// If there are several, or the file is no readable image.
    pub fn read(&self, id: &str) -> Option<Result<Plane<u32>, MaskSetError>> {
        Some(match self.files.get(id)?.as_slice() {
            [path] => read_mask(path).map_err(MaskSetError::from),
            [first, second, ..] => Err(MaskSetError::Ambiguous { first: first.clone(), path: second.clone() }),
            [] => return None,
        })
    }
}

/// The ID of the field whose mask of `kind` the file `name` is, if it is one.
fn field_id(name: &str, kind: MaskKind, names: MaskNames) -> Option<&str> {
    let (stem, extension) = name.rsplit_once('.')?;
    let is_mask = EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known));
    let plain = || {
        let has_no_ending = MaskKind::ALL.iter().all(|kind| !stem.ends_with(kind.ending()));
        (names == MaskNames::EndingOrPlain && has_no_ending).then_some(stem)
    };
    stem.strip_suffix(kind.ending()).or_else(plain).filter(|id| is_mask && !id.is_empty())
}

/// Why there is no mask of a field.
#[derive(Debug, thiserror::Error)]
pub enum MaskSetError {
    /// The file is no readable image.
    #[error(transparent)]
    Image(#[from] ImageFileError),
    /// There are several files.
    #[error("the mask has two files, keep one: {} — {}", first.display(), path.display())]
    Ambiguous {
        /// The one.
        first: PathBuf,
        /// The other.
        path: PathBuf,
    },
}

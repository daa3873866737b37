//! Masks from elsewhere, whatever program has made them: what a file or folder is, and the masks of each field in it.
//!
//! A folder holds a file for each mask, and folders may lie in it; what their names tell is in [`names`]. A single file is
//! such a mask, a file of COCO annotations (`.json`) or a submission (`.csv`). Ids are kept. Nothing is decoded before it
//! is asked for, so that one bad file costs its field alone.

mod coco_masks;
mod fault;
pub mod names;
mod npy;
mod npz;
mod pickle;
mod submission_masks;

pub use fault::{AnnotationFault, LARGEST_ID, MaskFault, MaskImportError};

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use self::{
    coco_masks::CocoMasks,
    names::{Content, mask_name},
    submission_masks::SubmissionMasks,
};
use super::{
    FileError,
    folder::list_files,
    image_file::read_header,
    masks::{MaskKind, read_mask},
};
use crate::imaging::{Plane, RunLengths};

/// The masks of one field, as far as they are there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundMasks {
    /// Nuclei: region ids, 0 = background.
    pub nuclei: Option<Plane<u32>>,
    /// Cells: region ids, 0 = background.
    pub cells: Option<Plane<u32>>,
    /// Pixels that two masks of one kind claimed; the earlier one has them.
    pub overlapping_px: usize,
}

impl FoundMasks {
    /// The mask of a kind.
    #[must_use]
    pub fn of_kind(&self, kind: MaskKind) -> Option<&Plane<u32>> {
        match kind {
            MaskKind::Nuclei => self.nuclei.as_ref(),
            MaskKind::Cells => self.cells.as_ref(),
        }
    }
}

/// Masks from elsewhere.
#[derive(Debug)]
pub struct MaskImport {
    path: PathBuf,
    found: Found,
    /// Folders inside that cannot be read.
    pub unreadable: Vec<FileError>,
}

#[derive(Debug)]
enum Found {
    Files(BTreeMap<String, FieldFiles>),
    Coco(CocoMasks),
    Submission(SubmissionMasks),
}

/// The files of one field: nuclei and cells, each with the rank of its name.
#[derive(Debug, Default)]
struct FieldFiles([Vec<(u8, Content, PathBuf)>; 2]);

impl MaskImport {
    /// Finds the masks in the file or folder `path`. `unnamed`: what masks are whose names do not tell.
    ///
    /// # Errors
    /// If it cannot be read, or there is no mask.
    pub fn open(path: &Path, unnamed: MaskKind) -> Result<Self, MaskImportError> {
        let about = fs::metadata(path).map_err(FileError::at("read the masks", path))?;
        let mut unreadable = Vec::new();
        let found = if about.is_dir() {
            let mut files = BTreeMap::new();
            unreadable = list_files(path, |folder, name| add(&mut files, folder, name, unnamed))?;
            Found::Files(files)
        } else {
            Self::in_file(path, unnamed)?
        };
        let masks = Self { path: path.to_owned(), found, unreadable };
        if masks.ids().next().is_none() { Err(MaskImportError::None(path.to_owned())) } else { Ok(masks) }
    }

    fn in_file(path: &Path, unnamed: MaskKind) -> Result<Found, MaskImportError> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
        match ending.as_str() {
            "json" => Ok(Found::Coco(CocoMasks::open(path)?)),
            "csv" => Ok(Found::Submission(SubmissionMasks::open(path)?)),
            _ => {
                let mut files = BTreeMap::new();
                let folder = path.parent().unwrap_or(Path::new(""));
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                let is_mask = add(&mut files, folder, name, unnamed);
                if is_mask { Ok(Found::Files(files)) } else { Err(MaskImportError::Kind(path.to_owned())) }
            }
        }
    }

    /// The file or folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file in which the masks of the field `id` are, or the first of them.
    #[must_use]
    pub fn place_of(&self, id: &str) -> &Path {
        match &self.found {
            Found::Files(files) => {
                let paths = files.get(id).into_iter().flat_map(|files| files.0.iter().flatten());
                paths.map(|(.., path)| path.as_path()).min().unwrap_or(&self.path)
            }
            Found::Coco(_) | Found::Submission(_) => &self.path,
        }
    }

    /// The IDs of the fields that have a mask, sorted.
    pub fn ids(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match &self.found {
            Found::Files(files) => Box::new(files.keys().map(String::as_str)),
            Found::Coco(coco) => Box::new(coco.ids()),
            Found::Submission(rows) => Box::new(rows.ids()),
        }
    }

    /// Whether the field `id` has a mask.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        match &self.found {
            Found::Files(files) => files.contains_key(id),
            Found::Coco(coco) => coco.has(id),
            Found::Submission(rows) => rows.has(id),
        }
    }

    /// Reads the masks of the field `id`; `None` if there are none.
    ///
    /// # Errors
    /// If a file is none of what it should be, or there are several for one mask.
    pub fn read(&self, id: &str) -> Option<Result<FoundMasks, MaskImportError>> {
        match &self.found {
            Found::Files(files) => files.get(id).map(FieldFiles::read),
            Found::Coco(coco) => Some(coco.masks(id)?.map_err(MaskFault::at(&self.path))),
            Found::Submission(rows) => Some(rows.masks(id)?.map_err(MaskFault::at(&self.path))),
        }
    }
}

/// Takes a file in, if it is a mask.
fn add(files: &mut BTreeMap<String, FieldFiles>, folder: &Path, name: &str, unnamed: MaskKind) -> bool {
    let Some(mask) = mask_name(folder, name) else { return false };
    let of_field = files.entry(mask.id.to_owned()).or_default();
    let place = usize::from(mask.kind.unwrap_or(unnamed) == MaskKind::Cells);
    of_field.0[place].push((mask.rank, mask.content, folder.join(name)));
    true
}

impl FieldFiles {
    fn read(&self) -> Result<FoundMasks, MaskImportError> {
        let [nuclei, cells] = self.0.each_ref().map(|files| read_best(files));
        Ok(FoundMasks { nuclei: nuclei?, cells: cells?, overlapping_px: 0 })
    }
}

/// Reads the file of the lowest rank, if there is one and no other.
fn read_best(files: &[(u8, Content, PathBuf)]) -> Result<Option<Plane<u32>>, MaskImportError> {
    let Some(lowest) = files.iter().map(|(rank, ..)| *rank).min() else { return Ok(None) };
    let mut best: Vec<_> = files.iter().filter(|(rank, ..)| *rank == lowest).collect();
    best.sort_by(|(_, _, one), (_, _, other)| one.cmp(other));
    match best[..] {
        [(_, content, path)] => read_one(*content, path).map(Some),
        [(_, _, first), (_, _, path), ..] => {
            Err(MaskImportError::Ambiguous { first: first.clone(), path: path.clone() })
        }
        [] => Ok(None),
    }
}

fn read_one(content: Content, path: &Path) -> Result<Plane<u32>, MaskImportError> {
    if content == Content::Image {
        return read_label_image(path);
    }
    let bytes = read_array_file(path)?;
    let plane = match content {
        Content::Npz => npz::mask_array(&bytes).and_then(|array| npy::Array::of(&array)?.ids()),
        _ => npy::Array::of(&bytes)
            .and_then(|array| if array.is_of_objects() { pickle::masks(array.content) } else { array.ids() }),
    };
    plane.map_err(MaskFault::at(path))
}

/// A colour picture of regions has other numbers than these.
fn read_label_image(path: &Path) -> Result<Plane<u32>, MaskImportError> {
    // What has no such header is for the reader to refuse in its own words, or of 32 bit.
    if read_header(path).is_ok_and(|header| header.channels > 2) {
        return Err(MaskFault::at(path)(MaskFault::Colour));
    }
    let mask = read_mask(path)?;
    let largest = mask.largest();
    if largest > LARGEST_ID { Err(MaskFault::at(path)(MaskFault::TooLargeId(largest.into()))) } else { Ok(mask) }
}

/// The most bytes of a file of arrays: Cellpose keeps the flows of a field beside its masks.
const MOST_BYTES: u64 = 1 << 32;

fn read_array_file(path: &Path) -> Result<Vec<u8>, MaskImportError> {
    const READ: &str = "read the mask";
    let bytes = fs::metadata(path).map_err(FileError::at(READ, path))?.len();
    if bytes > MOST_BYTES {
        return Err(MaskFault::at(path)(MaskFault::Npy(format!("its {bytes} bytes are more than any mask has"))));
    }
    Ok(fs::read(path).map_err(FileError::at(READ, path))?)
}

/// A mask that is put together region by region.
struct Painter {
    plane: Plane<u32>,
    overlapping_px: usize,
}

impl Painter {
    fn new((height, width): (usize, usize)) -> Self {
        Self { plane: Plane::filled(height, width, 0), overlapping_px: 0 }
    }

    /// Gives a pixel to `id`, unless another has it.
    fn pixel(&mut self, id: u32, position: (usize, usize)) {
        let pixel = &mut self.plane[position];
        if *pixel == 0 {
            *pixel = id;
        } else if *pixel != id {
            self.overlapping_px += 1;
        }
    }

    fn runs(&mut self, id: u32, mask: &RunLengths) {
        let height = mask.height();
        for place in mask.ones().flatten() {
            // Run lengths go down column by column.
            self.pixel(id, (place % height, place / height));
        }
    }
}

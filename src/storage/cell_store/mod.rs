//! The cell store of a project: the features, the portraits and the mask of all cells of a set, kept so that half a
//! million cells are there at once when the set is opened again. A cache: it may be deleted without loss.
//!
//! ```text
//! file    heading record record …              records are only ever appended
//! record  frame head body
//! frame   mark (4 bytes), length of the head (u32), length of the body (u64), CRC-32 of the head, CRC-32 of the frame
//! head    in postcard's encoding: the image, what it was measured with, and where each cell's things lie
//! body    one piece after another, each with its CRC-32 behind it (little-endian, as all numbers):
//!           for each feature its value for every cell (f32)
//!           the mask of the cells at working size                      pieces
//!           the portrait of every cell                                 pieces
//! ```
//! Opening reads frames and heads, or the index that was saved of them, and passes over bodies, so that a column of one
//! feature, or one portrait, is read by itself later. A record that was cut off by a crash is cut away; of one whose frame or head is damaged the mark of
//! the next is searched; a damaged piece is found when it is read, and its record then counts as not there. Each costs
//! itself alone.

mod opening;
mod pieces;
mod saved_index;

use std::{
    collections::{HashMap, hash_map::DefaultHasher},
    fs::File,
    hash::Hasher,
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use serde::{Deserialize, Serialize};

use super::{FileError, OutputFile};
use crate::{
    atlas::Anchor,
    imaging::{Plane, ScaledMask},
    pipeline::portrait::Portrait,
};

/// How the file begins, with the version of this format at its end; not a text in any encoding.
const HEADING: [u8; 8] = *b"\x89CyCell\x01";
/// How every record begins.
const MARK: [u8; 4] = *b"\x89CyR";
/// Bytes before a record's head.
const FRAME: usize = 24;
/// Bytes of the checksum behind each piece.
const CHECKSUM: u64 = 4;
/// Bytes of a value in a column.
const VALUE: u64 = 4;

const OPEN: &str = "open the cell store";
const WRITE: &str = "write the cell store";
const READ: &str = "read the cell store";

/// The cell store of a project. Threads may share it.
#[derive(Debug)]
pub struct CellStore {
    path: PathBuf,
    open: Mutex<Open>,
    index: RwLock<Index>,
}

#[derive(Debug)]
struct Open {
    file: File,
    /// Where the next record goes; `None`: it may only be read.
    end: Option<u64>,
}

/// The records by image, for each image in the order of the file.
type Index = HashMap<String, Vec<Arc<FieldCells>>>;

/// The cells of one field, as they were measured under some parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldCells {
    /// The field's ID.
    pub image: String,
    /// (height, width) of the field.
    pub size: (usize, usize),
    /// Cells that were found, also those that could not be measured.
    pub cell_count: usize,
    /// Those that were measured, by id.
    pub cells: Vec<StoredCell>,
    /// What is worth knowing of the field.
    pub remarks: Vec<String>,
    /// What it was measured with, and of which files.
    source: Source,
    features: usize,
    mask_bytes: u32,
    /// Where the record, and its body, begin in the file.
    at: u64,
    body: u64,
    /// Length of the record.
    bytes: u64,
}

/// A cell of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredCell {
    /// Its id in the masks.
    pub id: u32,
    /// Its anchor.
    pub anchor: Anchor,
    /// Its area in pixels at full size.
    pub area_px: u64,
    /// Where its portrait lies in the body.
    portrait: u64,
    portrait_bytes: u32,
}

/// What the cells of a field follow from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Source {
    /// [`fingerprint`] of how fields are measured.
    pub inputs: u64,
    /// [`fingerprint`] of the field's files.
    pub files: u64,
}

/// The cells of a field on their way into the store.
#[derive(Clone, Debug)]
pub struct NewField {
    /// The field's ID.
    pub image: String,
    /// What it was measured with, and of which files.
    pub source: Source,
    /// Cells that were found, also those that could not be measured.
    pub cell_count: usize,
    /// What is worth knowing of the field.
    pub remarks: Vec<String>,
    /// The mask of the cells.
    pub cell_mask: ScaledMask,
    /// Those that were measured, by id.
    pub cells: Vec<NewCell>,
}

/// A cell on its way into the store.
#[derive(Clone, Debug)]
pub struct NewCell {
    /// Its id in the masks.
    pub id: u32,
    /// Its anchor.
    pub anchor: Anchor,
    /// Its area in pixels at full size.
    pub area_px: u64,
    /// Its features; all cells of a field have the same number of them.
    pub features: Vec<f32>,
    /// Its portrait.
    pub portrait: Portrait,
}

#[derive(Serialize, Deserialize)]
struct Head {
    image: String,
    source: Source,
    size: (usize, usize),
    cell_count: usize,
    remarks: Vec<String>,
    features: usize,
    mask_bytes: u32,
    cells: Vec<HeadCell>,
}

#[derive(Serialize, Deserialize)]
struct HeadCell {
    id: u32,
    anchor: Anchor,
    area_px: u64,
    portrait_bytes: u32,
}

/// 64 bits that stand for `inputs`, this version of the program and of the format.
#[must_use]
pub fn fingerprint(inputs: &impl Serialize) -> u64 {
    let mut hasher = DefaultHasher::new();
    // What cannot be encoded would stand for nothing; nothing that is asked for here is of that kind.
    let bytes = postcard::to_stdvec(&(HEADING, env!("CARGO_PKG_VERSION"), inputs)).unwrap_or_default();
    hasher.write(&bytes);
    hasher.finish()
}

/// The store in the folder of a project.
#[must_use]
pub fn path_in(project: &Path) -> PathBuf {
    project.join("cells.store")
}

impl CellStore {
    /// The newest cells of `image` that were measured so, if there are any.
    #[must_use]
    pub fn find(&self, image: &str, source: Source) -> Option<Arc<FieldCells>> {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        index.get(image)?.iter().rev().find(|cells| cells.source == source).cloned()
    }

    /// Adds the cells of a field. If that fails, what was there before stays whole.
    ///
    /// # Errors
    /// If the disk is full, or the store may only be read.
    pub fn append(&self, field: &NewField) -> Result<Arc<FieldCells>, FileError> {
        let encoded = encode(field).map_err(FileError::at(WRITE, &self.path))?;
        let cells = self.lock().append(&encoded).map_err(FileError::at(WRITE, &self.path))?;
        let cells = Arc::new(cells);
        insert(&mut self.index.write().unwrap_or_else(PoisonError::into_inner), &cells);
        Ok(cells)
    }

    /// The value of one feature for each of `cells`, in their order.
    ///
    /// # Errors
    /// If it is damaged.
    pub fn feature(&self, cells: &FieldCells, feature: usize) -> Result<Vec<f32>, FileError> {
        let bytes = cells.cells.len() as u64 * VALUE;
        let column = self.piece(cells, feature as u64 * (bytes + CHECKSUM), bytes)?;
        Ok(values(&column).collect())
    }

    /// All features of `cells`: those of the first cell, then those of the next.
    ///
    /// # Errors
    /// If one is damaged.
    pub fn features(&self, cells: &FieldCells) -> Result<Vec<Vec<f32>>, FileError> {
        let bytes = cells.cells.len() as u64 * VALUE;
        let columns = self.bytes(cells, 0, cells.features as u64 * (bytes + CHECKSUM))?;
        let mut rows = vec![Vec::with_capacity(cells.features); cells.cells.len()];
        for column in columns.chunks_exact((bytes + CHECKSUM) as usize) {
            let column = self.checked(cells, column.to_vec())?;
            rows.iter_mut().zip(values(&column)).for_each(|(row, value)| row.push(value));
        }
        Ok(rows)
    }

    /// The portrait of the cell at `place` of `cells`.
    ///
    /// # Errors
    /// If it is damaged, or there is no such cell.
    pub fn portrait(&self, cells: &FieldCells, place: usize) -> Result<Portrait, FileError> {
        let cell = cells.cells.get(place).ok_or_else(|| self.damage(cells))?;
        let piece = self.piece(cells, cell.portrait, cell.portrait_bytes.into())?;
        pieces::portrait(&piece).ok_or_else(|| self.damage(cells))
    }

    /// The mask of `cells`.
    ///
    /// # Errors
    /// If it is damaged.
    pub fn cell_mask(&self, cells: &FieldCells) -> Result<ScaledMask, FileError> {
        let piece = self.piece(cells, cells.mask_at(), cells.mask_bytes.into())?;
        let mask: Plane<u32> = pieces::mask(&piece).ok_or_else(|| self.damage(cells))?;
        Ok(ScaledMask::new(mask, cells.size.0, cells.size.1))
    }

    /// The file itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Lets others write: from now on it may only be read. What opening it needs is saved beside it.
    pub fn release(&self) {
        let mut open = self.lock();
        if let Some(end) = open.end.take() {
            saved_index::save(&self.path, end, &self.index.read().unwrap_or_else(PoisonError::into_inner));
            // What cannot be unlocked is unlocked with the end of the program.
            let _ = open.file.unlock();
        }
    }

    /// The same store with nothing but the records that are to be kept, if these are less than two fifths of it, so that
    /// one set of parameters beside those in force is never lost; it is open for writing then, in place of this one,
    /// which can still be read.
    ///
    /// # Errors
    /// If there is no room for it.
    pub fn compacted(&self, is_kept: impl Fn(&FieldCells) -> bool) -> Result<Option<Self>, FileError> {
        let mut kept: Vec<Arc<FieldCells>> = {
            let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
            index.values().flatten().filter(|cells| is_kept(cells)).cloned().collect()
        };
        kept.sort_unstable_by_key(|cells| cells.at);
        let live: u64 = kept.iter().map(|cells| cells.bytes).sum();
        let end = self.lock().end.unwrap_or(0);
        if 5 * live >= 2 * end.saturating_sub(HEADING.len() as u64) {
            return Ok(None);
        }
        let mut target = OutputFile::create(&self.path)?;
        let mut write = || {
            target.write_all(&HEADING)?;
            for cells in &kept {
                let mut open = self.lock();
                open.file.seek(SeekFrom::Start(cells.at))?;
                io::copy(&mut (&open.file).take(cells.bytes), &mut target)?;
            }
            Ok(())
        };
        let written = write();
        written.map_err(|error| target.failed(error))?;
        saved_index::forget(&self.path);
        target.finish()?;
        Self::open(&self.path).map(Some)
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The piece of `length` bytes at `at` of the body.
    fn piece(&self, cells: &FieldCells, at: u64, length: u64) -> Result<Vec<u8>, FileError> {
        let piece = self.bytes(cells, at, length + CHECKSUM)?;
        self.checked(cells, piece)
    }

    fn bytes(&self, cells: &FieldCells, at: u64, length: u64) -> Result<Vec<u8>, FileError> {
        if cells.body + at + length > cells.at + cells.bytes {
            return Err(self.damage(cells));
        }
        let mut open = self.lock();
        let mut bytes = vec![0; length as usize];
        let read = open.file.seek(SeekFrom::Start(cells.body + at)).and_then(|_| (&open.file).read_exact(&mut bytes));
        read.map(|()| bytes).map_err(FileError::at(READ, &self.path))
    }

    /// `piece` without its checksum, if that is right.
    fn checked(&self, cells: &FieldCells, mut piece: Vec<u8>) -> Result<Vec<u8>, FileError> {
        let checksum = piece.split_off(piece.len().saturating_sub(CHECKSUM as usize));
        if crc32fast::hash(&piece).to_le_bytes() == *checksum { Ok(piece) } else { Err(self.damage(cells)) }
    }

    /// Counts `cells` as not there from now on, so that they are measured again.
    fn damage(&self, cells: &FieldCells) -> FileError {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(of_image) = index.get_mut(&cells.image) {
            of_image.retain(|other| other.at != cells.at);
        }
        let words = format!("what is stored of {} is damaged; measure the cells again", cells.image);
        FileError::at(READ, &self.path)(io::Error::new(io::ErrorKind::InvalidData, words))
    }
}

impl Open {
    fn append(&mut self, (record, head, head_bytes): &(Vec<u8>, Head, usize)) -> io::Result<FieldCells> {
        let at = self.end.ok_or_else(|| io::Error::from(io::ErrorKind::PermissionDenied))?;
        let written = self.file.seek(SeekFrom::Start(at)).and_then(|_| self.file.write_all(record));
        if let Err(error) = written {
            // Half a record is no loss, but a whole file is nicer to leave.
            let _ = self.file.set_len(at);
            return Err(error);
        }
        let bytes = record.len() as u64;
        self.end = Some(at + bytes);
        Ok(FieldCells::of(head, at, at + (FRAME + head_bytes) as u64, bytes))
    }
}

impl FieldCells {
    fn of(head: &Head, at: u64, body: u64, bytes: u64) -> Self {
        let column = head.cells.len() as u64 * VALUE + CHECKSUM;
        let mut portrait = head.features as u64 * column + u64::from(head.mask_bytes) + CHECKSUM;
        let place = |cell: &HeadCell| {
            let at = portrait;
            portrait += u64::from(cell.portrait_bytes) + CHECKSUM;
            let &HeadCell { id, anchor, area_px, portrait_bytes } = cell;
            StoredCell { id, anchor, area_px, portrait: at, portrait_bytes }
        };
        Self {
            cells: head.cells.iter().map(place).collect(),
            image: head.image.clone(),
            size: head.size,
            cell_count: head.cell_count,
            remarks: head.remarks.clone(),
            source: head.source,
            features: head.features,
            mask_bytes: head.mask_bytes,
            at,
            body,
            bytes,
        }
    }

    /// What it was measured with, and of which files.
    #[must_use]
    pub fn source(&self) -> Source {
        self.source
    }

    /// The place of the cell with this id among the cells.
    #[must_use]
    pub fn place_of(&self, id: u32) -> Option<usize> {
        self.cells.binary_search_by_key(&id, |cell| cell.id).ok()
    }

    /// Length of the body, as its parts tell.
    fn body_bytes(&self) -> u64 {
        let portraits = self.cells.iter().map(|cell| u64::from(cell.portrait_bytes) + CHECKSUM);
        self.mask_at() + u64::from(self.mask_bytes) + CHECKSUM + portraits.sum::<u64>()
    }

    fn mask_at(&self) -> u64 {
        self.features as u64 * (self.cells.len() as u64 * VALUE + CHECKSUM)
    }
}

/// Puts `cells` into the index, in place of others that were measured just so.
fn insert(index: &mut Index, cells: &Arc<FieldCells>) {
    let of_image = match index.get_mut(&cells.image) {
        Some(of_image) => of_image,
        None => index.entry(cells.image.clone()).or_default(),
    };
    of_image.retain(|other| other.source != cells.source);
    of_image.push(Arc::clone(cells));
}

fn values(column: &[u8]) -> impl Iterator<Item = f32> {
    column.chunks_exact(VALUE as usize).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

/// A record as it stands in the file, its head, and that head's length.
fn encode(field: &NewField) -> io::Result<(Vec<u8>, Head, usize)> {
    let features = field.cells.first().map_or(0, |cell| cell.features.len());
    let mask = pieces::of_mask(field.cell_mask.computed())?;
    let portraits: Vec<Vec<u8>> =
        field.cells.iter().map(|cell| pieces::of_portrait(&cell.portrait)).collect::<io::Result<_>>()?;
    let cells = field.cells.iter().zip(&portraits).map(|(cell, portrait)| {
        let &NewCell { id, anchor, area_px, .. } = cell;
        HeadCell { id, anchor, area_px, portrait_bytes: portrait.len() as u32 }
    });
    let head = Head {
        image: field.image.clone(),
        source: field.source,
        size: field.cell_mask.size(),
        cell_count: field.cell_count,
        remarks: field.remarks.clone(),
        features,
        mask_bytes: mask.len() as u32,
        cells: cells.collect(),
    };
    let mut record = postcard::to_extend(&head, vec![0; FRAME]).map_err(io::Error::other)?;
    let head_bytes = record.len() - FRAME;
    let add = |record: &mut Vec<u8>, piece: &[u8]| {
        record.extend_from_slice(piece);
        record.extend_from_slice(&crc32fast::hash(piece).to_le_bytes());
    };
    let mut column = Vec::with_capacity(VALUE as usize * field.cells.len());
    for feature in 0..features {
        column.clear();
        for cell in &field.cells {
            column.extend_from_slice(&cell.features.get(feature).copied().unwrap_or(f32::NAN).to_le_bytes());
        }
        add(&mut record, &column);
    }
    add(&mut record, &mask);
    for portrait in &portraits {
        add(&mut record, portrait);
    }
    let body_bytes = (record.len() - FRAME - head_bytes) as u64;
    let head_checksum = crc32fast::hash(&record[FRAME..FRAME + head_bytes]);
    let frame = opening::Frame { head_bytes: head_bytes as u32, body_bytes, head_checksum };
    record[..FRAME].copy_from_slice(&frame.encoded());
    Ok((record, head, head_bytes))
}

//! Opening a cell store: frames and heads are read, bodies are passed over.

use std::{
    fs::{File, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
    sync::{Arc, Mutex, RwLock},
};

use super::{CellStore, FRAME, FieldCells, HEADING, Head, Index, MARK, OPEN, Open, READ, insert, saved_index};
use crate::storage::{FileError, make_folder, marks::next_mark};

/// Bytes that are read at once at the beginning of a record: most heads are shorter.
const GLANCE: usize = 4096;
/// No head is longer.
const MAX_HEAD: u32 = 1 << 28;
/// No cell has more features.
const MAX_FEATURES: usize = 1 << 20;

/// What stands before a record's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) head_bytes: u32,
    pub(super) body_bytes: u64,
    pub(super) head_checksum: u32,
}

impl Frame {
    pub(super) fn encoded(self) -> [u8; FRAME] {
        let mut frame = [0; FRAME];
        frame[..4].copy_from_slice(&MARK);
        frame[4..8].copy_from_slice(&self.head_bytes.to_le_bytes());
        frame[8..16].copy_from_slice(&self.body_bytes.to_le_bytes());
        frame[16..20].copy_from_slice(&self.head_checksum.to_le_bytes());
        let checksum = crc32fast::hash(&frame[..20]);
        frame[20..].copy_from_slice(&checksum.to_le_bytes());
        frame
    }

    /// The frame at the beginning of `bytes`; `None` if there is none, or it is damaged.
    fn decoded(bytes: &[u8]) -> Option<Self> {
        let frame: &[u8; FRAME] = bytes.first_chunk()?;
        let number = |at: usize| u32::from_le_bytes([frame[at], frame[at + 1], frame[at + 2], frame[at + 3]]);
        let body_bytes = u64::from(number(8)) | u64::from(number(12)) << 32;
        let decoded = Self { head_bytes: number(4), body_bytes, head_checksum: number(16) };
        (decoded.encoded() == *frame && decoded.head_bytes <= MAX_HEAD).then_some(decoded)
    }

    /// Whether it stands before this head, whose record's body begins so many bytes behind the frame's beginning.
    pub(super) fn is_of(self, head: &Head, body: u64) -> bool {
        let checksum = postcard::to_stdvec(head).map(|head| crc32fast::hash(&head));
        checksum == Ok(self.head_checksum) && FRAME as u64 + u64::from(self.head_bytes) == body
    }

    /// Length of the whole record.
    fn record_bytes(self) -> u64 {
        (FRAME as u64).saturating_add(self.head_bytes.into()).saturating_add(self.body_bytes)
    }
}

impl CellStore {
    /// Opens the store at `path` to add to it, or begins it.
    ///
    /// # Errors
    /// If it cannot be opened, is no cell store, or another process is writing it.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        if let Some(folder) = path.parent() {
            make_folder(folder)?;
        }
        let opened = || {
            let mut file = open_alone(path)?;
            let length = file.seek(SeekFrom::End(0))?;
            let begins = beginning(&mut file)?;
            if !begins.starts_with(&HEADING[..4]) && !HEADING.starts_with(&begins) {
                let words = "this is no cell store; move it out of the way";
                return Err(io::Error::new(io::ErrorKind::InvalidData, words));
            }
            let mut index = Index::new();
            let end = if begins == HEADING {
                let end = scan(path, &mut file, length, &mut index)?;
                file.set_len(end)?;
                end
            } else {
                // What another version has left is of no use to this one.
                saved_index::forget(path);
                file.set_len(0)?;
                file.rewind()?;
                file.write_all(&HEADING)?;
                HEADING.len() as u64
            };
            Ok((Open { file, end: Some(end) }, index))
        };
        let (open, index) = opened().map_err(FileError::at(OPEN, path))?;
        Ok(Self { path: path.into(), open: Mutex::new(open), index: RwLock::new(index) })
    }

    /// Opens the store at `path` to read it; `None` if there is none, or none of this version. It may be being written.
    ///
    /// # Errors
    /// If it is there but cannot be read.
    pub fn look(path: &Path) -> Result<Option<Self>, FileError> {
        let look = || -> io::Result<Option<(Open, Index)>> {
            let mut file = File::open(path)?;
            let length = file.seek(SeekFrom::End(0))?;
            if beginning(&mut file)? != HEADING {
                return Ok(None);
            }
            let mut index = Index::new();
            scan(path, &mut file, length, &mut index)?;
            Ok(Some((Open { file, end: None }, index)))
        };
        let looked = match look() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            other => other.map_err(FileError::at(READ, path))?,
        };
        Ok(looked.map(|(open, index)| Self { path: path.into(), open: Mutex::new(open), index: RwLock::new(index) }))
    }
}

/// The first bytes of the file, as many as a heading has or the file.
fn beginning(file: &mut File) -> io::Result<Vec<u8>> {
    let mut begins = Vec::new();
    file.rewind()?;
    file.take(HEADING.len() as u64).read_to_end(&mut begins)?;
    Ok(begins)
}

/// Puts all whole records before `length` into `index`, and returns where the last one ends. What was saved of them is not
/// read again.
fn scan(path: &Path, file: &mut File, length: u64, index: &mut Index) -> io::Result<u64> {
    let mut at = HEADING.len() as u64;
    if let Some((saved, covered)) = saved_index::load(path, file, length)? {
        (*index, at) = (saved, covered);
    }
    let mut end = at;
    let mut glance = Vec::with_capacity(GLANCE);
    while at < length {
        let frame = glance_at(file, at, &mut glance)?.filter(|frame| frame.record_bytes() <= length - at);
        let Some(frame) = frame else {
            // Either what a crash cut off, if no record follows, or damage.
            at = next_mark(file, MARK, at + 1, length)?;
            continue;
        };
        if let Some(head) = head_of(file, frame, &mut glance)? {
            let body = at + FRAME as u64 + u64::from(frame.head_bytes);
            insert(index, &Arc::new(FieldCells::of(&head, at, body, frame.record_bytes())));
        }
        at += frame.record_bytes();
        end = at;
    }
    Ok(end)
}

/// The frame at `at`, with the first bytes of its record in `glance`.
pub(super) fn glance_at(file: &mut File, at: u64, glance: &mut Vec<u8>) -> io::Result<Option<Frame>> {
    glance.clear();
    file.seek(SeekFrom::Start(at))?;
    file.take(GLANCE as u64).read_to_end(glance)?;
    Ok(Frame::decoded(glance))
}

/// The head of the record whose first bytes are in `glance`; `None` if it is damaged. The file stands behind them.
fn head_of(file: &mut File, frame: Frame, glance: &mut Vec<u8>) -> io::Result<Option<Head>> {
    let end = FRAME + frame.head_bytes as usize;
    let missing = end.saturating_sub(glance.len());
    file.take(missing as u64).read_to_end(glance)?;
    let head = glance.get(FRAME..end).filter(|head| crc32fast::hash(head) == frame.head_checksum);
    let decoded: Option<Head> = head.and_then(|head| postcard::from_bytes(head).ok());
    // Lengths that do not fit each other would lead beyond the record.
    let fits =
        |head: &Head| head.features <= MAX_FEATURES && FieldCells::of(head, 0, 0, 0).body_bytes() == frame.body_bytes;
    Ok(decoded.filter(fits))
}

/// Opens a file that no other process has open this way.
fn open_alone(path: &Path) -> io::Result<File> {
    let file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
    // A file system without locks is no reason to keep nothing.
    if let Err(TryLockError::WouldBlock) = file.try_lock() {
        return Err(io::Error::other("another program is measuring cells at this moment"));
    }
    Ok(file)
}

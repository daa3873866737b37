//! The work file of a batch: what was found so far, record by record, so that a batch that was stopped, killed or out
//! of disk goes on where it was. Not a product: it lies beside one, and goes when that is whole.
//!
//! ```text
//! file    heading record record …                   records are only ever appended
//! record  mark (4 bytes), length, CRC-32 (little-endian u32), content in postcard's encoding
//! heading a record whose content is a fingerprint of all inputs that decide the results
//! ```
//! A record that was cut off by a crash is cut away; of one that is damaged the mark of the next is searched, so that
//! it costs itself alone. Records of other inputs are never mixed in: the file is begun anew.

use std::{
    collections::hash_map::DefaultHasher,
    ffi::OsString,
    fs::{self, File, TryLockError},
    hash::Hasher,
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Serialize, de::DeserializeOwned};

use super::{FileError, make_folder, marks::next_mark};

/// How every record begins; not a text in any encoding.
const MARK: [u8; 4] = *b"\x89CyW";
/// The version of this format.
const VERSION: u32 = 1;
/// Bytes before a record's content: mark, length, checksum.
const FRAME: usize = 12;
/// No record is longer; a length beyond it is damage.
const MAX_CONTENT: u64 = 1 << 30;

const OPEN: &str = "open the work file";
const WRITE: &str = "write the work file";
const READ: &str = "read the work file";

/// A work file, open and locked against other processes. Threads may share it.
#[derive(Debug)]
pub struct WorkFile {
    path: PathBuf,
    open: Mutex<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    /// Where the next record goes.
    end: u64,
}

/// Where a record stands in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(u64);

/// What an opened work file held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// There was none.
    New,
    /// Work with other inputs, which is gone.
    Anew,
    /// Work with the same inputs.
    Continued {
        /// Records that could not be read any more.
        damaged: usize,
    },
}

impl WorkFile {
    /// The usual path of the work file of `output`: the same with `.work` behind it.
    #[must_use]
    pub fn beside(output: &Path) -> PathBuf {
        let mut path = OsString::from(output);
        path.push(".work");
        path.into()
    }

    /// Opens or begins the work file at `path` for work with these `inputs`. Each record that it holds goes to `found`,
    /// in the order in which they were written.
    ///
    /// # Errors
    /// If the file cannot be opened, is no work file, or another process is working with it.
    pub fn open<T: DeserializeOwned>(
        path: &Path,
        inputs: &impl Serialize,
        mut found: impl FnMut(T, Place),
    ) -> Result<(Self, Opening), FileError> {
        if let Some(folder) = path.parent() {
            make_folder(folder)?;
        }
        let mut opened = || {
            let mut open = Open { file: open_alone(path)?, end: 0 };
            let opening = open.read_on(&framed(&fingerprint(inputs)?)?, &mut found)?;
            Ok((open, opening))
        };
        let (open, opening) = opened().map_err(FileError::at(OPEN, path))?;
        Ok((Self { path: path.into(), open: Mutex::new(open) }, opening))
    }

    /// Shows each record of the work file at `path` to `found` if it is of work with these `inputs`, and changes nothing.
    /// What is damaged, or being written at this moment, is passed over; if there is no such file, nothing is found.
    ///
    /// # Errors
    /// If the file is there but cannot be read.
    pub fn look<T: DeserializeOwned>(
        path: &Path,
        inputs: &impl Serialize,
        mut found: impl FnMut(T),
    ) -> Result<(), FileError> {
        let mut look = || -> io::Result<()> {
            let mut open = Open { file: File::open(path)?, end: 0 };
            let heading = framed(&fingerprint(inputs)?)?;
            let length = open.file.seek(SeekFrom::End(0))?;
            if open.begins(heading.len())? == heading {
                open.scan(heading.len() as u64, length, &mut |record, _| found(record))?;
            }
            Ok(())
        };
        match look() {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(FileError::at(READ, path)(error)),
            _ => Ok(()),
        }
    }

    /// Adds a record. If that fails, what was there before stays whole.
    ///
    /// # Errors
    /// If the disk is full.
    pub fn append(&self, record: &impl Serialize) -> Result<Place, FileError> {
        let framed = framed(record).map_err(FileError::at(WRITE, &self.path))?;
        self.lock().append(&framed).map_err(FileError::at(WRITE, &self.path))
    }

    /// Reads the record at `place`.
    ///
    /// # Errors
    /// If it is no longer what was written, or of another type.
    pub fn read<T: DeserializeOwned>(&self, place: Place) -> Result<T, FileError> {
        let content = {
            let mut open = self.lock();
            let end = open.end;
            open.content_at(place.0, end)
        };
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "a record is damaged; start the command again");
        content
            .and_then(|content| content.and_then(|content| postcard::from_bytes(&content).ok()).ok_or_else(damaged))
            .map_err(FileError::at(READ, &self.path))
    }

    /// The file itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the file, whose records are needed no longer.
    ///
    /// # Errors
    /// If the folder forbids it.
    pub fn remove(self) -> Result<(), FileError> {
        fs::remove_file(&self.path).map_err(FileError::at("remove the work file", &self.path))
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// Gives all whole records behind `heading` to `found` and makes ready to append; begins anew if the file does not
    /// begin with `heading`.
    fn read_on<T: DeserializeOwned>(
        &mut self,
        heading: &[u8],
        found: &mut impl FnMut(T, Place),
    ) -> io::Result<Opening> {
        let length = self.file.seek(SeekFrom::End(0))?;
        let begins = self.begins(heading.len())?;
        if !begins.starts_with(&MARK) && !MARK.starts_with(&begins) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "this is no work file; move it out of the way"));
        }
        if begins != heading {
            self.file.set_len(0)?;
            self.append(heading)?;
            let had_records = length > heading.len() as u64;
            return Ok(if had_records { Opening::Anew } else { Opening::New });
        }
        let damaged = self.scan(heading.len() as u64, length, found)?;
        self.file.set_len(self.end)?;
        Ok(Opening::Continued { damaged })
    }

    /// The first bytes of the file, `length` or as many as there are.
    fn begins(&mut self, length: usize) -> io::Result<Vec<u8>> {
        let mut begins = Vec::new();
        self.file.rewind()?;
        (&self.file).take(length as u64).read_to_end(&mut begins)?;
        Ok(begins)
    }

    /// Gives all whole records between `at` and `length` to `found`, and returns how many are damaged. The end is behind
    /// the last one then.
    fn scan<T: DeserializeOwned>(
        &mut self,
        mut at: u64,
        length: u64,
        found: &mut impl FnMut(T, Place),
    ) -> io::Result<usize> {
        let (mut damaged, mut in_gap) = (0, false);
        self.end = at;
        while at < length {
            let Some(content) = self.content_at(at, length)? else {
                // Either what a crash cut off, if no record follows, or damage.
                in_gap = true;
                at = next_mark(&mut self.file, MARK, at + 1, length)?;
                continue;
            };
            damaged += usize::from(in_gap);
            in_gap = false;
            match postcard::from_bytes(&content) {
                Ok(record) => found(record, Place(at)),
                Err(_) => damaged += 1,
            }
            at += (FRAME + content.len()) as u64;
            self.end = at;
        }
        Ok(damaged)
    }

    fn append(&mut self, framed: &[u8]) -> io::Result<Place> {
        let place = Place(self.end);
        let written = self.file.seek(SeekFrom::Start(self.end)).and_then(|_| self.file.write_all(framed));
        if let Err(error) = written {
            // Half a record is no loss, but a whole file is nicer to leave.
            let _ = self.file.set_len(self.end);
            return Err(error);
        }
        self.end += framed.len() as u64;
        Ok(place)
    }

    /// The content of the record at `at`; `None` if there is no whole record before `end`.
    fn content_at(&mut self, at: u64, end: u64) -> io::Result<Option<Vec<u8>>> {
        if end.saturating_sub(at) < FRAME as u64 {
            return Ok(None);
        }
        let mut frame = [0; FRAME];
        self.file.seek(SeekFrom::Start(at))?;
        self.file.read_exact(&mut frame)?;
        let [m0, m1, m2, m3, l0, l1, l2, l3, c0, c1, c2, c3] = frame;
        let length = u64::from(u32::from_le_bytes([l0, l1, l2, l3]));
        if [m0, m1, m2, m3] != MARK || length > MAX_CONTENT.min(end - at - FRAME as u64) {
            return Ok(None);
        }
        let mut content = vec![0; length as usize];
        self.file.read_exact(&mut content)?;
        Ok((crc32fast::hash(&content) == u32::from_le_bytes([c0, c1, c2, c3])).then_some(content))
    }
}

/// A record as it stands in the file.
fn framed(record: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut framed = postcard::to_extend(record, vec![0; FRAME]).map_err(io::Error::other)?;
    let (frame, content) = framed.split_at_mut(FRAME);
    if content.len() as u64 > MAX_CONTENT {
        return Err(io::Error::other("the cells of one field are too many for it"));
    }
    frame[..4].copy_from_slice(&MARK);
    frame[4..8].copy_from_slice(&(content.len() as u32).to_le_bytes());
    frame[8..].copy_from_slice(&crc32fast::hash(content).to_le_bytes());
    Ok(framed)
}

/// 64 bits that stand for `inputs`, this version of the program and of the format.
fn fingerprint(inputs: &impl Serialize) -> io::Result<u64> {
    let mut hasher = DefaultHasher::new();
    hasher.write(&postcard::to_stdvec(&(VERSION, env!("CARGO_PKG_VERSION"), inputs)).map_err(io::Error::other)?);
    Ok(hasher.finish())
}

/// Opens a file that no other process has open this way.
fn open_alone(path: &Path) -> io::Result<File> {
    loop {
        let file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        // A file system without locks is no reason to do no work.
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(io::Error::other("another program is working with it at this moment"));
        }
        // Had that program just removed it, this would be a file without a name.
        if path.try_exists()? {
            return Ok(file);
        }
    }
}

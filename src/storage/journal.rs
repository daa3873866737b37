//! `labels.journal`: what people decided about single cells, a record a line, in the folder of the project.
//!
//! ```text
//! // cytoscribe labels, version 1: a record a line, only ever added to
//! (id:(7,0),at:"2026-05-17T09:30:00.250Z",by:"Ann",did:Decide(Image,[(image:"a",anchor:(7,9),area:80,set:[…])]))
//! ```
//! Nothing in it is ever changed or taken away: records are added behind the last one, and are on the disk when that is
//! said. A line that cannot be read costs itself alone and stays as it is. The last one may have been cut off, by a
//! power cut for example; the next record begins a line of its own then. What the records come to is not told here.

mod line;

use std::{
    fmt,
    fs::{self, File, TryLockError},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use rayon::prelude::*;

use super::{FileError, OutputFile, make_folder};
use crate::project::labels::Record;

/// The version this program writes, and the newest it reads.
pub const VERSION: u32 = 1;

const FILE_NAME: &str = "labels.journal";
/// What the journal of a project that was moved away is called in its old place.
const PREVIOUS: &str = "labels.previous.journal";
/// The first line.
const HEADER: &str = "// cytoscribe labels, version 1: a record a line, only ever added to\n";
/// How the first line begins in every version; its number follows.
const BEFORE_VERSION: &str = "// cytoscribe labels, version ";
/// Put behind what was cut off, so that it is reported once and not for ever.
const CUT_OFF: &str = " // cut off";
/// The end of a line that was cut off.
const END_OF_CUT_OFF: &str = " // cut off\n";

/// How often a journal that is being moved is looked for.
const ATTEMPTS: usize = 8;

const OPEN: &str = "open the journal of labels";
const READ: &str = "read the journal of labels";
const WRITE: &str = "write the journal of labels";

/// A journal, open for records to be added and locked against other processes.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    /// What ends the last line, if it has no end.
    missing_end: &'static str,
    /// Where the last whole record ends, if what is behind it could not be cut away.
    cut_at: Option<u64>,
}

/// What a journal holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JournalContent {
    /// The records that can be read, in their order.
    pub records: Vec<Record>,
    /// Lines that cannot.
    pub problems: Vec<JournalProblem>,
}

/// The journal in the project's folder `folder`.
#[must_use]
pub fn path_in(folder: &Path) -> PathBuf {
    folder.join(FILE_NAME)
}

/// The journal that `path` stands for: the one in a project's folder, or a file.
///
/// # Errors
/// If there is none.
pub fn at(path: &Path) -> Result<PathBuf, FileError> {
    let file = place_for(path);
    match file.try_exists() {
        Ok(true) => Ok(file),
        Ok(false) => Err(FileError::at(READ, file)(io::ErrorKind::NotFound.into())),
        Err(error) => Err(FileError::at(READ, file)(error)),
    }
}

/// Where a journal goes that is to be written to `path`: into a project's folder, or to the file of that name.
#[must_use]
pub fn place_for(path: &Path) -> PathBuf {
    if path.is_dir() { path_in(path) } else { path.to_owned() }
}

/// Reads the journal in the project's folder `folder`, also while another process has it open; changes nothing. If there
/// is none, it holds nothing.
///
/// # Errors
/// If it is there but cannot be read, or a newer program wrote it.
pub fn read(folder: &Path) -> Result<JournalContent, FileError> {
    read_file(&path_in(folder))
}

/// Reads the journal that is the file `path`, as [`read`].
///
/// # Errors
/// If it is there but cannot be read, or a newer program wrote it.
pub fn read_file(path: &Path) -> Result<JournalContent, FileError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(JournalContent::default()),
        Err(error) => return Err(FileError::at(READ, path)(error)),
    };
    match newer_version(&bytes) {
        Some(version) => Err(FileError::at(READ, path)(io::Error::other(TooNew(version)))),
        None => Ok(JournalContent::of(&bytes)),
    }
}

impl Journal {
    /// Opens the journal in the project's folder `folder`; makes it if there is none.
    ///
    /// # Errors
    /// If another process has it open, a newer program wrote it, or it cannot be read or written.
    pub fn open(folder: &Path) -> Result<(Self, JournalContent), JournalError> {
        make_folder(folder)?;
        let path = path_in(folder);
        let mut file = open_alone(&path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(FileError::at(READ, &path))?;
        if let Some(version) = newer_version(&bytes) {
            return Err(JournalError::Newer { version, path });
        }
        let mut journal = Self { file, path, missing_end: "", cut_at: None };
        // One that was only just begun when the program was killed is begun to its end.
        if let Some(missing) = HEADER.as_bytes().strip_prefix(bytes.as_slice()) {
            if !missing.is_empty() {
                journal.add(missing).and_then(|()| sync_folder(folder)).map_err(FileError::at(WRITE, &journal.path))?;
            }
            return Ok((journal, JournalContent::default()));
        }
        let content = JournalContent::of(&bytes);
        journal.missing_end = match content.problems.last() {
            _ if bytes.ends_with(b"\n") => "",
            Some(JournalProblem { kind: JournalProblemKind::CutOff, .. }) => END_OF_CUT_OFF,
            // Only the end of the line was cut off; the record is whole.
            _ => "\n",
        };
        Ok((journal, content))
    }

    /// Adds `records`, and returns when they are on the disk. If that fails, none of them is there, and they can be added
    /// later.
    ///
    /// # Errors
    /// If the disk is full, or the file is not where it was.
    pub fn append(&mut self, records: &[Record]) -> Result<(), FileError> {
        if records.is_empty() {
            return Ok(());
        }
        let mut text = self.missing_end.to_owned();
        lines_of(records, &mut text)
            .and_then(|()| self.check_place())
            .and_then(|()| self.add(text.as_bytes()))
            .map_err(FileError::at(WRITE, &self.path))?;
        self.missing_end = "";
        Ok(())
    }

    /// The file itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is written into a file without a name is lost.
    fn check_place(&self) -> io::Result<()> {
        if is_at(&self.file, &self.path)? {
            Ok(())
        } else {
            Err(io::Error::new(io::ErrorKind::NotFound, "it was moved or removed; open the set again"))
        }
    }

    /// Adds all of `bytes` or nothing.
    fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(end) = self.cut_at {
            self.file.set_len(end)?;
            self.cut_at = None;
        }
        let end = self.file.metadata()?.len();
        let added = self.file.write_all(bytes).and_then(|()| self.file.sync_data());
        // Half a record would be taken for one that was cut off, and a whole one be written a second time.
        if added.is_err() && self.file.set_len(end).and_then(|()| self.file.sync_data()).is_err() {
            self.cut_at = Some(end);
        }
        added
    }
}

/// Writes `records` as a journal of its own in the file `path`.
///
/// # Errors
/// If there is something already, or it cannot be written.
pub fn write_new(path: &Path, records: &[Record]) -> Result<(), FileError> {
    if path.try_exists().map_err(FileError::at(WRITE, path))? {
        return Err(FileError::at(WRITE, path)(io::Error::new(
            io::ErrorKind::AlreadyExists,
            "there is one already, and it is left as it is: name another place",
        )));
    }
    let mut text = HEADER.to_owned();
    lines_of(records, &mut text).map_err(FileError::at(WRITE, path))?;
    OutputFile::write(path, text.as_bytes())
}

/// Copies the journal from the project's folder `from` to `to`, to the byte, where there must be none; one that is not
/// there needs no copy. It is on the disk afterwards.
///
/// # Errors
/// If it cannot be copied, or there is one in `to`.
pub fn copy(from: &Path, to: &Path) -> Result<(), FileError> {
    let (source, target) = (path_in(from), path_in(to));
    let bytes = match fs::read(&source) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(FileError::at(READ, &source)(error)),
    };
    let copied = || {
        // What an earlier attempt left there may be completed, anything else is somebody's work.
        let there = fs::read(&target).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => Ok(Vec::new()),
            _ => Err(error),
        })?;
        if there != HEADER.as_bytes() && !bytes.starts_with(&there) {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "there is another one already"));
        }
        OutputFile::write(&target, &bytes).map_err(|error| error.source)?;
        sync_folder(to)
    };
    copied().map_err(FileError::at("move the journal of labels here", &target))
}

/// Makes the journal in `folder` the previous one, so that there is none.
///
/// # Errors
/// If the folder forbids it.
pub fn retire(folder: &Path) -> Result<(), FileError> {
    let (path, previous) = (path_in(folder), folder.join(PREVIOUS));
    match fs::rename(&path, &previous) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(FileError::at("keep the older journal as", &previous)(error))
        }
        _ => Ok(()),
    }
}

fn lines_of(records: &[Record], text: &mut String) -> io::Result<()> {
    for record in records {
        text.push_str(&ron::to_string(record).map_err(io::Error::other)?);
        text.push('\n');
    }
    Ok(())
}

/// Opens a journal that no other process has open this way.
fn open_alone(path: &Path) -> Result<File, JournalError> {
    for _ in 0..ATTEMPTS {
        let file = File::options().read(true).append(true).create(true).open(path);
        let file = file.map_err(FileError::at(OPEN, path))?;
        // A file system without locks is no reason to keep nothing.
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            break;
        }
        // Had the project just been moved, this would be what it left behind.
        if is_at(&file, path).map_err(FileError::at(OPEN, path))? {
            return Ok(file);
        }
    }
    Err(JournalError::Busy { path: path.to_owned() })
}

/// Whether `path` still names `file`.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let now = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        now => now?,
    };
    let opened = file.metadata()?;
    Ok((now.dev(), now.ino()) == (opened.dev(), opened.ino()))
}

#[cfg(not(unix))]
fn is_at(_file: &File, path: &Path) -> io::Result<bool> {
    path.try_exists()
}

/// Sees to it that the names in `folder` are on the disk, and its own as well.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let sync = |folder: &Path| File::open(folder).and_then(|folder| folder.sync_all());
        // The folder above may be another user's.
        let _ = folder.parent().map(sync);
        return sync(folder).or_else(|error| match error.kind() {
            // Not every file system knows such a thing.
            io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported => Ok(()),
            _ => Err(error),
        });
    }
    Ok(())
}

/// The version of a journal that is too new for this program.
fn newer_version(bytes: &[u8]) -> Option<u32> {
    let digits = bytes.strip_prefix(BEFORE_VERSION.as_bytes())?;
    let digits = digits.split(|byte| !byte.is_ascii_digit()).next()?;
    // A number that is too long for one is certainly newer.
    let version = str::from_utf8(digits).ok().filter(|digits| !digits.is_empty())?.parse().unwrap_or(u32::MAX);
    (version > VERSION).then_some(version)
}

impl JournalContent {
    fn of(bytes: &[u8]) -> Self {
        let lines: Vec<&[u8]> = bytes.split_inclusive(|&byte| byte == b'\n').collect();
        let read: Vec<_> = lines.par_iter().with_min_len(256).map(|line| record_in(line)).collect();
        let mut content = Self { records: Vec::with_capacity(read.len()), problems: Vec::new() };
        for (number, read) in (1..).zip(read) {
            match read {
                Ok(record) => content.records.extend(record),
                Err(kind) => content.problems.push(JournalProblem { line: number, kind }),
            }
        }
        content
    }
}

/// The record in a line; `None` if there is none in it.
fn record_in(line: &[u8]) -> Result<Option<Record>, JournalProblemKind> {
    let is_whole = line.ends_with(b"\n");
    let line = line.trim_ascii();
    if line.is_empty() || line.starts_with(b"//") || line.ends_with(CUT_OFF.as_bytes()) {
        return Ok(None);
    }
    let record = match str::from_utf8(line) {
        Ok(text) => line::record_in(text).map_or_else(
            || ron::from_str(text).map_err(|error| JournalProblemKind::NoRecord(error.code.to_string())),
            Ok,
        ),
        Err(_) => Err(JournalProblemKind::NotText),
    };
    record.map(Some).map_err(|kind| if is_whole { kind } else { JournalProblemKind::CutOff })
}

/// A line of a journal that cannot be read. It stays where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalProblem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub kind: JournalProblemKind,
}

impl fmt::Display for JournalProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of the journal of labels is passed over: {}", self.line, self.kind)
    }
}

/// What is wrong with a line of a journal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalProblemKind {
    /// The last line, which has no end.
    #[error("it was cut off while it was written")]
    CutOff,
    /// Bytes that are no UTF-8.
    #[error("it is not UTF-8 text")]
    NotText,
    /// Another text.
    #[error("it is no record: {0}")]
    NoRecord(String),
}

#[derive(Debug, thiserror::Error)]
#[error("it is of version {0}, this program reads up to {VERSION}: use a newer cytoscribe")]
struct TooNew(u32);

/// Why a journal cannot be written into.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Another process has it open.
    #[error(
        "another cytoscribe has the labels of this set open: close it, or wait until it is done — {}", path.display()
    )]
    Busy {
        /// The journal.
        path: PathBuf,
    },
    /// It cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// A newer program wrote it; it is left as it is.
    #[error(
        "the journal of labels is of version {version}, this program reads up to {VERSION}: use a newer cytoscribe — {}",
        path.display()
    )]
    Newer {
        /// Its version.
        version: u32,
        /// The journal.
        path: PathBuf,
    },
}

//! A file that appears whole or not at all: written beside its place, then renamed.

use std::{
    fs::{self, File, TryLockError},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use image::ImageError;

use super::FileError;

const WRITE: &str = "write the file";

/// A file being written. Nobody sees it under its name before [`OutputFile::finish`]; dropped before that, it leaves
/// nothing behind and an older file of that name stays as it was.
#[derive(Debug)]
pub struct OutputFile {
    target: PathBuf,
    partial: PathBuf,
    writer: Option<BufWriter<File>>,
}

impl OutputFile {
    /// Starts the file that is to become `target`; missing folders are made.
    ///
    /// # Errors
    /// If the folder or the file beside `target` cannot be made.
    pub fn create(target: impl Into<PathBuf>) -> Result<Self, FileError> {
        let target = target.into();
        if let Some(folder) = target.parent() {
            make_folder(folder)?;
        }
        if target.is_dir() {
            return Err(FileError::at(WRITE, &target)(io::ErrorKind::IsADirectory.into()));
        }
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(".partial");
        let partial = target.with_file_name(name);
        let file = open_alone(&partial).map_err(FileError::at(WRITE, &target))?;
        Ok(Self { target, partial, writer: Some(BufWriter::with_capacity(1 << 17, file)) })
    }

    /// The error of this file, if writing to it failed for `reason`.
    #[must_use]
    pub fn failed(&self, reason: io::Error) -> FileError {
        FileError::at(WRITE, &self.target)(reason)
    }

    /// Brings everything to the disk and gives the file its name, in place of an older one.
    ///
    /// # Errors
    /// If the disk is full or the folder forbids it; the older file then stays.
    pub fn finish(mut self) -> Result<(), FileError> {
        let Some(writer) = self.writer.as_mut() else { return Ok(()) };
        writer
            .flush()
            .and_then(|()| writer.get_ref().sync_all())
            .and_then(|()| fs::rename(&self.partial, &self.target))
            .map_err(FileError::at(WRITE, &self.target))?;
        self.writer = None;
        Ok(())
    }

    /// Writes a whole file at once.
    ///
    /// # Errors
    /// As [`OutputFile::create`] and [`OutputFile::finish`].
    pub fn write(target: impl Into<PathBuf>, content: &[u8]) -> Result<(), FileError> {
        let mut file = Self::create(target)?;
        file.write_all(content).map_err(|error| file.failed(error))?;
        file.finish()
    }
}

/// Opens an empty file that no other process is writing. What a killed process left there is overwritten.
fn open_alone(path: &Path) -> io::Result<File> {
    let file = File::options().write(true).create(true).truncate(false).open(path)?;
    // A file system without locks is no reason to write nothing.
    if let Err(TryLockError::WouldBlock) = file.try_lock() {
        return Err(io::Error::other("another program is writing it at this moment"));
    }
    // Had that program just finished, this would be its file under its final name.
    if !path.try_exists()? {
        return Err(io::Error::other("another program has just written it"));
    }
    file.set_len(0)?;
    Ok(file)
}

/// Why an image could not be encoded into a file: the system's own reason, if that is what stopped it.
pub(super) fn reason_of(error: ImageError) -> io::Error {
    match error {
        ImageError::IoError(reason) => reason,
        other => io::Error::other(other),
    }
}

/// Makes a folder and those it lies in; one that is there already is fine.
///
/// # Errors
/// If that is not possible, for example because a file has its name.
pub fn make_folder(folder: &Path) -> Result<(), FileError> {
    fs::create_dir_all(folder).map_err(FileError::at("make the folder", folder))
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.as_mut().map_or(Ok(0), |writer| writer.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for OutputFile {
    fn drop(&mut self) {
        // After `finish` the file may have its name, and another program may be writing the next one.
        if self.writer.is_some() {
            let _ = fs::remove_file(&self.partial);
        }
    }
}

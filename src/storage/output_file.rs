//! A file that appears whole or not at all: written beside its place, then renamed.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    process,
};

use super::FileError;

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
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.partial", process::id()));
        let partial = target.with_file_name(name);
        let file = File::create(&partial).map_err(FileError::at("write the file", &target))?;
        Ok(Self { target, partial, writer: Some(BufWriter::with_capacity(1 << 17, file)) })
    }

    /// The path the file will have.
    #[must_use]
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Brings everything to the disk and gives the file its name, in place of an older one.
    ///
    /// # Errors
    /// If the disk is full or the folder forbids it; the older file then stays.
    pub fn finish(mut self) -> Result<(), FileError> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        writer
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&self.partial, &self.target))
            .map_err(FileError::at("write the file", &self.target))
    }

    /// Writes a whole file at once.
    ///
    /// # Errors
    /// As [`OutputFile::create`] and [`OutputFile::finish`].
    pub fn write(target: impl Into<PathBuf>, content: &[u8]) -> Result<(), FileError> {
        let mut file = Self::create(target)?;
        file.write_all(content).map_err(FileError::at("write the file", &file.target))?;
        file.finish()
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
        // After `finish` the partial file has its new name and there is nothing to remove.
        let _ = fs::remove_file(&self.partial);
    }
}

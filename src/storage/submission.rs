//! The file of a submission: written row by row; [checked](check) with the line of everything that is wrong; and
//! [read](rows) to be judged.

pub mod check;
pub mod rows;

pub use check::{LineDefect, Sizes, SubmissionDefect, SubmissionReport, check_submission};
pub use rows::{SubmissionError, SubmissionRow, SubmissionRows};

use std::path::{Path, PathBuf};

use super::{FileError, OutputFile};
use crate::pipeline::submission::HEADER;

const WRITE: &str = "write the submission";

/// A submission being written: a header and one row an image. As an [`OutputFile`], it appears under its name when
/// [finished](SubmissionWriter::finish), and leaves nothing behind otherwise.
#[derive(Debug)]
pub struct SubmissionWriter {
    path: PathBuf,
    rows: csv::Writer<OutputFile>,
}

impl SubmissionWriter {
    /// Starts the submission that is to become `path`.
    ///
    /// # Errors
    /// If the file cannot be made.
    pub fn create(path: &Path) -> Result<Self, FileError> {
        let mut writer = Self { path: path.to_owned(), rows: csv::Writer::from_writer(OutputFile::create(path)?) };
        writer.write(HEADER.split(','))?;
        Ok(writer)
    }

    /// Adds the row of the image `id` of `size` (height, width); `predictions` as from
    /// [`prediction_string`](crate::pipeline::submission::prediction_string).
    ///
    /// # Errors
    /// If the disk is full.
    pub fn write_row(&mut self, id: &str, (height, width): (usize, usize), predictions: &str) -> Result<(), FileError> {
        self.write([id, &width.to_string(), &height.to_string(), predictions])
    }

    /// Gives the file its name, in place of an older one.
    ///
    /// # Errors
    /// If the disk is full or the folder forbids it; the older file then stays.
    pub fn finish(self) -> Result<(), FileError> {
        let file = self.rows.into_inner().map_err(csv::IntoInnerError::into_error);
        file.map_err(FileError::at(WRITE, self.path))?.finish()
    }

    /// The length of the header, in bytes with the end of its line.
    pub const HEADER_LEN: u64 = HEADER.len() as u64 + 1;

    /// The length of a row, in bytes with the end of its line, whose predictions have `predictions` bytes.
    #[must_use]
    pub fn row_len(id: &str, (height, width): (usize, usize), predictions: u64) -> u64 {
        let mut row = csv::Writer::from_writer(Vec::new());
        // Writing to memory cannot fail.
        let _ = row.write_record([id, &width.to_string(), &height.to_string(), ""]);
        row.into_inner().map_or(0, |row| row.len() as u64) + predictions
    }

    fn write<'a>(&mut self, fields: impl IntoIterator<Item = &'a str>) -> Result<(), FileError> {
        self.rows.write_record(fields).map_err(|error| FileError::at(WRITE, &self.path)(error.into()))
    }
}

//! The rows of a submission, to be judged and not to be checked: a row with a defect says nothing.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use csv::ByteRecord;

use super::{FileError, LineDefect};
use crate::{
    pipeline::submission::{HEADER, RowPredictions, RowText, check::excerpt, read_row},
    storage::csv_lines::{columns, has_open_quote, read_line},
};

/// Bytes of lines that are held together.
const BATCH: usize = 1 << 24;

const COLUMNS: usize = 4;

/// A submission that is being read.
#[derive(Debug)]
pub struct SubmissionRows {
    input: BufReader<File>,
    path: PathBuf,
    line: usize,
}

/// One row as it stands in the file.
#[derive(Debug)]
pub struct SubmissionRow {
    /// Its line, the header being line 1.
    pub line: usize,
    /// The image's ID.
    pub id: String,
    text: Vec<u8>,
}

impl SubmissionRows {
    /// Opens the submission at `path`.
    ///
    /// # Errors
    /// If it cannot be read or its first line is not the header.
    pub fn open(path: &Path) -> Result<Self, SubmissionError> {
        let mut input = BufReader::new(File::open(path).map_err(FileError::at("open the submission", path))?);
        let header = read_line(&mut input).map_err(FileError::at(READ, path))?.unwrap_or_default();
        if header != HEADER.as_bytes() {
            let found = excerpt(&String::from_utf8_lossy(&header));
            return Err(SubmissionError::Header { found, path: path.into() });
        }
        Ok(Self { input, path: path.into(), line: 1 })
    }

    /// The next rows, some 16 MB of text or one; none at the end.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn next_batch(&mut self) -> Result<Vec<SubmissionRow>, FileError> {
        let lines = read_batch(&mut self.input, &mut self.line).map_err(FileError::at(READ, &self.path))?;
        let row = |(line, text): (usize, Vec<u8>)| SubmissionRow { line, id: id_in(&columns(&text)), text };
        Ok(lines.into_iter().map(row).collect())
    }
}

impl SubmissionRow {
    /// What the row says, its masks decoded.
    ///
    /// # Errors
    /// The first of its defects.
    pub fn predictions(&self) -> Result<RowPredictions, LineDefect> {
        let record = columns(&self.text);
        Ok(read_row(row_text(&self.text, &record)?)?)
    }
}

const READ: &str = "read the submission";

/// Why a file cannot be read as a submission.
#[derive(Debug, thiserror::Error)]
pub enum SubmissionError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The first line is another one.
    #[error("a submission must begin with the line '{HEADER}', not with '{found}' — {}", path.display())]
    Header {
        /// Beginning of the first line.
        found: String,
        /// The file.
        path: PathBuf,
    },
}

/// The next lines that are not empty, each with its number; none at the end. `number`: that of the line read last.
pub(super) fn read_batch(input: &mut impl BufRead, number: &mut usize) -> io::Result<Vec<(usize, Vec<u8>)>> {
    let (mut lines, mut bytes) = (Vec::new(), 0);
    while bytes < BATCH
        && let Some(line) = read_line(input)?
    {
        *number += 1;
        bytes += line.len();
        if !line.is_empty() {
            lines.push((*number, line));
        }
    }
    Ok(lines)
}

/// What stands for the image's ID.
pub(super) fn id_in(record: &ByteRecord) -> String {
    String::from_utf8_lossy(record.get(0).unwrap_or_default()).into_owned()
}

/// The columns of `line`, which are those of `record`, behind the ID.
pub(super) fn row_text<'r>(line: &[u8], record: &'r ByteRecord) -> Result<RowText<'r>, LineDefect> {
    if has_open_quote(line) {
        return Err(LineDefect::OpenQuote);
    }
    if record.len() != COLUMNS {
        return Err(LineDefect::Columns { found: record.len() });
    }
    let mut texts = [""; COLUMNS];
    for (column, (text, bytes)) in (1..).zip(texts.iter_mut().zip(record)) {
        *text = str::from_utf8(bytes).map_err(|_| LineDefect::NotText { column })?;
    }
    let [_, width, height, predictions] = texts;
    Ok(RowText { width, height, predictions })
}

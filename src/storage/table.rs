//! Small tables as CSV files, their columns found by name and in any order; other columns do not count.
//!
//! Every line stands for itself: one that is wrong is reported with its number and passed over.

use std::{
    fmt,
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    str::FromStr,
};

use super::{
    FileError,
    csv_lines::{columns, has_open_quote, read_line},
};
use crate::atlas::{Anchor, location::LocationError};

/// The rows of a table that could be read, and what was wrong with the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table<T> {
    /// The rows, each with its line.
    pub rows: Vec<(usize, T)>,
    /// What was found wrong, by line.
    pub problems: Vec<RowProblem>,
}

/// A table of which the header has been read.
#[derive(Debug)]
pub struct TableFile {
    input: BufReader<File>,
    path: PathBuf,
    header: Vec<String>,
}

impl TableFile {
    /// Opens the table at `path`. A byte-order mark, Windows line ends, quotes, spaces around values and empty lines
    /// are all right.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let mut input = BufReader::new(File::open(path).map_err(FileError::at(READ, path))?);
        let header = read_line(&mut input).map_err(FileError::at(READ, path))?.unwrap_or_default();
        let header = columns(header.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&header));
        let header = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        Ok(Self { input, path: path.into(), header })
    }

    /// Whether the table has this column.
    #[must_use]
    pub fn has(&self, column: &str) -> bool {
        self.header.iter().any(|name| name == column)
    }

    /// Reads all rows; `row` makes something of the values of `columns`.
    ///
    /// # Errors
    /// If a column is not there or the file cannot be read.
    pub fn read<T, const N: usize>(
        mut self,
        columns: [&str; N],
        row: impl Fn([&str; N]) -> Result<T, RowProblemKind>,
    ) -> Result<Table<T>, TableError> {
        let mut places = [0; N];
        for (place, column) in places.iter_mut().zip(columns) {
            let found = self.header.iter().position(|name| name == column);
            *place = found.ok_or_else(|| TableError::Header {
                missing: column.to_owned(),
                expected: columns.join(","),
                path: self.path.clone(),
            })?;
        }
        let mut table = Table { rows: Vec::new(), problems: Vec::new() };
        let mut number = 1;
        while let Some(line) = read_line(&mut self.input).map_err(FileError::at(READ, &self.path))? {
            number += 1;
            if line.trim_ascii().is_empty() {
                continue;
            }
            match self.values(&line, places, &row) {
                Ok(row) => table.rows.push((number, row)),
                Err(kind) => table.problems.push(RowProblem { line: number, kind }),
            }
        }
        Ok(table)
    }

    /// What `row` makes of one line.
    fn values<T, const N: usize>(
        &self,
        line: &[u8],
        places: [usize; N],
        row: impl Fn([&str; N]) -> Result<T, RowProblemKind>,
    ) -> Result<T, RowProblemKind> {
        if has_open_quote(line) {
            return Err(RowProblemKind::OpenQuote);
        }
        let (record, mut values) = (columns(line), [""; N]);
        for (value, place) in values.iter_mut().zip(places) {
            let missing = || RowProblemKind::Columns { found: record.len(), header: self.header.len() };
            let bytes = record.get(place).ok_or_else(missing)?;
            *value = str::from_utf8(bytes).map_err(|_| RowProblemKind::NotText)?.trim();
        }
        row(values)
    }
}

const READ: &str = "read the table";

/// The number that stands in `column`.
pub(super) fn number<T: FromStr>(column: &'static str, text: &str) -> Result<T, RowProblemKind> {
    text.parse().map_err(|_| RowProblemKind::Number { column, found: text.chars().take(60).collect() })
}

/// Something wrong on one line of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem {
    /// The line, counted from 1, the header being the first.
    pub line: usize,
    /// What is wrong.
    pub kind: RowProblemKind,
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}, passed over", self.line, self.kind)
    }
}

/// What can be wrong on a line of a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowProblemKind {
    /// Bytes that are no UTF-8.
    #[error("not UTF-8 text")]
    NotText,
    /// A quoted column does not end on its line.
    #[error("a quote is opened and not closed")]
    OpenQuote,
    /// A column is missing.
    #[error("{found} columns where the header has {header}")]
    Columns {
        /// Number of columns there are.
        found: usize,
        /// Number of columns of the header.
        header: usize,
    },
    /// A value that is no number, or none that is allowed.
    #[error("the {column} '{found}' is not a number that can stand there")]
    Number {
        /// The column.
        column: &'static str,
        /// Beginning of what is there.
        found: String,
    },
    /// A value that is none of those that can stand there.
    #[error("the {column} '{found}' is not {expected}")]
    Value {
        /// The column.
        column: String,
        /// Beginning of what is there.
        found: String,
        /// What can stand there.
        expected: &'static str,
    },
    /// A value that is not the number of a location.
    #[error(transparent)]
    Location(#[from] LocationError),
    /// The cell has a row already.
    #[error("cell {cell} of the image '{image}' stands on line {first} already")]
    Repeated {
        /// The image's ID.
        image: String,
        /// The cell.
        cell: u32,
        /// The line that has it first.
        first: usize,
    },
    /// The anchor has a row already.
    #[error("the anchor ({}, {}) of the image '{image}' stands on line {first} already", anchor.0, anchor.1)]
    RepeatedAnchor {
        /// The image's ID.
        image: String,
        /// The anchor.
        anchor: Anchor,
        /// The line that has it first.
        first: usize,
    },
}

/// Why a file is not the table it should be.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The first line lacks a column.
    #[error("the table has no column '{missing}', it must begin with a line of '{expected}' — {}", path.display())]
    Header {
        /// The column.
        missing: String,
        /// All columns it must have.
        expected: String,
        /// The file.
        path: PathBuf,
    },
}

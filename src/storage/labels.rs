//! Labels of whole images from a label file such as the competition's `train.csv`: a header `ID,Label`, then a row
//! for each image, its label being numbers of locations joined by `|`.
//!
//! Every line stands for itself, also one with an unclosed quote, so that a bad line costs one label and never the
//! rest of the file. Therefore the file is split by hand here and not by a CSV reader. Label files of many people
//! have bad lines: they are reported, with their number, and passed over.

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
};

use super::{FileError, ImageSet};
use crate::atlas::{LocationSet, location::LocationError};

/// The labels of images, and what was wrong in their file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageLabels {
    /// The locations of each image by its ID.
    pub by_id: BTreeMap<String, LocationSet>,
    /// What was found wrong, by line.
    pub problems: Vec<LabelProblem>,
    /// The line on which each ID first stands.
    first_lines: BTreeMap<String, usize>,
}

impl ImageLabels {
    /// Reads a label file. A byte-order mark, Windows line ends, quotes, spaces around values and empty lines are all
    /// right.
    ///
    /// # Errors
    /// If the file cannot be read or its first line is not the header; anything else is reported in
    /// [`ImageLabels::problems`].
    pub fn read(path: &Path) -> Result<Self, LabelsError> {
        let bytes = fs::read(path).map_err(FileError::at("read the label file", path))?;
        let content = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let mut lines = content.split(|&byte| byte == b'\n').zip(1..);
        let header = lines.next().map(|(line, _)| String::from_utf8_lossy(line)).unwrap_or_default();
        if columns(&header) != Some(("ID", "Label")) {
            let found = header.trim().chars().take(60).collect();
            return Err(LabelsError::Header { found, path: path.into() });
        }
        let mut labels = Self::default();
        for (line, number) in lines.filter(|(line, _)| !line.trim_ascii().is_empty()) {
            if let Err(kind) = labels.add(line, number) {
                labels.problems.push(LabelProblem { line: number, kind });
            }
        }
        Ok(labels)
    }

    /// Takes in one row.
    fn add(&mut self, line: &[u8], number: usize) -> Result<(), LabelProblemKind> {
        let text = str::from_utf8(line).map_err(|_| LabelProblemKind::NotText)?;
        let (id, label) = columns(text).ok_or(LabelProblemKind::Columns)?;
        if id.is_empty() {
            return Err(LabelProblemKind::NoId);
        }
        if label.is_empty() {
            return Err(LabelProblemKind::NoLabel);
        }
        let locations: LocationSet = label.parse()?;
        let merged = self.by_id.entry(id.to_owned()).or_default();
        *merged = merged.union(locations);
        if let Some(&first) = self.first_lines.get(id) {
            return Err(LabelProblemKind::RepeatedId { id: id.to_owned(), first });
        }
        self.first_lines.insert(id.to_owned(), number);
        Ok(())
    }

    /// A problem, with its line, for every labelled ID that has no image in `set`.
    #[must_use]
    pub fn without_image(&self, set: &ImageSet) -> Vec<LabelProblem> {
        let unknown = self.first_lines.iter().filter(|(id, _)| set.field(id).is_none());
        let mut problems: Vec<_> = unknown
            .map(|(id, &line)| LabelProblem { line, kind: LabelProblemKind::UnknownId { id: id.clone() } })
            .collect();
        problems.sort_by_key(|problem| problem.line);
        problems
    }
}

/// The two columns of a line; `None` if there are fewer or more. Only an ID in quotes may hold commas.
fn columns(line: &str) -> Option<(&str, &str)> {
    let (id, label) = line.trim().rsplit_once(',')?;
    let (id, label) = (id.trim(), label.trim());
    let unquoted = |text| unquote(text).unwrap_or(text);
    (unquote(id).is_some() || !id.contains(',')).then(|| (unquoted(id), unquoted(label)))
}

fn unquote(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"').map(str::trim)
}

/// Something wrong on one line of a label file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelProblem {
    /// The line, counted from 1, the header being the first.
    pub line: usize,
    /// What is wrong.
    pub kind: LabelProblemKind,
}

impl fmt::Display for LabelProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.kind)
    }
}

/// What can be wrong on a line of a label file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LabelProblemKind {
    /// Bytes that are no UTF-8.
    #[error("not UTF-8 text, passed over")]
    NotText,
    /// Fewer or more columns than two.
    #[error("expected two columns 'ID,Label', passed over")]
    Columns,
    /// Nothing before the comma.
    #[error("the ID is empty, passed over")]
    NoId,
    /// Nothing after the comma.
    #[error("the label is empty, passed over")]
    NoLabel,
    /// A label that is no number of a location.
    #[error("{0}, passed over")]
    Location(#[from] LocationError),
    /// The ID stood on an earlier line.
    #[error("the ID '{id}' stands on line {first} already, their labels are merged")]
    RepeatedId {
        /// The ID.
        id: String,
        /// The line on which it stands first.
        first: usize,
    },
    /// The ID belongs to no image of the set.
    #[error("the ID '{id}' has no image in the set")]
    UnknownId {
        /// The ID.
        id: String,
    },
}

/// Why a file is no label file.
#[derive(Debug, thiserror::Error)]
pub enum LabelsError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The first line is something else than the header.
    #[error("the label file must begin with the line 'ID,Label', not with '{found}' — {}", path.display())]
    Header {
        /// The beginning of its first line.
        found: String,
        /// The file.
        path: PathBuf,
    },
}

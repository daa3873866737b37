//! `trainings.ron`: what each training of a project's model came to, in the folder of the project. No decision and no
//! truth: it is there to be looked at, and who deletes it loses nothing else. What of it is kept is not told here.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{FileError, OutputFile};

const FILE_NAME: &str = "trainings.ron";

/// A file that is larger than this, in bytes, is none that this program wrote.
const MOST_BYTES: u64 = 4 << 20;

/// What a training came to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Training {
    /// Counts the trainings of the project, from 1.
    pub number: u64,
    /// Records of decisions that were taken in.
    pub records: usize,
    /// Cells that were learnt from.
    pub cells: usize,
    /// Mean average precision on all cells, as they were taught then.
    pub mean: Option<f64>,
    /// The same on cells that people had decided about.
    pub mean_of_decided: Option<f64>,
}

/// The file in the project's folder `folder`.
#[must_use]
pub fn path_in(folder: &Path) -> PathBuf {
    folder.join(FILE_NAME)
}

/// The trainings in the project's folder `folder`, the oldest first. One that cannot be read is as good as none.
#[must_use]
pub fn read(folder: &Path) -> Vec<Training> {
    let path = path_in(folder);
    let is_small = fs::metadata(&path).is_ok_and(|about| about.len() <= MOST_BYTES);
    let text = is_small.then(|| fs::read_to_string(path).ok()).flatten();
    text.and_then(|text| ron::from_str(&text).ok()).unwrap_or_default()
}

/// Writes the trainings into the project's folder `folder`.
///
/// # Errors
/// If that cannot be written; the older file then stays.
pub fn write(folder: &Path, trainings: &[Training]) -> Result<(), FileError> {
    let path = path_in(folder);
    let mut text = String::from("[\n");
    for training in trainings {
        let line = ron::to_string(training)
            .map_err(|error| FileError::at("write what trainings came to", &path)(io::Error::other(error)))?;
        text.push_str(&line);
        text.push_str(",\n");
    }
    text.push_str("]\n");
    OutputFile::write(path, text.as_bytes())
}

/// Copies the trainings of the project in the folder `from` into the folder `to`; what cannot be read is left out.
///
/// # Errors
/// If that cannot be written.
pub fn copy(from: &Path, to: &Path) -> Result<(), FileError> {
    let trainings = read(from);
    if trainings.is_empty() { Ok(()) } else { write(to, &trainings) }
}

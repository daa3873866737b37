//! Text in RON, read with the line on which it is wrong.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

/// The text of a file is not what it should be.
#[derive(Debug, thiserror::Error)]
#[error("no {what} of cytoscribe: line {line}: {reason} — {}", path.display())]
pub struct RonError {
    /// What it should be.
    pub what: &'static str,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub reason: String,
    /// The file.
    pub path: PathBuf,
}

/// Reads `text`, which stands in the file `path` and should be a `what`.
///
/// # Errors
/// If it is not.
pub fn parse<T: DeserializeOwned>(text: &str, what: &'static str, path: &Path) -> Result<T, RonError> {
    ron::from_str(text).map_err(|error| RonError {
        what,
        line: error.span.start.line,
        reason: error.code.to_string(),
        path: path.to_owned(),
    })
}

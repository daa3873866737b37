//! Reports as JSON, for other programs.

use std::{
    io::{self, Write},
    path::Path,
};

use serde::Serialize;

use super::{FileError, OutputFile};

/// Writes `report` to `path`, indented; the file appears whole or not at all.
///
/// # Errors
/// If the file cannot be written.
pub fn write_json(path: &Path, report: &impl Serialize) -> Result<(), FileError> {
    let mut file = OutputFile::create(path)?;
    let written = serde_json::to_writer_pretty(&mut file, report).map_err(io::Error::from);
    written.and_then(|()| file.write_all(b"\n")).map_err(|error| file.failed(error))?;
    file.finish()
}

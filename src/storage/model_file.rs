//! Models as RON files.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::{
    FileError, OutputFile,
    ron_text::{self, RonError},
};
use crate::pipeline::measurement::{Model, ModelMismatch};

/// Writes `model` as text into `file` and finishes it.
///
/// # Errors
/// If the file cannot be written.
pub fn write_model(mut file: OutputFile, model: &Model) -> Result<(), ModelFileError> {
    let layout = ron::ser::PrettyConfig::new().compact_arrays(true);
    let text = ron::ser::to_string_pretty(model, layout).map_err(io::Error::other);
    text.and_then(|text| file.write_all(text.as_bytes())).map_err(|error| file.failed(error))?;
    Ok(file.finish()?)
}

/// Reads a model and checks that this program can use it.
///
/// # Errors
/// If the file cannot be read, is no model, or is one that does not fit this program.
pub fn read_model(path: &Path) -> Result<Model, ModelFileError> {
    let text = fs::read_to_string(path).map_err(FileError::at("read the model", path))?;
    let mismatch = |source| ModelFileError::Mismatch { source, path: path.to_owned() };
    // The version first: a model of another version may have other fields, which would be a riddle, not a reason.
    let Versioned { version } = ron_text::parse(&text, "model", path)?;
    if version != Model::VERSION {
        return Err(mismatch(ModelMismatch::Version { found: version }));
    }
    let model: Model = ron_text::parse(&text, "model", path)?;
    model.check().map_err(mismatch)?;
    Ok(model)
}

/// The one field that every version has.
#[derive(Deserialize)]
#[serde(rename = "Model")]
struct Versioned {
    version: u32,
}

/// Why a model cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ModelFileError {
    /// The file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The text is no model.
    #[error(transparent)]
    Syntax(#[from] RonError),
    /// The model does not fit this program.
    #[error("the model does not fit: {source} — {}", path.display())]
    Mismatch {
        /// Why not.
        source: ModelMismatch,
        /// The file.
        path: PathBuf,
    },
}

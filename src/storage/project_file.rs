//! `project.ron`: the decisions about a set, in a folder of their own beside it. Paths in it are relative, so that set
//! and project can move together.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{
    FileError, OutputFile,
    image_set::SetLayout,
    ron_text::{self, RonError},
};
use crate::{pipeline::parameter::ParameterError, project::Project};

/// The version this program writes, and the newest it reads.
pub const VERSION: u32 = 1;

const FILE_NAME: &str = "project.ron";
const PREVIOUS: &str = "project.previous.ron";

/// What a project file holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectFile {
    /// The form of the file.
    pub version: u32,
    /// The folder of images, as seen from the folder of this file.
    pub set: PathBuf,
    /// How its stains are spread over files.
    pub layout: SetLayout,
    /// The label file, as seen from the folder of this file, if one was chosen.
    pub labels: Option<PathBuf>,
    /// The decisions.
    pub project: Project,
}

/// The project file in `folder`.
#[must_use]
pub fn path_in(folder: &Path) -> PathBuf {
    folder.join(FILE_NAME)
}

/// Whether `path` names a project file.
#[must_use]
pub fn is_name(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == FILE_NAME)
}

/// Reads the project in `folder`; `None` if there is none yet.
///
/// # Errors
/// If the file cannot be read, is of a newer version or no project, or a number is out of range. It must not be
/// overwritten then.
pub fn read(folder: &Path) -> Result<Option<ProjectFile>, ProjectFileError> {
    #[derive(Deserialize)]
    struct OfVersion {
        version: u32,
    }
    let path = path_in(folder);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(FileError::at("read the project", &path)(error).into()),
    };
    // A newer version may have anything in it, so its number is looked at first.
    if let Ok(OfVersion { version }) = ron::from_str(&text)
        && version > VERSION
    {
        return Err(ProjectFileError::Newer { version, path });
    }
    let file: ProjectFile = ron_text::parse(&text, "project", &path)?;
    file.project.check().map_err(|source| ProjectFileError::Range { source, path })?;
    Ok(Some(file))
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Writes the project into `folder`; the file that was there is kept as `project.previous.ron`.
///
/// # Errors
/// If it cannot be written; the older file then stays.
pub fn write(folder: &Path, file: &ProjectFile) -> Result<(), FileError> {
    let path = path_in(folder);
    let text = ron::ser::to_string_pretty(file, ron::ser::PrettyConfig::new());
    let text = text.map_err(|error| FileError::at("write the project", &path)(io::Error::other(error)))?;
    if path.exists() {
        let previous = folder.join(PREVIOUS);
        fs::copy(&path, &previous).map_err(FileError::at("keep the older project as", &previous))?;
    }
    OutputFile::write(path, format!("{text}\n").as_bytes())
}

/// Makes the project in `folder` the previous one, so that there is none.
///
/// # Errors
/// If the folder forbids it.
pub fn retire(folder: &Path) -> Result<(), FileError> {
    let (path, previous) = (path_in(folder), folder.join(PREVIOUS));
    match fs::rename(&path, &previous) {
        Err(error) if !is_absent(&error) => Err(FileError::at("keep the older project as", &previous)(error)),
        _ => Ok(()),
    }
}

/// Why a project is not opened.
#[derive(Debug, thiserror::Error)]
pub enum ProjectFileError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// A newer program wrote it.
    #[error("the project is of version {version}, this program reads up to {VERSION}: use a newer cytoscribe — {}", path.display())]
    Newer {
        /// Its version.
        version: u32,
        /// The file.
        path: PathBuf,
    },
    /// The text is no project.
    #[error(transparent)]
    Syntax(#[from] RonError),
    /// A value outside its range.
    #[error("{source} — {}", path.display())]
    Range {
        /// Which, and its range.
        source: ParameterError,
        /// The file.
        path: PathBuf,
    },
}

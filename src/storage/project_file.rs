//! `project.ron`: the decisions about a set, in a folder of their own beside it. Paths in it are relative, so that set
//! and project can move together.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{FileError, OutputFile, image_set::SetLayout, make_folder, user_folders};
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

/// Where the project of a set and all that can be made again lies: `<set>.cytoscribe` beside the set, or a folder for
/// the set in the user's data folder if nothing can be written beside it.
///
/// # Errors
/// If neither can be made.
pub fn project_folder(set: &Path) -> Result<PathBuf, FileError> {
    let beside = folder_beside(set);
    // A cache may be emptied at any time; decisions have no place in it.
    let in_cache = user_folders::cache_folder().is_ok_and(|cache| set.starts_with(cache));
    let there = if in_cache {
        Err(FileError::at("keep decisions in", &beside)(io::ErrorKind::Unsupported.into()))
    } else {
        make_folder(&beside).and_then(|()| is_writable(&beside))
    };
    there.map(|()| beside).or_else(|error| {
        // Two sets of one name must not share a project.
        let name = set.file_name().unwrap_or_default().to_string_lossy();
        let own = format!("{name}-{:08x}", crc32fast::hash(set.as_os_str().as_encoded_bytes()));
        let folder = user_folders::data_folder().map_err(|_| error)?.join("projects").join(own);
        make_folder(&folder)?;
        Ok(folder)
    })
}

fn folder_beside(set: &Path) -> PathBuf {
    let mut name = set.file_name().unwrap_or_default().to_owned();
    name.push(".cytoscribe");
    set.with_file_name(name)
}

fn is_writable(folder: &Path) -> Result<(), FileError> {
    // Asking for permissions says little: file systems can be mounted read-only. A file of no name is never seen.
    let probe = folder.join(format!(".probe-{}", std::process::id()));
    fs::write(&probe, b"")
        .and_then(|()| fs::remove_file(&probe))
        .map_err(FileError::at("write into the folder", folder))
}

/// The project file in `folder`.
#[must_use]
pub fn path_in(folder: &Path) -> PathBuf {
    folder.join(FILE_NAME)
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
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(FileError::at("read the project", &path)(error).into()),
    };
    // A newer version may have anything in it, so its number is looked at first.
    if let Ok(OfVersion { version }) = ron::from_str(&text)
        && version > VERSION
    {
        return Err(ProjectFileError::Newer { version, path });
    }
    let file: ProjectFile = ron::from_str(&text).map_err(|error| ProjectFileError::Syntax {
        line: error.span.start.line,
        reason: error.code.to_string(),
        path: path.clone(),
    })?;
    file.project.check().map_err(|source| ProjectFileError::Range { source, path })?;
    Ok(Some(file))
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

/// `path` as seen from `folder`, if they have a beginning in common; else as it is.
#[must_use]
pub fn relative(path: &Path, folder: &Path) -> PathBuf {
    let common = path.components().zip(folder.components()).take_while(|(one, other)| one == other).count();
    // With nothing but the root in common they lie on different disks, for all one knows.
    if common <= 1 {
        return path.to_owned();
    }
    let up = folder.components().skip(common).map(|_| "..");
    up.map(PathBuf::from).chain([path.components().skip(common).collect()]).collect()
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
    #[error("no project of cytoscribe: line {line}: {reason} — {}", path.display())]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// A value outside its range.
    #[error("{source} — {}", path.display())]
    Range {
        /// Which, and its range.
        source: ParameterError,
        /// The file.
        path: PathBuf,
    },
}

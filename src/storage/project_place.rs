//! Where the project of a set lies: `<set>.cytoscribe` beside the set; or a folder for the set in the user's data folder
//! if nothing can be written beside it; or where the user has moved it to, which a signpost in the usual place tells.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

use super::{
    FileError, OutputFile, course_file, imported_masks, journal, make_folder,
    project_file::{self, ProjectFile},
    ron_text::{self, RonError},
    user_folders,
};

/// The file that tells where a project was moved to.
const SIGNPOST: &str = "moved-to.ron";

/// Why the project of a set is not found.
#[derive(Debug, thiserror::Error)]
pub enum ProjectPlaceError {
    /// No folder can be made for it.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is not where it was moved to.
    #[error(
        "the project was moved to {}, where it is no more: bring it back, or delete {} to begin a new one", 
        place.display(), signpost.display()
    )]
    Gone {
        /// Where it should be.
        place: PathBuf,
        /// What says so.
        signpost: PathBuf,
    },
    /// What tells where it was moved to is damaged.
    #[error(transparent)]
    Signpost(#[from] RonError),
    /// A project must not take the place of another one.
    #[error("there is a project already: choose another folder — {}", .0.display())]
    Taken(PathBuf),
}

/// The folder for the project of `set` and all that can be made again, which is made if it is not there.
///
/// # Errors
/// If it cannot be made, or the project was moved and is not to be found.
pub fn project_folder(set: &Path) -> Result<PathBuf, ProjectPlaceError> {
    let usual = usual_folder(set)?;
    let signpost = usual.join(SIGNPOST);
    let text = match fs::read_to_string(&signpost) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(usual),
        Err(error) => return Err(FileError::at("read", &signpost)(error).into()),
    };
    let place: PathBuf = ron_text::parse(&text, "signpost to a project", &signpost)?;
    if project_file::path_in(&place).is_file() { Ok(place) } else { Err(ProjectPlaceError::Gone { place, signpost }) }
}

/// Moves the project of the set in `set` from the folder `from` to the folder `to`, with the journal of its labels, the
/// masks that were imported and what trainings came to; `file` is what it holds there. Its caches stay behind. Whatever
/// goes wrong on the way, there is always one project that [`project_folder`] finds, and its journal is whole.
///
/// Nobody may add to the journal meanwhile, and it is to be opened again in its new place.
///
/// # Errors
/// If a file cannot be written, or there is a project in `to` already.
pub fn move_project(set: &Path, from: &Path, to: &Path, file: &ProjectFile) -> Result<(), ProjectPlaceError> {
    if project_file::path_in(to).exists() {
        return Err(ProjectPlaceError::Taken(to.to_owned()));
    }
    make_folder(to)?;
    // First what cannot be made again.
    journal::copy(from, to)?;
    imported_masks::copy(from, to)?;
    course_file::copy(from, to)?;
    project_file::write(to, file)?;
    let usual = usual_folder(set)?;
    let signpost = usual.join(SIGNPOST);
    if usual == to {
        fs::remove_file(&signpost).map_err(FileError::at("remove", &signpost))?;
    } else {
        let text = ron::to_string(to).map_err(|error| FileError::at("write", &signpost)(io::Error::other(error)))?;
        OutputFile::write(signpost, format!("{text}\n").as_bytes())?;
    }
    // Nobody is to take what stays behind for the project.
    project_file::retire(from)?;
    Ok(journal::retire(from)?)
}

/// Whether the images of a project are where it says.
#[must_use]
pub fn is_folder(set: &Path) -> bool {
    set.is_dir()
}

fn usual_folder(set: &Path) -> Result<PathBuf, FileError> {
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

/// `path` as seen from `folder`, if they have a beginning in common; else as it is. Paths that do not begin at the root
/// begin where the program was started.
#[must_use]
pub fn relative(path: &Path, folder: &Path) -> PathBuf {
    let [path, folder] = [path, folder].map(|path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
    let common = path.components().zip(folder.components()).take_while(|(one, other)| one == other).count();
    // With nothing but the root in common they lie on different disks, for all one knows.
    if common <= 1 {
        return path;
    }
    let up = folder.components().skip(common).map(|_| "..");
    up.map(PathBuf::from).chain([path.components().skip(common).collect()]).collect()
}

/// The path that is `relative` as seen from `folder`, without steps back.
#[must_use]
pub fn absolute(relative: &Path, folder: &Path) -> PathBuf {
    let mut path = PathBuf::new();
    for component in folder.join(relative).components() {
        match component {
            Component::ParentDir => {
                path.pop();
            }
            Component::CurDir => {}
            other => path.push(other),
        }
    }
    path
}

//! The folders that the system gives a user's programs. Not the folders the user chooses.

use std::path::PathBuf;

use directories::ProjectDirs;

/// Why there is no such folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this user has no home folder: set HOME, or name a folder")]
pub struct NoHome;

/// Where what can be made again is kept: on Linux `~/.cache/cytoscribe`, or in `XDG_CACHE_HOME`.
///
/// # Errors
/// If the user has no home folder.
pub fn cache_folder() -> Result<PathBuf, NoHome> {
    ProjectDirs::from("", "", "cytoscribe").map(|folders| folders.cache_dir().to_owned()).ok_or(NoHome)
}

/// Where what must not be lost is kept: on Linux `~/.local/share/cytoscribe`, or in `XDG_DATA_HOME`.
///
/// # Errors
/// If the user has no home folder.
pub fn data_folder() -> Result<PathBuf, NoHome> {
    ProjectDirs::from("", "", "cytoscribe").map(|folders| folders.data_dir().to_owned()).ok_or(NoHome)
}

//! The files below a folder. Not what they mean.

use std::{
    collections::HashSet,
    fs::{self, DirEntry},
    io,
    path::{Path, PathBuf},
};

use super::FileError;

/// Shows every name in `root` and in the folders inside it to `take`, with the folder it stands in. What `take` returns
/// `false` for may be a folder and is looked into; so are links to folders, but no folder twice, so that links may run
/// in circles. Names that begin with a dot, and files whose names are no UTF-8, are passed over.
///
/// Returns an error for each folder inside that cannot be read.
///
/// # Errors
/// If `root` cannot be read.
pub fn list_files(root: &Path, mut take: impl FnMut(&Path, &str) -> bool) -> Result<Vec<FileError>, FileError> {
    let mut unreadable = Vec::new();
    let mut seen = HashSet::new();
    let mut to_list = vec![root.to_owned()];
    while let Some(folder) = to_list.pop() {
        match list_one(&folder, &mut seen, &mut take) {
            Ok(mut folders) => {
                // Which of two ways to one folder is gone must not depend on the order in which a disk lists them.
                folders.sort_unstable_by(|a, b| b.cmp(a));
                to_list.append(&mut folders);
            }
            Err(reason) => {
                let error = FileError::at("read the image folder", &folder)(reason);
                if folder == root {
                    return Err(error);
                }
                unreadable.push(error);
            }
        }
    }
    Ok(unreadable)
}

/// Lists one folder, unless that has been done, and returns the folders in it.
fn list_one(
    folder: &Path,
    seen: &mut HashSet<PathBuf>,
    take: &mut impl FnMut(&Path, &str) -> bool,
) -> io::Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    if !seen.insert(folder.canonicalize()?) {
        return Ok(folders);
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_hidden = name.as_encoded_bytes().starts_with(b".");
        if !is_hidden && !name.to_str().is_some_and(|name| take(folder, name)) && is_folder(&entry) {
            folders.push(entry.path());
        }
    }
    Ok(folders)
}

/// Whether this is a folder or a link to one. Asks the disk only about links.
fn is_folder(entry: &DirEntry) -> bool {
    entry.file_type().is_ok_and(|kind| kind.is_dir() || kind.is_symlink() && entry.path().is_dir())
}

//! What tells a file from what it was before, without reading it: path, size and time of the last change.

use std::{
    fs,
    path::{self, Path},
    time::SystemTime,
};

use serde::{Deserialize, Serialize};

use super::FieldFiles;
use crate::atlas::Channel;

/// A file as it was at one moment. Two that are equal are taken for the same content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileStamp {
    /// The absolute path, as the system writes it.
    path: Vec<u8>,
    size: u64,
    /// Nanoseconds from 1970 to the last change.
    modified: i128,
}

impl FileStamp {
    /// The file at `path` as it is now; `None` if there is none or it cannot be looked at.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        let modified = match metadata.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => after.as_nanos() as i128,
            Err(before) => -(before.duration().as_nanos() as i128),
        };
        let path = path::absolute(path).ok()?.into_os_string().into_encoded_bytes();
        Some(Self { path, size: metadata.len(), modified })
    }

    /// The file's name without its folder; what is no text in it is replaced.
    #[must_use]
    pub fn file_name(&self) -> String {
        let path = String::from_utf8_lossy(&self.path);
        path.rsplit(path::is_separator).next().unwrap_or_default().to_owned()
    }
}

/// The files of a field's channels as they are now; `None` for a channel without exactly one file, and for all if another
/// field has the same ID.
#[must_use]
pub fn field_stamps(files: &FieldFiles) -> [Option<FileStamp>; Channel::COUNT] {
    let is_alone = files.namesakes().is_none();
    Channel::ALL.map(|channel| files.path(channel).filter(|_| is_alone).and_then(FileStamp::of))
}

//! Small pictures of fields, kept beside the project so that a large set is seen at once when it is opened again. They
//! may be deleted at any time.

use std::path::{Path, PathBuf};

use image::ImageReader;

use super::{FieldFiles, FileError, file_stamp::field_stamps, write_picture};
use crate::imaging::Plane;

/// The folder of small pictures in the folder of a project.
const FOLDER: &str = "thumbnails";

/// The file of the small picture of a field, which has another name as soon as one of the field's images has changed.
#[must_use]
pub fn path(project: &Path, files: &FieldFiles) -> PathBuf {
    let stamps = postcard::to_allocvec(&field_stamps(files)).unwrap_or_default();
    project.join(FOLDER).join(format!("{}-{:08x}.png", files.id(), crc32fast::hash(&stamps)))
}

/// The small picture in this file; `None` if there is none or it is damaged, for then it is made anew.
#[must_use]
pub fn read(path: &Path) -> Option<Plane<[u8; 3]>> {
    let picture = ImageReader::open(path).ok()?.decode().ok()?.into_rgb8();
    let (height, width) = (picture.height() as usize, picture.width() as usize);
    let samples = picture.as_raw().chunks_exact(3).map(|sample| [sample[0], sample[1], sample[2]]).collect();
    Plane::new(height, width, samples)
}

/// Keeps a small picture.
///
/// # Errors
/// If the file cannot be written.
pub fn write(path: &Path, picture: &Plane<[u8; 3]>) -> Result<(), FileError> {
    write_picture(path, picture)
}

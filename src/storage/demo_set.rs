//! A synthetic set on disk, with the truth beside it: written as a whole, known again and checked by its checksums.
//!
//! ```text
//! train/<ID>_<colour>.png   test/<ID>_<colour>.png   the images
//! train.csv                                          labels of the training images
//! truth/train/   truth/test/                         <ID>_nucleimask.png, <ID>_cellmask.png,
//!                                                    cells.csv: image,cell,labels, what each cell really shows
//! demo.ron                                           what the set is like, and a checksum of every file
//! ```
//! It is put together in a folder beside, `<name>.partial`, and moved into place at the end. What else lies in the
//! folder, such as results, is left alone.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use image::{
    ExtendedColorType, ImageEncoder,
    codecs::png::{CompressionType, FilterType, PngEncoder},
};
use serde::{Deserialize, Serialize};

use super::{
    FileError, MaskFolder, MaskFormat, OutputFile, make_folder,
    masks::{MaskError, mask_paths, write_masks},
    output_file::reason_of,
};
use crate::{
    atlas::{Channel, LocationSet, Samples},
    demo::{self, DemoField, DemoSet, Part},
    imaging::{Plane, ScaledMask},
};

const PASSPORT: &str = "demo.ron";
const LABELS: &str = "train.csv";
/// What a set consists of, at the top of its folder; the passport goes first and comes last.
const PARTS: [&str; 4] = ["train", "test", "truth", LABELS];

/// The folder of the images of one part of the set in `folder`.
#[must_use]
pub fn images(folder: &Path, part: Part) -> PathBuf {
    folder.join(part.name())
}

/// The folder of the truth about one part of the set in `folder`.
#[must_use]
pub fn truth(folder: &Path, part: Part) -> PathBuf {
    folder.join("truth").join(part.name())
}

/// The label file of the training images of the set in `folder`.
#[must_use]
pub fn labels(folder: &Path) -> PathBuf {
    folder.join(LABELS)
}

/// What `demo.ron` says of a set.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Passport {
    set: DemoSet,
    /// Which version of the generator made it.
    fingerprint: u64,
    /// Every file by its path in the folder.
    files: BTreeMap<String, Seal>,
}

/// By what the content of a file is known again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Seal {
    bytes: u64,
    crc32: u32,
}

impl Seal {
    fn of(path: &Path) -> Result<Self, FileError> {
        let content = fs::read(path).map_err(FileError::at("read the file", path))?;
        Ok(Self { bytes: content.len() as u64, crc32: crc32fast::hash(&content) })
    }
}

/// What there is in a folder in which a synthetic set is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// This very set, whole.
    Whole,
    /// Nothing.
    Nothing,
    /// Another synthetic set, or one that is damaged.
    Other,
}

/// Looks for `set` in `folder`; reads all of its files.
///
/// # Errors
/// If there is something that is no synthetic set.
pub fn find(folder: &Path, set: &DemoSet) -> Result<Found, DemoSetError> {
    let passport = match fs::read_to_string(folder.join(PASSPORT)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return without_passport(folder),
        Err(error) => return Err(FileError::at("read the demo set", &folder.join(PASSPORT))(error).into()),
    };
    let is_whole = ron::from_str(&passport).is_ok_and(|passport: Passport| {
        passport.set == *set
            && passport.fingerprint == demo::FINGERPRINT
            && passport.files.iter().all(|(name, seal)| Seal::of(&folder.join(name)).is_ok_and(|found| found == *seal))
    });
    Ok(if is_whole { Found::Whole } else { Found::Other })
}

/// A folder without a passport may be empty, or what is left of a set that was being replaced.
fn without_passport(folder: &Path) -> Result<Found, DemoSetError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(FileError::at("read the folder", folder)(error).into()),
    };
    if entries.count() == 0 { Ok(Found::Nothing) } else { Err(DemoSetError::SomethingElse { folder: folder.into() }) }
}

/// The files of one field that are written, and its labels.
#[derive(Debug)]
pub struct WrittenField {
    part: Part,
    id: String,
    image_labels: LocationSet,
    cells: Vec<(u32, LocationSet)>,
    files: Vec<(String, Seal)>,
}

/// A set being written. Nobody sees it in its place before [`DemoSetWriter::finish`].
#[derive(Debug)]
pub struct DemoSetWriter {
    folder: PathBuf,
    partial: PathBuf,
    set: DemoSet,
    passport: OutputFile,
}

impl DemoSetWriter {
    /// Starts `set`, which is to stand in `folder`, empty, absent or with another synthetic set in it, which stays until
    /// this one is whole. What a killed process left of one is done away with.
    ///
    /// # Errors
    /// If the folder beside cannot be made, or another process is writing a set there.
    pub fn create(folder: &Path, set: &DemoSet) -> Result<Self, DemoSetError> {
        let mut name = folder.file_name().unwrap_or_default().to_owned();
        name.push(".partial");
        let partial = folder.with_file_name(name);
        // Held open, it also keeps others out.
        let passport = OutputFile::create(partial.join(PASSPORT))?;
        for part in PARTS {
            remove(&partial.join(part))?;
        }
        Ok(Self { folder: folder.into(), partial, set: set.clone(), passport })
    }

    /// Writes one field; several may be written at the same time.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write(&self, part: Part, field: &DemoField) -> Result<WrittenField, DemoSetError> {
        let images = images(&self.partial, part);
        make_folder(&images)?;
        let mut paths = Vec::new();
        for (channel, samples) in Channel::ALL.into_iter().zip(&field.channels) {
            let path = images.join(format!("{}_{}.png", field.id, channel.colour()));
            write_grey(&path, samples)?;
            paths.push(path);
        }
        let truth = truth(&self.partial, part);
        let folder = MaskFolder { path: &truth, format: MaskFormat::Png };
        let [nuclei, cells] = [&field.nuclei_mask, &field.cell_mask].map(at_its_size);
        write_masks(folder, &field.id, &nuclei, &cells)?;
        paths.extend(mask_paths(folder, &field.id));
        let files = paths.iter().map(|path| Ok((self.name_of(path), Seal::of(path)?)));
        Ok(WrittenField {
            part,
            id: field.id.clone(),
            image_labels: field.image_labels,
            cells: field.labels.clone(),
            files: files.collect::<Result<_, FileError>>()?,
        })
    }

    /// Writes the labels of all `fields`, and puts the set in its place.
    ///
    /// # Errors
    /// If a file cannot be written or moved.
    pub fn finish(mut self, fields: &[WrittenField]) -> Result<(), DemoSetError> {
        let mut files: BTreeMap<String, Seal> = fields.iter().flat_map(|field| field.files.iter().cloned()).collect();
        for (path, text) in self.tables(fields) {
            OutputFile::write(&path, text.as_bytes())?;
            files.insert(self.name_of(&path), Seal::of(&path)?);
        }
        let passport = Passport { set: self.set.clone(), fingerprint: demo::FINGERPRINT, files };
        let text = ron::ser::to_string_pretty(&passport, ron::ser::PrettyConfig::new().depth_limit(3));
        let text = text.map_err(|error| self.passport.failed(io::Error::other(error)))?;
        self.passport.write_all(text.as_bytes()).map_err(|error| self.passport.failed(error))?;
        self.passport.finish()?;
        move_into_place(&self.partial, &self.folder)
    }

    /// The label file and the tables of cells, by their paths.
    fn tables(&self, fields: &[WrittenField]) -> Vec<(PathBuf, String)> {
        let mut of_images = "ID,Label\n".to_owned();
        let mut of_cells = BTreeMap::new();
        for field in fields {
            if field.part == Part::Train {
                let _ = writeln!(of_images, "{},{}", field.id, field.image_labels);
            }
            let table = of_cells.entry(field.part.name()).or_insert_with(|| "image,cell,labels\n".to_owned());
            for (id, labels) in &field.cells {
                let _ = writeln!(table, "{},{id},{labels}", field.id);
            }
        }
        let of_cells = of_cells.into_iter();
        let of_cells = of_cells.map(|(part, table)| (self.partial.join("truth").join(part).join("cells.csv"), table));
        of_cells.chain([(labels(&self.partial), of_images)]).collect()
    }

    /// The path of a file in the set, the same on every system.
    fn name_of(&self, path: &Path) -> String {
        let inside = path.strip_prefix(&self.partial).unwrap_or(path);
        inside.iter().map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("/")
    }
}

/// Moves a whole set to where it belongs. An empty passport goes first and the new one comes last, so that a mixture of
/// two sets is never taken for either.
fn move_into_place(partial: &Path, folder: &Path) -> Result<(), DemoSetError> {
    const MOVE: &str = "move the demo set into place";
    if !folder.exists() {
        return fs::rename(partial, folder).map_err(|error| FileError::at(MOVE, folder)(error).into());
    }
    // An empty one is enough to know the rest by as ours, should this be the end.
    OutputFile::write(folder.join(PASSPORT), b"")?;
    for name in PARTS.into_iter().chain([PASSPORT]) {
        let [from, to] = [partial, folder].map(|folder| folder.join(name));
        remove(&to)?;
        if from.exists() {
            fs::rename(&from, &to).map_err(FileError::at(MOVE, &to))?;
        }
    }
    fs::remove_dir_all(partial).map_err(|error| FileError::at("remove the folder", partial)(error).into())
}

/// Removes a file or a folder, or nothing if there is none.
fn remove(path: &Path) -> Result<(), FileError> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed
        .or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
        .map_err(FileError::at("remove the older file", path))
}

fn at_its_size(mask: &Plane<u32>) -> ScaledMask {
    ScaledMask::new(mask.clone(), mask.height(), mask.width())
}

/// Writes one stain as grey PNG of 8 or 16 bit.
fn write_grey(path: &Path, samples: &Samples) -> Result<(), FileError> {
    let (bytes, (height, width), colour) = match samples {
        Samples::Eight(plane) => (plane.samples().to_vec(), plane.size(), ExtendedColorType::L8),
        Samples::Sixteen(plane) => {
            let bytes = plane.samples().iter().flat_map(|sample| sample.to_ne_bytes()).collect();
            (bytes, plane.size(), ExtendedColorType::L16)
        }
    };
    let mut file = OutputFile::create(path)?;
    // As small as with a filter chosen for every row, and a third faster: light is smooth, its noise has no pattern.
    PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::Avg)
        .write_image(&bytes, width as u32, height as u32, colour)
        .map_err(|error| FileError::at("write the image", path)(reason_of(error)))?;
    file.finish()
}

/// Why a synthetic set is not there.
#[derive(Debug, thiserror::Error)]
pub enum DemoSetError {
    /// A file or folder cannot be read, written or moved.
    #[error(transparent)]
    File(#[from] FileError),
    /// A mask cannot be written.
    #[error(transparent)]
    Mask(#[from] MaskError),
    /// There is something else where the set is to stand.
    #[error("there is something in this folder that is no demo set: name a new folder, or empty it — {}", folder.display())]
    SomethingElse {
        /// The folder.
        folder: PathBuf,
    },
}

//! An image set: the fields of one folder, found by the names of their files.
//!
//! A field's channels are files `<ID>_<colour>.<extension>`. The colour is what follows the last `_` of the stem, so
//! an ID may hold `_` itself. Nothing is opened here, so that a set of twenty thousand fields lists at once and one
//! bad image never spoils the others; what is wrong with a file shows when it is read
//! ([`channels`](super::channels)).

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::FileError;
use crate::atlas::Channel;

/// The file endings of images, in lower case; upper case is the same.
pub const EXTENSIONS: [&str; 5] = ["png", "jpg", "jpeg", "tif", "tiff"];

/// The fields of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageSet {
    root: PathBuf,
    fields: Vec<FieldFiles>,
}

impl ImageSet {
    /// Lists the fields in `folder`, not in the folders inside it. Files that are no channel of a field, and those
    /// whose names begin with a dot, are passed over.
    ///
    /// # Errors
    /// If the folder cannot be read or holds no field.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, ImageSetError> {
        let root = folder.into();
        let unreadable = |source| FileError::at("read the image folder", &root)(source);
        let mut channels = Vec::new();
        for entry in fs::read_dir(&root).map_err(unreadable)? {
            let name = entry.map_err(unreadable)?.file_name();
            if let Some((id, channel)) = name.to_str().and_then(parse_name) {
                channels.push((id.to_owned(), channel, root.join(&name)));
            }
        }
        if channels.is_empty() {
            return Err(ImageSetError::NoField { folder: root });
        }
        channels.sort_unstable();
        let mut fields: Vec<FieldFiles> = Vec::with_capacity(channels.len() / Channel::COUNT + 1);
        for (id, channel, path) in channels {
            match fields.last_mut() {
                Some(field) if field.id == id => field.add(channel, path),
                _ => fields.push(FieldFiles::starting_with(id, channel, path)),
            }
        }
        Ok(Self { root, fields })
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The fields by ID, at least one.
    #[must_use]
    pub fn fields(&self) -> &[FieldFiles] {
        &self.fields
    }

    /// The field with this ID.
    #[must_use]
    pub fn field(&self, id: &str) -> Option<&FieldFiles> {
        self.fields.binary_search_by(|field| field.id.as_str().cmp(id)).ok().map(|at| &self.fields[at])
    }
}

/// What a folder holds for one channel of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelFile {
    /// Nothing.
    Missing,
    /// One file.
    Found(PathBuf),
    /// Several files of which only one can be meant, say a PNG and a TIFF: the first two by name.
    Ambiguous(PathBuf, PathBuf),
}

/// The files of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFiles {
    id: String,
    channels: [ChannelFile; Channel::COUNT],
}

impl FieldFiles {
    fn starting_with(id: String, channel: Channel, path: PathBuf) -> Self {
        let mut field = Self { id, channels: [const { ChannelFile::Missing }; Channel::COUNT] };
        field.add(channel, path);
        field
    }

    fn add(&mut self, channel: Channel, path: PathBuf) {
        let file = &mut self.channels[channel.index()];
        match file {
            ChannelFile::Missing => *file = ChannelFile::Found(path),
            ChannelFile::Found(first) => *file = ChannelFile::Ambiguous(std::mem::take(first), path),
            ChannelFile::Ambiguous(..) => {}
        }
    }

    /// The field's ID: what stands before `_<colour>` in its file names.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What there is for one channel.
    #[must_use]
    pub fn channel(&self, channel: Channel) -> &ChannelFile {
        &self.channels[channel.index()]
    }

    /// The file of one channel, if there is exactly one.
    #[must_use]
    pub fn path(&self, channel: Channel) -> Option<&Path> {
        match self.channel(channel) {
            ChannelFile::Found(path) => Some(path),
            ChannelFile::Missing | ChannelFile::Ambiguous(..) => None,
        }
    }

    /// The path at which a file of `channel` would be found, named like the field's other files.
    #[must_use]
    pub fn expected_path(&self, channel: Channel) -> PathBuf {
        let sibling = self.channels.iter().find_map(|file| match file {
            ChannelFile::Found(path) | ChannelFile::Ambiguous(path, _) => Some(path.as_path()),
            ChannelFile::Missing => None,
        });
        let extension = sibling.and_then(Path::extension).and_then(|extension| extension.to_str()).unwrap_or("png");
        let name = format!("{}_{}.{extension}", self.id, channel.colour());
        sibling.map_or_else(|| PathBuf::from(&name), |path| path.with_file_name(&name))
    }
}

/// The ID and the channel in the name of a file; `None` if it is no channel of a field.
fn parse_name(name: &str) -> Option<(&str, Channel)> {
    let (stem, extension) = name.rsplit_once('.')?;
    let (id, colour) = stem.rsplit_once('_')?;
    let is_image = EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension));
    let is_named = !id.is_empty() && !id.starts_with('.');
    if is_image && is_named { Some((id, Channel::from_colour(colour)?)) } else { None }
}

/// Why a folder is no image set.
#[derive(Debug, thiserror::Error)]
pub enum ImageSetError {
    /// The folder cannot be read.
    #[error(transparent)]
    Folder(#[from] FileError),
    /// No file in the folder is named like a channel of a field.
    #[error(
        "found no images: expected files named <ID>_red, <ID>_green, <ID>_blue and <ID>_yellow, \
         ending in .png, .jpg or .tif — {}", folder.display()
    )]
    NoField {
        /// The folder.
        folder: PathBuf,
    },
}

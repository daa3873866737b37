//! An image set: the fields of a folder and of those inside it, found by the names of their files.
//!
//! How names speak of fields is the set's [`SetLayout`]. No image is opened here, so that a set of twenty thousand
//! fields lists at once and one bad image never spoils the others; what is wrong with a file shows when it is read
//! ([`channels`](super::channels)).

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{FileError, folder::list_files, masks::MaskKind};
use crate::atlas::Channel;

/// The file endings of images, in lower case; upper case is the same.
pub const EXTENSIONS: [&str; 7] = ["png", "jpg", "jpeg", "tif", "tiff", "tif.gz", "tiff.gz"];

/// How the stains of a field are spread over files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SetLayout {
    /// A grey image for each stain, `<ID>_<colour>.<extension>`. The colour is what follows the last `_` of the stem,
    /// so an ID may hold `_` itself.
    #[default]
    FilePerStain,
    /// One image `<ID>.<extension>` of four channels, as the atlas publishes crops for `SubCell`: nucleus in red,
    /// endoplasmic reticulum in green, microtubules in blue, protein in alpha.
    SubCell,
}

/// The fields of a folder.
#[derive(Debug)]
pub struct ImageSet {
    root: PathBuf,
    layout: SetLayout,
    fields: Vec<FieldFiles>,
    unreadable: Vec<FileError>,
}

impl ImageSet {
    /// Lists the fields in `folder` and in the folders inside it. Files that are no image of a field, and everything
    /// whose name begins with a dot, are passed over; so are folders that cannot be read, see
    /// [`ImageSet::unreadable`].
    ///
    /// # Errors
    /// If the folder cannot be read or holds no field.
    pub fn open(folder: impl Into<PathBuf>, layout: SetLayout) -> Result<Self, ImageSetError> {
        let root = folder.into();
        let mut images = Vec::new();
        let unreadable = list_files(&root, |folder, name| {
            let image = parse_name(name, layout).map(|(id, channel)| (id.to_owned(), channel, folder.join(name)));
            let is_image = image.is_some();
            images.extend(image);
            is_image
        })?;
        if images.is_empty() {
            let first = unreadable.into_iter().next().map(ImageSetError::Folder);
            return Err(first.unwrap_or(ImageSetError::NoField { layout, folder: root }));
        }
        images.sort_unstable();
        let mut fields: Vec<FieldFiles> = Vec::with_capacity(images.len() / Channel::COUNT + 1);
        for (id, channel, path) in images {
            match fields.last_mut() {
                Some(field) if field.id == id => field.add(channel, path),
                _ => fields.push(FieldFiles::starting_with(id, layout, channel, &path)),
            }
        }
        Ok(Self { root, layout, fields, unreadable })
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// How the stains are spread over files.
    #[must_use]
    pub fn layout(&self) -> SetLayout {
        self.layout
    }

    /// The fields by ID, at least one.
    #[must_use]
    pub fn fields(&self) -> &[FieldFiles] {
        &self.fields
    }

    /// The field with this ID.
    #[must_use]
    pub fn field(&self, id: &str) -> Option<&FieldFiles> {
        self.place_of(id).map(|at| &self.fields[at])
    }

    /// The place of the field with this ID in [`ImageSet::fields`].
    #[must_use]
    pub fn place_of(&self, id: &str) -> Option<usize> {
        self.fields.binary_search_by(|field| field.id.as_str().cmp(id)).ok()
    }

    /// The folders inside the set that cannot be read; what is in them is not in the set.
    #[must_use]
    pub fn unreadable(&self) -> &[FileError] {
        &self.unreadable
    }

    /// The stains that at least one field has a file of, in the order of [`Channel::ALL`].
    #[must_use]
    pub fn stains(&self) -> Vec<Channel> {
        let is_there =
            |channel: &Channel| self.fields.iter().any(|field| field.channel(*channel) != &ChannelFile::Missing);
        Channel::ALL.into_iter().filter(is_there).collect()
    }

    /// Whether no field has another stain than the nucleus.
    #[must_use]
    pub fn is_nucleus_only(&self) -> bool {
        self.stains() == [Channel::Nucleus]
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

/// The files of one field. In the layout [`SetLayout::SubCell`] all its channels have one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFiles {
    id: String,
    layout: SetLayout,
    channels: [ChannelFile; Channel::COUNT],
    /// A file of another field with the same ID.
    namesake: Option<PathBuf>,
}

impl FieldFiles {
    fn starting_with(id: String, layout: SetLayout, channel: Channel, path: &Path) -> Self {
        let channels = Channel::ALL.map(|of| match layout {
            SetLayout::FilePerStain if of != channel => ChannelFile::Missing,
            SetLayout::FilePerStain | SetLayout::SubCell => ChannelFile::Found(path.to_owned()),
        });
        Self { id, layout, channels, namesake: None }
    }

    /// Adds a file. The files of one field lie in one folder; whatever has its ID elsewhere is another field.
    fn add(&mut self, channel: Channel, path: PathBuf) {
        let first = self.first_path();
        if self.layout == SetLayout::SubCell || first.is_some_and(|first| first.parent() != path.parent()) {
            self.namesake.get_or_insert(path);
            return;
        }
        let file = &mut self.channels[channel.index()];
        match file {
            ChannelFile::Missing => *file = ChannelFile::Found(path),
            ChannelFile::Found(first) => *file = ChannelFile::Ambiguous(std::mem::take(first), path),
            ChannelFile::Ambiguous(..) => {}
        }
    }

    /// The field's ID: what stands before `_<colour>`, or before the ending, in its file names.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How its stains are spread over files.
    #[must_use]
    pub fn layout(&self) -> SetLayout {
        self.layout
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

    /// A file of this field and one of another with the same ID, if there is another: then nobody knows which is
    /// meant.
    #[must_use]
    pub fn namesakes(&self) -> Option<(&Path, &Path)> {
        self.first_path().zip(self.namesake.as_deref())
    }

    /// The path at which a file of `channel` would be found, named like the field's other files.
    #[must_use]
    pub fn expected_path(&self, channel: Channel) -> PathBuf {
        let sibling = self.first_path().unwrap_or(Path::new(""));
        let name = sibling.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let extension = image_stem(name).map_or("png", |stem| &name[stem.len() + 1..]);
        sibling.with_file_name(format!("{}_{}.{extension}", self.id, channel.colour()))
    }

    fn first_path(&self) -> Option<&Path> {
        self.channels.iter().find_map(|file| match file {
            ChannelFile::Found(path) | ChannelFile::Ambiguous(path, _) => Some(path.as_path()),
            ChannelFile::Missing => None,
        })
    }
}

/// The ID and the channel in the name of a file; `None` if it is no image of a field. A file of all channels counts
/// as the nucleus here.
fn parse_name(name: &str, layout: SetLayout) -> Option<(&str, Channel)> {
    let stem = image_stem(name)?;
    let (id, channel) = match layout {
        SetLayout::FilePerStain => {
            let (id, colour) = stem.rsplit_once('_')?;
            (id, Channel::from_colour(colour)?)
        }
        SetLayout::SubCell => (stem, Channel::Nucleus),
    };
    // Masks may lie beside the images they were made of.
    let is_mask = MaskKind::ALL.iter().any(|kind| stem.ends_with(kind.ending()));
    (!id.is_empty() && !is_mask).then_some((id, channel))
}

/// What stands before the ending of an image's name; `None` if it has no such ending.
fn image_stem(name: &str) -> Option<&str> {
    EXTENSIONS.iter().find_map(|extension| {
        let (stem, ending) = name.split_at_checked(name.len().checked_sub(extension.len())?)?;
        if ending.eq_ignore_ascii_case(extension) { stem.strip_suffix('.') } else { None }
    })
}

/// Why a folder is no image set.
#[derive(Debug, thiserror::Error)]
pub enum ImageSetError {
    /// The folder cannot be read.
    #[error(transparent)]
    Folder(#[from] FileError),
    /// No file in the folder is named like an image of a field.
    #[error("found no images: expected files named {}, ending in .png, .jpg, .tif or .tif.gz — {}", match layout {
        SetLayout::FilePerStain => "<ID>_red, <ID>_green, <ID>_blue and <ID>_yellow",
        SetLayout::SubCell => "<ID>, each with the four stains of a field",
    }, folder.display())]
    NoField {
        /// How files should be named.
        layout: SetLayout,
        /// The folder.
        folder: PathBuf,
    },
}

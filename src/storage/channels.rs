//! Reading a field: its four channels from their files, at the depth in which they are stored.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use rayon::prelude::*;

use super::{
    image_file::{ImageFileError, read_four_channels, read_image, read_image_size},
    image_set::{ChannelFile, FieldFiles, ImageSet, SetLayout},
};
use crate::atlas::{Channel, FieldError, RawField, Samples, channel};

/// Reads the four channels of a field, in parallel.
///
/// # Errors
/// Another field with its ID; else the first in the order of [`Channel::ALL`] of: a channel without a file or with
/// several, a file that is no readable image, channels of different size.
pub fn read_field(files: &FieldFiles) -> Result<RawField, ReadError> {
    let [a, b, c, d] = Channel::ALL.map(|channel| path_of(files, channel));
    let paths = [a?, b?, c?, d?];
    let [a, b, c, d] = match files.layout() {
        SetLayout::FilePerStain => channel::par_map(paths, read_image),
        SetLayout::SubCell => {
            let [nucleus, reticulum, microtubules, protein] = read_four_channels(paths[0])?;
            [microtubules, reticulum, nucleus, protein].map(Ok)
        }
    };
    RawField::new([a?, b?, c?, d?]).map_err(|source| {
        let wrong = match source {
            FieldError::Size { channel, .. } => channel,
            FieldError::Empty => Channel::Nucleus,
        };
        ReadError::Field { source, path: paths[wrong.index()].into() }
    })
}

/// Reads the nucleus of a field of which nothing else is wanted; there must be a file for each stain.
///
/// # Errors
/// As [`read_field`], as far as the nucleus is concerned.
pub fn read_nucleus(files: &FieldFiles) -> Result<Samples, ReadError> {
    Ok(read_image(path_of(files, Channel::Nucleus)?)?)
}

/// The (height, width) of a field from the header of its first channel that has a readable one; `None` if no
/// channel has. For fields that cannot be read as a whole and still need a row in a table.
#[must_use]
pub fn read_size(files: &FieldFiles) -> Option<(usize, usize)> {
    Channel::ALL.iter().filter_map(|&channel| files.path(channel)).find_map(|path| read_image_size(path).ok())
}

/// [`read_size`] of every field of a set, by ID, read in parallel.
#[must_use]
pub fn read_sizes(set: &ImageSet) -> BTreeMap<String, Option<(usize, usize)>> {
    set.fields().par_iter().map(|files| (files.id().to_owned(), read_size(files))).collect()
}

/// The one file that can be meant by a channel of a field.
pub(super) fn path_of(files: &FieldFiles, channel: Channel) -> Result<&Path, ReadError> {
    if let Some((first, second)) = files.namesakes() {
        return Err(ReadError::Namesakes { first: first.into(), second: second.into() });
    }
    match files.channel(channel) {
        ChannelFile::Found(path) => Ok(path),
        ChannelFile::Missing => Err(ReadError::Missing { channel, expected: files.expected_path(channel) }),
        ChannelFile::Ambiguous(first, second) => {
            Err(ReadError::Ambiguous { channel, first: first.clone(), second: second.clone() })
        }
    }
}

/// Why a field cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A channel has no file.
    #[error("the {} channel is missing: expected the file — {}", channel.name(), expected.display())]
    Missing {
        /// The channel.
        channel: Channel,
        /// The file that would be it.
        expected: PathBuf,
    },
    /// A channel has more than one file.
    #[error("the {} channel has two files, keep one: {} — {}", channel.name(), file_name(first), second.display())]
    Ambiguous {
        /// The channel.
        channel: Channel,
        /// The first file by name.
        first: PathBuf,
        /// The second.
        second: PathBuf,
    },
    /// Two fields have one ID.
    #[error("two fields have this ID, keep or rename one: {} — {}", first.display(), second.display())]
    Namesakes {
        /// A file of the first.
        first: PathBuf,
        /// A file of the second.
        second: PathBuf,
    },
    /// A channel's file is no readable image.
    #[error(transparent)]
    Image(#[from] ImageFileError),
    /// The channels do not make a field.
    #[error("{source} — {}", path.display())]
    Field {
        /// What is wrong with them.
        source: FieldError,
        /// The file of the channel that differs.
        path: PathBuf,
    },
}

fn file_name(path: &Path) -> std::path::Display<'_> {
    path.file_name().map_or(path, Path::new).display()
}

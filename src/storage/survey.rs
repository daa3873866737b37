//! What the files of one field hold: their size, their depth, and everything that is wrong with them.

use super::{
    channels::{ReadError, path_of},
    image_file::{ImageFileError, ImageHeader, read_four_channels, read_header, read_image, read_image_size},
    image_set::{FieldFiles, SetLayout},
};
use crate::atlas::{Channel, FieldError};

/// How closely files are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closeness {
    /// Their headers only.
    Headers,
    /// Every pixel is decoded.
    Pixels,
}

/// What the files of one field hold.
#[derive(Debug, Default)]
pub struct FieldSurvey {
    /// (height, width) of the first channel that has it; `None` if none has.
    pub size: Option<(usize, usize)>,
    /// Bits a sample of each channel, 8 or 16, in the order of [`Channel::ALL`]; `None` where that is not known.
    pub bits: [Option<u8>; Channel::COUNT],
    /// Everything that is wrong, by channel.
    pub damage: Vec<ReadError>,
}

/// Looks at the files of those channels of a field that are `expected` of it, one after another.
#[must_use]
pub fn survey_field(files: &FieldFiles, expected: &[Channel], closeness: Closeness) -> FieldSurvey {
    let mut survey = FieldSurvey::default();
    match files.layout() {
        SetLayout::FilePerStain => {
            let mut sizes = [None; Channel::COUNT];
            for &channel in expected {
                sizes[channel.index()] = survey.look_at(files, channel, closeness);
                // That its ID is not its own is wrong with the field as a whole.
                if files.namesakes().is_some() {
                    return survey;
                }
            }
            survey.size = sizes.into_iter().flatten().next();
            survey.compare_sizes(files, sizes);
        }
        SetLayout::SubCell => {
            survey.size = survey.look_at(files, Channel::Nucleus, closeness);
            survey.bits = [survey.bits[Channel::Nucleus.index()]; Channel::COUNT];
        }
    }
    survey
}

impl FieldSurvey {
    /// Takes in the depth or the damage of one channel, and returns its size if there is one.
    fn look_at(&mut self, files: &FieldFiles, channel: Channel, closeness: Closeness) -> Option<(usize, usize)> {
        let path = path_of(files, channel).map_err(|error| self.damage.push(error)).ok()?;
        let header = match (closeness, files.layout()) {
            (Closeness::Headers, SetLayout::FilePerStain) => read_header(path),
            (Closeness::Headers, SetLayout::SubCell) => read_header(path).and_then(|header| match header.channels {
                4 => Ok(header),
                found => Err(ImageFileError::Channels { found, path: path.into() }),
            }),
            (Closeness::Pixels, SetLayout::FilePerStain) => {
                read_image(path).map(|samples| ImageHeader { size: samples.size(), channels: 1, bits: samples.bits() })
            }
            (Closeness::Pixels, SetLayout::SubCell) => read_four_channels(path).map(|[first, ..]| ImageHeader {
                size: first.size(),
                channels: 4,
                bits: first.bits(),
            }),
        };
        match header {
            Ok(header) => {
                self.bits[channel.index()] = Some(header.bits);
                Some(header.size)
            }
            Err(error) => {
                self.damage.push(error.into());
                read_image_size(path).ok()
            }
        }
    }

    /// Every channel must have the size of the nucleus, where both are known.
    fn compare_sizes(&mut self, files: &FieldFiles, sizes: [Option<(usize, usize)>; Channel::COUNT]) {
        let Some(nucleus) = sizes[Channel::Nucleus.index()] else { return };
        for channel in Channel::ALL {
            let size = sizes[channel.index()].filter(|&size| size != nucleus);
            if let Some((found, path)) = size.zip(files.path(channel)) {
                let source = FieldError::Size { channel, found, nucleus };
                self.damage.push(ReadError::Field { source, path: path.into() });
            }
        }
    }
}

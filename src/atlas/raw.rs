//! A field as its files hold it: 8 or 16 bit a sample. Nothing is measured on it; what is measured is a [`Field`].

use super::{Channel, Field, FieldError, channel};
use crate::imaging::Plane;

/// The samples of one channel, as deep as its file stores them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Samples {
    /// 0 to 255.
    Eight(Plane<u8>),
    /// 0 to 65,535.
    Sixteen(Plane<u16>),
}

impl Samples {
    /// (height, width).
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        match self {
            Self::Eight(plane) => plane.size(),
            Self::Sixteen(plane) => plane.size(),
        }
    }

    /// Bits a sample: 8 or 16.
    #[must_use]
    pub fn bits(&self) -> u8 {
        match self {
            Self::Eight(_) => 8,
            Self::Sixteen(_) => 16,
        }
    }

    /// The samples at 8 bit: moved, not copied, if they are stored so; else each sample `v` becomes `level()(v)`.
    #[must_use]
    pub fn into_8_bit<L: Fn(u16) -> u8>(self, level: impl FnOnce() -> L) -> Plane<u8> {
        match self {
            Self::Eight(plane) => plane,
            Self::Sixteen(plane) => {
                let level = level();
                plane.map(|&sample| level(sample))
            }
        }
    }

    /// The sample at (row, column), as stored.
    #[must_use]
    pub fn value(&self, position: (usize, usize)) -> u16 {
        match self {
            Self::Eight(plane) => plane[position].into(),
            Self::Sixteen(plane) => plane[position],
        }
    }
}

/// One field of view as stored: four channels of one size, each at its own depth, in the order of [`Channel::ALL`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawField {
    channels: [Samples; Channel::COUNT],
}

impl RawField {
    /// A field of these channels, in the order of [`Channel::ALL`].
    ///
    /// # Errors
    /// If a channel is empty or differs in size from the nucleus.
    pub fn new(channels: [Samples; Channel::COUNT]) -> Result<Self, FieldError> {
        FieldError::check_sizes(channels.each_ref().map(Samples::size))?;
        Ok(Self { channels })
    }

    /// The samples of one stain.
    #[must_use]
    pub fn channel(&self, channel: Channel) -> &Samples {
        &self.channels[channel.index()]
    }

    /// (height, width), both at least 1.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        self.channels[0].size()
    }

    /// The field at 8 bit. Channels that are stored so stay as they are (they are moved, not copied); a deeper one
    /// shows its sample `v` as `level_in(channel)(v)`.
    #[must_use]
    pub fn into_field<L: Fn(u16) -> u8>(self, level_in: impl Fn(Channel) -> L + Sync) -> Field {
        let [microtubules, reticulum, nucleus, protein] = self.channels;
        let stains = [
            (Channel::Microtubules, microtubules),
            (Channel::EndoplasmicReticulum, reticulum),
            (Channel::Nucleus, nucleus),
            (Channel::Protein, protein),
        ];
        Field::of_one_size(channel::par_map(stains, |(channel, samples)| samples.into_8_bit(|| level_in(channel))))
    }
}

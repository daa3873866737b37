//! One field of view in its four stains, at 8 bit.

use super::Channel;
use crate::imaging::Plane;

/// One field of view: four planes of one size, 8 bit, in the order of [`Channel::ALL`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    planes: [Plane<u8>; Channel::COUNT],
}

impl Field {
    /// A field of these planes, in the order of [`Channel::ALL`].
    ///
    /// # Errors
    /// If a plane is empty or differs in size from the nucleus.
    pub fn new(planes: [Plane<u8>; Channel::COUNT]) -> Result<Self, FieldError> {
        FieldError::check_sizes(planes.each_ref().map(Plane::size))?;
        Ok(Self { planes })
    }

    /// A field of planes already known to be of one size.
    pub(super) fn of_one_size(planes: [Plane<u8>; Channel::COUNT]) -> Self {
        Self { planes }
    }

    /// The plane of one stain.
    #[must_use]
    pub fn plane(&self, channel: Channel) -> &Plane<u8> {
        &self.planes[channel.index()]
    }

    /// All planes in the order of [`Channel::ALL`].
    #[must_use]
    pub fn planes(&self) -> &[Plane<u8>; Channel::COUNT] {
        &self.planes
    }

    /// Number of rows of every plane, at least 1.
    #[must_use]
    pub fn height(&self) -> usize {
        self.planes[0].height()
    }

    /// Number of columns of every plane, at least 1.
    #[must_use]
    pub fn width(&self) -> usize {
        self.planes[0].width()
    }
}

/// Why four planes do not make a field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// The images have no pixel.
    #[error("the images have no pixel")]
    Empty,
    /// A channel differs in size.
    #[error("the {} channel is {} x {} pixels, the nucleus channel {} x {} (width x height)",
        channel.name(), found.1, found.0, nucleus.1, nucleus.0)]
    Size {
        /// The channel that differs.
        channel: Channel,
        /// Its (height, width).
        found: (usize, usize),
        /// (height, width) of the nucleus channel.
        nucleus: (usize, usize),
    },
}

impl FieldError {
    /// Checks the (height, width) of four channels: none is empty, all are those of the nucleus.
    pub(super) fn check_sizes(sizes: [(usize, usize); Channel::COUNT]) -> Result<(), Self> {
        let nucleus = sizes[Channel::Nucleus.index()];
        if nucleus.0 == 0 || nucleus.1 == 0 {
            return Err(Self::Empty);
        }
        match Channel::ALL.into_iter().find(|channel| sizes[channel.index()] != nucleus) {
            Some(channel) => Err(Self::Size { channel, found: sizes[channel.index()], nucleus }),
            None => Ok(()),
        }
    }
}

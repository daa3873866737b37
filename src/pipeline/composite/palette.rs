//! The colours that stains are drawn in.

use serde::{Deserialize, Serialize};

use crate::atlas::Channel;

/// A colour for each stain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Palette {
    /// Those of the Human Protein Atlas: microtubules red, protein green, nucleus blue, and the endoplasmic reticulum
    /// at half strength in red and green.
    #[default]
    Atlas,
    /// For all eyes: microtubules magenta, protein green, nucleus cyan, endoplasmic reticulum yellow at half strength.
    ColourBlindSafe,
    /// Every stain in grey: for one stain alone.
    Grey,
}

impl Palette {
    /// Every palette.
    pub const ALL: [Self; 3] = [Self::Atlas, Self::ColourBlindSafe, Self::Grey];

    /// The name it is asked for by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Atlas => "atlas",
            Self::ColourBlindSafe => "colour-blind-safe",
            Self::Grey => "grey",
        }
    }

    /// The colour of `channel`'s brightest pixels: red, green and blue as shares of full light.
    #[must_use]
    pub fn colour(self, channel: Channel) -> [f32; 3] {
        match (self, channel) {
            (Self::Grey, _) => [1.0, 1.0, 1.0],
            (_, Channel::Protein) => [0.0, 1.0, 0.0],
            (_, Channel::EndoplasmicReticulum) => [0.5, 0.5, 0.0],
            (Self::Atlas, Channel::Microtubules) => [1.0, 0.0, 0.0],
            (Self::Atlas, Channel::Nucleus) => [0.0, 0.0, 1.0],
            (Self::ColourBlindSafe, Channel::Microtubules) => [1.0, 0.0, 1.0],
            (Self::ColourBlindSafe, Channel::Nucleus) => [0.0, 1.0, 1.0],
        }
    }
}

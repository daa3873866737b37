//! Everything that can be set in a composite, with ranges, units and what more or less of it does.

use serde::{Deserialize, Serialize};

use super::Palette;
use crate::{
    atlas::Channel,
    pipeline::parameter::{Parameter, ParameterError},
};

/// How the stains of a field become one colour picture. As they come, the settings are those of the reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CompositeParams {
    /// What each stain contributes, in the order of [`Channel::ALL`].
    pub stains: [StainParams; Channel::COUNT],
    /// The colours of the stains.
    pub palette: Palette,
    /// Whether the histogram of every shown stain is matched to that of their mean, which makes dim stains visible.
    pub match_histograms: bool,
    /// Exponent of the picture's light, of 0 to 1.
    pub gamma: f64,
    /// Factor of every sample of the finished picture.
    pub brightness: f64,
}

/// What one stain contributes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StainParams {
    /// Whether it is shown. One that is not has no part in the mean that histograms are matched to either.
    pub shown: bool,
    /// Its contrast.
    pub window: Window,
}

/// Which grey levels of a stain become black and which become full light; those between are spread evenly.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Window {
    /// From one grey level to another.
    Levels {
        /// This level and those below it are black.
        black: u8,
        /// This level and those above it are fully lit, unless they are black.
        white: u8,
    },
    /// From one percentile of the stain's pixels to another, so that each field finds its own contrast.
    Percentiles {
        /// Percentile of the pixels whose level and those below it are black.
        black: f64,
        /// Percentile of the pixels from whose level on pixels are fully lit, unless they are black.
        white: f64,
    },
}

impl CompositeParams {
    /// For [`CompositeParams::gamma`].
    pub const GAMMA: Parameter = Parameter {
        name: "gamma",
        unit: "",
        range: 0.1..=5.0,
        hover: "How dark and bright light relate. \
                More darkens faint structures and sets off bright ones; less, below 1, lifts faint ones and haze.",
    };
    /// For [`CompositeParams::brightness`].
    pub const BRIGHTNESS: Parameter = Parameter {
        name: "brightness",
        unit: "times",
        range: 0.0..=10.0,
        hover: "Factor of the whole picture. More shows dim fields and burns out bright ones; less darkens; 0 is black.",
    };

    /// One stain alone, in grey.
    ///
    /// # Examples
    /// ```
    /// use cytoscribe::{atlas::{Channel, Field}, imaging::Plane, pipeline::composite::{CompositeParams, composite}};
    /// let field = Field::new([10, 20, 30, 40].map(|level| Plane::filled(1, 1, level))).unwrap();
    /// let picture = composite(&field, &CompositeParams::grey(Channel::Nucleus));
    /// assert_eq!(picture[(0, 0)], [30, 30, 30]);
    /// ```
    #[must_use]
    pub fn grey(channel: Channel) -> Self {
        let mut params = Self { palette: Palette::Grey, ..Self::default() };
        for other in Channel::ALL {
            params.stains[other.index()].shown = other == channel;
        }
        params
    }

    /// Checks every number against its range.
    ///
    /// # Errors
    /// For the first that is outside.
    pub fn check(&self) -> Result<(), ParameterError> {
        self.stains.iter().try_for_each(|stain| stain.window.check())?;
        Self::GAMMA.check(self.gamma)?;
        Self::BRIGHTNESS.check(self.brightness)
    }
}

impl Window {
    /// Every level as it is.
    pub const FULL: Self = Self::Levels { black: 0, white: 255 };
    /// A contrast that suits most stains: one pixel in a thousand may be brighter than full light.
    pub const AUTOMATIC: Self = Self::Percentiles { black: 0.1, white: 99.9 };

    /// For the black point of [`Window::Levels`].
    pub const BLACK_LEVEL: Parameter = Parameter {
        name: "black point",
        unit: "grey levels",
        range: 0.0..=255.0,
        hover: "The brightest level that is drawn black. More hides haze and faint structures; less shows them.",
    };
    /// For the white point of [`Window::Levels`], which is not below the black point.
    pub const WHITE_LEVEL: Parameter = Parameter {
        name: "white point",
        unit: "grey levels",
        range: 0.0..=255.0,
        hover: "The darkest level that is drawn in full light. More keeps detail in bright places; less brightens.",
    };
    /// For the black point of [`Window::Percentiles`].
    pub const BLACK_PERCENTILE: Parameter = Parameter {
        name: "black percentile",
        unit: "% of the pixels",
        range: 0.0..=100.0,
        hover: "The share of pixels that is drawn black. More hides haze and faint structures; less shows them.",
    };
    /// For the white point of [`Window::Percentiles`], which is not below the black point.
    pub const WHITE_PERCENTILE: Parameter = Parameter {
        name: "white percentile",
        unit: "% of the pixels",
        range: 0.0..=100.0,
        hover: "The share of pixels that is not in full light. More keeps detail in bright places; less brightens.",
    };

    fn check(&self) -> Result<(), ParameterError> {
        let (black, black_range, white, white_range) = match *self {
            Self::Levels { black, white } => (f64::from(black), Self::BLACK_LEVEL, f64::from(white), Self::WHITE_LEVEL),
            Self::Percentiles { black, white } => (black, Self::BLACK_PERCENTILE, white, Self::WHITE_PERCENTILE),
        };
        black_range.check(black)?;
        Parameter { range: black..=*white_range.range.end(), ..white_range }.check(white)
    }
}

impl Default for CompositeParams {
    /// Four stains in the atlas' colours, as they are.
    fn default() -> Self {
        Self {
            stains: Channel::ALL.map(|_| StainParams::default()),
            palette: Palette::Atlas,
            match_histograms: false,
            gamma: 1.0,
            brightness: 1.0,
        }
    }
}

impl Default for StainParams {
    /// Shown as it is.
    fn default() -> Self {
        Self { shown: true, window: Window::FULL }
    }
}

//! What can be chosen of a synthetic set, and in which ranges.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// What a synthetic set is like. Equal parameters give equal fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DemoParams {
    /// Another seed, another set.
    pub seed: u64,
    /// Side of the square fields in pixels. The scene stays the same and is seen at another resolution.
    pub side_px: usize,
    /// How many cells there are to a field.
    pub crowding: Crowding,
    /// Share of cells that do not show all of their image's labels: half of them only one of several, the others
    /// none. More of it makes the labels of images noisier.
    pub silent_share: f64,
    /// Share of cells in division. More of it gives more bright plates among the nuclei.
    pub mitotic_share: f64,
    /// How often each location is seen.
    pub prevalence: Prevalence,
    /// Depth of the samples.
    pub depth: Depth,
    /// What is seen where no cell is.
    pub background: Background,
}

impl Default for DemoParams {
    fn default() -> Self {
        Self {
            seed: 1,
            side_px: 1024,
            crowding: Crowding::default(),
            silent_share: 0.2,
            mitotic_share: 0.03,
            prevalence: Prevalence::default(),
            depth: Depth::default(),
            background: Background::default(),
        }
    }
}

impl DemoParams {
    /// Sides a field may have, in pixels.
    pub const SIDE_PX: RangeInclusive<usize> = 128..=4096;
    /// Values of [`DemoParams::silent_share`].
    pub const SILENT_SHARE: RangeInclusive<f64> = 0.0..=0.9;
    /// Values of [`DemoParams::mitotic_share`].
    pub const MITOTIC_SHARE: RangeInclusive<f64> = 0.0..=0.5;

    /// Checks that every number lies in its range.
    ///
    /// # Errors
    /// If one does not, or is not a number.
    pub fn check(&self) -> Result<(), DemoParamsError> {
        if !Self::SIDE_PX.contains(&self.side_px) {
            return Err(DemoParamsError::Side { side_px: self.side_px });
        }
        let shares =
            [("silent", self.silent_share, Self::SILENT_SHARE), ("mitotic", self.mitotic_share, Self::MITOTIC_SHARE)];
        match shares.into_iter().find(|(_, value, range)| !range.contains(value)) {
            Some((name, value, range)) => Err(DemoParamsError::Share { name, value, most: *range.end() }),
            None => Ok(()),
        }
    }
}

/// How many cells there are to a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Crowding {
    /// 4 to 9 cells, mostly alone.
    Sparse,
    /// 11 to 24 cells, some of them touching.
    Typical,
    /// 28 to 45 cells side by side, with nuclei that touch, and some that are lobed.
    Crowded,
    /// Mostly typical fields, every fourth sparse or crowded.
    #[default]
    Mixed,
}

/// How often each location is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Prevalence {
    /// About as in the atlas: nucleoplasm and cytosol often, spindles and aggresomes rarely.
    #[default]
    Natural,
    /// All alike, for measurements: of 200 fields at least 20 show each location.
    Even,
}

/// Depth of the samples of a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Depth {
    /// 8 bit, as the competition's images.
    #[default]
    Eight,
    /// 16 bit, full range.
    Sixteen,
}

/// What is seen where no cell is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Background {
    /// Black, as in the atlas: the detector's offset is taken off.
    #[default]
    Black,
    /// A faint light that is nowhere zero.
    Haze,
}

/// Parameters out of their ranges.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DemoParamsError {
    /// The side of the fields.
    #[error("the side of a field must lie between {} and {} pixels, not {side_px}",
        DemoParams::SIDE_PX.start(), DemoParams::SIDE_PX.end())]
    Side {
        /// The side asked for.
        side_px: usize,
    },
    /// A share of the cells.
    #[error("the share of {name} cells must lie between 0 and {most}, not {value}")]
    Share {
        /// Which cells.
        name: &'static str,
        /// The share asked for.
        value: f64,
        /// The largest share there may be.
        most: f64,
    },
}

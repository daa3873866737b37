//! Everything that can be set in the segmentation, with ranges, units and what more or less of it does.

use serde::{Deserialize, Serialize};

use super::StandardParams;
use crate::pipeline::parameter::{Parameter, ParameterError};

/// How cells are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// Nuclei by their own brightness and by evidence for where they touch, cells along the brightest cytoplasm.
    #[default]
    Standard,
    /// Thresholds by quantiles, borders by distance alone: the published notebook's way.
    Reference,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 2] = [Self::Standard, Self::Reference];

    /// That of files that name none: they are of a time when there was one.
    fn of_old_files() -> Self {
        Self::Reference
    }
}

/// How a field is cut into cells: the method, and the parameters of both, so that going from one to the other and back
/// loses none. Lengths of the reference method are shares of the working image's mean side, (height + width) / 2.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SegmentationParams {
    /// Which of the methods; in a file without it the reference, which was the only one once.
    #[serde(default = "Method::of_old_files")]
    pub method: Method,
    /// Longer side of the image the masks are computed on, in pixels; 0 = the image's own size. The standard
    /// method takes more where nuclei are small.
    pub working_size: u32,
    /// The standard method's own.
    pub standard: StandardParams,
    /// The reference method's own, from here on: what is background of the nuclei, from the nucleus stain.
    pub nuclei_background: BackgroundParams,
    /// Quantile of the distances to the background from which on a nucleus pixel belongs to a marker.
    pub marker_quantile: f64,
    /// Bright edges at least this long are blackened before all else, as a share of the mean side; `None` keeps them.
    pub bright_edges: Option<f64>,
    /// What is background of the cells, from nucleus, endoplasmic reticulum and microtubules added up.
    pub cell_background: BackgroundParams,
}

/// How foreground is told from background in one picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackgroundParams {
    /// Side of the median window, as a share of the mean side; rounded down to pixels, then up to an odd number.
    pub median_window: f64,
    /// Quantile of the median's values above 0 below which a pixel is background.
    pub quantile: f64,
    /// Side of the square, as a share of the mean side, below whose area a piece of background is filled.
    pub smallest_gap: f64,
}

impl SegmentationParams {
    /// For [`SegmentationParams::working_size`].
    pub const WORKING_SIZE: Parameter = Parameter {
        name: "working size",
        unit: "px",
        range: 0.0..=8192.0,
        hover: "Longer side of the image on which cells are found; 0 takes the image's own size. \
                More gives finer outlines and more small pieces, and takes longer; less is faster and smoother.",
    };
    /// For [`SegmentationParams::marker_quantile`].
    pub const MARKER_QUANTILE: Parameter = Parameter {
        name: "marker quantile",
        unit: "of the distances",
        range: 0.0..=1.0,
        hover: "How deep inside the foreground a nucleus' core must lie. \
                More splits more nuclei, may break lobed ones and loses small ones; less merges those that touch.",
    };

    /// For [`SegmentationParams::bright_edges`].
    pub const BRIGHT_EDGES: Parameter = Parameter {
        name: "shortest bright edge",
        unit: "of the side",
        range: 0.0..=1.0,
        hover: "Blackens edges that outshine the cells, as those of dirt and of bubbles, if they are at least this long. \
                More leaves shorter ones alone; less takes away the rims of bright nuclei too.",
    };
    /// The usual value of [`SegmentationParams::bright_edges`] if they are to go.
    pub const USUAL_BRIGHT_EDGES: f64 = 0.04;

    /// Checks every number against its range.
    ///
    /// # Errors
    /// For the first that is outside.
    pub fn check(&self) -> Result<(), ParameterError> {
        Self::WORKING_SIZE.check(f64::from(self.working_size))?;
        Self::MARKER_QUANTILE.check(self.marker_quantile)?;
        self.bright_edges.map_or(Ok(()), |shortest| Self::BRIGHT_EDGES.check(shortest))?;
        self.standard.check()?;
        self.nuclei_background.check()?;
        self.cell_background.check()
    }
}

impl BackgroundParams {
    /// For [`BackgroundParams::median_window`].
    pub const MEDIAN_WINDOW: Parameter = Parameter {
        name: "median window",
        unit: "of the side",
        range: 0.0..=0.1,
        hover: "How far the picture is smoothed before the threshold. \
                More removes larger specks and rounds outlines; less keeps fine detail and noise.",
    };
    /// For [`BackgroundParams::quantile`].
    pub const QUANTILE: Parameter = Parameter {
        name: "background quantile",
        unit: "of the pixels above 0",
        range: 0.0..=1.0,
        hover: "The darkest share of the stained pixels that is still background. \
                More shrinks the foreground and loses dim cells; less grows it and takes in haze.",
    };
    /// For [`BackgroundParams::smallest_gap`].
    pub const SMALLEST_GAP: Parameter = Parameter {
        name: "smallest gap",
        unit: "of the side",
        range: 0.0..=0.5,
        hover: "Pieces of background smaller than a square of this side are filled. \
                More closes larger holes in cells and gaps between them; less keeps them.",
    };

    fn check(&self) -> Result<(), ParameterError> {
        Self::MEDIAN_WINDOW.check(self.median_window)?;
        Self::QUANTILE.check(self.quantile)?;
        Self::SMALLEST_GAP.check(self.smallest_gap)
    }

    /// Side of the median window in pixels, odd, for an image of this mean side.
    #[must_use]
    pub fn median_window_px(&self, mean_side: f64) -> usize {
        (self.median_window * mean_side) as usize | 1
    }

    /// Pixels a piece of background must have to stay, for an image of this mean side.
    #[must_use]
    pub fn smallest_gap_area_px(&self, mean_side: f64) -> usize {
        ((self.smallest_gap * mean_side).round_ties_even() as usize).pow(2)
    }
}

impl Default for SegmentationParams {
    /// The preset `standard`.
    fn default() -> Self {
        Preset::Standard.params()
    }
}

/// Parameters under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// What is right for most fields: the standard method at 512 px.
    Standard,
    /// The published notebook's batch run: 400 px, thresholds that rely on a black background.
    Reference,
}

impl Preset {
    /// Every preset.
    pub const ALL: [Self; 2] = [Self::Standard, Self::Reference];

    /// The name it is asked for by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Reference => "reference",
        }
    }

    /// Its parameters.
    #[must_use]
    pub fn params(self) -> SegmentationParams {
        let reference = SegmentationParams {
            method: Method::Reference,
            working_size: 400,
            standard: StandardParams::default(),
            nuclei_background: BackgroundParams { median_window: 0.005, quantile: 0.2, smallest_gap: 0.02 },
            marker_quantile: 0.4,
            bright_edges: None,
            cell_background: BackgroundParams { median_window: 0.01, quantile: 0.2, smallest_gap: 0.02 },
        };
        match self {
            Self::Standard => SegmentationParams { method: Method::Standard, working_size: 512, ..reference },
            Self::Reference => reference,
        }
    }
}

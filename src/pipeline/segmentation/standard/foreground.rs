//! What of the nucleus stain is nucleus: brighter than its surroundings, and at least so bright a share of its own middle.
//!
//! One threshold for a whole field loses dim nuclei or fills the gaps of crowds. Here the surroundings are taken off first;
//! a low threshold then finds all that may be nucleus, and each catchment of the stain within it keeps what reaches a
//! share of that catchment's own brightness.

use super::{
    coarse::{enlarged, shrunk},
    image::WorkingStains,
    levels::{Levels, SamplesByRegion, logarithmic_threshold, share_below},
};
use crate::imaging::{
    Connectivity, Plane,
    basins::{LeastDynamic, basins},
    discs::dilated,
    extremes::smallest_around,
    regions::without_small_regions,
    smoothing::gaussian,
};

/// Lengths as shares of a nucleus' diameter: of the smoothing against noise, …
const NOISE: f32 = 0.03;
/// … before the darkest place around is looked for, and how far it is looked for, …
const DARK_SMOOTHING: f32 = 0.1;
const SURROUNDINGS: f32 = 0.8;
/// … of the smoothing of what was found there, …
const SURROUNDINGS_SMOOTHING: f32 = 0.5;
/// … and of the stain whose peaks are those of nuclei.
const PEAK_SMOOTHING: f32 = 0.1;
/// How far up from the dark to the threshold that parts bright from dark best, in logarithms, nuclei may begin.
const LOW_THRESHOLD: f32 = 0.75;
/// Brightness, as a share of the brightest nuclei's, from which on the logarithms are logarithms.
const KNEE: f32 = 0.1;
/// The share of a catchment's pixels that is darker than what counts as its brightness.
const BRIGHTNESS: f64 = 0.9;
/// Peaks of the stain that are catchments of their own rise by this share of their height.
const CATCHMENTS: LeastDynamic = LeastDynamic { absolute: 0.5, share: 0.06 };
/// Holes up to this share of a nucleus' square are filled.
const HOLE: f32 = 0.4;
/// Diameter of a nucleus, in pixels, that is enough to know its surroundings by.
const COARSE_DIAMETER: f32 = 12.0;
/// Below this diameter, in pixels, thin connections may be all there is of a nucleus and are not opened.
const LEAST_OPENED: f32 = 30.0;

/// The nucleus stain against its surroundings, and what of it is nucleus.
#[derive(Clone, Debug, PartialEq)]
pub struct Foreground {
    /// The stain without its noise, 0 to 255.
    pub smooth: Plane<f32>,
    /// The same with its texture smoothed as well.
    pub peaks: Plane<f32>,
    /// How much brighter it is than the surroundings; may be below 0.
    pub contrast: Plane<f32>,
    /// The nuclei, not yet parted from each other.
    pub foreground: Plane<bool>,
}

impl Foreground {
    /// Of `stains`, with `threshold` as in
    /// [`StandardParams::nucleus_threshold`](super::StandardParams::nucleus_threshold).
    #[must_use]
    pub fn of(stains: &WorkingStains, threshold: f64) -> Self {
        let diameter = stains.diameter_px;
        let (height, width) = stains.nucleus.size();
        let smooth = gaussian(&stains.nucleus, (NOISE * diameter).clamp(0.5, 2.0));
        let dark = at_lower_resolution(&smooth, diameter, |smooth, diameter| {
            let dark = gaussian(smooth, DARK_SMOOTHING * diameter);
            let dark = smallest_around(&dark, (SURROUNDINGS * diameter) as usize);
            gaussian(&dark, SURROUNDINGS_SMOOTHING * diameter)
        });
        let contrast = smooth.samples().iter().zip(dark.samples()).map(|(sample, dark)| sample - dark).collect();
        let contrast = Plane::from_samples(height, width, contrast);
        let peaks = gaussian(&smooth, PEAK_SMOOTHING * diameter);
        if contrast.samples().iter().all(|&sample| sample <= 0.0) {
            return Self { smooth, peaks, foreground: contrast.map(|_| false), contrast };
        }
        let catchments = basins(&peaks, &candidates(&smooth, &contrast), CATCHMENTS);
        let brightness = SamplesByRegion::of(&catchments, &contrast).quantiles(BRIGHTNESS);
        let least: Vec<f32> = brightness.iter().map(|brightness| threshold as f32 * brightness).collect();
        let pixels = catchments.samples().iter().zip(contrast.samples());
        let bright = pixels.map(|(&id, &sample)| id > 0 && sample > least[id as usize]).collect();
        let foreground =
            without_holes(&Plane::from_samples(height, width, bright), (HOLE * diameter * diameter) as usize);
        let foreground = if diameter > LEAST_OPENED { opened_by_cross(&foreground) } else { foreground };
        Self { smooth, peaks, contrast, foreground }
    }
}

/// A view of `picture` that knows no detail, made of a smaller one that shows nuclei at [`COARSE_DIAMETER`] or more: a
/// fraction of the time. `view` is given the smaller picture and the nuclei's diameter on it.
pub(super) fn at_lower_resolution(
    picture: &Plane<f32>,
    diameter: f32,
    view: impl FnOnce(&Plane<f32>, f32) -> Plane<f32>,
) -> Plane<f32> {
    let times = ((diameter / COARSE_DIAMETER) as usize).max(1);
    if times == 1 {
        return view(picture, diameter);
    }
    let (height, width) = picture.size();
    let small = view(&shrunk(picture, times), diameter / times as f32);
    enlarged(&small, times, height, width)
}

/// Where the stain may be of a nucleus at all.
fn candidates(smooth: &Plane<f32>, contrast: &Plane<f32>) -> Plane<bool> {
    let levels = Levels::of(smooth);
    let knee = KNEE * (share_below(&levels, 0.99) - share_below(&levels, 0.05) + 1.0);
    let (dark, threshold) = logarithmic_threshold(&Levels::of(contrast), knee);
    let low = knee * (dark + LOW_THRESHOLD * (threshold - dark)).exp_m1();
    contrast.map(|&sample| sample > low)
}

/// `foreground` with its holes of at most `largest_px` pixels filled.
pub(super) fn without_holes(foreground: &Plane<bool>, largest_px: usize) -> Plane<bool> {
    let background = foreground.map(|inside| !inside);
    without_small_regions(background, largest_px + 1, Connectivity::Four).map(|outside| !outside)
}

/// Without what a cross of five pixels does not fit into. Beyond the border all goes on as it is at the border.
fn opened_by_cross(foreground: &Plane<bool>) -> Plane<bool> {
    let background = foreground.map(|inside| !inside);
    dilated(&dilated(&background, 1.0).map(|outside| !outside), 1.0)
}

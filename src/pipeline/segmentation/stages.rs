//! The stages of the segmentation one by one; each is a pure function of the one before and its own parameters.

use std::borrow::Cow;

use super::{BackgroundParams, SegmentationParams};
use crate::{
    atlas::{Channel, Field},
    imaging::{
        Connectivity, Plane,
        distance::{first_square, squared_distance},
        edges::bright_edges,
        histogram::{count_where, histogram, quantile_of_values, quantiles_of_counts},
        median::{MedianSample, median},
        median_level::below_quantile_of_median,
        regions::{number_regions_where, without_small_regions},
        resize,
        watershed::watershed,
    },
};

/// The stains that show cells, at the size the masks are computed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingImage {
    /// The nucleus stain.
    pub nucleus: Plane<u8>,
    /// Nucleus, endoplasmic reticulum and microtubules added up, 0 to 765.
    pub cell_sum: Plane<u16>,
}

impl WorkingImage {
    /// `field` with its longer side at `working_size` pixels, the shorter one in proportion; 0 keeps its size.
    #[must_use]
    pub fn of(field: &Field, working_size: u32) -> Self {
        let [microtubules, reticulum, nucleus] =
            [Channel::Microtubules, Channel::EndoplasmicReticulum, Channel::Nucleus]
                .map(|channel| at_working_size(field.plane(channel), working_size));
        let stains = nucleus.samples().iter().zip(reticulum.samples()).zip(microtubules.samples());
        let sum = stains.map(|((&nu, &er), &mt)| u16::from(nu) + u16::from(er) + u16::from(mt)).collect();
        let cell_sum = Plane::from_samples(nucleus.height(), nucleus.width(), sum);
        Self { nucleus: nucleus.into_owned(), cell_sum }
    }

    /// [`WorkingImage::of`] the field, without bright edges if `params` ask for that.
    #[must_use]
    pub fn prepared(field: &Field, params: &SegmentationParams) -> Self {
        let image = Self::of(field, params.working_size);
        match params.bright_edges {
            Some(shortest) => image.without_bright_edges(shortest),
            None => image,
        }
    }

    /// The image with its bright edges blackened, those at least `shortest` of the mean side long; each of the two
    /// pictures by its own edges.
    #[must_use]
    pub fn without_bright_edges(&self, shortest: f64) -> Self {
        Self {
            nucleus: without_bright_edges(&self.nucleus, shortest),
            cell_sum: without_bright_edges(&self.cell_sum, shortest),
        }
    }

    /// (height + width) / 2 in pixels, of which the parameters' lengths are shares.
    #[must_use]
    pub fn mean_side(&self) -> f64 {
        mean_side(&self.nucleus)
    }
}

/// One stain with its longer side at `working_size` pixels, the shorter one in proportion; 0 keeps its size.
#[must_use]
pub fn at_working_size(stain: &Plane<u8>, working_size: u32) -> Cow<'_, Plane<u8>> {
    let (height, width) = working_size_of(stain.height(), stain.width(), working_size as usize);
    if stain.size() == (height, width) {
        return Cow::Borrowed(stain);
    }
    Cow::Owned(resize::bilinear(stain, height, width))
}

/// `picture` with its bright edges blackened, those at least `shortest` of the mean side long.
pub(super) fn without_bright_edges<T: Copy + Default + Into<u32>>(picture: &Plane<T>, shortest: f64) -> Plane<T> {
    let min_diameter_px = (shortest * mean_side(picture)).round_ties_even() as usize;
    blackened(picture, &bright_edges(picture, min_diameter_px))
}

/// `picture` with 0 where `black` is.
fn blackened<T: Copy + Default>(picture: &Plane<T>, black: &Plane<bool>) -> Plane<T> {
    let samples = picture.samples().iter().zip(black.samples());
    let samples = samples.map(|(&sample, &black)| if black { T::default() } else { sample }).collect();
    Plane::from_samples(picture.height(), picture.width(), samples)
}

pub(super) fn mean_side<T>(picture: &Plane<T>) -> f64 {
    (picture.height() + picture.width()) as f64 / 2.0
}

/// (height, width) with the longer side at `working_size` and the shorter one in proportion, at least 1.
fn working_size_of(height: usize, width: usize, working_size: usize) -> (usize, usize) {
    let longer = height.max(width);
    if working_size == 0 {
        return (height, width);
    }
    let scaled = |side: usize| ((side * working_size + longer / 2) / longer).max(1);
    (scaled(height), scaled(width))
}

/// How the threshold between background and foreground is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThresholdRule {
    /// A quantile of the samples above 0. Right where the background is black, as in the Human Protein Atlas.
    StainedQuantile,
    /// Four standard deviations above the background, and at least one level. The background is the most frequent
    /// sample, its noise is taken to be the same on both sides and measured on the darker one. For pictures whose
    /// background is not black.
    AboveNoise,
}

/// Standard deviations of its noise between the background and the threshold of [`ThresholdRule::AboveNoise`].
const NOISE_MARGIN: f64 = 4.0;
/// A picture in which a smaller share than this is black has no black background.
const LEAST_BLACK: f64 = 0.02;

/// What is background in a picture of samples `T`, and how it came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Background<T> {
    /// The picture after the median filter.
    pub median: Plane<T>,
    /// How the threshold was found.
    pub rule: ThresholdRule,
    /// A pixel whose median is below this is background; `None` if no median is above 0, then all is background.
    pub threshold: Option<f64>,
    /// The background, without pieces smaller than the smallest gap.
    pub background: Plane<bool>,
}

impl Background<u8> {
    /// The background of the nuclei, from their own stain. If the quantile rule takes more than half of the field for
    /// nuclei, it has no black background to rely on, and the noise rule takes its place.
    #[must_use]
    pub fn of_nuclei(nucleus: &Plane<u8>, params: &BackgroundParams) -> Self {
        let background = Self::of(nucleus, params, ThresholdRule::StainedQuantile);
        if background.foreground_px() <= nucleus.samples().len() / 2 {
            return background;
        }
        Self::of_median(background.median, params, ThresholdRule::AboveNoise)
    }
}

impl Background<u16> {
    /// The background of the cells, from the sum of the stains that show cells. Cells may well fill a field, so the
    /// noise rule is for a field whose nuclei needed it, and only if next to nothing of this picture is black either.
    #[must_use]
    pub fn of_cells(image: &WorkingImage, params: &BackgroundParams, nuclei_rule: ThresholdRule) -> Self {
        Self::of(&image.cell_sum, params, rule_of_cells(image, nuclei_rule))
    }
}

impl<T: MedianSample> Background<T> {
    /// Median, threshold by `rule`, and small pieces of background filled.
    #[must_use]
    pub fn of(picture: &Plane<T>, params: &BackgroundParams, rule: ThresholdRule) -> Self {
        Self::of_median(median(picture, params.median_window_px(mean_side(picture))), params, rule)
    }

    fn of_median(median: Plane<T>, params: &BackgroundParams, rule: ThresholdRule) -> Self {
        let counts = histogram(&median);
        let threshold = match rule {
            ThresholdRule::StainedQuantile => stained_quantile(counts, params.quantile),
            ThresholdRule::AboveNoise => above_noise(&counts),
        };
        // Samples are whole numbers, so what is below the threshold is below the next whole number too.
        let first_foreground = threshold.map_or(u32::MAX, |threshold| threshold.ceil() as u32);
        let below = median.map(|&sample| sample.into() < first_foreground);
        Self { median, rule, threshold, background: without_small_gaps(below, params) }
    }

    /// Pixels that are not background.
    #[must_use]
    pub fn foreground_px(&self) -> usize {
        foreground_px(&self.background)
    }
}

/// Rule and background of [`Background::of_nuclei`] for who needs no more, as the median is what takes long.
pub(super) fn background_of_nuclei(nucleus: &Plane<u8>, params: &BackgroundParams) -> (ThresholdRule, Plane<bool>) {
    let background = background_by(ThresholdRule::StainedQuantile, nucleus, params);
    if foreground_px(&background) <= nucleus.samples().len() / 2 {
        return (ThresholdRule::StainedQuantile, background);
    }
    (ThresholdRule::AboveNoise, background_by(ThresholdRule::AboveNoise, nucleus, params))
}

/// The background of [`Background::of_cells`] for who needs no more.
pub(super) fn background_of_cells(
    image: &WorkingImage,
    params: &BackgroundParams,
    nuclei_rule: ThresholdRule,
) -> Plane<bool> {
    background_by(rule_of_cells(image, nuclei_rule), &image.cell_sum, params)
}

/// The background of [`Background::of`].
fn background_by<T: MedianSample>(rule: ThresholdRule, picture: &Plane<T>, params: &BackgroundParams) -> Plane<bool> {
    match rule {
        ThresholdRule::StainedQuantile => {
            let window = params.median_window_px(mean_side(picture));
            without_small_gaps(below_quantile_of_median(picture, window, params.quantile), params)
        }
        ThresholdRule::AboveNoise => Background::of(picture, params, rule).background,
    }
}

fn rule_of_cells(image: &WorkingImage, nuclei_rule: ThresholdRule) -> ThresholdRule {
    let sums = image.cell_sum.samples();
    let is_black = || (count_where(sums, |&sum| sum == 0) as f64) >= LEAST_BLACK * sums.len() as f64;
    if nuclei_rule == ThresholdRule::StainedQuantile || is_black() {
        ThresholdRule::StainedQuantile
    } else {
        nuclei_rule
    }
}

/// `below` the threshold without pieces smaller than the smallest gap.
fn without_small_gaps(below: Plane<bool>, params: &BackgroundParams) -> Plane<bool> {
    let smallest_gap_px = params.smallest_gap_area_px(mean_side(&below));
    without_small_regions(below, smallest_gap_px, Connectivity::Four)
}

/// Pixels that are not background.
pub(super) fn foreground_px(background: &Plane<bool>) -> usize {
    count_where(background.samples(), |is_background| !is_background)
}

fn stained_quantile(mut counts: Vec<u32>, quantile: f64) -> Option<f64> {
    counts[0] = 0;
    let stained = counts.iter().map(|&count| count as usize).sum();
    quantiles_of_counts(&counts, stained, [quantile]).map(|[threshold]| threshold)
}

fn above_noise(counts: &[u32]) -> Option<f64> {
    let most = counts.iter().copied().max().filter(|&most| most > 0)?;
    let level = counts.iter().position(|&count| count == most)?;
    let (mut pixels, mut squares) = (0.0, 0.0);
    for (sample, &count) in counts[..=level].iter().enumerate() {
        pixels += f64::from(count);
        squares += f64::from(count) * ((level - sample) as f64).powi(2);
    }
    Some(level as f64 + (NOISE_MARGIN * (squares / pixels).sqrt()).max(1.0))
}

/// The nuclei at working size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nuclei {
    /// Squared distance of each pixel to the background, in pixels; [`INFINITE`](crate::imaging::distance::INFINITE)
    /// if there is none.
    pub squared_distance: Plane<u32>,
    /// The cores the watershed starts from: ids 1, 2, …, 0 elsewhere.
    pub markers: Plane<u32>,
    /// The nuclei: each with its marker's id.
    pub mask: Plane<u32>,
}

impl Nuclei {
    /// Markers are the pieces of foreground at least as far from the background as the `marker_quantile` of all
    /// foreground; from them the watershed fills the foreground, deepest first.
    #[must_use]
    pub fn of(background: &Plane<bool>, marker_quantile: f64) -> Self {
        let (squared_distance, markers) = distance_and_markers(background, marker_quantile);
        let mask = watershed(&squared_distance, markers.clone());
        Self { squared_distance, markers, mask }
    }

    /// Number of markers, which is the largest id.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.markers.largest()
    }
}

/// The squared distance and the markers of [`Nuclei`].
pub(super) fn distance_and_markers(background: &Plane<bool>, marker_quantile: f64) -> (Plane<u32>, Plane<u32>) {
    let squared_distance = squared_distance(background);
    // Much of a field is background, so most blocks are black altogether.
    let blocks = squared_distance.samples().chunks(16).filter(|block| block.iter().fold(0, |any, d| any | d) > 0);
    let foreground = blocks.flatten().copied().filter(|&d| d > 0);
    let threshold = quantile_of_values(foreground, marker_quantile, |squared| f64::from(squared).sqrt());
    // Without foreground there is nothing a marker could be of.
    let deep = threshold.and_then(|threshold| first_square(|distance| distance >= threshold));
    let markers = match deep {
        Some(deep) => number_regions_where(&squared_distance, |&squared| squared >= deep, Connectivity::Four),
        None => squared_distance.map(|_| 0),
    };
    (squared_distance, markers)
}

/// The cells at working size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cells {
    /// Squared distance of each pixel to the cells' background, in pixels; [`INFINITE`](crate::imaging::distance::INFINITE)
    /// if there is none.
    pub squared_distance: Plane<u32>,
    /// The cells: each with the id of its nucleus, which it contains.
    pub mask: Plane<u32>,
}

impl Cells {
    /// The watershed grows every nucleus into the cells' foreground, deepest first.
    #[must_use]
    pub fn of(background: &Plane<bool>, nuclei_mask: &Plane<u32>) -> Self {
        let squared_distance = squared_distance(background);
        let mask = watershed(&squared_distance, nuclei_mask.clone());
        Self { squared_distance, mask }
    }
}

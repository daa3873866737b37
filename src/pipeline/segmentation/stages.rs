//! The stages of the segmentation one by one; each is a pure function of the one before and its own parameters.

use super::BackgroundParams;
use crate::{
    atlas::{Channel, Field},
    imaging::{
        Connectivity, Plane,
        distance::{first_square, squared_distance},
        histogram::{histogram, quantile_of_values, quantiles_of_counts},
        median::{MedianSample, median},
        regions::{number_regions, without_small_regions},
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
        let (height, width) = working_size_of(field.height(), field.width(), working_size as usize);
        let [microtubules, reticulum, nucleus] =
            [Channel::Microtubules, Channel::EndoplasmicReticulum, Channel::Nucleus]
                .map(|channel| resize::bilinear(field.plane(channel), height, width));
        let stains = nucleus.samples().iter().zip(reticulum.samples()).zip(microtubules.samples());
        let sum = stains.map(|((&nu, &er), &mt)| u16::from(nu) + u16::from(er) + u16::from(mt)).collect();
        Self { nucleus, cell_sum: Plane::from_samples(height, width, sum) }
    }

    /// (height + width) / 2 in pixels, of which the parameters' lengths are shares.
    #[must_use]
    pub fn mean_side(&self) -> f64 {
        mean_side(&self.nucleus)
    }
}

fn mean_side<T>(picture: &Plane<T>) -> f64 {
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

/// What is background in a picture of samples `T`, and how it came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Background<T> {
    /// The picture after the median filter.
    pub median: Plane<T>,
    /// A pixel whose median is below this is background; `None` if no median is above 0, then all is background.
    pub threshold: Option<f64>,
    /// The background, without pieces smaller than the smallest gap.
    pub background: Plane<bool>,
}

impl Background<u8> {
    /// The background of the nuclei, from their own stain.
    #[must_use]
    pub fn of_nuclei(image: &WorkingImage, params: &BackgroundParams) -> Self {
        Self::of(&image.nucleus, params)
    }
}

impl Background<u16> {
    /// The background of the cells, from the sum of the stains that show cells.
    #[must_use]
    pub fn of_cells(image: &WorkingImage, params: &BackgroundParams) -> Self {
        Self::of(&image.cell_sum, params)
    }
}

impl<T: MedianSample> Background<T> {
    /// Median, threshold at a quantile of what is above 0, and small pieces of background filled.
    #[must_use]
    pub fn of(picture: &Plane<T>, params: &BackgroundParams) -> Self {
        let mean_side = mean_side(picture);
        let median = median(picture, params.median_window_px(mean_side));
        let mut counts = histogram(&median);
        let above_zero = median.samples().len() - counts[0] as usize;
        counts[0] = 0;
        let threshold = quantiles_of_counts(&counts, above_zero, [params.quantile]).map(|[threshold]| threshold);
        // Samples are whole numbers, so what is below the threshold is below the next whole number too.
        let first_foreground = threshold.map_or(u32::MAX, |threshold| threshold.ceil() as u32);
        let below = median.map(|&sample| sample.into() < first_foreground);
        let background = without_small_regions(&below, params.smallest_gap_area_px(mean_side), Connectivity::Four);
        Self { median, threshold, background }
    }
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
        let squared_distance = squared_distance(background);
        let foreground = squared_distance.samples().iter().copied().filter(|&d| d > 0);
        let threshold = quantile_of_values(foreground, marker_quantile, |squared| f64::from(squared).sqrt());
        // Without foreground there is nothing a marker could be of.
        let deep = threshold.and_then(|threshold| first_square(|distance| distance >= threshold));
        let is_deep = |&squared: &u32| deep.is_some_and(|deep| squared >= deep);
        let markers = number_regions(&squared_distance.map(is_deep), Connectivity::Four);
        let mask = deepest_first(&squared_distance, &markers, background);
        Self { squared_distance, markers, mask }
    }

    /// Number of markers, which is the largest id.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.markers.largest()
    }
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
        let mask = deepest_first(&squared_distance, nuclei_mask, background);
        Self { squared_distance, mask }
    }
}

/// Floods what is not background from `markers`, pixels far from the background first.
fn deepest_first(squared_distance: &Plane<u32>, markers: &Plane<u32>, background: &Plane<bool>) -> Plane<u32> {
    let deepest = squared_distance.largest();
    let relief = squared_distance.map(|&d| deepest - d);
    watershed(&relief, markers, &background.map(|&is_background| !is_background))
}

//! How large the nuclei of a picture are, found before any of them is.
//!
//! The idea is that of blob detection: a Laplacian of Gaussians answers most strongly to discs of one size. Answers of
//! all widths are compared, and the width whose strongest answers add up to the most is that of the nuclei. It needs no
//! threshold that parts nucleus from nucleus, so crowds and haze do not mislead it. Source: Lindeberg (1998), *Feature
//! detection with automatic scale selection*; differences of Gaussians stand in for the Laplacian.

use std::ops::RangeInclusive;

use super::{
    coarse::shrunk,
    levels::{Levels, logarithm, logarithmic_threshold, share_below},
};
use crate::imaging::{Plane, extremes::largest_around, smoothing::gaussian};

/// Side of a picture, in pixels, that is enough to know the size of nuclei by, …
const ENOUGH: usize = 256;
/// … if it finds them of a diameter within this range, in pixels of its own: crowds of smaller ones may be lost on it, and
/// then pass for what is larger.
const PLAIN_DIAMETERS: RangeInclusive<f32> = 8.0..=45.0;
/// Diameter of a disc over the standard deviation of the Laplacian that answers to it most strongly.
const DIAMETER_OF_DEVIATION: f32 = 2.83;
/// Standard deviation of the narrowest Gaussian, in pixels.
const NARROWEST: f32 = 1.4;
/// From one width to the next.
const STEP: f32 = 1.25;
/// Widths, up to discs of 90 pixels.
const WIDTHS: usize = 15;
/// The power that answers are raised to before they are added up: high enough for a few strong ones, nuclei, to count
/// more than the many weak ones of their texture.
const POWER: i32 = 5;
/// Brightness, as a share of the brightest nuclei's, from which on more of it counts little: texture is flattened.
const KNEE: f32 = 0.15;
/// How far up from the background to the threshold of nuclei, in logarithms, all is taken for background.
const FLOOR: f32 = 0.6;
/// Standard deviation, in pixels of the shrunk picture, from which on the picture is halved before it is smoothed on.
const HALVED_FROM: f32 = 2.8;

/// The usual diameter of the nuclei of `nucleus`, a stain of 0 to 255, in pixels: between 4 and 100.
pub(super) fn usual_diameter(nucleus: &Plane<f32>) -> f32 {
    let times = nucleus.height().max(nucleus.width()) / ENOUGH;
    if times > 1 {
        let diameter = measured(&shrunk(nucleus, times));
        if PLAIN_DIAMETERS.contains(&diameter) {
            return diameter * times as f32;
        }
    }
    measured(nucleus)
}

/// The usual diameter, as large as `nucleus` shows it.
fn measured(nucleus: &Plane<f32>) -> f32 {
    let smooth = gaussian(nucleus, 0.7);
    let levels = Levels::of(&smooth);
    let (dark, threshold) = logarithmic_threshold(&levels, 1.0);
    let floor = (dark + FLOOR * (threshold - dark)).exp() - 1.0;
    let knee = KNEE * (share_below(&levels, 0.99) - floor).max(1.0);
    let flattened = smooth.map(|&sample| logarithm(sample - floor, knee));

    let longer = nucleus.height().max(nucleus.width()) as f32;
    let mut deviation = NARROWEST;
    let mut halvings = 1.0;
    let mut narrow = gaussian(&flattened, (NARROWEST * NARROWEST - 0.49).sqrt());
    let (mut strongest, mut best) = (0.0_f64, NARROWEST);
    for _ in 0..WIDTHS {
        if DIAMETER_OF_DEVIATION * deviation > longer {
            break;
        }
        let wide = gaussian(&narrow, deviation / halvings * (STEP * STEP - 1.0).sqrt());
        let strength = strength_of(&narrow, &wide, (deviation / halvings) as usize);
        if strength > strongest {
            (strongest, best) = (strength, deviation);
        }
        narrow = wide;
        deviation *= STEP;
        if deviation / halvings > HALVED_FROM && narrow.height().min(narrow.width()) > 1 {
            narrow = halved(&narrow);
            halvings *= 2.0;
        }
    }
    // A difference of two Gaussians answers as a Laplacian between them.
    best * STEP.sqrt() * DIAMETER_OF_DEVIATION
}

/// The local maxima of the difference, each raised to [`POWER`], added up.
fn strength_of(narrow: &Plane<f32>, wide: &Plane<f32>, radius: usize) -> f64 {
    let differences = narrow.samples().iter().zip(wide.samples()).map(|(narrow, wide)| narrow - wide).collect();
    let differences = Plane::from_samples(narrow.height(), narrow.width(), differences);
    let largest = largest_around(&differences, radius.max(1));
    let pairs = differences.samples().iter().zip(largest.samples());
    pairs.filter(|(own, largest)| **own > 0.0 && own >= largest).map(|(own, _)| f64::from(*own).powi(POWER)).sum()
}

/// The picture at half its size, means of four.
fn halved(picture: &Plane<f32>) -> Plane<f32> {
    Plane::from_fn(picture.height() / 2, picture.width() / 2, |row, col| {
        let (upper, lower) = (picture.row(2 * row), picture.row(2 * row + 1));
        (upper[2 * col] + upper[2 * col + 1] + lower[2 * col] + lower[2 * col + 1]) / 4.0
    })
}

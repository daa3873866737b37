//! The Gaussian filter on planes of real numbers. Beyond the border a picture goes on as its outermost pixels.

use super::Plane;

/// From this standard deviation on, in pixels, three running means take the Gaussian's place.
const LEAST_FOR_MEANS: f32 = 4.0;

/// `picture` smoothed by a Gaussian of standard deviation `sigma`, in pixels; not smoothed at all below 0.05.
///
/// Up to four pixels the kernel is cut off at three standard deviations; from there on three running means stand in for
/// it, whose time does not grow with `sigma` and whose standard deviation is within 5 % of it.
///
/// Source of the running means: Wells (1986), *Efficient synthesis of Gaussian filters by cascaded uniform filters*.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, smoothing::gaussian};
/// let flat = Plane::filled(9, 9, 7.0_f32);
/// assert!(gaussian(&flat, 2.0).samples().iter().all(|sample| (sample - 7.0).abs() < 1e-4));
/// ```
#[must_use]
pub fn gaussian(picture: &Plane<f32>, sigma: f32) -> Plane<f32> {
    if sigma < 0.05 || picture.samples().is_empty() {
        return picture.clone();
    }
    if sigma >= LEAST_FOR_MEANS {
        return (0..3).fold(picture.clone(), |smooth, pass| running_mean(&smooth, mean_radius(sigma, pass)));
    }
    convolved(picture, &kernel(sigma))
}

/// The Gaussian of -r to r, r being three standard deviations, adding up to 1.
fn kernel(sigma: f32) -> Vec<f32> {
    let radius = (3.0 * sigma).ceil() as i32;
    let weights: Vec<f32> = (-radius..=radius).map(|x| (-(x * x) as f32 / (2.0 * sigma * sigma)).exp()).collect();
    let total: f32 = weights.iter().sum();
    weights.iter().map(|weight| weight / total).collect()
}

fn convolved(picture: &Plane<f32>, kernel: &[f32]) -> Plane<f32> {
    let (height, width) = picture.size();
    let radius = kernel.len() / 2;
    let mut smooth = Plane::filled(height, width, 0.0);
    let mut framed = vec![0.0; width + 2 * radius];
    for row in 0..height {
        let rows: Vec<&[f32]> = (row..row + kernel.len())
            .map(|framed_row| picture.row(framed_row.saturating_sub(radius).min(height - 1)))
            .collect();
        add_weighted(&rows, kernel, &mut framed[radius..radius + width]);
        let (first, last) = (framed[radius], framed[radius + width - 1]);
        framed[..radius].fill(first);
        framed[radius + width..].fill(last);
        let shifted: Vec<&[f32]> = framed.windows(width).collect();
        add_weighted(&shifted, kernel, smooth.row_mut(row));
    }
    smooth
}

/// The sum of `rows`, each times its weight, as `sums`. Block by block, so that a block's sums stay in registers.
fn add_weighted(rows: &[&[f32]], weights: &[f32], sums: &mut [f32]) {
    const BLOCK: usize = 16;
    let (blocks, rest) = sums.as_chunks_mut::<BLOCK>();
    let done = blocks.len() * BLOCK;
    for (number, block) in blocks.iter_mut().enumerate() {
        let mut sums = [0.0; BLOCK];
        for (row, weight) in rows.iter().zip(weights) {
            if let Some(samples) = row[number * BLOCK..].first_chunk::<BLOCK>() {
                sums.iter_mut().zip(samples).for_each(|(sum, sample)| *sum += weight * sample);
            }
        }
        *block = sums;
    }
    for (col, sum) in (done..).zip(rest) {
        *sum = rows.iter().zip(weights).map(|(row, weight)| weight * row[col]).sum();
    }
}

/// Radius of the `pass`-th of three means that add up to the variance of a Gaussian.
fn mean_radius(sigma: f32, pass: usize) -> usize {
    let side = (4.0 * sigma * sigma + 1.0).sqrt();
    let smaller = ((side - 1.0) / 2.0).floor();
    // Variance of a mean over 2r + 1 pixels: ((2r + 1)² - 1) / 12.
    let variance = |radius: f32| ((2.0 * radius + 1.0).powi(2) - 1.0) / 12.0;
    let missing = sigma * sigma - 3.0 * variance(smaller);
    let larger = (missing / (variance(smaller + 1.0) - variance(smaller))).round() as usize;
    smaller as usize + usize::from(pass < larger)
}

fn running_mean(picture: &Plane<f32>, radius: usize) -> Plane<f32> {
    let (height, width) = picture.size();
    let share = 1.0 / (2 * radius + 1) as f32;
    let mut across = Vec::with_capacity(height * width);
    let mut framed = vec![0.0; width + 2 * radius + 1];
    for row in 0..height {
        let row = picture.row(row);
        framed[..radius].fill(row[0]);
        framed[radius..radius + width].copy_from_slice(row);
        framed[radius + width..].fill(row[width - 1]);
        let mut sum: f32 = framed[..=2 * radius].iter().sum();
        across.extend(framed.iter().zip(&framed[2 * radius + 1..]).map(|(leaving, entering)| {
            let mean = sum * share;
            sum += entering - leaving;
            mean
        }));
    }
    let row_of = |row: usize| {
        let row = row.saturating_sub(radius).min(height - 1);
        &across[row * width..][..width]
    };
    let mut sums = vec![0.0_f32; width];
    for row in 0..=2 * radius {
        sums.iter_mut().zip(row_of(row)).for_each(|(sum, sample)| *sum += sample);
    }
    let mut smooth = Vec::with_capacity(height * width);
    for row in 0..height {
        smooth.extend(sums.iter().map(|sum| sum * share));
        let (entering, leaving) = (row_of(row + 2 * radius + 1), row_of(row));
        for ((sum, entering), leaving) in sums.iter_mut().zip(entering).zip(leaving) {
            *sum += entering - leaving;
        }
    }
    Plane::from_samples(height, width, smooth)
}

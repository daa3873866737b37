//! The 54 numbers that sum up one region.
//!
//! Sums are of whole numbers, so that what is exactly zero or constant is seen as such: a mean in floating point would
//! leave a spread of 1e-17 in a constant region, and a ratio to it would explode.

use crate::{
    atlas::Channel,
    imaging::histogram::{quantile_of_sorted, quantiles_of_counts},
};

use super::tally::{PAIRS, Tally};

/// Numbers of a summary.
pub const SUMMARY_LEN: usize = 54;

/// Minimum, maximum, mean, standard deviation, five quantiles and six correlations of the stains (samples in units of
/// the full range), then the speckles.
pub type Summary = [f32; SUMMARY_LEN];

const QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];
const FULL_RANGE: f64 = 255.0;

/// Names of a summary's numbers in their order.
pub fn summary_names() -> Vec<String> {
    let stains = Channel::ALL.map(Channel::short_name);
    let quantiles = QUANTILES.map(|p| format!("q{:02}", p * 100.0));
    let mut names = Vec::with_capacity(SUMMARY_LEN);
    for statistic in ["min", "max", "mean", "std"] {
        names.extend(stains.iter().map(|stain| format!("{statistic}_{stain}")));
    }
    for stain in stains {
        names.extend(quantiles.iter().map(|quantile| format!("{quantile}_{stain}")));
    }
    names.extend(PAIRS.iter().map(|&(a, b)| format!("cor_{}_{}", stains[a], stains[b])));
    names.extend(["frac", "frac_per_pixel", "min", "max", "mean", "std"].map(|name| format!("speckle_{name}")));
    names.extend(quantiles.map(|quantile| format!("speckle_{quantile}")));
    names.push("speckles_per_pixel".to_owned());
    names
}

/// The summary of a region; `None` if it has no pixel.
pub fn summary(tally: &Tally) -> Option<Summary> {
    if tally.pixels == 0 {
        return None;
    }
    let stains: [Moments; Channel::COUNT] =
        std::array::from_fn(|channel| Moments::of_counts(&tally.histograms[channel]));
    let mut numbers = Vec::with_capacity(SUMMARY_LEN);
    numbers.extend(stains.iter().map(|stain| stain.min as f64 / FULL_RANGE));
    numbers.extend(stains.iter().map(|stain| stain.max as f64 / FULL_RANGE));
    numbers.extend(stains.iter().map(|stain| stain.mean() / FULL_RANGE));
    numbers.extend(stains.iter().map(|stain| stain.std() / FULL_RANGE));
    for histogram in &tally.histograms {
        let quantiles = quantiles_of_counts(histogram, tally.pixels as usize, QUANTILES).unwrap_or_default();
        numbers.extend(quantiles.map(|quantile| quantile / FULL_RANGE));
    }
    let pairs = PAIRS.iter().zip(&tally.products);
    numbers.extend(pairs.map(|(&(a, b), &product)| correlation(&stains[a], &stains[b], product.into())));
    numbers.extend(speckle_numbers(tally));
    Some(std::array::from_fn(|number| numbers[number] as f32))
}

/// Share of all speckles that have a pixel here, that share a pixel, their sizes here (minimum, maximum, mean, standard
/// deviation, quantiles), and their number a pixel. All 0 without a speckle.
fn speckle_numbers(tally: &Tally) -> [f64; 12] {
    let mut sizes: Vec<u32> = tally.speckle_sizes.iter().filter(|&&size| size > 0).map(|&size| size.into()).collect();
    if sizes.is_empty() {
        return [0.0; 12];
    }
    let all_speckles = tally.speckle_sizes.len() - 1;
    sizes.sort_unstable();
    let moments = Moments::of_values(&sizes);
    let share = sizes.len() as f64 / all_speckles as f64;
    let [q05, q25, q50, q75, q95] = QUANTILES.map(|p| quantile_of_sorted(&sizes, p).unwrap_or_default());
    [
        share,
        share / f64::from(tally.pixels),
        moments.min as f64,
        moments.max as f64,
        moments.mean(),
        moments.std(),
        q05,
        q25,
        q50,
        q75,
        q95,
        sizes.len() as f64 / f64::from(tally.pixels),
    ]
}

/// Number, extremes and power sums of some whole numbers.
struct Moments {
    count: u64,
    min: u64,
    max: u64,
    sum: u64,
    squares: u64,
}

impl Moments {
    /// Of the samples that `counts` counts. The samples of a crop, even their squares, add up to less than 2^32.
    fn of_counts(counts: &[u16; 256]) -> Self {
        let min = counts.iter().position(|&count| count > 0).unwrap_or_default();
        let max = counts.iter().rposition(|&count| count > 0).unwrap_or_default();
        let (mut count, mut sum, mut squares) = (0, 0, 0);
        for (value, &occurrences) in (0_u32..).zip(counts) {
            let occurrences = u32::from(occurrences);
            count += occurrences;
            sum += value * occurrences;
            squares += value * value * occurrences;
        }
        Self { count: count.into(), min: min as u64, max: max as u64, sum: sum.into(), squares: squares.into() }
    }

    fn of_values(values: &[u32]) -> Self {
        let each = || values.iter().map(|&value| u64::from(value));
        Self {
            count: values.len() as u64,
            min: each().min().unwrap_or_default(),
            max: each().max().unwrap_or_default(),
            sum: each().sum(),
            squares: each().map(|value| value * value).sum(),
        }
    }

    fn mean(&self) -> f64 {
        self.sum as f64 / self.count as f64
    }

    /// count² times the variance; 0 exactly if all values are equal.
    fn spread(&self) -> f64 {
        (self.count * self.squares - self.sum * self.sum) as f64
    }

    /// Standard deviation of a sample; 0 of a single value.
    fn std(&self) -> f64 {
        if self.count < 2 { 0.0 } else { (self.spread() / (self.count * (self.count - 1)) as f64).sqrt() }
    }
}

/// Pearson's correlation of two channels over the same pixels; 0 if either is constant.
fn correlation(a: &Moments, b: &Moments, product: u64) -> f64 {
    let spreads = a.spread().sqrt() * b.spread().sqrt();
    if spreads == 0.0 {
        return 0.0;
    }
    let common = (a.count * product) as i64 - (a.sum * b.sum) as i64;
    (common as f64 / spreads).clamp(-1.0, 1.0)
}

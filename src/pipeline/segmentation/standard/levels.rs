//! Quantiles and thresholds of pictures of real numbers, by their histograms.

use crate::imaging::Plane;

/// Bins of a histogram; a thousandth of the range is finer than the noise of any stain.
const BINS: usize = 1024;
/// Bins for a threshold, as coarse as the method was measured with.
const THRESHOLD_BINS: usize = 256;

/// How often samples occur, in bins of one width from the smallest to the largest.
pub(super) struct Levels {
    smallest: f32,
    largest: f32,
    counts: Vec<u32>,
    total: u32,
}

impl Levels {
    pub(super) fn of(picture: &Plane<f32>) -> Self {
        Self::in_bins(picture.samples(), BINS)
    }

    fn in_bins(samples: &[f32], bins: usize) -> Self {
        let range = samples.iter().fold((f32::MAX, f32::MIN), |(low, high), &s| (low.min(s), high.max(s)));
        let (smallest, largest) = if samples.is_empty() { (0.0, 0.0) } else { range };
        let scale = (bins as f32 - 0.01) / (largest - smallest).max(f32::MIN_POSITIVE);
        let mut counts = vec![0; bins];
        for sample in samples {
            counts[((sample - smallest) * scale) as usize] += 1;
        }
        Self { smallest, largest, counts, total: samples.len() as u32 }
    }

    /// The lower end of a bin.
    fn start_of(&self, bin: usize) -> f32 {
        self.smallest + (self.largest - self.smallest) * bin as f32 / self.counts.len() as f32
    }
}

/// The level that a `share` of the samples is below, within the width of a bin.
pub(super) fn share_below(levels: &Levels, share: f64) -> f32 {
    let wanted = (share * f64::from(levels.total)) as u32;
    let mut below = 0;
    for (bin, &count) in levels.counts.iter().enumerate() {
        if below + count > wanted {
            let within = (wanted - below) as f32 / count as f32;
            let width = levels.start_of(bin + 1) - levels.start_of(bin);
            return levels.start_of(bin) + within * width;
        }
        below += count;
    }
    levels.largest
}

/// The level of what is dark, below which a fifth of `logarithms` lies, and the threshold that parts them best into dark
/// and bright. Source of the latter: Otsu (1979).
pub(super) fn logarithmic_threshold(logarithms: &Plane<f32>) -> (f32, f32) {
    let dark = share_below(&Levels::of(logarithms), 0.2);
    let levels = Levels::in_bins(logarithms.samples(), THRESHOLD_BINS);
    let moment = |(bin, &count): (usize, &u32)| bin as f64 * f64::from(count);
    let all: f64 = levels.counts.iter().enumerate().map(moment).sum();
    let total = f64::from(levels.total);
    let (mut below, mut moment_below) = (0.0, 0.0);
    let (mut best, mut best_bin) = (0.0, THRESHOLD_BINS - 1);
    for (bin, &count) in levels.counts.iter().enumerate() {
        below += f64::from(count);
        moment_below += moment((bin, &count));
        if below == 0.0 || below >= total {
            continue;
        }
        let apart = moment_below / below - (all - moment_below) / (total - below);
        let between = below * (total - below) * apart * apart;
        if between > best {
            (best, best_bin) = (between, bin);
        }
    }
    (dark, levels.start_of(best_bin + 1))
}

/// The sample that a `share` of `samples` lies below; 0 if there are none. Changes their order.
pub(super) fn quantile(samples: &mut [f32], share: f64) -> f32 {
    let rank = (samples.len().saturating_sub(1) as f64 * share) as usize;
    if samples.is_empty() { 0.0 } else { *samples.select_nth_unstable_by(rank, f32::total_cmp).1 }
}

/// The samples under each region of `mask`, by id; those of 0 are left out.
pub(super) fn samples_by_region(mask: &Plane<u32>, picture: &Plane<f32>) -> Vec<Vec<f32>> {
    let mut by_region = vec![Vec::new(); mask.largest() as usize + 1];
    for (&id, &sample) in mask.samples().iter().zip(picture.samples()) {
        if id > 0 {
            by_region[id as usize].push(sample);
        }
    }
    by_region
}

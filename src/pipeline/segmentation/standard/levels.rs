//! Quantiles and thresholds of pictures of real numbers, by their histograms.

use crate::imaging::{Plane, regions::runs_of_ids};

/// Bins of a histogram; a four-thousandth of the range is finer than the noise of any stain.
const BINS: usize = 4096;
/// Samples that are put into bins together.
const BLOCK: usize = 16;

/// How often samples occur, in bins of one width from the smallest to the largest.
pub(super) struct Levels {
    smallest: f32,
    largest: f32,
    counts: Vec<u32>,
}

impl Levels {
    pub(super) fn of(picture: &Plane<f32>) -> Self {
        let samples = picture.samples();
        let (smallest, largest) = range_of(samples);
        let scale = (BINS as f32 - 0.01) / (largest - smallest).max(f32::MIN_POSITIVE);
        let bin_of = |sample: f32| ((sample - smallest) * scale) as i32;
        let mut counts = vec![0; BINS];
        let (blocks, rest) = samples.as_chunks::<BLOCK>();
        for bin in blocks.iter().flat_map(|block| block.map(bin_of)).chain(rest.iter().map(|&sample| bin_of(sample))) {
            counts[bin as usize % BINS] += 1;
        }
        Self { smallest, largest, counts }
    }

    /// The lower end of a bin.
    fn start_of(&self, bin: usize) -> f32 {
        self.smallest + (self.largest - self.smallest) * bin as f32 / BINS as f32
    }
}

/// The smallest and the largest of `samples`; twice 0 if there are none.
fn range_of(samples: &[f32]) -> (f32, f32) {
    let first = samples.first().copied().unwrap_or(0.0);
    let (mut smallest, mut largest) = ([first; BLOCK], [first; BLOCK]);
    for block in samples.chunks(BLOCK) {
        for ((smallest, largest), &sample) in smallest.iter_mut().zip(&mut largest).zip(block) {
            *smallest = if sample < *smallest { sample } else { *smallest };
            *largest = if sample > *largest { sample } else { *largest };
        }
    }
    (smallest.into_iter().fold(first, f32::min), largest.into_iter().fold(first, f32::max))
}

/// The level that a `share` of the samples is below, within the width of a bin.
pub(super) fn share_below(levels: &Levels, share: f64) -> f32 {
    let wanted = (share * f64::from(levels.counts.iter().sum::<u32>())) as u32;
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

/// The logarithm of a level; what is far below `knee` stays nearly as it is, and what is below 0 counts as 0.
pub(super) fn logarithm(level: f32, knee: f32) -> f32 {
    (1.0 + level.max(0.0) / knee).ln()
}

/// The [`logarithm`] of what is dark, below which a fifth of all lies, and that of the threshold which parts logarithms best
/// into dark and bright. Source of the latter: Otsu (1979).
pub(super) fn logarithmic_threshold(levels: &Levels, knee: f32) -> (f32, f32) {
    let dark = logarithm(share_below(levels, 0.2), knee);
    let bins = || levels.counts.iter().enumerate().filter(|(_, count)| **count > 0);
    let moment = |bin: usize, count: u32| f64::from(logarithm(levels.start_of(bin), knee)) * f64::from(count);
    let (mut above, mut moment_above) =
        bins().fold((0.0, 0.0), |(all, sum), (bin, &count)| (all + f64::from(count), sum + moment(bin, count)));
    let (mut below, mut moment_below) = (0.0, 0.0);
    let (mut best, mut best_bin) = (0.0, BINS - 1);
    for (bin, &count) in bins() {
        let (pixels, moment) = (f64::from(count), moment(bin, count));
        (below, moment_below) = (below + pixels, moment_below + moment);
        (above, moment_above) = (above - pixels, moment_above - moment);
        let apart = moment_below / below - moment_above / above;
        let between = below * above * apart * apart;
        if above > 0.0 && between > best {
            (best, best_bin) = (between, bin);
        }
    }
    (dark, logarithm(levels.start_of(best_bin + 1), knee))
}

/// The sample that a `share` of `samples` lies below; 0 if there are none. Changes their order.
pub(super) fn quantile(samples: &mut [f32], share: f64) -> f32 {
    let rank = (samples.len().saturating_sub(1) as f64 * share) as usize;
    if samples.is_empty() { 0.0 } else { *samples.select_nth_unstable_by(rank, f32::total_cmp).1 }
}

/// The samples under each region of a mask.
pub(super) struct SamplesByRegion {
    samples: Vec<f32>,
    /// Where those of a region begin, by id, and where the last ones end.
    starts: Vec<usize>,
}

impl SamplesByRegion {
    /// Of `picture`; those under the background of `mask` are left out.
    pub(super) fn of(mask: &Plane<u32>, picture: &Plane<f32>) -> Self {
        let mut starts = vec![0; mask.largest() as usize + 2];
        for (id, _, cols) in runs_of_ids(mask) {
            starts[id as usize + 1] += cols.len();
        }
        for id in 1..starts.len() {
            starts[id] += starts[id - 1];
        }
        let mut samples = vec![0.0; starts.last().copied().unwrap_or(0)];
        let mut next = starts.clone();
        for (id, row, cols) in runs_of_ids(mask) {
            let start = &mut next[id as usize];
            samples[*start..][..cols.len()].copy_from_slice(&picture.row(row)[cols.clone()]);
            *start += cols.len();
        }
        Self { samples, starts }
    }

    /// How many there are, by id.
    pub(super) fn counts(&self) -> Vec<usize> {
        self.starts.windows(2).map(|ends| ends[1] - ends[0]).collect()
    }

    /// The sample that a `share` of a region's lies below, by id; 0 where there are none.
    pub(super) fn quantiles(&mut self, share: f64) -> Vec<f32> {
        let ends: Vec<(usize, usize)> = self.starts.windows(2).map(|ends| (ends[0], ends[1])).collect();
        ends.into_iter().map(|(start, end)| quantile(&mut self.samples[start..end], share)).collect()
    }
}

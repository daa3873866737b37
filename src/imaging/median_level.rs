//! Where the median filter stays below a level, and below a quantile of its own values: without the medians.
//!
//! A median is at least some level exactly where most samples of its window are. So a level needs no more than counts
//! of the samples that reach it, in windows: the sums of a picture of zeros and ones (threshold decomposition: Fitch,
//! Coyle & Gallagher 1984). And a quantile is found by counting the medians that reach a level, for a few levels.

use std::{mem, ops::Add};

use super::{
    Plane,
    histogram::{count_where, histogram, position, quantile_of_sorted, quantiles_of_counts},
    median::{MedianSample, median},
};

/// The largest window that [`median`] takes by selection, which is quicker than to look for a level.
const LARGEST_SELECTED: usize = 5;
/// The largest window whose columns can be counted in a byte, and whose samples in two.
const LARGEST_COUNTED: usize = BYTE;
const BYTE: usize = u8::MAX as usize;
/// The most pixels of a row that are told from their columns at once.
const STRETCH: usize = 128;
/// One median in each square of this side is looked at to find out where to search, so many times.
const GRID: usize = 48;
const GUESSES: usize = 4;

/// Where the median over a `window` × `window` square around each pixel is below the `p` quantile (0 to 1) of those
/// above 0; everywhere if none is. What lies outside the plane counts as 0.
///
/// The result is that of [`median`], [`histogram`] and [`quantiles_of_counts`]. `window`: pixels, odd. Time O(n log w)
/// for n pixels and a window of w, memory that of the result and of the rows of a window.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, median_level::below_quantile_of_median};
/// let picture = Plane::filled(40, 40, 5_u8);
/// let below = below_quantile_of_median(&picture, 7, 0.2);
/// // In a corner most of the window lies outside.
/// assert!(below[(0, 0)] && !below[(20, 20)]);
/// ```
#[must_use]
pub fn below_quantile_of_median<T: MedianSample>(plane: &Plane<T>, window: usize, p: f64) -> Plane<bool> {
    let window = window | 1;
    let by_levels = (LARGEST_SELECTED + 1..=LARGEST_COUNTED).contains(&window);
    let level = if by_levels { Windows { plane, window }.level_of_quantile(p) } else { None };
    match level {
        Some(level) => Windows { plane, window }.medians_below(level),
        None => below_quantile(&median(plane, window), p),
    }
}

/// Where `plane` is below the `p` quantile of its samples above 0.
fn below_quantile<T: MedianSample>(plane: &Plane<T>, p: f64) -> Plane<bool> {
    let mut counts = histogram(plane);
    counts[0] = 0;
    let stained = counts.iter().map(|&count| count as usize).sum();
    // Samples are whole numbers, so what is below the quantile is below the next whole number too.
    let level = quantiles_of_counts(&counts, stained, [p]).map_or(u32::MAX, |[quantile]| quantile.ceil() as u32);
    plane.map(|&sample| sample.into() < level)
}

/// The windows of a median filter.
#[derive(Clone, Copy)]
struct Windows<'a, T> {
    plane: &'a Plane<T>,
    /// Pixels, odd, at most [`LARGEST_COUNTED`].
    window: usize,
}

impl<T: MedianSample> Windows<'_, T> {
    /// The `p` quantile of the medians above 0 if it is one of them; `None` if there are none, or if it lies between
    /// two different ones.
    fn level_of_quantile(self, p: f64) -> Option<u32> {
        let stained = self.medians_from(1);
        let (rank, _) = (stained > 0).then(|| position(stained, p))?;
        let some = self.some_medians();
        // Sought is the largest level that no more medians are below than the rank says: `next`, at last the one after
        // it, has more.
        let (mut level, mut next, mut below_next) = (1, u32::from(u16::MAX) + 1, stained);
        let mut share = p;
        for round in 0.. {
            if level + 1 == next {
                break;
            }
            // Some medians tell where to look, and how much farther for those that were missing there; should that not
            // do soon, halving does.
            let probe = if round < GUESSES {
                quantile_of_sorted(&some, share).unwrap_or_default() as u32
            } else {
                level.midpoint(next)
            };
            let probe = probe.clamp(level + 1, next - 1);
            let below = stained - self.medians_from(probe);
            if below <= rank {
                level = probe;
            } else {
                (next, below_next) = (probe, below);
            }
            share = (share + (rank as f64 - below as f64) / stained as f64).clamp(0.0, 1.0);
        }
        // The median of the next rank is the same one, unless this was the last at its level.
        (below_next > rank + 1 || stained == 1).then_some(level)
    }

    /// A few of the medians above 0, in rising order.
    fn some_medians(self) -> Vec<u32> {
        let margin = self.window / 2;
        let (height, width) = self.plane.size();
        let mut medians = Vec::new();
        let mut covered = Vec::with_capacity(self.window * self.window);
        for row in (GRID / 2..height).step_by(GRID) {
            for col in (GRID / 2..width).step_by(GRID) {
                let cols = col.saturating_sub(margin)..(col + margin + 1).min(width);
                covered.clear();
                for row in row.saturating_sub(margin)..(row + margin + 1).min(height) {
                    covered.extend_from_slice(&self.plane.row(row)[cols.clone()]);
                }
                covered.resize(self.window * self.window, T::default());
                let (_, &mut median, _) = covered.select_nth_unstable(self.window * self.window / 2);
                if median > T::default() {
                    medians.push(median.into());
                }
            }
        }
        medians.sort_unstable();
        medians
    }

    /// The number of medians that are at least `level`.
    fn medians_from(self, level: u32) -> usize {
        let half = self.half();
        let mut medians = 0;
        self.for_each_stretch(level, |stretch| {
            medians += match stretch {
                Stretch::Below(_) => 0,
                Stretch::Reaches(pixels) => pixels,
                Stretch::Mixed(counts) => count_where(counts, |&count| count > half),
            }
        });
        medians
    }

    /// Where the median is below `level`.
    fn medians_below(self, level: u32) -> Plane<bool> {
        let half = self.half();
        let mut below = Vec::with_capacity(self.plane.samples().len());
        self.for_each_stretch(level, |stretch| match stretch {
            Stretch::Below(pixels) => below.resize(below.len() + pixels, true),
            Stretch::Reaches(pixels) => below.resize(below.len() + pixels, false),
            Stretch::Mixed(counts) => below.extend(counts.iter().map(|&count| count <= half)),
        });
        Plane::from_samples(self.plane.height(), self.plane.width(), below)
    }

    /// A median is at least a level if more than so many samples of its window are.
    fn half(self) -> u16 {
        (self.window * self.window / 2) as u16
    }

    /// Gives `visit` all pixels, stretch by stretch of each row from the top one on.
    fn for_each_stretch(self, level: u32, mut visit: impl FnMut(Stretch<'_>)) {
        let Self { plane, window } = self;
        let ((height, width), margin) = (plane.size(), window / 2);
        let outside = vec![T::default(); width];
        // The rows under the window, 1 where the sample is at least `level`, and their sums in columns, with what lies
        // outside the plane.
        let mut rows = vec![0_u8; window * width];
        let mut columns = vec![0_u8; width + 2 * margin];
        let mut sums = WindowSums::default();
        // No sample reaches a level that is none.
        let (level, one) = T::try_from(level).map_or((T::default(), 0), |level| (level, 1));
        for lowest in 0..height + margin {
            let samples = if lowest < height { plane.row(lowest) } else { &outside };
            let row = &mut rows[lowest % window * width..][..width];
            for ((column, reached), &sample) in columns[margin..].iter_mut().zip(row).zip(samples) {
                let reaches = if sample >= level { one } else { 0 };
                *column = *column - *reached + reaches;
                *reached = reaches;
            }
            if lowest < margin {
                continue;
            }
            for start in (0..width).step_by(STRETCH) {
                let pixels = STRETCH.min(width - start);
                let columns = &columns[start..start + pixels + 2 * margin];
                let (least, most) = columns.iter().fold((u8::MAX, 0), |(least, most), &n| (least.min(n), most.max(n)));
                let of_window = |in_column: u8| u16::from(in_column) * window as u16;
                visit(if of_window(most) <= self.half() {
                    Stretch::Below(pixels)
                } else if of_window(least) > self.half() {
                    Stretch::Reaches(pixels)
                } else {
                    Stretch::Mixed(sums.of(columns, window))
                });
            }
        }
    }
}

/// Pixels side by side, and whether their medians reach a level.
enum Stretch<'a> {
    /// None of so many does, for no column under their windows has enough samples that do.
    Below(usize),
    /// All of so many do, for every column has enough.
    Reaches(usize),
    /// How many samples of each pixel's window do.
    Mixed(&'a [u16]),
}

/// Sums of windows along a row. Kept for its memory.
#[derive(Default)]
struct WindowSums {
    bytes: Vec<u8>,
    more_bytes: Vec<u8>,
    sums: Vec<u16>,
    more_sums: Vec<u16>,
}

impl WindowSums {
    /// The sums of the first `window` values, of those from the second on, and so on. No value is more than `window`.
    ///
    /// By doubling: two sums of n values side by side, and one more value if need be, are a sum of 2 n or 2 n + 1 values;
    /// so the binary digits of the window, from the second on, lead to it from sums of 1. In bytes as long as they hold.
    fn of(&mut self, values: &[u8], window: usize) -> &[u16] {
        self.bytes.clear();
        self.bytes.extend_from_slice(values);
        let mut length = 1;
        while length < window {
            let twice = window >> (window.ilog2() - length.ilog2() - 1);
            let single = (twice > 2 * length).then(|| &values[2 * length..]);
            if twice < window && twice * window <= BYTE {
                doubled(&self.bytes, length, single, &mut self.more_bytes);
                mem::swap(&mut self.bytes, &mut self.more_bytes);
            } else if length * window <= BYTE {
                doubled(&self.bytes, length, single, &mut self.sums);
            } else {
                doubled(&self.sums, length, single, &mut self.more_sums);
                mem::swap(&mut self.sums, &mut self.more_sums);
            }
            length = twice;
        }
        &self.sums
    }
}

/// Sums of twice as many values from sums of `length` values, and of one value more if there are `singles`, the values
/// that come after those of the first such sum.
fn doubled<S: Copy, T: From<S> + From<u8> + Add<Output = T>>(
    sums: &[S],
    length: usize,
    singles: Option<&[u8]>,
    to: &mut Vec<T>,
) {
    let pairs = sums.iter().zip(&sums[length..]).map(|(&sum, &next)| T::from(sum) + T::from(next));
    to.clear();
    match singles {
        Some(singles) => to.extend(pairs.zip(singles).map(|(pair, &single)| pair + T::from(single))),
        None => to.extend(pairs),
    }
}

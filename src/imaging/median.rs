//! The median filter with zeros outside the picture, so that corners darken.
//!
//! Small windows: forgetful selection, where of a few more than half of the samples the smallest and the largest can
//! never be the median, so both are dropped and the next sample is taken in; all of it on many pixels side by side.
//! Large windows: a histogram that slides along the row (Huang, Yang & Tang 1979).

use super::Plane;

/// Samples the median filter takes: unsigned, of at most 16 bit.
pub trait MedianSample: Copy + Ord + Default + Into<u32> + TryFrom<u32> {}
impl MedianSample for u8 {}
impl MedianSample for u16 {}

/// Windows up to this one are selected, larger ones counted.
const LARGEST_SELECTED_WINDOW: usize = 5;
/// One more than half of the largest selected window's samples: what selection holds at a time.
const MOST_HELD: usize = LARGEST_SELECTED_WINDOW * LARGEST_SELECTED_WINDOW / 2 + 2;
/// Pixels of a row that are treated side by side.
const LANES: usize = 32;

/// The median over a `window` × `window` square around each pixel; what lies outside the plane counts as 0.
///
/// `window`: pixels, odd; 1 changes nothing. Time O(n window²) up to a window of 5, O(n window) above, for n pixels.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, median::median};
/// let speck = Plane::from_rows(&[[5_u8, 5, 5], [5, 99, 5], [5, 5, 5]]);
/// // The speck is gone; in each corner five of nine samples lie outside.
/// assert_eq!(median(&speck, 3), Plane::from_rows(&[[0, 5, 0], [5, 5, 5], [0, 5, 0]]));
/// ```
#[must_use]
pub fn median<T: MedianSample>(plane: &Plane<T>, window: usize) -> Plane<T> {
    let window = window | 1;
    match window {
        1 => plane.clone(),
        2..=LARGEST_SELECTED_WINDOW => select(plane, window),
        _ => count(plane, window),
    }
}

fn select<T: MedianSample>(plane: &Plane<T>, window: usize) -> Plane<T> {
    let (height, width) = plane.size();
    let margin = window / 2;
    let padded_width = width.next_multiple_of(LANES) + 2 * margin;
    let mut padded = vec![T::default(); padded_width * (height + 2 * margin)];
    for row in 0..height {
        let start = (row + margin) * padded_width + margin;
        padded[start..start + width].copy_from_slice(plane.row(row));
    }
    let mut samples = vec![T::default(); height * width];
    for row in 0..height {
        for (chunk, target) in samples[row * width..(row + 1) * width].chunks_mut(LANES).enumerate() {
            let around = (0..window * window).map(|k| {
                let start = (row + k / window) * padded_width + chunk * LANES + k % window;
                let mut lanes = [T::default(); LANES];
                lanes.copy_from_slice(&padded[start..start + LANES]);
                lanes
            });
            target.copy_from_slice(&forgetful_selection(around, window * window)[..target.len()]);
        }
    }
    Plane::from_samples(height, width, samples)
}

/// The median of `count` (odd, at least 3) vectors, lane by lane.
fn forgetful_selection<T: MedianSample>(mut vectors: impl Iterator<Item = [T; LANES]>, count: usize) -> [T; LANES] {
    let mut held = [[T::default(); LANES]; MOST_HELD];
    let most = count / 2 + 2;
    for (slot, vector) in held.iter_mut().zip(vectors.by_ref().take(most)) {
        *slot = vector;
    }
    for last in (2..most).rev() {
        smallest_first_largest_last(&mut held[..=last]);
        // The smallest gives its place to the next sample, the largest falls off the end.
        if let Some(next) = vectors.next() {
            held[0] = next;
        }
    }
    held[1]
}

fn smallest_first_largest_last<T: MedianSample>(held: &mut [[T; LANES]]) {
    let last = held.len() - 1;
    for k in 0..held.len() / 2 {
        exchange(held, k, last - k);
    }
    let half = held.len().div_ceil(2);
    for k in 1..half {
        exchange(held, 0, k);
    }
    for k in held.len() - half..last {
        exchange(held, k, last);
    }
}

/// Puts the smaller sample of each lane at `low` and the larger at `high`.
fn exchange<T: MedianSample>(held: &mut [[T; LANES]], low: usize, high: usize) {
    let (head, tail) = held.split_at_mut(high);
    for (a, b) in head[low].iter_mut().zip(&mut tail[0]) {
        (*a, *b) = ((*a).min(*b), (*a).max(*b));
    }
}

fn count<T: MedianSample>(plane: &Plane<T>, window: usize) -> Plane<T> {
    let (height, width) = plane.size();
    let margin = window / 2;
    let values = plane.samples().iter().max().map_or(0, |&largest| largest.into() as usize) + 1;
    let mut samples = Vec::with_capacity(height * width);
    for row in 0..height {
        let rows = row.saturating_sub(margin)..(row + margin + 1).min(height);
        let column = |col: usize| rows.clone().map(move |row| plane[(row, col)].into() as usize);
        let mut sliding = SlidingMedian::of_zeros(window * window, values);
        (0..margin.min(width)).for_each(|col| sliding.take_in(column(col)));
        for col in 0..width {
            if let Some(left) = col.checked_sub(margin + 1) {
                sliding.let_go(column(left));
            }
            if col + margin < width {
                sliding.take_in(column(col + margin));
            }
            samples.push(T::try_from(sliding.median()).unwrap_or_default());
        }
    }
    Plane::from_samples(height, width, samples)
}

/// The samples in a window by value, and their median, which moves little from one pixel to the next. Places outside
/// the plane hold zeros: a sample that comes in takes the place of a zero, one that goes leaves a zero behind.
struct SlidingMedian {
    counts: Vec<u32>,
    half: u32,
    median: usize,
    below_median: u32,
}

impl SlidingMedian {
    fn of_zeros(places: usize, values: usize) -> Self {
        let mut counts = vec![0; values];
        counts[0] = places as u32;
        Self { counts, half: places as u32 / 2, median: 0, below_median: 0 }
    }

    fn take_in(&mut self, samples: impl Iterator<Item = usize>) {
        samples.for_each(|sample| self.exchange(0, sample));
    }

    fn let_go(&mut self, samples: impl Iterator<Item = usize>) {
        samples.for_each(|sample| self.exchange(sample, 0));
    }

    fn exchange(&mut self, old: usize, new: usize) {
        self.counts[new] += 1;
        self.counts[old] -= 1;
        self.below_median += u32::from(new < self.median);
        self.below_median -= u32::from(old < self.median);
    }

    fn median(&mut self) -> u32 {
        while self.below_median > self.half {
            self.median -= 1;
            self.below_median -= self.counts[self.median];
        }
        while self.below_median + self.counts[self.median] <= self.half {
            self.below_median += self.counts[self.median];
            self.median += 1;
        }
        self.median as u32
    }
}

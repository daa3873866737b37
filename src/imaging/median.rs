//! The median filter with zeros outside the picture, so that corners darken.
//!
//! The smallest window: forgetful selection, where of a few more than half of the samples the smallest and the largest can
//! never be the median, so both are dropped and the next sample is taken in; all of it on many pixels side by side.
//! Large windows: counts of the samples of each column that slide down the columns, and counts of the samples of the
//! window that slide along the row, column by column (Perreault & Hébert 2007).

use std::ops::{Add, Sub};

use super::Plane;

/// Samples the median filter takes: unsigned, of at most 16 bit.
pub trait MedianSample: Copy + Ord + Default + Into<u32> + TryFrom<u32> {}
impl MedianSample for u8 {}
impl MedianSample for u16 {}

/// The window whose median is selected; larger ones are counted.
const WINDOW: usize = 3;
/// One more than half of its samples: what selection holds at a time.
const HELD: usize = WINDOW * WINDOW / 2 + 2;
/// Pixels of a row that are treated side by side.
const LANES: usize = 16;

/// The median over a `window` × `window` square around each pixel; what lies outside the plane counts as 0.
///
/// `window`: pixels, odd; 1 changes nothing. Time O(n) for n pixels, whatever the window; besides its result it needs some
/// 0.6 MB of memory for samples up to 1023, and more for larger ones.
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
    match window | 1 {
        1 => plane.clone(),
        WINDOW => select(plane),
        window => count(plane, window),
    }
}

fn select<T: MedianSample>(plane: &Plane<T>) -> Plane<T> {
    let (height, width) = plane.size();
    let margin = WINDOW / 2;
    let padded_width = width.next_multiple_of(LANES) + 2 * margin;
    let mut padded = vec![T::default(); padded_width * (height + 2 * margin)];
    for row in 0..height {
        let start = (row + margin) * padded_width + margin;
        padded[start..start + width].copy_from_slice(plane.row(row));
    }
    let mut medians = Plane::filled(height, width, T::default());
    for (row, medians) in medians.samples_mut().chunks_mut(width.max(1)).enumerate() {
        for (chunk, medians) in medians.chunks_mut(LANES).enumerate() {
            let around = std::array::from_fn(|k| {
                let start = (row + k / WINDOW) * padded_width + chunk * LANES + k % WINDOW;
                padded[start..].first_chunk().copied().unwrap_or_default()
            });
            let selected = forgetful_selection(&around);
            medians.copy_from_slice(&selected[..medians.len()]);
        }
    }
    medians
}

/// The median of the vectors, lane by lane.
fn forgetful_selection<T: MedianSample>(vectors: &[[T; LANES]; WINDOW * WINDOW]) -> [T; LANES] {
    let mut held = [[T::default(); LANES]; HELD];
    held.copy_from_slice(&vectors[..HELD]);
    for (k, next) in vectors[HELD..].iter().enumerate() {
        smallest_first_largest_last(&mut held[..HELD - k]);
        // The smallest gives its place to the next sample, the largest falls off the end.
        held[0] = *next;
    }
    smallest_first_largest_last(&mut held[..3]);
    held[1]
}

#[inline]
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
#[inline]
fn exchange<T: MedianSample>(held: &mut [[T; LANES]], low: usize, high: usize) {
    let (smaller, larger) = (held[low], held[high]);
    held[low] = std::array::from_fn(|lane| smaller[lane].min(larger[lane]));
    held[high] = std::array::from_fn(|lane| smaller[lane].max(larger[lane]));
}

fn count<T: MedianSample>(plane: &Plane<T>, window: usize) -> Plane<T> {
    let largest = plane.largest().into();
    // As few entries as hold the samples, and counts as narrow as hold the window.
    match (largest, window) {
        (..0x100, ..0x100) => count_columns::<T, u16, 16>(plane, window),
        (..0x400, ..0x100) => count_columns::<T, u16, 32>(plane, window),
        (_, ..0x100) => count_columns::<T, u16, 256>(plane, window),
        (..0x100, _) => count_columns::<T, u32, 16>(plane, window),
        (..0x400, _) => count_columns::<T, u32, 32>(plane, window),
        _ => count_columns::<T, u32, 256>(plane, window),
    }
}

/// Columns whose counts are kept at a time, besides half a window on each side, so that they stay in the cache.
const STRIPE: usize = 256;

fn count_columns<T: MedianSample, N: Count, const F: usize>(plane: &Plane<T>, window: usize) -> Plane<T> {
    let (height, width) = plane.size();
    let margin = window / 2;
    let ones_from = std::array::from_fn(|first| std::array::from_fn(|entry| N::from(entry >= first)));
    let mut medians = Plane::filled(height, width, T::default());
    for start in (0..width).step_by(STRIPE) {
        let end = (start + STRIPE).min(width);
        let mut columns = vec![Counts::<N, F>::of_zeros(window); end - start + 2 * margin];
        let (left, right) = (start.saturating_sub(margin), (end + margin).min(width));
        for lowest in 0..height + margin {
            let samples_of = |row: usize| (row < height).then(|| &plane.row(row)[left..right]);
            let (coming, going) = (samples_of(lowest), lowest.checked_sub(window).and_then(samples_of));
            let inside = &mut columns[left + margin - start..][..right - left];
            for (k, column) in inside.iter_mut().enumerate() {
                let sample = |row: Option<&[T]>| row.map_or(0, |row| row[k].into() as usize);
                column.exchange(sample(going), sample(coming), &ones_from);
            }
            if let Some(row) = lowest.checked_sub(margin) {
                slide(&columns, window, &mut medians.samples_mut()[row * width..][start..end]);
            }
        }
    }
    medians
}

/// The medians of one row: of the first `window` columns, then of those from the second on, and so on.
fn slide<T: MedianSample, N: Count, const F: usize>(columns: &[Counts<N, F>], window: usize, medians: &mut [T]) {
    let half = N::of(window * window / 2);
    let mut coarse = [N::default(); F];
    columns[..window].iter().for_each(|column| add(&mut coarse, &column.coarse));
    // The fine counts of a group are brought up to date only where the median lies in it: to the window that began at
    // this column.
    let mut fine = [[N::default(); F]; F];
    let mut up_to_date: [Option<usize>; F] = [None; F];
    let mut group = 0;
    for (start, median) in medians.iter_mut().enumerate() {
        if start > 0 {
            replace(&mut coarse, &columns[start - 1].coarse, &columns[start + window - 1].coarse);
        }
        // Mostly the median stays in its group, and to see that is faster than to search for it.
        let stays = coarse[group] > half && (group == 0 || coarse[group - 1] <= half);
        if !stays {
            group = coarse.partition_point(|&count| count <= half);
        }
        let below = if group > 0 { coarse[group - 1] } else { N::default() };
        let fine = &mut fine[group];
        match up_to_date[group] {
            Some(before) if start - before < window / 2 => {
                for gone in before..start {
                    replace(fine, &columns[gone].fine[group], &columns[gone + window].fine[group]);
                }
            }
            _ => {
                *fine = [N::default(); F];
                columns[start..start + window].iter().for_each(|column| add(fine, &column.fine[group]));
            }
        }
        up_to_date[group] = Some(start);
        let rest = fine.partition_point(|&count| count <= half - below);
        *median = T::try_from((group * F + rest) as u32).unwrap_or_default();
    }
}

/// How many samples of a column are at most so large, in two steps: samples are told apart by group, F in each, and
/// within their group. As the counts rise, the median is the first whose count is more than half, and with vectors of
/// counts to add and to take away, no sample costs more than another.
#[derive(Clone)]
struct Counts<N, const F: usize> {
    /// Samples of the groups up to each.
    coarse: [N; F],
    /// For each group, samples of that group up to each of its values.
    fine: [[N; F]; F],
}

impl<N: Count, const F: usize> Counts<N, F> {
    fn of_zeros(samples: usize) -> Self {
        let mut fine = [[N::default(); F]; F];
        fine[0] = [N::of(samples); F];
        Self { coarse: [N::of(samples); F], fine }
    }

    /// `ones_from[k]`: ones from entry k on, zeros before.
    #[inline]
    fn exchange(&mut self, old: usize, new: usize, ones_from: &[[N; F]; F]) {
        replace(&mut self.coarse, &ones_from[old / F], &ones_from[new / F]);
        add(&mut self.fine[new / F], &ones_from[new % F]);
        replace(&mut self.fine[old / F], &ones_from[old % F], &[N::default(); F]);
    }
}

#[inline]
fn add<N: Count, const F: usize>(counts: &mut [N; F], more: &[N; F]) {
    *counts = std::array::from_fn(|entry| counts[entry] + more[entry]);
}

#[inline]
fn replace<N: Count, const F: usize>(counts: &mut [N; F], old: &[N; F], new: &[N; F]) {
    *counts = std::array::from_fn(|entry| counts[entry] + new[entry] - old[entry]);
}

/// Numbers to count with.
trait Count: Copy + Default + PartialOrd + From<bool> + Into<u32> + Add<Output = Self> + Sub<Output = Self> {
    fn of(number: usize) -> Self;
}

impl Count for u16 {
    fn of(number: usize) -> Self {
        number as Self
    }
}

impl Count for u32 {
    fn of(number: usize) -> Self {
        number as Self
    }
}

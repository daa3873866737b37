//! The median filter with zeros outside the picture, so that corners darken.
//!
//! Small windows: forgetful selection, where of a few more than half of the samples the smallest and the largest can
//! never be the median, so both are dropped and the next sample is taken in; all of it on many pixels side by side.
//! Large windows: counts of the samples of each column that slide down the columns, and counts of the samples of the
//! window that slide along the row, column by column (Perreault & Hébert 2007). Where all is black, nothing is counted.

use std::ops::{Add, Sub};

use super::Plane;

/// Samples the median filter takes: unsigned, of at most 16 bit.
pub trait MedianSample: Copy + Ord + Default + Into<u32> + TryFrom<u32> {}
impl MedianSample for u8 {}
impl MedianSample for u16 {}

/// Pixels of a row that are treated side by side.
const LANES: usize = 16;

/// The median over a `window` × `window` square around each pixel; what lies outside the plane counts as 0.
///
/// `window`: pixels, odd; 1 changes nothing. Time O(n) for n pixels, whatever the window; besides its result it needs some
/// 0.2 MB of memory for samples up to 1023, and more for larger ones.
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
        3 => select(plane, middle_of_9),
        5 => select(plane, middle_of_25),
        window => count(plane, window),
    }
}

/// `middle` takes the median of the samples that it is given row by row, of many windows side by side.
fn select<T: MedianSample, const WINDOW: usize>(
    plane: &Plane<T>,
    middle: impl Fn([[[T; LANES]; WINDOW]; WINDOW]) -> [T; LANES],
) -> Plane<T> {
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
            let samples = |down: usize, right: usize| {
                let start = (row + down) * padded_width + chunk * LANES + right;
                padded[start..].first_chunk().copied().unwrap_or_default()
            };
            let around = std::array::from_fn(|down| std::array::from_fn(|right| samples(down, right)));
            medians.copy_from_slice(&middle(around)[..medians.len()]);
        }
    }
    medians
}

fn middle_of_9<T: MedianSample>(samples: [[[T; LANES]; 3]; 3]) -> [T; LANES] {
    let [s0, s1, s2, s3, s4, s5, rest @ ..] = samples.as_flattened() else { return [T::default(); LANES] };
    middle_of_6([*s0, *s1, *s2, *s3, *s4, *s5], rest)
}

fn middle_of_25<T: MedianSample>(samples: [[[T; LANES]; 5]; 5]) -> [T; LANES] {
    let mut held = [[T::default(); LANES]; 14];
    let (first, rest) = samples.as_flattened().split_at(14);
    held.copy_from_slice(first);
    exchange_extremes::<T, 14>(&mut held, rest[0]);
    exchange_extremes::<T, 13>(&mut held, rest[1]);
    exchange_extremes::<T, 12>(&mut held, rest[2]);
    exchange_extremes::<T, 11>(&mut held, rest[3]);
    exchange_extremes::<T, 10>(&mut held, rest[4]);
    exchange_extremes::<T, 9>(&mut held, rest[5]);
    exchange_extremes::<T, 8>(&mut held, rest[6]);
    exchange_extremes::<T, 7>(&mut held, rest[7]);
    middle_of_6([held[0], held[1], held[2], held[3], held[4], held[5]], &rest[8..])
}

/// The end of the selection: six samples are held, three are still to come.
#[inline(always)]
#[expect(clippy::inline_always, reason = "samples must stay in registers, which is four times as fast")]
fn middle_of_6<T: MedianSample>(mut held: [[T; LANES]; 6], rest: &[[T; LANES]]) -> [T; LANES] {
    exchange_extremes::<T, 6>(&mut held, rest[0]);
    exchange_extremes::<T, 5>(&mut held, rest[1]);
    exchange_extremes::<T, 4>(&mut held, rest[2]);
    exchange_extremes::<T, 3>(&mut held, [T::default(); LANES]);
    held[1]
}

/// Of the first N held samples the smallest gives its place to the next one, the largest falls off the end.
#[inline(always)]
#[expect(clippy::inline_always, reason = "samples must stay in registers, which is four times as fast")]
fn exchange_extremes<T: MedianSample, const N: usize>(held: &mut [[T; LANES]], next: [T; LANES]) {
    let last = N - 1;
    for k in 0..N / 2 {
        exchange(held, k, last - k);
    }
    let half = N.div_ceil(2);
    for k in 1..half {
        exchange(held, 0, k);
    }
    for k in N - half..last {
        exchange(held, k, last);
    }
    held[0] = next;
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
    // As few entries as hold the samples, and counts as narrow as hold a column and the window.
    match (largest, window) {
        (..0x100, ..16) => count_columns::<T, u8, u8, 16>(plane, window),
        (..0x100, ..0xff) => count_columns::<T, u8, u16, 16>(plane, window),
        (..576, ..0xff) => count_columns::<T, u8, u16, 24>(plane, window),
        (..0x400, ..0xff) => count_columns::<T, u8, u16, 32>(plane, window),
        (_, ..0xff) => count_columns::<T, u16, u16, 256>(plane, window),
        (..0x100, _) => count_columns::<T, u32, u32, 16>(plane, window),
        (..0x400, _) => count_columns::<T, u32, u32, 32>(plane, window),
        _ => count_columns::<T, u32, u32, 256>(plane, window),
    }
}

/// Columns whose counts are kept at a time, besides half a window on each side, so that they stay in the cache.
const STRIPE: usize = 128;

/// Counts in `C` the samples of a column, in `W` those of the window.
fn count_columns<T: MedianSample, C: Count, W: Count + From<C>, const F: usize>(
    plane: &Plane<T>,
    window: usize,
) -> Plane<T> {
    let (height, width) = plane.size();
    let margin = window / 2;
    let ones_from = std::array::from_fn(|first| std::array::from_fn(|entry| C::from(entry >= first)));
    let outside = vec![T::default(); STRIPE + 2 * margin];
    let mut medians = Plane::filled(height, width, T::default());
    let mut bright = [W::default(); STRIPE];
    for start in (0..width).step_by(STRIPE) {
        let end = (start + STRIPE).min(width);
        let (left, right) = (start.saturating_sub(margin), (end + margin).min(width));
        let samples_of = |row: Option<usize>| match row {
            Some(row) if row < height => &plane.row(row)[left..right],
            _ => &outside[..right - left],
        };
        let mut columns = vec![Counts::<C, F>::of_zeros(window); end - start + 2 * margin];
        // How many samples of each column are not black.
        let mut bright_of_column = vec![C::default(); columns.len()];
        // The first row from which on all is black so far.
        let mut black_from = 0;
        for lowest in 0..height + margin {
            let (coming, going) = (samples_of(Some(lowest)), samples_of(lowest.checked_sub(window)));
            if largest(coming) > T::default() {
                black_from = lowest + 1;
            }
            // Nothing but black comes, goes and stays.
            if black_from + window <= lowest {
                continue;
            }
            let inside = left + margin - start..right + margin - start;
            for ((bright, &coming), &going) in bright_of_column[inside.clone()].iter_mut().zip(coming).zip(going) {
                *bright = *bright + C::from(coming > T::default()) - C::from(going > T::default());
            }
            let blocks = columns[inside].chunks_mut(LANES).zip(coming.chunks(LANES).zip(going.chunks(LANES)));
            for (columns, (coming, going)) in blocks.filter(|(_, (coming, going))| coming != going) {
                for ((column, &coming), &going) in columns.iter_mut().zip(coming).zip(going) {
                    if going != coming {
                        column.exchange(going.into() as usize, coming.into() as usize, &ones_from);
                    }
                }
            }
            let Some(row) = lowest.checked_sub(margin) else { continue };
            let medians = &mut medians.row_mut(row)[start..end];
            let bright = &mut bright[..medians.len()];
            sums_of_windows(&bright_of_column, window, bright);
            // Where most of the window is black, so is the median.
            let is_bright = |bright: &W| *bright > W::of(window * window / 2);
            let mut at = 0;
            while let Some(black) = bright[at..].iter().position(is_bright) {
                let first = at + black;
                at = bright[first..].iter().position(|bright| !is_bright(bright)).map_or(bright.len(), |n| first + n);
                slide::<T, C, W, F>(&columns[first..at + window - 1], window, &mut medians[first..at]);
            }
        }
    }
    medians
}

fn largest<T: MedianSample>(samples: &[T]) -> T {
    samples.iter().fold(T::default(), |largest, &sample| largest.max(sample))
}

/// The sums of the first `window` values, of those from the second on, and so on.
fn sums_of_windows<C: Count, W: Count + From<C>>(values: &[C], window: usize, sums: &mut [W]) {
    let mut sum = values[..window - 1].iter().fold(W::default(), |sum, &value| sum + W::from(value));
    for ((target, &come), &gone) in sums.iter_mut().zip(&values[window - 1..]).zip(values) {
        sum = sum + W::from(come);
        *target = sum;
        sum = sum - W::from(gone);
    }
}

/// The medians of the first `window` columns, of those from the second on, and so on.
fn slide<T: MedianSample, C: Count, W: Count + From<C>, const F: usize>(
    columns: &[Counts<C, F>],
    window: usize,
    medians: &mut [T],
) {
    let half = W::of(window * window / 2);
    let samples_up_to = |columns: &[Counts<C, F>], group: usize| {
        columns.iter().fold(W::default(), |sum, column| sum + W::from(column.coarse[group]))
    };
    // The group of the median, and the window's samples below this group, and up to it.
    let (mut group, mut below, mut up_to) = (0, W::default(), samples_up_to(&columns[..window], 0));
    // The fine counts of a group are brought up to date only where the median lies in it: to the window that began at
    // this column.
    let mut fine = [[W::default(); F]; F];
    let mut up_to_date: [Option<usize>; F] = [None; F];
    for (start, (inside, median)) in columns.windows(window).zip(medians).enumerate() {
        if start > 0 {
            let (gone, come) = (&columns[start - 1], &inside[window - 1]);
            up_to = up_to + W::from(come.coarse[group]) - W::from(gone.coarse[group]);
            if group > 0 {
                below = below + W::from(come.coarse[group - 1]) - W::from(gone.coarse[group - 1]);
            }
        }
        while up_to <= half {
            group += 1;
            (below, up_to) = (up_to, samples_up_to(inside, group));
        }
        while below > half {
            group -= 1;
            (below, up_to) = (if group > 0 { samples_up_to(inside, group - 1) } else { W::default() }, below);
        }
        let fine = &mut fine[group];
        match up_to_date[group] {
            Some(before) if start - before < window / 2 => {
                for (gone, come) in columns[before..start].iter().zip(&columns[before + window..]) {
                    replace(fine, &gone.fine[group], &come.fine[group]);
                }
            }
            _ => {
                *fine = [W::default(); F];
                for column in inside {
                    add(fine, &column.fine[group]);
                }
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
struct Counts<C, const F: usize> {
    /// Samples of the groups up to each.
    coarse: [C; F],
    /// For each group, samples of that group up to each of its values.
    fine: [[C; F]; F],
}

impl<C: Count, const F: usize> Counts<C, F> {
    fn of_zeros(samples: usize) -> Self {
        let mut fine = [[C::default(); F]; F];
        fine[0] = [C::of(samples); F];
        Self { coarse: [C::of(samples); F], fine }
    }

    /// `ones_from[k]`: ones from entry k on, zeros before.
    #[inline]
    fn exchange(&mut self, old: usize, new: usize, ones_from: &[[C; F]; F]) {
        let (old_group, new_group) = (old / F % F, new / F % F);
        replace::<C, C, F>(&mut self.coarse, &ones_from[old_group], &ones_from[new_group]);
        add::<C, C, F>(&mut self.fine[new_group], &ones_from[new % F]);
        replace::<C, C, F>(&mut self.fine[old_group], &ones_from[old % F], &[C::default(); F]);
    }
}

#[inline]
fn add<W: Count + From<C>, C: Count, const F: usize>(counts: &mut [W; F], more: &[C; F]) {
    for (count, &more) in counts.iter_mut().zip(more) {
        *count = *count + W::from(more);
    }
}

#[inline]
fn replace<W: Count + From<C>, C: Count, const F: usize>(counts: &mut [W; F], old: &[C; F], new: &[C; F]) {
    for ((count, &old), &new) in counts.iter_mut().zip(old).zip(new) {
        *count = *count + W::from(new) - W::from(old);
    }
}

/// Numbers to count with.
trait Count: Copy + Default + PartialOrd + From<bool> + Into<u32> + Add<Output = Self> + Sub<Output = Self> {
    fn of(number: usize) -> Self;
}

impl Count for u8 {
    fn of(number: usize) -> Self {
        number as Self
    }
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

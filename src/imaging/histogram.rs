//! Counts of samples, and quantiles read from counts or from values.
//!
//! Quantiles are of type 7 of Hyndman & Fan (1996), the usual one in statistics software: linear between the two order
//! statistics on either side of the position 1 + (n − 1) p.

use super::Plane;

/// How often each sample occurs: entry v counts the samples equal to v. At least 256 entries.
#[must_use]
pub fn histogram<T: Copy + Ord + Default + Into<u32>>(plane: &Plane<T>) -> Vec<u32> {
    let mut counts = vec![0_u32; (plane.largest().into() as usize + 1).next_power_of_two().max(256)];
    // Much of most pictures is black, and counting in one place twice has to wait for itself.
    for block in plane.samples().chunks(16) {
        if block.iter().fold(T::default(), |largest, &sample| largest.max(sample)) == T::default() {
            counts[0] += block.len() as u32;
        } else {
            for &sample in block {
                counts[sample.into() as usize] += 1;
            }
        }
    }
    counts
}

/// How many of the samples are such that `is_counted`.
pub fn count_where<T>(samples: &[T], is_counted: impl Fn(&T) -> bool) -> usize {
    // Counts of one byte, as wide as the narrowest samples, as long as they hold.
    let of_block = |block: &[T]| block.iter().map(|sample| u8::from(is_counted(sample))).sum::<u8>();
    samples.chunks(usize::from(u8::MAX)).map(|block| usize::from(of_block(block))).sum()
}

/// How often each grey level occurs: [`histogram`] of a plane of bytes, in an array of its own size.
#[must_use]
pub fn level_counts(plane: &Plane<u8>) -> [u32; 256] {
    // Neighbours are often equal, and counting in one place twice has to wait for itself: so four counters in turn.
    let mut counters = [[0_u32; 256]; 4];
    for levels in plane.samples().chunks(4) {
        for (counter, &level) in counters.iter_mut().zip(levels) {
            counter[usize::from(level)] += 1;
        }
    }
    std::array::from_fn(|level| counters.iter().map(|counter| counter[level]).sum())
}

/// The quantiles of the values that `counts` counts, for rising `probabilities` (0 to 1); `None` if there are none.
///
/// `total` is the sum of `counts`. Time O(entries): one walk along them.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::histogram::quantiles_of_counts;
/// // The values 0, 0, 2, 2: the median lies half-way between 0 and 2.
/// assert_eq!(quantiles_of_counts(&[2_u32, 0, 2], 4, [0.0, 0.5, 1.0]), Some([0.0, 1.0, 2.0]));
/// ```
#[must_use]
pub fn quantiles_of_counts<C: Copy + Into<u32>, const N: usize>(
    counts: &[C],
    total: usize,
    probabilities: [f64; N],
) -> Option<[f64; N]> {
    let count_of = |&count: &C| count.into() as usize;
    let mut value = counts.iter().position(|count| count_of(count) > 0)?;
    let mut up_to_value = count_of(&counts[value]);
    Some(probabilities.map(|p| {
        let (rank, share) = position(total, p);
        while up_to_value <= rank {
            value += 1;
            up_to_value += count_of(&counts[value]);
        }
        let mut next = value;
        if share > 0.0 && up_to_value == rank + 1 {
            next += counts[value + 1..].iter().position(|count| count_of(count) > 0).map_or(0, |gap| gap + 1);
        }
        value as f64 + share * (next - value) as f64
    }))
}

/// The `p` quantile (0 to 1) of values in rising order; `None` without values.
#[must_use]
pub fn quantile_of_sorted(sorted: &[u32], p: f64) -> Option<f64> {
    let largest = sorted.last()?;
    let (rank, share) = position(sorted.len(), p);
    let (lower, upper) = (sorted[rank], *sorted.get(rank + 1).unwrap_or(largest));
    Some(f64::from(lower) + share * f64::from(upper - lower))
}

/// The `p` quantile (0 to 1) of `scale(value)` over `values`, for a `scale` that never falls; `None` without values.
///
/// Time O(n), memory that of the values that share their leading bits with the quantile: it counts by leading bits
/// first, then looks at one of these bins.
pub fn quantile_of_values(
    values: impl Iterator<Item = u32> + Clone,
    p: f64,
    scale: impl Fn(u32) -> f64,
) -> Option<f64> {
    let largest = values.clone().reduce(u32::max)?;
    let bits = u32::BITS - largest.leading_zeros();
    let shift = bits.saturating_sub(LEADING_BITS);
    let mut counts = vec![0_usize; (largest >> shift) as usize + 1];
    values.clone().for_each(|value| counts[(value >> shift) as usize] += 1);
    let (rank, share) = position(counts.iter().sum(), p);

    let (mut bin, mut before) = (0, 0);
    while before + counts[bin] <= rank {
        before += counts[bin];
        bin += 1;
    }
    if shift == 0 {
        // A bin is a value, so the counts know all.
        let next = || counts[bin + 1..].iter().position(|&count| count > 0).map_or(bin, |gap| bin + 1 + gap);
        let upper = if rank + 1 < before + counts[bin] { bin } else { next() };
        let (lower, upper) = (scale(bin as u32), scale(upper as u32));
        return Some(lower + share * (upper - lower));
    }
    let mut of_bin: Vec<u32> = values.clone().filter(|&value| (value >> shift) as usize == bin).collect();
    let (_, &mut lower, above) = of_bin.select_nth_unstable(rank - before);
    let next_bin = || values.filter(|&value| (value >> shift) as usize > bin).reduce(u32::min);
    let upper = above.iter().min().copied().or_else(next_bin).unwrap_or(lower);
    Some(scale(lower) + share * (scale(upper) - scale(lower)))
}

/// Otsu's threshold: the value up to which counts belong to the lower of two classes, chosen so that the classes vary
/// least in themselves; of equally good ones the lowest. `None` if fewer than two values occur.
///
/// Time O(entries). Source: Otsu, "A threshold selection method from gray-level histograms", IEEE Trans. Syst. Man
/// Cybern. 9 (1979).
///
/// # Examples
/// ```
/// use cytoscribe::imaging::histogram::otsu;
/// assert_eq!(otsu(&[5, 9, 1, 0, 0, 0, 2, 7]), Some(2));
/// ```
#[must_use]
pub fn otsu(counts: &[u32]) -> Option<usize> {
    let (mut total, mut sum) = (0.0, 0.0);
    for (value, &count) in counts.iter().enumerate() {
        total += f64::from(count);
        sum += value as f64 * f64::from(count);
    }
    let (mut below, mut sum_below) = (0.0, 0.0);
    let mut best = None;
    for (value, &count) in counts.iter().enumerate() {
        below += f64::from(count);
        sum_below += value as f64 * f64::from(count);
        let above = total - below;
        if below > 0.0 && above > 0.0 {
            // Least variance within the classes is most between them.
            let apart = sum_below / below - (sum - sum_below) / above;
            let between = below * above * apart * apart;
            if best.is_none_or(|(most, _)| between > most) {
                best = Some((between, value));
            }
        }
    }
    best.map(|(_, value)| value)
}

/// Bits by which values are counted at first.
const LEADING_BITS: u32 = 16;

/// Zero-based rank of the lower order statistic among `total` ≥ 1, and the share of the way to the next one.
pub(super) fn position(total: usize, p: f64) -> (usize, f64) {
    let exact = total as f64 * p + (1.0 - p);
    let lower = (exact as usize).clamp(1, (total - 1).max(1));
    if total == 1 { (0, 0.0) } else { (lower - 1, (exact - lower as f64).clamp(0.0, 1.0)) }
}

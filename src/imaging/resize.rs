//! Other sizes of a plane: bilinear point samples for pictures, nearest neighbours for masks. No smoothing.

use std::mem;

use super::Plane;

/// `plane` at another size by bilinear point samples at pixel centres; the same size is a copy.
///
/// Shrinking does not average: each target pixel looks at four source pixels. Both sizes at least 1 × 1. The order of
/// operations is fixed (shares of f64, ties to even) so that results are equal to the bit everywhere.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, resize::bilinear};
/// let ramp = Plane::from_rows(&[[0_u8, 10, 20, 30]]);
/// assert_eq!(bilinear(&ramp, 1, 2), Plane::from_rows(&[[5, 25]]));
/// ```
#[must_use]
pub fn bilinear(plane: &Plane<u8>, height: usize, width: usize) -> Plane<u8> {
    if plane.size() == (height, width) {
        return plane.clone();
    }
    bilinear_of_rows(plane.size(), (height, width), |row, samples| samples.copy_from_slice(plane.row(row)))
}

/// As [`bilinear`], of a picture that need not exist as a whole: `write_row(row, samples)` writes the samples of a
/// source row. `from` and `to`: (height, width).
#[must_use]
pub fn bilinear_of_rows(from: (usize, usize), to: (usize, usize), write_row: impl Fn(usize, &mut [u8])) -> Plane<u8> {
    let mut resized = Plane::filled(to.0, to.1, 0);
    let target_rows = resized.samples_mut().chunks_mut(to.1);
    if from == to {
        target_rows.enumerate().for_each(|(row, targets)| write_row(row, targets));
        return resized;
    }
    let (rows, cols) = (taps(from.0, to.0), taps(from.1, to.1));
    let (mut upper, mut lower) = (vec![0; from.1], vec![0; from.1]);
    let mut in_lower = None;
    for (down, targets) in rows.iter().zip(target_rows) {
        if in_lower == Some(down.first) {
            mem::swap(&mut upper, &mut lower);
        } else {
            write_row(down.first, &mut upper);
        }
        write_row(down.second, &mut lower);
        in_lower = Some(down.second);
        for (across, target) in cols.iter().zip(targets) {
            let (first, second) = (across.first, across.second);
            if upper[first] | upper[second] | lower[first] | lower[second] == 0 {
                continue;
            }
            let along = |row: &[u8]| {
                across.share * UNIT[usize::from(row[second])] + (1.0 - across.share) * UNIT[usize::from(row[first])]
            };
            *target = round_ties_even((down.share * along(&lower) + (1.0 - down.share) * along(&upper)) * 255.0);
        }
    }
    resized
}

/// `plane` at another size by nearest neighbours: target pixel i takes source pixel floor((2 i + 1) n / (2 m)) of n
/// source and m target pixels, which maps pixel centres as [`bilinear`] does. Ids of a mask stay what they are.
#[must_use]
pub fn nearest<T: Copy>(plane: &Plane<T>, height: usize, width: usize) -> Plane<T> {
    if plane.size() == (height, width) {
        return plane.clone();
    }
    let (rows, cols) = (nearest_sources(plane.height(), height), nearest_sources(plane.width(), width));
    let mut samples = Vec::with_capacity(height * width);
    let mut copied = None;
    for from in rows {
        if copied == Some(from) {
            samples.extend_from_within(samples.len() - width..);
        } else {
            let source_row = plane.row(from);
            samples.extend(cols.iter().map(|&col| source_row[col]));
            copied = Some(from);
        }
    }
    Plane::from_samples(height, width, samples)
}

/// Samples in units of the full range.
static UNIT: [f64; 256] = {
    let mut unit = [0.0; 256];
    let mut sample = 0;
    while sample < 256 {
        unit[sample] = sample as f64 / 255.0;
        sample += 1;
    }
    unit
};

/// The source pixel of each target pixel along one axis of [`nearest`].
#[must_use]
pub fn nearest_sources(from: usize, to: usize) -> Vec<usize> {
    (0..to).map(|target| (2 * target + 1) * from / (2 * to)).collect()
}

/// The two source pixels of a target pixel along one axis, and the share of the second.
struct Tap {
    first: usize,
    second: usize,
    share: f64,
}

fn taps(from: usize, to: usize) -> Vec<Tap> {
    let scale = from as f64 / to as f64;
    let offset = 1.0 - 0.5 - scale * (1.0 - 0.5);
    (1..=to)
        .map(|target| {
            let centre = (scale * target as f64 + offset).clamp(1.0, from as f64);
            let before = (centre as usize).min((from - 1).max(1));
            Tap { first: before - 1, second: before.min(from - 1), share: centre - before as f64 }
        })
        .collect()
}

/// The nearest integer of a value in 0 ..= 255, halves to the even one.
///
/// Adding 2^52 leaves no bit for a fraction, so the processor's own rounding does it, and the last bits of the sum are
/// the integer; the function of the same name in the standard library is a call on processors without an instruction
/// for it.
pub(super) fn round_ties_even(value: f64) -> u8 {
    const NO_FRACTION: f64 = 4_503_599_627_370_496.0;
    (value + NO_FRACTION).to_bits() as u8
}

//! Other sizes of a plane: bilinear point samples or means of areas for pictures, nearest neighbours for masks.

use std::{array, mem, ops::Range};

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
    let (rows, cols) = (taps(plane.height(), height), taps(plane.width(), width));
    let mut resized = Plane::filled(height, width, 0);
    for (row, down) in rows.iter().enumerate() {
        let (upper, lower) = (plane.row(down.first), plane.row(down.second));
        for (across, target) in cols.iter().zip(resized.row_mut(row)) {
            let (first, second) = (across.first, across.second);
            // Much of a field is black, and so is the target before.
            if upper[first] | upper[second] | lower[first] | lower[second] > 0 {
                *target = sample_of(down.blend(across.along(upper), across.along(lower)));
            }
        }
    }
    resized
}

/// As [`bilinear`], of N pictures of one size that need not exist as a whole. `from` and `to`: (height, width).
///
/// `write_row(row, samples)` writes the samples of a source row of each picture over zeros and returns the columns
/// outside which it left them so. Rows are asked for from top to bottom, and only those that are looked at. Each is
/// blended along itself once, also if two target rows look at it.
#[must_use]
pub fn bilinear_of_rows<const N: usize>(
    from: (usize, usize),
    to: (usize, usize),
    write_row: impl Fn(usize, [&mut [u8]; N]) -> Range<usize>,
) -> [Plane<u8>; N] {
    let mut resized: [Plane<u8>; N] = array::from_fn(|_| Plane::filled(to.0, to.1, 0));
    if from == to {
        for row in 0..from.0 {
            write_row(row, resized.each_mut().map(|plane| plane.row_mut(row)));
        }
        return resized;
    }
    let (rows, cols) = (taps(from.0, to.0), taps(from.1, to.1));
    let mut source: [Vec<u8>; N] = array::from_fn(|_| vec![0; from.1]);
    let mut blend = |row: usize, blended: &mut BlendedRow<N>| {
        for samples in &mut source {
            samples.fill(0);
        }
        let written = write_row(row, source.each_mut().map(Vec::as_mut_slice));
        blended.blend(row, source.each_ref().map(Vec::as_slice), &written, &cols);
    };
    let (mut upper, mut lower) = (BlendedRow::black(to.1), BlendedRow::black(to.1));
    for (row, down) in rows.iter().enumerate() {
        if lower.row == Some(down.first) {
            mem::swap(&mut upper, &mut lower);
        } else {
            blend(down.first, &mut upper);
        }
        blend(down.second, &mut lower);
        let cols = upper.cols.start.min(lower.cols.start)..upper.cols.end.max(lower.cols.end);
        for (plane, (upper, lower)) in resized.iter_mut().zip(upper.units.iter().zip(&lower.units)) {
            let units = upper[cols.clone()].iter().zip(&lower[cols.clone()]);
            for (target, (upper, lower)) in plane.row_mut(row)[cols.clone()].iter_mut().zip(units) {
                *target = sample_of(down.blend(*upper, *lower));
            }
        }
    }
    resized
}

/// A source row of N pictures, blended along itself: what it adds to each target column, in units of the full range.
struct BlendedRow<const N: usize> {
    row: Option<usize>,
    /// The target columns outside which all pictures are black.
    cols: Range<usize>,
    units: [Vec<f64>; N],
}

impl<const N: usize> BlendedRow<N> {
    fn black(width: usize) -> Self {
        Self { row: None, cols: 0..0, units: array::from_fn(|_| vec![0.0; width]) }
    }

    /// `source`: the samples of `row`, black outside the columns `written`.
    fn blend(&mut self, row: usize, source: [&[u8]; N], written: &Range<usize>, taps: &[Tap]) {
        self.row = Some(row);
        self.units.iter_mut().for_each(|units| units[self.cols.clone()].fill(0.0));
        self.cols =
            taps.partition_point(|tap| tap.second < written.start)..taps.partition_point(|tap| tap.first < written.end);
        let taps = &taps[self.cols.clone()];
        for (source, units) in source.iter().zip(&mut self.units) {
            for (tap, unit) in taps.iter().zip(&mut units[self.cols.clone()]) {
                *unit = tap.along(source);
            }
        }
    }
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

/// `plane` at a smaller size, each pixel the mean of the area that it stands for; the same size is a copy.
///
/// Sizes at least 1 × 1 and not above those of `plane`. Values stay between 0 and 255.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, resize::area_mean};
/// let plane = Plane::from_rows(&[[0_u8, 10, 40], [20, 30, 70]]);
/// assert_eq!(area_mean(&plane, 1, 1).samples(), [170.0 / 6.0]);
/// ```
#[must_use]
pub fn area_mean(plane: &Plane<u8>, height: usize, width: usize) -> Plane<f32> {
    if plane.size() == (height, width) {
        return plane.map(|&sample| f32::from(sample));
    }
    let (rows, cols) = (covers(plane.height(), height), covers(plane.width(), width));
    let mut means = Vec::with_capacity(height * width);
    let mut sums = vec![0.0_f32; plane.width()];
    for (first, shares) in &rows {
        sums.fill(0.0);
        for (offset, share) in shares.iter().enumerate() {
            for (sum, &sample) in sums.iter_mut().zip(plane.row(first + offset)) {
                *sum += share * f32::from(sample);
            }
        }
        means
            .extend(cols.iter().map(|(first, shares)| {
                shares.iter().zip(&sums[*first..]).map(|(share, sum)| share * sum).sum::<f32>()
            }));
    }
    Plane::from_samples(height, width, means)
}

/// For each target pixel along one axis the first source pixel that it covers, and the shares of it and those after it.
fn covers(from: usize, to: usize) -> Vec<(usize, Vec<f32>)> {
    let scale = from as f64 / to as f64;
    let cover = |target: usize| {
        let (start, end) = (target as f64 * scale, (target + 1) as f64 * scale);
        let first = start as usize;
        let last = (end.ceil() as usize).clamp(first + 1, from);
        let share = |pixel: usize| (end.min(pixel as f64 + 1.0) - start.max(pixel as f64)) / scale;
        (first, (first..last).map(|pixel| share(pixel) as f32).collect())
    };
    (0..to).map(cover).collect()
}

/// The two source pixels of a target pixel along one axis, the share of the second and what is left for the first.
struct Tap {
    first: usize,
    second: usize,
    share: f64,
    share_of_first: f64,
}

impl Tap {
    fn blend(&self, first: f64, second: f64) -> f64 {
        self.share * second + self.share_of_first * first
    }

    /// What this tap sees of `row`, in units of the full range.
    fn along(&self, row: &[u8]) -> f64 {
        self.blend(UNIT[usize::from(row[self.first])], UNIT[usize::from(row[self.second])])
    }
}

fn taps(from: usize, to: usize) -> Vec<Tap> {
    let scale = from as f64 / to as f64;
    let offset = 1.0 - 0.5 - scale * (1.0 - 0.5);
    (1..=to)
        .map(|target| {
            let centre = (scale * target as f64 + offset).clamp(1.0, from as f64);
            let before = (centre as usize).min((from - 1).max(1));
            let share = centre - before as f64;
            Tap { first: before - 1, second: before.min(from - 1), share, share_of_first: 1.0 - share }
        })
        .collect()
}

/// The sample of a value in units of the full range.
fn sample_of(unit: f64) -> u8 {
    round_ties_even(unit * 255.0)
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

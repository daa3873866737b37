//! A square part of a picture, brought to another size.

use std::ops::Range;

use super::Plane;

/// The square of `side` × `side` pixels whose first one is (`top`, `left`), at `to` × `to` pixels. What lies beyond the
/// border of `plane` is 0.
///
/// Shrinking takes the mean over what a target pixel covers, so that no detail is left to chance; enlarging is linear.
/// Time O(side²).
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, cutout::cutout};
/// let plane = Plane::from_rows(&[[10_u8, 20, 30], [30, 40, 50], [0, 0, 0]]);
/// assert_eq!(cutout(&plane, (0, 0), 2, 1), Plane::from_rows(&[[25]]));
/// assert_eq!(cutout(&plane, (-1, 1), 2, 2), Plane::from_rows(&[[0, 0], [20, 30]]));
/// ```
#[must_use]
pub fn cutout(plane: &Plane<u8>, (top, left): (isize, isize), side: usize, to: usize) -> Plane<u8> {
    let (rows, cols) = (shares(top, plane.height(), side, to), shares(left, plane.width(), side, to));
    let first = rows.iter().map(|share| share.sources.start).min().unwrap_or(0);
    let end = rows.iter().map(|share| share.sources.end).max().unwrap_or(0);
    let mut across = vec![0.0_f32; end.saturating_sub(first) * to];
    for (row, blended) in (first..end).zip(across.chunks_exact_mut(to.max(1))) {
        let samples = plane.row(row);
        for (share, sum) in cols.iter().zip(blended) {
            *sum = samples[share.sources.clone()]
                .iter()
                .zip(&share.weights)
                .map(|(&sample, weight)| f32::from(sample) * weight)
                .sum();
        }
    }
    let mut target = Plane::filled(to, to, 0);
    let mut sums = vec![0.0_f32; to];
    for (row, share) in rows.iter().enumerate() {
        sums.fill(0.0);
        for (source, weight) in share.sources.clone().zip(&share.weights) {
            let blended = &across[(source - first) * to..][..to];
            sums.iter_mut().zip(blended).for_each(|(sum, value)| *sum += weight * value);
        }
        target.row_mut(row).iter_mut().zip(&sums).for_each(|(sample, sum)| *sample = sum.round() as u8);
    }
    target
}

/// The pixel of the plane in the middle of each target pixel of [`cutout`] along one axis; `None` beyond the border.
#[must_use]
pub fn middles(first: isize, length: usize, side: usize, to: usize) -> Vec<Option<usize>> {
    let middle = |target: usize| first + ((2 * target + 1) * side / (2 * to)) as isize;
    (0..to).map(|target| usize::try_from(middle(target)).ok().filter(|&at| at < length)).collect()
}

/// What a target pixel takes of the source pixels along one axis.
struct Share {
    sources: Range<usize>,
    weights: Vec<f32>,
}

fn shares(first: isize, length: usize, side: usize, to: usize) -> Vec<Share> {
    let scale = side as f64 / to as f64;
    (0..to)
        .map(|target| {
            let weights: Vec<(isize, f64)> = if side >= to {
                let (start, end) = (target as f64 * scale, (target + 1) as f64 * scale);
                let covered = |at: f64| (end.min(at + 1.0) - start.max(at)) / scale;
                (start as isize..(end - 1e-9).ceil() as isize).map(|at| (at, covered(at as f64))).collect()
            } else {
                let centre = ((target as f64 + 0.5) * scale - 0.5).clamp(0.0, (side - 1) as f64);
                let (at, part) = (centre as isize, centre.fract());
                if part > 0.0 { vec![(at, 1.0 - part), (at + 1, part)] } else { vec![(at, 1.0)] }
            };
            let inside = weights.into_iter().filter_map(|(at, weight)| {
                let source = usize::try_from(first + at).ok().filter(|&source| source < length)?;
                Some((source, weight as f32))
            });
            let (sources, weights): (Vec<usize>, Vec<f32>) = inside.unzip();
            let start = sources.first().copied().unwrap_or(0);
            Share { sources: start..start + sources.len(), weights }
        })
        .collect()
}

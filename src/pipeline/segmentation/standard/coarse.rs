//! Smaller pictures for what has no detail, and back: means of blocks, and straight lines between their middles.

use crate::imaging::Plane;

/// `picture` with each block of `times` × `times` pixels as one, their mean; blocks at the far borders may be smaller.
pub(super) fn shrunk(picture: &Plane<f32>, times: usize) -> Plane<f32> {
    let (height, width) = picture.size();
    let (rows, cols) = (height.div_ceil(times), width.div_ceil(times));
    let mut means = Vec::with_capacity(rows * cols);
    let mut sums = vec![0.0_f32; width];
    for top in (0..height).step_by(times) {
        sums.fill(0.0);
        let bottom = (top + times).min(height);
        for row in top..bottom {
            sums.iter_mut().zip(picture.row(row)).for_each(|(sum, sample)| *sum += sample);
        }
        means.extend(sums.chunks(times).map(|block| block.iter().sum::<f32>() / (block.len() * (bottom - top)) as f32));
    }
    Plane::from_samples(rows, cols, means)
}

/// `small`, whose pixels are blocks of `times` × `times`, at `height` × `width`.
pub(super) fn enlarged(small: &Plane<f32>, times: usize, height: usize, width: usize) -> Plane<f32> {
    let taps = |length: usize, small: usize| -> Vec<(usize, usize, f32)> {
        let tap = |place: usize| {
            let middle = ((place as f32 + 0.5) / times as f32 - 0.5).clamp(0.0, (small - 1) as f32);
            let first = middle as usize;
            (first, (first + 1).min(small - 1), middle - first as f32)
        };
        (0..length).map(tap).collect()
    };
    let (down, across) = (taps(height, small.height()), taps(width, small.width()));
    let mut samples = Vec::with_capacity(height * width);
    let mut blended = vec![0.0_f32; small.width()];
    for (upper, lower, share) in down {
        let rows = small.row(upper).iter().zip(small.row(lower));
        blended.iter_mut().zip(rows).for_each(|(blend, (upper, lower))| *blend = upper + share * (lower - upper));
        samples.extend(
            across.iter().map(|&(left, right, share)| blended[left] + share * (blended[right] - blended[left])),
        );
    }
    Plane::from_samples(height, width, samples)
}

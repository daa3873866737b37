//! Out of focus: Gaussian blur of a plane, exact for small widths and by way of a smaller plane for wide ones.

use super::portable;
use crate::imaging::Plane;

/// `plane` blurred by a Gaussian of `sigma_px`; the border repeats.
pub fn gaussian(plane: &Plane<f32>, sigma_px: f32) -> Plane<f32> {
    let weights = weights(sigma_px);
    let (height, width) = plane.size();
    let reach = weights.len() - 1;
    let mut across = Plane::filled(height, width, 0.0);
    let mut padded = vec![0.0; width + 2 * reach];
    for (row, to) in across.samples_mut().chunks_mut(width).enumerate() {
        let from = plane.row(row);
        padded[..reach].fill(from[0]);
        padded[reach..reach + width].copy_from_slice(from);
        padded[reach + width..].fill(from[width - 1]);
        for (sample, &from) in to.iter_mut().zip(from) {
            *sample = weights[0] * from;
        }
        for (distance, &weight) in weights.iter().enumerate().skip(1) {
            let (left, right) = (&padded[reach - distance..][..width], &padded[reach + distance..][..width]);
            for ((sample, &left), &right) in to.iter_mut().zip(left).zip(right) {
                *sample += weight * (left + right);
            }
        }
    }
    let mut down = Plane::filled(height, width, 0.0);
    for (row, to) in down.samples_mut().chunks_mut(width).enumerate() {
        for (sample, &from) in to.iter_mut().zip(across.row(row)) {
            *sample = weights[0] * from;
        }
        for (distance, &weight) in weights.iter().enumerate().skip(1) {
            let (above, below) =
                (across.row(row.saturating_sub(distance)), across.row((row + distance).min(height - 1)));
            for ((sample, &above), &below) in to.iter_mut().zip(above).zip(below) {
                *sample += weight * (above + below);
            }
        }
    }
    down
}

/// `plane` blurred by a wide Gaussian of about `sigma_px`: the means of square blocks, blurred and joined linearly.
pub fn wide(plane: &Plane<f32>, sigma_px: f32) -> Plane<f32> {
    let (height, width) = plane.size();
    let block = ((sigma_px / 2.0) as usize).max(1);
    let small = Plane::from_fn(height.div_ceil(block), width.div_ceil(block), |row, col| {
        let rows = row * block..((row + 1) * block).min(height);
        let cols = col * block..((col + 1) * block).min(width);
        let count = rows.len() * cols.len();
        rows.map(|row| plane.row(row)[cols.clone()].iter().sum::<f32>()).sum::<f32>() / count as f32
    });
    let small = gaussian(&small, sigma_px / block as f32);
    let taps = |position: usize, count: usize| {
        let at = ((position as f32 + 0.5) / block as f32 - 0.5).clamp(0.0, (count - 1) as f32);
        let first = at as usize;
        (first, (first + 1).min(count - 1), at - first as f32)
    };
    let columns: Vec<_> = (0..width).map(|col| taps(col, small.width())).collect();
    let mut large = Plane::filled(height, width, 0.0);
    for (row, samples) in large.samples_mut().chunks_mut(width).enumerate() {
        let (upper, lower, down) = taps(row, small.height());
        let of_row: Vec<f32> = small
            .row(upper)
            .iter()
            .zip(small.row(lower))
            .map(|(upper, lower)| upper + down * (lower - upper))
            .collect();
        for (sample, &(left, right, across)) in samples.iter_mut().zip(&columns) {
            *sample = of_row[left] + across * (of_row[right] - of_row[left]);
        }
    }
    large
}

/// Weights of the centre and of each distance from it; all together, both sides, 1.
fn weights(sigma_px: f32) -> Vec<f32> {
    let reach = (3.0 * sigma_px).ceil().max(1.0) as usize;
    let raw: Vec<f32> = (0..=reach).map(|d| portable::exp(-0.5 * (d * d) as f32 / (sigma_px * sigma_px))).collect();
    let total = raw[0] + 2.0 * raw[1..].iter().sum::<f32>();
    raw.iter().map(|weight| weight / total).collect()
}

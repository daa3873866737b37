//! Out of focus: Gaussian blur of a plane, exact for small widths and by way of a smaller plane for wide ones.

use super::portable;
use crate::imaging::Plane;

/// Samples that are summed side by side.
const LANES: usize = 16;

/// Blurs `plane` by a Gaussian of `sigma_px`; the border repeats.
pub fn gaussian(plane: &mut Plane<f32>, sigma_px: f32) {
    let weights = weights(sigma_px);
    let (height, width) = plane.size();
    let reach = weights.len() - 1;
    // Whole lanes, so that no row has an end of its own.
    let length = width.next_multiple_of(LANES);
    let mut padded = vec![0.0; length + 2 * reach];
    // The rows around one, blurred across; the row n at n modulo their number.
    let mut across = vec![vec![0.0; length]; 2 * reach + 1];
    let mut down = vec![0.0; length];
    let mut blurred_rows = 0;
    for row in 0..height {
        while blurred_rows < (row + reach + 1).min(height) {
            let from = plane.row(blurred_rows);
            padded[..reach].fill(from[0]);
            padded[reach..reach + width].copy_from_slice(from);
            padded[reach + width..].fill(from[width - 1]);
            let sides = (0..=reach).map(|distance| [&padded[reach - distance..], &padded[reach + distance..]]);
            weighted(&weights, &sides.collect::<Vec<_>>(), &mut across[blurred_rows % (2 * reach + 1)]);
            blurred_rows += 1;
        }
        let sides = (0..=reach).map(|distance| {
            let rows = [row.saturating_sub(distance), (row + distance).min(height - 1)];
            rows.map(|row| &across[row % (2 * reach + 1)][..])
        });
        weighted(&weights, &sides.collect::<Vec<_>>(), &mut down);
        plane.row_mut(row).copy_from_slice(&down[..width]);
    }
}

/// The sum of the samples on both `sides` of the middle, by their distance from it, times the weight of the distance.
fn weighted(weights: &[f32], sides: &[[&[f32]; 2]], sums: &mut [f32]) {
    for (block, sums) in sums.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
        let start = block * LANES;
        let mut sum = [0.0; LANES];
        for (sum, middle) in sum.iter_mut().zip(&sides[0][0][start..start + LANES]) {
            *sum = weights[0] * middle;
        }
        for (weight, sides) in weights.iter().zip(sides).skip(1) {
            let [before, after] = sides.map(|side| &side[start..start + LANES]);
            for ((sum, before), after) in sum.iter_mut().zip(before).zip(after) {
                *sum += weight * (before + after);
            }
        }
        *sums = sum;
    }
}

/// A plane blurred by a wide Gaussian of about `sigma_px`: the means of square blocks, blurred and joined linearly.
pub struct Wide {
    /// The rows of blocks, already joined across.
    rows: Vec<Vec<f32>>,
    block: usize,
}

impl Wide {
    /// `plane`, blurred.
    pub fn new(plane: &Plane<f32>, sigma_px: f32) -> Self {
        let (height, width) = plane.size();
        let block = ((sigma_px / 2.0) as usize).max(1);
        let mut means = Plane::filled(height.div_ceil(block), width.div_ceil(block), 0.0);
        let mut of_columns = vec![0.0; width];
        for (n, rows) in plane.samples().chunks(block * width).enumerate() {
            of_columns.fill(0.0);
            for row in rows.chunks(width) {
                of_columns.iter_mut().zip(row).for_each(|(sum, sample)| *sum += sample);
            }
            for (mean, columns) in means.row_mut(n).iter_mut().zip(of_columns.chunks(block)) {
                *mean = columns.iter().sum::<f32>() / (rows.len() / width * columns.len()) as f32;
            }
        }
        gaussian(&mut means, sigma_px / block as f32);
        let columns: Vec<_> = (0..width).map(|col| between(col, block, means.width())).collect();
        let joined = |n: usize| {
            let means = means.row(n);
            columns.iter().map(|&(left, right, share)| means[left] + share * (means[right] - means[left])).collect()
        };
        Self { rows: (0..means.height()).map(joined).collect(), block }
    }

    /// The samples of one row.
    pub fn row(&self, row: usize) -> impl Iterator<Item = f32> {
        let (upper, lower, share) = between(row, self.block, self.rows.len());
        self.rows[upper].iter().zip(&self.rows[lower]).map(move |(upper, lower)| upper + share * (lower - upper))
    }
}

/// The two of `count` blocks between whose middles a `position` lies, and its way from the first to the second.
fn between(position: usize, block: usize, count: usize) -> (usize, usize, f32) {
    let at = ((position as f32 + 0.5) / block as f32 - 0.5).clamp(0.0, (count - 1) as f32);
    let first = at as usize;
    (first, (first + 1).min(count - 1), at - first as f32)
}

/// Weights of the centre and of each distance from it; all together, both sides, 1.
fn weights(sigma_px: f32) -> Vec<f32> {
    let reach = (3.0 * sigma_px).ceil().max(1.0) as usize;
    let raw: Vec<f32> = (0..=reach).map(|d| portable::exp(-0.5 * (d * d) as f32 / (sigma_px * sigma_px))).collect();
    let total = raw[0] + 2.0 * raw[1..].iter().sum::<f32>();
    raw.iter().map(|weight| weight / total).collect()
}

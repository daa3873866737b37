//! Bright edges: where a picture changes most steeply, as at the rim of dirt that outshines every cell.

use super::{Connectivity, Plane, ScaledMask, histogram::otsu, regions};

/// The derivative along the columns by consistent gradients on 5 × 5 pixels; its transpose is the one along the rows.
///
/// Source: Ando, "Consistent gradient operators", IEEE Trans. Pattern Anal. Mach. Intell. 22 (2000).
const ANDO: [[f32; 5]; 5] = [
    [-0.003_776, -0.010_199, 0.0, 0.010_199, 0.003_776],
    [-0.026_786, -0.070_844, 0.0, 0.070_844, 0.026_786],
    [-0.046_548, -0.122_572, 0.0, 0.122_572, 0.046_548],
    [-0.026_786, -0.070_844, 0.0, 0.070_844, 0.026_786],
    [-0.003_776, -0.010_199, 0.0, 0.010_199, 0.003_776],
];
const REACH: usize = 2;
/// Steps into which steepness is divided for Otsu's threshold.
const LEVELS: usize = 256;

/// The bright edges of `picture`, one pixel wider on each side than they are steep.
///
/// Steep is a pixel whose squared gradient lies above Otsu's threshold; beyond the border the picture goes on as it
/// ends. Of the steep pixels the eight-connected pieces whose frame is at least `min_diameter_px` high or wide are edges.
/// A flat picture has none. Time O(n) for n pixels.
#[must_use]
pub fn bright_edges<T: Copy + Into<u32>>(picture: &Plane<T>, min_diameter_px: usize) -> Plane<bool> {
    let steepness = squared_gradient(picture);
    let steepest = steepness.samples().iter().copied().fold(0.0, f32::max);
    let (height, width) = picture.size();
    if steepest <= 0.0 {
        return Plane::filled(height, width, false);
    }
    let level = |steepness: f32| ((steepness / steepest * LEVELS as f32) as usize).min(LEVELS - 1);
    let mut counts = [0_u32; LEVELS];
    steepness.samples().iter().for_each(|&steepness| counts[level(steepness)] += 1);
    let threshold = otsu(&counts).unwrap_or(LEVELS);
    let pieces =
        regions::number_regions(&steepness.map(|&steepness| level(steepness) > threshold), Connectivity::Eight);
    let mut is_edge = vec![false; pieces.largest() as usize + 1];
    let pieces = ScaledMask::from(pieces);
    for piece in regions::regions(&pieces) {
        is_edge[piece.id as usize] = piece.height.max(piece.width) >= min_diameter_px;
    }
    widened(&pieces.computed().map(|&id| is_edge[id as usize]))
}

/// The squared length of the gradient at each pixel, in squared samples a pixel.
fn squared_gradient<T: Copy + Into<u32>>(picture: &Plane<T>) -> Plane<f32> {
    let (height, width) = picture.size();
    // The pixel `offset` - 2 further on, or the last one before the border.
    let moved = |at: usize, offset: usize, side: usize| (at + offset).saturating_sub(REACH).min(side - 1);
    Plane::from_fn(height, width, |row, col| {
        let (mut down, mut right) = (0.0, 0.0);
        for (y, weights) in ANDO.iter().enumerate() {
            for (x, &weight) in weights.iter().enumerate() {
                let sample: u32 = picture[(moved(row, y, height), moved(col, x, width))].into();
                right += weight * sample as f32;
                down += ANDO[x][y] * sample as f32;
            }
        }
        down * down + right * right
    })
}

/// `picture` with every pixel that touches one of it, diagonally too.
fn widened(picture: &Plane<bool>) -> Plane<bool> {
    let (height, width) = picture.size();
    Plane::from_fn(height, width, |row, col| {
        let cols = col.saturating_sub(1)..(col + 2).min(width);
        (row.saturating_sub(1)..(row + 2).min(height)).any(|row| picture.row(row)[cols.clone()].contains(&true))
    })
}

//! Grey dilation and erosion by squares: the largest or smallest sample around each pixel.

use super::Plane;

/// The largest sample among those at most `radius` rows and columns away. Time does not depend on `radius`.
///
/// Source: van Herk (1992), *A fast algorithm for local minimum and maximum filters on rectangular and octagonal kernels*.
#[must_use]
pub fn largest_around(picture: &Plane<f32>, radius: usize) -> Plane<f32> {
    around(picture, radius, |one, other| if one > other { one } else { other })
}

/// The smallest sample among those at most `radius` rows and columns away. As [`largest_around`].
#[must_use]
pub fn smallest_around(picture: &Plane<f32>, radius: usize) -> Plane<f32> {
    around(picture, radius, |one, other| if one < other { one } else { other })
}

/// `better` is handed down as a type of its own, so that the loops over rows hold no calls.
fn around(picture: &Plane<f32>, radius: usize, better: impl Fn(f32, f32) -> f32 + Copy) -> Plane<f32> {
    let (height, width) = picture.size();
    if radius == 0 || height == 0 || width == 0 {
        return picture.clone();
    }
    let rows: Vec<&[f32]> = (0..height).map(|row| picture.row(row)).collect();
    let down = over_rows(&rows, radius, better);
    // The same across: rows and columns change places and back, block by block.
    let turned = transposed(&down, height, width);
    let columns: Vec<&[f32]> = turned.chunks(height).collect();
    let across = over_rows(&columns, radius, better);
    Plane::from_samples(height, width, transposed(&across, width, height))
}

/// For each row the best of those at most `radius` rows away, sample by sample. Rows are cut into pieces of one window's
/// length; the best up to each row of its piece, from either end, is known first, and a window is an end of one piece and
/// a start of the next.
fn over_rows(rows: &[&[f32]], radius: usize, better: impl Fn(f32, f32) -> f32) -> Vec<f32> {
    let (count, width, window) = (rows.len(), rows[0].len(), 2 * radius + 1);
    let row_of = |index: usize| rows[index.saturating_sub(radius).min(count - 1)];
    let mut best = vec![0.0_f32; count * width];
    let mut from_end = vec![0.0_f32; window * width];
    let mut from_start = vec![0.0_f32; width];
    for piece in (0..count).step_by(window) {
        // The framed rows `piece .. piece + window`, each with all after it in the piece.
        for offset in (0..window).rev() {
            let row = row_of(piece + offset);
            let (before, after) = from_end.split_at_mut((offset + 1) * width);
            let target = &mut before[offset * width..];
            if offset + 1 == window {
                target.copy_from_slice(row);
            } else {
                for ((target, &sample), &after) in target.iter_mut().zip(row).zip(&after[..width]) {
                    *target = better(sample, after);
                }
            }
        }
        for offset in 0..window.min(count - piece) {
            let target = &mut best[(piece + offset) * width..][..width];
            let end = &from_end[offset * width..][..width];
            if offset == 0 {
                target.copy_from_slice(end);
                continue;
            }
            // The rows after the piece that the window reaches, one more for each offset.
            let row = row_of(piece + window + offset - 1);
            for ((start, &sample), (target, &end)) in from_start.iter_mut().zip(row).zip(target.iter_mut().zip(end)) {
                *start = if offset == 1 { sample } else { better(*start, sample) };
                *target = better(*start, end);
            }
        }
    }
    best
}

/// `samples` of `height` × `width` with rows for columns.
fn transposed(samples: &[f32], height: usize, width: usize) -> Vec<f32> {
    const BLOCK: usize = 16;
    let mut turned = vec![0.0; samples.len()];
    for top in (0..height).step_by(BLOCK) {
        for left in (0..width).step_by(BLOCK) {
            for row in top..height.min(top + BLOCK) {
                for col in left..width.min(left + BLOCK) {
                    turned[col * height + row] = samples[row * width + col];
                }
            }
        }
    }
    turned
}

//! The exact Euclidean distance transform: how far each pixel is from the nearest background.
//!
//! First the distance within each column, then for each row the lower envelope of the parabolas that these distances
//! stand for. All in integers, so there is no rounding. Source: Meijster, Roerdink & Hesselink (2000).

use super::Plane;

/// The squared distance where there is no background at all.
pub const INFINITE: u32 = u32::MAX;

/// Squared distance in pixels from each pixel's centre to that of the nearest pixel of `background`: 0 on the
/// background, [`INFINITE`] everywhere if there is none. What lies outside the plane is no background.
///
/// Sides up to 32,768 pixels. Time O(n) for n pixels.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, distance::squared_distance};
/// let background = Plane::from_rows(&[[true, false, false], [false, false, false]]);
/// assert_eq!(squared_distance(&background), Plane::from_rows(&[[0, 1, 4], [1, 2, 5]]));
/// ```
#[must_use]
pub fn squared_distance(background: &Plane<bool>) -> Plane<u32> {
    let (height, width) = background.size();
    if !background.samples().contains(&true) {
        return Plane::filled(height, width, INFINITE);
    }
    let columns = distance_within_columns(background);
    let mut envelope = Envelope::default();
    let mut samples = Vec::with_capacity(height * width);
    for row in 0..height {
        envelope.squared_distance_of_row(columns.row(row), &mut samples);
    }
    Plane::from_samples(height, width, samples)
}

/// Distance to the nearest background of the same column; more than any true distance if there is none.
fn distance_within_columns(background: &Plane<bool>) -> Plane<u32> {
    let (height, width) = background.size();
    let far = (height + width) as u32;
    let mut distance = background.map(|&is_background| if is_background { 0 } else { far });
    let samples = distance.samples_mut();
    let mut spread = |from: usize, to: usize| {
        let (head, tail) = samples.split_at_mut(from.max(to) * width);
        let (from_row, to_row) = if from < to {
            (&head[from * width..][..width], &mut tail[..width])
        } else {
            (&tail[..width], &mut head[to * width..][..width])
        };
        for (to, &from) in to_row.iter_mut().zip(from_row) {
            *to = (*to).min(from + 1).min(far);
        }
    };
    (1..height).for_each(|row| spread(row - 1, row));
    (1..height).rev().for_each(|row| spread(row, row - 1));
    distance
}

/// The lower envelope of one row's parabolas: which column's is lowest, and from where on. Kept for its memory.
#[derive(Default)]
struct Envelope {
    /// (column, column distance squared, first position at which this parabola is the lowest)
    parabolas: Vec<(i64, i64, i64)>,
}

impl Envelope {
    fn squared_distance_of_row(&mut self, column_distances: &[u32], squared: &mut Vec<u32>) {
        self.parabolas.clear();
        let width = column_distances.len() as i64;
        for (col, &distance) in (0_i64..).zip(column_distances) {
            let height = i64::from(distance) * i64::from(distance);
            let mut from = 0;
            while let Some(&(other, other_height, other_from)) = self.parabolas.last() {
                let at_its_start = |col: i64, height: i64| (other_from - col) * (other_from - col) + height;
                if at_its_start(other, other_height) > at_its_start(col, height) {
                    self.parabolas.pop();
                    continue;
                }
                // The first position at which the new parabola is strictly lower.
                let crossing = (col * col - other * other + height - other_height) / (2 * (col - other));
                from = crossing + 1;
                break;
            }
            if from < width {
                self.parabolas.push((col, height, from));
            }
        }
        let ends = self.parabolas.iter().skip(1).map(|&(_, _, from)| from).chain([width]);
        for (&(col, height, from), end) in self.parabolas.iter().zip(ends) {
            squared.extend((from..end).map(|at| ((at - col) * (at - col) + height) as u32));
        }
    }
}

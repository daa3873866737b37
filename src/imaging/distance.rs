//! The exact Euclidean distance transform: how far each pixel is from the nearest background.
//!
//! First the distance within each column, then for each row the lower envelope of the parabolas that these distances
//! stand for. All in integers, so there is no rounding. Source: Meijster, Roerdink & Hesselink (2000).

use super::{
    Plane,
    column_distance::{ColumnDistance, NOWHERE},
};

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
    let columns = ColumnDistance::to(background);
    let mut envelope = Envelope::default();
    let mut squared = Plane::filled(height, width, 0);
    for (row, squared) in squared.samples_mut().chunks_mut(width).enumerate() {
        envelope.squared_distances_of_row(columns.row(row), squared);
    }
    squared
}

/// The smallest squared distance whose root, as a float, has `reached` some bound; `reached` never turns false again.
/// `None` if no root does.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::distance::first_square;
/// assert_eq!(first_square(|distance| distance > 3.0), Some(10));
/// ```
pub fn first_square(reached: impl Fn(f64) -> bool) -> Option<u32> {
    let reached = |squared: u32| reached(f64::from(squared).sqrt());
    let (mut first, mut last) = (0, u32::MAX);
    while first < last {
        let middle = first + (last - first) / 2;
        if reached(middle) {
            last = middle;
        } else {
            first = middle + 1;
        }
    }
    reached(first).then_some(first)
}

/// The parabola of a column: (x - col)² + height.
#[derive(Clone, Copy)]
struct Parabola {
    col: i64,
    height: i64,
    /// First position at which it is the lowest.
    from: i64,
}

impl Parabola {
    fn at(&self, position: i64) -> i64 {
        (position - self.col) * (position - self.col) + self.height
    }

    /// The first position at which `self`, which lies right of `left`, is strictly lower.
    ///
    /// In floating point, whose division is several times faster: numbers of 31 bits over one of 17 leave
    /// fractions of at least 2^-17, so rounding to 53 bits never reaches the next whole number.
    fn lower_from(&self, left: &Self) -> i64 {
        let squares = self.col * self.col - left.col * left.col + self.height - left.height;
        (squares as f64 / (2 * (self.col - left.col)) as f64) as i64 + 1
    }
}

/// The lower envelope of some columns' parabolas. Kept for its memory.
#[derive(Default)]
struct Envelope {
    parabolas: Vec<Parabola>,
}

impl Envelope {
    /// A pixel of background hides whatever lies beyond it, so each stretch between two of them has an envelope of
    /// its own. `squared` holds zeros before.
    fn squared_distances_of_row(&mut self, column_distances: &[u16], squared: &mut [u32]) {
        let mut after = 0;
        while let Some(background) = column_distances[after..].iter().position(|&distance| distance > 0) {
            let start = after + background;
            let stretch = column_distances[start..].iter().position(|&distance| distance == 0);
            after = stretch.map_or(column_distances.len(), |stretch| start + stretch + 1);
            let left_background = start.saturating_sub(1);
            self.of_columns(left_background, &column_distances[left_background..after]);
            self.write(start, &mut squared[start..after]);
        }
    }

    fn of_columns(&mut self, first: usize, column_distances: &[u16]) {
        self.parabolas.clear();
        let end = (first + column_distances.len()) as i64;
        for (col, &distance) in (first as i64..).zip(column_distances) {
            if distance == NOWHERE {
                continue;
            }
            let mut new = Parabola { col, height: i64::from(distance) * i64::from(distance), from: first as i64 };
            while let Some(last) = self.parabolas.last() {
                if last.at(last.from) > new.at(last.from) {
                    self.parabolas.pop();
                } else {
                    new.from = new.lower_from(last);
                    break;
                }
            }
            if new.from < end {
                self.parabolas.push(new);
            }
        }
    }

    /// The heights of the envelope from position `start` on.
    fn write(&self, start: usize, squared: &mut [u32]) {
        let end = start + squared.len();
        let ends = self.parabolas.iter().skip(1).map(|next| next.from as usize).chain([end]);
        let mut at = start;
        for (parabola, end) in self.parabolas.iter().zip(ends) {
            while at < end {
                squared[at - start] = parabola.at(at as i64) as u32;
                at += 1;
            }
        }
    }
}

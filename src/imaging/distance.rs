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

/// The parabola of a column: (x - col)² + height, where it is the lowest.
#[derive(Clone, Copy)]
struct Parabola {
    col: i32,
    height: i32,
    /// First position at which it is the lowest.
    from: i32,
}

impl Parabola {
    /// Up to 2 · 32,767² and so within 31 bits.
    fn at(&self, position: i32) -> i32 {
        (position - self.col) * (position - self.col) + self.height
    }

    /// The first position at which `self`, which lies right of `left`, is strictly lower.
    ///
    /// In floating point, whose division is several times faster: numbers of 32 bits over one of 17 leave
    /// fractions of at least 2^-17, so rounding to 53 bits never reaches the next whole number.
    fn lower_from(&self, left: &Self) -> i32 {
        let (apart, middle_twice) = (self.col - left.col, self.col + left.col);
        let heights = f64::from(self.height - left.height) / f64::from(apart);
        ((heights + f64::from(middle_twice)) * 0.5) as i32 + 1
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
        while after < column_distances.len() {
            let start = after + zeros_before(&column_distances[after..]);
            let stretch = column_distances[start..].iter().position(|&distance| distance == 0);
            after = stretch.map_or(column_distances.len(), |stretch| start + stretch + 1);
            let left_background = start.saturating_sub(1);
            self.of_columns(left_background, &column_distances[left_background..after]);
            self.write(start, &mut squared[start..after]);
        }
    }

    fn of_columns(&mut self, first: usize, column_distances: &[u16]) {
        self.parabolas.clear();
        let end = (first + column_distances.len()) as i32;
        for (col, &distance) in (first as i32..).zip(column_distances) {
            if distance == NOWHERE {
                continue;
            }
            let mut new = Parabola { col, height: i32::from(distance) * i32::from(distance), from: first as i32 };
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
        // One that never begins ends the list.
        self.parabolas.push(Parabola { col: 0, height: 0, from: end });
    }

    /// The heights of the envelope from position `start` on.
    fn write(&self, start: usize, squared: &mut [u32]) {
        let starts_after = |parabola: &Parabola| parabola.from > start as i32;
        let mut lowest = self.parabolas.partition_point(|parabola| !starts_after(parabola)).saturating_sub(1);
        for (position, squared) in (start as i32..).zip(squared) {
            // No two begin at one position, and to step on without a question is quicker than to guess.
            lowest += usize::from(self.parabolas[lowest + 1].from <= position);
            *squared = self.parabolas[lowest].at(position) as u32;
        }
    }
}

/// The number of zeros that `distances` begin with.
fn zeros_before(distances: &[u16]) -> usize {
    const BLOCK: usize = 16;
    let blocks = distances.chunks_exact(BLOCK).take_while(|block| block.iter().fold(0, |any, d| any | d) == 0);
    let zeros = BLOCK * blocks.count();
    zeros + distances[zeros..].iter().take_while(|&&distance| distance == 0).count()
}

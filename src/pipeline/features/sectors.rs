//! Rings by depth and slices by angle: where in a cell, or in its nucleus, a pixel lies.

use std::cmp::Ordering::{Equal, Greater, Less};

use super::anchor::deepest;
use crate::imaging::{
    Plane,
    distance::{INFINITE, first_square, squared_distance},
};

/// Rings of a shape, from its edge inwards.
pub const RINGS: usize = 4;
/// Slices of a shape, each an eighth of the full turn.
pub const SLICES: usize = 8;

/// Where the pixels of one shape lie. Only pixels of the shape have a meaning.
pub struct Sectors {
    squared_distance: Plane<u32>,
    /// The squared distances from which on a pixel belongs to the second, third and fourth ring.
    ring_starts: [u32; RINGS - 1],
    centre: (usize, usize),
}

impl Sectors {
    /// The sectors of `shape`: rings of equal width between its edge and its deepest pixel, slices around that pixel.
    /// What lies outside the plane is no edge.
    pub fn of(shape: &Plane<bool>) -> Self {
        let squared_distance = squared_distance(&shape.map(|&inside| !inside));
        let centre = deepest(&squared_distance);
        let width = f64::from(squared_distance[centre]).sqrt() / RINGS as f64;
        let ring_starts =
            [1.0, 2.0, 3.0].map(|ring| first_square(|distance| distance > width * ring).unwrap_or(INFINITE));
        Self { squared_distance, ring_starts, centre }
    }

    /// The ring of a pixel of the shape, 0 at the edge; `None` if the shape has no edge.
    pub fn ring(&self, row: usize, col: usize) -> Option<usize> {
        let squared = self.squared_distance[(row, col)];
        (squared != INFINITE).then(|| self.ring_starts.iter().map(|&start| usize::from(squared >= start)).sum())
    }

    /// The slice of a pixel: slice i holds the angles from i π/4 − π to (i + 1) π/4 − π, where the angle is
    /// atan2(rows below the centre, columns right of it). A diagonal belongs to the slice that it opens, π itself to
    /// slice 0, and the centre, whose angle is 0, to slice 4. In integers, so that nothing hangs on rounding.
    pub fn slice(&self, row: usize, col: usize) -> usize {
        let down = row as i32 - self.centre.0 as i32;
        let right = col as i32 - self.centre.1 as i32;
        let (vertical, horizontal) = (down.abs(), right.abs());
        match (down.cmp(&0), right.cmp(&0)) {
            (Equal, Less) => 0,
            (Less, Less) => usize::from(vertical >= horizontal),
            (Less, _) => 2 + usize::from(vertical <= horizontal),
            (_, Greater) => 4 + usize::from(vertical >= horizontal),
            (Equal, Equal) => 4,
            (Greater, _) => 6 + usize::from(vertical <= horizontal),
        }
    }
}

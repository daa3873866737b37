//! Rings by depth and slices by angle: where in a cell, or in its nucleus, a pixel lies.

use std::{
    cmp::Ordering::{Equal, Greater, Less},
    ops::Range,
};

use super::silhouette::Silhouette;
use crate::imaging::{
    Plane,
    column_distance::ColumnDistance,
    distance::{INFINITE, first_square},
};

/// Rings of a shape, from its edge inwards.
pub const RINGS: usize = 4;
/// Slices of a shape, each an eighth of the full turn.
pub const SLICES: usize = 8;
/// Pieces that rings and slices cut each other into: ring by ring, in each ring slice by slice; what is in no ring
/// comes last.
pub const PIECES: usize = (RINGS + 1) * SLICES;
/// No piece: what is not of the shape.
pub const OUTSIDE: u8 = u8::MAX;

/// The piece of each pixel of `shape`, [`OUTSIDE`] elsewhere: rings of equal width between its edge and its deepest
/// pixel, slices around that pixel. What lies outside the picture is no edge; a shape without an edge has no rings.
pub fn pieces(shape: &Silhouette) -> Plane<u8> {
    let distance = ColumnDistance::to(&shape.outside);
    let centre = distance.farthest();
    let mut pieces = rings(&distance, centre);
    for row in 0..pieces.height() {
        let (outside, pieces) = (shape.outside.row(row), pieces.row_mut(row));
        for (slice, cols) in slices_of_row(row, outside.len(), centre) {
            for (piece, &outside) in pieces[cols.clone()].iter_mut().zip(&outside[cols]) {
                let ring = *piece;
                *piece = if outside { OUTSIDE } else { ring * SLICES as u8 + slice };
            }
        }
    }
    pieces
}

/// The ring of each pixel of a shape, 0 at the edge, [`RINGS`] for none.
fn rings(distance_to_edge: &ColumnDistance, centre: (usize, usize)) -> Plane<u8> {
    let deepest = distance_to_edge.squared_distance(centre);
    let width = f64::from(deepest).sqrt() / RINGS as f64;
    let starts = [1.0, 2.0, 3.0].map(|ring| first_square(|distance| distance > width * ring).unwrap_or(INFINITE));
    let rings = distance_to_edge.bounds_reached(starts);
    if deepest == INFINITE { rings.map(|_| RINGS as u8) } else { rings }
}

/// The slices of a row of `width` pixels from left to right, and their columns.
///
/// Slice i holds the angles from i π/4 − π to (i + 1) π/4 − π, where the angle is atan2(rows below the centre, columns
/// right of it). A diagonal belongs to the slice that it opens, π itself to slice 0, and the centre, whose angle is 0,
/// to slice 4. In integers, so that nothing hangs on rounding.
fn slices_of_row(row: usize, width: usize, centre: (usize, usize)) -> impl Iterator<Item = (u8, Range<usize>)> {
    let (aside, middle) = (row.abs_diff(centre.0), centre.1);
    // Each slice and the first column of the next one.
    let ends = match row.cmp(&centre.0) {
        Less => [(0, middle.saturating_sub(aside)), (1, middle), (2, middle + aside), (3, width)],
        Equal => [(0, middle), (4, width), (4, width), (4, width)],
        Greater => [(7, (middle + 1).saturating_sub(aside)), (6, middle + 1), (5, middle + aside + 1), (4, width)],
    };
    let mut start = 0;
    ends.into_iter().map(move |(slice, end)| {
        let cols = start..end.min(width);
        start = cols.end;
        (slice, cols)
    })
}

//! A shape cut out of a picture: a cell or a nucleus, with the background next to it.

use std::ops::Range;

use crate::imaging::{Plane, regions::Rectangle};

/// The bounding box of a shape and one more row and column on each side, as far as the picture goes. As the background
/// nearest to a pixel of the shape touches the shape, the distances in here are those in the picture.
pub struct Silhouette {
    /// The first row in the picture.
    pub top: usize,
    /// The first column in the picture.
    pub left: usize,
    /// What is not of the shape.
    pub outside: Plane<bool>,
}

impl Silhouette {
    /// The shape that consists of `rectangles` in a picture of (height, width) `size`; `None` without any.
    pub fn of(rectangles: &[Rectangle], size: (usize, usize)) -> Option<Self> {
        let rows = with_margin(rectangles.iter().map(|rectangle| &rectangle.rows), size.0)?;
        let cols = with_margin(rectangles.iter().map(|rectangle| &rectangle.cols), size.1)?;
        let (top, left) = (rows.start, cols.start);
        let mut outside = Plane::filled(rows.len(), cols.len(), true);
        for rectangle in rectangles {
            for row in rectangle.rows.clone() {
                outside.row_mut(row - top)[rectangle.cols.start - left..rectangle.cols.end - left].fill(false);
            }
        }
        Some(Self { top, left, outside })
    }

    /// This shape without its pixels outside `other` of the same picture.
    pub fn within(mut self, other: &Self) -> Self {
        for row in 0..self.outside.height() {
            for (col, outside) in self.outside.row_mut(row).iter_mut().enumerate() {
                let place = other.place((self.top + row, self.left + col));
                *outside |= place.is_none_or(|place| other.outside[place]);
            }
        }
        self
    }

    /// Where the pixel (row, column) of the picture lies in here, if it does.
    pub fn place(&self, (row, col): (usize, usize)) -> Option<(usize, usize)> {
        let (row, col) = (row.checked_sub(self.top)?, col.checked_sub(self.left)?);
        (row < self.outside.height() && col < self.outside.width()).then_some((row, col))
    }
}

/// From the first to the last of `ranges` and one more on each side, but within `0..len`; `None` if there are none.
fn with_margin<'a>(ranges: impl Iterator<Item = &'a Range<usize>>, len: usize) -> Option<Range<usize>> {
    let around = |all: Range<usize>, range: Range<usize>| all.start.min(range.start)..all.end.max(range.end);
    let all = ranges.cloned().reduce(around)?;
    Some(all.start.saturating_sub(1)..(all.end + 1).min(len))
}

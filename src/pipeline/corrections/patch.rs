//! The pixels at working size that a stroke, a polygon or a line of a person covers, clipped to the mask.

use std::ops::Range;

use super::{Shape, Stroke};
use crate::{
    atlas::Anchor,
    imaging::{Plane, ScaledMask},
};

/// Pixels of a mask, at the size at which it was computed.
pub struct Patch {
    /// First row.
    pub top: usize,
    /// First column.
    pub left: usize,
    /// Whether a pixel of the box from there is covered.
    pub inside: Plane<bool>,
}

/// A point of a mask as computed, (down, across); the pixel (r, c) has its middle at (r + 0.5, c + 0.5).
type Point = (f64, f64);

impl Patch {
    /// What a shape covers; `None` if no pixel.
    pub fn of(shape: &Shape, mask: &ScaledMask) -> Option<Self> {
        match shape {
            Shape::Brush(stroke) => Self::of_stroke(stroke, mask),
            Shape::Polygon(corners) => Self::of_polygon(corners, mask),
        }
    }

    /// What a brush went over: all pixels whose middle was under it, and in any case those that its own middle crossed;
    /// `None` without a way.
    pub fn of_stroke(stroke: &Stroke, mask: &ScaledMask) -> Option<Self> {
        let frame = Frame::of(mask);
        let path: Vec<Point> = stroke.path.iter().map(|&point| frame.point(point)).collect();
        let radius_px = f64::from(stroke.radius_px).min(frame.longest_px());
        let radius = (radius_px * frame.scale.0, radius_px * frame.scale.1);
        let mut patch = Self::around(&path, radius, mask.computed().size())?;
        let ends = path.iter().skip(1).chain(path.last().filter(|_| path.len() == 1));
        for (&from, &to) in path.iter().zip(ends) {
            patch.sweep(from, to, radius);
            for pixel in line(pixel(from), pixel(to)) {
                patch.cover(pixel);
            }
        }
        Some(patch)
    }

    /// What lies inside of a polygon: pixels whose middle is inside an odd number of times; `None` if none is.
    fn of_polygon(corners: &[Anchor], mask: &ScaledMask) -> Option<Self> {
        let frame = Frame::of(mask);
        let corners: Vec<Point> = corners.iter().map(|&point| frame.point(point)).collect();
        let mut patch = Self::around(&corners, (0.0, 0.0), mask.computed().size())?;
        let (top, left) = (patch.top, patch.left);
        for (row, inside) in (top..).zip(patch.rows_mut()) {
            let middle = row as f64 + 0.5;
            let ends = corners.iter().skip(1).chain(corners.first());
            let mut crossings: Vec<f64> = corners
                .iter()
                .zip(ends)
                .filter(|(from, to)| (from.0 <= middle) != (to.0 <= middle))
                .map(|(from, to)| from.1 + (middle - from.0) / (to.0 - from.0) * (to.1 - from.1))
                .collect();
            crossings.sort_by(f64::total_cmp);
            for pair in crossings.chunks_exact(2) {
                for (col, inside) in (left..).zip(inside.iter_mut()) {
                    *inside |= (pair[0]..pair[1]).contains(&(col as f64 + 0.5));
                }
            }
        }
        patch.inside.samples().contains(&true).then_some(patch)
    }

    /// Nothing yet, in the box around these points and so much more, as far as the mask goes; `None` without a point.
    fn around(points: &[Point], more: (f64, f64), (height, width): (usize, usize)) -> Option<Self> {
        if height == 0 || width == 0 {
            return None;
        }
        let range = |of: fn(&Point) -> f64, more: f64, side: usize| {
            let least = points.iter().map(of).reduce(f64::min)?;
            let most = points.iter().map(of).reduce(f64::max)?;
            let from = ((least - more).floor().max(0.0) as usize).min(side - 1);
            let to = ((most + more).ceil().max(0.0) as usize + 1).min(side);
            Some(from..to.max(from + 1))
        };
        let rows = range(|point| point.0, more.0, height)?;
        let cols = range(|point| point.1, more.1, width)?;
        Some(Self { top: rows.start, left: cols.start, inside: Plane::filled(rows.len(), cols.len(), false) })
    }

    /// Covers what lies within `radius` of the straight line between two points.
    fn sweep(&mut self, from: Point, to: Point, radius: (f64, f64)) {
        if radius.0 <= 0.0 || radius.1 <= 0.0 {
            return;
        }
        // In units of the radius the brush is a circle.
        let unit = |point: Point| (point.0 / radius.0, point.1 / radius.1);
        let (from, to) = (unit(from), unit(to));
        let way = (to.0 - from.0, to.1 - from.1);
        let squared_length = way.0 * way.0 + way.1 * way.1;
        let (top, left) = (self.top, self.left);
        let clipped = |least: f64, most: f64, first: usize, len: usize| -> Range<usize> {
            let from = (least.floor().max(first as f64) as usize - first).min(len);
            from..((most.ceil().max(first as f64) as usize + 1 - first).min(len)).max(from)
        };
        let (height, width) = self.inside.size();
        let rows = clipped((from.0.min(to.0) - 1.0) * radius.0, (from.0.max(to.0) + 1.0) * radius.0, top, height);
        let cols = clipped((from.1.min(to.1) - 1.0) * radius.1, (from.1.max(to.1) + 1.0) * radius.1, left, width);
        for row in rows {
            let down = ((top + row) as f64 + 0.5) / radius.0 - from.0;
            let inside = &mut self.inside.row_mut(row)[cols.clone()];
            for (col, inside) in cols.clone().zip(inside) {
                let across = ((left + col) as f64 + 0.5) / radius.1 - from.1;
                let along = if squared_length > 0.0 {
                    ((down * way.0 + across * way.1) / squared_length).clamp(0.0, 1.0)
                } else {
                    0.0
                };
                let (down, across) = (down - along * way.0, across - along * way.1);
                // A little more, so that a pixel exactly on the rim is not left to rounding.
                *inside |= down * down + across * across <= 1.0 + 1e-9;
            }
        }
    }

    fn cover(&mut self, (row, col): (isize, isize)) {
        let (row, col) = (row - self.top as isize, col - self.left as isize);
        let (height, width) = self.inside.size();
        if (0..height as isize).contains(&row) && (0..width as isize).contains(&col) {
            self.inside[(row as usize, col as usize)] = true;
        }
    }

    fn rows_mut(&mut self) -> impl Iterator<Item = &mut [bool]> {
        let width = self.inside.width().max(1);
        self.inside.samples_mut().chunks_mut(width)
    }

    /// Its box: rows and columns.
    pub fn bounds(&self) -> (Range<usize>, Range<usize>) {
        (self.top..self.top + self.inside.height(), self.left..self.left + self.inside.width())
    }

    /// The pixels that are covered, row by row.
    pub fn pixels(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        (0..self.inside.height()).flat_map(move |row| {
            let covered = self.inside.row(row).iter().enumerate().filter(|(_, inside)| **inside);
            covered.map(move |(col, _)| (self.top + row, self.left + col))
        })
    }
}

/// The pixels of a line through `points` of the field, as pixels of the mask as computed, joined without a gap. They may
/// repeat.
pub fn line_through(points: &[Anchor], mask: &ScaledMask) -> Vec<(isize, isize)> {
    let frame = Frame::of(mask);
    let pixels: Vec<_> = points.iter().map(|&point| pixel(frame.point(point))).collect();
    match pixels[..] {
        [only] => vec![only],
        _ => pixels.windows(2).flat_map(|ends| line(ends[0], ends[1])).collect(),
    }
}

/// The pixels of a straight line from one to the other, each touching the next (Bresenham).
pub fn line(from: (isize, isize), to: (isize, isize)) -> impl Iterator<Item = (isize, isize)> {
    let (down, across) = (to.0 - from.0, to.1 - from.1);
    let steps = down.abs().max(across.abs());
    let at = move |way: isize, step: isize| if steps == 0 { 0 } else { (2 * way * step + steps).div_euclid(2 * steps) };
    (0..=steps).map(move |step| (from.0 + at(down, step), from.1 + at(across, step)))
}

fn pixel(point: Point) -> (isize, isize) {
    (point.0.floor() as isize, point.1.floor() as isize)
}

/// How a mask as computed lies in its field.
struct Frame {
    /// (height, width) of the field.
    size: (usize, usize),
    /// Working pixels to a pixel of the field, down and across.
    scale: (f64, f64),
}

impl Frame {
    fn of(mask: &ScaledMask) -> Self {
        let (size, computed) = (mask.size(), mask.computed().size());
        let scale = |computed: usize, side: usize| computed as f64 / side.max(1) as f64;
        Self { size, scale: (scale(computed.0, size.0), scale(computed.1, size.1)) }
    }

    fn longest_px(&self) -> f64 {
        self.size.0.max(self.size.1) as f64
    }

    /// The middle of a pixel of the field; what lies beyond the field's border is moved onto it.
    fn point(&self, (row, col): Anchor) -> Point {
        let within = |at: u32, side: usize| (at as usize).min(side.saturating_sub(1)) as f64 + 0.5;
        (within(row, self.size.0) * self.scale.0, within(col, self.size.1) * self.scale.1)
    }
}

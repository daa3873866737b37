//! Distances within columns, the first half of the distance transform, and what can be told from them right away: the
//! distance of single pixels, the farthest pixel, and which pixels reach some bounds. Not the distance of every pixel;
//! that is [`squared_distance`].

use std::{cmp::Reverse, collections::BinaryHeap};

#[cfg(doc)]
use super::distance::squared_distance;
use super::{Plane, distance::INFINITE};

/// The distance within a column that has no background; more than any other.
pub(super) const NOWHERE: u16 = u16::MAX;

/// How far each pixel is from the nearest background of its own column.
///
/// From here, distances at a few places and comparisons with a few bounds cost less than [`squared_distance`].
#[derive(Clone, Debug)]
pub struct ColumnDistance(
    /// [`NOWHERE`] in columns without background.
    Plane<u16>,
);

impl ColumnDistance {
    /// The distances to `background`, whose sides are at most 32,768 pixels. Time O(n) for n pixels.
    #[must_use]
    pub fn to(background: &Plane<bool>) -> Self {
        let (height, width) = background.size();
        let mut distance = background.map(|&is_background| if is_background { 0 } else { NOWHERE });
        let samples = distance.samples_mut();
        let mut spread = |from: usize, to: usize| {
            let (head, tail) = samples.split_at_mut(from.max(to) * width);
            let (from_row, to_row) = if from < to {
                (&head[from * width..][..width], &mut tail[..width])
            } else {
                (&tail[..width], &mut head[to * width..][..width])
            };
            for (to, &from) in to_row.iter_mut().zip(from_row) {
                *to = (*to).min(from.saturating_add(1));
            }
        };
        (1..height).for_each(|row| spread(row - 1, row));
        (1..height).rev().for_each(|row| spread(row, row - 1));
        Self(distance)
    }

    /// [`squared_distance`] of one pixel: looks outwards from its column as far as background may be nearer there.
    #[must_use]
    pub fn squared_distance(&self, (row, col): (usize, usize)) -> u32 {
        fn nearest_of<'a>(nearest: u32, columns: impl Iterator<Item = &'a u16>) -> u32 {
            let mut nearest = nearest;
            for (aside, &within) in (1_u32..).zip(columns) {
                if aside * aside >= nearest {
                    break;
                }
                nearest = nearest.min(square(within).saturating_add(aside * aside));
            }
            nearest
        }
        let row = self.0.row(row);
        let nearest = nearest_of(square(row[col]), row[..col].iter().rev());
        nearest_of(nearest, row[col + 1..].iter())
    }

    /// The pixel farthest from the background as (row, column), the first such in column-major order; (0, 0) if there
    /// is no background.
    ///
    /// Branch and bound: no pixel of an area is farther than its middle by more than its own distance from there, so
    /// areas are halved, most promising first, and those that cannot hold the farthest pixel are never looked at.
    ///
    /// # Examples
    /// ```
    /// use cytoscribe::imaging::{Plane, column_distance::ColumnDistance};
    /// let background = Plane::from_rows(&[[true, false, false], [false, false, false]]);
    /// assert_eq!(ColumnDistance::to(&background).farthest(), (1, 2));
    /// ```
    #[must_use]
    pub fn farthest(&self) -> (usize, usize) {
        let (height, width) = self.0.size();
        let mut farthest = (0, Reverse((0, 0)));
        let mut waiting = BinaryHeap::new();
        if !self.is_infinite() {
            waiting.push(Area { most: INFINITE, top: 0, left: 0, height, width });
        }
        while let Some(area) = waiting.pop().filter(|area| area.most >= farthest.0) {
            let (row, col) = (area.top + area.height / 2, area.left + area.width / 2);
            let squared = self.squared_distance((row, col));
            farthest = farthest.max((squared, Reverse((col, row))));
            waiting.extend(area.halves(squared).filter(|half| half.most >= farthest.0));
        }
        let (_, Reverse((col, row))) = farthest;
        (row, col)
    }

    /// How many of the rising `bounds`, all above 0, the [`squared_distance`] of each pixel reaches.
    ///
    /// A pixel of background keeps a stretch of each row from reaching a bound: one sweep to the right and one to the
    /// left remember how far such stretches go. Time O(n N) for n pixels.
    ///
    /// # Examples
    /// ```
    /// use cytoscribe::imaging::{Plane, column_distance::ColumnDistance};
    /// // The squared distances are 0, 1, 4 and 1, 2, 5.
    /// let background = Plane::from_rows(&[[true, false, false], [false, false, false]]);
    /// let reached = ColumnDistance::to(&background).bounds_reached([2, 5]);
    /// assert_eq!(reached, Plane::from_rows(&[[0, 0, 1], [0, 1, 2]]));
    /// ```
    #[must_use]
    pub fn bounds_reached<const N: usize>(&self, bounds: [u32; N]) -> Plane<u8> {
        let (height, width) = self.0.size();
        // By the distance within a column: the number of columns from there on, to either side, that stay below.
        let below = |within: usize| {
            bounds.map(|bound| match bound.saturating_sub(square(within as u16)) {
                0 => 0,
                rest => ((rest - 1).isqrt() + 1).min(width as u32) as u16,
            })
        };
        let mut columns_below: Vec<[u16; N]> =
            (0..height).map(below).take_while(|below| below.iter().any(|&columns| columns > 0)).collect();
        columns_below.push([0; N]);

        let mut reached = Plane::filled(height, width, 0);
        for row in 0..height {
            let within = self.0.row(row);
            let inside = |&distance: &u16| distance > 0;
            let (Some(first), Some(last)) = (within.iter().position(inside), within.iter().rposition(inside)) else {
                continue;
            };
            let stretch = first.saturating_sub(1)..(last + 2).min(width);
            let pixels = || within[stretch.clone()].iter();
            let reached = &mut reached.row_mut(row)[stretch.clone()];
            sweep(&columns_below, pixels().zip(reached.iter_mut()), |_, count| count);
            sweep(&columns_below, pixels().zip(reached.iter_mut()).rev(), u8::min);
        }
        reached
    }

    /// The distances in one row.
    pub(super) fn row(&self, row: usize) -> &[u16] {
        self.0.row(row)
    }

    fn is_infinite(&self) -> bool {
        self.0.height() == 0 || self.0.row(0).iter().all(|&distance| distance == NOWHERE)
    }
}

/// Some pixels that may hold the farthest one; ordered by what to expect.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Area {
    /// No pixel here has a larger squared distance.
    most: u32,
    top: usize,
    left: usize,
    height: usize,
    width: usize,
}

impl Area {
    /// Cuts across the longer side, or into nothing if this is a single pixel, whose middle has this squared distance.
    fn halves(self, squared: u32) -> impl Iterator<Item = Self> {
        let to_corner = (self.height / 2).pow(2) + (self.width / 2).pow(2);
        let most = (f64::from(squared).sqrt() + (to_corner as f64).sqrt()).powi(2) + ROUNDING;
        let all = Self { most: most as u32, ..self };
        let [first, second] = if self.height > self.width {
            let half = self.height / 2;
            [Self { height: half, ..all }, Self { top: self.top + half, height: self.height - half, ..all }]
        } else {
            let half = self.width / 2;
            [Self { width: half, ..all }, Self { left: self.left + half, width: self.width - half, ..all }]
        };
        [first, second].into_iter().filter(move |_| to_corner > 0)
    }
}

/// Walks along a row, or back: how many bounds each pixel reaches for all that lies behind it.
fn sweep<'a, const N: usize>(
    columns_below: &[[u16; N]],
    pixels: impl Iterator<Item = (&'a u16, &'a mut u8)>,
    reached: impl Fn(u8, u8) -> u8,
) {
    let last = columns_below.len() - 1;
    let mut below_until = [0_u16; N];
    for (place, (&within, target)) in (0..).zip(pixels) {
        let columns_below = &columns_below[usize::from(within).min(last)];
        let mut count = 0;
        for (until, columns) in below_until.iter_mut().zip(columns_below) {
            *until = (*until).max(place + columns);
            count += u8::from(*until <= place);
        }
        *target = reached(*target, count);
    }
}

/// The square of a distance within a column.
fn square(distance: u16) -> u32 {
    if distance == NOWHERE { INFINITE } else { u32::from(distance).pow(2) }
}

/// More than a squared sum of roots is off by: 32 bits of it are whole, which leaves 20.
const ROUNDING: f64 = 1e-4;

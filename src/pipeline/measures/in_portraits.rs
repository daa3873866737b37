//! Measures that no feature holds: rims, the places of spots, the run of threads. Taken from a cell's portrait.
//!
//! Lengths are in pixels of the portrait, whose side is 1.2 times that of the cell. Most of the time goes into three
//! distance transforms.

use crate::{
    atlas::Channel,
    imaging::{Plane, distance::squared_distance},
    pipeline::portrait::{CellPart, Portrait},
};

/// Added to both levels of a ratio: in black cells noise alone would make any.
const DARK: f64 = 2.0;
/// Share of the cytoplasm that counts as its brightest places.
const BRIGHTEST: f64 = 0.02;
/// How far around the brightest spot no second one is looked for.
const SPOT: usize = 8;

/// What is measured in a portrait, each finite; of a cell without cytoplasm or nucleus what needs them is 0 or 1, as of
/// one that is evenly filled.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct InPortrait {
    /// The protein along the edge of the nucleus to that in the cytoplasm or deep in the nucleus, whichever is more.
    pub nuclear_rim: f32,
    /// The protein where the DNA stain is darkest in the nucleus, the nucleoli, to that in the rest of it.
    pub in_dark_dna: f32,
    /// The protein along the edge of the cell to that in the rest of its cytoplasm.
    pub cell_edge: f32,
    /// How much all gradients of the protein run in one direction: 0 in all alike, 1 in one.
    pub one_direction: f32,
    /// How far the brightest places of the cytoplasm are scattered, to the side of a square as large as it.
    pub scatter: f32,
    /// How far they lie from the nucleus, in the same unit.
    pub far_out: f32,
    /// The brightest spot outside the nucleus to the brightest place elsewhere in the cell.
    pub one_spot: f32,
    /// How much the protein in the cytoplasm changes from one place to the next, to its mean.
    pub grain: f32,
    /// The same across the nucleus, from farther places.
    pub nuclear_grain: f32,
    /// Number of separate peaks in the nucleus.
    pub nuclear_peaks: f32,
}

impl InPortrait {
    /// Measures `portrait`.
    #[must_use]
    pub fn of(portrait: &Portrait) -> Self {
        let cell = Places::of(portrait);
        let (scatter, far_out) = cell.brightest_places();
        Self {
            nuclear_rim: cell.nuclear_rim() as f32,
            in_dark_dna: cell.in_dark_dna(portrait.stains.plane(Channel::Nucleus)) as f32,
            cell_edge: cell.edge() as f32,
            one_direction: cell.one_direction() as f32,
            scatter: scatter as f32,
            far_out: far_out as f32,
            one_spot: cell.one_spot() as f32,
            grain: cell.grain(&cell.cytoplasm, 2) as f32,
            nuclear_grain: cell.grain(&cell.nucleus, 4) as f32,
            nuclear_peaks: cell.nuclear_peaks() as f32,
        }
    }
}

/// A pixel of the portrait.
type Place = (usize, usize);

/// The pixels of a cell, and how far they lie from the edges of its parts.
struct Places<'a> {
    protein: &'a Plane<u8>,
    /// Means over 3 × 3 pixels.
    smooth: Plane<u16>,
    nucleus: Vec<Place>,
    cytoplasm: Vec<Place>,
    /// Squared distances to what is not the cell, to its nucleus, and to what is not its nucleus.
    to_outside: Plane<u32>,
    to_nucleus: Plane<u32>,
    to_rest: Plane<u32>,
}

impl<'a> Places<'a> {
    fn of(portrait: &'a Portrait) -> Self {
        let parts = &portrait.parts;
        let (height, width) = parts.size();
        let protein = portrait.stains.plane(Channel::Protein);
        let all = || (0..height).flat_map(move |row| (0..width).map(move |col| (row, col)));
        let distance = |is_background: fn(CellPart) -> bool| squared_distance(&parts.map(|&part| is_background(part)));
        let smooth = Plane::from_fn(height, width, |row, col| {
            let around = |at: usize, end: usize| at.saturating_sub(1)..(at + 2).min(end);
            let (rows, cols) = (around(row, height), around(col, width));
            let count = (rows.len() * cols.len()) as u16;
            let sum: u16 = rows.map(|r| protein.row(r)[cols.clone()].iter().map(|&v| u16::from(v)).sum::<u16>()).sum();
            // In ninths of a level, so that little is rounded away.
            9 * sum / count
        });
        Self {
            protein,
            smooth,
            nucleus: all().filter(|&at| parts[at] == CellPart::Nucleus).collect(),
            cytoplasm: all().filter(|&at| parts[at] == CellPart::Cell).collect(),
            to_outside: distance(|part| !part.is_own()),
            to_nucleus: distance(|part| part == CellPart::Nucleus),
            to_rest: distance(|part| part != CellPart::Nucleus),
        }
    }

    fn own(&self) -> impl Iterator<Item = Place> + '_ {
        self.nucleus.iter().chain(&self.cytoplasm).copied()
    }

    /// Mean level of the protein at `places`; 0 without any.
    fn mean(&self, places: impl Iterator<Item = Place>) -> f64 {
        let (sum, count) =
            places.fold((0_u64, 0_u64), |(sum, count), at| (sum + u64::from(self.protein[at]), count + 1));
        if count == 0 { 0.0 } else { sum as f64 / count as f64 }
    }

    fn nuclear_rim(&self) -> f64 {
        let deepest = self.nucleus.iter().map(|&at| self.to_rest[at]).max().unwrap_or(0);
        // Deeper than two fifths of the way in, and than the rim is wide.
        let deep = (deepest / 25 * 4 + deepest % 25 * 4 / 25).max(7);
        let nucleus = self.nucleus.iter().copied();
        let inner = self.mean(nucleus.clone().filter(|&at| self.to_rest[at] > deep));
        let cytoplasm = self.cytoplasm.iter().copied();
        let rim =
            nucleus.filter(|&at| self.to_rest[at] <= 4).chain(cytoplasm.clone().filter(|&at| self.to_nucleus[at] <= 1));
        (self.mean(rim) + DARK) / (inner.max(self.mean(cytoplasm)) + DARK)
    }

    fn in_dark_dna(&self, dna: &Plane<u8>) -> f64 {
        // At the rim of the nucleus the DNA stain fades, too.
        let inside: Vec<Place> = self.nucleus.iter().copied().filter(|&at| self.to_rest[at] > 6).collect();
        let mut levels: Vec<u8> = inside.iter().map(|&at| dna[at]).collect();
        levels.sort_unstable();
        let Some(&darkest) = levels.get(levels.len() / 10) else { return 1.0 };
        let dark = self.mean(inside.iter().copied().filter(|&at| dna[at] <= darkest));
        let light = self.mean(inside.iter().copied().filter(|&at| dna[at] > darkest));
        (dark + DARK) / (light + DARK)
    }

    fn edge(&self) -> f64 {
        let cytoplasm = self.cytoplasm.iter().copied();
        let edge = self.mean(cytoplasm.clone().filter(|&at| self.to_outside[at] <= 4));
        let within = self.mean(cytoplasm.filter(|&at| self.to_outside[at] > 16));
        (edge + DARK) / (within + DARK)
    }

    /// The coherence of the structure tensor over the whole cell, its edges and those of its nucleus left out.
    fn one_direction(&self) -> f64 {
        let (height, width) = self.protein.size();
        let is_inside = |&(row, col): &Place| {
            let at = (row, col);
            let is_off_border = row > 0 && col > 0 && row + 1 < height && col + 1 < width;
            let is_at_nucleus = self.to_nucleus[at] < 9 && self.to_rest[at] < 9;
            is_off_border && self.to_outside[at] >= 9 && !is_at_nucleus
        };
        let (mut across, mut down, mut both) = (0.0, 0.0, 0.0);
        for (row, col) in self.own().filter(is_inside) {
            let level = |row: usize, col: usize| f64::from(self.protein[(row, col)]);
            let (x, y) = (level(row, col + 1) - level(row, col - 1), level(row + 1, col) - level(row - 1, col));
            across += x * x;
            down += y * y;
            both += x * y;
        }
        let difference: f64 = across - down;
        (difference * difference + 4.0 * both * both).sqrt() / (across + down + 1.0)
    }

    /// How far the brightest places of the cytoplasm are scattered, and how far they lie from the nucleus.
    fn brightest_places(&self) -> (f64, f64) {
        let count = ((self.cytoplasm.len() as f64 * BRIGHTEST) as usize).max(4).min(self.cytoplasm.len());
        if count == 0 {
            return (0.0, 0.0);
        }
        let mut places = self.cytoplasm.clone();
        // Of those alike the first ones in rows.
        places.sort_by_key(|&at| std::cmp::Reverse(self.protein[at]));
        places.truncate(count);
        let mean = |of: &dyn Fn(Place) -> f64| places.iter().map(|&at| of(at)).sum::<f64>() / count as f64;
        let (row, col) = (mean(&|at| at.0 as f64), mean(&|at| at.1 as f64));
        let squared = mean(&|at| (at.0 as f64 - row).powi(2) + (at.1 as f64 - col).powi(2));
        let side = (self.cytoplasm.len() as f64).sqrt();
        let to_nucleus = |at| f64::from(self.to_nucleus[at]).sqrt();
        // A portrait without a nucleus has no distance to it.
        let far_out = if self.nucleus.is_empty() { 0.0 } else { mean(&to_nucleus) };
        (squared.sqrt() / side, far_out / side)
    }

    fn one_spot(&self) -> f64 {
        let is_beside_nucleus = |at: &Place| self.to_rest[*at] < 9;
        let candidates = self.own().filter(is_beside_nucleus);
        let Some(spot) = candidates.max_by_key(|&at| (self.smooth[at], std::cmp::Reverse(at))) else { return 1.0 };
        let is_elsewhere = |at: &Place| {
            let (down, across) = (at.0.abs_diff(spot.0), at.1.abs_diff(spot.1));
            down * down + across * across > SPOT * SPOT
        };
        let second = self.own().filter(is_elsewhere).map(|at| self.smooth[at]).max().unwrap_or(0);
        (f64::from(self.smooth[spot]) / 9.0 + DARK) / (f64::from(second) / 9.0 + DARK)
    }

    /// The mean size of the differences between pixels and the four that are so many `steps` away, to the mean level.
    fn grain(&self, places: &[Place], steps: usize) -> f64 {
        let (height, width) = self.protein.size();
        let (mut sum, mut count) = (0_u64, 0_u64);
        for &(row, col) in places {
            if row < steps || col < steps || row + steps >= height || col + steps >= width {
                continue;
            }
            let level = |row: usize, col: usize| i64::from(self.protein[(row, col)]);
            let around =
                level(row - steps, col) + level(row + steps, col) + level(row, col - steps) + level(row, col + steps);
            sum += (4 * level(row, col) - around).unsigned_abs();
            count += 1;
        }
        if count == 0 { 0.0 } else { sum as f64 / count as f64 / (self.mean(places.iter().copied()) + DARK) }
    }

    /// Pixels of the nucleus that are the brightest within two pixels, and brighter than two fifths of the way from the
    /// nucleus' median to its brightest.
    fn nuclear_peaks(&self) -> usize {
        let mut levels: Vec<u16> = self.nucleus.iter().map(|&at| self.smooth[at]).collect();
        levels.sort_unstable();
        let (Some(&median), Some(&brightest)) = (levels.get(levels.len() / 2), levels.last()) else { return 0 };
        let bound = median + (brightest - median) * 2 / 5;
        let (height, width) = self.smooth.size();
        let is_peak = |&&(row, col): &&Place| {
            let own = self.smooth[(row, col)];
            let cols = col.saturating_sub(2)..(col + 3).min(width);
            let mut around =
                (row.saturating_sub(2)..(row + 3).min(height)).flat_map(|r| cols.clone().map(move |c| (r, c)));
            own > bound
                && around.all(|other| self.smooth[other] < own || self.smooth[other] == own && other >= (row, col))
        };
        self.nucleus.iter().filter(is_peak).count()
    }
}

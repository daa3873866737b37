//! Who owns which pixel: cells and nuclei clipped by their neighbours.
//!
//! A pixel belongs to the cell whose outline it lies deepest in, measured in shares of that outline's radius; a smooth
//! displacement of all pixels makes the borders rough. Around a nucleus there is always a rim of its own cell.

use std::ops::Range;

use super::{cells::Cell, chance::Chance, noise::fractal_noise, paint::Point, scene::REFERENCE_SIDE};
use crate::imaging::Plane;

/// The cells that are in the field, and their pixels.
pub struct Territories {
    /// Cell n has the id n + 1 in both masks.
    pub cells: Vec<Cell>,
    /// Where they are.
    pub windows: Vec<Window>,
    /// 0 = no cell.
    pub cell_mask: Plane<u32>,
    /// Within the cells, with their ids.
    pub nuclei_mask: Plane<u32>,
    /// Depth inside the nucleus: 1 in its middle, 0 at its border and outside.
    pub nuclear_depth: Plane<f32>,
}

/// Rows and columns that hold all of a cell.
#[derive(Clone, Debug)]
pub struct Window {
    /// From the first to the last row.
    pub rows: Range<usize>,
    /// From the first to the last column.
    pub cols: Range<usize>,
}

/// Divides a field of `side_px` among `cells`.
pub fn territories(cells: Vec<Cell>, side_px: usize, chance: &mut Chance) -> Territories {
    let scale = side_px as f32 / REFERENCE_SIDE;
    let (down, right) = (displacements(side_px, scale, chance), displacements(side_px, scale, chance));
    let nobody = Plane::filled(side_px, side_px, Claim { id: 0, share: 1.0 });
    let mut claims = Claims { cells: nobody.clone(), nuclei: nobody };
    for (id, cell) in (1..).zip(&cells) {
        let displacement_px = 60.0 * scale;
        for row in cell.body.rows(displacement_px, side_px) {
            let cols = cell.body.columns(row, displacement_px, side_px);
            let displacements = down.row(row)[cols.clone()].iter().zip(&right.row(row)[cols.clone()]);
            let claimed = claims.cells.row_mut(row)[cols.clone()].iter_mut();
            for ((col, claim), (down, right)) in cols.zip(claimed).zip(displacements) {
                let place: Point = (row as f32 + down, col as f32 + right);
                claim.improve(id, cell.body.share_of_radius(place, claim.share));
            }
        }
        let rim_px = 0.3 * cell.nucleus.half_axes.0;
        for row in cell.nucleus.rows(rim_px, side_px) {
            for col in cell.nucleus.columns(row, rim_px, side_px) {
                let at = (row, col);
                let share = cell.nucleus.share_of_radius((row as f32, col as f32), 1.2);
                claims.cells[at].improve(id, 0.87 * share + 0.004 * right[at] / scale);
                claims.nuclei[at].improve(id, share + 0.0012 * (down[at] + right[at]) / scale);
            }
        }
    }
    connected(cells, &claims, 1500.0 * scale * scale)
}

/// By how many pixels each pixel is displaced in one direction.
fn displacements(side_px: usize, scale: f32, chance: &mut Chance) -> Plane<f32> {
    let coarse = fractal_noise(side_px, 150.0 * scale, 2, 0.5, chance);
    let mut both = fractal_noise(side_px, 26.0 * scale, 2, 0.6, chance);
    both.samples_mut().iter_mut().zip(coarse.samples()).for_each(|(fine, coarse)| {
        *fine = scale * (3.0 * *fine + 18.0 * coarse);
    });
    both
}

/// The strongest claims to each pixel so far.
struct Claims {
    cells: Plane<Claim>,
    nuclei: Plane<Claim>,
}

/// Whose a pixel is, and how deep inside the outline it lies: 0 in its middle, 1 at its border.
#[derive(Clone, Copy)]
struct Claim {
    id: u32,
    share: f32,
}

impl Claim {
    fn improve(&mut self, id: u32, share: f32) {
        if share < self.share {
            *self = Self { id, share };
        }
    }
}

/// The cells whose nucleus is at least `smallest_px` pixels, numbered by their order. What cannot be reached from its
/// nucleus is no part of a cell.
fn connected(cells: Vec<Cell>, claims: &Claims, smallest_px: f32) -> Territories {
    let mut areas = vec![0_u32; cells.len() + 1];
    claims.nuclei.samples().iter().for_each(|claim| areas[claim.id as usize] += 1);
    let mut kept = 0;
    let mut new_ids = vec![0];
    new_ids.extend(areas[1..].iter().map(|&area| {
        let large = area as f32 >= smallest_px;
        kept += u32::from(large);
        if large { kept } else { 0 }
    }));
    let [cell_mask, nuclei_mask] =
        [&claims.cells, &claims.nuclei].map(|claims| claims.map(|claim| new_ids[claim.id as usize]));
    let reached = reached(&nuclei_mask, &cell_mask);
    let (height, width) = reached.size();
    let kept = cells.into_iter().zip(&new_ids[1..]).filter(|&(_, &id)| id > 0);
    let cells: Vec<Cell> = kept.map(|(cell, _)| cell).collect();
    let mut windows = vec![Window { rows: height..0, cols: width..0 }; cells.len()];
    for (row, ids) in reached.samples().chunks(width).enumerate() {
        let mut end = 0;
        for run in ids.chunk_by(|id, next| id == next) {
            let start = end;
            end += run.len();
            let Some(n) = run[0].checked_sub(1) else { continue };
            let Window { rows, cols } = &mut windows[n as usize];
            *rows = rows.start.min(row)..row + 1;
            *cols = cols.start.min(start)..cols.end.max(end);
        }
    }
    let places = claims.nuclei.samples().iter().zip(nuclei_mask.samples());
    let depths = places.map(|(claim, &id)| if id > 0 { 1.0 - claim.share } else { 0.0 }).collect();
    let nuclear_depth = Plane::from_samples(height, width, depths);
    Territories { cells, windows, cell_mask: reached, nuclei_mask, nuclear_depth }
}

/// The nuclei, and what is connected with each of them within its cell.
fn reached(nuclei_mask: &Plane<u32>, cell_mask: &Plane<u32>) -> Plane<u32> {
    let mut reached = nuclei_mask.clone();
    let (height, width) = reached.size();
    // Downwards, then upwards, until there is nothing new: a few times, as cells are nearly convex.
    let mut changed = true;
    while changed {
        let down = (1..height).map(|row| (row - 1, row));
        let up = (1..height).rev().map(|row| (row, row - 1));
        changed = false;
        for (from, to) in down.chain(up) {
            let (first, second) = reached.samples_mut()[from.min(to) * width..][..2 * width].split_at_mut(width);
            let (from, ids) = if from < to { (&*first, second) } else { (&*second, first) };
            changed |= reach(from, ids, cell_mask.row(to));
        }
    }
    reached
}

/// Extends regions into a row of `ids` from its neighbour row and along itself, where the `cells` are the same.
fn reach(neighbours: &[u32], ids: &mut [u32], cells: &[u32]) -> bool {
    let mut changed = false;
    // Nearly all rows are whole after the first time.
    if ids.iter().zip(cells).all(|(&id, &cell)| id > 0 || cell == 0) {
        return changed;
    }
    let mut step = |id: &mut u32, cell: u32, neighbour: u32, before: &mut u32| {
        if *id == 0 && cell > 0 && (neighbour == cell || *before == cell) {
            *id = cell;
            changed = true;
        }
        *before = *id;
    };
    let mut before = 0;
    for ((id, &cell), &neighbour) in ids.iter_mut().zip(cells).zip(neighbours) {
        step(id, cell, neighbour, &mut before);
    }
    before = 0;
    for ((id, &cell), &neighbour) in ids.iter_mut().zip(cells).zip(neighbours).rev() {
        step(id, cell, neighbour, &mut before);
    }
    changed
}

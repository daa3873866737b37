//! What is in a field before it is stained: cells with their nuclei, and how far every pixel is from their borders.
//!
//! Lengths are in *reference pixels* of 0.08 µm, of which a field has 2048 a side at any resolution, as the images
//! of the atlas; what ends in `_px` is in pixels of the field. A cell is what lies nearest to it, measured in the
//! shares of its own outline, within that outline and connected with its nucleus; a smooth displacement of all
//! pixels makes the borders rough.

use super::{
    chance::Chance,
    noise::fractal_noise,
    outline::Outline,
    paint::Point,
    params::{Crowding, DemoParams},
    portable,
};
use crate::imaging::{Plane, distance::squared_distance};

/// Reference pixels to the side of a field.
pub const REFERENCE_SIDE: f32 = 2048.0;

/// The cells of a field and the distances between them.
pub struct Scene {
    /// Pixels per reference pixel.
    pub scale: f32,
    /// Cell n has the id n + 1 in both masks.
    pub cells: Vec<Cell>,
    /// 0 = no cell.
    pub cell_mask: Plane<u32>,
    /// Within the cells, with their ids.
    pub nuclei_mask: Plane<u32>,
    /// Distance from the border of the cell.
    pub to_border: Plane<f32>,
    /// Distance from the nearest nuclear envelope, on both sides of it.
    pub to_envelope: Plane<f32>,
    /// Height of the cell above the pixel: 0 at its border, 1 around the nucleus.
    pub thickness: Plane<f32>,
    /// Depth inside the nucleus: 1 in its middle, 0 at its border and outside.
    pub nuclear_depth: Plane<f32>,
}

/// One cell.
pub struct Cell {
    /// Outline of the nucleus.
    pub nucleus: Outline,
    /// Outline of the cell.
    pub body: Outline,
    /// Whether it is in division: its nucleus is a plate of chromosomes.
    pub mitotic: bool,
    /// Where its microtubules start, beside the nucleus.
    pub centrosome: Point,
    /// How bright it is stained.
    pub brightness: f32,
    /// Over which distance from the nucleus it becomes flat.
    pub flattening: f32,
    /// Rows and columns that hold all of it, as (first, end).
    pub rows: (usize, usize),
    /// See `rows`.
    pub cols: (usize, usize),
}

impl Scene {
    /// A scene of its own for every stream of chance. `divide`: which of its cells are in division.
    pub fn new(params: &DemoParams, mitotic_share: f32, chance: &mut Chance) -> Self {
        let side = params.side_px;
        let scale = side as f32 / REFERENCE_SIDE;
        let cells = cells(params, mitotic_share, chance);
        let mut displacements = || {
            let coarse = fractal_noise(side, 150.0 * scale, 2, 0.5, chance);
            let mut fine = fractal_noise(side, 26.0 * scale, 2, 0.6, chance);
            let coarse = coarse.samples().iter();
            fine.samples_mut().iter_mut().zip(coarse).for_each(|(f, c)| *f = scale * (3.0 * *f + 18.0 * c));
            fine
        };
        let (down, right) = (displacements(), displacements());
        let mut cell_mask = Plane::filled(side, side, 0);
        let mut nuclei_mask = Plane::filled(side, side, 0);
        let mut nearness = Plane::filled(side, side, 1.0_f32);
        let mut nuclear = Plane::filled(side, side, 1.0_f32);
        for (id, cell) in (1..).zip(&cells) {
            let mut claim = |at: (usize, usize), share: f32| {
                if share < nearness[at] {
                    nearness[at] = share;
                    cell_mask[at] = id;
                }
            };
            for row in cell.rows.0..cell.rows.1 {
                for col in cell.cols.0..cell.cols.1 {
                    let at = (row, col);
                    claim(at, cell.body.share_of_radius((row as f32 + down[at], col as f32 + right[at])));
                }
            }
            // A rim of cytoplasm around the nucleus belongs to the cell, whatever its outline.
            let (rows, cols) = within(side, cell.nucleus.centre, 1.3 * cell.nucleus.reach_px());
            for row in rows.0..rows.1 {
                for col in cols.0..cols.1 {
                    let at = (row, col);
                    let share = cell.nucleus.share_of_radius((row as f32, col as f32));
                    claim(at, 0.87 * share + 0.004 * right[at] / scale);
                    let rough = share + 0.0012 * (down[at] + right[at]) / scale;
                    if rough < nuclear[at] {
                        nuclear[at] = rough;
                        nuclei_mask[at] = id;
                    }
                }
            }
        }
        let smallest_px = 1500.0 * scale * scale;
        let (cells, cell_mask, nuclei_mask) = connected(cells, &cell_mask, nuclei_mask, smallest_px);
        let nuclear_depth =
            Plane::from_fn(
                side,
                side,
                |row, col| if nuclei_mask[(row, col)] > 0 { 1.0 - nuclear[(row, col)] } else { 0.0 },
            );
        let to_border = distance(&borders(&cell_mask, Outside::IsBorder), scale);
        let to_envelope = distance(&borders(&nuclei_mask, Outside::IsNothing), scale);
        let thickness = Plane::from_fn(side, side, |row, col| {
            let at = (row, col);
            let Some(cell) = (cell_mask[at] as usize).checked_sub(1).map(|n| &cells[n]) else { return 0.0 };
            let outside = if nuclei_mask[at] > 0 { 0.0 } else { to_envelope[at] };
            let edge = 1.0 - portable::exp(-to_border[at] / 20.0);
            edge * (0.25 + 0.75 * portable::exp(-outside / cell.flattening))
        });
        Self { scale, cells, cell_mask, nuclei_mask, to_border, to_envelope, thickness, nuclear_depth }
    }

    /// Number of pixels to the side.
    pub fn side_px(&self) -> usize {
        self.cell_mask.width()
    }

    /// The nearest pixel, which may lie at the edge of the field.
    pub fn pixel(&self, (row, col): Point) -> (usize, usize) {
        let last = (self.side_px() - 1) as f32;
        ((row + 0.5).clamp(0.0, last) as usize, (col + 0.5).clamp(0.0, last) as usize)
    }

    /// A random pixel of the cell `id`, each as likely as `weight` says (0 to 1); `None` if it was not found soon.
    pub fn somewhere(&self, id: u32, chance: &mut Chance, weight: impl Fn((usize, usize)) -> f32) -> Option<Point> {
        let cell = &self.cells[id as usize - 1];
        (0..400).find_map(|_| {
            let at = (chance.whole(cell.rows.0..cell.rows.1), chance.whole(cell.cols.0..cell.cols.1));
            let taken = self.cell_mask[at] == id && chance.share() < weight(at);
            taken.then(|| (at.0 as f32 + chance.share() - 0.5, at.1 as f32 + chance.share() - 0.5))
        })
    }
}

/// The cells of a field, none yet clipped by another.
fn cells(params: &DemoParams, mitotic_share: f32, chance: &mut Chance) -> Vec<Cell> {
    let side = params.side_px as f32;
    let scale = side / REFERENCE_SIDE;
    let crowding = match params.crowding {
        Crowding::Mixed => match chance.whole(0..20) {
            0..3 => Crowding::Sparse,
            3..6 => Crowding::Crowded,
            _ => Crowding::Typical,
        },
        chosen => chosen,
    };
    let wanted = match crowding {
        Crowding::Sparse => chance.whole(4..10),
        Crowding::Typical | Crowding::Mixed => chance.whole(11..25),
        Crowding::Crowded => chance.whole(28..46),
    };
    // What a cell line is like: drawn once for a field.
    let nucleus_px = chance.within(0.20..0.25) * side / (wanted.max(12) as f32).sqrt();
    let cell_px = nucleus_px * chance.within(1.65..2.6);
    let elongation = chance.within(1.1..2.0);
    let pointed = chance.share();
    let flattening = chance.within(60.0..200.0);
    let touching = if crowding == Crowding::Crowded { 1.75 } else { 2.05 };
    let apart_px = (touching * nucleus_px).max(chance.within(0.45..0.75) * side / (wanted as f32).sqrt());
    let mut centres: Vec<Point> = Vec::new();
    for _ in 0..60 * wanted {
        let place = (chance.within(-0.03..1.03) * side, chance.within(-0.03..1.03) * side);
        // One pair in eight stands closer than the rest.
        let apart = if chance.happens(0.125) { 0.85 * touching * nucleus_px } else { apart_px };
        let far = |other: &Point| {
            (other.0 - place.0) * (other.0 - place.0) + (other.1 - place.1) * (other.1 - place.1) > apart * apart
        };
        if centres.len() < wanted && centres.iter().all(far) {
            centres.push(place);
        }
    }
    centres
        .into_iter()
        .map(|centre| {
            let chance = &mut chance.fork();
            let mitotic = chance.happens(mitotic_share);
            let lobed = if chance.happens(0.14) { 0.085 } else { 0.026 };
            let (size, long) = (
                chance.within(0.85..1.18),
                if mitotic { chance.within(2.6..3.4) } else { 1.0 + (0.3 * chance.normal()).abs() },
            );
            let radius = nucleus_px * size * if mitotic { 0.68 } else { 1.0 };
            let nucleus = Outline::new(centre, radius, long, lobed, chance);
            let offset = 0.16 * cell_px;
            let middle = (centre.0 + offset * chance.normal(), centre.1 + offset * chance.normal());
            let body_px = cell_px * chance.within(0.8..1.25);
            let spikes = (0..3).filter(|_| chance.happens(pointed)).count();
            let stretch = 1.0 + (elongation - 1.0) * chance.within(0.2..1.6);
            let mut body = if mitotic {
                Outline::new(centre, 0.75 * body_px.min(2.2 * nucleus_px), 1.08, 0.02, chance)
            } else {
                Outline::new(middle, body_px, stretch, 0.085, chance).with_spikes(spikes, chance)
            };
            // Nucleus and cell lie along each other.
            if !mitotic && chance.happens(0.8) {
                body.direction = nucleus.direction;
            }
            let (cos, sin) = portable::direction(chance.share());
            let beside = radius * chance.within(1.05..1.3);
            let (rows, cols) = within(params.side_px, body.centre, body.reach_px() + 60.0 * scale);
            Cell {
                centrosome: (centre.0 + beside * sin, centre.1 + beside * cos),
                brightness: chance.factor(0.3) * if mitotic { 1.3 } else { 1.0 },
                flattening: if mitotic { 400.0 } else { flattening * chance.factor(0.25) },
                rows,
                cols,
                nucleus,
                body,
                mitotic,
            }
        })
        .collect()
}

/// The rows and columns, as (first, end), within `reach_px` of `centre`.
fn within(side_px: usize, centre: Point, reach_px: f32) -> ((usize, usize), (usize, usize)) {
    let range = |at: f32| ((at - reach_px).max(0.0) as usize, (at + reach_px).clamp(0.0, side_px as f32) as usize);
    (range(centre.0), range(centre.1))
}

/// The cells whose nucleus is at least `smallest_px` pixels, and both masks with ids by their order, in which a cell
/// is what can be reached from its nucleus.
fn connected(
    cells: Vec<Cell>,
    cell_mask: &Plane<u32>,
    mut nuclei_mask: Plane<u32>,
    smallest_px: f32,
) -> (Vec<Cell>, Plane<u32>, Plane<u32>) {
    let mut areas = vec![0_u32; cells.len() + 1];
    nuclei_mask.samples().iter().for_each(|&id| areas[id as usize] += 1);
    let mut kept = 0;
    let mut new_ids = vec![0];
    new_ids.extend(areas[1..].iter().map(|&area| {
        let large = area as f32 >= smallest_px;
        kept += u32::from(large);
        if large { kept } else { 0 }
    }));
    nuclei_mask.samples_mut().iter_mut().for_each(|id| *id = new_ids[*id as usize]);
    let mut reached = nuclei_mask.clone();
    let (height, width) = reached.size();
    let mut waiting: Vec<usize> = (0..height * width).filter(|&at| reached.samples()[at] > 0).collect();
    while let Some(at) = waiting.pop() {
        let id = reached.samples()[at];
        let (row, col) = (at / width, at % width);
        let neighbours = [
            (row > 0, at.wrapping_sub(width)),
            (row + 1 < height, at + width),
            (col > 0, at.wrapping_sub(1)),
            (col + 1 < width, at + 1),
        ];
        for (_, next) in neighbours.into_iter().filter(|&(exists, _)| exists) {
            if reached.samples()[next] == 0 && new_ids[cell_mask.samples()[next] as usize] == id {
                reached.samples_mut()[next] = id;
                waiting.push(next);
            }
        }
    }
    let kept = cells.into_iter().zip(&new_ids[1..]).filter(|&(_, &id)| id > 0);
    let mut cells: Vec<Cell> = kept.map(|(cell, _)| Cell { rows: (height, 0), cols: (width, 0), ..cell }).collect();
    for (row, ids) in reached.samples().chunks(width).enumerate() {
        for (col, &id) in ids.iter().enumerate().filter(|&(_, &id)| id > 0) {
            let Cell { rows, cols, .. } = &mut cells[id as usize - 1];
            *rows = (rows.0.min(row), row + 1);
            *cols = (cols.0.min(col), cols.1.max(col + 1));
        }
    }
    (cells, reached, nuclei_mask)
}

/// Whether pixels of no region are borders too.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outside {
    IsBorder,
    IsNothing,
}

/// The pixels whose right or lower neighbour has another id.
fn borders(mask: &Plane<u32>, outside: Outside) -> Plane<bool> {
    let (height, width) = mask.size();
    Plane::from_fn(height, width, |row, col| {
        let id = mask[(row, col)];
        let differs = |row: usize, col: usize| row < height && col < width && mask[(row, col)] != id;
        (outside == Outside::IsBorder && id == 0) || differs(row + 1, col) || differs(row, col + 1)
    })
}

/// Distance from the nearest border in reference pixels; far away if there is none.
fn distance(borders: &Plane<bool>, scale: f32) -> Plane<f32> {
    squared_distance(borders).map(|&squared| (squared as f32).sqrt() / scale)
}

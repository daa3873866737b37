//! What is in a field before it is stained: cells with their nuclei, and how far every pixel is from their borders.
//!
//! Lengths are in *reference pixels* of 0.08 µm, of which a field has 2048 a side at any resolution, as the images
//! of the atlas; what ends in `_px` is in pixels of the field.

use super::{
    cells::{Cell, cells},
    chance::Chance,
    paint::Point,
    params::DemoParams,
    portable,
    territories::{Territories, Window, territories},
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
    /// Where the cells are, one each.
    pub windows: Vec<Window>,
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

impl Scene {
    /// A scene of its own for every stream of chance, with `mitotic_share` of its cells in division.
    pub fn new(params: &DemoParams, mitotic_share: f32, chance: &mut Chance) -> Self {
        let side = params.side_px;
        let scale = side as f32 / REFERENCE_SIDE;
        let cells = cells(params, mitotic_share, chance);
        let Territories { cells, windows, cell_mask, nuclei_mask, nuclear_depth } = territories(cells, side, chance);
        let to_border = distance(&borders(&cell_mask, Outside::IsBorder), scale);
        let to_envelope = distance(&borders(&nuclei_mask, Outside::IsNothing), scale);
        let masks = cell_mask.samples().iter().zip(nuclei_mask.samples());
        let distances = to_border.samples().iter().zip(to_envelope.samples());
        let thickness = masks.zip(distances).map(|((&id, &nucleus), (to_border, to_envelope))| {
            let Some(cell) = (id as usize).checked_sub(1).map(|n| &cells[n]) else { return 0.0 };
            let outside = if nucleus > 0 { 0.0 } else { *to_envelope };
            let edge = 1.0 - portable::exp(-to_border / 14.0);
            edge * (0.25 + 0.75 * portable::exp(-outside / cell.flattening))
        });
        let thickness = Plane::from_samples(side, side, thickness.collect());
        let mut scene =
            Self { scale, cells, windows, cell_mask, nuclei_mask, to_border, to_envelope, thickness, nuclear_depth };
        scene.place_centrosomes(chance);
        scene
    }

    /// Puts every centrosome into the cytoplasm close to the nucleus.
    fn place_centrosomes(&mut self, chance: &mut Chance) {
        for id in 1..=self.cells.len() as u32 {
            let place = self.somewhere(id, chance, |at| match self.nuclei_mask[at] {
                0 if self.to_border[at] > 8.0 => portable::exp(-self.to_envelope[at] / 14.0),
                _ => 0.0,
            });
            if let Some(place) = place {
                self.cells[id as usize - 1].centrosome = place;
            }
        }
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
        let Window { rows, cols } = &self.windows[id as usize - 1];
        (0..600).find_map(|_| {
            let at = (chance.whole(rows.clone()), chance.whole(cols.clone()));
            let taken = self.cell_mask[at] == id && chance.share() < weight(at);
            taken.then(|| (at.0 as f32 + chance.share() - 0.5, at.1 as f32 + chance.share() - 0.5))
        })
    }
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
    let mut borders = Plane::filled(height, width, false);
    for (row, borders) in borders.samples_mut().chunks_mut(width).enumerate() {
        let ids = mask.row(row);
        let (right, below) = (&ids[1..], mask.row((row + 1).min(height - 1)));
        for ((border, id), below) in borders.iter_mut().zip(ids).zip(below) {
            *border = (outside == Outside::IsBorder && *id == 0) || id != below;
        }
        borders.iter_mut().zip(ids).zip(right).for_each(|((border, id), right)| *border |= id != right);
    }
    borders
}

/// Distance from the nearest border in reference pixels; far away if there is none.
fn distance(borders: &Plane<bool>, scale: f32) -> Plane<f32> {
    squared_distance(borders).map(|&squared| (squared as f32).sqrt() / scale)
}

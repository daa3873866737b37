//! PORTRAITS: each cell with its surroundings in a small square of one size, so that many can be seen side by side.
//!
//! What is kept are levels as they are in the field, so that all portraits can be drawn alike and brightness compares;
//! and what each pixel belongs to, so that they can be drawn with or without surroundings and outlines.

use rayon::prelude::*;

use super::{composite::Tones, segmentation::Segmentation};
use crate::{
    atlas::{Channel, Field},
    imaging::{
        Plane,
        cutout::{cutout, middles},
        regions::{Region, regions},
    },
};

/// What a pixel of a portrait belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum CellPart {
    /// No cell, or it is beyond the border of the image.
    #[default]
    Outside,
    /// The cell, but not its nucleus.
    Cell,
    /// The nucleus of the cell.
    Nucleus,
    /// Another cell.
    Other,
}

impl CellPart {
    /// All of them by number.
    pub const ALL: [Self; 4] = [Self::Outside, Self::Cell, Self::Nucleus, Self::Other];

    /// Whether it is the cell itself.
    #[must_use]
    pub fn is_own(self) -> bool {
        matches!(self, Self::Cell | Self::Nucleus)
    }
}

/// A cell and its surroundings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portrait {
    /// The four stains, [`Portrait::SIDE`] pixels a side.
    pub stains: Field,
    /// What each pixel belongs to.
    pub parts: Plane<CellPart>,
}

impl Portrait {
    /// Side of a portrait in pixels.
    pub const SIDE: usize = 80;
    /// Share of the cell's longer side that is shown on each side of it.
    pub const MARGIN: f64 = 0.1;

    /// The portrait of the cell of `region` in `field`; `None` never, as all planes are of one size.
    #[must_use]
    pub fn of(field: &Field, segmentation: &Segmentation, region: &Region) -> Option<Self> {
        let longest = region.height.max(region.width);
        let side = longest + 2 * (Self::MARGIN * longest as f64).ceil() as usize;
        let first = |from: usize, length: usize| from as isize - ((side - length) / 2) as isize;
        let (top, left) = (first(region.top, region.height), first(region.left, region.width));
        let stains =
            Field::new(Channel::ALL.map(|channel| cutout(field.plane(channel), (top, left), side, Self::SIDE)));
        let rows = middles(top, field.height(), side, Self::SIDE);
        let cols = middles(left, field.width(), side, Self::SIDE);
        let parts = Plane::from_fn(Self::SIDE, Self::SIDE, |row, col| {
            let Some(position) = rows[row].zip(cols[col]) else { return CellPart::Outside };
            match segmentation.cell_mask.id(position) {
                0 => CellPart::Outside,
                id if id != region.id => CellPart::Other,
                id if segmentation.nuclei_mask.id(position) == id => CellPart::Nucleus,
                _ => CellPart::Cell,
            }
        });
        Some(Self { stains: stains.ok()?, parts })
    }
}

/// The portraits of all cells of `segmentation` that have a pixel, by id.
#[must_use]
pub fn portraits(field: &Field, segmentation: &Segmentation) -> Vec<(u32, Portrait)> {
    let cells = regions(&segmentation.cell_mask);
    cells.par_iter().filter_map(|cell| Some((cell.id, Portrait::of(field, segmentation, cell)?))).collect()
}

/// How portraits are drawn, besides their tones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortraitLook {
    /// Whether all that is not the cell is black.
    pub masked: bool,
    /// Whether the cell and its nucleus are outlined.
    pub outlined: bool,
}

/// The colour of the outlines of cells.
const CELL_OUTLINE: [u8; 3] = [255, 255, 255];
/// The colour of the outlines of nuclei.
const NUCLEUS_OUTLINE: [u8; 3] = [120, 190, 255];

/// `portrait` in colour.
#[must_use]
pub fn draw(portrait: &Portrait, tones: &Tones, look: PortraitLook) -> Plane<[u8; 3]> {
    let mut picture = tones.draw(&portrait.stains);
    let parts = &portrait.parts;
    if look.masked {
        let pixels = picture.samples_mut().iter_mut().zip(parts.samples());
        pixels.filter(|(_, part)| !part.is_own()).for_each(|(colour, _)| *colour = [0; 3]);
    }
    if look.outlined {
        let (height, width) = parts.size();
        for row in 0..height {
            for col in 0..width {
                let part = parts[(row, col)];
                if !part.is_own() {
                    continue;
                }
                let neighbours =
                    [(row.wrapping_sub(1), col), (row + 1, col), (row, col.wrapping_sub(1)), (row, col + 1)];
                let inside = || neighbours.into_iter().filter(|&(row, col)| row < height && col < width);
                let touches = |is_other: &dyn Fn(CellPart) -> bool| inside().any(|at| is_other(parts[at]));
                if touches(&|other| !other.is_own()) {
                    picture[(row, col)] = CELL_OUTLINE;
                } else if part == CellPart::Nucleus && touches(&|other| other == CellPart::Cell) {
                    picture[(row, col)] = NUCLEUS_OUTLINE;
                }
            }
        }
    }
    picture
}

//! One cell as its features see it: the crop, the rings, slices and speckles in it, and what was counted in them. Nothing
//! is found anew here: all of it is what [`measure`](super::measure) makes its numbers of.

use super::{
    blocks::Shape,
    crop::CellCrop,
    sectors::{self, OUTSIDE, pieces},
    silhouette::Silhouette,
    speckles::{self, Speckles},
    summary::{summary, summary_names},
    tally::Tally,
};
use crate::{
    atlas::{Channel, Field},
    imaging::{Plane, regions::regions},
    pipeline::segmentation::Segmentation,
};

/// Rings of a cell, and of its nucleus.
pub const RINGS: usize = sectors::RINGS;
/// Slices of a cell, and of its nucleus.
pub const SLICES: usize = sectors::SLICES;
/// Share of the stained pixels of a cell that belong to no speckle.
pub const SPECKLE_QUANTILE: f64 = speckles::QUANTILE;

/// A cell cut out and cut up.
#[derive(Clone, Debug, PartialEq)]
pub struct Anatomy {
    /// The four stains in the order of [`Channel::ALL`], 0 outside the cell: a square of at most 200 pixels a side.
    pub stains: [Plane<u8>; Channel::COUNT],
    /// The cell, its nucleus included.
    pub cell: Part,
    /// The nucleus.
    pub nucleus: Part,
    /// The speckles of the protein: ids 1, 2, …, 0 = none. Of the size of the stains.
    pub speckles: Plane<u32>,
    /// Number of speckles.
    pub speckle_count: usize,
    /// The brightest level of the protein that belongs to no speckle.
    pub brightest_below: u8,
}

/// A cell or a nucleus in pieces.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The piece of each pixel, of the size of the stains; `None` outside.
    pub pieces: Plane<Option<Piece>>,
    /// What was counted in each ring, from the edge inwards.
    pub rings: [Counted; RINGS],
    /// What was counted in each slice.
    pub slices: [Counted; SLICES],
}

/// Where in a cell or in a nucleus a pixel lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The ring, 0 at the edge; `None` in a shape that has no edge in its picture.
    pub ring: Option<usize>,
    /// The slice.
    pub slice: usize,
}

/// What was counted in a ring or a slice.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counted {
    /// Its pixels.
    pub pixels: u32,
    /// Its mean of the protein, 0 to 1; `None` if it has no pixel.
    pub mean_protein: Option<f32>,
}

impl Anatomy {
    /// The cell `id` of `segmentation` in `field`, which has the masks' size; `None` if it cannot be measured. Some
    /// milliseconds.
    #[must_use]
    pub fn of(field: &Field, segmentation: &Segmentation, id: u32) -> Option<Self> {
        let region = regions(&segmentation.cell_mask).into_iter().find(|region| region.id == id)?;
        let crop = CellCrop::of(field, segmentation, &region)?;
        let found = Speckles::of(&crop);
        let (height, width) = crop.stains[0].size();
        let mut speckles = Plane::filled(height, width, 0);
        for &(id, row, col) in &found.pixels {
            speckles[(row, col)] = id;
        }
        Some(Self {
            cell: Part::of(&crop.cell, &crop, &found),
            nucleus: Part::of(&crop.nucleus, &crop, &found),
            speckles,
            speckle_count: found.count,
            brightest_below: found.brightest_below,
            stains: crop.stains,
        })
    }
}

impl Part {
    fn of(shape: &Silhouette, crop: &CellCrop, speckles: &Speckles) -> Self {
        let piece_of_pixels = pieces(shape);
        let (height, width) = crop.stains[0].size();
        let pieces = Plane::from_fn(height, width, |row, col| {
            let piece = shape.place((row, col)).map_or(OUTSIDE, |place| piece_of_pixels[place]);
            let (ring, slice) = (usize::from(piece) / SLICES, usize::from(piece) % SLICES);
            (piece != OUTSIDE).then_some(Piece { ring: Some(ring).filter(|&ring| ring < RINGS), slice })
        });
        let counts = Shape::of(shape, crop, speckles);
        let (rings, slices) = (counted(counts.rings()), counted(counts.slices()));
        Self { pieces, rings, slices }
    }
}

fn counted<const N: usize>(tallies: impl Iterator<Item = Tally>) -> [Counted; N] {
    let at = summary_names().iter().position(|name| name == "mean_pr").unwrap_or_default();
    let mut all = [Counted::default(); N];
    for (counted, tally) in all.iter_mut().zip(tallies) {
        *counted = Counted { pixels: tally.pixels, mean_protein: summary(&tally).map(|numbers| numbers[at]) };
    }
    all
}

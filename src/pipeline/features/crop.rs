//! A cell cut out: alone on black, in a square of at most 200 × 200 pixels.

use crate::{
    atlas::{Channel, Field},
    imaging::{
        Plane, ScaledMask,
        regions::Region,
        resize::{bilinear_of_rows, nearest_sources},
    },
    pipeline::segmentation::Segmentation,
};

/// Crops with a longer side are shrunk to this one, in pixels.
pub const LONGEST_SIDE: usize = 200;

/// One cell at the size it is measured at; all planes are square and of one size.
pub struct CellCrop {
    /// The four stains in the order of [`Channel::ALL`], 0 outside the cell.
    pub stains: [Plane<u8>; Channel::COUNT],
    /// The cell's pixels.
    pub cell: Plane<bool>,
    /// Its nucleus' pixels, all of them pixels of the cell.
    pub nucleus: Plane<bool>,
}

impl CellCrop {
    /// Cuts the cell of `region` out of `field`: its bounding box at the top left of a square, shrunk if need be.
    /// Shrinking blends the cell's border with the black around it.
    pub fn of(field: &Field, segmentation: &Segmentation, region: &Region) -> Self {
        let whole = region.height.max(region.width);
        let side = whole.min(LONGEST_SIDE);
        let stencil = stencil(&segmentation.cell_mask, region);
        let cols = region.left..region.left + region.width;
        let stains = Channel::ALL.map(|channel| {
            bilinear_of_rows((whole, whole), (side, side), |row, square| {
                let (targets, beyond) = square.split_at_mut(region.width);
                beyond.fill(0);
                if row < region.height {
                    let samples = &field.plane(channel).row(region.top + row)[cols.clone()];
                    for ((target, sample), stencil) in targets.iter_mut().zip(samples).zip(stencil.row(row)) {
                        *target = sample & stencil;
                    }
                } else {
                    targets.fill(0);
                }
            })
        });
        let sources = nearest_sources(whole, side);
        let shrunk = |mask: &ScaledMask| {
            let mut shrunk = Plane::filled(side, side, false);
            let rows = sources.iter().take_while(|&&row| row < region.height).map(|&row| region.top + row);
            for (row, targets) in rows.zip(shrunk.samples_mut().chunks_mut(side)) {
                let cols = sources.iter().take_while(|&&col| col < region.width).map(|&col| region.left + col);
                targets.iter_mut().zip(cols).for_each(|(target, col)| *target = mask.id((row, col)) == region.id);
            }
            shrunk
        };
        Self { stains, cell: shrunk(&segmentation.cell_mask), nucleus: shrunk(&segmentation.nuclei_mask) }
    }
}

/// All bits set at the pixels of `region` in its bounding box, none at the others.
fn stencil(mask: &ScaledMask, region: &Region) -> Plane<u8> {
    let mut stencil = Plane::filled(region.height, region.width, 0);
    for (row, stencil) in stencil.samples_mut().chunks_mut(region.width).enumerate() {
        let ids = mask.row(region.top + row, region.left..region.left + region.width);
        stencil.iter_mut().zip(ids).for_each(|(stencil, id)| *stencil = if id == region.id { u8::MAX } else { 0 });
    }
    stencil
}

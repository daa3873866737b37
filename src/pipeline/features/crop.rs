//! A cell cut out: alone on black, in a square of at most 200 × 200 pixels.

use crate::{
    atlas::{Channel, Field},
    imaging::{Plane, regions::Region, resize},
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
        let cell = square(whole, region, |row, col| segmentation.cell_mask[(row, col)] == region.id, false);
        let nucleus = square(whole, region, |row, col| segmentation.nuclei_mask[(row, col)] == region.id, false);
        let stains = Channel::ALL.map(|channel| {
            let mut stain = square(whole, region, |row, col| field.plane(channel)[(row, col)], 0);
            for (sample, &inside) in stain.samples_mut().iter_mut().zip(cell.samples()) {
                *sample *= u8::from(inside);
            }
            resize::bilinear(&stain, side, side)
        });
        Self { stains, cell: resize::nearest(&cell, side, side), nucleus: resize::nearest(&nucleus, side, side) }
    }
}

/// The samples of `region` at the top left of a square of `side` pixels, `outside` in the rest of it.
fn square<T: Copy>(side: usize, region: &Region, sample: impl Fn(usize, usize) -> T, outside: T) -> Plane<T> {
    let mut square = Plane::filled(side, side, outside);
    for row in 0..region.height {
        let target = &mut square.samples_mut()[row * side..][..region.width];
        for (col, target) in target.iter_mut().enumerate() {
            *target = sample(region.top + row, region.left + col);
        }
    }
    square
}

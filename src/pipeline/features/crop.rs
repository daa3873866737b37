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
        let cell = square(whole, region, &segmentation.cell_mask, |id| id == region.id);
        let nucleus = square(whole, region, &segmentation.nuclei_mask, |id| id == region.id);
        let stains = Channel::ALL.map(|channel| {
            let mut stain = square(whole, region, field.plane(channel), |sample| sample);
            for (sample, &inside) in stain.samples_mut().iter_mut().zip(cell.samples()) {
                *sample *= u8::from(inside);
            }
            resize::bilinear(&stain, side, side)
        });
        Self { stains, cell: resize::nearest(&cell, side, side), nucleus: resize::nearest(&nucleus, side, side) }
    }
}

/// `value(sample)` for the samples of `plane` in `region`, at the top left of a square of `side` pixels.
fn square<T: Copy, U: Copy + Default>(
    side: usize,
    region: &Region,
    plane: &Plane<T>,
    value: impl Fn(T) -> U,
) -> Plane<U> {
    let mut square = Plane::filled(side, side, U::default());
    for (row, target) in square.samples_mut().chunks_mut(side).take(region.height).enumerate() {
        let source = &plane.row(region.top + row)[region.left..][..region.width];
        for (target, &sample) in target.iter_mut().zip(source) {
            *target = value(sample);
        }
    }
    square
}

//! A cell cut out: alone on black, in a square of at most 200 × 200 pixels.

use std::ops::Range;

use super::silhouette::Silhouette;
use crate::{
    atlas::{Channel, Field},
    imaging::{
        Plane, ScaledMask,
        regions::{Rectangle, Region, rectangles_of},
        resize::{bilinear_of_rows, nearest_sources},
    },
    pipeline::segmentation::Segmentation,
};

/// Crops with a longer side are shrunk to this one, in pixels.
pub const LONGEST_SIDE: usize = 200;

/// One cell at the size it is measured at, in a square picture.
pub struct CellCrop {
    /// The four stains in the order of [`Channel::ALL`], 0 outside the cell.
    pub stains: [Plane<u8>; Channel::COUNT],
    /// The cell.
    pub cell: Silhouette,
    /// Its nucleus, all of whose pixels are pixels of the cell.
    pub nucleus: Silhouette,
}

impl CellCrop {
    /// Cuts the cell of `region` out of `field`: its bounding box at the top left of a square, shrunk if need be.
    /// Shrinking blends the cell's border with the black around it. `None` if shrinking leaves the cell or its nucleus
    /// no pixel.
    pub fn of(field: &Field, segmentation: &Segmentation, region: &Region) -> Option<Self> {
        let whole = region.height.max(region.width);
        let side = whole.min(LONGEST_SIDE);
        let cell: Vec<Rectangle> = rectangles_in_box(&segmentation.cell_mask, region).collect();
        let stains = bilinear_of_rows((whole, whole), (side, side), |row, mut stains| {
            let first = cell.partition_point(|rectangle| rectangle.rows.end <= row);
            let here = || {
                cell[first..]
                    .iter()
                    .take_while(|rectangle| rectangle.rows.start <= row)
                    .map(|rectangle| rectangle.cols.clone())
            };
            for cols in here() {
                for (samples, channel) in stains.iter_mut().zip(Channel::ALL) {
                    let source = &field.plane(channel).row(region.top + row)[region.left..];
                    samples[cols.clone()].copy_from_slice(&source[cols.clone()]);
                }
            }
            here().reduce(|all, cols| all.start..cols.end).unwrap_or(0..0)
        });
        let nucleus: Vec<Rectangle> = rectangles_in_box(&segmentation.nuclei_mask, region).collect();
        let silhouette = |rectangles: &[Rectangle]| Silhouette::of(&shrunk(rectangles, whole, side), (side, side));
        let cell = silhouette(&cell)?;
        let nucleus = silhouette(&nucleus)?.within(&cell);
        Some(Self { stains, cell, nucleus })
    }
}

/// The rectangles of `region`, counted from the top left of its bounding box.
fn rectangles_in_box(mask: &ScaledMask, region: &Region) -> impl Iterator<Item = Rectangle> {
    let from = |range: Range<usize>, first: usize| range.start - first..range.end - first;
    rectangles_of(mask, region).map(move |rectangle| Rectangle {
        rows: from(rectangle.rows, region.top),
        cols: from(rectangle.cols, region.left),
    })
}

/// `rectangles` of a square whose side shrinks from `whole` to `side`, by nearest neighbours; some may vanish.
fn shrunk(rectangles: &[Rectangle], whole: usize, side: usize) -> Vec<Rectangle> {
    let sources = nearest_sources(whole, side);
    let first_from = |source: usize| sources.partition_point(|&other| other < source);
    let targets = |range: &Range<usize>| first_from(range.start)..first_from(range.end);
    let shrunk =
        rectangles.iter().map(|rectangle| Rectangle { rows: targets(&rectangle.rows), cols: targets(&rectangle.cols) });
    shrunk.filter(|rectangle| !rectangle.rows.is_empty() && !rectangle.cols.is_empty()).collect()
}

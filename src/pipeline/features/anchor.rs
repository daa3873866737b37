//! The anchor of a cell: the pixel deepest inside its nucleus.

use rayon::prelude::*;

use super::silhouette::Silhouette;
use crate::{
    imaging::{
        ScaledMask,
        column_distance::ColumnDistance,
        regions::{Rectangle, Region, rectangles_of, regions},
    },
    pipeline::segmentation::Segmentation,
};

/// A cell that is found and not measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnchoredCell {
    /// Its id in the masks.
    pub id: u32,
    /// Zero-based (row, column) at full size.
    pub anchor: (u32, u32),
    /// Pixels of the cell at full size.
    pub area_px: u64,
}

/// The cells of `segmentation` with a pixel and a nucleus at full size, by id: those that [`measure`](super::measure)
/// measures, under the same names, in a hundredth of its time.
#[must_use]
pub fn anchored_cells(segmentation: &Segmentation) -> Vec<AnchoredCell> {
    let nuclei = regions(&segmentation.nuclei_mask);
    let cells = regions(&segmentation.cell_mask);
    let anchored = cells.par_iter().filter_map(|cell| {
        let nucleus = nuclei[nuclei.binary_search_by_key(&cell.id, |nucleus| nucleus.id).ok()?];
        let anchor = of_nucleus(&segmentation.nuclei_mask, &nucleus)?;
        Some(AnchoredCell { id: cell.id, anchor, area_px: cell.area as u64 })
    });
    anchored.collect()
}

/// The pixel deepest inside each region of a mask, as (row, column) of the mask, by the region's id.
#[must_use]
pub fn deepest_pixels(mask: &ScaledMask) -> Vec<(u32, (u32, u32))> {
    let regions = regions(mask);
    regions.par_iter().filter_map(|region| Some((region.id, of_nucleus(mask, region)?))).collect()
}

/// The pixel of `nucleus` farthest from the nucleus' edge, the first such in column-major order, as (row, column) of
/// the mask; `None` if the nucleus has no pixel. The border of the image is no edge, as it is none for the
/// segmentation.
#[must_use]
pub fn of_nucleus(nuclei_mask: &ScaledMask, nucleus: &Region) -> Option<(u32, u32)> {
    let rectangles: Vec<Rectangle> = rectangles_of(nuclei_mask, nucleus).collect();
    let nucleus = Silhouette::of(&rectangles, nuclei_mask.size())?;
    let (row, col) = ColumnDistance::to(&nucleus.outside).farthest();
    Some(((nucleus.top + row) as u32, (nucleus.left + col) as u32))
}

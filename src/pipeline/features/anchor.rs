//! The anchor of a cell: the pixel deepest inside its nucleus.

use super::silhouette::Silhouette;
use crate::imaging::{
    ScaledMask,
    column_distance::ColumnDistance,
    regions::{Rectangle, Region, rectangles_of},
};

/// The pixel of `nucleus` farthest from the nucleus' edge, the first such in column-major order, as (row, column) of
/// the mask; `None` if the nucleus has no pixel. The border of the image is no edge, as it is none for the
/// segmentation.
pub fn of_nucleus(nuclei_mask: &ScaledMask, nucleus: &Region) -> Option<(u32, u32)> {
    let rectangles: Vec<Rectangle> = rectangles_of(nuclei_mask, nucleus).collect();
    let nucleus = Silhouette::of(&rectangles, nuclei_mask.size())?;
    let (row, col) = ColumnDistance::to(&nucleus.outside).farthest();
    Some(((nucleus.top + row) as u32, (nucleus.left + col) as u32))
}

//! The anchor of a cell: the pixel deepest inside its nucleus.

use crate::imaging::{Plane, distance::squared_distance, regions::Region};

/// The pixel of `nucleus` farthest from the nucleus' edge, the first such in column-major order, as (row, column) of
/// the mask. The border of the image is no edge, as it is none for the segmentation.
pub fn of_nucleus(nuclei_mask: &Plane<u32>, nucleus: &Region) -> (u32, u32) {
    // The nearest pixel outside touches the nucleus, so one more row and column on each side hold all of them.
    let (top, left) = (nucleus.top.saturating_sub(1), nucleus.left.saturating_sub(1));
    let bottom = (nucleus.top + nucleus.height + 1).min(nuclei_mask.height());
    let right = (nucleus.left + nucleus.width + 1).min(nuclei_mask.width());
    let outside =
        Plane::from_fn(bottom - top, right - left, |row, col| nuclei_mask[(top + row, left + col)] != nucleus.id);
    let (row, col) = deepest(&squared_distance(&outside));
    ((top + row) as u32, (left + col) as u32)
}

/// (row, column) of the largest distance, the first in column-major order.
pub fn deepest(squared_distance: &Plane<u32>) -> (usize, usize) {
    let mut deepest = (0, 0);
    for row in 0..squared_distance.height() {
        for (col, &distance) in squared_distance.row(row).iter().enumerate() {
            let further = distance > squared_distance[deepest];
            if further || distance == squared_distance[deepest] && (col, row) < (deepest.1, deepest.0) {
                deepest = (row, col);
            }
        }
    }
    deepest
}

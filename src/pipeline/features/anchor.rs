//! The anchor of a cell: the pixel deepest inside its nucleus.

use crate::imaging::{Plane, ScaledMask, distance::farthest, regions::Region};

/// The pixel of `nucleus` farthest from the nucleus' edge, the first such in column-major order, as (row, column) of
/// the mask. The border of the image is no edge, as it is none for the segmentation.
pub fn of_nucleus(nuclei_mask: &ScaledMask, nucleus: &Region) -> (u32, u32) {
    // The nearest pixel outside touches the nucleus, so one more row and column on each side hold all of them.
    let (top, left) = (nucleus.top.saturating_sub(1), nucleus.left.saturating_sub(1));
    let bottom = (nucleus.top + nucleus.height + 1).min(nuclei_mask.height());
    let right = (nucleus.left + nucleus.width + 1).min(nuclei_mask.width());
    let mut outside = Plane::filled(bottom - top, right - left, true);
    for (row, outside) in (top..bottom).zip(outside.samples_mut().chunks_mut(right - left)) {
        for (outside, id) in outside.iter_mut().zip(nuclei_mask.row(row, left..right)) {
            *outside = id != nucleus.id;
        }
    }
    let (row, col) = farthest(&outside);
    ((top + row) as u32, (left + col) as u32)
}

/// (row, column) of the largest distance, the first in column-major order.
pub fn deepest(squared_distance: &Plane<u32>) -> (usize, usize) {
    let largest = squared_distance.largest();
    let first_in_row =
        |row: usize| squared_distance.row(row).iter().position(|&distance| distance == largest).map(|col| (col, row));
    (0..squared_distance.height()).filter_map(first_in_row).min().map_or((0, 0), |(col, row)| (row, col))
}

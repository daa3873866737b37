//! Masks from elsewhere made whole: every cell with one nucleus of the same id, as everything after the segmentation
//! wants it. Not how they are read, which is [storage's](crate::storage::mask_import).
//!
//! | given | what is done |
//! |---|---|
//! | nuclei and cells | nuclei are given to cells |
//! | cells | nuclei are found in the field and given to cells |
//! | nuclei | cells are grown from them over the foreground that the segmentation of the field finds |
//!
//! The ids of the cells, or of the nuclei if there are no cells, are kept. A nucleus is given to the cell that holds most
//! of its pixels (of equal ones to that of the lowest id), takes its id and loses what lies outside of it; several nuclei
//! in one cell become one. A nucleus in no cell is left out. A cell without a nucleus is given one by its shape: its
//! pixels that are at least half as far from its edge as the deepest one.

use std::collections::{BTreeMap, HashMap};

use super::segmentation::{Segmentation, SegmentationParams, segment};
use crate::{
    atlas::Field,
    imaging::{Plane, ScaledMask, distance::squared_distance, regions::regions, resize, watershed::watershed},
};

/// Masks of one field at its own size, as far as they are given: region ids, 0 = background.
#[derive(Clone, Copy, Debug)]
pub struct GivenMasks<'a> {
    /// Nuclei.
    pub nuclei: Option<&'a Plane<u32>>,
    /// Cells.
    pub cells: Option<&'a Plane<u32>>,
}

/// What had to be done to make masks whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mending {
    /// Cells that had no nucleus and were given one by their shape.
    pub made_nuclei: usize,
    /// Nuclei that lie in no cell and were left out.
    pub lost_nuclei: usize,
    /// Nuclei that were joined to another one in the same cell.
    pub joined_nuclei: usize,
}

/// A mask that cannot lie on its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the mask is {} x {} pixels, its image {} x {} (width x height)", mask.1, mask.0, field.1, field.0)]
pub struct MaskSizeDiffers {
    /// (height, width) of the mask.
    pub mask: (usize, usize),
    /// (height, width) of the field.
    pub field: (usize, usize),
}

impl GivenMasks<'_> {
    /// Checks that the masks are of the size (height, width) of their `field`.
    ///
    /// # Errors
    /// If one is not.
    pub fn check_size(&self, field: (usize, usize)) -> Result<(), MaskSizeDiffers> {
        let differs = [self.nuclei, self.cells].into_iter().flatten().map(Plane::size).find(|&mask| mask != field);
        differs.map_or(Ok(()), |mask| Err(MaskSizeDiffers { mask, field }))
    }

    /// Whether both masks are there, so that nothing has to be found in the field.
    #[must_use]
    pub fn are_both(&self) -> bool {
        self.nuclei.is_some() && self.cells.is_some()
    }
}

/// Makes masks whole. What is missing is found in `field` as `params` say; with neither mask it is all found there.
///
/// # Errors
/// If a mask is of another size than the field.
pub fn completed(
    field: &Field,
    given: GivenMasks,
    params: &SegmentationParams,
) -> Result<(Segmentation, Mending), MaskSizeDiffers> {
    given.check_size((field.height(), field.width()))?;
    Ok(match (given.nuclei, given.cells) {
        (Some(nuclei), Some(cells)) => paired(nuclei, cells),
        (None, Some(cells)) => paired(&segment(field, params).nuclei_mask.to_plane(), cells),
        (Some(nuclei), None) => {
            let cells = grown(nuclei, &segment(field, params).cell_mask);
            (whole(nuclei.clone().into(), cells.into()), Mending::default())
        }
        (None, None) => (segment(field, params), Mending::default()),
    })
}

/// Gives every nucleus to a cell, and every cell a nucleus. Both masks are of one size. Time O(n) for n pixels, and for
/// the boxes around cells without a nucleus.
///
/// # Examples
/// ```
/// use cytoscribe::{imaging::Plane, pipeline::foreign_masks::paired};
/// let nuclei = Plane::from_rows(&[[0, 9, 9, 9, 0, 0, 0]]);
/// let cells = Plane::from_rows(&[[4, 4, 4, 0, 5, 5, 5]]);
/// let (whole, mending) = paired(&nuclei, &cells);
/// assert_eq!(whole.nuclei_mask.to_plane(), Plane::from_rows(&[[0, 4, 4, 0, 0, 5, 5]]));
/// assert_eq!((mending.made_nuclei, whole.cell_count), (1, 5));
/// ```
#[must_use]
pub fn paired(nuclei: &Plane<u32>, cells: &Plane<u32>) -> (Segmentation, Mending) {
    let (owners, lost_nuclei) = owners(nuclei, cells);
    let samples = nuclei.samples().iter().zip(cells.samples()).map(|(nucleus, &cell)| {
        let is_its_own = cell > 0 && owners.get(nucleus) == Some(&cell);
        if is_its_own { cell } else { 0 }
    });
    let mut of_cells = Plane::from_samples(cells.height(), cells.width(), samples.collect());
    let mut nuclei_of: BTreeMap<u32, usize> = BTreeMap::new();
    for &cell in owners.values() {
        *nuclei_of.entry(cell).or_default() += 1;
    }
    let cells: ScaledMask = cells.clone().into();
    let mut made_nuclei = 0;
    for cell in regions(&cells).iter().filter(|cell| !nuclei_of.contains_key(&cell.id)) {
        made_nuclei += 1;
        // A frame of one pixel is the edge; where the image ends there is none.
        let (top, left) = (cell.top.saturating_sub(1), cell.left.saturating_sub(1));
        let (bottom, right) =
            ((cell.top + cell.height + 1).min(cells.height()), (cell.left + cell.width + 1).min(cells.width()));
        let outside = cells.computed().part(top..bottom, left..right).map(|&id| id != cell.id);
        let depth = squared_distance(&outside);
        let deepest = u64::from(depth.largest());
        for row in top..bottom {
            for col in left..right {
                let squared = u64::from(depth[(row - top, col - left)]);
                if squared > 0 && 4 * squared >= deepest {
                    of_cells[(row, col)] = cell.id;
                }
            }
        }
    }
    let joined_nuclei = owners.len() - nuclei_of.len();
    (whole(of_cells.into(), cells), Mending { made_nuclei, lost_nuclei, joined_nuclei })
}

/// The cell of every nucleus that is in one, and the number of nuclei that are in none.
fn owners(nuclei: &Plane<u32>, cells: &Plane<u32>) -> (BTreeMap<u32, u32>, usize) {
    let mut shared: HashMap<(u32, u32), usize> = HashMap::new();
    for (&nucleus, &cell) in nuclei.samples().iter().zip(cells.samples()).filter(|(nucleus, _)| **nucleus > 0) {
        *shared.entry((nucleus, cell)).or_default() += 1;
    }
    let mut most: BTreeMap<u32, (usize, u32)> = BTreeMap::new();
    for ((nucleus, cell), pixels) in shared {
        let (best, of) = most.entry(nucleus).or_default();
        if cell > 0 && (pixels > *best || pixels == *best && cell < *of) {
            (*best, *of) = (pixels, cell);
        }
    }
    let all = most.len();
    let owners: BTreeMap<u32, u32> =
        most.into_iter().filter(|(_, (pixels, _))| *pixels > 0).map(|(nucleus, (_, cell))| (nucleus, cell)).collect();
    let lost = all - owners.len();
    (owners, lost)
}

/// Grows `nuclei` over the cells `found` in their field, at the size at which those were found; nuclei are in their cells.
fn grown(nuclei: &Plane<u32>, found: &ScaledMask) -> Plane<u32> {
    let (height, width) = found.computed().size();
    let markers = resize::nearest(nuclei, height, width);
    let background = Plane::from_samples(
        height,
        width,
        found
            .computed()
            .samples()
            .iter()
            .zip(markers.samples())
            .map(|(&cell, &nucleus)| cell == 0 && nucleus == 0)
            .collect(),
    );
    let cells = watershed(&squared_distance(&background), markers);
    let mut cells = resize::nearest(&cells, nuclei.height(), nuclei.width());
    for (cell, &nucleus) in cells.samples_mut().iter_mut().zip(nuclei.samples()) {
        *cell = if nucleus > 0 { nucleus } else { *cell };
    }
    cells
}

fn whole(nuclei_mask: ScaledMask, cell_mask: ScaledMask) -> Segmentation {
    let cell_count = cell_mask.computed().largest().max(nuclei_mask.computed().largest());
    Segmentation { nuclei_mask, cell_mask, cell_count, remarks: Vec::new() }
}

//! Regions of a mask in one piece and without holes.

use super::{
    Connectivity, Plane,
    regions::{Run, Runs},
};

/// Takes from each region of `mask` all its parts but the one with the most pixels that have the region's id in `cores`
/// too; of several such the first in row order. Parts that touch at a corner are one. Time O(n) for n pixels, nearly.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, whole_regions::keep_parts_with_cores};
/// let mut mask = Plane::from_rows(&[[3, 3, 0, 3, 7]]);
/// keep_parts_with_cores(&mut mask, &Plane::from_rows(&[[0, 0, 0, 3, 7]]));
/// assert_eq!(mask, Plane::from_rows(&[[0, 0, 0, 3, 7]]));
/// ```
pub fn keep_parts_with_cores(mask: &mut Plane<u32>, cores: &Plane<u32>) {
    let parts = Runs::of_rows(mask.size(), Connectivity::Eight, |row, ids| ids.copy_from_slice(mask.row(row)));
    let mut counts = vec![0_usize; parts.roots.len()];
    for (run, &part) in parts.runs.iter().zip(&parts.roots) {
        let id = run.of(mask)[0];
        counts[part] += run.of(cores).iter().filter(|&&core| core == id).count();
    }
    let mut kept: Vec<Option<usize>> = vec![None; mask.largest() as usize + 1];
    for (run, &part) in parts.runs.iter().zip(&parts.roots) {
        let kept = &mut kept[run.of(mask)[0] as usize];
        if kept.is_none_or(|kept| counts[part] > counts[kept]) {
            *kept = Some(part);
        }
    }
    for (run, &part) in parts.runs.iter().zip(&parts.roots) {
        if kept[run.of(mask)[0] as usize] != Some(part) {
            run.of_mut(mask).fill(0);
        }
    }
}

/// What lies around a hole.
#[derive(Clone, Copy, PartialEq)]
enum Around {
    Nothing,
    One(u32),
    /// Several regions, or the border of the picture: it is no hole.
    Several,
}

impl Around {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, one) | (one, Self::Nothing) => one,
            (one, other) if one == other => one,
            _ => Self::Several,
        }
    }
}

/// Fills with the id of a region what of the background that region alone encloses. Background that touches at a corner
/// only is not one, and none that reaches the border of the picture is enclosed. Time O(n) for n pixels, nearly.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, whole_regions::fill_holes};
/// let mut mask = Plane::from_rows(&[[0, 5, 5, 0], [5, 0, 0, 5], [0, 5, 5, 0]]);
/// fill_holes(&mut mask);
/// assert_eq!(mask, Plane::from_rows(&[[0, 5, 5, 0], [5, 5, 5, 5], [0, 5, 5, 0]]));
/// ```
pub fn fill_holes(mask: &mut Plane<u32>) {
    let empty = Runs::of_rows(mask.size(), Connectivity::Four, |row, empty: &mut [bool]| {
        empty.iter_mut().zip(mask.row(row)).for_each(|(empty, &id)| *empty = id == 0);
    });
    let mut around = vec![Around::Nothing; empty.roots.len()];
    for (run, &part) in empty.runs.iter().zip(&empty.roots) {
        let around = &mut around[part];
        if *around != Around::Several {
            *around = around.and(around_run(mask, *run));
        }
    }
    for (run, &part) in empty.runs.iter().zip(&empty.roots) {
        if let Around::One(id) = around[part] {
            run.of_mut(mask).fill(id);
        }
    }
}

fn around_run(mask: &Plane<u32>, Run { row, start, end }: Run) -> Around {
    let (height, width) = mask.size();
    if row == 0 || start == 0 || row + 1 == height || end == width {
        return Around::Several;
    }
    let sides = [mask[(row, start - 1)], mask[(row, end)]];
    let ids = sides.iter().chain(&mask.row(row - 1)[start..end]).chain(&mask.row(row + 1)[start..end]);
    ids.filter(|&&id| id > 0).fold(Around::Nothing, |around, &id| around.and(Around::One(id)))
}

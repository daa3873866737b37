//! Dilation and opening by discs. Not by other shapes, and not distances: those are [`distance`](super::distance).

use super::Plane;

/// The pixels at most `radius` pixels away from one that is `inside`, from centre to centre.
///
/// Time O(n r) for n pixels, many pixels at a time.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, discs::dilated};
/// let point = Plane::from_rows(&[[false, true, false, false], [false, false, false, false]]);
/// let cross = Plane::from_rows(&[[true, true, true, false], [false, true, false, false]]);
/// assert_eq!(dilated(&point, 1.0), cross);
/// ```
#[must_use]
pub fn dilated(inside: &Plane<bool>, radius: f32) -> Plane<bool> {
    let (height, width) = inside.size();
    let half_widths = half_widths(radius, width);
    let mut dilated = Plane::filled(height, width, false);
    let mut wide = vec![false; width];
    for row in (0..height).filter(|&row| inside.row(row).contains(&true)) {
        let source = inside.row(row);
        wide.copy_from_slice(source);
        let mut reach = 0;
        // The outermost rows of a disc are the narrowest.
        for (offset, &half_width) in half_widths.iter().enumerate().rev() {
            while reach < half_width {
                reach += 1;
                merge(&mut wide[reach..], source, |one, other| one | other);
                merge(&mut wide[..width - reach], &source[reach..], |one, other| one | other);
            }
            for target in rows_beside(row, offset, height) {
                merge(dilated.row_mut(target), &wide, |one, other| one | other);
            }
        }
    }
    dilated
}

/// The pixels of `mask`, region ids with 0 = background, that are covered by a disc of `radius` which lies wholly in their
/// region: what is left of each region opened by the disc. Discs are centred in the picture and may reach beyond.
///
/// Time O(n r²) for n pixels, many pixels at a time.
#[must_use]
pub fn opened(mask: &Plane<u32>, radius: f32) -> Plane<bool> {
    let (height, width) = mask.size();
    let half_widths = half_widths(radius, width);
    let mut fits = mask.map(|&id| id > 0);
    let mut alike = vec![false; width];
    for row in 0..height {
        let (ids, fits) = (mask.row(row), fits.row_mut(row));
        for (offset, &half_width) in half_widths.iter().enumerate() {
            for beside in rows_beside(row, offset, height).filter(|_| offset > 0) {
                let pairs = ids.iter().zip(mask.row(beside));
                alike.iter_mut().zip(pairs).for_each(|(alike, (id, beside))| *alike = id == beside);
                merge(fits, &alike, |one, other| one & other);
                // The disc's middle row, which is wider, holds these pixels of the own row to the own id.
                for reach in 1..=half_width {
                    merge(&mut fits[reach..], &alike, |one, other| one & other);
                    merge(&mut fits[..width - reach], &alike[reach..], |one, other| one & other);
                }
            }
            for reach in (1..=half_width).filter(|_| offset == 0) {
                let pairs = ids.iter().zip(&ids[reach..]);
                alike.iter_mut().zip(pairs).for_each(|(alike, (left, right))| *alike = left == right);
                merge(&mut fits[reach..], &alike, |one, other| one & other);
                merge(&mut fits[..width - reach], &alike, |one, other| one & other);
            }
        }
    }
    dilated(&fits, radius)
}

/// How far the rows of a disc reach to either side, from the middle row on; no farther than a picture of `width` does.
fn half_widths(radius: f32, width: usize) -> Vec<usize> {
    let rest = |row: u32| radius * radius - (row * row) as f32;
    let reach = |rest: f32| (rest.sqrt() as usize).min(width.saturating_sub(1));
    (0..=radius as u32).map(rest).map(reach).collect()
}

/// The rows `offset` above and below `row`, those there are; `row` itself once.
fn rows_beside(row: usize, offset: usize, height: usize) -> impl Iterator<Item = usize> {
    let above = row.checked_sub(offset).filter(|_| offset > 0);
    above.into_iter().chain(Some(row + offset).filter(|&row| row < height))
}

/// `merged` with another row as far as both go.
fn merge(merged: &mut [bool], other: &[bool], of: impl Fn(bool, bool) -> bool) {
    merged.iter_mut().zip(other).for_each(|(merged, &other)| *merged = of(*merged, other));
}

//! Where a region lies on the border of its image. Not how much of it may lie beyond.

use std::collections::BTreeSet;

use super::{Plane, RunLengths, regions::equal_runs};

/// What a region has in the first and last rows and columns of the image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BorderContact {
    /// Pixels in the first row, the last column, the last row and the first column: clockwise from the top.
    pub sides_px: [usize; 4],
    /// Whether the pixel is in the region where each side begins, going round clockwise: top left, top right, bottom
    /// right, bottom left.
    pub corners: [bool; 4],
}

impl BorderContact {
    /// The contact of the region that `mask` is of. Time O(r) for r runs.
    ///
    /// # Examples
    /// ```
    /// use cytoscribe::imaging::{BorderContact, Plane, RunLengths};
    /// let region = Plane::from_rows(&[[1, 1, 0], [1, 1, 0], [0, 0, 0]]).map(|&sample| sample == 1);
    /// let contact = BorderContact::of(&RunLengths::from_mask(&region));
    /// assert_eq!(contact.sides_px, [2, 0, 0, 2]);
    /// assert_eq!(contact.corners, [true, false, false, false]);
    /// ```
    #[must_use]
    pub fn of(mask: &RunLengths) -> Self {
        let (height, pixels) = (mask.height(), mask.height() * mask.width());
        let last_column = pixels.saturating_sub(height);
        let corners = [0, last_column, pixels.saturating_sub(1), height.saturating_sub(1)];
        let mut contact = Self::default();
        for run in mask.ones() {
            // Positions that are multiples of the height are in the first row, those before them in the last.
            let columns_before = |position: usize| position.div_ceil(height);
            let [top, right, bottom, left] = &mut contact.sides_px;
            *top += columns_before(run.end) - columns_before(run.start);
            *right += run.end.saturating_sub(run.start.max(last_column));
            *bottom += columns_before(run.end + 1) - columns_before(run.start + 1);
            *left += run.end.min(height).saturating_sub(run.start);
            for (contact, corner) in contact.corners.iter_mut().zip(corners) {
                *contact |= run.contains(&corner);
            }
        }
        contact
    }

    /// Whether the region touches the border at all.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.sides_px != [0; 4]
    }
}

/// The ids above 0 that `mask` has in its first and last rows and columns. Time O(height + width).
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, border::ids_at_border};
/// let mask = Plane::from_rows(&[[0, 2, 2, 0], [0, 0, 3, 0], [5, 0, 0, 0]]);
/// assert!(ids_at_border(&mask).into_iter().eq([2, 5]));
/// ```
#[must_use]
pub fn ids_at_border(mask: &Plane<u32>) -> BTreeSet<u32> {
    let rows = 0..mask.height();
    let sides = rows.clone().next().into_iter().chain(rows.clone().next_back());
    let ids = sides.flat_map(|row| equal_runs(mask.row(row)).map(|(id, _)| id));
    let ends = rows.flat_map(|row| mask.row(row).first().into_iter().chain(mask.row(row).last()).copied());
    ids.chain(ends).filter(|&id| id > 0).collect()
}

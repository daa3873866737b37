//! The outlines of regions, as closed paths along the edges of pixels. Not smoothed: they show the mask as it is.

use super::Plane;

/// One closed path around a region, or around a hole in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// The region.
    pub id: u32,
    /// The corners at which the path turns, (row, column) of pixel corners: pixel (r, c) lies between the corners
    /// (r, c) and (r + 1, c + 1). The region is on the right-hand side; the last corner is joined to the first.
    pub corners: Vec<(u32, u32)>,
}

/// East, south, west, north: each a right turn after the one before.
const STEPS: [(isize, isize); 4] = [(0, 1), (1, 0), (0, -1), (-1, 0)];

/// The outlines of all regions of `mask` (0 = background), in row order of their topmost left edges. Pixels that touch
/// at a corner only are kept apart. Time in proportion to the pixels.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, outline::outlines};
/// let mask = Plane::from_rows(&[[0, 0, 0], [0, 7, 7]]);
/// let [outline] = &outlines(&mask)[..] else { panic!("one region, one outline") };
/// assert_eq!((outline.id, &outline.corners[..]), (7, &[(1, 1), (1, 3), (2, 3), (2, 1)][..]));
/// ```
#[must_use]
pub fn outlines(mask: &Plane<u32>) -> Vec<Outline> {
    let (height, width) = mask.size();
    let mut outlines = Vec::new();
    // Whether the path along the top of a pixel has been walked: every outline has such a piece, also that of a hole.
    let mut walked = Plane::filled(height, width, false);
    for row in 0..height {
        for col in 0..width {
            let id = mask[(row, col)];
            let is_top = id != 0 && (row == 0 || mask[(row - 1, col)] != id);
            if is_top && !walked[(row, col)] {
                outlines.push(Outline { id, corners: walk(mask, id, (row, col), &mut walked) });
            }
        }
    }
    outlines
}

/// Walks around `id`, beginning eastwards along the top of the pixel `start`.
fn walk(mask: &Plane<u32>, id: u32, start: (usize, usize), walked: &mut Plane<bool>) -> Vec<(u32, u32)> {
    let holds = |row: isize, col: isize| {
        let inside = (0..mask.height() as isize).contains(&row) && (0..mask.width() as isize).contains(&col);
        inside && mask[(row as usize, col as usize)] == id
    };
    let (mut row, mut col, mut heading) = (start.0 as isize, start.1 as isize, 0);
    let mut corners = Vec::new();
    loop {
        if heading == 0 {
            walked[(row as usize, col as usize)] = true;
        }
        let step = STEPS[heading];
        (row, col) = (row + step.0, col + step.1);
        // The pixels beyond this corner, on the left and on the right of the path; pixel (r, c) is south-east of
        // corner (r, c).
        let (left, right) = match heading {
            0 => (holds(row - 1, col), holds(row, col)),
            1 => (holds(row, col), holds(row, col - 1)),
            2 => (holds(row, col - 1), holds(row - 1, col - 1)),
            _ => (holds(row - 1, col - 1), holds(row - 1, col)),
        };
        let turned = match (left, right) {
            (_, false) => (heading + 1) % 4,
            (false, true) => heading,
            (true, true) => (heading + 3) % 4,
        };
        if turned != heading {
            corners.push((row as u32, col as u32));
            heading = turned;
        }
        if heading == 0 && (row as usize, col as usize) == start {
            corners.rotate_right(1);
            return corners;
        }
    }
}

//! A mask that stands at another size than it was computed at.
//!
//! Masks are computed on a small picture and belong to a large one. Written out, two masks of a field of 2048² pixels
//! take 33 MB and longer than computing them did; places, areas and run lengths of regions can be had without.

use std::ops::Range;

use super::{Plane, resize};

/// A mask of region ids, 0 = background, enlarged or shrunk by nearest neighbours ([`resize::nearest`]) without being
/// written out.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, ScaledMask};
/// let mask = ScaledMask::new(Plane::from_rows(&[[0, 7]]), 2, 5);
/// assert_eq!(mask.to_plane(), Plane::from_rows(&[[0, 0, 7, 7, 7], [0, 0, 7, 7, 7]]));
/// assert_eq!(mask.id((1, 4)), 7);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScaledMask {
    computed: Plane<u32>,
    rows: Axis,
    cols: Axis,
}

impl ScaledMask {
    /// The mask `computed`, as seen at `height` × `width`.
    #[must_use]
    pub fn new(computed: Plane<u32>, height: usize, width: usize) -> Self {
        let (rows, cols) = (Axis::new(computed.height(), height), Axis::new(computed.width(), width));
        Self { computed, rows, cols }
    }

    /// Number of rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.rows.sources.len()
    }

    /// Number of columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.cols.sources.len()
    }

    /// (height, width).
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.height(), self.width())
    }

    /// The mask at the size at which it was computed.
    #[must_use]
    pub fn computed(&self) -> &Plane<u32> {
        &self.computed
    }

    /// The mask at the size at which it was computed, to be changed. Its size stays what it is.
    pub fn computed_mut(&mut self) -> &mut Plane<u32> {
        &mut self.computed
    }

    /// The pixel of the mask as computed that (row, column) shows; `None` beyond the border.
    #[must_use]
    pub fn computed_pixel(&self, (row, col): (usize, usize)) -> Option<(usize, usize)> {
        Some((*self.rows.sources.get(row)?, *self.cols.sources.get(col)?))
    }

    /// The id at (row, column).
    #[must_use]
    pub fn id(&self, (row, col): (usize, usize)) -> u32 {
        self.computed[(self.rows.sources[row], self.cols.sources[col])]
    }

    /// The id at (row, column), as coordinates are kept; 0 beyond the border, too.
    #[must_use]
    pub fn id_or_none(&self, (row, col): (u32, u32)) -> u32 {
        let position = (row as usize, col as usize);
        if position.0 < self.height() && position.1 < self.width() { self.id(position) } else { 0 }
    }

    /// The mask written out.
    #[must_use]
    pub fn to_plane(&self) -> Plane<u32> {
        resize::nearest(&self.computed, self.height(), self.width())
    }

    /// The rows that show the rows `computed` of the mask as computed; empty if shrinking dropped them.
    #[must_use]
    pub fn rows_of(&self, computed: Range<usize>) -> Range<usize> {
        self.rows.targets(computed)
    }

    /// The columns that show the columns `computed` of the mask as computed; empty if shrinking dropped them.
    #[must_use]
    pub fn cols_of(&self, computed: Range<usize>) -> Range<usize> {
        self.cols.targets(computed)
    }

    /// The rows and the columns of the mask as computed that `rows` and `cols`, neither of them empty, show.
    #[must_use]
    pub fn shown_by(&self, rows: Range<usize>, cols: Range<usize>) -> (Range<usize>, Range<usize>) {
        (self.rows.sources(rows), self.cols.sources(cols))
    }
}

/// A mask at the size at which it was computed.
impl From<Plane<u32>> for ScaledMask {
    fn from(mask: Plane<u32>) -> Self {
        let (height, width) = mask.size();
        Self::new(mask, height, width)
    }
}

/// Which pixels show which along one side.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Axis {
    /// For each pixel shown, the one computed.
    sources: Vec<usize>,
    /// For each pixel computed, the first that shows it or a later one; then the number of pixels shown.
    first_targets: Vec<usize>,
}

impl Axis {
    fn new(from: usize, to: usize) -> Self {
        let sources = if from == 0 { Vec::new() } else { resize::nearest_sources(from, to) };
        let first_targets = (0..=from).map(|source| sources.partition_point(|&other| other < source)).collect();
        Self { sources, first_targets }
    }

    fn targets(&self, sources: Range<usize>) -> Range<usize> {
        self.first_targets[sources.start]..self.first_targets[sources.end]
    }
    fn sources(&self, targets: Range<usize>) -> Range<usize> {
        self.sources[targets.start]..self.sources[targets.end - 1] + 1
    }
}

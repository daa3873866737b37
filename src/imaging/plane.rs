//! A picture of one channel: a rectangle of samples. Not a matrix for algebra and not a colour image.

use std::ops::{Index, IndexMut, Range};

/// A plane of samples, (row, column), row 0 at the top, stored row by row.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::Plane;
/// let plane = Plane::from_rows(&[[1_u8, 2, 3], [4, 5, 6]]);
/// assert_eq!((plane.height(), plane.width()), (2, 3));
/// assert_eq!(plane[(1, 0)], 4);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plane<T> {
    height: usize,
    width: usize,
    samples: Vec<T>,
}

impl<T> Plane<T> {
    /// A plane of `height` × `width` from its samples in row order; `None` if their number is not the product.
    #[must_use]
    pub fn new(height: usize, width: usize, samples: Vec<T>) -> Option<Self> {
        (height.checked_mul(width)? == samples.len()).then_some(Self { height, width, samples })
    }

    /// A plane of exactly `height` × `width` samples that this crate has just computed.
    pub(crate) fn from_samples(height: usize, width: usize, samples: Vec<T>) -> Self {
        debug_assert_eq!(samples.len(), height * width);
        Self { height, width, samples }
    }

    /// The plane whose sample at (row, column) is `sample(row, column)`.
    pub fn from_fn(height: usize, width: usize, mut sample: impl FnMut(usize, usize) -> T) -> Self {
        let mut samples = Vec::with_capacity(height * width);
        for row in 0..height {
            samples.extend((0..width).map(|col| sample(row, col)));
        }
        Self { height, width, samples }
    }

    /// Number of rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// Number of columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// (height, width).
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.height, self.width)
    }

    /// All samples, row after row.
    #[must_use]
    pub fn samples(&self) -> &[T] {
        &self.samples
    }

    /// All samples, row after row, to be changed.
    pub fn samples_mut(&mut self) -> &mut [T] {
        &mut self.samples
    }

    /// The samples themselves, row after row.
    #[must_use]
    pub fn into_samples(self) -> Vec<T> {
        self.samples
    }

    /// The samples of one row.
    #[must_use]
    pub fn row(&self, row: usize) -> &[T] {
        &self.samples[row * self.width..(row + 1) * self.width]
    }

    /// The samples of one row, to be changed.
    pub fn row_mut(&mut self, row: usize) -> &mut [T] {
        &mut self.samples[row * self.width..(row + 1) * self.width]
    }

    /// A plane of the same size with `value(sample)` for every sample.
    pub fn map<U>(&self, value: impl FnMut(&T) -> U) -> Plane<U> {
        Plane { height: self.height, width: self.width, samples: self.samples.iter().map(value).collect() }
    }
}

impl<T: Clone> Plane<T> {
    /// A plane with the same sample everywhere.
    #[must_use]
    pub fn filled(height: usize, width: usize, sample: T) -> Self {
        Self { height, width, samples: vec![sample; height * width] }
    }

    /// The samples in these rows and columns.
    #[must_use]
    pub fn part(&self, rows: Range<usize>, cols: Range<usize>) -> Self {
        let mut samples = Vec::with_capacity(rows.len() * cols.len());
        for row in rows.clone() {
            samples.extend_from_slice(&self.row(row)[cols.clone()]);
        }
        Self { height: rows.len(), width: cols.len(), samples }
    }

    /// A plane drawn by hand, row by row.
    #[must_use]
    pub fn from_rows<const W: usize>(rows: &[[T; W]]) -> Self {
        Self { height: rows.len(), width: W, samples: rows.concat() }
    }
}

impl<T: Copy + Ord + Default> Plane<T> {
    /// The largest sample, at least the default one.
    #[must_use]
    pub fn largest(&self) -> T {
        self.samples.iter().fold(T::default(), |largest, &sample| largest.max(sample))
    }
}

impl<T> Index<(usize, usize)> for Plane<T> {
    type Output = T;

    fn index(&self, (row, col): (usize, usize)) -> &T {
        debug_assert!(col < self.width);
        &self.samples[row * self.width + col]
    }
}

impl<T> IndexMut<(usize, usize)> for Plane<T> {
    fn index_mut(&mut self, (row, col): (usize, usize)) -> &mut T {
        debug_assert!(col < self.width);
        &mut self.samples[row * self.width + col]
    }
}

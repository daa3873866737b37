//! The cells to learn from, checked once.

use ndarray::{ArrayView1, ArrayView2, Axis, parallel::prelude::*};

use crate::atlas::LocationSet;

/// Cells with features, labels and groups. At least one cell; every feature is finite.
#[derive(Clone, Copy, Debug)]
pub struct TrainingSet<'a> {
    features: ArrayView2<'a, f32>,
    labels: &'a [LocationSet],
    groups: &'a [usize],
}

impl<'a> TrainingSet<'a> {
    /// A training set.
    ///
    /// `features`: (cells, features). `labels`: of each cell, its image's unless someone knew better. `groups`: of each
    /// cell, equal numbers for cells that must not be split between training and test, at least those of one image.
    ///
    /// # Errors
    /// If there is no cell, the three differ in length, or a feature is not finite.
    pub fn new(
        features: ArrayView2<'a, f32>,
        labels: &'a [LocationSet],
        groups: &'a [usize],
    ) -> Result<Self, TrainingSetError> {
        let cells = features.nrows();
        if labels.len() != cells || groups.len() != cells {
            return Err(TrainingSetError::Lengths { cells, labels: labels.len(), groups: groups.len() });
        }
        if cells == 0 {
            return Err(TrainingSetError::Empty);
        }
        check_finite(features)?;
        Ok(Self { features, labels, groups })
    }

    /// (cells, features).
    #[must_use]
    pub fn features(&self) -> ArrayView2<'a, f32> {
        self.features
    }

    /// The labels of each cell.
    #[must_use]
    pub fn labels(&self) -> &'a [LocationSet] {
        self.labels
    }

    /// The group of each cell.
    #[must_use]
    pub fn groups(&self) -> &'a [usize] {
        self.groups
    }

    /// Number of cells, at least 1.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.labels.len()
    }
}

/// Why cells do not make a training set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrainingSetError {
    /// No cell.
    #[error("there are no cells to learn from")]
    Empty,
    /// Features, labels and groups are not of the same cells.
    #[error("{cells} cells have features, but {labels} have labels and {groups} have groups")]
    Lengths {
        /// Rows of features.
        cells: usize,
        /// Number of label sets.
        labels: usize,
        /// Number of group numbers.
        groups: usize,
    },
    /// A feature that cannot be computed with.
    #[error(transparent)]
    NotFinite(#[from] NotFinite),
}

/// A feature that is infinite or not a number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("feature {feature} of cell {cell} is infinite or not a number (both counted from 0)")]
pub struct NotFinite {
    /// Row.
    pub cell: usize,
    /// Column.
    pub feature: usize,
}

/// Finds the first value that is infinite or not a number in (cells, features).
pub(super) fn check_finite(features: ArrayView2<'_, f32>) -> Result<(), NotFinite> {
    let flaw = |cell: ArrayView1<'_, f32>| cell.iter().position(|value| !value.is_finite());
    let flaws = features.axis_iter(Axis(0)).into_par_iter().enumerate();
    match flaws.find_map_first(|(cell, values)| flaw(values).map(|feature| NotFinite { cell, feature })) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

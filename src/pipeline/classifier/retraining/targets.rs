//! What cells are to be taught as: for every location how probable it is, or nothing.

use std::sync::Arc;

use crate::atlas::{Location, LocationSet};

/// Stands for a cell that is left out; no probability.
const LEFT_OUT: f32 = -1.0;

/// How probable each location is for each cell of a set, as far as people and their images say: 0 to 1. Cells may be
/// left out.
///
/// Made once from inherited labels, then changed cell by cell. A copy shares what does not change, so that a fit can keep
/// what it was taught and later learns anew only what is different.
#[derive(Clone, Debug, PartialEq)]
pub struct Targets {
    cells: usize,
    /// By location, then by cell.
    columns: Vec<Arc<Vec<f32>>>,
}

impl Targets {
    /// Every cell as its labels say: 1 for each of its locations, 0 for the others.
    #[must_use]
    pub fn of_labels(labels: &[LocationSet]) -> Self {
        let column =
            |location| labels.iter().map(|labels| f32::from(u8::from(labels.contains(location)))).collect::<Vec<_>>();
        Self { cells: labels.len(), columns: Location::all().map(|location| Arc::new(column(location))).collect() }
    }

    /// Number of cells, those that are left out too.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// Says how probable each location is for one cell, by [`Location::index`]; `None` leaves the cell out.
    /// See [`Targets::say`].
    pub fn set(&mut self, cell: usize, probabilities: Option<[f64; Location::COUNT]>) {
        for location in Location::all() {
            self.say(cell, location, probabilities.map(|probabilities| probabilities[location.index()]));
        }
    }

    /// Says how probable one location is for one cell; `None` leaves the cell out as to this location. What lies outside 0
    /// to 1 is taken as the nearest within, what is not a number as 0.5. Nothing happens if there is no such cell. A copy of
    /// a column is made if it changes and is shared: O(cells) for the first change after a fit.
    pub fn say(&mut self, cell: usize, location: Location, probability: Option<f64>) {
        let target = match probability {
            None => LEFT_OUT,
            Some(probability) if probability.is_nan() => 0.5,
            Some(probability) => probability.clamp(0.0, 1.0) as f32,
        };
        let column = &mut self.columns[location.index()];
        // A column that stays the same stays shared: its location need not be learnt anew.
        if column.get(cell).is_some_and(|old| old.to_bits() != target.to_bits()) {
            Arc::make_mut(column)[cell] = target;
        }
    }

    /// How probable `location` is for one cell; `None` if the cell is left out or not there.
    #[must_use]
    pub fn of(&self, cell: usize, location: Location) -> Option<f32> {
        Some(self.at(cell, location)).filter(|&target| is_taught(target))
    }

    /// [`Targets::of`], below 0 if there is nothing to learn.
    pub(super) fn at(&self, cell: usize, location: Location) -> f32 {
        self.columns[location.index()].get(cell).copied().unwrap_or(LEFT_OUT)
    }

    /// What all cells show of one location; below 0 for those that are left out.
    pub(super) fn column(&self, location: Location) -> &Arc<Vec<f32>> {
        &self.columns[location.index()]
    }
}

/// Whether `target` is a probability and not the mark of a cell that is left out.
pub(super) fn is_taught(target: f32) -> bool {
    target >= 0.0
}

/// How many cells speak for a location and how many against it. A cell that half shows it counts half on either side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    /// Cells that show it.
    pub positives: f64,
    /// Cells that do not.
    pub negatives: f64,
}

impl Counts {
    /// Of some targets.
    pub(super) fn of(targets: impl Iterator<Item = f32>) -> Self {
        let mut counts = Self::default();
        for target in targets.filter(|&target| is_taught(target)).map(f64::from) {
            counts.positives += target;
            counts.negatives += 1.0 - target;
        }
        counts
    }

    /// All cells.
    #[must_use]
    pub fn cells(self) -> f64 {
        self.positives + self.negatives
    }

    /// The share of cells that show it; 0 of none.
    #[must_use]
    pub fn share(self) -> f64 {
        if self.cells() > 0.0 { self.positives / self.cells() } else { 0.0 }
    }
}

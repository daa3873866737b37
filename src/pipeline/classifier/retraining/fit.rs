//! What was learnt: kept to show it, to start from, and to know what need not be learnt anew.

use std::sync::Arc;

use ndarray::Array2;

use super::Counts;
use crate::{
    atlas::Location,
    pipeline::classifier::{Logit, NotLearnt},
};

/// What was learnt about one location.
#[derive(Clone, Debug, PartialEq)]
pub struct Learnt {
    /// The cells that spoke for and against it.
    pub counts: Counts,
    /// The rule on components, or why there is none: then its probability is its share of cells.
    pub rule: Result<Logit, NotLearnt>,
    /// Steps that it took when it was last learnt.
    pub steps: u32,
    /// Of all cells of the set.
    pub(super) targets: Arc<Vec<f32>>,
    pub(super) held_out: Option<u8>,
    /// Number of cells that were learnt from.
    pub(super) cells: usize,
}

/// What was learnt about all locations.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    pub(super) locations: Vec<Learnt>,
}

impl Fit {
    /// What was learnt about `location`.
    #[must_use]
    pub fn of(&self, location: Location) -> Option<&Learnt> {
        self.locations.get(location.index())
    }

    /// What was learnt about each location, by [`Location::index`].
    #[must_use]
    pub fn locations(&self) -> &[Learnt] {
        &self.locations
    }
}

/// What was learnt without each fold, and what that says of the fold.
#[derive(Clone, Debug, PartialEq)]
pub struct CrossFit {
    /// By fold.
    pub folds: Vec<Fit>,
    /// The probability of every location for every cell that is learnt from, by rules that have not seen its image:
    /// ([`Trainer::rows`](super::Trainer::rows), [`Location::COUNT`]).
    pub probabilities: Array2<f32>,
}

/// A rule that is wanted.
pub(super) struct Asked<'a> {
    pub location: Location,
    pub held_out: Option<u8>,
    pub before: Option<&'a Learnt>,
}

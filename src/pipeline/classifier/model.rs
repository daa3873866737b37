//! The trained classifier: what is saved, what predicts. Numbers a person can read, no trace of how they were found.

use std::collections::BTreeMap;

use ndarray::{Array2, ArrayView2, Axis, parallel::prelude::*};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    BoostedTrees, Logit, NormalRanks, Standardisation, TrainingParams, prior,
    training_set::{NotFinite, check_finite},
};
use crate::atlas::Location;

/// Cells that are predicted at a time: a rule of many trees is read from memory once for all of them.
const BLOCK: usize = 64;

/// For each location, how probable it is that a cell with certain features shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
pub struct Classifier {
    pub(super) cells: usize,
    pub(super) standardisation: Standardisation,
    pub(super) locations: Vec<LocationModel>,
    /// The priors that are in its rules, see [`TrainingParams::priors`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) priors: BTreeMap<Location, f64>,
}

/// What was learnt about one location.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LocationModel {
    /// A rule for its probability.
    Fitted {
        /// Number of cells that showed it.
        positives: usize,
        /// The rule, on standardised features.
        rule: Rule,
    },
    /// The same probability for every cell, as nothing could be learnt.
    BaseRate {
        /// Number of cells that showed it.
        positives: usize,
        /// The share of cells that showed it.
        probability: f64,
        /// Why nothing could be learnt.
        reason: NotLearnt,
    },
}

/// What makes a probability of standardised features.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Rule {
    /// A weight for each feature: the farther from 0, the more its feature says.
    Logit(Logit),
    /// Yes-or-no questions about features.
    Trees(BoostedTrees),
}

impl Rule {
    /// The rule with all odds multiplied by `factor`.
    pub(super) fn with_odds(mut self, factor: f64) -> Self {
        let (Self::Logit(Logit { intercept, .. }) | Self::Trees(BoostedTrees { intercept, .. })) = &mut self;
        *intercept += factor.ln();
        self
    }
}

/// Why a location has no rule of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum NotLearnt {
    /// There is no positive cell.
    #[error("not enough examples: no cell shows it")]
    Absent,
    /// There is no negative cell.
    #[error("not enough examples: every cell shows it")]
    Everywhere,
    /// Cells cannot be told apart.
    #[error("all cells have the same features")]
    NothingVaries,
    /// No tree has two leaves with enough cells.
    #[error("not enough examples: no tree can tell them apart")]
    NothingTold,
    /// The solver failed.
    #[error("the fit failed: {0}")]
    Failed(String),
}

impl Classifier {
    /// A classifier from its parts; `cells` is the number of cells it was learnt from.
    ///
    /// # Errors
    /// If there is not one model for each location, lengths disagree, or a number could lead to a probability that is
    /// none.
    pub fn new(
        cells: usize,
        standardisation: Standardisation,
        locations: Vec<LocationModel>,
    ) -> Result<Self, ClassifierError> {
        if locations.len() != Location::COUNT {
            return Err(ClassifierError::Locations { found: locations.len() });
        }
        let standardisation_is_sound = standardisation.clip > 0.0
            && standardisation.clip.is_finite()
            && standardisation.scales.iter().all(|scale| scale.centre.is_finite() && scale.scale.is_finite())
            && (standardisation.ranks.is_empty() || standardisation.ranks.len() == standardisation.scales.len())
            && standardisation.ranks.iter().all(NormalRanks::is_sound);
        if !standardisation_is_sound {
            return Err(ClassifierError::Standardisation);
        }
        for (location, model) in Location::all().zip(&locations) {
            model.check(location, &standardisation)?;
        }
        Ok(Self { cells, standardisation, locations, priors: BTreeMap::new() })
    }

    /// The same, in whose rules these priors are already.
    ///
    /// # Errors
    /// If one is out of range.
    pub fn with_priors(self, priors: BTreeMap<Location, f64>) -> Result<Self, ClassifierError> {
        let wrong = priors.iter().find(|(_, prior)| !TrainingParams::PRIOR.range.contains(prior));
        match wrong {
            Some((&location, _)) => Err(ClassifierError::Prior { location }),
            None => Ok(Self { priors, ..self }),
        }
    }

    /// Share of the cells learnt from that showed each location, with its prior as all probabilities have it: the
    /// probabilities of a cell of which nothing is known.
    #[must_use]
    pub fn base_rates(&self) -> [f32; Location::COUNT] {
        let (cells, mut rates) = (self.cells.max(1) as f64, [0.0; Location::COUNT]);
        for (location, model) in Location::all().zip(&self.locations) {
            let share = (model.positives() as f64 / cells).min(1.0) as f32;
            let prior = self.priors.get(&location);
            rates[location.index()] = prior.map_or(share, |&prior| prior::with_odds(f64::from(share), prior) as f32);
        }
        rates
    }

    /// Number of features that a cell must have.
    #[must_use]
    pub fn features(&self) -> usize {
        self.standardisation.scales.len()
    }

    /// How features come to one scale.
    #[must_use]
    pub fn standardisation(&self) -> &Standardisation {
        &self.standardisation
    }

    /// What was learnt about `location`.
    #[must_use]
    pub fn location(&self, location: Location) -> &LocationModel {
        &self.locations[location.index()]
    }

    /// The probability of every location for every cell: (cells, [`Location::COUNT`]), all in [0, 1]. A cell's do not
    /// depend on the other cells.
    ///
    /// `features`: (cells, features), in the order of the training.
    ///
    /// # Errors
    /// If the number of features is another than in training, or one is not finite.
    pub fn predict(&self, features: ArrayView2<'_, f32>) -> Result<Array2<f32>, PredictionError> {
        if features.ncols() != self.features() {
            return Err(PredictionError::Features { expected: self.features(), found: features.ncols() });
        }
        check_finite(features)?;
        let all: Vec<usize> = (0..features.nrows()).collect();
        Ok(self.predict_rows(features, &all))
    }

    /// [`Classifier::predict`] for some `rows`, of features known to be sound.
    pub(super) fn predict_rows(&self, features: ArrayView2<'_, f32>, rows: &[usize]) -> Array2<f32> {
        let mut probabilities = Array2::zeros((rows.len(), Location::COUNT));
        let blocks = probabilities.axis_chunks_iter_mut(Axis(0), BLOCK).into_par_iter();
        blocks.zip(rows.par_chunks(BLOCK)).for_each(|(mut block, rows)| {
            let standardised = self.standardisation.apply_rows(features, rows);
            for (mut column, model) in block.columns_mut().into_iter().zip(&self.locations) {
                let found = model.probabilities(standardised.view());
                column.iter_mut().zip(found).for_each(|(probability, found)| *probability = found as f32);
            }
        });
        probabilities
    }
}

impl LocationModel {
    /// Number of cells in training that showed the location.
    #[must_use]
    pub fn positives(&self) -> usize {
        match self {
            Self::Fitted { positives, .. } | Self::BaseRate { positives, .. } => *positives,
        }
    }

    /// `standardised`: (cells, features).
    fn probabilities(&self, standardised: ArrayView2<'_, f64>) -> Vec<f64> {
        match self {
            Self::Fitted { rule: Rule::Logit(logit), .. } => logit.probabilities(standardised),
            Self::Fitted { rule: Rule::Trees(trees), .. } => trees.probabilities(standardised),
            Self::BaseRate { probability, .. } => vec![*probability; standardised.nrows()],
        }
    }

    fn check(&self, location: Location, standardisation: &Standardisation) -> Result<(), ClassifierError> {
        match self {
            Self::Fitted { rule: Rule::Logit(logit), .. } => {
                let (expected, found) = (standardisation.scales.len(), logit.weights.len());
                if found != expected {
                    return Err(ClassifierError::Weights { location, expected, found });
                }
                // As features are clipped, no cell can have larger odds than this.
                let sum: f64 = logit.weights.iter().map(|weight| weight.abs()).sum();
                let largest = sum * standardisation.clip + logit.intercept.abs();
                if largest.is_finite() { Ok(()) } else { Err(ClassifierError::Model { location }) }
            }
            Self::Fitted { rule: Rule::Trees(trees), .. } => {
                let (features, asked) = (standardisation.scales.len(), trees.features());
                if asked > features {
                    return Err(ClassifierError::Trees { location, asked, features });
                }
                if trees.intercept.is_finite() { Ok(()) } else { Err(ClassifierError::Model { location }) }
            }
            Self::BaseRate { probability, .. } if (0.0..=1.0).contains(probability) => Ok(()),
            Self::BaseRate { .. } => Err(ClassifierError::Model { location }),
        }
    }
}

/// Why a prediction is not possible.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PredictionError {
    /// Other features than in training.
    #[error("the classifier was trained on {expected} features, the cells have {found}")]
    Features {
        /// In training.
        expected: usize,
        /// Of these cells.
        found: usize,
    },
    /// A feature that cannot be computed with.
    #[error(transparent)]
    NotFinite(#[from] NotFinite),
}

/// Why parts do not make a classifier: a damaged file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClassifierError {
    /// Not one model for each location.
    #[error("a classifier has {} locations, not {found}", Location::COUNT)]
    Locations {
        /// Number of models.
        found: usize,
    },
    /// Weights for other features.
    #[error("{location} has {found} weights for {expected} features")]
    Weights {
        /// The location.
        location: Location,
        /// Number of features.
        expected: usize,
        /// Number of weights.
        found: usize,
    },
    /// Trees for other features.
    #[error("a tree for {location} asks for feature {asked} of {features}")]
    Trees {
        /// The location.
        location: Location,
        /// The last feature asked for, from 1.
        asked: usize,
        /// Number of features.
        features: usize,
    },
    /// Numbers in a location that are none.
    #[error("{location} has a weight or a probability out of range")]
    Model {
        /// The location.
        location: Location,
    },
    /// A prior that is none.
    #[error("the base rate of {location} is out of range")]
    Prior {
        /// The location.
        location: Location,
    },
    /// Numbers in the standardisation that are none.
    #[error("a centre, a scale or the clip of the features is out of range")]
    Standardisation,
}

/// A classifier as it is read, not yet checked.
#[derive(Deserialize)]
#[serde(rename = "Classifier")]
struct Parts {
    cells: usize,
    standardisation: Standardisation,
    locations: Vec<LocationModel>,
    #[serde(default)]
    priors: BTreeMap<Location, f64>,
}

impl TryFrom<Parts> for Classifier {
    type Error = ClassifierError;

    fn try_from(parts: Parts) -> Result<Self, ClassifierError> {
        Self::new(parts.cells, parts.standardisation, parts.locations)?.with_priors(parts.priors)
    }
}

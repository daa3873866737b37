//! The classifier: from features of cells and the labels of their images to the probability of each location.
//!
//! One rule per location, each against the rest, as a cell may show several. Features come to one scale
//! ([`standardisation`]); then, by the [`Learner`] chosen,
//! - *logistic regression*: their principal components come to one variance ([`whitening`]), a rule is learnt on these
//!   ([`logit`]) and written as one on the features themselves;
//! - *boosted trees*: they are put in bins, and [`trees`] are grown on these.
//!
//! A [`Classifier`] holds either. Locations without enough examples keep their base rate and say why.
//!
//! [`retraining`] learns logistic rules again within a moment when labels change, for the screen; what is exported is
//! learnt by [`train`].
//!
//! How frequent a location is may be set right afterwards, by a factor on its odds ([`prior`]).
//!
//! [`cross_validate`] gives probabilities for cells that the model has not seen, and how well they rank. The same
//! input gives the same bits, whatever the number of threads.
//!
//! Not here: which labels a cell has, which of them look wrong, and files.

pub mod cross_validation;
mod draws;
mod eigenvectors;
pub mod folds;
pub mod logit;
pub mod model;
pub mod normal_ranks;
pub mod params;
mod preparation;
pub mod prior;
pub mod retraining;
pub mod samples;
pub mod scores;
pub mod standardisation;
pub mod training_set;
pub mod trees;
pub mod whitening;

pub use cross_validation::{CrossValidation, OneGroup, Ranking, Score, Unscored, cross_validate};
pub use logit::Logit;
pub use model::{Classifier, LocationModel, NotLearnt, Rule};
pub use normal_ranks::NormalRanks;
pub use params::{Learner, Scaling, TrainingParams};
pub use retraining::{Targets, Trainer};
pub use samples::{SamplePattern, numbered};
pub use standardisation::Standardisation;
pub use training_set::TrainingSet;
pub use trees::{BinnedFeatures, BoostedTrees, BoostingParams};
pub use whitening::Whitening;

use rayon::prelude::*;

use crate::atlas::Location;
use preparation::Prepared;

/// Learns every location from all cells of `set`.
///
/// Logistic regression takes O(n f² + f³) for n cells of f features and O(n c) for each step of the solver on c
/// components; t boosted trees of l leaves take O(n f log n) for the bins and some O(t n c log l) on c drawn features.
#[must_use]
pub fn train(set: &TrainingSet<'_>, params: &TrainingParams) -> Classifier {
    let all: Vec<usize> = (0..set.cells()).collect();
    train_on_rows(set, &all, params)
}

/// [`train`] on some `rows` of `set` alone: nothing of the others enters, neither labels nor scales.
fn train_on_rows(set: &TrainingSet<'_>, rows: &[usize], params: &TrainingParams) -> Classifier {
    let params = params.within_ranges();
    let standardisation = Standardisation::fit_by(params.scaling, set.features(), rows, params.clip);
    let prepared = Prepared::new(&standardisation, set, rows, &params);
    let locations = (0..Location::COUNT).into_par_iter().filter_map(Location::new).map(|location| {
        let positive: Vec<bool> = rows.iter().map(|&row| set.labels()[row].contains(location)).collect();
        let positives = positive.iter().filter(|positive| **positive).count();
        let prior = params.prior_of(location);
        match prepared.learn(location, &positive) {
            Ok(rule) => LocationModel::Fitted { positives, rule: rule.with_odds(prior) },
            Err(reason) => {
                let probability = prior::with_odds(positives as f64 / rows.len() as f64, prior);
                LocationModel::BaseRate { positives, probability, reason }
            }
        }
    });
    let locations = locations.collect();
    Classifier { cells: rows.len(), locations, standardisation, priors: params.priors }
}

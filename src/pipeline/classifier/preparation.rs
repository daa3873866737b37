//! Features made ready once for all locations, in the form that the learner takes them.

use ndarray::Array2;

use super::{
    BinnedFeatures, BoostedTrees, BoostingParams, Learner, Logit, NotLearnt, Rule, Standardisation, TrainingParams,
    TrainingSet, Whitening, draws::Draws,
};
use crate::atlas::Location;

/// What every location is learnt from.
pub(super) enum Prepared {
    /// For logistic regression.
    Whitened {
        whitening: Whitening,
        /// (rows, components).
        components: Array2<f64>,
        regularisation: f64,
    },
    /// For boosted trees.
    Binned { features: BinnedFeatures, params: BoostingParams, seed: u64 },
}

impl Prepared {
    /// Prepares some `rows` of `set`.
    pub(super) fn new(
        standardisation: &Standardisation,
        set: &TrainingSet<'_>,
        rows: &[usize],
        params: &TrainingParams,
    ) -> Self {
        let binned = |boosting| Self::Binned {
            features: BinnedFeatures::new(standardisation, set.features(), rows),
            params: boosting,
            seed: params.seed,
        };
        match params.learner {
            Learner::Logistic => {
                let whitening = Whitening::fit(standardisation, set.features(), rows, params.components as usize);
                let components = whitening.apply(standardisation, set.features(), rows);
                Self::Whitened { whitening, components, regularisation: params.regularisation }
            }
            Learner::SmallTrees => binned(BoostingParams::SMALL),
            Learner::BigTrees => binned(BoostingParams::BIG),
        }
    }

    /// The rule for `location`, which the `positive` rows show.
    pub(super) fn learn(&self, location: Location, positive: &[bool]) -> Result<Rule, NotLearnt> {
        match (positive.contains(&true), positive.contains(&false), self.varies()) {
            (false, _, _) => return Err(NotLearnt::Absent),
            (_, false, _) => return Err(NotLearnt::Everywhere),
            (_, _, false) => return Err(NotLearnt::NothingVaries),
            _ => {}
        }
        match self {
            Self::Whitened { whitening, components, regularisation } => {
                let logit = Logit::fit(components.view(), positive, *regularisation).map_err(NotLearnt::Failed)?;
                Ok(Rule::Logit(whitening.on_features(&logit)))
            }
            Self::Binned { features, params, seed } => {
                // Each location has its own draws: a bad one should not be shared by all.
                let draws = Draws::new(*seed, location.index() as u64);
                let trees = BoostedTrees::fit(features, positive, params, draws);
                if trees.trees.is_empty() { Err(NotLearnt::NothingTold) } else { Ok(Rule::Trees(trees)) }
            }
        }
    }

    fn varies(&self) -> bool {
        match self {
            Self::Whitened { components, .. } => components.ncols() > 0,
            Self::Binned { features, .. } => !features.columns().is_empty(),
        }
    }
}

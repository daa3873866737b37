//! Logistic regression for one location. The only file that knows linfa's logistic model and its traps.

use std::iter;

use linfa::{DatasetBase, traits::Fit};
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

/// Steps after which the solver gives its best so far; some ten are usual.
const MAX_ITERATIONS: u64 = 200;

/// The solver stops when the gradient of the summed loss is shorter than this, per positive or negative cell,
/// whichever are fewer: a bound per cell would stop before a rare location had moved anything. The logarithms of the
/// odds are then within 0.001 of the optimum; ten times as much saves next to no time and is off by ten times more.
const GRADIENT_TOLERANCE: f64 = 1e-4;

/// A linear rule for the logarithm of the odds: P = 1 / (1 + exp(−(`weights` · x + `intercept`))).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Logit {
    /// One for each number in x.
    pub weights: Vec<f64>,
    /// The logarithm of the odds at x = 0.
    pub intercept: f64,
}

impl Logit {
    /// Learns the rule that makes `positive` most probable, with a penalty of `regularisation` / 2 on the squared
    /// length of the weights.
    ///
    /// `components`: (cells, components), best column-major. `positive`: for each cell; both kinds must occur.
    ///
    /// # Errors
    /// The solver's own words if it fails.
    pub fn fit(components: ArrayView2<'_, f64>, positive: &[bool], regularisation: f64) -> Result<Self, String> {
        let positives = positive.iter().filter(|positive| **positive).count();
        let (few, many) = (positives.min(positive.len() - positives), positives.max(positive.len() - positives));
        // linfa's rule is for the more frequent class, whose odds at the start are those of the base rate.
        let odds = many as f64 / few.max(1) as f64;
        let start = iter::repeat_n(0.0, components.ncols()).chain([odds.ln()]).collect();
        let dataset = DatasetBase::new(components, Array1::from_vec(positive.to_vec()));
        let fitted = LogisticRegression::default()
            .alpha(regularisation)
            .initial_params(start)
            .gradient_tolerance(GRADIENT_TOLERANCE * few.max(1) as f64)
            .max_iterations(MAX_ITERATIONS)
            .fit(&dataset)
            .map_err(|error| error.to_string())?;
        let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
        Ok(Self { weights: (fitted.params() * sign).to_vec(), intercept: fitted.intercept() * sign })
    }

    /// The `most` numbers in x that weigh most, each with its weight, the heaviest first; none that weighs nothing.
    #[must_use]
    pub fn heaviest(weights: &[f64], most: usize) -> Vec<(usize, f64)> {
        let mut heaviest: Vec<(usize, f64)> = weights.iter().copied().enumerate().collect();
        heaviest.retain(|(_, weight)| *weight != 0.0);
        heaviest.sort_by(|(_, one), (_, other)| other.abs().total_cmp(&one.abs()));
        heaviest.truncate(most);
        heaviest
    }

    /// The probability of each of the `cells`, (cells, numbers); in [0, 1].
    #[must_use]
    pub fn probabilities(&self, cells: ArrayView2<'_, f64>) -> Vec<f64> {
        let weights = ArrayView1::from(&self.weights);
        let log_odds = cells.rows().into_iter().map(|x| weights.dot(&x) + self.intercept);
        log_odds.map(|log_odds| 1.0 / (1.0 + (-log_odds).exp())).collect()
    }
}

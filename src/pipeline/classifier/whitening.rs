//! Principal components of variance 1: the few directions along which cells truly differ, each as loud as the next.
//!
//! It makes one strength of regularisation fit all directions and lets the solver finish in few steps. Not a part of
//! the saved classifier: a linear rule on components is one on features, see [`Whitening::on_features`].

use linfa_linalg::eigh::EighInto;
use ndarray::{Array1, Array2, ArrayView2, Axis, ShapeBuilder, linalg::general_mat_mul, parallel::prelude::*};
use rayon::prelude::*;

use super::{
    logit::Logit,
    standardisation::{Standardisation, sum_over_strips},
};

/// Rows that are standardised at a time: small enough for the cache, large enough for a fast product.
const BLOCK: usize = 256;

/// Components with less than this share of the largest one's variance are rounding noise of dependent features.
const NEGLIGIBLE: f64 = 1e-9;

/// A change of basis from standardised features to components that have mean 0 and variance 1 and do not correlate.
#[derive(Clone, Debug, PartialEq)]
pub struct Whitening {
    /// Mean of each standardised feature.
    mean: Array1<f64>,
    /// (features, components).
    directions: Array2<f64>,
}

impl Whitening {
    /// Finds at most `components` components in some `rows` of (cells, features), those with the most variance.
    /// There are none if no feature varies.
    #[must_use]
    pub fn fit(
        standardisation: &Standardisation,
        features: ArrayView2<'_, f32>,
        rows: &[usize],
        components: usize,
    ) -> Self {
        let width = standardisation.scales.len();
        let cells = rows.len().max(1) as f64;
        // The last row holds the sums of the features, the others the sums of their products.
        let sums = sum_over_strips(rows, (width + 1, width), |sums, strip| {
            let (mut products, mut totals) = sums.view_mut().split_at(Axis(0), width);
            for block in strip.chunks(BLOCK) {
                let block = standardisation.apply_rows(features, block);
                general_mat_mul(1.0, &block.t(), &block, 1.0, &mut products);
                totals += &block.sum_axis(Axis(0));
            }
        });
        let (products, totals) = sums.view().split_at(Axis(0), width);
        let mean = totals.row(0).to_owned() / cells;
        let column = mean.view().insert_axis(Axis(1));
        let covariance = products.to_owned() / cells - column.dot(&column.t());
        Self { mean, directions: directions(covariance, components.min(rows.len().saturating_sub(1))) }
    }

    /// Number of components.
    #[must_use]
    pub fn components(&self) -> usize {
        self.directions.ncols()
    }

    /// The components of some `rows` of (cells, features): (rows, components), column-major.
    #[must_use]
    pub fn apply(
        &self,
        standardisation: &Standardisation,
        features: ArrayView2<'_, f32>,
        rows: &[usize],
    ) -> Array2<f64> {
        let mut whitened = Array2::zeros((rows.len(), self.components()).f());
        whitened.axis_chunks_iter_mut(Axis(0), BLOCK).into_par_iter().zip(rows.par_chunks(BLOCK)).for_each(
            |(mut whitened, rows)| {
                let centred = standardisation.apply_rows(features, rows) - &self.mean;
                general_mat_mul(1.0, &centred, &self.directions, 0.0, &mut whitened);
            },
        );
        whitened
    }

    /// The rule on standardised features that says the same as `logit` says on components:
    /// `w · Dᵀ(x − m) + b = (D w) · x + (b − m · D w)`.
    #[must_use]
    pub fn on_features(&self, logit: &Logit) -> Logit {
        let weights = self.directions.dot(&Array1::from_vec(logit.weights.clone()));
        Logit { intercept: logit.intercept - self.mean.dot(&weights), weights: weights.to_vec() }
    }
}

/// The eigenvectors of `covariance` with the largest eigenvalues, each divided by the root of its eigenvalue:
/// (features, at most `count`).
fn directions(covariance: Array2<f64>, count: usize) -> Array2<f64> {
    let none = Array2::zeros((covariance.nrows(), 0));
    // Only a matrix that is not square is refused.
    let Ok((variances, vectors)) = covariance.eigh_into() else { return none };
    let mut order: Vec<usize> = (0..variances.len()).collect();
    order.sort_by(|&a, &b| variances[b].total_cmp(&variances[a]));
    let least = order.first().map_or(0.0, |&largest| NEGLIGIBLE * variances[largest].max(0.0));
    order.retain(|&component| variances[component] > least);
    order.truncate(count);
    vectors.select(Axis(1), &order) / variances.select(Axis(0), &order).mapv(f64::sqrt)
}

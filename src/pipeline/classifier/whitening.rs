//! Principal components of variance 1: the few directions along which cells truly differ, each as loud as the next.
//!
//! It makes one strength of regularisation fit all directions and lets the solver finish in few steps. Not a part of
//! the saved classifier: a linear rule on components is one on features, see [`Whitening::on_features`].

use ndarray::{Array1, Array2, ArrayView2, Axis, ShapeBuilder, linalg::general_mat_mul, parallel::prelude::*, s};
use rayon::prelude::*;

use super::{
    eigenvectors::largest,
    logit::Logit,
    standardisation::{Standardisation, sum_over_strips},
};

/// Rows that are standardised at a time: small enough for the cache, large enough for a fast product.
const BLOCK: usize = 256;

/// Features whose products with all others after them are summed at a time: few, for half of all products are enough;
/// many, for a fast product.
const PANEL: usize = 90;

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
        let components = components.min(rows.len().saturating_sub(1));
        if rows.len() < standardisation.scales.len() {
            Self::of_few(standardisation.apply_rows(features, rows), components)
        } else {
            Self::of_many(standardisation, features, rows, components)
        }
    }

    /// Of cells that are fewer than features: the eigenvectors u of the small matrix X Xᵀ / n of all pairs of cells
    /// lead to those of the covariance, which are Xᵀ u, at the same eigenvalues.
    fn of_few(mut cells: Array2<f64>, components: usize) -> Self {
        let count = cells.nrows() as f64;
        let mean = cells.mean_axis(Axis(0)).unwrap_or_else(|| Array1::zeros(cells.ncols()));
        cells -= &mean;
        let (variances, vectors) = largest(cells.dot(&cells.t()) / count, components, NEGLIGIBLE);
        Self { mean, directions: cells.t().dot(&vectors) / (variances * count.sqrt()) }
    }

    fn of_many(
        standardisation: &Standardisation,
        features: ArrayView2<'_, f32>,
        rows: &[usize],
        components: usize,
    ) -> Self {
        let width = standardisation.scales.len();
        let cells = rows.len() as f64;
        // The last row holds the sums of the features, the others the sums of their products, right of the diagonal and
        // some left of it: the product of one feature and another is that of the other and the one.
        let sums = sum_over_strips(rows, (width + 1, width), |sums, strip| {
            let (mut products, mut totals) = sums.view_mut().split_at(Axis(0), width);
            for block in strip.chunks(BLOCK) {
                let block = standardisation.apply_rows(features, block);
                for start in (0..width).step_by(PANEL) {
                    let panel = block.slice(s![.., start..(start + PANEL).min(width)]);
                    let mut products = products.slice_mut(s![start..(start + PANEL).min(width), start..]);
                    general_mat_mul(1.0, &panel.t(), &block.slice(s![.., start..]), 1.0, &mut products);
                }
                totals += &block.sum_axis(Axis(0));
            }
        });
        let (products, totals) = sums.view().split_at(Axis(0), width);
        let mean = totals.row(0).to_owned() / cells;
        let column = mean.view().insert_axis(Axis(1));
        let products = Array2::from_shape_fn((width, width), |(a, b)| products[[a.min(b), a.max(b)]]);
        let covariance = products / cells - column.dot(&column.t());
        let (variances, vectors) = largest(covariance, components, NEGLIGIBLE);
        Self { mean, directions: vectors / variances.mapv(f64::sqrt) }
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

    /// [`Whitening::apply`] with half the digits and row-major: (rows, components), for whoever reads the cells block by
    /// block.
    #[must_use]
    pub fn apply_briefly(
        &self,
        standardisation: &Standardisation,
        features: ArrayView2<'_, f32>,
        rows: &[usize],
    ) -> Array2<f32> {
        let directions = self.directions.mapv(|value| value as f32);
        let mut whitened = Array2::zeros((rows.len(), self.components()));
        whitened.axis_chunks_iter_mut(Axis(0), BLOCK).into_par_iter().zip(rows.par_chunks(BLOCK)).for_each(
            |(mut whitened, rows)| {
                let centred = standardisation.apply_rows(features, rows) - &self.mean;
                general_mat_mul(1.0, &centred.mapv(|value| value as f32), &directions, 0.0, &mut whitened);
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

//! Features on one scale: asinh, or normal ranks → z-score → clip, each feature on its own.
//!
//! The inverse hyperbolic sine acts as a signed logarithm that is smooth at zero: areas, sums and ratios that span
//! decades become comparable. Clipping then bounds what a single odd cell can do, in training and in prediction.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Zip};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{normal_ranks::NormalRanks, params::Scaling};

/// Strips that a sum over cells is divided into. A fixed number: the rounding of a sum depends on where it is cut.
const STRIPS: usize = 32;

/// How features come to one scale, learnt from cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standardisation {
    /// The scale of each feature.
    pub scales: Vec<Scale>,
    /// Standard deviations at which values are cut off; above 0.
    pub clip: f64,
    /// By feature, what takes the place of the inverse hyperbolic sine; empty if nothing does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ranks: Vec<NormalRanks>,
}

/// How one feature comes to mean 0 and standard deviation 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// Mean of the feature's asinh or deviate.
    pub centre: f64,
    /// 1 / standard deviation of it; 0 for a feature that never varies, which so has no say.
    pub scale: f64,
}

impl Scale {
    /// Of a feature's asinh or deviate.
    fn apply(self, value: f64, clip: f64) -> f64 {
        ((value - self.centre) * self.scale).min(clip).max(-clip)
    }
}

impl Standardisation {
    /// Learns the scale of every feature from some `rows` of (cells, features), all of them finite.
    #[must_use]
    pub fn fit(features: ArrayView2<'_, f32>, rows: &[usize], clip: f64) -> Self {
        Self::fit_by(Scaling::Asinh, features, rows, clip)
    }

    /// [`Standardisation::fit`] with features made comparable in a certain way.
    #[must_use]
    pub fn fit_by(scaling: Scaling, features: ArrayView2<'_, f32>, rows: &[usize], clip: f64) -> Self {
        let mut found = Self { scales: Vec::new(), clip, ranks: Vec::new() };
        let Some(&first) = rows.first() else { return found };
        if scaling == Scaling::NormalRanks {
            let columns = (0..features.ncols()).into_par_iter();
            found.ranks = columns.map(|feature| NormalRanks::of(features.column(feature), rows)).collect();
        }
        let comparable = |feature: usize, value: f32| found.comparable(feature, value);
        // Sums of distances from the first cell, not from zero: a constant feature has exactly none, and the
        // variance does not drown in the square of the mean.
        let origin: Array1<f64> =
            features.row(first).iter().enumerate().map(|(feature, &value)| comparable(feature, value)).collect();
        let sums = sum_over_strips(rows, (features.ncols(), 2), |sums, strip| {
            for &row in strip {
                let cell = features.row(row);
                for (feature, (mut sum, origin)) in sums.rows_mut().into_iter().zip(&origin).enumerate() {
                    let distance = comparable(feature, cell[feature]) - origin;
                    sum[0] += distance;
                    sum[1] += distance * distance;
                }
            }
        });
        let cells = rows.len() as f64;
        let scales = Zip::from(sums.rows()).and(&origin).map_collect(|sum, origin| {
            let variance = (sum[1] - sum[0] * sum[0] / cells) / cells;
            let scale = if variance > 0.0 { variance.sqrt().recip() } else { 0.0 };
            Scale { centre: origin + sum[0] / cells, scale }
        });
        found.scales = scales.to_vec();
        found
    }

    fn comparable(&self, feature: usize, value: f32) -> f64 {
        match self.ranks.get(feature) {
            Some(ranks) => ranks.deviate(value),
            None => asinh(value),
        }
    }

    /// One cell's features on one scale, all within ±`clip`.
    pub fn apply<'a>(&'a self, cell: ArrayView1<'a, f32>) -> impl Iterator<Item = f64> + 'a {
        let scales = self.scales.iter().zip(cell).enumerate();
        scales.map(|(feature, (scale, &value))| scale.apply(self.comparable(feature, value), self.clip))
    }

    /// One `feature`'s values on its scale for some `rows` of all cells' `values`, within ±`clip`.
    pub fn apply_column<'a>(
        &'a self,
        feature: usize,
        values: ArrayView1<'a, f32>,
        rows: &'a [usize],
    ) -> impl Iterator<Item = f64> + 'a {
        let scale = self.scales[feature];
        rows.iter().map(move |&row| scale.apply(self.comparable(feature, values[row]), self.clip))
    }

    /// The standardised features of some `rows`: (rows, features).
    #[must_use]
    pub fn apply_rows(&self, features: ArrayView2<'_, f32>, rows: &[usize]) -> Array2<f64> {
        let mut standardised = Array2::zeros((rows.len(), self.scales.len()));
        for (mut out, &row) in standardised.rows_mut().into_iter().zip(rows) {
            out.iter_mut().zip(self.apply(features.row(row))).for_each(|(out, value)| *out = value);
        }
        standardised
    }
}

/// The inverse hyperbolic sine. More than twice as fast as `f64::asinh`: the square of an f32 cannot overflow here, and
/// where the logarithm would lose digits two terms of the series are exact.
fn asinh(value: f32) -> f64 {
    let value = f64::from(value);
    let square = value * value;
    if square < 1e-8 {
        value * (1.0 - square / 6.0)
    } else {
        (value.abs() + (1.0 + square).sqrt()).ln().copysign(value)
    }
}

/// A sum over cells: `add` adds a strip of `rows` to zeros of `shape`, and the strips are summed. In parallel, yet
/// strips and order are always the same, so that every bit of the sum is, whatever the number of threads.
pub(super) fn sum_over_strips(
    rows: &[usize],
    shape: (usize, usize),
    add: impl Fn(&mut Array2<f64>, &[usize]) + Sync,
) -> Array2<f64> {
    let strips = rows.par_chunks(rows.len().div_ceil(STRIPS).max(1));
    let sum_of_strip = |strip| {
        let mut sum = Array2::zeros(shape);
        add(&mut sum, strip);
        sum
    };
    let sums: Vec<_> = strips.map(sum_of_strip).collect();
    sums.into_iter().fold(Array2::zeros(shape), |total, sum| total + sum)
}

//! Features in few bins each, so that splits need not be sought between all values. Learnt once for all locations.

use ndarray::ArrayView2;
use rayon::prelude::*;

use super::super::standardisation::Standardisation;

/// At most this many bins a feature. Four times as many, the usual number, take longer and rank no better.
pub const BINS: usize = 64;

/// Cells with their features in bins.
#[derive(Clone, Debug, PartialEq)]
pub struct BinnedFeatures {
    columns: Vec<Column>,
}

/// One feature that varies.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its place among all features.
    pub feature: usize,
    /// Bounds between its bins, ascending: a value at most `cuts[b]` is in bin b or one before it.
    pub cuts: Vec<f32>,
    /// The bin of each cell.
    pub bins: Vec<u8>,
}

impl BinnedFeatures {
    /// Finds bins for some `rows` of (cells, features), as near as can be with equally many cells in each.
    #[must_use]
    pub fn new(standardisation: &Standardisation, features: ArrayView2<'_, f32>, rows: &[usize]) -> Self {
        let columns = (0..features.ncols()).into_par_iter().filter_map(|feature| {
            let values: Vec<f32> = standardisation
                .apply_column(feature, features.column(feature), rows)
                .map(|value| value as f32)
                .collect();
            let mut sorted = values.clone();
            sorted.sort_by(f32::total_cmp);
            let cuts = cuts(&sorted);
            let bin = |value: &f32| cuts.partition_point(|cut| cut < value) as u8;
            let bins = values.iter().map(bin).collect();
            (!cuts.is_empty()).then_some(Column { feature, cuts, bins })
        });
        Self { columns: columns.collect() }
    }

    /// The features that vary.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }
}

/// The bounds between bins of `sorted` values; none if all are equal. Equal values share a bin.
fn cuts(sorted: &[f32]) -> Vec<f32> {
    let runs: Vec<&[f32]> = sorted.chunk_by(|a, b| a >= b).collect();
    let (mut cuts, mut in_bin, mut after) = (Vec::new(), 0, sorted.len());
    for pair in runs.windows(2) {
        in_bin += pair[0].len();
        after -= pair[0].len();
        if cuts.len() + 1 < BINS && in_bin >= (in_bin + after).div_ceil(BINS - cuts.len()) {
            cuts.push(between(pair[0][0], pair[1][0]));
            in_bin = 0;
        }
    }
    cuts
}

/// A number that is at least `low` and below `high`: their middle with as few decimals as will do.
fn between(low: f32, high: f32) -> f32 {
    let middle = f64::midpoint(f64::from(low), f64::from(high));
    let rounded = (2..7).map(|decimals| (middle * 10_f64.powi(decimals)).round() / 10_f64.powi(decimals));
    let mut candidates = rounded.chain([middle]).map(|candidate| candidate as f32);
    candidates.find(|&candidate| low <= candidate && candidate < high).unwrap_or(low)
}

//! Boosted trees for one location: many small trees, each of which corrects the sum of those before it.
//!
//! Each tree grows on a draw of cells and features, leaf by leaf, by the slopes of the loss (gradient and curvature;
//! Friedman 2001, Chen & Guestrin 2016). Features come in bins, the same for all locations ([`binning`]), so that a
//! split is sought among histograms (Ke et al. 2017). The settings are those of the published notebook, which used
//! `LightGBM`.
//!
//! Why our own: `LightGBM` itself needs libclang and cmake. Of the crates in pure Rust, `perpetual` has a budget instead
//! of these settings, `nanogbm` bins anew for every location and rests on a crate that is no longer kept, and
//! `hessboost`, which can do it all, is 106,000 lines that take over five minutes of one core to build, and a C library.

pub mod binning;
mod growth;
pub mod tree;

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

pub use binning::BinnedFeatures;
pub use tree::Tree;

use super::draws::Draws;
use growth::{Slope, grow};

/// How trees are boosted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoostingParams {
    /// Number of trees, each on its own draw.
    pub trees: usize,
    /// Share of what a tree would correct that it is let: less needs more trees and errs less by chance.
    pub learning_rate: f64,
    /// At most this many leaves a tree, at least 2.
    pub leaves: usize,
    /// Share of the features that a tree may ask for.
    pub column_share: f64,
    /// Share of the cells that a tree learns from.
    pub row_share: f64,
}

impl BoostingParams {
    /// The notebook's quick setting.
    pub const SMALL: Self = Self { trees: 30, learning_rate: 0.3, leaves: 7, column_share: 0.1, row_share: 0.9 };
    /// The notebook's thorough setting: some hundred times the work.
    pub const BIG: Self = Self { trees: 1000, learning_rate: 0.02, leaves: 127, ..Self::SMALL };
}

/// A sum of trees for the logarithm of the odds: P = 1 / (1 + exp(−(`intercept` + the trees' values))).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoostedTrees {
    /// The logarithm of the odds before any tree: those of the base rate.
    pub intercept: f64,
    /// The trees in the order in which they were learnt.
    pub trees: Vec<Tree>,
}

impl BoostedTrees {
    /// Learns the trees that make `positive` most probable. A draw that leaves nothing to split adds no tree.
    ///
    /// `positive`: for each cell of `features`; both kinds must occur. `draws`: where cells and features are drawn from.
    #[must_use]
    pub(super) fn fit(features: &BinnedFeatures, positive: &[bool], params: &BoostingParams, mut draws: Draws) -> Self {
        let positives = positive.iter().filter(|positive| **positive).count();
        let intercept = (positives as f64 / (positive.len() - positives).max(1) as f64).ln();
        let mut log_odds = vec![intercept; positive.len()];
        let mut trees = Vec::new();
        for _ in 0..params.trees {
            let drawn = draws.choose(features.columns().len(), params.column_share);
            let columns: Vec<_> =
                features.columns().iter().zip(drawn).filter_map(|(column, drawn)| drawn.then_some(column)).collect();
            let slopes: Vec<Slope> = draws
                .choose(positive.len(), params.row_share)
                .into_iter()
                .zip(log_odds.iter().zip(positive))
                .map(
                    |(drawn, (&log_odds, &positive))| {
                        if drawn { Slope::of_loss(probability(log_odds), positive) } else { Slope::default() }
                    },
                )
                .collect();
            if let Some(grown) = grow(&columns, &slopes, params) {
                grown.cells().for_each(|(cell, value)| log_odds[cell] += f64::from(value));
                trees.push(grown.tree);
            }
        }
        Self { intercept, trees }
    }

    /// Number of features that a cell must have at least.
    #[must_use]
    pub fn features(&self) -> usize {
        self.trees.iter().map(Tree::features).max().unwrap_or(0)
    }

    /// The probability of each of the `cells`, (cells, features); in [0, 1].
    #[must_use]
    pub fn probabilities(&self, cells: ArrayView2<'_, f64>) -> Vec<f64> {
        let mut log_odds = vec![self.intercept; cells.nrows()];
        for tree in &self.trees {
            for (log_odds, x) in log_odds.iter_mut().zip(cells.rows()) {
                *log_odds += f64::from(tree.value(x));
            }
        }
        log_odds.into_iter().map(probability).collect()
    }
}

fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

//! Cross-validation: every cell's probabilities from a classifier that has seen nothing of its group.
//!
//! All that is learnt, the scales of the features too, is learnt anew for each fold.

use std::collections::BTreeMap;

use ndarray::{Array2, ArrayView1, Axis};

use super::{
    TrainingParams, TrainingSet,
    folds::{GroupCounts, assign_folds, count_groups},
    scores::{area_under_curve, average_precision},
    train_on_rows,
};
use crate::atlas::{Location, LocationSet};

/// What a cross-validation found.
#[derive(Clone, Debug, PartialEq)]
pub struct CrossValidation {
    /// Number of folds: as asked for, or as many as there are groups.
    pub folds: usize,
    /// The fold in which each cell was held out, from 0.
    pub fold_of_cell: Vec<usize>,
    /// The probability of every location for every cell, found without its group: (cells, [`Location::COUNT`]).
    pub probabilities: Array2<f32>,
    /// How well these rank the cells, by [`Location::index`].
    pub scores: Vec<Score>,
}

/// How well the cells of one location were found.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Number of cells that show the location.
    pub positives: usize,
    /// Number of groups with such a cell.
    pub positive_groups: usize,
    /// Number of all cells.
    pub cells: usize,
    /// How well they rank, or why that cannot be said.
    pub ranking: Result<Ranking, Unscored>,
}

/// How well probabilities rank the positives of a location above its negatives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranking {
    /// See [`average_precision`]; by chance it is the share of positives.
    pub average_precision: f64,
    /// See [`area_under_curve`]; by chance it is 0.5.
    pub area_under_curve: f64,
}

/// Why a location has no score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unscored {
    /// There is no positive cell.
    #[error("not enough examples: no cell shows it")]
    Absent,
    /// There is no negative cell.
    #[error("not enough examples: every cell shows it")]
    Everywhere,
    /// With that group held out, there is nothing to learn from.
    #[error("not enough examples: all cells that show it are of one image or sample")]
    PositivesInOneGroup,
    /// With that group held out, there is nothing to tell it from.
    #[error("not enough examples: all cells that do not show it are of one image or sample")]
    NegativesInOneGroup,
}

impl Unscored {
    /// Why a location has no score of which so many groups have a cell that shows it, and so many one that does not;
    /// `None` if it can be scored.
    #[must_use]
    pub fn of(positive_groups: usize, negative_groups: usize) -> Option<Self> {
        match (positive_groups, negative_groups) {
            (0, _) => Some(Self::Absent),
            (_, 0) => Some(Self::Everywhere),
            (1, _) => Some(Self::PositivesInOneGroup),
            (_, 1) => Some(Self::NegativesInOneGroup),
            _ => None,
        }
    }
}

/// Nothing can be held out: all cells are of one group.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cross-validation is not possible: it needs at least two images or samples, and all {cells} cells are of one")]
pub struct OneGroup {
    /// Number of cells.
    pub cells: usize,
}

/// Predicts every cell of `set` by a classifier trained on the folds that its group is not in, and scores that.
///
/// # Errors
/// If all cells are of one group.
pub fn cross_validate(set: &TrainingSet<'_>, params: &TrainingParams) -> Result<CrossValidation, OneGroup> {
    let params = params.within_ranges();
    let groups = count_groups(set);
    if groups.len() < 2 {
        return Err(OneGroup { cells: set.cells() });
    }
    let folds = groups.len().min(params.folds as usize);
    let fold_of_group = assign_folds(&groups, folds, params.seed);
    let fold_of_cell: Vec<usize> = set.groups().iter().map(|group| fold_of_group[group]).collect();

    let mut probabilities = Array2::zeros((set.cells(), Location::COUNT));
    for fold in 0..folds {
        let (held_out, rest): (Vec<_>, Vec<_>) = (0..set.cells()).partition(|&cell| fold_of_cell[cell] == fold);
        let predicted = train_on_rows(set, &rest, &params).predict_rows(set.features(), &held_out);
        for (&cell, predicted) in held_out.iter().zip(predicted.rows()) {
            probabilities.row_mut(cell).assign(&predicted);
        }
    }
    let column = |location: Location| probabilities.index_axis(Axis(1), location.index());
    let scores = Location::all().map(|location| score(location, column(location), set.labels(), &groups)).collect();
    Ok(CrossValidation { folds, fold_of_cell, probabilities, scores })
}

fn score(
    location: Location,
    probabilities: ArrayView1<'_, f32>,
    labels: &[LocationSet],
    groups: &BTreeMap<usize, GroupCounts>,
) -> Score {
    let positives = labels.iter().filter(|labels| labels.contains(location)).count();
    let positives_of = |group: &GroupCounts| group.positives[location.index()];
    let positive_groups = groups.values().filter(|group| positives_of(group) > 0).count();
    let negative_groups = groups.values().filter(|group| positives_of(group) < group.cells).count();
    let ranking = if let Some(reason) = Unscored::of(positive_groups, negative_groups) {
        Err(reason)
    } else {
        let truth = labels.iter().map(|labels| labels.contains(location));
        let ranked: Vec<_> = probabilities.iter().copied().zip(truth).collect();
        let both = average_precision(&ranked).zip(area_under_curve(&ranked));
        both.map(|(average_precision, area_under_curve)| Ranking { average_precision, area_under_curve })
            .ok_or(Unscored::Absent)
    };
    Score { positives, positive_groups, cells: labels.len(), ranking }
}

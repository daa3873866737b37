//! Learning anew within a moment, after every decision about a cell.
//!
//! A [`Trainer`] brings the features of a set to components once, which is dear, and then learns rules on them as often
//! as [`Targets`] change, which is cheap: only the locations whose targets are others than before, from the rules that
//! were found before, all at once, with the cells in f32. Targets are soft: a cell may show a location by half.
//!
//! What is saved and exported is learnt by [`train`](super::train) all the same: it does not depend on the way by which
//! one came to the labels. Where targets are 0 or 1, and of sets of up to [`Trainer::MOST_SCALED_ON`] cells, both
//! minimise the same function on the same components, so that probabilities agree to 0.001. linfa-logistic, which is behind
//! `train`, takes neither soft targets nor weights, reads the cells for each location alone, and cannot be stopped; to teach
//! it halves each graded cell would have to stand there several times. For 20,000 cells of 256 components it took 24 s on
//! one thread where this takes 0.7 s. So there is a solver of our own here.
//!
//! COST, on two cores of 2.5 GHz, of 540 features to 256 components: 20,000 cells are ready in 0.9 s, learnt from in 0.2 s,
//! after ten decisions in 0.14 s, and in five folds in 0.8 and 0.3 s; 100,000 in 2.5 s, 2 s, 0.7 s, and 6 and 1.5 s.
//!
//! IMBALANCE. Nothing is weighted: the intercept is free and takes up how rare a location is, and probabilities mean what
//! they say. Each rule tells how many cells spoke for and against it ([`Counts`]). If labels are more frequent than what
//! they name, the odds of all cells are set right afterwards, on request: [`prior`](super::prior).
//!
//! Not here: threads, and what to do with the probabilities.

mod descent;
mod fit;
mod solver;
mod targets;

pub use fit::{CrossFit, Fit, Learnt};
pub use targets::{Counts, Targets};

use std::{collections::HashMap, sync::Arc};

use ndarray::{Array2, ArrayView2, Axis, concatenate, linalg::general_mat_mul, parallel::prelude::*, s};

use super::{
    Classifier, LocationModel, Logit, NotLearnt, OneGroup, Rule, Standardisation, TrainingParams, Whitening,
    draws::Draws,
    folds::folds_by_name,
    prior::with_odds,
    training_set::{NotFinite, check_finite},
};
use crate::atlas::{Location, LocationSet};
use fit::Asked;
use solver::{Cells, Found, Task, solve};

/// Cells that are brought to components or judged at a time.
const BLOCK: usize = 256;

/// Cells between two questions whether to stop.
const PORTION: usize = 8192;

/// Who watches long work: whether it shall stop, and how much is done.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Whether it shall stop. Asked many times a second, from several threads.
    pub stop: &'a (dyn Fn() -> bool + Sync),
    /// Hears the share that is done, 0 to 1.
    pub progress: &'a (dyn Fn(f64) + Sync),
}

impl Watch<'_> {
    /// Nobody watches.
    pub const NOBODY: Self = Self { stop: &|| false, progress: &|_| {} };

    fn is_stopped(&self) -> bool {
        (self.stop)()
    }

    fn tell(&self, done: f64) {
        (self.progress)(done);
    }

    fn go_on(&self) -> Result<(), Stopped> {
        if self.is_stopped() { Err(Stopped) } else { Ok(()) }
    }
}

/// It was stopped before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stopped")]
pub struct Stopped;

/// Why there is no trainer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrainerError {
    /// No cell.
    #[error("there are no cells to learn from")]
    Empty,
    /// Features, names and labels are not of the same cells.
    #[error(
        "{rows} cells are to be learnt from and {cells} have features; {names} have the names of their images and \
         {labels} have labels"
    )]
    Lengths {
        /// Cells that are to be learnt from.
        rows: usize,
        /// Rows of features.
        cells: usize,
        /// Number of names.
        names: usize,
        /// Number of label sets.
        labels: usize,
    },
    /// A feature that cannot be computed with.
    #[error(transparent)]
    NotFinite(#[from] NotFinite),
    /// Someone asked for it.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Why cells cannot be judged by rules that have not seen them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrossFitError {
    /// Nothing can be held out.
    #[error(transparent)]
    OneGroup(#[from] OneGroup),
    /// Someone asked for it.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// The cells of a set, ready to learn from again and again.
#[derive(Clone, Debug)]
pub struct Trainer {
    params: TrainingParams,
    standardisation: Standardisation,
    whitening: Whitening,
    /// The cells that are learnt from, as numbers of the set.
    rows: Vec<usize>,
    /// Of these cells: (rows, components).
    components: Array2<f32>,
    /// Of these cells.
    folds: Vec<u8>,
    /// Of all cells.
    fold_of_cell: Vec<u8>,
}

impl Trainer {
    /// At most this many cells are learnt from, drawn by lot of a larger set: rules of a few hundred weights hardly get
    /// better by more, and their components take 100 MB. Those decided about join them, see [`Trainer::learn_from`].
    pub const MOST_CELLS: usize = 100_000;

    /// At most this many of them, drawn by lot, say how features come to components.
    pub const MOST_SCALED_ON: usize = 20_000;

    /// The cells of a set that are learnt from, by number: all, or [`Trainer::MOST_CELLS`] drawn by lot from `seed`, and
    /// those of `keep` in any case.
    #[must_use]
    pub fn rows_of(cells: usize, seed: u64, keep: &[usize]) -> Vec<usize> {
        let mut is_drawn = drawn(cells, Self::MOST_CELLS, seed, 0);
        keep.iter().filter(|&&cell| cell < cells).for_each(|&cell| is_drawn[cell] = true);
        (0..cells).filter(|&cell| is_drawn[cell]).collect()
    }

    /// Brings features of cells to components.
    ///
    /// `features`: (rows, features). `rows`: which cells of the set these are, such as [`Trainer::rows_of`] tells. `names`:
    /// of each cell of the set the name of its image, or of the sample if several images show one; cells of one name are
    /// never split between learning and judging. `inherited`: of each cell of the set the labels of its image, over which
    /// folds are spread evenly; as decisions do not change these, folds stay. [`TrainingParams::learner`] does not matter:
    /// it is always logistic regression.
    ///
    /// O(n f² + f³) for up to [`Trainer::MOST_SCALED_ON`] cells n of f features and O(m f c) for the m cells learnt from
    /// with c components. It stops within a second or two of the question.
    ///
    /// # Errors
    /// If there is no cell, lengths differ, a feature is not finite, or it was stopped.
    pub fn new(
        features: ArrayView2<'_, f32>,
        rows: &[usize],
        names: &[&str],
        inherited: &[LocationSet],
        params: &TrainingParams,
        watch: &Watch<'_>,
    ) -> Result<Self, TrainerError> {
        let is_sound = features.nrows() == rows.len()
            && names.len() == inherited.len()
            && rows.iter().all(|&row| row < names.len());
        if !is_sound {
            let (cells, names, labels) = (features.nrows(), names.len(), inherited.len());
            return Err(TrainerError::Lengths { rows: rows.len(), cells, names, labels });
        }
        if rows.is_empty() {
            return Err(TrainerError::Empty);
        }
        check_finite(features)?;
        let params = params.within_ranges();
        let says_scale = drawn(rows.len(), Self::MOST_SCALED_ON, params.seed, 1);
        let scaled_on: Vec<usize> = (0..rows.len()).filter(|&row| says_scale[row]).collect();
        watch.go_on()?;
        let standardisation = Standardisation::fit_by(params.scaling, features, &scaled_on, params.clip);
        watch.tell(0.1);
        watch.go_on()?;
        let whitening = Whitening::fit(&standardisation, features, &scaled_on, params.components as usize);
        watch.tell(0.6);
        let fold_of_cell = folds_by_name(names, inherited, params.folds as usize, params.seed);
        let mut trainer = Self {
            components: Array2::zeros((0, whitening.components())),
            params,
            standardisation,
            whitening,
            rows: Vec::new(),
            folds: Vec::new(),
            fold_of_cell,
        };
        let rest = Watch { stop: watch.stop, progress: &|done| watch.tell(0.6 + 0.4 * done) };
        trainer.join(features, rows, &rest)?;
        Ok(trainer)
    }

    /// The same with another regularisation. Rules of this trainer must not be handed to it as those before: it would take
    /// them for its own.
    #[must_use]
    pub fn with_regularisation(&self, regularisation: f64) -> Self {
        let params = TrainingParams { regularisation, ..self.params.clone() }.within_ranges();
        Self { params, ..self.clone() }
    }

    /// Of these cells those that are not learnt from, in ascending order, each once.
    #[must_use]
    pub fn missing(&self, cells: &[usize]) -> Vec<usize> {
        let mut is_missing = vec![true; self.fold_of_cell.len()];
        self.rows.iter().for_each(|&row| is_missing[row] = false);
        let mut missing: Vec<usize> =
            cells.iter().copied().filter(|&cell| is_missing.get(cell).is_some_and(|missing| *missing)).collect();
        missing.sort_unstable();
        missing.dedup();
        missing
    }

    /// Learns from these cells, too, that were not drawn by lot: a decision must count. `features`: (cells, features).
    /// Those that are learnt from already, or no cells of the set, are passed over.
    ///
    /// # Errors
    /// If lengths differ, a feature is not finite, or it was stopped; then nothing has changed.
    pub fn learn_from(
        &mut self,
        features: ArrayView2<'_, f32>,
        cells: &[usize],
        watch: &Watch<'_>,
    ) -> Result<(), TrainerError> {
        if features.nrows() != cells.len() {
            let all = self.fold_of_cell.len();
            return Err(TrainerError::Lengths { rows: cells.len(), cells: features.nrows(), names: all, labels: all });
        }
        check_finite(features)?;
        let missing = self.missing(cells);
        let place_of: HashMap<usize, usize> = cells.iter().enumerate().map(|(place, &cell)| (cell, place)).collect();
        let places: Vec<usize> = missing.iter().filter_map(|cell| place_of.get(cell).copied()).collect();
        Ok(self.join(features.select(Axis(0), &places).view(), &missing, watch)?)
    }

    /// `features`: of these `rows`.
    fn join(&mut self, features: ArrayView2<'_, f32>, rows: &[usize], watch: &Watch<'_>) -> Result<(), Stopped> {
        let places: Vec<usize> = (0..rows.len()).collect();
        let mut parts = Vec::new();
        for (number, portion) in places.chunks(PORTION).enumerate() {
            watch.go_on()?;
            parts.push(self.whitening.apply_briefly(&self.standardisation, features, portion));
            watch.tell(((number + 1) * PORTION) as f64 / rows.len().max(PORTION) as f64);
        }
        let views: Vec<_> = std::iter::once(self.components.view()).chain(parts.iter().map(Array2::view)).collect();
        // All parts are as wide as the trainer has components.
        if let Ok(components) = concatenate(Axis(0), &views) {
            self.components = components;
            self.rows.extend(rows);
            self.folds.extend(rows.iter().map(|&row| self.fold_of_cell[row]));
        }
        Ok(())
    }

    /// The cells that are learnt from, as numbers of the set: the rows of [`Trainer::probabilities`].
    #[must_use]
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// Number of folds: as asked for, or as many as there are images if that is fewer.
    #[must_use]
    pub fn folds(&self) -> usize {
        self.fold_of_cell.iter().max().map_or(0, |&last| usize::from(last) + 1)
    }

    /// The fold of each cell of the set.
    #[must_use]
    pub fn fold_of_cell(&self) -> &[u8] {
        &self.fold_of_cell
    }

    /// Learns every location from all cells that are learnt from. Locations with the same targets as in `before` keep
    /// their rules to the bit; the others start from them. Without `before`, or with one of another trainer, the start is
    /// the base rate.
    ///
    /// `targets`: of the cells of the set.
    ///
    /// # Errors
    /// If it was stopped.
    pub fn fit(&self, targets: &Targets, before: Option<&Fit>, watch: &Watch<'_>) -> Result<Fit, Stopped> {
        let asked: Vec<Asked<'_>> = Location::all()
            .map(|location| Asked { location, held_out: None, before: before.and_then(|fit| fit.of(location)) })
            .collect();
        Ok(Fit { locations: self.learn(targets, &asked, watch)? })
    }

    /// Learns every location once for each fold, from the cells that are not in it, and judges the cells of the fold by
    /// that. Where nothing was learnt `before`, the rules of `fit`, which have seen all cells, are where the descents start;
    /// where they end does not depend on it but for the tolerance. How features come to components was learnt from all
    /// cells, without a word of their labels.
    ///
    /// # Errors
    /// If all cells are of one image, so that nothing can be held out, or it was stopped.
    pub fn cross_fit(
        &self,
        targets: &Targets,
        before: Option<&CrossFit>,
        fit: Option<&Fit>,
        watch: &Watch<'_>,
    ) -> Result<CrossFit, CrossFitError> {
        let folds = self.folds();
        if folds < 2 {
            return Err(OneGroup { cells: self.fold_of_cell.len() }.into());
        }
        let asked = (0..folds).flat_map(|fold| {
            Location::all().map(move |location| {
                let of_fold = before.and_then(|before| before.folds.get(fold)?.of(location));
                let before = of_fold.or_else(|| fit.and_then(|fit| fit.of(location)));
                Asked { location, held_out: Some(fold as u8), before }
            })
        });
        let mut learnt = self.learn(targets, &asked.collect::<Vec<_>>(), watch)?.into_iter();
        let folds: Vec<Fit> =
            (0..folds).map(|_| Fit { locations: learnt.by_ref().take(Location::COUNT).collect() }).collect();
        let mut probabilities = Array2::zeros((self.rows.len(), Location::COUNT));
        for (fold, fit) in folds.iter().enumerate() {
            watch.go_on()?;
            let of_fold = |row: usize| usize::from(self.folds[row]) == fold;
            self.judge(fit, &of_fold, &mut probabilities);
        }
        Ok(CrossFit { folds, probabilities })
    }

    fn learn(&self, targets: &Targets, asked: &[Asked<'_>], watch: &Watch<'_>) -> Result<Vec<Learnt>, Stopped> {
        watch.go_on()?;
        let is_kept: Vec<bool> = asked.iter().map(|asked| self.is_kept(asked, targets)).collect();
        // What the cells that are learnt from show, of the locations that must be learnt.
        let mut columns: Vec<Vec<f32>> = vec![Vec::new(); Location::COUNT];
        for (asked, _) in asked.iter().zip(&is_kept).filter(|(_, is_kept)| !**is_kept) {
            let column = &mut columns[asked.location.index()];
            if column.is_empty() {
                *column = self.rows.iter().map(|&row| targets.at(row, asked.location)).collect();
            }
        }
        let counts: Vec<Counts> = asked.iter().map(|asked| self.counts(asked, &columns)).collect();
        let wanted = asked.iter().zip(&counts).zip(&is_kept);
        let tasks: Vec<Task<'_>> = wanted
            .filter(|((_, counts), is_kept)| !**is_kept && self.reason_against(**counts).is_none())
            .map(|((asked, counts), _)| Task {
                targets: &columns[asked.location.index()],
                held_out: asked.held_out,
                start: self.start(asked, *counts),
                counts: *counts,
            })
            .collect();
        let regularisation = self.params.regularisation;
        let cells = Cells { components: self.components.view(), folds: &self.folds, regularisation };
        let mut found = solve(cells, &tasks, watch)?.into_iter();
        let learnt = asked.iter().zip(counts).zip(is_kept).filter_map(|((asked, counts), is_kept)| {
            if is_kept {
                return asked.before.cloned();
            }
            let (rule, steps) = match self.reason_against(counts) {
                Some(reason) => (Err(reason), 0),
                None => found.next().map(|Found { rule, steps }| (Ok(rule), steps))?,
            };
            let targets = targets.column(asked.location).clone();
            Some(Learnt { counts, rule, steps, targets, held_out: asked.held_out, cells: self.rows.len() })
        });
        Ok(learnt.collect())
    }

    /// Whether a rule can stay as it is: it was learnt from the same cells with the same targets.
    fn is_kept(&self, asked: &Asked<'_>, targets: &Targets) -> bool {
        let targets = targets.column(asked.location);
        asked.before.is_some_and(|before| {
            before.held_out == asked.held_out
                && before.cells == self.rows.len()
                && (Arc::ptr_eq(&before.targets, targets) || before.targets == *targets)
        })
    }

    fn counts(&self, asked: &Asked<'_>, columns: &[Vec<f32>]) -> Counts {
        let cells = columns[asked.location.index()].iter().zip(&self.folds);
        Counts::of(cells.filter(|(_, fold)| asked.held_out != Some(**fold)).map(|(&target, _)| target))
    }

    /// Where a descent starts: at the rule before, else at the base rate.
    fn start(&self, asked: &Asked<'_>, counts: Counts) -> Logit {
        let components = self.whitening.components();
        let before = asked.before.and_then(|before| before.rule.as_ref().ok());
        before.filter(|rule| rule.weights.len() == components).cloned().unwrap_or_else(|| Logit {
            weights: vec![0.0; components],
            intercept: (counts.positives / counts.negatives).ln(),
        })
    }

    fn reason_against(&self, counts: Counts) -> Option<NotLearnt> {
        if counts.positives <= 0.0 {
            Some(NotLearnt::Absent)
        } else if counts.negatives <= 0.0 {
            Some(NotLearnt::Everywhere)
        } else if self.whitening.components() == 0 {
            Some(NotLearnt::NothingVaries)
        } else {
            None
        }
    }

    /// The probability of every location for every cell that is learnt from, by the rules of `fit`:
    /// ([`rows`](Trainer::rows), [`Location::COUNT`]).
    #[must_use]
    pub fn probabilities(&self, fit: &Fit) -> Array2<f32> {
        let mut probabilities = Array2::zeros((self.rows.len(), Location::COUNT));
        self.judge(fit, &|_| true, &mut probabilities);
        probabilities
    }

    /// Writes what `fit` says of the rows that are `asked`, with the priors.
    fn judge(&self, fit: &Fit, asked: &(dyn Fn(usize) -> bool + Sync), probabilities: &mut Array2<f32>) {
        let width = self.whitening.components();
        let weight = |location: usize, component: usize| match &fit.locations.get(location)?.rule {
            Ok(rule) => rule.weights.get(component).copied(),
            Err(_) => None,
        };
        let weights = Array2::from_shape_fn((width, Location::COUNT), |(component, location)| {
            weight(location, component).unwrap_or(0.0) as f32
        });
        // Where there is no rule, one probability for all cells.
        let intercepts: Vec<Result<f32, f32>> = Location::all()
            .zip(&fit.locations)
            .map(|(location, learnt)| match &learnt.rule {
                Ok(rule) => Ok((rule.intercept + self.params.prior_of(location).ln()) as f32),
                Err(_) => Err(with_odds(learnt.counts.share(), self.params.prior_of(location)) as f32),
            })
            .collect();
        let blocks = probabilities.axis_chunks_iter_mut(Axis(0), BLOCK).into_par_iter().enumerate();
        blocks.for_each(|(block, mut probabilities)| {
            let first = block * BLOCK;
            let rows = first..first + probabilities.nrows();
            if !rows.clone().any(asked) {
                return;
            }
            let mut log_odds = Array2::<f32>::zeros((rows.len(), Location::COUNT));
            general_mat_mul(1.0, &self.components.slice(s![rows.clone(), ..]), &weights, 0.0, &mut log_odds);
            for ((row, log_odds), mut out) in rows.zip(log_odds.rows()).zip(probabilities.rows_mut()) {
                if asked(row) {
                    for ((intercept, &log_odds), out) in intercepts.iter().zip(log_odds).zip(&mut out) {
                        *out = match intercept {
                            Ok(intercept) => 1.0 / (1.0 + (-log_odds - intercept).exp()),
                            Err(probability) => *probability,
                        };
                    }
                }
            }
        });
    }

    /// The weights of a location's rule on features, by standard deviation of each; `None` if it has none. O(f c).
    #[must_use]
    pub fn weights_on_features(&self, fit: &Fit, location: Location) -> Option<Vec<f64>> {
        let rule = fit.of(location)?.rule.as_ref().ok()?;
        Some(self.whitening.on_features(rule).weights)
    }

    /// The rules of `fit` as a classifier on features, for cells that are not learnt from, and those of other images.
    /// O(f c) for each location.
    #[must_use]
    pub fn classifier(&self, fit: &Fit) -> Classifier {
        let locations = Location::all().zip(&fit.locations).map(|(location, learnt)| {
            let (positives, prior) = (learnt.counts.positives.round() as usize, self.params.prior_of(location));
            match &learnt.rule {
                Ok(rule) => {
                    let rule = Rule::Logit(self.whitening.on_features(rule)).with_odds(prior);
                    LocationModel::Fitted { positives, rule }
                }
                Err(reason) => {
                    let probability = with_odds(learnt.counts.share(), prior);
                    LocationModel::BaseRate { positives, probability, reason: reason.clone() }
                }
            }
        });
        let cells = fit.locations.iter().map(|learnt| learnt.counts.cells().round() as usize).max().unwrap_or(0);
        let (locations, priors) = (locations.collect(), self.params.priors.clone());
        Classifier { cells, standardisation: self.standardisation.clone(), locations, priors }
    }
}

/// Which of `count` things are drawn by lot so that there are at most `most`.
fn drawn(count: usize, most: usize, seed: u64, number: u64) -> Vec<bool> {
    if count <= most { vec![true; count] } else { Draws::new(seed, number).choose(count, most as f64 / count as f64) }
}

//! Many logistic regressions on the same cells at once. All rules that are sought take their steps together, so that
//! the cells are read once a step for all of them, as a product of matrices.
//!
//! Each rule minimises the cross-entropy of soft targets, summed over cells, plus `regularisation` / 2 times the squared
//! length of its weights; the intercept is free. This is the function that [`Logit::fit`] minimises where
//! targets are 0 or 1. It is convex: there is one minimum, and where a descent starts does not matter but for its length.
//!
//! The descent is [`Descent`]'s.

use std::ops::Range;

use ndarray::{Array2, ArrayView2, Axis, linalg::general_mat_mul, s};
use rayon::prelude::*;

use super::{
    Stopped, Watch,
    descent::{Curvature, Descent},
    targets::{Counts, is_taught},
};
use crate::pipeline::classifier::Logit;

/// Cells whose log-odds are held at a time: with their components some 256 KiB, which stay in the cache between the two
/// products.
const BLOCK: usize = 256;

/// Strips that the cells are divided into. A fixed number: the rounding of a sum depends on where it is cut.
const STRIPS: usize = 64;

/// The share of a rule's rarer kind of cells, those that regularisation stands for included, that the gradient may be
/// long when the descent ends; the logarithms of the odds are then within some 0.001 of the optimum.
const TOLERANCE: f64 = 1e-4;

/// The gradient is never longer than this at the end. One cell whose target changes by a quarter lengthens it by at least
/// 0.25, as the intercept hears every cell alike. So no decision is too small to move its rule.
const LONGEST: f64 = 0.1;

/// The cells that rules are learnt from.
#[derive(Clone, Copy)]
pub(super) struct Cells<'a> {
    /// (cells, components), row-major.
    pub components: ArrayView2<'a, f32>,
    /// The fold of each cell.
    pub folds: &'a [u8],
    /// Weight of half the squared length of a rule's weights.
    pub regularisation: f64,
}

/// A rule that is sought.
pub(super) struct Task<'a> {
    /// Of each cell, 0 to 1; below 0: not learnt from.
    pub targets: &'a [f32],
    /// The fold that is not learnt from.
    pub held_out: Option<u8>,
    /// Where the descent starts.
    pub start: Logit,
    /// Of the cells learnt from; both kinds must occur.
    pub counts: Counts,
}

/// A rule that was found.
pub(super) struct Found {
    pub rule: Logit,
    pub steps: u32,
}

/// Finds the rules of all `tasks`, in their order.
///
/// O(n c t) a step for n cells of c components and t rules that are not found yet; some fifteen steps from the base rate,
/// some nine from the rule before a few decisions.
pub(super) fn solve(cells: Cells<'_>, tasks: &[Task<'_>], watch: &Watch<'_>) -> Result<Vec<Found>, Stopped> {
    let starts: Vec<Vec<f64>> = tasks.iter().map(|task| point_of(&task.start)).collect();
    let slopes =
        look(cells, &tasks.iter().zip(&starts).map(|(task, start)| (task, &start[..])).collect::<Vec<_>>(), watch)?;
    let mut descents: Vec<Descent> = tasks
        .iter()
        .zip(starts)
        .zip(slopes)
        .map(|((task, start), height)| {
            let spread = task.counts.positives * task.counts.negatives / task.counts.cells();
            let rarer = task.counts.positives.min(task.counts.negatives);
            let curvature = Curvature { weights: spread + cells.regularisation, intercept: spread };
            Descent::new(start, height, curvature, (TOLERANCE * (rarer + cells.regularisation)).min(LONGEST))
        })
        .collect();
    loop {
        watch.tell(descents.iter().map(Descent::progress).sum::<f64>() / descents.len().max(1) as f64);
        let moving: Vec<usize> = (0..tasks.len()).filter(|&task| !descents[task].is_done()).collect();
        if moving.is_empty() {
            break;
        }
        let trials: Vec<Vec<f64>> = moving.iter().map(|&task| descents[task].trial()).collect();
        let asked: Vec<_> = moving.iter().zip(&trials).map(|(&task, trial)| (&tasks[task], &trial[..])).collect();
        let heights = look(cells, &asked, watch)?;
        for ((task, trial), height) in moving.into_iter().zip(trials).zip(heights) {
            descents[task].take(trial, height);
        }
    }
    Ok(descents
        .into_iter()
        .map(|descent| Found { steps: descent.steps(), rule: rule_of(descent.into_point()) })
        .collect())
}

/// A value of the function that is minimised, and its gradient: by component, and last by the intercept.
pub(super) struct Height {
    pub loss: f64,
    pub gradient: Vec<f64>,
}

/// Evaluates each task at its point: all weights, and last the intercept.
fn look(cells: Cells<'_>, asked: &[(&Task<'_>, &[f64])], watch: &Watch<'_>) -> Result<Vec<Height>, Stopped> {
    let width = cells.components.ncols();
    let weights = Array2::from_shape_fn((asked.len(), width), |(task, component)| asked[task].1[component] as f32);
    let count = cells.components.nrows();
    let strip = count.div_ceil(STRIPS).max(1);
    let strips: Vec<Range<usize>> = (0..count).step_by(strip).map(|start| start..(start + strip).min(count)).collect();
    let sums: Vec<Sums> = strips
        .into_par_iter()
        .filter_map(|rows| (!watch.is_stopped()).then(|| Sums::over(cells, asked, &weights, rows)))
        .collect();
    if watch.is_stopped() {
        return Err(Stopped);
    }
    let mut heights: Vec<Height> = asked.iter().map(|_| Height { loss: 0.0, gradient: vec![0.0; width + 1] }).collect();
    for sums in sums {
        for (task, height) in heights.iter_mut().enumerate() {
            height.loss += sums.losses[task];
            for (total, &sum) in height.gradient.iter_mut().zip(sums.gradients.row(task)) {
                *total += f64::from(sum);
            }
            height.gradient[width] += sums.residuals[task];
        }
    }
    for (height, (_, point)) in heights.iter_mut().zip(asked) {
        for (slope, weight) in height.gradient.iter_mut().zip(&point[..width]) {
            height.loss += 0.5 * cells.regularisation * weight * weight;
            *slope += cells.regularisation * weight;
        }
    }
    Ok(heights)
}

/// What a strip of cells adds for each task.
struct Sums {
    losses: Vec<f64>,
    /// (tasks, components).
    gradients: Array2<f32>,
    residuals: Vec<f64>,
}

impl Sums {
    fn over(cells: Cells<'_>, asked: &[(&Task<'_>, &[f64])], weights: &Array2<f32>, rows: Range<usize>) -> Self {
        let (tasks, width) = weights.dim();
        let mut sums =
            Self { losses: vec![0.0; tasks], gradients: Array2::zeros((tasks, width)), residuals: vec![0.0; tasks] };
        let mut room = Array2::zeros((tasks, BLOCK.min(rows.len())));
        for start in rows.clone().step_by(BLOCK) {
            let block = start..(start + BLOCK).min(rows.end);
            let components = cells.components.slice(s![block.clone(), ..]);
            let mut log_odds = room.slice_mut(s![.., ..block.len()]);
            general_mat_mul(1.0, weights, &components.t(), 0.0, &mut log_odds);
            for (task, mut log_odds) in log_odds.axis_iter_mut(Axis(0)).enumerate() {
                let (asked, point) = asked[task];
                let targets = asked.targets[block.clone()].iter().zip(&cells.folds[block.clone()]);
                let targets = targets.map(|(&target, &fold)| if asked.held_out == Some(fold) { -1.0 } else { target });
                let (loss, residual) = residuals(log_odds.iter_mut(), targets, point[width] as f32);
                sums.losses[task] += loss;
                sums.residuals[task] += residual;
            }
            general_mat_mul(1.0, &log_odds, &components, 1.0, &mut sums.gradients);
        }
        sums
    }
}

/// Turns log-odds that lack their intercept into what the probabilities exceed the targets by, and sums the loss and
/// these.
///
/// The loss of a cell is ln(1 + exp z) − t z = max(z, 0) − t z + ln(1 + exp −|z|). One logarithm of the product of all
/// 1 + exp −|z|, at most 2 each, stands for the sum of theirs.
fn residuals<'a>(
    log_odds: impl Iterator<Item = &'a mut f32>,
    targets: impl Iterator<Item = f32>,
    intercept: f32,
) -> (f64, f64) {
    let (mut linear, mut product, mut sum) = (0.0_f64, 1.0_f64, 0.0_f64);
    for (log_odds, target) in log_odds.zip(targets) {
        let z = *log_odds + intercept;
        *log_odds = 0.0;
        if is_taught(target) {
            let small = (-z.abs()).exp();
            let likelier = 1.0 / (1.0 + small);
            let probability = if z < 0.0 { small * likelier } else { likelier };
            *log_odds = probability - target;
            linear += f64::from(z.max(0.0) - target * z);
            product *= 1.0 + f64::from(small);
            sum += f64::from(*log_odds);
        }
    }
    (linear + product.ln(), sum)
}

fn point_of(rule: &Logit) -> Vec<f64> {
    rule.weights.iter().copied().chain([rule.intercept]).collect()
}

fn rule_of(mut point: Vec<f64>) -> Logit {
    let intercept = point.pop().unwrap_or_default();
    Logit { weights: point, intercept }
}

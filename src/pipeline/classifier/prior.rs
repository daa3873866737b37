//! The class prior of a location: how frequent it is on cells, if that is another share than its labels have.
//!
//! Labels of images are inherited by all their cells, also by those that do not show the location; so it is taught too
//! often, or, where many labels are missing, too rarely. Rules learn how frequent it was taught, and their probabilities
//! are too high or too low by one factor on the odds, as long as cells of either kind look the same (Elkan 2001; Saerens,
//! Latinne & Decaestecker 2002). [`choose`] finds this factor from cells of which people decided what they show, and
//! [`TrainingParams::priors`](super::TrainingParams::priors) keeps it.
//!
//! WHAT IT MOVES. The factor is the same for all cells, so their order stays, and with it the average precision and the
//! area under the curve of the location. What moves are the probabilities: their calibration, what lies above a threshold,
//! Negative as what the other locations leave, and the order of cells of different locations in one list.
//!
//! THE CRITERION is therefore the log loss of held-out probabilities, which is least for the right ones, and neither average
//! precision, which cannot tell, nor F1, which a threshold could serve as well. All labels would not do to judge by: the
//! intercept of a rule is at their best already.
//!
//! Not here: a weight for single cells, and which cells people decided about. If these were those most in doubt, their
//! share of a location is not that of all cells.

use rayon::prelude::*;

/// How much a factor other than 1 is to be believed: half the square of its logarithm costs as much as this loss. It holds
/// back like four cells that are as likely as not.
const PULL: f64 = 1.0;

/// Halvings of the interval that the best factor lies in.
const HALVINGS: usize = 40;

/// Answers without which nothing is chosen.
pub const FEWEST: usize = 10;

/// The largest factor on odds; its inverse is the smallest.
pub const MOST: f64 = 100.0;

/// What a rule that has not seen a cell says of it, and what somebody found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    /// The logarithm of the odds that it shows the location.
    pub log_odds: f64,
    /// Whether it does.
    pub shows: bool,
    /// The part of the cells that it was held out with.
    pub fold: u8,
}

/// The best factor for a location.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// By what odds are to be multiplied. 1 if no factor holds for answers that it was not chosen by.
    pub factor: f64,
    /// Mean log loss of an answer as things are.
    pub loss_before: f64,
    /// The same by factors that were chosen without the answer's part.
    pub loss_after: f64,
}

/// The factor on odds by which `answers` are most probable, if it holds for each part of them when it is chosen by the
/// others: cross-validation. `None` if there are fewer than [`FEWEST`] or all of one part. O(n) for each of some hundred
/// steps and each part.
#[must_use]
pub fn choose(answers: &[Answer]) -> Option<Choice> {
    let mut folds: Vec<u8> = answers.iter().map(|answer| answer.fold).collect();
    folds.sort_unstable();
    folds.dedup();
    if answers.len() < FEWEST || folds.len() < 2 {
        return None;
    }
    let mean = |sum: f64| sum / answers.len() as f64;
    let loss_before = mean(answers.iter().map(|answer| loss(answer, 0.0)).sum());
    let parts = folds.par_iter().map(|&fold| {
        let shift = best_shift(|| answers.iter().filter(move |answer| answer.fold != fold));
        answers.iter().filter(|answer| answer.fold == fold).map(|answer| loss(answer, shift)).sum::<f64>()
    });
    let loss_after = mean(parts.collect::<Vec<_>>().into_iter().sum());
    let factor = if loss_after < loss_before { best_shift(|| answers.iter()).exp() } else { 1.0 };
    Some(Choice { factor, loss_before, loss_after })
}

/// A probability whose odds are multiplied by `factor`.
///
/// # Examples
/// ```
/// use cytoscribe::pipeline::classifier::prior::with_odds;
/// assert_eq!(with_odds(0.5, 3.0), 0.75);
/// assert_eq!((with_odds(0.0, 9.0), with_odds(1.0, 0.1)), (0.0, 1.0));
/// ```
#[must_use]
pub fn with_odds(probability: f64, factor: f64) -> f64 {
    let likely = probability * factor;
    likely / (likely + (1.0 - probability))
}

/// The logarithm of the odds of a probability, which rounding may have made 0 or 1.
#[must_use]
pub fn log_odds(probability: f64) -> f64 {
    let probability = probability.clamp(1e-7, 1.0 - 1e-7);
    (probability / (1.0 - probability)).ln()
}

/// ln(1 + exp −z) of a cell that shows the location, with z the logarithm of its odds.
fn loss(answer: &Answer, shift: f64) -> f64 {
    let z = answer.log_odds + shift;
    let against = if answer.shows { -z } else { z };
    against.max(0.0) + (-against.abs()).exp().ln_1p()
}

/// What is to be added to the logarithms of the odds: where the slope of the loss, which rises all the way, is 0.
fn best_shift<'a, I: Iterator<Item = &'a Answer>>(answers: impl Fn() -> I) -> f64 {
    let slope = |shift: f64| {
        let excess =
            |answer: &Answer| (1.0 + (-answer.log_odds - shift).exp()).recip() - f64::from(u8::from(answer.shows));
        PULL * shift + answers().map(excess).sum::<f64>()
    };
    let (mut low, mut high) = (-MOST.ln(), MOST.ln());
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if slope(middle) < 0.0 { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

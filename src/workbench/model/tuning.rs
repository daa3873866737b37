//! Which regularisation ranks best, by cross-validation. Done on request: it takes some ten times as long as a judgement,
//! and what ranks best on noisy labels need not be best by the truth.

use super::lessons::{DecidedCells, Lessons};
use crate::{
    pipeline::classifier::retraining::{CrossFitError, Watch},
    workbench::model::{judgement::Judgement, lessons::LessonsError},
};

/// What is tried: a factor of about three from one to the next.
pub const TRIED: [f64; 8] = [1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0];

/// How well one regularisation ranks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tried {
    /// The regularisation.
    pub regularisation: f64,
    /// Mean average precision on all cells.
    pub mean: Option<f64>,
    /// The same on cells that people decided about.
    pub mean_of_decided: Option<f64>,
}

/// Tries [`TRIED`].
///
/// # Errors
/// If all cells are of one image, or it was stopped.
pub fn tune(lessons: &Lessons, decided: &[DecidedCells], watch: &Watch<'_>) -> Result<Vec<Tried>, TuningError> {
    let targets = lessons.taught(decided);
    let mut tried = Vec::new();
    for (number, regularisation) in TRIED.into_iter().enumerate() {
        let progress = |done: f64| (watch.progress)((number as f64 + done) / TRIED.len() as f64);
        let watch = Watch { stop: watch.stop, progress: &progress };
        let trainer = lessons.trainer().with_regularisation(regularisation);
        let cross_fit = trainer.cross_fit(&targets, None, None, &watch).map_err(|error| match error {
            CrossFitError::OneGroup(reason) => TuningError::OneGroup(reason.to_string()),
            CrossFitError::Stopped(stopped) => TuningError::Lessons(stopped.into()),
        })?;
        let judged = Judgement::new(lessons, &targets, cross_fit, decided);
        tried.push(Tried { regularisation, mean: judged.mean, mean_of_decided: judged.mean_of_decided });
    }
    Ok(tried)
}

/// The one that ranks best; of equals the strongest, as it trusts single cells least.
#[must_use]
pub fn best(tried: &[Tried]) -> Option<&Tried> {
    tried.iter().filter(|tried| tried.mean.is_some()).max_by(|one, other| {
        let mean = |tried: &Tried| tried.mean.unwrap_or(0.0);
        mean(one).total_cmp(&mean(other)).then(one.regularisation.total_cmp(&other.regularisation))
    })
}

/// Why nothing was tried.
#[derive(Debug, thiserror::Error)]
pub enum TuningError {
    /// Nothing can be held out.
    #[error("{0}")]
    OneGroup(String),
    /// There is nothing to learn from, or it was stopped.
    #[error(transparent)]
    Lessons(#[from] LessonsError),
}

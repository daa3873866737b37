//! How frequent locations are on cells by what people decided, beside what labels say. Done on request: it says something
//! only if cells were decided about in random order, and a project that is exported changes by it.

use rayon::prelude::*;

use super::{
    judgement::Judgement,
    lessons::{DecidedCells, Lessons},
};
use crate::{
    atlas::Location,
    pipeline::classifier::{
        TrainingParams,
        prior::{Answer, Choice, choose, log_odds},
    },
};

/// What is found of one location.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TriedPrior {
    /// The location.
    pub location: Location,
    /// Cells that were judged and decided to show it.
    pub yes: usize,
    /// Those decided not to.
    pub no: usize,
    /// The best factor on the odds that rules give by labels alone, and its losses; `None`: too few are decided.
    pub choice: Option<Choice>,
}

/// Tries to set right how frequent each location is. `judged`: by rules that were learnt with `training`, whose own priors
/// are taken off first.
#[must_use]
pub fn try_priors(
    lessons: &Lessons,
    judged: &Judgement,
    training: &TrainingParams,
    decided: &[DecidedCells],
) -> Vec<TriedPrior> {
    let mut answers: Vec<Vec<Answer>> = vec![Vec::new(); Location::COUNT];
    let folds = lessons.trainer().fold_of_cell();
    for (number, location, shows) in lessons.verdicts(decided) {
        if let (Some(probability), Some(&fold)) = (judged.probability(number, location), folds.get(number)) {
            let log_odds = log_odds(f64::from(probability)) - training.prior_of(location).ln();
            answers[location.index()].push(Answer { log_odds, shows, fold });
        }
    }
    let all: Vec<(Location, Vec<Answer>)> = Location::all().zip(answers).collect();
    let tried = |(location, answers): &(Location, Vec<Answer>)| {
        let yes = answers.iter().filter(|answer| answer.shows).count();
        TriedPrior { location: *location, yes, no: answers.len() - yes, choice: choose(answers) }
    };
    all.par_iter().map(tried).collect()
}

/// `training` with the factors that were found; locations of which nothing is found keep theirs.
#[must_use]
pub fn with_priors(training: &TrainingParams, tried: &[TriedPrior]) -> TrainingParams {
    let mut training = training.clone();
    for tried in tried {
        match tried.choice {
            // Exactly 1 where nothing is to be set right.
            #[expect(clippy::float_cmp, reason = "1 stands for no factor")]
            Some(choice) if choice.factor == 1.0 => training.priors.remove(&tried.location),
            Some(choice) => training.priors.insert(tried.location, choice.factor),
            None => None,
        };
    }
    training
}

//! The model of the set on the table: learnt from its cells as their images and people's decisions say, anew after every
//! decision, and judged by cross-validation.
//!
//! ```text
//! lessons    the cells that are learnt from, brought to components once, and what they are taught as
//! judgement  what rules say of cells that they have not seen: how good they are, and which labels to doubt
//! history    one line for each training, so that one sees whether cleaning helps
//! tuning     which regularisation ranks best, on request
//! priors     how frequent locations are by what was decided, on request
//! ```
//! A [`Model`] is made in two steps: rules, which the window shows at once, and their judgement, which takes some six times
//! as long. Until that is there, the judgement of the model before stands in.

pub mod history;
pub mod judgement;
pub mod lessons;
pub mod priors;
pub mod tuning;

use std::sync::Arc;

use super::{results::SetKey, set_cells::CellAt};
use crate::{
    atlas::Location,
    pipeline::classifier::{
        Logit, TrainingParams,
        retraining::{CrossFitError, Fit, Watch},
    },
};
use judgement::Judgement;
use lessons::{DecidedCells, LessonSource, Lessons, LessonsError};

/// All that the cells to learn from follow from.
#[derive(Clone, Debug, PartialEq)]
pub struct LessonsKey {
    /// How they are measured.
    pub set: SetKey,
    /// Counts what is known of them.
    pub revision: u64,
    /// The labels of images are from this reading of them.
    pub label_readings: u64,
    /// How is learnt from them.
    pub training: TrainingParams,
    /// What of an image's ID names its sample.
    pub samples: Option<String>,
}

/// All that a model follows from.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelKey {
    /// The cells.
    pub lessons: LessonsKey,
    /// Records of decisions that were taken in.
    pub records: usize,
    /// Counts what was looked up about where decisions fall.
    pub placed: u64,
}

/// What was learnt about all locations.
#[derive(Clone, Debug)]
pub struct Model {
    /// What it follows from.
    pub key: ModelKey,
    /// Counts the models of this set, from 1.
    pub number: u64,
    /// What was learnt from.
    pub lessons: Arc<Lessons>,
    /// The rules.
    pub fit: Arc<Fit>,
    /// The number of the model that the judgement is of: this one or, until it is judged, the one before.
    pub judged_number: Option<u64>,
    /// How good they are, or those before; or in words why that cannot be told.
    pub judgement: Option<Result<Arc<Judgement>, String>>,
}

impl Model {
    /// What rules that have not seen a cell's image say of it.
    #[must_use]
    pub fn judged(&self) -> Option<&Arc<Judgement>> {
        self.judgement.as_ref()?.as_ref().ok()
    }

    /// The probability of a location for a cell, by rules that have not seen the cell's image; `None` if it was not judged.
    #[must_use]
    pub fn probability(&self, at: CellAt, location: Location) -> Option<f32> {
        self.judged()?.probability(self.lessons.number(at)?, location)
    }

    /// How much it is to be doubted whether what is said of a cell is right as to a location; `None` if it was not judged.
    #[must_use]
    pub fn doubt(&self, at: CellAt, location: Location) -> Option<f32> {
        self.judged()?.doubt(self.lessons.number(at)?, location)
    }

    /// The ten features that speak most for (weight above 0) or against a location, the heaviest first: their numbers and
    /// weights by standard deviation. O(features × components).
    #[must_use]
    pub fn heaviest_features(&self, location: Location) -> Vec<(usize, f64)> {
        let weights = self.lessons.trainer().weights_on_features(&self.fit, location).unwrap_or_default();
        Logit::heaviest(&weights, 10)
    }
}

/// What is to be learnt.
#[derive(Clone, Copy, Debug)]
pub struct Round<'a> {
    /// What the model will follow from.
    pub key: &'a ModelKey,
    /// The model before: of the same cells, its rules are where the descents start.
    pub before: Option<&'a Model>,
    /// The cells.
    pub source: LessonSource<'a>,
    /// What is decided about them.
    pub decided: &'a [DecidedCells],
}

/// Learns. The rules are given to `show` before they are judged.
///
/// # Errors
/// If there is nothing to learn from, or it was stopped.
pub fn learn(round: Round<'_>, show: impl FnOnce(Model), watch: &Watch<'_>) -> Result<Model, LessonsError> {
    let Round { key, before, source, decided } = round;
    let same = before.filter(|before| before.key.lessons == key.lessons);
    // What of the whole is done with the lessons, and with the rules.
    let (prepared, found) = if same.is_some() { (0.0, 0.2) } else { (0.5, 0.6) };
    let tell = watch.progress;
    let preparing = Watch { stop: watch.stop, progress: &|done| tell(prepared * done) };
    let finding = Watch { stop: watch.stop, progress: &|done| tell(prepared + (found - prepared) * done) };
    let judging = Watch { stop: watch.stop, progress: &|done| tell(found + (1.0 - found) * done) };
    let mut lessons = match same {
        Some(before) => Arc::clone(&before.lessons),
        None => Arc::new(Lessons::prepare(source, decided, &key.lessons.training, &preparing)?),
    };
    if lessons.misses(decided) {
        Arc::make_mut(&mut lessons).take_in(source.cells, decided, &preparing)?;
    }
    let targets = lessons.taught(decided);
    let trainer = lessons.trainer();
    let fit = Arc::new(trainer.fit(&targets, same.map(|before| &*before.fit), &finding)?);
    let judgement = same.and_then(|before| before.judgement.clone());
    let judged_number = same.and_then(|before| before.judged_number);
    let number = before.map_or(0, |before| before.number) + 1;
    let model = Model { key: key.clone(), number, lessons: Arc::clone(&lessons), fit, judged_number, judgement };
    show(model.clone());
    let cross_before = same.and_then(Model::judged).map(|judged| &judged.cross_fit);
    let judgement = match trainer.cross_fit(&targets, cross_before, Some(&model.fit), &judging) {
        Ok(cross_fit) => Ok(Arc::new(Judgement::new(&lessons, &targets, cross_fit, decided))),
        Err(CrossFitError::OneGroup(reason)) => Err(reason.to_string()),
        Err(CrossFitError::Stopped(stopped)) => return Err(stopped.into()),
    };
    Ok(Model { judged_number: Some(number), judgement: Some(judgement), ..model })
}

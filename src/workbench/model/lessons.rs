//! The cells that are learnt from, and what they are taught as.
//!
//! Every measured cell of a labelled image is taught as its image says, unless somebody decided otherwise: yes is 1, no is
//! 0, grades 1 to 5 are 0, ¼, ½, ¾ and 1, and a cell that is left out teaches nothing. Cells of images without labels
//! teach only what was decided about them.
//!
//! MEMORY. 1 kB a cell that is learnt from (components) and some 130 bytes a cell of the set; while features are read, 2 kB
//! a cell that is learnt from more. Of sets of more than [`Trainer::MOST_CELLS`] cells as many are drawn by lot, and those
//! that were decided about join them.

use std::sync::Arc;

use ndarray::Array2;
use rayon::prelude::*;

use crate::{
    atlas::{Location, LocationSet},
    pipeline::{
        classifier::{
            SamplePattern, Targets, Trainer, TrainingParams, numbered,
            retraining::{Stopped, TrainerError, Watch},
            samples::SamplePatternError,
        },
        features::FEATURE_COUNT,
    },
    project::labels::{CellDecisions, Verdict},
    storage::FileError,
    workbench::{
        placements::PlacedField,
        set_cells::{CellAt, SetCells},
    },
};

/// Fields whose features are read at a time.
const PORTION: usize = 64;

/// The cells of one field about which something is decided.
#[derive(Clone, Debug)]
pub struct DecidedCells {
    /// The place of the field in the set.
    pub field: usize,
    /// What is decided.
    pub placed: Arc<PlacedField>,
}

/// The cells of a set, ready to learn from.
#[derive(Clone, Debug)]
pub struct Lessons {
    /// All measured cells in the order of the set; a cell's number is its place here.
    cells: Vec<CellAt>,
    /// Of each field, the number of its first cell.
    first: Vec<usize>,
    /// Of each field, the ids of its cells.
    ids: Vec<Vec<u32>>,
    /// The labels of each field's image, if it has any.
    of_images: Vec<Option<LocationSet>>,
    /// What cells are taught as without any decision.
    inherited: Targets,
    /// Numbers the samples that cells are of.
    samples: Vec<usize>,
    trainer: Trainer,
}

/// What is known about the cells to learn from.
#[derive(Clone, Copy, Debug)]
pub struct LessonSource<'a> {
    /// The cells. Features are read from the disk.
    pub cells: &'a SetCells,
    /// The labels of each field's image.
    pub of_images: &'a [Option<LocationSet>],
    /// What of an image's ID names its sample.
    pub samples: Option<&'a str>,
}

/// Why nothing can be learnt.
#[derive(Debug, thiserror::Error)]
pub enum LessonsError {
    /// What is stored of the cells is damaged.
    #[error(transparent)]
    File(#[from] FileError),
    /// The pattern of samples is none.
    #[error(transparent)]
    Samples(#[from] SamplePatternError),
    /// The cells cannot be learnt from.
    #[error(transparent)]
    Trainer(#[from] TrainerError),
    /// Somebody asked for it.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl LessonsError {
    /// Whether it is no failure but what somebody asked for.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        matches!(self, Self::Stopped(_) | Self::Trainer(TrainerError::Stopped(_)))
    }
}

impl Lessons {
    /// Prepares the cells of a set. Those that are `decided` about are among those learnt from in any case.
    ///
    /// # Errors
    /// If there are no cells, features cannot be read, or it was stopped.
    pub fn prepare(
        source: LessonSource<'_>,
        decided: &[DecidedCells],
        params: &TrainingParams,
        watch: &Watch<'_>,
    ) -> Result<Self, LessonsError> {
        let LessonSource { cells: set, of_images, samples } = source;
        let pattern = samples.map(SamplePattern::new).transpose()?;
        let cells: Vec<CellAt> = set.all().collect();
        let ids: Vec<Vec<u32>> = set
            .fields
            .iter()
            .map(|field| field.iter().flat_map(|field| &field.cells).map(|cell| cell.id).collect())
            .collect();
        let first: Vec<usize> = ids
            .iter()
            .scan(0, |next, ids: &Vec<u32>| {
                let first = *next;
                *next += ids.len();
                Some(first)
            })
            .collect();
        let of_images: Vec<Option<LocationSet>> =
            (0..set.fields.len()).map(|field| of_images.get(field).copied().flatten()).collect();
        let labels: Vec<LocationSet> =
            cells.iter().map(|at| of_images[at.field as usize].unwrap_or_default()).collect();
        let name = |at: &CellAt| {
            let image = set.field(at.field as usize).map_or("", |field| field.image.as_str());
            pattern.as_ref().map_or(image, |pattern| pattern.sample_of(image))
        };
        let names: Vec<&str> = cells.iter().map(name).collect();
        let mut inherited = Targets::of_labels(&labels);
        for (number, at) in cells.iter().enumerate() {
            if of_images[at.field as usize].is_none() {
                inherited.set(number, None);
            }
        }
        let keep = numbers_of(decided, &first, &ids);
        let rows = Trainer::rows_of(cells.len(), params.seed, &keep);
        let features = features_of(set, &cells, &rows, &Watch { stop: watch.stop, progress: &|_| {} })?;
        let trainer = Trainer::new(features.view(), &rows, &names, &labels, params, watch)?;
        let samples = numbered(names.iter().copied());
        Ok(Self { cells, first, ids, of_images, inherited, samples, trainer })
    }

    /// All cells of the set in their order.
    #[must_use]
    pub fn cells(&self) -> &[CellAt] {
        &self.cells
    }

    /// The number of a cell, by which all that is learnt knows it.
    #[must_use]
    pub fn number(&self, at: CellAt) -> Option<usize> {
        let (first, ids) = (self.first.get(at.field as usize)?, self.ids.get(at.field as usize)?);
        ((at.cell as usize) < ids.len()).then_some(first + at.cell as usize)
    }

    /// What brings cells to rules.
    #[must_use]
    pub fn trainer(&self) -> &Trainer {
        &self.trainer
    }

    /// Of each cell by number, the number of its image, or of the sample if several images show one.
    #[must_use]
    pub fn samples(&self) -> &[usize] {
        &self.samples
    }

    /// The labels of the image of a cell; `None` if it has none.
    #[must_use]
    pub fn of_image(&self, number: usize) -> Option<LocationSet> {
        self.of_images.get(self.cells.get(number)?.field as usize).copied().flatten()
    }

    /// The labels of each labelled image, and the number of its cells.
    pub(super) fn labelled_images(&self) -> impl Iterator<Item = (LocationSet, usize)> + '_ {
        self.of_images.iter().zip(&self.ids).filter_map(|(labels, ids)| Some(((*labels)?, ids.len())))
    }

    /// Whether cells that are `decided` about are not learnt from yet.
    #[must_use]
    pub fn misses(&self, decided: &[DecidedCells]) -> bool {
        self.trainer.rows().len() < self.cells.len() && !self.missing(decided).is_empty()
    }

    fn missing(&self, decided: &[DecidedCells]) -> Vec<usize> {
        self.trainer.missing(&numbers_of(decided, &self.first, &self.ids))
    }

    /// Sees to it that all cells that are `decided` about are learnt from. Reads their features from `set`.
    ///
    /// # Errors
    /// If features cannot be read, or it was stopped.
    pub fn take_in(&mut self, set: &SetCells, decided: &[DecidedCells], watch: &Watch<'_>) -> Result<(), LessonsError> {
        let missing = self.missing(decided);
        let features = features_of(set, &self.cells, &missing, watch)?;
        Ok(self.trainer.learn_from(features.view(), &missing, watch)?)
    }

    /// What all cells are taught as, with these decisions.
    #[must_use]
    pub fn taught(&self, decided: &[DecidedCells]) -> Targets {
        let mut targets = self.inherited.clone();
        for (number, decisions) in self.decisions(decided) {
            if decisions.exclusion.is_some() {
                targets.set(number, None);
                continue;
            }
            for location in Location::all() {
                if let Some(verdict) = decisions.of(location) {
                    targets.say(number, location, Some(verdict.probability()));
                }
            }
        }
        targets
    }

    /// The cells about which something is decided, by number.
    pub(super) fn decisions<'a>(
        &'a self,
        decided: &'a [DecidedCells],
    ) -> impl Iterator<Item = (usize, &'a CellDecisions)> + 'a {
        numbered_decisions(decided, &self.first, &self.ids)
    }

    /// What was decided whether a cell shows a location, as yes or no.
    pub(super) fn verdicts<'a>(
        &'a self,
        decided: &'a [DecidedCells],
    ) -> impl Iterator<Item = (usize, Location, bool)> + 'a {
        self.decisions(decided).filter(|(_, decisions)| decisions.exclusion.is_none()).flat_map(
            |(number, decisions)| {
                Location::all().filter_map(move |location| {
                    Some((number, location, decisions.of(location).and_then(Verdict::leaning)?))
                })
            },
        )
    }
}

/// The cells about which something is decided, by number. `first`: of each field, the number of its first cell; `ids`: the
/// ids of its cells.
fn numbered_decisions<'a>(
    decided: &'a [DecidedCells],
    first: &'a [usize],
    ids: &'a [Vec<u32>],
) -> impl Iterator<Item = (usize, &'a CellDecisions)> + 'a {
    decided.iter().flat_map(move |DecidedCells { field, placed }| {
        let (first, ids) = (first.get(*field), ids.get(*field));
        placed.decided().filter_map(move |(id, decisions)| Some((first? + ids?.binary_search(&id).ok()?, decisions)))
    })
}

/// Their numbers alone.
fn numbers_of(decided: &[DecidedCells], first: &[usize], ids: &[Vec<u32>]) -> Vec<usize> {
    numbered_decisions(decided, first, ids).map(|(number, _)| number).collect()
}

/// The features of some cells by number, in ascending order: (rows, features). Reads from the disk.
fn features_of(
    set: &SetCells,
    cells: &[CellAt],
    rows: &[usize],
    watch: &Watch<'_>,
) -> Result<Array2<f32>, LessonsError> {
    let wanted: Vec<CellAt> = rows.iter().filter_map(|&row| cells.get(row).copied()).collect();
    let of_fields: Vec<&[CellAt]> = wanted.chunk_by(|one, next| one.field == next.field).collect();
    let mut all: Vec<f32> = Vec::with_capacity(rows.len() * FEATURE_COUNT);
    for portion in of_fields.chunks(PORTION) {
        if (watch.stop)() {
            return Err(Stopped.into());
        }
        let read = |wanted: &&[CellAt]| -> Result<Vec<f32>, FileError> {
            let features = set.features_of(wanted[0].field as usize)?.unwrap_or_default();
            Ok(wanted.iter().flat_map(|at| features.get(at.cell as usize).into_iter().flatten()).copied().collect())
        };
        let read: Vec<Vec<f32>> = portion.par_iter().map(read).collect::<Result<_, FileError>>()?;
        for features in &read {
            all.extend_from_slice(features);
        }
    }
    let found = all.len() / FEATURE_COUNT;
    // What is stored with another number of features would be told by the trainer.
    Ok(Array2::from_shape_vec((found, FEATURE_COUNT), all).unwrap_or_default())
}

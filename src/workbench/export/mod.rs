//! EXPORT of a project: from its images, labels and decisions to a submission, a table of cells, masks, a model and a
//! report, by one way for the window and for `cytoscribe replay`, so that both write the same bytes.
//!
//! ```text
//! gather    the cells of all fields, from the project's store or measured now; masks and annotations are written
//! learn     a cold fit on what the cells are taught, and probabilities of rules that have not seen them
//! effects   post-processing, and what it does to the local score
//! files     submission, table, model
//! doctor    reads them back, compares and scores them
//! report    one page that lets it be repeated
//! ```
//! Nothing is ever written into the project's folder or among the images.

pub mod counts;
pub mod decoded;
pub mod doctor;
pub mod effects;
pub mod files;
pub mod gather;
pub mod learn;
pub mod progress;
pub mod report;
pub mod target;
pub mod truth;

pub use counts::Counts;
pub use doctor::Diagnosis;
pub use effects::{Effects, Predicted};
pub use progress::{Doing, ExportProgress, ExportWatch, Stopped};
pub use target::{Products, TableKind, Target, TargetError};

use std::{path::Path, sync::Arc};

use super::whole_set::aside;
use crate::{
    atlas::LocationSet,
    pipeline::{
        classifier::{SamplePattern, TrainingParams, samples::SamplePatternError, training_set::TrainingSetError},
        submission::Selection,
    },
    project::Project,
    storage::{FileError, ImageSet, OutputFile, feature_table::FeatureTableError, table::TableError},
};
use doctor::{Expected, examine};
use files::{WrittenFile, by_cell, write_learnt_model, write_submission, write_table, written};
use gather::gather;
use learn::{Learnt, learn};
use report::{Told, report};
use truth::{Truth, known};

/// A project with its set: all that an export follows from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The fields.
    pub set: &'a ImageSet,
    /// The labels of the images, in the order of the fields.
    pub image_labels: &'a [Option<LocationSet>],
    /// The decisions, also those about cells.
    pub project: &'a Project,
    /// The folder of the project.
    pub folder: &'a Path,
    /// What is known of what cells really show: the folder of true masks and `cells.csv`.
    pub truth: Option<&'a Path>,
}

/// What an export came to.
#[derive(Clone, Debug)]
pub struct Exported {
    /// Cells with probabilities; `None` if nothing could be learnt.
    pub predicted: Option<Arc<Predicted>>,
    /// What it holds.
    pub counts: Counts,
    /// The files that were written; none if none were asked for.
    pub written: Vec<WrittenFile>,
    /// What the doctor found.
    pub diagnosis: Diagnosis,
    /// The text of the report.
    pub report: String,
    /// Fields that failed: (ID, reason).
    pub failures: Vec<(String, String)>,
}

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The set has not all stains.
    #[error("the set has nuclei only: `cytoscribe segment` writes their masks")]
    NucleusOnly,
    /// The folder does not do.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// A file cannot be written or read back.
    #[error(transparent)]
    File(#[from] FileError),
    /// The table cannot be written.
    #[error(transparent)]
    Table(FeatureTableError),
    /// The truth cannot be read.
    #[error(transparent)]
    Truth(#[from] TableError),
    /// The model cannot be written.
    #[error("{0}")]
    Model(String),
    /// There is nothing to learn from, and what follows from learning was asked for.
    #[error("a submission and a model follow from labels, but {reason}: read a label file, or leave both out")]
    NothingLearnt {
        /// Why not.
        reason: TrainingSetError,
    },
    /// The project's pattern of samples is none.
    #[error(transparent)]
    Samples(#[from] SamplePatternError),
    /// Cells do not make a training set.
    #[error(transparent)]
    Training(TrainingSetError),
    /// The program is at fault.
    #[error("a fault of the program, please report it: {0}")]
    Fault(String),
    /// Somebody asked for it.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Exports what `source` is to `target`; without one, learns and judges only.
///
/// # Errors
/// If a file cannot be written, nothing can be learnt that is asked for, or the work is stopped. A field that fails costs
/// itself alone.
pub fn export(source: &Source, target: Option<&Target>, watch: ExportWatch) -> Result<Exported, ExportError> {
    aside(|| export_all(source, target, watch))
}

fn export_all(source: &Source, target: Option<&Target>, watch: ExportWatch) -> Result<Exported, ExportError> {
    if source.set.is_nucleus_only() {
        return Err(ExportError::NucleusOnly);
    }
    let truth = source.truth.map(Truth::read).transpose()?;
    if let Some(target) = target {
        target.prepare(source.set.root(), source.folder)?;
    }
    let gathered = gather(source, target, watch)?;
    let training: &TrainingParams = source.project.training();
    let samples = source.project.samples().map(SamplePattern::new).transpose()?;
    let learnt = learn(&gathered, source.project.measurement(), training, samples.as_ref(), watch);
    let needs_learning = target.is_some_and(|target| target.products.submission || target.products.model);
    let learnt: Result<Learnt, TrainingSetError> = match learnt {
        Ok(learnt) => Ok(learnt),
        Err(ExportError::Training(reason)) if needs_learning => return Err(ExportError::NothingLearnt { reason }),
        Err(ExportError::Training(reason)) => Err(reason),
        Err(other) => return Err(other),
    };
    let predicted = learnt.as_ref().ok().map(|learnt| {
        let (known, known_from) = known(&gathered, truth.as_ref());
        let probabilities = learnt.probabilities.clone();
        let (facts, image_labels) = (gathered.facts(), gathered.image_labels());
        Arc::new(Predicted { probabilities, facts, image_labels, known, known_from })
    });
    let mut exported = Exported {
        predicted: predicted.clone(),
        counts: Counts::of(&gathered),
        written: Vec::new(),
        diagnosis: Diagnosis::default(),
        report: String::new(),
        failures: gathered.fields.iter().filter_map(|field| Some((field.id.clone(), field.failure.clone()?))).collect(),
    };
    let selection = target.map(|target| target.products.selection).unwrap_or_default();
    if let Some(target) = target {
        let products = &target.products;
        let verdicts: Vec<_> = gathered.cells().map(|(_, cell)| cell.decisions.verdicts).collect();
        let confident = |predicted: &Arc<Predicted>| predicted.written(source.project.post_processing(), &verdicts);
        let confidences = predicted.as_ref().map(|predicted| by_cell(confident(predicted).view()));
        let learnt = learnt.as_ref().ok().zip(confidences.as_deref());
        let selected = learnt.map(|(learnt, all)| (all, Selection::new(&selection, &learnt.model.image_rates, all)));
        if let Some((all, selected)) = selected.as_ref().filter(|_| products.submission) {
            write_submission(target, &gathered, all, selected, watch)?;
        }
        write_table(target, &gathered, learnt, watch)?;
        if let Some((learnt, _)) = learnt.filter(|_| products.model) {
            write_learnt_model(target, learnt)?;
        }
        let expected = Expected {
            gathered: &gathered,
            predicted: predicted.as_deref(),
            written: selected.as_ref().map(|(all, selected)| (*all, selected)),
            truth: truth.as_ref(),
        };
        exported.diagnosis = examine(target, expected, watch)?;
        exported.written = written(target, &gathered, learnt.is_some())?;
    }
    let reason = learnt.as_ref().err().map(ToString::to_string).unwrap_or_default();
    exported.report = report(&Told {
        source,
        training,
        selection,
        gathered: &gathered,
        learnt: learnt.as_ref().map_err(|_| reason.as_str()),
        predicted: predicted.as_deref(),
        written: &exported.written,
        diagnosis: &exported.diagnosis,
    });
    if let Some(target) = target {
        OutputFile::write(target.report(), exported.report.as_bytes())?;
    }
    Ok(exported)
}

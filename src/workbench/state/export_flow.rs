//! Exports from the window: what runs, what came of it, and what follows from it until the next one: the effect of
//! post-processing on the score, and the masks of the submission on their images.

use std::{path::PathBuf, sync::Arc};

use super::Workbench;
use crate::{
    pipeline::{classifier::TrainingParams, post_processing::PostProcessingParams},
    workbench::{
        Focus,
        export::{
            Counts, Doing, Effects, ExportProgress, ExportWatch, Exported, Predicted, Source, Target,
            decoded::{DecodedMasks, decoded_masks},
            export,
            truth::truth_beside,
        },
        lane::{Computed, Lane},
        results::SetKey,
    },
};

/// What the window may ask of exports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportCommand {
    /// Write this; without a target, learn and judge only.
    Start(Option<Target>),
    /// Stop it.
    Stop,
    /// Show the masks of the submission that was written last on their images, or do not.
    ShowMasks(bool),
}

/// What an export that was begun follows from, and where it goes.
#[derive(Clone, Debug)]
pub struct ExportJob {
    /// Where it goes; `None`: nothing is written.
    pub target: Option<Target>,
    key: SetKey,
    /// Decisions about cells, and readings of labels, that there were.
    records: usize,
    label_readings: u64,
    /// How it learns from them, and what of an image's ID names its sample.
    training: TrainingParams,
    samples: Option<String>,
}

/// The masks of one image of a submission.
type OfImage = (PathBuf, usize);

/// What is known of exports.
#[derive(Default)]
pub(super) struct ExportDesk {
    lane: Lane<ExportJob, Exported>,
    progress: ExportProgress,
    last: Option<Computed<ExportJob, Result<Exported, String>>>,
    /// What was learnt last, also if what was written last needed no learning.
    predicted: Option<(ExportJob, Arc<Predicted>)>,
    effects_lane: Lane<PostProcessingParams, Effects>,
    effects: Option<Computed<PostProcessingParams, Effects>>,
    shows_masks: bool,
    masks_lane: Lane<OfImage, DecodedMasks>,
    masks: Option<Computed<OfImage, Arc<DecodedMasks>>>,
}

impl ExportDesk {
    /// Whether nothing is being worked on.
    pub(super) fn is_at_rest(&self) -> bool {
        self.lane.is_free() && self.effects_lane.is_free() && self.masks_lane.is_free()
    }

    /// Stops what is going on.
    pub(super) fn stop(&self) {
        self.lane.stop();
    }
}

impl Workbench {
    /// What the export that runs is doing.
    #[must_use]
    pub fn exporting(&self) -> Option<Doing> {
        (!self.exports.lane.is_free()).then(|| self.exports.progress.now())
    }

    /// The last export, with what it came to.
    #[must_use]
    pub fn last_export(&self) -> Option<(&ExportJob, Result<&Exported, &str>)> {
        let last = self.exports.last.as_ref()?;
        Some((&last.inputs, last.value.as_ref().map_err(String::as_str)))
    }

    /// The probabilities that were learnt last, and whether they still follow from the decisions.
    #[must_use]
    pub fn predicted(&self) -> Option<(&Predicted, bool)> {
        let (job, predicted) = self.exports.predicted.as_ref()?;
        Some((predicted, self.still_holds(job)))
    }

    /// What the last export holds, if the next one would hold the same.
    #[must_use]
    pub fn exported_counts(&self) -> Option<Counts> {
        let (job, exported) = self.last_export()?;
        exported.ok().filter(|_| self.still_holds(job)).map(|exported| exported.counts)
    }

    /// Whether cells, decisions and the way of learning are those that `job` was begun with.
    fn still_holds(&self, job: &ExportJob) -> bool {
        self.is_current(&job.key)
            && job.records == self.project.labels().records().len()
            && job.training == *self.project.training()
            && job.samples.as_deref() == self.project.samples()
            && self.opened.as_ref().is_some_and(|opened| opened.label_readings == job.label_readings)
    }

    /// What post-processing does to the score, and whether that is with the parameters in force.
    #[must_use]
    pub fn effects(&self) -> Option<(&Effects, bool)> {
        let effects = self.exports.effects.as_ref()?;
        Some((&effects.value, effects.inputs == *self.project.post_processing()))
    }

    /// Whether the masks of the submission are shown on their images.
    #[must_use]
    pub fn shows_submission(&self) -> bool {
        self.exports.shows_masks
    }

    /// The masks of the submission that was written last for the field at `index`, if they are to be shown and are there.
    #[must_use]
    pub fn submission_masks(&self, index: usize) -> Option<&DecodedMasks> {
        let masks = self.exports.masks.as_ref().filter(|masks| self.exports.shows_masks && masks.inputs.1 == index)?;
        Some(&masks.value)
    }

    /// The submission that was written last.
    fn last_submission(&self) -> Option<PathBuf> {
        let (job, exported) = self.last_export()?;
        exported.ok()?.diagnosis.rows?;
        Some(job.target.as_ref()?.submission())
    }

    pub(super) fn run_export(&mut self, command: ExportCommand) {
        match command {
            ExportCommand::Start(target) => self.start_export(target),
            ExportCommand::Stop => self.exports.lane.stop(),
            ExportCommand::ShowMasks(is_shown) => {
                self.exports.shows_masks = is_shown;
                // The file may be another now.
                self.exports.masks = None;
            }
        }
    }

    fn start_export(&mut self, target: Option<Target>) {
        if !self.exports.lane.is_free() {
            return;
        }
        // What the report says of decisions is what the disk holds.
        if let Err(error) = self.keeper.finish(self.project.labels()) {
            self.fail(error.to_string());
            return;
        }
        let Some(opened) = &self.opened else { return };
        let job = ExportJob {
            target: target.clone(),
            key: SetKey::of(&self.project, self.openings),
            records: self.project.labels().records().len(),
            label_readings: opened.label_readings,
            training: self.project.training().clone(),
            samples: self.project.samples().map(str::to_owned),
        };
        let (set, image_labels, project) = (Arc::clone(&opened.set), opened.labels.clone(), self.project.clone());
        let folder = opened.folder.clone().unwrap_or_else(|| set.root().to_owned());
        self.exports.progress = ExportProgress::default();
        self.exports.masks = None;
        let (progress, wake) = (self.exports.progress.clone(), Arc::clone(&self.wake));
        self.exports.lane.start(job, &self.wake, move |stop| {
            let truth = truth_beside(set.root());
            let source = Source {
                set: &set,
                image_labels: &image_labels,
                project: &project,
                folder: &folder,
                truth: truth.as_deref(),
            };
            Ok(export(&source, target.as_ref(), ExportWatch { stop, progress: &progress, wake: &*wake })?)
        });
    }

    /// Takes in what is done.
    pub(super) fn take_exports(&mut self) {
        if let Some(done) = self.exports.lane.take().filter(|done| done.inputs.key.opening == self.openings) {
            // What is decoded is of an older file, and what is judged of older probabilities.
            self.exports.masks = None;
            (self.exports.masks_lane, self.exports.effects_lane) = (Lane::default(), Lane::default());
            match &done.value {
                Ok(exported) => {
                    if let Some(predicted) = &exported.predicted {
                        self.exports.predicted = Some((done.inputs.clone(), Arc::clone(predicted)));
                        self.exports.effects = None;
                    }
                    if let Some(target) = &done.inputs.target {
                        let is_well = exported.diagnosis.is_well() && exported.failures.is_empty();
                        let verdict = if is_well { "" } else { ", but something is wrong with it" };
                        let text = format!("the export is written{verdict} — {}", target.folder.display());
                        self.notice(text, !is_well);
                    }
                }
                Err(reason) => self.notice(reason.clone(), !reason.starts_with("stopped")),
            }
            self.exports.last = Some(done);
        }
        match self.exports.effects_lane.take() {
            Some(Computed { inputs, value: Ok(value) }) => self.exports.effects = Some(Computed { inputs, value }),
            Some(Computed { value: Err(reason), .. }) => self.fail(reason),
            None => {}
        }
        match self.exports.masks_lane.take() {
            Some(Computed { inputs, value: Ok(value) }) => {
                self.exports.masks = Some(Computed { inputs, value: Arc::new(value) });
            }
            Some(Computed { inputs, value: Err(reason) }) => {
                // It is not tried again and again.
                self.exports.masks = Some(Computed { inputs, value: Arc::default() });
                self.fail(reason);
            }
            None => {}
        }
    }

    /// Starts what follows from the last export and is not there.
    pub(super) fn start_after_export(&mut self, focus: &Focus) {
        if let Some((_, predicted)) = self.exports.predicted.as_ref().filter(|_| self.exports.effects_lane.is_free()) {
            let params = self.project.post_processing();
            if self.exports.effects.as_ref().is_none_or(|effects| effects.inputs != *params) {
                let (predicted, wanted) = (Arc::clone(predicted), params.clone());
                let work = move |_: &_| Ok(predicted.effects(&wanted));
                self.exports.effects_lane.start(params.clone(), &self.wake, work);
            }
        }
        let Some(index) = focus
            .field
            .filter(|_| self.exports.shows_masks && self.exports.lane.is_free() && self.exports.masks_lane.is_free())
        else {
            return;
        };
        let Some(submission) = self.last_submission() else { return };
        let files = self.opened.as_ref().and_then(|opened| opened.set.fields().get(index));
        let wanted = (submission, index);
        let is_there = self.exports.masks.as_ref().is_some_and(|masks| masks.inputs == wanted);
        if let Some(id) = files.map(|files| files.id().to_owned()).filter(|_| !is_there) {
            let path = wanted.0.clone();
            self.exports.masks_lane.start(wanted, &self.wake, move |_| decoded_masks(&path, &id));
        }
    }
}

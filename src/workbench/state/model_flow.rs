//! Learning from the cells of the set: when it is started, and what comes of it.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU32, Ordering},
};

use super::Workbench;
use crate::{
    pipeline::classifier::{TrainingParams, retraining},
    project::Edit,
    storage::course_file,
    workbench::{
        Focus, Stop,
        focus::ModelWish,
        lane::{Computed, Lane},
        model::{
            LessonsKey, Model, ModelKey, Round,
            history::Training,
            learn,
            lessons::LessonSource,
            priors::{TriedPrior, try_priors, with_priors},
            tuning::{Tried, TuningError, best, tune},
        },
        results::SetKey,
        whole_set::aside,
    },
};

/// Parts that progress is told in: as fine as a bar is wide.
const PARTS: f64 = 1000.0;

#[expect(clippy::struct_excessive_bools, reason = "each is a wish of its own")]
/// The pieces of work for the model.
#[derive(Default)]
pub(super) struct ModelLanes {
    /// `None`: it was stopped.
    learning: Lane<ModelKey, Option<Model>>,
    tuning: Lane<LessonsKey, Option<Vec<Tried>>>,
    priors: Lane<LessonsKey, Vec<TriedPrior>>,
    /// Rules that are not judged yet, from the thread that learns.
    fresh: Arc<Mutex<Option<Model>>>,
    /// In [`PARTS`].
    progress: Arc<AtomicU32>,
    /// What was tried last, so that what fails or was stopped is not tried again and again.
    tried: Option<ModelKey>,
    /// What trainings came to, read from the disk once for each set, and written to it.
    course_read: Lane<u64, Vec<Training>>,
    course_written: Lane<(), ()>,
    /// The set whose trainings were asked for.
    course_of: Option<u64>,
    is_course_unwritten: bool,
    is_asked: bool,
    is_tuning_asked: bool,
    are_priors_asked: bool,
}

impl ModelLanes {
    pub(super) fn are_free(&self) -> bool {
        let nothing_is_asked = !self.is_asked && !self.is_tuning_asked && !self.are_priors_asked;
        let is_course_kept = self.course_read.is_free() && self.course_written.is_free() && !self.is_course_unwritten;
        self.learning.is_free() && self.tuning.is_free() && self.priors.is_free() && nothing_is_asked && is_course_kept
    }

    pub(super) fn ask(&mut self) {
        self.is_asked = true;
        self.tried = None;
    }

    pub(super) fn stop(&mut self) {
        self.learning.stop();
        self.tuning.stop();
        (self.is_asked, self.is_tuning_asked, self.are_priors_asked) = (false, false, false);
    }

    pub(super) fn ask_to_tune(&mut self) {
        self.is_tuning_asked = true;
    }

    pub(super) fn ask_for_priors(&mut self) {
        self.are_priors_asked = true;
    }

    fn share(&self) -> f32 {
        (f64::from(self.progress.load(Ordering::Relaxed)) / PARTS) as f32
    }

    /// What is told of what takes long: trying, and learning for the first time.
    pub(super) fn activity(&self) -> Option<(String, Option<f32>)> {
        (!self.tuning.is_free()).then(|| ("Trying regularisations".to_owned(), Some(self.share())))
    }
}

impl Workbench {
    /// What was learnt from the cells of the set with the parameters in force, perhaps before the last decisions.
    #[must_use]
    pub fn model(&self) -> Option<&Arc<Model>> {
        self.results.model.as_ref().filter(|model| self.is_current(&model.key.lessons.set))
    }

    /// Whether something is being learnt, and the share that is done, 0 to 1.
    #[must_use]
    pub fn learning(&self) -> Option<f32> {
        (!self.lanes.model.learning.is_free()).then(|| self.lanes.model.share())
    }

    /// Whether regularisations are being tried, and the share that is done, 0 to 1.
    #[must_use]
    pub fn tuning(&self) -> Option<f32> {
        (!self.lanes.model.tuning.is_free()).then(|| self.lanes.model.share())
    }

    /// Records of decisions that came after the model.
    #[must_use]
    pub fn records_since_model(&self) -> usize {
        let learnt = self.model().map_or(0, |model| model.key.records);
        self.project.labels().records().len().saturating_sub(learnt)
    }

    /// Whether the model follows from other cells, image labels or parameters than those in force.
    #[must_use]
    pub fn is_model_of_other_lessons(&self) -> bool {
        self.model().is_some_and(|model| !self.are_current_lessons(&model.key.lessons))
    }

    /// Whether it is the key of the cells as they are now. Copies nothing, for it is asked in every frame.
    fn are_current_lessons(&self, key: &LessonsKey) -> bool {
        self.is_current(&key.set)
            && key.revision == self.results.cells_revision
            && self.opened.as_ref().is_some_and(|opened| opened.label_readings == key.label_readings)
            && key.training == *self.project.training()
            && key.samples.as_deref() == self.project.samples()
    }

    fn lessons_key(&self) -> Option<LessonsKey> {
        Some(LessonsKey {
            set: SetKey::of(&self.project, self.openings),
            revision: self.results.cells_revision,
            label_readings: self.opened.as_ref()?.label_readings,
            training: self.project.training().clone(),
            samples: self.project.samples().map(str::to_owned),
        })
    }

    pub(super) fn take_model(&mut self) {
        self.take_course();
        let fresh = self.lanes.model.fresh.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(model) = fresh {
            self.keep_model(model);
        }
        if let Some(learnt) = self.lanes.model.learning.take() {
            match learnt.value {
                Ok(Some(model)) => {
                    if model.key.lessons.set.opening == self.openings {
                        self.lanes.model.is_course_unwritten |= self.results.trainings.take(&model);
                    }
                    self.keep_model(model);
                }
                Ok(None) => {}
                Err(reason) => self.fail(format!("nothing is learnt: {reason}")),
            }
        }
        self.take_priors();
        if let Some(tried) = self.lanes.model.tuning.take().filter(|tried| tried.inputs.set.opening == self.openings) {
            match tried.value {
                Ok(Some(all)) => self.take_tuned(tried.inputs, all),
                Ok(None) => {}
                Err(reason) => self.fail(format!("no regularisation is chosen: {reason}")),
            }
        }
    }

    /// Takes what was found of priors, if the rules that it was found of are still those in force.
    fn take_priors(&mut self) {
        let opening = self.openings;
        let tried = self.lanes.model.priors.take().filter(|tried| tried.inputs.set.opening == opening);
        let Some(tried) = tried else { return };
        if !self.are_current_lessons(&tried.inputs) {
            self.fail(
                "no base rate is set right: cells, labels or settings are others now, learn from them first".into(),
            );
            return;
        }
        match tried.value {
            Ok(all) => {
                let training = with_priors(self.project.training(), &all);
                let found = all.iter().filter(|tried| tried.choice.is_some()).count();
                let words = if found == 0 {
                    "no base rate is set right: too few cells are decided about".to_owned()
                } else if training == *self.project.training() {
                    format!("the base rates of {found} locations were looked at and are right as they are")
                } else {
                    format!("the base rates of {found} locations are set right by decided cells (undo takes it back)")
                };
                self.notice(words, false);
                if training != *self.project.training() {
                    self.history.end_gesture();
                    self.edit(Edit::Training(training));
                    self.history.end_gesture();
                }
                self.results.priors = Some(Computed { inputs: tried.inputs, value: all });
            }
            Err(reason) => self.fail(format!("no base rate is set right: {reason}")),
        }
    }

    fn take_course(&mut self) {
        let opening = self.openings;
        if let Some(read) = self.lanes.model.course_read.take().filter(|read| read.inputs == opening) {
            self.results.trainings.continue_from(&read.value.unwrap_or_default());
        }
        // If it cannot be written, it is lost when the set is closed and nothing else is: no matter for a notice.
        self.lanes.model.course_written.take();
    }

    /// Reads what trainings of this project came to, and writes what came since.
    fn keep_course(&mut self) {
        let Some(folder) = self.opened.as_ref().and_then(|opened| opened.folder.clone()) else {
            self.lanes.model.is_course_unwritten = false;
            return;
        };
        let lanes = &mut self.lanes.model;
        if lanes.course_of != Some(self.openings) {
            lanes.course_of = Some(self.openings);
            (lanes.course_read, lanes.is_course_unwritten) = (Lane::default(), false);
            lanes.course_read.start(self.openings, &self.wake, move |_| Ok(course_file::read(&folder)));
        } else if lanes.is_course_unwritten && lanes.course_read.is_free() && lanes.course_written.is_free() {
            lanes.is_course_unwritten = false;
            let trainings = self.results.trainings.clone();
            lanes.course_written.start((), &self.wake, move |_| Ok(course_file::write(&folder, trainings.all())?));
        }
    }

    fn keep_model(&mut self, model: Model) {
        if model.key.lessons.set.opening == self.openings {
            self.results.model = Some(Arc::new(model));
        }
    }

    fn take_tuned(&mut self, inputs: LessonsKey, all: Vec<Tried>) {
        if let Some(best) = best(&all) {
            let (before, regularisation) = (self.project.training().regularisation, best.regularisation);
            self.notice(
                format!("regularisation {regularisation} ranks best; it was {before} (undo takes it back)"),
                false,
            );
            if before.to_bits() != regularisation.to_bits() {
                self.history.end_gesture();
                self.edit(Edit::Training(TrainingParams { regularisation, ..self.project.training().clone() }));
                self.history.end_gesture();
            }
        }
        self.results.tuned = Some(Computed { inputs, value: all });
    }

    pub(super) fn start_model(&mut self, focus: &Focus) {
        self.keep_course();
        self.start_tuning();
        self.start_priors();
        let is_quiet = self.lanes.model.learning.is_free() && self.lanes.whole_set.is_free();
        let is_live = focus.model == ModelWish::Live;
        let is_wanted = self.lanes.model.is_asked || is_live || focus.model == ModelWish::Any && self.model().is_none();
        if !is_wanted || !is_quiet || self.set_cells().is_none_or(|cells| cells.count() == 0) {
            return;
        }
        let records = self.project.labels().records().len();
        let placed = self.placed_revision();
        let is_same =
            |key: &ModelKey| (key.records, key.placed) == (records, placed) && self.are_current_lessons(&key.lessons);
        let is_there = self.results.model.as_ref().is_some_and(|model| is_same(&model.key));
        if (is_there && !self.lanes.model.is_asked) || self.lanes.model.tried.as_ref().is_some_and(is_same) {
            return;
        }
        let (Some(lessons), Some(cells), Some(opened)) =
            (self.lessons_key(), self.set_cells().cloned(), self.opened.as_ref())
        else {
            return;
        };
        let of_images = opened.labels.clone();
        // With many decisions this takes some frames.
        let Some(standings) = self.gather_standings() else { return };
        let key = ModelKey { lessons, records, placed };
        let (decided, before) = (standings.decided_cells(), self.results.model.clone());
        let lanes = &mut self.lanes.model;
        lanes.is_asked = false;
        lanes.tried = Some(key.clone());
        lanes.fresh = Arc::default();
        lanes.progress = Arc::default();
        let (fresh, progress, wake) = (Arc::clone(&lanes.fresh), Arc::clone(&lanes.progress), Arc::clone(&self.wake));
        let inputs = key.clone();
        lanes.learning.start(inputs, &self.wake, move |stop| {
            let samples = key.lessons.samples.clone();
            let source = LessonSource { cells: &cells, of_images: &of_images, samples: samples.as_deref() };
            let round = Round { key: &key, before: before.as_deref(), source, decided: &decided };
            let show = |model| {
                *fresh.lock().unwrap_or_else(PoisonError::into_inner) = Some(model);
                wake();
            };
            let learnt = watched(stop, &progress, &*wake, |watch| aside(|| learn(round, show, watch)));
            match learnt {
                Err(error) if error.is_stopped() => Ok(None),
                learnt => Ok(Some(learnt?)),
            }
        });
    }

    fn start_priors(&mut self) {
        let lanes = &self.lanes.model;
        if !lanes.are_priors_asked || !lanes.learning.is_free() || !lanes.priors.is_free() {
            return;
        }
        let judged = self.model().cloned().and_then(|model| Some((model.judged().cloned()?, model)));
        let Some((judged, model)) = judged else {
            self.lanes.model.are_priors_asked = false;
            return;
        };
        let Some(standings) = self.gather_standings() else { return };
        let decided = standings.decided_cells();
        self.lanes.model.are_priors_asked = false;
        let key = model.key.lessons.clone();
        self.lanes.model.priors.start(key, &self.wake, move |_| {
            Ok(aside(|| try_priors(&model.lessons, &judged, &model.key.lessons.training, &decided)))
        });
    }

    fn start_tuning(&mut self) {
        let lanes = &self.lanes.model;
        if !lanes.is_tuning_asked || !lanes.learning.is_free() || !lanes.tuning.is_free() {
            return;
        }
        let Some(model) = self.model().cloned() else {
            self.lanes.model.is_tuning_asked = false;
            return;
        };
        let Some(standings) = self.gather_standings() else { return };
        let (lessons, decided) = (Arc::clone(&model.lessons), standings.decided_cells());
        let lanes = &mut self.lanes.model;
        lanes.is_tuning_asked = false;
        lanes.progress = Arc::default();
        let (progress, wake) = (Arc::clone(&lanes.progress), Arc::clone(&self.wake));
        lanes.tuning.start(model.key.lessons.clone(), &self.wake, move |stop| {
            let tried = watched(stop, &progress, &*wake, |watch| aside(|| tune(&lessons, &decided, watch)));
            match tried {
                Err(TuningError::Lessons(error)) if error.is_stopped() => Ok(None),
                tried => Ok(Some(tried?)),
            }
        });
    }
}

/// Has `work` watched by whoever may ask it to stop and looks at its progress.
fn watched<T>(
    stop: &Stop,
    progress: &AtomicU32,
    wake: &(dyn Fn() + Send + Sync),
    work: impl FnOnce(&retraining::Watch<'_>) -> T,
) -> T {
    let is_stopped = || stop.is_asked();
    let tell = |done: f64| {
        let (now, before) = ((done * PARTS) as u32, progress.load(Ordering::Relaxed));
        // A bar need not be drawn anew for every step.
        if now / 50 != before / 50 {
            wake();
        }
        progress.store(now, Ordering::Relaxed);
    };
    work(&retraining::Watch { stop: &is_stopped, progress: &tell })
}

//! The running application: project, results and the work between them.
//!
//! Each frame the window calls [`Workbench::tick`] with its [`Focus`]: finished work is taken in, and what is missing
//! is started. Between frames it reads, and hands in [`Command`]s.

use std::{
    mem,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

mod bulk_flow;
mod decidables;
mod deck_flow;
mod exchange;
mod explanation_flow;
mod export_flow;
mod field_doubts;
mod flow;
mod gallery_flow;
mod mask_flow;
mod model_flow;
mod notices;
mod rules_flow;
mod saving;
mod scatter_flow;
mod tuning_flow;

use bulk_flow::BulkDesk;
use exchange::Exchanged;
use explanation_flow::ExplanationDesk;
use export_flow::ExportDesk;
use field_doubts::FieldDoubtDesk;
use gallery_flow::GalleryLanes;
use mask_flow::MaskDesk;
use model_flow::ModelLanes;
use rules_flow::RuleDesk;
use scatter_flow::ScatterDesk;
use tuning_flow::TuningDesk;

pub use explanation_flow::Explained;
pub use export_flow::{ExportCommand, ExportJob};
pub use mask_flow::MaskCommand;
pub use notices::Notice;
pub use tuning_flow::TuningCommand;

use super::{
    BatchReport, Command, Focus,
    batch::KnownField,
    cell_crop::{CellCrop, CropKey},
    close_up::{CloseUp, CloseUpKey},
    deck::{Card, DeckKey},
    example_cell::ExampleCell,
    export::Doing,
    feature_sample::SetFeatures,
    lane::{Lane, Wake},
    loaded_field::LoadedField,
    opening::{self, JournalUse, Keeping, MovedSet, Opened, Opening},
    picture::{PictureWish, marked_picture},
    placements::Placements,
    record_keeping::{OpenJournal, RecordKeeper, new_session, now},
    results::{CellsKey, FieldKey, FoundCells, PictureKey, Results, SetKey},
    set_cells::SetCells,
    wanted,
    whole_set::{Progress, Watch, WholeSet},
};
use crate::{
    atlas::{Location, LocationSet},
    demo::DemoSet,
    imaging::Plane,
    pipeline::{composite::CompositeParams, features::MeasuredField},
    project::{Edit, History, Project, labels::Pen},
    storage::{ImageLabels, ImageSet, write_picture},
};

/// After the last change the project is saved when this has passed.
const BEFORE_SAVING: Duration = Duration::from_millis(800);

/// The set on the table.
#[derive(Debug)]
pub struct OpenSet {
    /// Its fields.
    pub set: Arc<ImageSet>,
    /// The labels of its images, in the order of its fields; `None` for those without.
    pub labels: Vec<Option<LocationSet>>,
    /// The file they are from, or that could not be read.
    pub label_file: Option<PathBuf>,
    /// Counts how often labels were read, so that what follows from older ones can be told.
    pub label_readings: u64,
    /// Where decisions are kept, if they are.
    pub folder: Option<PathBuf>,
}

/// Work on all fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WholeSetTask {
    /// Finding their cells and writing the masks.
    Segment,
    /// Measuring their cells.
    Measure,
}

/// Everything but the window.
pub struct Workbench {
    wake: Wake,
    opened: Option<OpenSet>,
    openings: u64,
    /// A project whose images have to be found first.
    moved: Option<MovedSet>,
    project: Project,
    changes: u64,
    history: History,
    results: Results,
    notices: Vec<Notice>,
    /// What brings the decisions about cells to the disk.
    keeper: RecordKeeper,
    /// Who decides, and in which session of the program.
    annotator: String,
    session: u64,
    /// When what is not on the disk yet is to be saved.
    save_at: Option<Instant>,
    /// A picture for the clipboard.
    copied: Option<Plane<[u8; 3]>>,
    /// How the picture is drawn for the moment, in place of what the project says.
    shown_as: Option<CompositeParams>,
    lanes: Lanes,
    whole_set_task: Option<WholeSetTask>,
    progress: Progress,
    demo_progress: Progress,
    /// The cells that are measured so far, from the thread that measures them.
    fresh_cells: Arc<Mutex<Option<SetCells>>>,
    placements: Placements,
    exports: ExportDesk,
    bulk: BulkDesk,
    rules: RuleDesk,
    scatter: ScatterDesk,
    explanation: ExplanationDesk,
    masks: MaskDesk,
    field_doubts: FieldDoubtDesk,
    tuning: TuningDesk,
}

/// The pieces of work that go on at the same time.
#[derive(Default)]
struct Lanes {
    opening: Lane<Option<PathBuf>, Opening>,
    field: Lane<FieldKey, Arc<LoadedField>>,
    picture: Lane<PictureKey, Arc<Plane<[u8; 3]>>>,
    cells: Lane<CellsKey, Arc<FoundCells>>,
    features: Lane<CellsKey, Arc<MeasuredField>>,
    crop: Lane<CropKey, Option<CellCrop>>,
    thumbnail: Lane<(u64, usize), Arc<Plane<[u8; 3]>>>,
    deck: Lane<DeckKey, Vec<Card>>,
    close_up: Lane<CloseUpKey, Option<CloseUp>>,
    example: Lane<Location, Option<ExampleCell>>,
    whole_set: Lane<SetKey, WholeSetDone>,
    labels: Lane<(u64, Option<PathBuf>), Option<ImageLabels>>,
    known: Lane<SetKey, Known>,
    set_features: Lane<SetKey, SetFeatures>,
    gallery: GalleryLanes,
    model: ModelLanes,
    saving: Lane<(), ()>,
    moving: Lane<PathBuf, OpenJournal>,
    picture_file: Lane<PathBuf, ()>,
    exchange: Lane<PathBuf, Exchanged>,
    copying: Lane<(), Plane<[u8; 3]>>,
}

/// What came of the work on all fields.
enum WholeSetDone {
    /// Their masks are written.
    Segmented(BatchReport),
    /// Their cells are measured.
    Measured(BatchReport, SetCells),
}

/// What earlier work has left.
struct Known {
    /// What the cells of fields show whose masks are there.
    masks: Vec<KnownField>,
    /// The cells that are measured, if any ever were.
    cells: Option<SetCells>,
}

impl Workbench {
    /// An empty workbench; `wake` is called from other threads when there is something new to see.
    #[must_use]
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            wake: Arc::new(wake),
            opened: None,
            openings: 0,
            moved: None,
            project: Project::default(),
            changes: 0,
            history: History::default(),
            results: Results::default(),
            notices: Vec::new(),
            keeper: RecordKeeper::default(),
            annotator: String::new(),
            session: new_session(),
            save_at: None,
            copied: None,
            shown_as: None,
            lanes: Lanes::default(),
            whole_set_task: None,
            progress: Progress::default(),
            demo_progress: Progress::default(),
            fresh_cells: Arc::default(),
            placements: Placements::default(),
            exports: ExportDesk::default(),
            bulk: BulkDesk::default(),
            rules: RuleDesk::default(),
            scatter: ScatterDesk::default(),
            explanation: ExplanationDesk::default(),
            masks: MaskDesk::default(),
            field_doubts: FieldDoubtDesk::default(),
            tuning: TuningDesk::default(),
        }
    }

    /// The set on the table.
    #[must_use]
    pub fn opened(&self) -> Option<&OpenSet> {
        self.opened.as_ref()
    }

    /// Counts the sets that were opened, so that what was seen of an older one can be told from this one.
    #[must_use]
    pub fn openings(&self) -> u64 {
        self.openings
    }

    /// A project that was opened, but whose images are not where they were.
    #[must_use]
    pub fn moved(&self) -> Option<&MovedSet> {
        self.moved.as_ref()
    }

    /// The decisions.
    #[must_use]
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// Counts the changes of decisions, so that one sees whether there were any.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// What can be undone and redone.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    /// What was computed.
    #[must_use]
    pub fn results(&self) -> &Results {
        &self.results
    }

    /// The key of the field at `index`.
    #[must_use]
    pub fn field_key(&self, index: usize) -> FieldKey {
        wanted::field_key(&self.project, self.openings, index)
    }

    /// The key of the cells of the field at `index` with the parameters in force.
    #[must_use]
    pub fn cells_key(&self, index: usize) -> Option<CellsKey> {
        wanted::cells_key(&self.opened.as_ref()?.set, &self.project, self.openings, index)
    }

    /// Whether what is known of a whole set is of this one with the parameters in force.
    #[must_use]
    pub fn is_current(&self, key: &SetKey) -> bool {
        key.is_of(&self.project, self.openings)
    }

    /// The cells of the set that are measured with the parameters in force, if any are.
    #[must_use]
    pub fn set_cells(&self) -> Option<&Arc<SetCells>> {
        self.results.set_cells.as_ref().filter(|cells| self.is_current(&cells.inputs)).map(|cells| &cells.value)
    }

    /// The picture that was asked for to be copied, once.
    pub fn take_copied(&mut self) -> Option<Plane<[u8; 3]>> {
        self.copied.take()
    }

    /// What it is busy with that takes long, and how far it is: a sentence and a share of 0 to 1, if that is known.
    #[must_use]
    pub fn activity(&self) -> Option<(String, Option<f32>)> {
        if let Some(path) = self.lanes.opening.inputs() {
            let (done, total) = (self.demo_progress.done(), DemoSet::default().numbers().count());
            return Some(match path {
                Some(path) => (format!("Opening {}", path.display()), None),
                None if done == 0 => ("Opening the demo".to_owned(), None),
                None => (format!("Drawing the demo: {done} of {total} images"), Some(done as f32 / total as f32)),
            });
        }
        if let Some(Doing { what, done, total }) = self.exporting().filter(|_| self.whole_set_task.is_none()) {
            return Some((format!("Export: {what}"), (total > 0).then(|| done as f32 / total as f32)));
        }
        let fields = self.opened.as_ref()?.set.fields().len();
        let done = self.progress.done();
        if self.deciding() > 0 && self.whole_set_task.is_none() {
            return Some((format!("Deciding about {} cells", self.deciding()), None));
        }
        let Some(task) = self.whole_set_task else {
            let tuning = self.tuning_share().map(|share| ("Tuning by example".to_owned(), Some(share)));
            return tuning.or_else(|| self.lanes.model.activity());
        };
        let words = match task {
            WholeSetTask::Segment => "Finding cells",
            WholeSetTask::Measure => "Measuring cells",
        };
        Some((format!("{words}: {done} of {fields} images"), Some(done as f32 / fields as f32)))
    }

    /// What is being done with all fields.
    #[must_use]
    pub fn whole_set_task(&self) -> Option<WholeSetTask> {
        self.whole_set_task
    }

    /// Whether nothing is being worked on or waits to be saved.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        let lanes = &self.lanes;
        let reads = lanes.opening.is_free() && lanes.field.is_free() && lanes.labels.is_free();
        let draws = lanes.picture.is_free() && lanes.thumbnail.is_free() && lanes.crop.is_free();
        let computes = lanes.cells.is_free() && lanes.features.is_free() && lanes.whole_set.is_free();
        let writes = lanes.saving.is_free() && lanes.moving.is_free() && lanes.picture_file.is_free();
        let exchanges = lanes.exchange.is_free() && self.exports.is_at_rest() && self.masks.is_at_rest();
        let others = lanes.known.is_free() && lanes.copying.is_free() && lanes.set_features.is_free();
        let asks = lanes.deck.is_free() && lanes.close_up.is_free() && lanes.example.is_free();
        let is_kept = self.keeper.is_at_rest() && self.unwritten_decisions() == 0;
        let views = lanes.gallery.are_free()
            && lanes.model.are_free()
            && self.rules.are_free()
            && self.scatter.are_free()
            && self.explanation.are_free()
            && self.bulk.is_free()
            && self.field_doubts.are_free()
            && self.tuning.is_at_rest();
        let at_rest = reads && draws && computes && writes && others && asks && views;
        at_rest && exchanges && is_kept && self.save_at.is_none()
    }

    /// Who decides.
    #[must_use]
    pub fn annotator(&self) -> &str {
        &self.annotator
    }

    /// Whether cells can be decided about: only where that is kept.
    #[must_use]
    pub fn can_decide(&self) -> bool {
        self.keeper.journal().is_some()
    }

    /// Draws the picture in another way for the moment, which is no decision; `None`: as the project says.
    pub fn show_as(&mut self, display: Option<CompositeParams>) {
        self.shown_as = display;
    }

    /// How the picture is drawn now.
    #[must_use]
    pub fn display(&self) -> &CompositeParams {
        self.shown_as.as_ref().unwrap_or(self.project.display())
    }

    /// Does what `command` says, or starts it.
    pub fn run(&mut self, command: Command) {
        // What was said before is done before.
        if command.concerns_labels() {
            self.finish_bulk();
        }
        match command {
            Command::Open(path) => self.open(Some((path, None))),
            Command::OpenAside { set, project } => self.open(Some((set, Some(project)))),
            Command::OpenDemo => self.open(None),
            Command::ReadLabels(path) => self.read_labels(Some(path)),
            Command::Edit(edit) => self.edit(edit),
            Command::OfMany(step) => self.decide_about_many(step),
            Command::ByRule(step) => self.decide_by_rule(step),
            Command::SignAs(annotator) => self.annotator = annotator,
            Command::EndGesture => self.history.end_gesture(),
            Command::Undo => {
                self.take_up_pen();
                if self.history.undo(&mut self.project) {
                    self.changed();
                }
            }
            Command::Redo => {
                self.take_up_pen();
                if self.history.redo(&mut self.project) {
                    self.changed();
                }
            }
            Command::OfAll(task) => self.start_whole_set(task),
            Command::PauseOfAll => self.lanes.whole_set.stop(),
            Command::Learn => self.lanes.model.ask(),
            Command::Tune => self.lanes.model.ask_to_tune(),
            Command::FitPriors => self.lanes.model.ask_for_priors(),
            Command::StopLearning => self.lanes.model.stop(),
            Command::ExportLabels { path, selection } => self.export_labels(path, selection),
            Command::Export(command) => self.run_export(command),
            Command::Masks(command) => self.run_masks(command),
            Command::TuneByExample(command) => self.run_tuning(command),
            Command::ImportLabels(path) => self.import_labels(path),
            Command::SavePicture { path, wish } => self.save_picture(path, &wish),
            Command::CopyPicture(wish) => self.copy_picture(&wish),
            Command::Relocate(set) => {
                if let Some(moved) = &self.moved {
                    self.open(Some((set, Some(moved.project.clone()))));
                }
            }
            Command::ForgetMoved => self.moved = None,
            Command::MoveProject(folder) => self.move_project(folder),
            Command::Reload(index) => {
                self.results.fields.retain(|field| field.inputs.index != index);
                self.results.thumbnails.remove(&index);
                self.results.uncut = None;
            }
            Command::Dismiss(at) => {
                if at < self.notices.len() {
                    self.notices.remove(at);
                }
            }
        }
    }

    /// Takes in what is done and starts what is missing. Returns after what time it must be called again, if nothing
    /// happens before.
    pub fn tick(&mut self, focus: &Focus) -> Option<Duration> {
        self.take_in(focus);
        self.start_wanted(focus);
        let keep_again = self.keep_records();
        let noticed = self.let_go_of_notices();
        let save = self.save_at.map(|at| at.saturating_duration_since(Instant::now()));
        if save.is_some_and(|left| left.is_zero()) {
            // While there is no lane for it, the end of what is on it is waited for.
            if self.lanes.saving.is_free() && self.lanes.moving.is_free() {
                self.start_saving();
            }
            return [keep_again, noticed].into_iter().flatten().min();
        }
        [save, keep_again, noticed].into_iter().flatten().min()
    }

    fn take_up_pen(&mut self) {
        self.project.sign(Pen { session: self.session, annotator: self.annotator.clone(), now: now() });
    }

    fn edit(&mut self, edit: Edit) {
        if edit.is_recorded() && !self.can_decide() {
            self.fail("cells cannot be decided about or corrected here, as nothing of it would be kept".to_owned());
            return;
        }
        self.take_up_pen();
        self.history.apply(&mut self.project, edit);
        self.changed();
    }

    fn changed(&mut self) {
        self.changes += 1;
        // Counted from the last change, so that a drag is not saved again and again.
        self.save_in(BEFORE_SAVING);
    }

    /// Opens a set, and its project in a folder other than its own if one is named; or the demo.
    fn open(&mut self, set: Option<(PathBuf, Option<PathBuf>)>) {
        if !self.lanes.opening.is_free() {
            self.fail("another set is being opened: wait for it, or try again afterwards".to_owned());
            return;
        }
        let (progress, wake) = (Progress::default(), Arc::clone(&self.wake));
        self.demo_progress = progress.clone();
        let path = set.as_ref().map(|(path, _)| path.clone());
        let held = self.keeper.journal().cloned();
        self.lanes.opening.start(path, &self.wake, move |stop| {
            let held = JournalUse::Open(held.as_ref());
            let drawn = || {
                progress.add(1);
                wake();
            };
            match set {
                Some((path, None)) => opening::open(&path, held),
                Some((path, Some(project))) => Ok(Opening::Set(Box::new(opening::open_with(&path, project, held)?))),
                None => opening::open_demo(stop, drawn, held),
            }
        });
    }

    /// Puts an opened set on the table, in place of the one that is there.
    fn take_opened(&mut self, opened: Opened) {
        if !self.close() {
            self.fail("the other set is not opened, as decisions about this one cannot be saved".to_owned());
            return;
        }
        let Opened { set, labels, project, folder, keeping, problems } = opened;
        let label_file = project.label_file().map(Path::to_owned);
        let labels = set.fields().iter().map(|files| labels.get(files.id()).copied()).collect();
        self.opened = Some(OpenSet { set: Arc::new(set), labels, label_file, label_readings: 0, folder });
        self.openings += 1;
        self.changes += 1;
        self.moved = None;
        let before = mem::replace(&mut self.project, project);
        match keeping {
            Keeping::Journal(journal) => {
                self.keeper = RecordKeeper::new(Some(journal), self.project.labels().records().len());
            }
            Keeping::Same => self.project = mem::take(&mut self.project).with_labels(before.into_labels()),
            Keeping::Nowhere => self.keeper = RecordKeeper::default(),
        }
        self.history = History::default();
        self.results = Results::default();
        self.lanes.model.stop();
        self.placements = Placements::default();
        self.exports = ExportDesk::default();
        self.bulk = BulkDesk::default();
        self.explanation = ExplanationDesk::default();
        self.field_doubts = FieldDoubtDesk::default();
        self.masks.stop();
        self.tuning.stop();
        self.tuning = TuningDesk::default();
        (self.rules, self.scatter, self.masks) = (RuleDesk::default(), ScatterDesk::default(), MaskDesk::default());
        self.notices.clear();
        for problem in problems {
            self.fail(problem);
        }
    }

    /// Reads labels; it becomes a decision when there are some.
    fn read_labels(&mut self, path: Option<PathBuf>) {
        if self.opened.is_some() && self.lanes.labels.is_free() {
            self.lanes.labels.start((self.openings, path.clone()), &self.wake, move |_| {
                Ok(path.map(|path| ImageLabels::read(&path)).transpose()?)
            });
        }
    }

    fn start_whole_set(&mut self, task: WholeSetTask) {
        let Some(opened) = self.opened.as_ref().filter(|_| self.lanes.whole_set.is_free()) else { return };
        let Some(folder) = opened.folder.clone() else {
            self.fail("what is found has no place to be written to, as nothing can be saved".to_owned());
            return;
        };
        self.progress = Progress::default();
        self.whole_set_task = Some(task);
        let (set, project) = (Arc::clone(&opened.set), self.project.without_labels());
        let (progress, wake) = (self.progress.clone(), Arc::clone(&self.wake));
        let key = SetKey::of(&self.project, self.openings);
        // A mailbox of its own: what an older one still holds is of other parameters.
        self.fresh_cells = Arc::default();
        // What is being looked up was there before this work, and is to be looked up anew after it.
        self.lanes.known = Lane::default();
        let fresh = Arc::clone(&self.fresh_cells);
        self.lanes.whole_set.start(key, &self.wake, move |stop| {
            let whole = WholeSet { set: &set, project: &project, folder: &folder };
            let watch = Watch { stop, progress: &progress, wake: &*wake };
            Ok(match task {
                WholeSetTask::Segment => WholeSetDone::Segmented(whole.segment(watch)?),
                WholeSetTask::Measure => {
                    let show = |cells| *fresh.lock().unwrap_or_else(PoisonError::into_inner) = Some(cells);
                    let (report, cells) = whole.measure(watch, &show)?;
                    WholeSetDone::Measured(report, cells)
                }
            })
        });
    }

    /// What draws the picture of `wish`, if its field is there.
    fn drawer(&self, wish: &PictureWish) -> Option<impl FnOnce() -> Plane<[u8; 3]> + Send + use<>> {
        let key = self.field_key(wish.index);
        let field = self.results.field(key).cloned()?;
        let cells = self.results.cells.as_ref().filter(|cells| cells.inputs.field == key);
        let (cells, display) = (cells.map(|cells| Arc::clone(&cells.value)), self.display().clone());
        let marks = wish.marks.clone();
        Some(move || marked_picture(&field, &display, cells.as_deref(), &marks))
    }

    fn save_picture(&mut self, path: PathBuf, wish: &PictureWish) {
        let Some(draw) = self.drawer(wish).filter(|_| self.lanes.picture_file.is_free()) else { return };
        let target = path.clone();
        self.lanes.picture_file.start(path, &self.wake, move |_| Ok(write_picture(&target, &draw())?));
    }

    fn copy_picture(&mut self, wish: &PictureWish) {
        let Some(draw) = self.drawer(wish).filter(|_| self.lanes.copying.is_free()) else { return };
        self.lanes.copying.start((), &self.wake, move |_| Ok(draw()));
    }
}

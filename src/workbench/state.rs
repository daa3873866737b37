//! The running application: project, results and the work between them.
//!
//! Each frame the window calls [`Workbench::tick`] with its [`Focus`]: finished work is taken in, and what is missing
//! is started. Between frames it reads, and hands in [`Command`]s.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    Command, Focus,
    batch::BatchReport,
    lane::{Computed, Lane, Wake},
    loaded_field::LoadedField,
    opening::{self, Opened},
    picture::{Marks, marked_picture},
    results::{CellsKey, FieldKey, FoundCells, PictureKey, Results, Thumbnail},
    segment_all::{Progress, mask_folder, segment_all},
    thumbnail::thumbnail,
    wanted::{self, Wanted},
};
use crate::{
    atlas::LocationSet,
    demo::DemoSet,
    imaging::Plane,
    pipeline::{composite::CompositeParams, features::MeasuredField, segmentation::Stages},
    project::{Edit, History, Project},
    storage::{ImageLabels, ImageSet, project_file, write_picture},
};

/// After the last change the project is saved when this has passed.
const BEFORE_SAVING: Duration = Duration::from_millis(800);

/// Something the user should know, until it is dismissed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// A sentence.
    pub text: String,
    /// Whether something went wrong.
    pub is_failure: bool,
}

/// The set on the table.
#[derive(Debug)]
pub struct OpenSet {
    /// Its fields.
    pub set: Arc<ImageSet>,
    /// The labels of its images, in the order of its fields; `None` for those without.
    pub labels: Vec<Option<LocationSet>>,
    /// The file they are from.
    pub label_file: Option<PathBuf>,
    /// Where decisions are kept, if they are.
    pub folder: Option<PathBuf>,
}

/// Everything but the window.
pub struct Workbench {
    wake: Wake,
    opened: Option<OpenSet>,
    openings: u64,
    project: Project,
    history: History,
    results: Results,
    notices: Vec<Notice>,
    unsaved_since: Option<Instant>,
    /// How the picture is drawn for the moment, in place of what the project says.
    shown_as: Option<CompositeParams>,
    lanes: Lanes,
    progress: Progress,
    demo_progress: Progress,
}

/// The pieces of work that go on at the same time.
#[derive(Default)]
struct Lanes {
    opening: Lane<Option<PathBuf>, Opened>,
    field: Lane<FieldKey, Arc<LoadedField>>,
    picture: Lane<PictureKey, Arc<Plane<[u8; 3]>>>,
    cells: Lane<CellsKey, Arc<FoundCells>>,
    features: Lane<CellsKey, Arc<MeasuredField>>,
    thumbnail: Lane<(u64, usize), Arc<Plane<[u8; 3]>>>,
    segment_all: Lane<u64, BatchReport>,
    saving: Lane<(), ()>,
    picture_file: Lane<PathBuf, ()>,
}

impl Workbench {
    /// An empty workbench; `wake` is called from other threads when there is something new to see.
    #[must_use]
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            wake: Arc::new(wake),
            opened: None,
            openings: 0,
            project: Project::default(),
            history: History::default(),
            results: Results::default(),
            notices: Vec::new(),
            unsaved_since: None,
            shown_as: None,
            lanes: Lanes::default(),
            progress: Progress::default(),
            demo_progress: Progress::default(),
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

    /// The decisions.
    #[must_use]
    pub fn project(&self) -> &Project {
        &self.project
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

    /// What the user should know.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.notices
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
        let fields = self.opened.as_ref()?.set.fields().len();
        let done = self.progress.done();
        let is_segmenting = !self.lanes.segment_all.is_free();
        is_segmenting.then(|| (format!("Finding cells: {done} of {fields} images"), Some(done as f32 / fields as f32)))
    }

    /// Whether all cells are being found.
    #[must_use]
    pub fn is_segmenting_all(&self) -> bool {
        !self.lanes.segment_all.is_free()
    }

    /// Whether nothing is being worked on or waits to be saved.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        let Lanes { opening, field, picture, cells, features, thumbnail, segment_all, saving, picture_file } =
            &self.lanes;
        let reads = opening.is_free() && field.is_free() && thumbnail.is_free();
        let computes = picture.is_free() && cells.is_free() && features.is_free() && segment_all.is_free();
        reads && computes && saving.is_free() && picture_file.is_free() && self.unsaved_since.is_none()
    }

    /// Whether decisions are not on the disk yet.
    #[must_use]
    pub fn is_unsaved(&self) -> bool {
        self.unsaved_since.is_some() || !self.lanes.saving.is_free()
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
        match command {
            Command::Open(path) => self.open(Some((path, None))),
            Command::OpenAside { set, project } => self.open(Some((set, Some(project)))),
            Command::OpenDemo => self.open(None),
            Command::ReadLabels(path) => self.read_labels(&path),
            Command::Edit(edit) => self.edit(edit),
            Command::EndGesture => self.history.end_gesture(),
            Command::Undo => {
                if self.history.undo(&mut self.project) {
                    self.changed();
                }
            }
            Command::Redo => {
                if self.history.redo(&mut self.project) {
                    self.changed();
                }
            }
            Command::SegmentAll => self.start_segment_all(),
            Command::PauseSegmentAll => self.lanes.segment_all.stop(),
            Command::SavePicture { index, path, marks } => self.save_picture(index, path, &marks),
            Command::Reload(index) => {
                self.results.fields.retain(|field| field.inputs.index != index);
                self.results.thumbnails.remove(&index);
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
        let since = self.unsaved_since?;
        let left = BEFORE_SAVING.saturating_sub(since.elapsed());
        if left.is_zero() && self.lanes.saving.is_free() {
            self.start_saving();
            return None;
        }
        Some(left)
    }

    /// Saves what is not saved yet, before the end of the program, and stops all work.
    pub fn close(&mut self) {
        self.lanes.segment_all.stop();
        self.lanes.opening.stop();
        while !self.lanes.saving.is_free() && self.lanes.saving.take().is_none() {
            std::thread::yield_now();
        }
        if self.unsaved_since.take().is_some()
            && let Some((folder, file)) = self.to_save()
            && let Err(error) = project_file::write(&folder, &file)
        {
            self.fail(error.to_string());
        }
    }

    fn edit(&mut self, edit: Edit) {
        self.history.apply(&mut self.project, edit);
        self.changed();
    }

    fn changed(&mut self) {
        // Counted from the last change, so that a drag is not saved again and again.
        self.unsaved_since = self.opened.as_ref().and_then(|opened| opened.folder.as_ref()).map(|_| Instant::now());
    }

    fn fail(&mut self, text: String) {
        self.notice(text, true);
    }

    fn notice(&mut self, text: String, is_failure: bool) {
        let notice = Notice { text, is_failure };
        if !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
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
        self.lanes.opening.start(path, &self.wake, move |stop| match set {
            Some((path, None)) => opening::open(&path),
            Some((path, Some(project))) => opening::open_aside(&path, &project),
            None => opening::open_demo(stop, || {
                progress.add(1);
                wake();
            }),
        });
    }

    /// Puts an opened set on the table, in place of the one that is there.
    fn take_opened(&mut self, opened: Opened) {
        self.close();
        let Opened { set, labels, label_file, project, folder, problems } = opened;
        let labels = set.fields().iter().map(|files| labels.get(files.id()).copied()).collect();
        self.opened = Some(OpenSet { set: Arc::new(set), labels, label_file, folder });
        self.openings += 1;
        self.project = project;
        self.history = History::default();
        self.results = Results::default();
        self.notices.clear();
        for problem in problems {
            self.fail(problem);
        }
    }

    fn read_labels(&mut self, path: &Path) {
        let Some(opened) = self.opened.as_mut() else { return };
        match ImageLabels::read(path) {
            Ok(read) => {
                let by_id = &read.by_id;
                opened.labels = opened.set.fields().iter().map(|files| by_id.get(files.id()).copied()).collect();
                opened.label_file = Some(path.to_owned());
                let labelled = opened.labels.iter().flatten().count();
                let total = opened.labels.len();
                self.changed();
                self.notice(
                    format!("{labelled} of {total} images have labels now — {}", path.display()),
                    labelled == 0,
                );
                for problem in read.problems.iter().take(3) {
                    self.fail(format!("{problem} — {}", path.display()));
                }
            }
            Err(error) => self.fail(error.to_string()),
        }
    }

    fn start_segment_all(&mut self) {
        let Some(opened) = self.opened.as_ref().filter(|_| self.lanes.segment_all.is_free()) else { return };
        let Some(folder) = opened.folder.as_deref().map(mask_folder) else {
            self.fail("masks have no place to be written to, as nothing can be saved".to_owned());
            return;
        };
        self.progress = Progress::default();
        let (set, project) = (Arc::clone(&opened.set), self.project.clone());
        let (progress, wake) = (self.progress.clone(), Arc::clone(&self.wake));
        self.lanes.segment_all.start(self.openings, &self.wake, move |stop| {
            Ok(segment_all(&set, &project, &folder, stop, &progress, &*wake)?)
        });
    }

    fn save_picture(&mut self, index: usize, path: PathBuf, marks: &Marks) {
        let key = self.field_key(index);
        let Some(field) = self.results.field(key).cloned().filter(|_| self.lanes.picture_file.is_free()) else {
            return;
        };
        let cells = self.results.cells.as_ref().filter(|cells| cells.inputs.field == key);
        let (cells, display) = (cells.map(|cells| Arc::clone(&cells.value)), self.display().clone());
        let (marks, target) = (marks.clone(), path.clone());
        self.lanes.picture_file.start(path, &self.wake, move |_| {
            Ok(write_picture(&target, &marked_picture(&field, &display, cells.as_deref(), &marks))?)
        });
    }

    fn to_save(&self) -> Option<(PathBuf, project_file::ProjectFile)> {
        let opened = self.opened.as_ref()?;
        let folder = opened.folder.clone()?;
        let file = opening::project_file(&folder, &opened.set, opened.label_file.as_deref(), &self.project);
        Some((folder, file))
    }

    fn start_saving(&mut self) {
        self.unsaved_since = None;
        if let Some((folder, file)) = self.to_save() {
            self.lanes.saving.start((), &self.wake, move |_| Ok(project_file::write(&folder, &file)?));
        }
    }

    fn take_in(&mut self, focus: &Focus) {
        if let Some(Computed { value, .. }) = self.lanes.opening.take() {
            match value {
                Ok(opened) => self.take_opened(opened),
                Err(reason) => self.fail(reason),
            }
        }
        let opening = self.openings;
        if let Some(read) = self.lanes.field.take().filter(|read| read.inputs.opening == opening) {
            let kept = focus.field.map(|index| self.field_key(index));
            self.results.keep_field(read, kept);
        }
        if let Some(drawn) = self.lanes.picture.take().filter(|drawn| drawn.inputs.field.opening == opening) {
            match drawn.value {
                Ok(value) => self.results.picture = Some(Computed { inputs: drawn.inputs, value }),
                Err(reason) => self.fail(reason),
            }
        }
        if let Some(found) = self.lanes.cells.take().filter(|found| found.inputs.field.opening == opening) {
            match found.value {
                Ok(value) => {
                    let counted = Computed { inputs: found.inputs.clone(), value: value.count() };
                    self.results.cell_counts.insert(found.inputs.field.index, counted);
                    self.results.cells = Some(Computed { inputs: found.inputs, value });
                }
                Err(reason) => self.fail(reason),
            }
        }
        if let Some(measured) = self.lanes.features.take().filter(|done| done.inputs.field.opening == opening) {
            match measured.value {
                Ok(value) => self.results.features = Some(Computed { inputs: measured.inputs, value }),
                Err(reason) => self.fail(reason),
            }
        }
        if let Some(Computed { inputs, value }) = self.lanes.thumbnail.take().filter(|done| done.inputs.0 == opening) {
            let thumbnail: Thumbnail = value;
            self.results.thumbnails.insert(inputs.1, thumbnail);
        }
        if let Some(Computed { value: Err(reason), .. }) = self.lanes.saving.take() {
            // It stays unsaved, and is tried again with the next change and at the end.
            self.unsaved_since = None;
            self.fail(format!("not saved: {reason}"));
        }
        if let Some(Computed { inputs: path, value }) = self.lanes.picture_file.take() {
            match value {
                Ok(()) => self.notice(format!("the image is saved — {}", path.display()), false),
                Err(reason) => self.fail(reason),
            }
        }
        if let Some(done) = self.lanes.segment_all.take().filter(|done| done.inputs == opening) {
            self.take_segmented(done.value);
        }
    }

    fn take_segmented(&mut self, report: Result<BatchReport, String>) {
        match report {
            Ok(report) => {
                let folder = self.opened.as_ref().and_then(|opened| opened.folder.as_deref()).map(mask_folder);
                let place = folder.unwrap_or_default();
                let (read, cells) = (report.read, report.cells);
                self.notice(format!("{read} images with {cells} cells; their masks are in {}", place.display()), false);
                for (id, reason) in report.failures.iter().take(5) {
                    self.fail(format!("{id}: {reason}"));
                }
                let more = report.failures.len().saturating_sub(5);
                if more > 0 {
                    self.fail(format!("and {more} more images failed"));
                }
            }
            Err(reason) => self.notice(reason, false),
        }
    }

    fn start_wanted(&mut self, focus: &Focus) {
        let Some(opened) = &self.opened else { return };
        let set = &opened.set;
        let Wanted { field, picture, cells, features, thumbnail: small } =
            wanted::wanted(set, self.openings, &self.project, self.display(), focus, &self.results);
        let (lanes, wake, results) = (&mut self.lanes, &self.wake, &self.results);
        if let Some(key) = field.filter(|_| lanes.field.is_free()) {
            let files = set.fields()[key.index].clone();
            lanes.field.start(key, wake, move |_| Ok(Arc::new(LoadedField::read(&files, key.depth)?)));
        }
        if let Some(key) = picture.filter(|_| lanes.picture.is_free())
            && let Some(field) = results.field(key.field).cloned()
        {
            let (part, display) = (key.part.clone(), key.display.clone());
            lanes.picture.start(key, wake, move |_| Ok(Arc::new(field.picture(&part, &display))));
        }
        if let Some(key) = cells.filter(|_| lanes.cells.is_free())
            && let Some(field) = results.field(key.field).cloned()
        {
            // Stages of the same field may be taken over in part.
            let before = results.cells.as_ref().filter(|cells| cells.inputs.field == key.field);
            let before = before.map(|cells| Arc::clone(&cells.value));
            let params = key.params.clone();
            lanes.cells.start(key, wake, move |_| {
                let before = before.as_ref().map(|cells| &cells.stages);
                Ok(Arc::new(FoundCells::of(Stages::after(before, field.field(), &params))))
            });
        }
        if let Some(key) = features.filter(|_| lanes.features.is_free())
            && let Some(field) = results.field(key.field).cloned()
            && let Some(cells) = results.cells.as_ref().map(|cells| Arc::clone(&cells.value))
        {
            lanes.features.start(key, wake, move |_| Ok(Arc::new(cells.measured(&field))));
        }
        if let Some(index) = small.filter(|_| lanes.thumbnail.is_free()) {
            let (files, folder) = (set.fields()[index].clone(), opened.folder.clone());
            lanes.thumbnail.start((self.openings, index), wake, move |_| thumbnail(&files, folder.as_deref()));
        }
    }
}

//! Opening a set: its fields, the labels of its images, and the project that belongs to it.

use std::{
    collections::BTreeMap,
    error::Error,
    path::{Path, PathBuf},
};

use super::{Stop, demo_set::provide_demo_set, record_keeping::OpenJournal};
use crate::{
    atlas::LocationSet,
    demo::{DemoSet, Part},
    project::{Labels, Project},
    storage::{
        ImageLabels, ImageSet, SetLayout, demo_set,
        image_set::ImageSetError,
        journal::{self, Journal},
        project_file::{self, ProjectFile},
        project_place,
        user_folders::cache_folder,
    },
};

/// Bad lines that are named one by one.
const SHOWN: usize = 3;

/// A set that was opened, and all that belongs to it.
#[derive(Debug)]
pub struct Opened {
    /// The fields.
    pub set: ImageSet,
    /// The labels of images, by ID.
    pub labels: BTreeMap<String, LocationSet>,
    /// The decisions that were made about the set, among them the file that the labels are from.
    pub project: Project,
    /// Where decisions are kept; `None` if they cannot be, which is among the problems.
    pub folder: Option<PathBuf>,
    /// Where decisions about cells go.
    pub keeping: Keeping,
    /// What went wrong, a sentence each; none of it kept the set from being opened.
    pub problems: Vec<String>,
}

/// What is done with the journal of decisions about cells.
#[derive(Clone, Copy, Debug)]
pub enum JournalUse<'a> {
    /// It is opened to be written into, unless it is this one, which is open already.
    Open(Option<&'a OpenJournal>),
    /// It is left to the caller, and the project has no decisions about cells.
    Leave,
}

/// Where decisions about cells go.
#[derive(Debug)]
pub enum Keeping {
    /// Into this journal, whose decisions the project has.
    Journal(OpenJournal),
    /// Into the journal that the caller has, and with it all decisions that were made up to now.
    Same,
    /// Nowhere: none can be made.
    Nowhere,
}

/// What opening a path came to.
#[derive(Debug)]
pub enum Opening {
    /// A set.
    Set(Box<Opened>),
    /// A project whose images are elsewhere now.
    Moved(MovedSet),
}

/// A project whose images are not where they were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedSet {
    /// The folder of the project.
    pub project: PathBuf,
    /// Where the images were.
    pub was: PathBuf,
}

/// Opens what is at `path`: a folder of images, the folder of a project, or its `project.ron`. Its journal is used as `journal` says.
///
/// # Errors
/// If there is no set, or the project cannot be read.
pub fn open(path: &Path, journal: JournalUse) -> Result<Opening, Box<dyn Error>> {
    let folder = if project_file::is_name(path) { path.parent().unwrap_or(path) } else { path };
    let Some(file) = project_file::read(folder)? else { return Ok(Opening::Set(Box::new(open_set(path, journal)?))) };
    let set = project_place::absolute(&file.set, folder);
    if !project_place::is_folder(&set) {
        return Ok(Opening::Moved(MovedSet { project: folder.to_owned(), was: set }));
    }
    Ok(Opening::Set(Box::new(open_with(&set, folder.to_owned(), journal)?)))
}

/// Opens the set in `folder` with the project that belongs to it. If the four stains of no field are there, but files of
/// four channels are, it is a set of those.
///
/// # Errors
/// If there is no set.
pub fn open_set(folder: &Path, journal: JournalUse) -> Result<Opened, Box<dyn Error>> {
    let set = open_in_any_layout(folder)?;
    Ok(match project_place::project_folder(set.root()) {
        Ok(project) => with_project(set, Some(project), journal, Vec::new()),
        Err(error) => with_project(set, None, journal, vec![format!("decisions are not saved: {error}")]),
    })
}

/// Opens the set in `folder` with the project in `project`.
///
/// # Errors
/// If there is no set.
pub fn open_with(folder: &Path, project: PathBuf, journal: JournalUse) -> Result<Opened, Box<dyn Error>> {
    Ok(with_project(open_in_any_layout(folder)?, Some(project), journal, Vec::new()))
}

fn with_project(set: ImageSet, mut folder: Option<PathBuf>, journal: JournalUse, mut problems: Vec<String>) -> Opened {
    problems.extend(set.unreadable().iter().map(ToString::to_string));
    // What was imported can be read also where nothing can be written.
    let place = folder.clone();
    let mut known = None;
    if let Some(path) = &folder {
        match project_file::read(path) {
            Ok(file) => known = file,
            Err(error) => {
                problems.push(format!("the project is left as it is, and decisions are not saved: {error}"));
                folder = None;
            }
        }
    }
    let chosen = known.as_ref().and_then(|file| Some(project_place::absolute(file.labels.as_ref()?, folder.as_ref()?)));
    // A set that was moved has its label file with it, as a rule.
    let label_file = match chosen {
        Some(path) if !is_file(&path) => usual_label_file(set.root()).or(Some(path)),
        chosen => chosen.or_else(|| usual_label_file(set.root())),
    };
    let mut labels = BTreeMap::new();
    if let Some(path) = &label_file {
        match ImageLabels::read(path) {
            Ok(read) => {
                problems.extend(label_problems(&read, path));
                labels = read.by_id;
            }
            Err(error) => problems.push(error.to_string()),
        }
    }
    let project = known.map_or_else(Project::default, |file| file.project).with_label_file(label_file);
    let examples = project.examples().clone();
    let from_here =
        |path: &Path| place.as_ref().map_or(path.to_owned(), |folder| project_place::absolute(path, folder));
    let project = project.with_examples(examples.with_path(from_here));
    let (keeping, decisions) = folder
        .as_deref()
        .map_or((Keeping::Nowhere, Labels::default()), |place| open_journal(place, journal, &mut problems));
    if matches!(keeping, Keeping::Nowhere) {
        folder = None;
    }
    let project = project.with_labels(decisions).in_folder(place.as_deref());
    Opened { set, labels, project, folder, keeping, problems }
}

/// The journal in `folder` and the decisions in it.
fn open_journal(folder: &Path, journal: JournalUse, problems: &mut Vec<String>) -> (Keeping, Labels) {
    match journal {
        JournalUse::Open(Some(held)) if held.is_in(folder) => return (Keeping::Same, Labels::default()),
        JournalUse::Open(_) => {}
        JournalUse::Leave => return (Keeping::Same, Labels::default()),
    }
    let opened = match Journal::open(folder) {
        Ok((journal, content)) => Ok((Keeping::Journal(OpenJournal::new(folder, journal)), content)),
        Err(error) => {
            problems.push(format!("this project can be looked at, but nothing is saved: {error}"));
            journal::read(folder).map(|content| (Keeping::Nowhere, content))
        }
    };
    match opened {
        Ok((keeping, content)) => {
            problems.extend(content.problems.iter().take(SHOWN).map(ToString::to_string));
            let more = content.problems.len().saturating_sub(SHOWN);
            problems.extend((more > 0).then(|| format!("and {more} more lines of the journal")));
            (keeping, Labels::replay(content.records))
        }
        Err(error) => {
            problems.push(error.to_string());
            (Keeping::Nowhere, Labels::default())
        }
    }
}

/// What is wrong in a label file: the first lines, and how many more.
#[must_use]
pub fn label_problems(read: &ImageLabels, path: &Path) -> Vec<String> {
    let shown = read.problems.iter().take(SHOWN).map(|problem| format!("{problem} — {}", path.display()));
    let more = read.problems.len().saturating_sub(SHOWN);
    shown.chain((more > 0).then(|| format!("and {more} more lines — {}", path.display()))).collect()
}

fn open_in_any_layout(folder: &Path) -> Result<ImageSet, ImageSetError> {
    let set = ImageSet::open(folder, SetLayout::FilePerStain);
    match set {
        Err(ImageSetError::NoField { .. }) => ImageSet::open(folder, SetLayout::SubCell).or(set),
        _ => set,
    }
}

/// `train.csv` in the folder of images or beside it, if it is there.
#[must_use]
pub fn usual_label_file(root: &Path) -> Option<PathBuf> {
    let beside = root.parent().filter(|_| root.file_name().is_some_and(|name| name != "test"));
    [Some(root), beside].into_iter().flatten().map(|folder| folder.join("train.csv")).find(|path| is_file(path))
}

fn is_file(path: &Path) -> bool {
    crate::storage::FileStamp::of(path).is_some()
}

/// Opens the training images of the set for newcomers, which is drawn first if it is not there; `drawn` is called after
/// each field.
///
/// # Errors
/// If there is no place for it.
pub fn open_demo(stop: &Stop, drawn: impl Fn() + Sync, journal: JournalUse) -> Result<Opening, Box<dyn Error>> {
    let folder = cache_folder()?.join("demo");
    provide_demo_set(&DemoSet::default(), &folder, stop, drawn)?;
    Ok(Opening::Set(Box::new(open_set(&demo_set::images(&folder, Part::Train), journal)?)))
}

/// What is written into the project's file.
#[must_use]
pub fn project_file(folder: &Path, set: &ImageSet, project: &Project) -> ProjectFile {
    let examples = project.examples().clone().with_path(|path| project_place::relative(path, folder));
    ProjectFile {
        version: project_file::VERSION,
        set: project_place::relative(set.root(), folder),
        layout: set.layout(),
        labels: project.label_file().map(|path| project_place::relative(path, folder)),
        project: project.without_labels().with_examples(examples),
    }
}

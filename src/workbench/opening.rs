//! Opening a set: its fields, the labels of its images, and the project that belongs to it.

use std::{
    collections::BTreeMap,
    error::Error,
    path::{Path, PathBuf},
};

use super::{Stop, demo_set::provide_demo_set};
use crate::{
    atlas::LocationSet,
    demo::{DemoSet, Part},
    project::Project,
    storage::{
        FileError, ImageLabels, ImageSet, SetLayout, demo_set,
        image_set::ImageSetError,
        project_file::{self, ProjectFile},
        user_folders::cache_folder,
    },
};

/// A set that was opened, and all that belongs to it.
#[derive(Debug)]
pub struct Opened {
    /// The fields.
    pub set: ImageSet,
    /// The labels of images, by ID.
    pub labels: BTreeMap<String, LocationSet>,
    /// The file they are from.
    pub label_file: Option<PathBuf>,
    /// The decisions that were made about the set.
    pub project: Project,
    /// Where decisions are kept; `None` if they cannot be, which is among the problems.
    pub folder: Option<PathBuf>,
    /// What went wrong, a sentence each; none of it kept the set from being opened.
    pub problems: Vec<String>,
}

/// Opens the set in `folder`. If the four stains of no field are there, but files of four channels are, it is a set of
/// those.
///
/// # Errors
/// If there is no set.
pub fn open(folder: &Path) -> Result<Opened, Box<dyn Error>> {
    let set = open_in_any_layout(folder)?;
    let project = project_file::project_folder(set.root());
    Ok(with_project_in(project, set))
}

/// Opens the set in `folder` with the project in the folder `project`, away from the set; its own is not touched.
///
/// # Errors
/// If there is no set.
pub fn open_aside(folder: &Path, project: &Path) -> Result<Opened, Box<dyn Error>> {
    let set = open_in_any_layout(folder)?;
    Ok(with_project_in(Ok(project.to_owned()), set))
}

fn with_project_in(folder: Result<PathBuf, FileError>, set: ImageSet) -> Opened {
    let mut problems: Vec<String> = set.unreadable().iter().map(ToString::to_string).collect();
    let (mut folder, mut known) = match folder {
        Ok(folder) => (Some(folder), None),
        Err(error) => {
            problems.push(format!("decisions are not saved: {error}"));
            (None, None)
        }
    };
    if let Some(path) = &folder {
        match project_file::read(path) {
            Ok(file) => known = file,
            Err(error) => {
                problems.push(format!("the project is left as it is, and decisions are not saved: {error}"));
                folder = None;
            }
        }
    }
    let chosen = known.as_ref().and_then(|file| Some(folder.as_ref()?.join(file.labels.as_ref()?)));
    let label_file = chosen.or_else(|| usual_label_file(set.root()));
    let mut labels = BTreeMap::new();
    if let Some(path) = &label_file {
        match ImageLabels::read(path) {
            Ok(read) => {
                let count = read.problems.len();
                problems.extend(read.problems.iter().take(3).map(|problem| format!("{problem} — {}", path.display())));
                problems.extend((count > 3).then(|| format!("and {} more lines — {}", count - 3, path.display())));
                labels = read.by_id;
            }
            Err(error) => problems.push(error.to_string()),
        }
    }
    let project = known.map_or_else(Project::default, |file| file.project);
    Opened { set, labels, label_file, project, folder, problems }
}

fn open_in_any_layout(folder: &Path) -> Result<ImageSet, ImageSetError> {
    let set = ImageSet::open(folder, SetLayout::FilePerStain);
    match set {
        Err(ImageSetError::NoField { .. }) => ImageSet::open(folder, SetLayout::SubCell).or(set),
        _ => set,
    }
}

/// `train.csv` in the folder of images or beside it.
fn usual_label_file(root: &Path) -> Option<PathBuf> {
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
pub fn open_demo(stop: &Stop, drawn: impl Fn() + Sync) -> Result<Opened, Box<dyn Error>> {
    let folder = cache_folder()?.join("demo");
    provide_demo_set(&DemoSet::default(), &folder, stop, drawn)?;
    open(&demo_set::images(&folder, Part::Train))
}

/// What is written into the project's file.
#[must_use]
pub fn project_file(folder: &Path, set: &ImageSet, label_file: Option<&Path>, project: &Project) -> ProjectFile {
    ProjectFile {
        version: project_file::VERSION,
        set: project_file::relative(set.root(), folder),
        layout: set.layout(),
        labels: label_file.map(|path| project_file::relative(path, folder)),
        project: project.clone(),
    }
}

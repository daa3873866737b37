//! What the window may ask for. The only way in which it changes anything.

use std::path::PathBuf;

use super::picture::Marks;
use crate::project::Edit;

/// One wish of the user.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Open the set in this folder.
    Open(PathBuf),
    /// Open a set with its project in another folder than its own.
    OpenAside {
        /// The set.
        set: PathBuf,
        /// The folder of the project.
        project: PathBuf,
    },
    /// Open the set for newcomers.
    OpenDemo,
    /// Take the labels of images from this file.
    ReadLabels(PathBuf),
    /// Change the project.
    Edit(Edit),
    /// The gesture that edits belong to has ended.
    EndGesture,
    /// Undo the last step.
    Undo,
    /// Redo the step undone last.
    Redo,
    /// Find the cells of all fields and write their masks.
    SegmentAll,
    /// Stop that, to go on later.
    PauseSegmentAll,
    /// Write the field at `index` as a picture in full size, with its cells if they are shown.
    SavePicture {
        /// Its place in the set.
        index: usize,
        /// The file.
        path: PathBuf,
        /// What is drawn over it.
        marks: Marks,
    },
    /// Read everything about this field anew.
    Reload(usize),
    /// Take a notice away.
    Dismiss(usize),
}

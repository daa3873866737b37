//! What the window may ask for. The only way in which it changes anything.

use std::path::PathBuf;

use super::{
    bulk::BulkStep,
    label_exchange::Selection,
    picture::PictureWish,
    rules::RuleStep,
    state::{ExportCommand, MaskCommand, TuningCommand, WholeSetTask},
};
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
    /// Decide the same about many cells.
    OfMany(BulkStep),
    /// Decide about the cells on one side of a cut.
    ByRule(RuleStep),
    /// From now on, this person decides.
    SignAs(String),
    /// The gesture that edits belong to has ended.
    EndGesture,
    /// Undo the last step.
    Undo,
    /// Redo the step undone last.
    Redo,
    /// Work on all fields.
    OfAll(WholeSetTask),
    /// Stop that, to go on later.
    PauseOfAll,
    /// Learn from the cells as they are labelled now.
    Learn,
    /// Try which regularisation ranks best, and take that.
    Tune,
    /// Find how frequent locations are on cells by what was decided, and take that.
    FitPriors,
    /// Stop learning and trying.
    StopLearning,
    /// Write what is decided about cells into a table.
    ExportLabels {
        /// The file.
        path: PathBuf,
        /// Which cells.
        selection: Selection,
    },
    /// Export the project, or what has to do with that.
    Export(ExportCommand),
    /// Import masks, or compare those of the set with others.
    Masks(MaskCommand),
    /// Tune the segmentation by examples.
    TuneByExample(TuningCommand),
    /// Decide about cells what this table says.
    ImportLabels(PathBuf),
    /// Write a picture.
    SavePicture {
        /// The file.
        path: PathBuf,
        /// The picture.
        wish: PictureWish,
    },
    /// Draw a picture for the clipboard.
    CopyPicture(PictureWish),
    /// The images of the project that was opened are in this folder now.
    Relocate(PathBuf),
    /// They need not be found.
    ForgetMoved,
    /// Keep the project in this folder from now on.
    MoveProject(PathBuf),
    /// Read everything about this field anew.
    Reload(usize),
    /// Take a notice away.
    Dismiss(usize),
}

impl Command {
    /// Whether it changes or writes what is decided about cells, or changes which cells there are.
    #[must_use]
    pub fn concerns_labels(&self) -> bool {
        match self {
            Self::Edit(edit) => edit.is_recorded() || edit.concerns_cells(),
            Self::OfMany(_)
            | Self::ByRule(_)
            | Self::Undo
            | Self::Redo
            | Self::ImportLabels(_)
            | Self::ExportLabels { .. }
            | Self::Export(_)
            | Self::MoveProject(_) => true,
            _ => false,
        }
    }
}

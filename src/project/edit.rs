//! One change of a project.

use std::{mem, path::PathBuf};

use super::{
    examples::TuningExamples,
    imported::ImportChanges,
    labels::{Deed, Pen},
};
use crate::pipeline::{
    classifier::TrainingParams, composite::CompositeParams, post_processing::PostProcessingParams,
    sample_depth::SampleDepth, segmentation::SegmentationParams,
};

/// One change of a project, in words of what it is to be afterwards.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// How fields are drawn.
    Display(CompositeParams),
    /// How samples become 8 bit.
    SampleDepth(SampleDepth),
    /// How all fields are cut that have no parameters of their own.
    Segmentation(SegmentationParams),
    /// How one field is cut; `None`: like the others.
    Override {
        /// The field's ID.
        id: String,
        /// Its own parameters.
        params: Option<SegmentationParams>,
    },
    /// Masks from elsewhere in the place of computed ones, or the other way round.
    ImportedMasks(ImportChanges),
    /// The file that the labels of images are from; `None`: they have none.
    LabelFile(Option<PathBuf>),
    /// How locations are learnt from cells.
    Training(TrainingParams),
    /// What of an image's ID names its sample; `None`: each image is one.
    Samples(Option<String>),
    /// Whether somebody has looked over a field.
    Reviewed {
        /// The field's ID.
        id: String,
        /// Whether so.
        is_reviewed: bool,
    },
    /// Labels of cells.
    Labels(Deed),
    /// Masks, by hand.
    Masks(Deed),
    /// Labels of cells that people signed with pens of their own.
    Import(Vec<(Pen, Deed)>),
    /// Side of a pixel in micrometres.
    PixelSize(f64),
    /// How probabilities become the confidences that are exported.
    PostProcessing(PostProcessingParams),
    /// What the segmentation is tuned by.
    Examples(TuningExamples),
    /// Several changes that are one, in this order.
    Together(Vec<Edit>),
}

impl Edit {
    /// What was changed, as the words after "undo".
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Display(_) => "change of display",
            Self::SampleDepth(_) => "change of sample depth",
            Self::Segmentation(_) => "change of segmentation",
            Self::Override { .. } => "change of this image's segmentation",
            Self::ImportedMasks(_) => "choice of imported or computed masks",
            Self::LabelFile(_) => "choice of labels",
            Self::Training(_) => "change of training",
            Self::Samples(_) => "choice of samples",
            Self::Reviewed { .. } => "mark of review",
            Self::Labels(_) => "decision about cells",
            Self::Masks(_) => "correction of cells",
            Self::Import(_) => "reading of labels",
            Self::PixelSize(_) => "change of pixel size",
            Self::PostProcessing(_) => "change of confidences",
            Self::Examples(_) => "change of examples",
            Self::Together(edits) => edits.first().map_or("nothing", Self::name),
        }
    }

    /// Whether it goes into the journal of the set, and not into the project's file.
    #[must_use]
    pub fn is_recorded(&self) -> bool {
        match self {
            Self::Labels(_) | Self::Masks(_) | Self::Import(_) => true,
            Self::Together(edits) => edits.iter().any(Self::is_recorded),
            _ => false,
        }
    }

    /// Whether other cells may be found afterwards.
    #[must_use]
    pub fn concerns_cells(&self) -> bool {
        match self {
            Self::SampleDepth(_)
            | Self::Segmentation(_)
            | Self::Override { .. }
            | Self::ImportedMasks(_)
            | Self::Masks(_) => true,
            Self::Together(edits) => edits.iter().any(Self::concerns_cells),
            _ => false,
        }
    }

    /// Whether both change the same thing, so that inside one gesture the later one takes the place of the earlier.
    #[must_use]
    pub fn concerns_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Override { id, .. }, Self::Override { id: other, .. })
            | (Self::Reviewed { id, .. }, Self::Reviewed { id: other, .. }) => id == other,
            (
                Self::Together(_)
                | Self::Labels(_)
                | Self::Masks(_)
                | Self::Import(_)
                | Self::ImportedMasks(_)
                | Self::Examples(_),
                _,
            ) => false,
            _ => mem::discriminant(self) == mem::discriminant(other),
        }
    }
}

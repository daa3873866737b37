//! DECISIONS of the user (floor 3): what is saved and can be undone. Pure: no files, no threads, no window.
//!
//! A [`Project`] changes by [`Project::apply`] alone, which gives back the edit that undoes it; a [`History`] keeps
//! those. What can be computed again, and how one looks at it, is not in here.

pub mod cutting;
mod edit;
pub mod examples;
mod history;
pub mod imported;
pub mod labels;

pub use cutting::{Cutting, Cuttings, FieldMeasurement};
pub use edit::Edit;
pub use examples::TuningExamples;
pub use history::History;
pub use imported::{ImportedMasks, ImportedOfFields};
pub use labels::Labels;

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use self::labels::Pen;
use crate::pipeline::{
    classifier::TrainingParams,
    composite::CompositeParams,
    corrections::Corrections,
    measurement::MeasurementParams,
    parameter::{Parameter, ParameterError},
    post_processing::PostProcessingParams,
    sample_depth::SampleDepth,
    segmentation::SegmentationParams,
};

/// What a person has decided about a set of fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Project {
    /// How fields are drawn.
    display: CompositeParams,
    /// How samples become 8 bit.
    sample_depth: SampleDepth,
    /// How fields are cut into cells.
    segmentation: SegmentationParams,
    /// Fields that are cut otherwise, by their IDs.
    overrides: BTreeMap<String, SegmentationParams>,
    /// Fields whose masks are from elsewhere.
    imported: ImportedOfFields,
    /// The folder that holds these, which is the project's own.
    #[serde(skip)]
    folder: Option<Arc<Path>>,
    /// The file that the labels of images are from. Its path is written as seen from the project's file, by whoever
    /// writes that.
    #[serde(skip)]
    label_file: Option<PathBuf>,
    /// How locations are learnt from cells.
    training: TrainingParams,
    /// What of an image's ID names its sample, as a regular expression with one group: images of one sample are judged by
    /// rules that have seen none of them. `None`: each image by itself.
    samples: Option<String>,
    /// The IDs of fields that somebody has looked over.
    reviewed: BTreeSet<String>,
    /// Side of a pixel in micrometres.
    pixel_size_um: f64,
    /// How probabilities become the confidences that are exported.
    post_processing: PostProcessingParams,
    /// What the segmentation is tuned by.
    examples: TuningExamples,
    /// The labels of cells, which have a journal of their own.
    #[serde(skip)]
    labels: Labels,
}

impl Default for Project {
    fn default() -> Self {
        Self {
            display: CompositeParams::default(),
            sample_depth: SampleDepth::default(),
            segmentation: SegmentationParams::default(),
            overrides: BTreeMap::new(),
            imported: ImportedOfFields::default(),
            folder: None,
            label_file: None,
            training: TrainingParams::default(),
            samples: None,
            reviewed: BTreeSet::new(),
            pixel_size_um: Self::USUAL_PIXEL_SIZE_UM,
            post_processing: PostProcessingParams::default(),
            examples: TuningExamples::default(),
            labels: Labels::default(),
        }
    }
}

impl Project {
    /// The pixels of most images of the Human Protein Atlas, in micrometres.
    pub const USUAL_PIXEL_SIZE_UM: f64 = 0.08;
    /// For [`Project::pixel_size_um`].
    pub const PIXEL_SIZE: Parameter = Parameter {
        name: "pixel size",
        unit: "µm",
        range: 0.001..=100.0,
        hover: "Side of a pixel in the sample, which the microscope's file or handbook tells. \
                It sets the length of the scale bar and nothing else.",
    };

    /// How fields are drawn.
    #[must_use]
    pub fn display(&self) -> &CompositeParams {
        &self.display
    }

    /// How samples become 8 bit.
    #[must_use]
    pub fn sample_depth(&self) -> SampleDepth {
        self.sample_depth
    }

    /// How fields are cut into cells that have no parameters of their own.
    #[must_use]
    pub fn segmentation(&self) -> &SegmentationParams {
        &self.segmentation
    }

    /// How the field `id` is cut into cells.
    #[must_use]
    pub fn segmentation_of(&self, id: &str) -> &SegmentationParams {
        self.overrides.get(id).unwrap_or(&self.segmentation)
    }

    /// How the field `id` is cut into cells, with what was corrected by hand.
    #[must_use]
    pub fn cutting_of(&self, id: &str) -> Cutting {
        let corrections = self.labels.corrections().get(id).cloned().unwrap_or_default();
        let imported = cutting::imported_from(&self.imported, self.folder.as_ref(), id);
        Cutting { params: self.segmentation_of(id).clone(), imported, corrections }
    }

    /// Whether [`Project::cutting_of`] is `cutting`. Copies nothing, for it is asked of all fields of a set.
    #[must_use]
    pub fn is_field_cut_as(&self, id: &str, cutting: &Cutting) -> bool {
        let imported = self.imported.get(id).zip(self.folder.as_ref());
        cutting.params == *self.segmentation_of(id)
            && cutting.imported.as_ref().map(|from| (&from.masks, &from.folder)) == imported
            && match self.labels.corrections().get(id) {
                Some(corrections) => cutting.corrections == *corrections,
                None => cutting.corrections == Corrections::default(),
            }
    }

    /// How all fields are cut into cells.
    #[must_use]
    pub fn cuttings(&self) -> Cuttings {
        Cuttings {
            common: self.segmentation.clone(),
            overrides: self.overrides.clone(),
            corrections: Arc::clone(self.labels.corrections()),
            imported: self.imported.clone(),
            folder: self.folder.clone(),
        }
    }

    /// Whether fields are cut like that. Copies nothing, for it is asked in every frame.
    #[must_use]
    pub fn is_cut_as(&self, cuttings: &Cuttings) -> bool {
        cuttings.common == self.segmentation
            && cuttings.overrides == self.overrides
            && cutting::are_same(&cuttings.corrections, self.labels.corrections())
            && cuttings.imported == self.imported
            && cuttings.folder == self.folder
    }

    /// Whether the field `id` has parameters of its own.
    #[must_use]
    pub fn is_overridden(&self, id: &str) -> bool {
        self.overrides.contains_key(id)
    }

    /// The fields with parameters of their own.
    #[must_use]
    pub fn overrides(&self) -> &BTreeMap<String, SegmentationParams> {
        &self.overrides
    }

    /// The fields whose masks are from elsewhere.
    #[must_use]
    pub fn imported(&self) -> &ImportedOfFields {
        &self.imported
    }

    /// The project as it lies in this folder.
    #[must_use]
    pub fn in_folder(self, folder: Option<&Path>) -> Self {
        Self { folder: folder.map(Arc::from), ..self }
    }

    /// The file that the labels of images are from.
    #[must_use]
    pub fn label_file(&self) -> Option<&Path> {
        self.label_file.as_deref()
    }

    /// The project with this label file, as it is when it is opened.
    #[must_use]
    pub fn with_label_file(self, label_file: Option<PathBuf>) -> Self {
        Self { label_file, ..self }
    }

    /// The labels of cells.
    #[must_use]
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// The project with these labels, as it is when it is opened.
    #[must_use]
    pub fn with_labels(self, labels: Labels) -> Self {
        Self { labels, ..self }
    }

    /// Its labels alone.
    #[must_use]
    pub fn into_labels(self) -> Labels {
        self.labels
    }

    /// Sets who decides from now on, and when.
    pub fn sign(&mut self, pen: Pen) {
        self.labels.sign(pen);
    }

    /// A copy of all but the decisions about labels, which may be many and which most work does not need. What was
    /// corrected by hand stays, for all work that finds cells needs that.
    #[must_use]
    pub fn without_labels(&self) -> Self {
        Self {
            display: self.display.clone(),
            segmentation: self.segmentation.clone(),
            overrides: self.overrides.clone(),
            imported: self.imported.clone(),
            folder: self.folder.clone(),
            label_file: self.label_file.clone(),
            training: self.training.clone(),
            samples: self.samples.clone(),
            reviewed: self.reviewed.clone(),
            post_processing: self.post_processing.clone(),
            examples: self.examples.clone(),
            labels: self.labels.corrections_alone(),
            ..*self
        }
    }

    /// How locations are learnt from cells.
    #[must_use]
    pub fn training(&self) -> &TrainingParams {
        &self.training
    }

    /// What of an image's ID names its sample, as the text of a
    /// [`SamplePattern`](crate::pipeline::classifier::SamplePattern); `None`: each image is one.
    #[must_use]
    pub fn samples(&self) -> Option<&str> {
        self.samples.as_deref()
    }

    /// Whether somebody has looked over the field `id`.
    #[must_use]
    pub fn is_reviewed(&self, id: &str) -> bool {
        self.reviewed.contains(id)
    }

    /// Side of a pixel in micrometres.
    #[must_use]
    pub fn pixel_size_um(&self) -> f64 {
        self.pixel_size_um
    }

    /// How probabilities become the confidences that are exported.
    #[must_use]
    pub fn post_processing(&self) -> &PostProcessingParams {
        &self.post_processing
    }

    /// What the segmentation is tuned by.
    #[must_use]
    pub fn examples(&self) -> &TuningExamples {
        &self.examples
    }

    /// The project with these examples, as it is when it is opened.
    #[must_use]
    pub fn with_examples(self, examples: TuningExamples) -> Self {
        Self { examples, ..self }
    }

    /// The edit that cuts all fields with `params`, those with parameters of their own too.
    #[must_use]
    pub fn cut_all_by(&self, params: &SegmentationParams) -> Edit {
        let own = self.overrides.keys().map(|id| Edit::Override { id: id.clone(), params: None });
        Edit::Together(std::iter::once(Edit::Segmentation(params.clone())).chain(own).collect())
    }

    /// How fields without parameters of their own are measured.
    #[must_use]
    pub fn measurement(&self) -> MeasurementParams {
        MeasurementParams { sample_depth: self.sample_depth, segmentation: self.segmentation.clone() }
    }

    /// Applies `edit` and returns the edit that undoes it.
    #[must_use = "the inverse belongs in the history"]
    pub fn apply(&mut self, edit: Edit) -> Edit {
        match edit {
            Edit::Display(display) => Edit::Display(mem::replace(&mut self.display, display)),
            Edit::SampleDepth(depth) => Edit::SampleDepth(mem::replace(&mut self.sample_depth, depth)),
            Edit::Segmentation(params) => Edit::Segmentation(mem::replace(&mut self.segmentation, params)),
            Edit::Override { id, params } => {
                let before = match params {
                    Some(params) => self.overrides.insert(id.clone(), params),
                    None => self.overrides.remove(&id),
                };
                Edit::Override { id, params: before }
            }
            Edit::ImportedMasks(changes) => Edit::ImportedMasks(self.imported.change(changes)),
            Edit::LabelFile(path) => Edit::LabelFile(mem::replace(&mut self.label_file, path)),
            Edit::Training(params) => Edit::Training(mem::replace(&mut self.training, params)),
            Edit::Samples(pattern) => Edit::Samples(mem::replace(&mut self.samples, pattern)),
            Edit::Reviewed { id, is_reviewed } => {
                let was_reviewed =
                    if is_reviewed { !self.reviewed.insert(id.clone()) } else { self.reviewed.remove(&id) };
                Edit::Reviewed { id, is_reviewed: was_reviewed }
            }
            Edit::Labels(deed) => Edit::Labels(self.labels.apply(deed)),
            Edit::Masks(deed) => Edit::Masks(self.labels.apply(deed)),
            Edit::Import(deeds) => {
                let mut inverses: Vec<Edit> = self.labels.apply_signed(deeds).into_iter().map(Edit::Labels).collect();
                inverses.reverse();
                Edit::Together(inverses)
            }
            Edit::PixelSize(size_um) => Edit::PixelSize(mem::replace(&mut self.pixel_size_um, size_um)),
            Edit::PostProcessing(params) => Edit::PostProcessing(mem::replace(&mut self.post_processing, params)),
            Edit::Examples(examples) => Edit::Examples(mem::replace(&mut self.examples, examples)),
            Edit::Together(edits) => {
                let mut inverses: Vec<Edit> = edits.into_iter().map(|edit| self.apply(edit)).collect();
                inverses.reverse();
                Edit::Together(inverses)
            }
        }
    }

    /// Checks every number against its range.
    ///
    /// # Errors
    /// For the first that is outside.
    pub fn check(&self) -> Result<(), ParameterError> {
        self.display.check()?;
        self.segmentation.check()?;
        self.overrides.values().try_for_each(SegmentationParams::check)?;
        self.training.check()?;
        self.post_processing.check()?;
        Self::PIXEL_SIZE.check(self.pixel_size_um)
    }
}

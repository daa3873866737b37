//! What is made of all fields of a set together: from their records, one after another in the set's order.

use std::collections::{BTreeMap, BTreeSet};

use super::{BatchError, FieldRecord, Part};
use crate::{
    atlas::{Location, LocationSet},
    pipeline::submission::{CellPrediction, MAX_SIDE, prediction_string},
    storage::{FeatureTableWriter, SubmissionWriter},
};

/// Something that all fields of a set add to.
pub trait Product {
    /// The parts of a record that it is made of.
    fn parts(&self) -> &'static [Part];

    /// Adds one field; what it returns is worth knowing of that field.
    ///
    /// # Errors
    /// If the product cannot be written.
    fn take(&mut self, record: &FieldRecord) -> Result<Option<String>, BatchError>;

    /// Brings what was added to its place.
    ///
    /// # Errors
    /// If the product cannot be written.
    fn finish(self: Box<Self>) -> Result<(), BatchError>;
}

impl Product for FeatureTableWriter {
    fn parts(&self) -> &'static [Part] {
        &[Part::Features]
    }

    fn take(&mut self, record: &FieldRecord) -> Result<Option<String>, BatchError> {
        if let Some(findings) = &record.findings {
            self.append(&record.id, &findings.cells)?;
        }
        Ok(None)
    }

    fn finish(self: Box<Self>) -> Result<(), BatchError> {
        Ok(FeatureTableWriter::finish(*self)?)
    }
}

/// The size of an image none of whose files can be read: the most frequent one of the atlas.
const USUAL_SIZE: (usize, usize) = (2048, 2048);

impl Product for SubmissionWriter {
    fn parts(&self) -> &'static [Part] {
        &[Part::Masks, Part::Probabilities]
    }

    /// A field that failed has its row too, without a cell.
    fn take(&mut self, record: &FieldRecord) -> Result<Option<String>, BatchError> {
        let known_size = record.size.filter(|&size| can_be_submitted(size));
        let size = known_size.unwrap_or(USUAL_SIZE);
        let cells = record.findings.iter().flat_map(|findings| findings.masks.iter().zip(&findings.probabilities));
        let cells: Vec<CellPrediction> =
            cells.map(|(mask, probabilities)| CellPrediction { mask_text: &mask.text, probabilities }).collect();
        self.write_row(&record.id, size, &prediction_string(size, &cells))?;
        let guessed = || "its size is unknown, its row in the submission says 2048 x 2048".to_owned();
        Ok(known_size.is_none().then(guessed))
    }

    fn finish(self: Box<Self>) -> Result<(), BatchError> {
        Ok(SubmissionWriter::finish(*self)?)
    }
}

/// Whether a submission can speak of an image of this (height, width).
fn can_be_submitted((height, width): (usize, usize)) -> bool {
    height.max(width) <= usize::from(MAX_SIDE) && u32::try_from(height * width).is_ok()
}

/// Cells with the labels of their images, kept to learn from.
#[derive(Clone, Debug, Default)]
pub struct TrainingCells {
    labels_by_id: BTreeMap<String, LocationSet>,
    /// The features, cell after cell.
    pub features: Vec<f32>,
    /// The labels of each cell's image.
    pub labels: Vec<LocationSet>,
    /// The ID of each cell's image.
    pub images: Vec<String>,
}

impl TrainingCells {
    /// No cells yet; those of images without labels will be passed over.
    #[must_use]
    pub fn new(labels_by_id: BTreeMap<String, LocationSet>) -> Self {
        Self { labels_by_id, ..Self::default() }
    }

    /// Share of the images with a cell that carry each location, by [`Location::index`]; 0 without an image.
    #[must_use]
    pub fn image_rates(&self) -> [f64; Location::COUNT] {
        let images: BTreeSet<&String> = self.images.iter().collect();
        let labels: Vec<LocationSet> = images.iter().filter_map(|&id| self.labels_by_id.get(id).copied()).collect();
        let carriers = |location| labels.iter().filter(|labels| labels.contains(location)).count();
        let mut rates = [0.0; Location::COUNT];
        for location in Location::all() {
            rates[location.index()] = carriers(location) as f64 / labels.len().max(1) as f64;
        }
        rates
    }
}

impl Product for &mut TrainingCells {
    fn parts(&self) -> &'static [Part] {
        &[Part::Features]
    }

    fn take(&mut self, record: &FieldRecord) -> Result<Option<String>, BatchError> {
        if let (Some(&labels), Some(findings)) = (self.labels_by_id.get(&record.id), &record.findings) {
            for cell in &findings.cells {
                self.features.extend_from_slice(&cell.features);
                self.labels.push(labels);
                self.images.push(record.id.clone());
            }
        }
        Ok(None)
    }

    fn finish(self: Box<Self>) -> Result<(), BatchError> {
        Ok(())
    }
}

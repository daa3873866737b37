//! What is made of all fields of a set together: from their records, one after another in the set's order.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::{
    BatchError, BatchEvent, FieldRecord, Part,
    field_record::{CellMask, Findings},
};
use crate::{
    atlas::{Channel, Location, LocationSet},
    imaging::RunLengths,
    pipeline::{
        measurement::image_rates,
        submission::{MaskTextError, decode_mask},
    },
    storage::{
        CocoWriter, FeatureTableWriter, FileStamp, RunLengthsWriter,
        coco::{Annotation, Category},
    },
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

    /// Whether it must know all fields before it takes the first.
    fn is_surveying(&self) -> bool {
        false
    }

    /// Looks at one field; all are shown, in their order, before the first is taken.
    fn survey(&mut self, _record: &FieldRecord) {}

    /// Ends the survey; what it returns is worth telling.
    fn surveyed(&mut self) -> Option<BatchEvent> {
        None
    }

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

/// The masks of all cells, also of those at the border.
impl Product for RunLengthsWriter {
    fn parts(&self) -> &'static [Part] {
        &[Part::Masks]
    }

    fn take(&mut self, record: &FieldRecord) -> Result<Option<String>, BatchError> {
        for (_, mask) in decoded(record, |findings| &findings.masks)? {
            self.append(&mask)?;
        }
        Ok(None)
    }

    fn finish(self: Box<Self>) -> Result<(), BatchError> {
        Ok(RunLengthsWriter::finish(*self)?)
    }
}

/// The masks of all cells, also of those at the border, each followed by its nucleus. Of a field's four files the one
/// of the protein stands for the image; where there is none, that of the nucleus.
impl Product for CocoWriter {
    fn parts(&self) -> &'static [Part] {
        &[Part::Masks, Part::NucleusMasks]
    }

    fn take(&mut self, record: &FieldRecord) -> Result<Option<String>, BatchError> {
        let (Some(size), Some(_)) = (record.size, &record.findings) else { return Ok(None) };
        let file = |channel: Channel| record.stamps.channels[channel.index()].as_ref().map(FileStamp::file_name);
        let image = file(Channel::Protein).or_else(|| file(Channel::Nucleus));
        let categories = [Category::Cell, Category::Nucleus];
        let masks =
            [decoded(record, |findings| &findings.masks)?, decoded(record, |findings| &findings.nucleus_masks)?];
        let annotations = categories.into_iter().zip(&masks).flat_map(|(category, masks)| {
            masks.iter().map(move |(cell_id, mask)| Annotation { cell_id: *cell_id, category, mask })
        });
        let mut annotations: Vec<Annotation> = annotations.collect();
        // A stable order: a cell stays before its nucleus.
        annotations.sort_by_key(|annotation| annotation.cell_id);
        self.append(&image.unwrap_or_else(|| record.id.clone()), size, annotations)?;
        Ok(None)
    }

    fn finish(self: Box<Self>) -> Result<(), BatchError> {
        Ok(CocoWriter::finish(*self)?)
    }
}

/// Masks of a record by the id of their cells; none if the field failed.
fn decoded(
    record: &FieldRecord,
    masks: impl Fn(&Findings) -> &[CellMask],
) -> Result<Vec<(u32, RunLengths)>, MaskTextError> {
    let (Some((height, width)), Some(findings)) = (record.size, &record.findings) else { return Ok(Vec::new()) };
    masks(findings).par_iter().map(|mask| Ok((mask.id, decode_mask(&mask.text, height, width)?))).collect()
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
        image_rates(&labels)
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

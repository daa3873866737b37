//! All fields of a set through the stages: masks, a table of features, cells to learn from, a submission.
//!
//! One field is read, measured and let go before its thread takes the next, so memory is bounded by the number of
//! threads. A field that cannot be read costs itself alone.

use std::{collections::BTreeMap, error::Error, path::PathBuf};

use ndarray::ArrayView2;
use rayon::prelude::*;

use super::{fault::in_words, in_order::in_order};
use crate::{
    atlas::{Field, Location, LocationSet},
    imaging::rle::region_run_lengths,
    pipeline::{
        features::{Cell, FEATURE_COUNT, MeasuredField, measure},
        measurement::{MeasurementParams, Model},
        sample_depth::field_at_8_bit,
        segmentation::{Segmentation, segment},
        submission::{CellPrediction, MAX_SIDE, encode_mask, prediction_string},
    },
    storage::{
        FeatureTableWriter, FieldFiles, FileError, SubmissionWriter, feature_table::FeatureTableError, make_folder,
        read_field, read_size, write_masks,
    },
};

/// What is wanted of each field; what is not wanted is not computed.
#[derive(Default)]
pub struct Products<'a> {
    /// The folder for the masks of nuclei and cells.
    pub masks: Option<PathBuf>,
    /// The table that all measured cells are added to.
    pub table: Option<FeatureTableWriter>,
    /// The cells kept to learn from.
    pub training: Option<&'a mut TrainingCells>,
    /// The submission, with the model that predicts it.
    pub submission: Option<(&'a Model, SubmissionWriter)>,
}

/// Cells with the labels of their images.
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

    fn add(&mut self, image: &str, cells: &[Cell]) {
        let Some(&labels) = self.labels_by_id.get(image) else { return };
        for cell in cells {
            self.features.extend_from_slice(&cell.features);
            self.labels.push(labels);
            self.images.push(image.to_owned());
        }
    }
}

/// The fields to work on and how they are measured.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    /// The fields, in the order in which they appear in the products.
    pub fields: &'a [FieldFiles],
    /// How they are measured.
    pub params: &'a MeasurementParams,
}

/// What became of the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchReport {
    /// Fields that were read.
    pub read: usize,
    /// Cells that were found in them.
    pub cells: usize,
    /// What is worth knowing of fields that were read: (ID, remark).
    pub remarks: Vec<(String, String)>,
    /// Fields that failed: (ID, reason).
    pub failures: Vec<(String, String)>,
}

/// One field is done, well or not; for the display of progress.
#[derive(Clone, Copy, Debug)]
pub struct FieldDone {
    /// Whether it failed.
    pub failed: bool,
}

/// Why the work stopped before its end.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// A product cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The table of features cannot be written.
    #[error(transparent)]
    Table(#[from] FeatureTableError),
}

impl Batch<'_> {
    /// Makes `products` of all fields, in parallel; what is made appears in the fields' order. After each field
    /// `done` is called.
    ///
    /// # Errors
    /// If a product that all fields share cannot be written. What goes wrong with a single field is in the report.
    pub fn run(
        &self,
        products: &mut Products,
        mut done: impl FnMut(FieldDone) + Send,
    ) -> Result<BatchReport, BatchError> {
        let masks = products.masks.clone();
        if let Some(folder) = &masks {
            make_folder(folder)?;
        }
        let model = products.submission.as_ref().map(|&(model, _)| model);
        let measured = model.is_some() || products.table.is_some() || products.training.is_some();
        let wanted = Wanted { masks, measured, model };
        let mut report = BatchReport::default();
        in_order(
            self.fields,
            |files| self.caught(files, &wanted),
            |files, outcome| {
                let failed = outcome.as_ref().map_or(true, |work| work.failure.is_some());
                done(FieldDone { failed });
                match outcome {
                    Ok(work) => take(files.id(), work, products, &mut report),
                    Err(reason) => {
                        report.failures.push((files.id().to_owned(), reason));
                        skip(files, products, &mut report)
                    }
                }
            },
        )?;
        Ok(report)
    }

    /// The work on one field; a failure, also of the program itself, becomes a sentence.
    fn caught(&self, files: &FieldFiles, wanted: &Wanted) -> Result<FieldWork, String> {
        in_words(|| self.work_on(files, wanted))
    }

    fn work_on(&self, files: &FieldFiles, wanted: &Wanted) -> Result<FieldWork, Box<dyn Error>> {
        let (field, warnings) = field_at_8_bit(read_field(files)?, self.params.sample_depth);
        let segmentation = segment(&field, &self.params.segmentation);
        let Segmentation { nuclei_mask, cell_mask, .. } = &segmentation;
        let masks = wanted.masks.as_ref().map(|folder| write_masks(folder, files.id(), nuclei_mask, cell_mask));
        let measured = if wanted.measured { measure(&field, &segmentation) } else { MeasuredField::default() };
        let mut remarks: Vec<String> = warnings.iter().map(ToString::to_string).collect();
        remarks.extend(segmentation.remarks.iter().map(ToString::to_string));
        remarks.extend(
            measured.unmeasured.iter().map(|cell| format!("cell {} is not measured: {}", cell.id, cell.reason)),
        );
        let predictions = wanted.model.map(|model| predict(&field, &segmentation, &measured, model)).transpose()?;
        Ok(FieldWork {
            size: (field.height(), field.width()),
            cell_count: segmentation.cell_count as usize,
            cells: measured.cells,
            predictions,
            remarks,
            failure: masks.and_then(Result::err).map(|error| error.to_string()),
        })
    }
}

/// What the work on a field is to give.
struct Wanted<'a> {
    masks: Option<PathBuf>,
    measured: bool,
    model: Option<&'a Model>,
}

/// What the work on a field gave.
struct FieldWork {
    size: (usize, usize),
    cell_count: usize,
    cells: Vec<Cell>,
    predictions: Option<String>,
    remarks: Vec<String>,
    /// Why its masks could not be written; all else is there.
    failure: Option<String>,
}

/// The field's row of a submission. A cell that could not be measured keeps its mask and gets the base rates.
fn predict(
    field: &Field,
    segmentation: &Segmentation,
    measured: &MeasuredField,
    model: &Model,
) -> Result<String, Box<dyn Error>> {
    let features: Vec<f32> = measured.cells.iter().flat_map(|cell| cell.features.iter().copied()).collect();
    let features = ArrayView2::from_shape((measured.cells.len(), FEATURE_COUNT), &features)?;
    let predicted = model.classifier.predict(features)?;
    let base_rates = model.classifier.base_rates();
    let masks: Vec<(u32, String)> = region_run_lengths(&segmentation.cell_mask)
        .par_iter()
        .map(|(id, run_lengths)| (*id, encode_mask(run_lengths)))
        .collect();
    let probabilities_of = |id: u32| -> [f32; Location::COUNT] {
        measured
            .cells
            .binary_search_by_key(&id, |cell| cell.id)
            .map_or(base_rates, |row| std::array::from_fn(|location| predicted[(row, location)]))
    };
    let probabilities: Vec<_> = masks.iter().map(|&(id, _)| probabilities_of(id)).collect();
    let cells: Vec<CellPrediction> = masks
        .iter()
        .zip(&probabilities)
        .map(|((_, mask_text), probabilities)| CellPrediction { mask_text, probabilities })
        .collect();
    Ok(prediction_string((field.height(), field.width()), &cells))
}

/// Adds the work on one field to the products.
fn take(id: &str, work: FieldWork, products: &mut Products, report: &mut BatchReport) -> Result<(), BatchError> {
    report.read += 1;
    report.cells += work.cell_count;
    report.remarks.extend(work.remarks.into_iter().map(|remark| (id.to_owned(), remark)));
    report.failures.extend(work.failure.map(|reason| (id.to_owned(), reason)));
    if let Some(table) = &mut products.table {
        table.append(id, &work.cells)?;
    }
    if let Some(training) = &mut products.training {
        training.add(id, &work.cells);
    }
    if let (Some((_, submission)), Some(predictions)) = (&mut products.submission, work.predictions) {
        submission.write_row(id, work.size, &predictions)?;
    }
    Ok(())
}

/// The size of an image none of whose files can be read: the most frequent one of the atlas.
const USUAL_SIZE: (usize, usize) = (2048, 2048);

/// A field that failed still has its row in a submission, without a cell.
fn skip(files: &FieldFiles, products: &mut Products, report: &mut BatchReport) -> Result<(), BatchError> {
    if let Some((_, submission)) = &mut products.submission {
        let size = read_size(files).filter(|&size| can_be_submitted(size));
        if size.is_none() {
            let remark = "its size is unknown, its row in the submission says 2048 x 2048";
            report.remarks.push((files.id().to_owned(), remark.to_owned()));
        }
        let size = size.unwrap_or(USUAL_SIZE);
        submission.write_row(files.id(), size, &prediction_string(size, &[]))?;
    }
    Ok(())
}

/// Whether a submission can speak of an image of this (height, width).
fn can_be_submitted((height, width): (usize, usize)) -> bool {
    height.max(width) <= usize::from(MAX_SIDE) && u32::try_from(height * width).is_ok()
}

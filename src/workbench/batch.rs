//! A whole set through the stages, in two phases, so that hours of work survive whatever stops them.
//!
//! 1. Every field is worked on, as many at a time as there are threads and in any order. What came of it, a
//!    [`FieldRecord`], is appended to a [`WorkFile`] and let go, so memory is bounded by the number of threads.
//! 2. When all are there, the records are read back one by one in the set's order and go through the [`Product`]s:
//!    these are the same to the byte however often the work was stopped and on however many threads it was done.
//!
//! The next batch with the same inputs takes over every record that still holds. A field that cannot be read costs
//! itself alone.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Mutex, PoisonError},
};

use rayon::prelude::*;
use serde::Serialize;

use super::{
    FieldRecord, Part, Product, Stains, Stop,
    field_record::{Stamps, Work},
};
use crate::{
    pipeline::{
        border_cells::BorderCells,
        doubtful_fields::FieldSigns,
        measurement::Model,
        submission::{MaskTextError, SubmissionSize},
    },
    project::FieldMeasurement,
    storage::{
        FieldFiles, FileError, MaskFolder, MaskFormat, WorkFile,
        feature_table::FeatureTableError,
        make_folder,
        work_file::{Opening, Place},
    },
};

/// The fields to work on and how.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    /// The fields, in the order in which they appear in the products.
    pub fields: &'a [FieldFiles],
    /// The stains they have.
    pub stains: Stains,
    /// How they are measured.
    pub how: &'a FieldMeasurement,
    /// The folder for files of the masks of nuclei and cells, if wanted.
    pub mask_folder: Option<MaskFolder<'a>>,
    /// What becomes of cells at the border of the image; their masks stay.
    pub border_cells: BorderCells,
    /// What predicts their cells, for products that need probabilities.
    pub model: Option<&'a Model>,
    /// Where the work is recorded.
    pub work_file: &'a Path,
}

/// How many cells were found in a field, or why that failed.
pub type CellCount = Result<usize, String>;

/// A field that was worked on earlier: its place, and what its cells show or why it failed.
pub type KnownField = (usize, Result<FieldSigns, String>);

/// What became of the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchReport {
    /// Fields that were read.
    pub read: usize,
    /// Cells that were found in them.
    pub cells: usize,
    /// What is worth knowing of single fields: (ID, remark).
    pub remarks: Vec<(String, String)>,
    /// Fields that failed: (ID, reason).
    pub failures: Vec<(String, String)>,
}

impl BatchReport {
    /// Adds what became of other fields.
    pub fn add(&mut self, other: Self) {
        self.read += other.read;
        self.cells += other.cells;
        self.remarks.extend(other.remarks);
        self.failures.extend(other.failures);
    }
}

/// What happens while fields are worked on, for the display of progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchEvent {
    /// It begins.
    Begun {
        /// Fields that an earlier batch has done already.
        done: usize,
        /// What the work file held.
        opening: Opening,
    },
    /// One more field is done.
    FieldDone {
        /// Whether it failed.
        failed: bool,
    },
    /// A submission is about to be written.
    Writing(SubmissionSize),
}

/// Why the work stopped before its end.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// A product or the work file cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The table of features cannot be written.
    #[error(transparent)]
    Table(#[from] FeatureTableError),
    /// A mask of the work file is none; its checksum was right.
    #[error("a mask of the work file is damaged: {0}; delete the file and repeat the command")]
    Mask(#[from] MaskTextError),
    /// Somebody asked for it.
    #[error("stopped: {done} of {total} fields are done; the same command continues there")]
    Stopped {
        /// Fields whose work is recorded.
        done: usize,
        /// Fields of the batch.
        total: usize,
    },
}

/// The form of [`FieldRecord`]; one of another form cannot be read.
const RECORD_VERSION: u32 = 2;

/// Everything that decides what a record holds, but for the field itself.
#[derive(Serialize)]
struct Inputs<'a> {
    record: u32,
    stains: Stains,
    how: &'a FieldMeasurement,
    mask_format: Option<MaskFormat>,
    border_cells: BorderCells,
    model: Option<&'a Model>,
    parts: &'a [Part],
}

impl Batch<'_> {
    /// Makes `products` of all fields. The work file is returned with the report: it is to be
    /// [removed](WorkFile::remove) when all that depends on the products is done.
    ///
    /// # Errors
    /// If the work file or a product cannot be written, or `stop` was asked for. What is recorded stays. What goes
    /// wrong with a single field is in the report.
    pub fn run(
        &self,
        mut products: Vec<Box<dyn Product + '_>>,
        stop: &Stop,
        mut tell: impl FnMut(BatchEvent) + Send,
    ) -> Result<(BatchReport, WorkFile), BatchError> {
        let mut parts: Vec<Part> = products.iter().flat_map(|product| product.parts()).copied().collect();
        parts.sort_unstable();
        parts.dedup();
        let (work_file, places) = self.record(&parts, stop, &mut tell)?;
        survey(&work_file, &places, &mut products, stop, tell)?;
        let report = read_back(&work_file, &places, &mut products, stop)?;
        for product in products {
            product.finish()?;
        }
        Ok((report, work_file))
    }

    /// What earlier batches with the same inputs have recorded of its fields, as far as it still holds: what their cells
    /// show or the reason of a failure, by place among the fields. Changes nothing.
    ///
    /// # Errors
    /// If the work file is there but cannot be read.
    pub fn known(&self, parts: &[Part]) -> Result<Vec<KnownField>, FileError> {
        let by_id = self.by_id();
        let mut recorded = vec![None; self.fields.len()];
        WorkFile::look(self.work_file, &self.inputs(parts), |record: FieldRecord| {
            if let Some(&number) = by_id.get(record.id.as_str()) {
                let signs = record.findings.map(|findings| findings.signs).unwrap_or_default();
                recorded[number] = Some((record.stamps, record.failure.map_or(Ok(signs), Err)));
            }
        })?;
        let still_holds = |number: usize| {
            let (stamps, known) = recorded[number].as_ref()?;
            let now = Stamps::of(&self.fields[number], self.mask_folder.filter(|_| known.is_ok()));
            (now == *stamps).then(|| (number, known.clone()))
        };
        Ok((0..self.fields.len()).into_par_iter().filter_map(still_holds).collect())
    }

    fn by_id(&self) -> HashMap<&str, usize> {
        (0..).zip(self.fields).map(|(number, files)| (files.id(), number)).collect()
    }

    fn inputs<'a>(&'a self, parts: &'a [Part]) -> Inputs<'a> {
        let Self { stains, how, border_cells, model, .. } = *self;
        let mask_format = self.mask_folder.map(|folder| folder.format);
        Inputs { record: RECORD_VERSION, stains, how, mask_format, border_cells, model, parts }
    }

    /// The first phase: a record of every field, and where each stands in the work file.
    fn record(
        &self,
        parts: &[Part],
        stop: &Stop,
        mut tell: impl FnMut(BatchEvent) + Send,
    ) -> Result<(WorkFile, Vec<Place>), BatchError> {
        let Self { fields, stains, how, mask_folder, border_cells, model, .. } = *self;
        if let Some(folder) = mask_folder {
            make_folder(folder.path)?;
        }
        let work = Work { stains, how, mask_folder, border_cells, model, parts };
        let by_id = self.by_id();
        let mut recorded = vec![None; fields.len()];
        let (work_file, opening) =
            WorkFile::open(self.work_file, &self.inputs(parts), |record: FieldRecord, place| {
                if let Some(&number) = by_id.get(record.id.as_str()) {
                    recorded[number] = record.failure.is_none().then_some((record.stamps, place));
                }
            })?;
        let still_holds = |(recorded, files): (Option<(Stamps, Place)>, &FieldFiles)| {
            recorded.filter(|(stamps, _)| *stamps == Stamps::of(files, mask_folder)).map(|(_, place)| place)
        };
        let mut places: Vec<_> = recorded.into_par_iter().zip(fields).map(still_holds).collect();
        tell(BatchEvent::Begun { done: places.iter().flatten().count(), opening });

        let missing: Vec<usize> = (0..fields.len()).filter(|&number| places[number].is_none()).collect();
        let desk = Mutex::new((&mut places, tell));
        // A bridge, not a parallel iterator: a thread that waits for a channel of its field must not begin another
        // field meanwhile, or memory would not be bounded by the number of threads.
        let outcome = missing.into_iter().par_bridge().try_for_each(|number| {
            if stop.is_asked() {
                return Ok(());
            }
            let record = FieldRecord::of(&fields[number], &work);
            let place = work_file.append(&record)?;
            let (places, tell) = &mut *desk.lock().unwrap_or_else(PoisonError::into_inner);
            places[number] = Some(place);
            tell(BatchEvent::FieldDone { failed: record.failure.is_some() });
            Ok::<_, FileError>(())
        });
        outcome?;
        let (done, total) = (places.iter().flatten().count(), fields.len());
        let places = places.into_iter().collect::<Option<_>>().ok_or(BatchError::Stopped { done, total })?;
        Ok((work_file, places))
    }
}

/// Shows all records, in the fields' order, to the products that must know them before they take any.
fn survey(
    work_file: &WorkFile,
    places: &[Place],
    products: &mut [Box<dyn Product + '_>],
    stop: &Stop,
    mut tell: impl FnMut(BatchEvent),
) -> Result<(), BatchError> {
    for product in products.iter_mut().filter(|product| product.is_surveying()) {
        for &place in places {
            stop_if_asked(stop, places)?;
            product.survey(&work_file.read(place)?);
        }
        product.surveyed().into_iter().for_each(&mut tell);
    }
    Ok(())
}

fn stop_if_asked(stop: &Stop, places: &[Place]) -> Result<(), BatchError> {
    if stop.is_asked() { Err(BatchError::Stopped { done: places.len(), total: places.len() }) } else { Ok(()) }
}

/// The second phase: all records, one after another in the fields' order, into the products.
fn read_back(
    work_file: &WorkFile,
    places: &[Place],
    products: &mut [Box<dyn Product + '_>],
    stop: &Stop,
) -> Result<BatchReport, BatchError> {
    let mut report = BatchReport::default();
    for &place in places {
        stop_if_asked(stop, places)?;
        let mut record: FieldRecord = work_file.read(place)?;
        for product in &mut *products {
            record.remarks.extend(product.take(&record)?);
        }
        let FieldRecord { id, findings, remarks, failure, .. } = record;
        report.read += usize::from(findings.is_some());
        report.cells += findings.map_or(0, |findings| findings.cell_count);
        report.remarks.extend(remarks.into_iter().map(|remark| (id.clone(), remark)));
        report.failures.extend(failure.map(|reason| (id, reason)));
    }
    Ok(report)
}

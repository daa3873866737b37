//! A submission of all fields of a set, whose size is known before its first row is written.

use super::{BatchError, BatchEvent, FieldRecord, Part, Product};
use crate::{
    atlas::Location,
    pipeline::submission::{
        CellPrediction, MAX_SIDE, Selection, SubmissionParams, SubmissionSize, prediction_size, prediction_string,
    },
    storage::SubmissionWriter,
};

/// A submission in the making. It surveys all fields first: which cells are written may depend on those of the whole
/// set. Of each cell it holds 80 bytes meanwhile.
#[derive(Debug)]
pub struct Submission<'a> {
    writer: SubmissionWriter,
    params: SubmissionParams,
    image_rates: &'a [f64; Location::COUNT],
    rows: Vec<Row>,
    confidences: Vec<[f32; Location::COUNT]>,
    mask_lens: Vec<u32>,
    selection: Option<Selection>,
}

/// What is known of a row before it is written.
#[derive(Debug)]
struct Row {
    id: String,
    size: (usize, usize),
    cells: usize,
}

impl<'a> Submission<'a> {
    /// A submission that goes to `writer`. `image_rates`: the share of training images that carry each location.
    #[must_use]
    pub fn new(writer: SubmissionWriter, params: SubmissionParams, image_rates: &'a [f64; Location::COUNT]) -> Self {
        let (rows, confidences, mask_lens) = (Vec::new(), Vec::new(), Vec::new());
        Self { writer, params, image_rates, rows, confidences, mask_lens, selection: None }
    }

    /// What will be written, row by row and cell by cell.
    fn size(&self, selection: &Selection) -> SubmissionSize {
        let mut cells = self.confidences.iter().zip(&self.mask_lens);
        let mut size = SubmissionSize { bytes: SubmissionWriter::HEADER_LEN, ..SubmissionSize::default() };
        for row in &self.rows {
            let cells = cells.by_ref().take(row.cells);
            let of_row = prediction_size(row.size, cells.map(|(cell, &len)| (selection.of_cell(cell), len as usize)));
            size.rows += of_row.rows;
            size.cells += of_row.cells;
            size.predictions += of_row.predictions;
            size.bytes += SubmissionWriter::row_len(&row.id, row.size, of_row.bytes);
        }
        size
    }
}

/// The size of an image none of whose files can be read: the most frequent one of the atlas.
const USUAL_SIZE: (usize, usize) = (2048, 2048);

impl Product for Submission<'_> {
    fn parts(&self) -> &'static [Part] {
        &[Part::Masks, Part::Probabilities]
    }

    fn is_surveying(&self) -> bool {
        true
    }

    fn survey(&mut self, record: &FieldRecord) {
        let before = self.confidences.len();
        for (mask_text, confidences) in cells(record) {
            self.confidences.push(confidences);
            self.mask_lens.push(mask_text.len() as u32);
        }
        let (id, size) = (record.id.clone(), known_size(record).unwrap_or(USUAL_SIZE));
        self.rows.push(Row { id, size, cells: self.confidences.len() - before });
    }

    fn surveyed(&mut self) -> Option<BatchEvent> {
        let selection = Selection::new(&self.params, self.image_rates, &self.confidences);
        let size = self.size(&selection);
        self.selection = Some(selection);
        (self.rows, self.confidences, self.mask_lens) = (Vec::new(), Vec::new(), Vec::new());
        Some(BatchEvent::Writing(size))
    }

    /// A field that failed has its row too, without a cell.
    fn take(&mut self, record: &FieldRecord) -> Result<Option<String>, BatchError> {
        let known_size = known_size(record);
        let size = known_size.unwrap_or(USUAL_SIZE);
        let cells: Vec<(&str, [f32; Location::COUNT])> = cells(record).collect();
        let cells = cells.iter().map(|(mask_text, confidences)| {
            let locations = self.selection.map_or_else(|| Location::all().collect(), |all| all.of_cell(confidences));
            CellPrediction { mask_text, confidences, locations }
        });
        self.writer.write_row(&record.id, size, &prediction_string(size, &cells.collect::<Vec<_>>()))?;
        let guessed = || "its size is unknown, its row in the submission says 2048 x 2048".to_owned();
        Ok(known_size.is_none().then(guessed))
    }

    fn finish(self: Box<Self>) -> Result<(), BatchError> {
        Ok(self.writer.finish()?)
    }
}

/// The mask of every cell that counts, with the confidence in each location: its probability, or less at the border.
fn cells(record: &FieldRecord) -> impl Iterator<Item = (&str, [f32; Location::COUNT])> {
    record.findings.iter().flat_map(|findings| {
        let cells = findings.masks.iter().zip(&findings.weights).zip(&findings.probabilities);
        cells.filter_map(|((mask, weight), probabilities)| {
            let weight = (*weight)?;
            Some((mask.text.as_str(), probabilities.map(|probability| weight * probability)))
        })
    })
}

/// The size of the image, if it is known and a submission can speak of it.
fn known_size(record: &FieldRecord) -> Option<(usize, usize)> {
    record
        .size
        .filter(|&(height, width)| height.max(width) <= usize::from(MAX_SIDE) && u32::try_from(height * width).is_ok())
}

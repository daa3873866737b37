//! The masks in a submission: its rows by the IDs of their images, each decoded when it is asked for. The cells of a row are
//! numbered in the order in which their masks come first; a submission has no other names for them, and no nuclei.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    path::Path,
};

use super::{
    FoundMasks, Painter,
    fault::{MaskFault, MaskImportError, check_size},
};
use crate::storage::submission::{LineDefect, SubmissionError, SubmissionRow, SubmissionRows};

/// The rows of a submission.
#[derive(Debug)]
pub struct SubmissionMasks {
    rows: BTreeMap<String, Result<SubmissionRow, (usize, usize)>>,
}

impl SubmissionMasks {
    /// Reads the rows of the submission at `path`, which takes the memory of its text.
    ///
    /// # Errors
    /// If the file cannot be read or is no submission.
    pub fn open(path: &Path) -> Result<Self, MaskImportError> {
        let mut file = SubmissionRows::open(path)?;
        let mut rows = BTreeMap::new();
        loop {
            let batch = file.next_batch().map_err(SubmissionError::from)?;
            if batch.is_empty() {
                return Ok(Self { rows });
            }
            for row in batch {
                match rows.entry(row.id.clone()) {
                    Entry::Vacant(place) => drop(place.insert(Ok(row))),
                    // Nobody knows which of the two is meant.
                    Entry::Occupied(mut place) => {
                        if let Ok(first) = place.get() {
                            let lines = (first.line, row.line);
                            *place.get_mut() = Err(lines);
                        }
                    }
                }
            }
        }
    }

    /// The IDs of the images, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.rows.keys().map(String::as_str)
    }

    /// Whether the image `id` is there.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.rows.contains_key(id)
    }

    /// The masks of the image `id`; `None` if it has no row.
    ///
    /// # Errors
    /// If its row is wrong, or it has two.
    pub fn masks(&self, id: &str) -> Option<Result<FoundMasks, MaskFault>> {
        Some(match self.rows.get(id)? {
            Ok(row) => masks_of(row),
            &Err((first, line)) => Err(MaskFault::Row { line, defect: LineDefect::Repeated { first } }),
        })
    }
}

fn masks_of(row: &SubmissionRow) -> Result<FoundMasks, MaskFault> {
    let masks = row.predictions().map_err(|defect| MaskFault::Row { line: row.line, defect })?.masks;
    let size = masks.first().map_or((0, 0), |mask| (mask.height(), mask.width()));
    check_size(size.0, size.1)?;
    let mut painter = Painter::new(size);
    for (number, mask) in (1..).zip(masks.iter().filter(|mask| mask.area() > 0)) {
        painter.runs(number, mask);
    }
    Ok(FoundMasks { nuclei: None, cells: Some(painter.plane), overlapping_px: painter.overlapping_px })
}

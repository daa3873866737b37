//! The masks of one image as a submission has them, as outlines to be shown on the image.

use std::{error::Error, path::Path};

use crate::{
    imaging::{
        Plane,
        outline::{Outline, outlines},
    },
    storage::submission::SubmissionRows,
};

/// Outlines of the masks of one image, in pixels of the image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecodedMasks {
    /// (height, width) of the masks.
    pub size: (usize, usize),
    /// The outlines of every mask, which are numbered in their order from 1.
    pub outlines: Vec<Outline>,
    /// Number of masks with a pixel.
    pub count: usize,
}

/// Reads the masks of the image `id` out of `submission`; none if it has no row. The file is read up to that row.
///
/// # Errors
/// If the file cannot be read, or the row is wrong.
pub fn decoded_masks(submission: &Path, id: &str) -> Result<DecodedMasks, Box<dyn Error>> {
    let mut rows = SubmissionRows::open(submission)?;
    loop {
        let batch = rows.next_batch()?;
        if batch.is_empty() {
            return Ok(DecodedMasks::default());
        }
        let Some(row) = batch.iter().find(|row| row.id == id) else { continue };
        let masks = row.predictions()?.masks;
        let size = masks.first().map_or((0, 0), |mask| (mask.height(), mask.width()));
        let mut plane = Plane::filled(size.0, size.1, 0_u32);
        for (number, mask) in (1..).zip(&masks) {
            for place in mask.ones().flatten() {
                // Run lengths go down column by column.
                plane[(place % size.0, place / size.0)] = number;
            }
        }
        let count = masks.iter().filter(|mask| mask.area() > 0).count();
        return Ok(DecodedMasks { size, outlines: outlines(&plane), count });
    }
}

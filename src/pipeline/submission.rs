//! The rows of a submission: what is predicted for the cells of one image, as text, and the check of such text.
//! Not the file, which is [storage's](crate::storage::submission).
//!
//! A row is an image: its ID, its width, its height, and triples `label confidence mask` joined by single spaces.
//! Every cell is written with every location unless a [`Selection`] says otherwise: only the order of confidences
//! counts, and a threshold cuts the tail off it.

pub mod check;
pub mod mask_text;
pub mod selection;

pub use check::{RowCheck, RowDefect, RowPredictions, RowText, TripleDefect, check_row, read_row};
pub use mask_text::{MaskTextError, decode_mask, encode_mask};
pub use selection::{Keep, Selection, SubmissionParams};

use crate::{
    atlas::{Location, LocationSet},
    imaging::RunLengths,
};

/// The first line of a submission: its columns, joined by commas.
pub const HEADER: &str = "ID,ImageWidth,ImageHeight,PredictionString";

/// Pixels the side of an image may have at most; the runs of such a mask still fit in 32 bits.
pub const MAX_SIDE: u16 = u16::MAX;

/// What a row says of one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CellPrediction<'a> {
    /// The cell's mask as [`encode_mask`] writes it.
    pub mask_text: &'a str,
    /// The confidence in each location, by number, from 0 to 1.
    pub confidences: &'a [f32; Location::COUNT],
    /// The locations that are written.
    pub locations: LocationSet,
}

/// The last column of the row of one image: its cells with their locations, or one empty mask if there is nothing to
/// write.
///
/// `size`: (height, width) of the image and of every mask. A cell without a pixel is left out.
///
/// # Examples
/// ```
/// use cytoscribe::{
///     atlas::Location,
///     imaging::{Plane, RunLengths},
///     pipeline::submission::{CellPrediction, decode_mask, encode_mask, prediction_string},
/// };
/// let mask = Plane::from_rows(&[[true, false, false], [true, true, false]]);
/// let mask_text = encode_mask(&RunLengths::from_mask(&mask));
/// let mut confidences = [0.0; 19];
/// confidences[2] = 0.75;
/// let cell = CellPrediction { mask_text: &mask_text, confidences: &confidences, locations: Location::all().collect() };
///
/// let row = prediction_string((2, 3), &[cell]);
/// let words: Vec<&str> = row.split(' ').collect();
/// assert_eq!(words.len(), 19 * 3);
/// assert_eq!(words[2 * 3..][..2], ["2", "0.750000"]);
/// assert_eq!(decode_mask(words[2 * 3 + 2], 2, 3).unwrap().to_mask(), mask);
/// ```
#[must_use]
pub fn prediction_string((height, width): (usize, usize), cells: &[CellPrediction]) -> String {
    let empty = encode_mask(&RunLengths::empty(height, width));
    let triples: Vec<String> = cells
        .iter()
        .filter(|cell| cell.mask_text != empty)
        .flat_map(|cell| {
            cell.locations.iter().map(|location| {
                let number = location.index();
                format!("{number} {:.6} {}", cell.confidences[number], cell.mask_text)
            })
        })
        .collect();
    if triples.is_empty() { format!("0 1 {empty}") } else { triples.join(" ") }
}

/// How much a submission holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SubmissionSize {
    /// Rows without the header, one an image.
    pub rows: usize,
    /// Cells that are written with a location at least.
    pub cells: usize,
    /// Triples, without those that say of an image that it has none.
    pub predictions: usize,
    /// Length of the file, exactly.
    pub bytes: u64,
}

/// The length of [`prediction_string`] for an image of `size` (height, width) without making it, and how many cells
/// and triples it has. `cells`: what is written of each cell, and the length of its mask's text, which is not that of
/// an empty mask.
#[must_use]
pub fn prediction_size(
    (height, width): (usize, usize),
    cells: impl IntoIterator<Item = (LocationSet, usize)>,
) -> SubmissionSize {
    let mut size = SubmissionSize { rows: 1, ..SubmissionSize::default() };
    for (locations, mask_len) in cells {
        size.cells += usize::from(!locations.is_empty());
        size.predictions += locations.len();
        // Label, space, eight characters of confidence, space, mask, space.
        let lens = locations.iter().map(|location| if location.index() < 10 { 1 } else { 2 } + 11 + mask_len);
        size.bytes += lens.sum::<usize>() as u64;
    }
    size.bytes = match size.bytes.checked_sub(1) {
        Some(without_last_space) => without_last_space,
        None => prediction_string((height, width), &[]).len() as u64,
    };
    size
}

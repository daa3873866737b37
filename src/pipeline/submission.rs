//! The rows of a submission: what is predicted for the cells of one image, as text, and the check of such text.
//! Not the file, which is [storage's](crate::storage::submission).
//!
//! A row is an image: its ID, its width, its height, and triples `label confidence mask` joined by single spaces.
//! Every cell is written with every location: only the order of confidences counts, and a threshold would cut the
//! tail off it.

pub mod check;
pub mod mask_text;

pub use check::{RowCheck, RowDefect, RowText, TripleDefect, check_row};
pub use mask_text::{MaskTextError, decode_mask, encode_mask};

use crate::{atlas::Location, imaging::RunLengths};

/// The first line of a submission: its columns, joined by commas.
pub const HEADER: &str = "ID,ImageWidth,ImageHeight,PredictionString";

/// Pixels the side of an image may have at most; the runs of such a mask still fit in 32 bits.
pub const MAX_SIDE: u16 = u16::MAX;

/// What a row says of one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CellPrediction<'a> {
    /// The cell's mask as [`encode_mask`] writes it.
    pub mask_text: &'a str,
    /// The probability of each location, by number; finite.
    pub probabilities: &'a [f32; Location::COUNT],
}

/// The last column of the row of one image: all its cells with all locations, or one empty mask if it has none.
///
/// `size`: (height, width) of the image and of every mask. A cell without a pixel is left out.
///
/// # Examples
/// ```
/// use cytoscribe::{
///     imaging::{Plane, RunLengths},
///     pipeline::submission::{CellPrediction, decode_mask, encode_mask, prediction_string},
/// };
/// let mask = Plane::from_rows(&[[true, false, false], [true, true, false]]);
/// let mask_text = encode_mask(&RunLengths::from_mask(&mask));
/// let mut probabilities = [0.0; 19];
/// probabilities[2] = 0.75;
/// let cell = CellPrediction { mask_text: &mask_text, probabilities: &probabilities };
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
            Location::all()
                .zip(cell.probabilities)
                .map(|(location, probability)| format!("{} {probability:.6} {}", location.index(), cell.mask_text))
        })
        .collect();
    if triples.is_empty() { format!("0 1 {empty}") } else { triples.join(" ") }
}

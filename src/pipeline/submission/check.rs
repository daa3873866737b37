//! What one row of a submission says, and what is wrong with it, defect by defect. What only the whole file can tell,
//! such as repeated and missing images, is [storage's](crate::storage::submission).

use std::collections::{HashMap, hash_map::Entry};

use super::{MAX_SIDE, MaskTextError, decode_mask};
use crate::{atlas::Location, imaging::RunLengths};

/// Characters of a wrong word that a message shows.
const EXCERPT: usize = 60;

/// The text of one row, without its ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowText<'a> {
    /// The column `ImageWidth`.
    pub width: &'a str,
    /// The column `ImageHeight`.
    pub height: &'a str,
    /// The column `PredictionString`.
    pub predictions: &'a str,
}

/// What a row holds and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct RowCheck {
    /// (height, width), if both can be read.
    pub size: Option<(usize, usize)>,
    /// Number of complete triples.
    pub predictions: usize,
    /// Number of different masks with at least one pixel.
    pub cells: usize,
    /// All defects, in the order of the columns and then of the triples.
    pub defects: Vec<RowDefect>,
}

/// What a row without defects says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowPredictions {
    /// The different masks, each of the image's size.
    pub masks: Vec<RunLengths>,
    /// Location, confidence and the place of the mask, in the order of the triples.
    pub triples: Vec<(Location, f64, usize)>,
}

/// Something wrong with one row. Triples are counted from 1.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RowDefect {
    /// A side that no image has.
    #[error("{column} is '{found}', not a number from 1 to {MAX_SIDE}")]
    Side {
        /// `ImageWidth` or `ImageHeight`.
        column: &'static str,
        /// Beginning of what is there.
        found: String,
    },
    /// Nothing is predicted, not even the empty mask.
    #[error("the prediction string is empty; an image without cells has '0 1' and an empty mask")]
    Empty,
    /// Words not joined by single spaces.
    #[error("stray spaces: {count}, the first at byte {position}")]
    Spaces {
        /// Number of spaces that should not be there.
        count: usize,
        /// Place of the first of them, counted from 0.
        position: usize,
    },
    /// Words that are not whole triples. Of the triples' own defects only the first is then named: it tells where
    /// the order was lost, and those behind it mean nothing.
    #[error("{words} words are not triples of label, confidence and mask")]
    Words {
        /// Number of words.
        words: usize,
    },
    /// One triple is wrong.
    #[error("triple {number}: {defect}")]
    Triple {
        /// The triple; for a mask that is repeated, the first that has it.
        number: usize,
        /// What is wrong with it.
        defect: TripleDefect,
    },
}

/// Something wrong with one triple.
#[derive(Clone, Debug, thiserror::Error)]
pub enum TripleDefect {
    /// A label that is no location.
    #[error("the label '{0}' is not the number of a location (0 to 18)")]
    Label(String),
    /// A confidence that cannot be ordered.
    #[error("the confidence '{0}' is not a finite number")]
    Confidence(String),
    /// A mask that cannot be read or is not of the row's size.
    #[error("the mask: {0}")]
    Mask(MaskTextError),
}

/// Checks one row by itself.
///
/// A mask that occurs in several triples is decoded once, and its defect named once. Without a size the masks are not
/// decoded, since nobody can tell what they should be.
#[must_use]
pub fn check_row(row: RowText) -> RowCheck {
    read(row).0
}

/// Reads one row.
///
/// # Errors
/// The first of its defects.
pub fn read_row(row: RowText) -> Result<RowPredictions, RowDefect> {
    let (check, predictions) = read(row);
    check.defects.into_iter().next().map_or(Ok(predictions), Err)
}

/// What is wrong with a row, and what it says where it is right.
fn read(row: RowText) -> (RowCheck, RowPredictions) {
    let mut check = RowCheck::default();
    let width = side("ImageWidth", row.width, &mut check.defects);
    let height = side("ImageHeight", row.height, &mut check.defects);
    check.size = height.zip(width);

    check.defects.extend(stray_spaces(row.predictions));
    let words: Vec<&str> = row.predictions.split(' ').filter(|word| !word.is_empty()).collect();
    let (triples, rest) = words.as_chunks();
    check.predictions = triples.len();
    if words.is_empty() {
        check.defects.push(RowDefect::Empty);
    }
    if !rest.is_empty() {
        check.defects.push(RowDefect::Words { words: words.len() });
    }
    let before_triples = check.defects.len();
    let predictions = read_triples(triples, &mut check);
    if !rest.is_empty() {
        check.defects.truncate(before_triples + 1);
    }
    (check, predictions)
}

fn read_triples(triples: &[[&str; 3]], check: &mut RowCheck) -> RowPredictions {
    let mut predictions = RowPredictions::default();
    // The place of each mask by its text; `None` if it could not be decoded.
    let mut places = HashMap::new();
    for (number, &[label, confidence, mask]) in (1..).zip(triples) {
        let mut note = |defect| check.defects.push(RowDefect::Triple { number, defect });
        let location = number_in(label).and_then(Location::new);
        if location.is_none() {
            note(TripleDefect::Label(excerpt(label)));
        }
        let confident = confidence.parse().ok().filter(|number: &f64| number.is_finite());
        if confident.is_none() {
            note(TripleDefect::Confidence(excerpt(confidence)));
        }
        let Some((height, width)) = check.size else { continue };
        let place = match places.entry(mask) {
            Entry::Occupied(place) => *place.get(),
            Entry::Vacant(place) => *place.insert(match decode_mask(mask, height, width) {
                Ok(mask) => {
                    check.cells += usize::from(mask.area() > 0);
                    predictions.masks.push(mask);
                    Some(predictions.masks.len() - 1)
                }
                Err(error) => {
                    note(TripleDefect::Mask(error));
                    None
                }
            }),
        };
        if let (Some(location), Some(confidence), Some(mask)) = (location, confident, place) {
            predictions.triples.push((location, confidence, mask));
        }
    }
    predictions
}

/// The side of an image, or a defect.
fn side(column: &'static str, text: &str, defects: &mut Vec<RowDefect>) -> Option<usize> {
    let side = number_in(text).filter(|side| (1..=usize::from(MAX_SIDE)).contains(side));
    if side.is_none() {
        defects.push(RowDefect::Side { column, found: excerpt(text) });
    }
    side
}

/// A whole number in digits alone; Rust itself would also take a plus sign.
fn number_in(text: &str) -> Option<usize> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Spaces at the ends and those behind another one.
fn stray_spaces(text: &str) -> Option<RowDefect> {
    let bytes = text.as_bytes();
    let stands_alone = |at: usize| at > 0 && at + 1 < bytes.len() && bytes[at - 1] != b' ';
    let mut stray = (0..bytes.len()).filter(|&at| bytes[at] == b' ' && !stands_alone(at));
    stray.next().map(|position| RowDefect::Spaces { count: 1 + stray.count(), position })
}

/// The beginning of a word that is not what it should be, fit for a message of one line.
pub(crate) fn excerpt(word: &str) -> String {
    let shown: String = word.chars().take(EXCERPT).flat_map(char::escape_debug).collect();
    if word.chars().nth(EXCERPT).is_some() { shown + "…" } else { shown }
}

//! Decisions about cells as lines of text, one a line, as scripts give them:
//!
//! ```text
//! image,row,col,location,yes|no|1..5|inherited
//! image,row,col,exclude,debris|out of focus|cut off|other|none
//! undo
//! redo
//! ```

use std::io::{self, BufRead};

use super::csv_lines::{columns, has_open_quote, read_line};
use crate::{
    atlas::{Location, location::LocationError},
    project::labels::{Change, Exclusion, Verdict},
};

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelLine {
    /// A decision.
    Decide(PixelDecision),
    /// Take back the last step that holds.
    Undo,
    /// Take back what was last undone.
    Redo,
}

/// A decision about the cell at a pixel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PixelDecision {
    /// The ID of the image.
    pub image: String,
    /// Zero-based (row, column) of any pixel of the cell, at full size.
    pub pixel: (u32, u32),
    /// What is decided.
    pub change: Change,
}

/// Reads what lines say, one after another.
#[derive(Debug)]
pub struct LabelLines<R> {
    input: R,
    line: usize,
}

impl<R: BufRead> LabelLines<R> {
    /// The lines of `input`.
    pub fn of(input: R) -> Self {
        Self { input, line: 0 }
    }

    /// The next line that is not empty: its number, from 1, and what it says; `None` behind the last.
    ///
    /// # Errors
    /// If nothing can be read any more.
    pub fn read_next(&mut self) -> io::Result<Option<(usize, Result<LabelLine, LabelLineError>)>> {
        while let Some(line) = read_line(&mut self.input)? {
            self.line += 1;
            if !line.trim_ascii().is_empty() {
                return Ok(Some((self.line, parse(&line))));
            }
        }
        Ok(None)
    }
}

/// What one line says.
///
/// # Errors
/// If it says nothing.
pub fn parse(line: &[u8]) -> Result<LabelLine, LabelLineError> {
    if has_open_quote(line) {
        return Err(LabelLineError::OpenQuote);
    }
    let record = columns(line);
    let mut values = Vec::with_capacity(record.len());
    for value in &record {
        values.push(str::from_utf8(value).map_err(|_| LabelLineError::NotText)?.trim());
    }
    match values[..] {
        ["undo"] => Ok(LabelLine::Undo),
        ["redo"] => Ok(LabelLine::Redo),
        [image, row, col, what, decision] => {
            let pixel = (number("row", row)?, number("column", col)?);
            let change = if what == "exclude" {
                Change::Exclude(exclusion(decision).ok_or_else(|| LabelLineError::Exclusion(short(decision)))?)
            } else {
                let location = location(what).ok_or_else(|| LocationError(short(what)))?;
                Change::Label(location, verdict(decision).ok_or_else(|| LabelLineError::Verdict(short(decision)))?)
            };
            Ok(LabelLine::Decide(PixelDecision { image: image.to_owned(), pixel, change }))
        }
        _ => Err(LabelLineError::Columns(values.len())),
    }
}

/// A location by its number, or as `5 Nuclear bodies`.
fn location(text: &str) -> Option<Location> {
    let (number, name) = text.split_once(' ').map_or((text, None), |(number, name)| (number, Some(name)));
    let location = Location::new(number.parse().ok()?)?;
    name.is_none_or(|name| name == location.name()).then_some(location)
}

/// `yes`, `no`, a grade, or `inherited`: nothing is decided.
#[expect(clippy::option_option, reason = "no decision, and the decision that nothing holds, differ")]
pub(super) fn verdict(text: &str) -> Option<Option<Verdict>> {
    if text == INHERITED { Some(None) } else { text.parse().ok().map(Some) }
}

/// The name of a reason, or `none`.
#[expect(clippy::option_option, reason = "no decision, and the decision that nothing holds, differ")]
pub(super) fn exclusion(text: &str) -> Option<Option<Exclusion>> {
    if text == NOT_EXCLUDED { Some(None) } else { Exclusion::named(text).map(Some) }
}

/// How it is written that the label of the image holds.
pub const INHERITED: &str = "inherited";
/// How it is written that a cell counts.
pub const NOT_EXCLUDED: &str = "none";

fn number(column: &'static str, text: &str) -> Result<u32, LabelLineError> {
    text.parse().map_err(|_| LabelLineError::Number { column, found: short(text) })
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

/// Why a line says nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LabelLineError {
    /// Bytes that are no UTF-8.
    #[error("not UTF-8 text")]
    NotText,
    /// A quote without its other half.
    #[error("a quote is opened and not closed")]
    OpenQuote,
    /// Fewer or more columns.
    #[error("{0} columns where there should be image,row,col,location,decision, or undo, or redo")]
    Columns(usize),
    /// No pixel.
    #[error("the {column} '{found}' is not a number that can stand there")]
    Number {
        /// Which.
        column: &'static str,
        /// What is there.
        found: String,
    },
    /// No location, nor `exclude`.
    #[error("{0}, nor exclude")]
    Location(#[from] LocationError),
    /// No decision.
    #[error("'{0}' is neither yes, no, a grade (1 to 5) nor inherited")]
    Verdict(String),
    /// No reason.
    #[error("'{0}' is neither debris, out of focus, cut off, other nor none")]
    Exclusion(String),
}

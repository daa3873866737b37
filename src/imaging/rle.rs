//! Run lengths of a binary mask, and their compressed text as in COCO. Not the outline of a region and not a file.
//!
//! A mask is read in column-major order as runs of zeros and ones in turn. The text writes each run, from the fourth
//! on as the difference from the run before the last, in little-endian groups of five bits: the sixth bit of a group
//! says that another one follows, the highest of the five in the last group is the sign, and 48 (`'0'`) is added to
//! make it a printable character.
//!
//! Source: `rleToString` and `rleFrString` of the COCO API (Lin, Dollár et al., 2014).

use std::ops::Range;

use super::{Plane, ScaledMask};

const DIGIT: u8 = 0b01_1111;
const SIGN: u8 = 0b01_0000;
const MORE: u8 = 0b10_0000;
const BITS: u32 = 5;
/// Differences of two runs have at most 33 bits and a sign, so no number needs more groups than this.
const MAX_DIGITS: u32 = 7;
/// Columns compared at once: four cache lines of region ids.
const BLOCK: usize = 64;

/// A binary mask as lengths of runs in column-major order, zeros first. The runs always add up to height × width.
///
/// The first run may be 0; so may others, if the mask was made from such runs. They are kept as they are.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, RunLengths};
/// let mask = Plane::from_rows(&[[0, 1, 1], [0, 1, 0]]).map(|&sample| sample == 1);
/// let runs = RunLengths::from_mask(&mask);
/// assert_eq!(runs.runs(), [2, 3, 1]);
/// assert_eq!(runs.encode(), "231");
/// assert_eq!(RunLengths::decode(2, 3, "231").unwrap().to_mask(), mask);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunLengths {
    height: usize,
    width: usize,
    runs: Vec<u32>,
}

impl RunLengths {
    /// A mask of `height` × `width` from its runs.
    ///
    /// # Errors
    /// If the runs do not add up to height × width, or if that is more than fits in 32 bits.
    pub fn new(height: usize, width: usize, runs: Vec<u32>) -> Result<Self, RleError> {
        let pixels = height.checked_mul(width).and_then(|pixels| u32::try_from(pixels).ok());
        let pixels = u64::from(pixels.ok_or(RleError::Size { height, width })?);
        let sum = runs.iter().copied().map(u64::from).sum();
        if sum == pixels { Ok(Self { height, width, runs }) } else { Err(RleError::Sum { sum, height, width }) }
    }

    /// The mask of zeros, of at most `u32::MAX` pixels.
    #[must_use]
    pub fn empty(height: usize, width: usize) -> Self {
        Self::from_ranges((height, width), [])
    }

    /// The runs of a binary mask of at most `u32::MAX` pixels.
    #[must_use]
    pub fn from_mask(mask: &Plane<bool>) -> Self {
        Self::from_ranges(mask.size(), spans(mask).into_iter().map(|span| span.start..span.end))
    }

    /// The mask itself.
    #[must_use]
    pub fn to_mask(&self) -> Plane<bool> {
        let mut mask = Plane::filled(self.height, self.width, false);
        for position in self.ones().flatten() {
            mask[(position % self.height, position / self.height)] = true;
        }
        mask
    }

    /// The runs of ones, each as its positions in column-major order: position = column × height + row.
    pub fn ones(&self) -> impl Iterator<Item = Range<usize>> {
        let mut start = 0;
        let placed = self.runs.iter().map(move |&run| {
            let begin = start;
            start += run as usize;
            begin..start
        });
        placed.skip(1).step_by(2).filter(|run| !run.is_empty())
    }

    /// The smallest rectangle that holds all ones; `None` if there are none.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        // First and last row and column.
        let (mut top, mut left, mut bottom, mut right) = (usize::MAX, usize::MAX, 0, 0);
        for run in self.ones() {
            let (first, last) = (run.start / self.height, (run.end - 1) / self.height);
            // A run over several columns goes through the bottom of one and the top of the next.
            let (highest, lowest) = if first == last {
                (run.start % self.height, (run.end - 1) % self.height)
            } else {
                (0, self.height - 1)
            };
            (top, bottom) = (top.min(highest), bottom.max(lowest));
            (left, right) = (left.min(first), right.max(last));
        }
        (top <= bottom).then(|| Bounds { top, left, height: bottom - top + 1, width: right - left + 1 })
    }

    /// Number of rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// Number of columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Lengths of the runs of zeros, ones, zeros, ….
    #[must_use]
    pub fn runs(&self) -> &[u32] {
        &self.runs
    }

    /// Number of ones.
    #[must_use]
    pub fn area(&self) -> usize {
        self.runs.iter().skip(1).step_by(2).map(|&run| run as usize).sum()
    }

    /// The compressed text, called `counts` in COCO files: characters from `0` to `o`.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut text = String::with_capacity(2 * self.runs.len());
        for (index, &run) in self.runs.iter().enumerate() {
            let mut rest = i64::from(run) - base(&self.runs[..index]);
            loop {
                let digit = (rest & i64::from(DIGIT)) as u8;
                rest >>= BITS;
                let sign = if digit & SIGN == 0 { 0 } else { -1 };
                let more = if rest == sign { 0 } else { MORE };
                text.push(char::from(b'0' + digit + more));
                if more == 0 {
                    break;
                }
            }
        }
        text
    }

    /// The mask of `height` × `width` whose compressed text is `counts`.
    ///
    /// # Errors
    /// If `counts` holds other characters, ends inside a number, holds a run no mask can have, or if the runs do not
    /// add up to height × width.
    pub fn decode(height: usize, width: usize, counts: impl AsRef<[u8]>) -> Result<Self, RleError> {
        let counts = counts.as_ref();
        let mut runs = Vec::with_capacity(counts.len());
        let (mut number, mut digits) = (0_i64, 0);
        for (position, &byte) in counts.iter().enumerate() {
            let group = byte.wrapping_sub(b'0');
            if group > DIGIT | MORE {
                return Err(RleError::Character { byte, position });
            }
            if digits == MAX_DIGITS {
                return Err(RleError::Digits { run: runs.len() });
            }
            number |= i64::from(group & DIGIT) << (BITS * digits);
            digits += 1;
            if group & MORE == 0 {
                if group & SIGN != 0 {
                    number |= -1 << (BITS * digits);
                }
                let length = base(&runs) + number;
                runs.push(u32::try_from(length).map_err(|_| RleError::Length { run: runs.len(), length })?);
                (number, digits) = (0, 0);
            }
        }
        if digits > 0 {
            return Err(RleError::Truncated { run: runs.len(), characters: counts.len() });
        }
        Self::new(height, width, runs)
    }

    /// Length no compressed text of a mask with this many pixels exceeds, unless it was written wastefully: one
    /// character a run, and another only for a difference of 16 or more, while all differences together are at most
    /// twice the pixels.
    #[must_use]
    pub fn max_text_len(pixels: usize) -> usize {
        pixels.saturating_add(pixels / 8).saturating_add(1)
    }

    /// The mask whose ones are at `ranges` of positions in column-major order, which ascend and may touch.
    fn from_ranges((height, width): (usize, usize), ranges: impl IntoIterator<Item = Range<u32>>) -> Self {
        let mut runs: Vec<u32> = Vec::new();
        let mut end = 0;
        for range in ranges.into_iter().filter(|range| !range.is_empty()) {
            match runs.last_mut() {
                // From the bottom of a column to the top of the next: still the same run.
                Some(run) if range.start == end => *run += range.end - range.start,
                _ => runs.extend([range.start - end, range.end - range.start]),
            }
            end = range.end;
        }
        let pixels = (height * width) as u32;
        if end < pixels {
            runs.push(pixels - end);
        }
        Self { height, width, runs }
    }
}

/// A rectangle of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// First row.
    pub top: usize,
    /// First column.
    pub left: usize,
    /// Number of rows.
    pub height: usize,
    /// Number of columns.
    pub width: usize,
}

/// Why a text or a list of runs is not a mask of its size. Runs and characters are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RleError {
    /// A byte that is no digit of the text.
    #[error("'{}' at character {position} is no run-length digit ('0' to 'o')", byte.escape_ascii())]
    Character {
        /// The byte.
        byte: u8,
        /// Its place in the text.
        position: usize,
    },
    /// The last number says that more digits follow.
    #[error("the text ends after {characters} characters inside run {run}")]
    Truncated {
        /// The unfinished run.
        run: usize,
        /// Length of the text.
        characters: usize,
    },
    /// A number of too many digits.
    #[error("run {run} has more than {MAX_DIGITS} digits")]
    Digits {
        /// The run.
        run: usize,
    },
    /// A run that is negative or does not fit in 32 bits.
    #[error("run {run} has the length {length}")]
    Length {
        /// The run.
        run: usize,
        /// Its length.
        length: i64,
    },
    /// Runs of another mask than the one asked for.
    #[error("the runs add up to {sum} pixels, not to {width} x {height} (width x height)")]
    Sum {
        /// What they add up to.
        sum: u64,
        /// Number of rows asked for.
        height: usize,
        /// Number of columns asked for.
        width: usize,
    },
    /// A mask of more pixels than fit in 32 bits.
    #[error("{width} x {height} (width x height) is too large for a mask")]
    Size {
        /// Number of rows.
        height: usize,
        /// Number of columns.
        width: usize,
    },
}

/// The run lengths of every region of `mask`, by ascending id, in one pass over it.
///
/// `mask`: ids may leave out any numbers; at most `u32::MAX` pixels. Time O(n) for n pixels of the mask as it was
/// computed plus O(s log s) for s spans, a span being the part of a run inside one column; memory 12 bytes a span.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, rle::region_run_lengths};
/// let mask = Plane::from_rows(&[
///     [1, 1, 7],
///     [0, 7, 7],
/// ]);
/// let regions = region_run_lengths(&mask.into());
/// assert_eq!(regions[0].0, 1);
/// assert_eq!(regions[0].1.runs(), [0, 1, 1, 1, 3]);
/// assert_eq!(regions[1].0, 7);
/// assert_eq!(regions[1].1.runs(), [3, 3]);
/// ```
#[must_use]
pub fn region_run_lengths(mask: &ScaledMask) -> Vec<(u32, RunLengths)> {
    let computed_height = mask.computed().height() as u32;
    let col_of = |span: &Span<u32>| span.start / computed_height;
    let run_lengths = |spans: &[Span<u32>]| {
        let cols = spans.chunk_by(|span, next| col_of(span) == col_of(next));
        let ranges = cols.flat_map(|spans| {
            let computed = col_of(&spans[0]) as usize;
            let top = spans[0].start - spans[0].start % computed_height;
            mask.cols_of(computed..computed + 1).flat_map(move |col| {
                spans.iter().map(move |span| {
                    let rows = mask.rows_of((span.start - top) as usize..(span.end - top) as usize);
                    (col * mask.height() + rows.start) as u32..(col * mask.height() + rows.end) as u32
                })
            })
        });
        RunLengths::from_ranges(mask.size(), ranges)
    };
    spans(mask.computed())
        .chunk_by(|span, next| span.region == next.region)
        .map(|spans| (spans[0].region, run_lengths(spans)))
        .filter(|(_, run_lengths)| run_lengths.area() > 0)
        .collect()
}

/// A piece of one column inside one region: positions `start..end` in column-major order.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Span<T> {
    region: T,
    start: u32,
    end: u32,
}

/// The spans of all regions of `mask`, by region and then by position; the default value is the background.
///
/// Rows are compared with the rows above them, so memory is read in its order, a block of columns at a time; only
/// where a block differs are its columns looked at. Each column remembers the row in which its open span began.
fn spans<T: Copy + Default + Ord>(mask: &Plane<T>) -> Vec<Span<T>> {
    let (height, width) = mask.size();
    let mut spans = Vec::new();
    let mut tops = vec![0; width];
    let mut close = |region: T, col: usize, top: usize, bottom: usize| {
        if region != T::default() {
            spans.push(Span { region, start: (col * height + top) as u32, end: (col * height + bottom) as u32 });
        }
    };
    for row in 1..height {
        let blocks = mask.row(row - 1).chunks(BLOCK).zip(mask.row(row).chunks(BLOCK)).zip(tops.chunks_mut(BLOCK));
        for (block, ((above, here), tops)) in blocks.enumerate() {
            if above == here {
                continue;
            }
            for (col, ((&above, &here), top)) in above.iter().zip(here).zip(tops).enumerate() {
                if above != here {
                    close(above, block * BLOCK + col, *top, row);
                    *top = row;
                }
            }
        }
    }
    if height > 0 {
        for (col, (&last, &top)) in mask.row(height - 1).iter().zip(&tops).enumerate() {
            close(last, col, top, height);
        }
    }
    spans.sort_unstable();
    spans
}

/// What the next run is written as a difference from.
fn base(runs: &[u32]) -> i64 {
    if runs.len() > 2 { i64::from(runs[runs.len() - 2]) } else { 0 }
}

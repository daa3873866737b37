//! The check of a submission as a file: every line by itself, and all of them against the images there are.

use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry},
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

use rayon::prelude::*;

use super::{
    FileError,
    rows::{id_in, read_batch, row_text},
};
use crate::{
    pipeline::submission::{HEADER, RowCheck, RowDefect, check::excerpt, check_row},
    storage::csv_lines::{columns, read_line},
};

/// What a submission holds and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct SubmissionReport {
    /// Number of rows, without the header.
    pub rows: usize,
    /// Number of triples of label, confidence and mask.
    pub predictions: usize,
    /// Number of different masks of one image with at least one pixel, over all images.
    pub cells: usize,
    /// All defects by line; those of the file as a whole come last.
    pub defects: Vec<SubmissionDefect>,
}

/// Something wrong with a submission. Lines are counted from 1, the header being the first.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SubmissionDefect {
    /// There is not even a header.
    #[error("the file is empty; its first line should be '{HEADER}'")]
    Empty,
    /// There is a header and nothing else.
    #[error("the file has no row")]
    NoRow,
    /// The first line is another one.
    #[error("line 1: the header is '{found}', not '{HEADER}'")]
    Header {
        /// Beginning of the first line.
        found: String,
    },
    /// A line is wrong.
    #[error("line {line}, ID '{id}': {defect}")]
    Line {
        /// The line.
        line: usize,
        /// What stands for the image's ID there.
        id: String,
        /// What is wrong with it.
        defect: LineDefect,
    },
    /// An image of the set has no row.
    #[error("the image '{id}' has no row")]
    Missing {
        /// The image's ID.
        id: String,
    },
}

/// Something wrong with one line.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LineDefect {
    /// Bytes that are no text.
    #[error("column {column} is not UTF-8 text")]
    NotText {
        /// The column, counted from 1.
        column: usize,
    },
    /// A quoted column does not end on its line.
    #[error("a quote is opened and not closed")]
    OpenQuote,
    /// Too few or too many columns.
    #[error("expected 4 columns, found {found}")]
    Columns {
        /// Number of columns there are.
        found: usize,
    },
    /// No image is named.
    #[error("the ID is missing")]
    NoId,
    /// The image has a row already.
    #[error("the ID is repeated from line {first}")]
    Repeated {
        /// The line that has it first.
        first: usize,
    },
    /// The image is not in the set.
    #[error("no image of the set has this ID")]
    Unknown,
    /// The image has another size.
    #[error("the size is {} x {}, but the image has {} x {} pixels (width x height)",
        found.1, found.0, image.1, image.0)]
    Size {
        /// (height, width) in the row.
        found: (usize, usize),
        /// (height, width) of the image.
        image: (usize, usize),
    },
    /// The row is wrong by itself.
    #[error(transparent)]
    Row(#[from] RowDefect),
}

/// (height, width) of every image that should have a row, by ID; `None` if nobody knows, then any size will do.
pub type Sizes = BTreeMap<String, Option<(usize, usize)>>;

/// Checks the submission at `path` and names everything that is wrong with it.
///
/// Without `sizes` any IDs and sizes will do. Empty lines do not count. The file is read in batches of lines, whose
/// masks are decoded in parallel.
///
/// # Errors
/// If the file cannot be read. What is in it is a defect in the report and never an error.
pub fn check_submission(path: &Path, sizes: Option<&Sizes>) -> Result<SubmissionReport, FileError> {
    let file = File::open(path).map_err(FileError::at("open the submission", path))?;
    check_lines(BufReader::new(file), sizes).map_err(FileError::at("read the submission", path))
}

fn check_lines(mut input: impl BufRead, sizes: Option<&Sizes>) -> io::Result<SubmissionReport> {
    let mut check = Check { sizes, first_lines: HashMap::new(), report: SubmissionReport::default() };
    let Some(header) = read_line(&mut input)? else {
        check.report.defects.push(SubmissionDefect::Empty);
        return Ok(check.finish());
    };
    if header != HEADER.as_bytes() {
        let found = excerpt(&String::from_utf8_lossy(&header));
        check.report.defects.push(SubmissionDefect::Header { found });
    }
    let mut number = 1;
    loop {
        let lines = read_batch(&mut input, &mut number)?;
        if lines.is_empty() {
            return Ok(check.finish());
        }
        let checked: Vec<CheckedLine> = lines.par_iter().map(|(number, line)| check_line(*number, line)).collect();
        for line in checked {
            check.add(line);
        }
    }
}

/// What one line says, by itself.
struct CheckedLine {
    number: usize,
    id: String,
    row: Result<RowCheck, LineDefect>,
}

fn check_line(number: usize, line: &[u8]) -> CheckedLine {
    let record = columns(line);
    let row = row_text(line, &record).map(check_row);
    CheckedLine { number, id: id_in(&record), row }
}

/// The lines so far, and what they leave to be said at the end.
struct Check<'a> {
    sizes: Option<&'a Sizes>,
    first_lines: HashMap<String, usize>,
    report: SubmissionReport,
}

impl Check<'_> {
    fn add(&mut self, CheckedLine { number, id, row }: CheckedLine) {
        let mut defects: Vec<LineDefect> = self.id_defect(number, &id).into_iter().collect();
        defects.extend(self.image_defect(&id, row.as_ref().ok().and_then(|row| row.size)));
        self.report.rows += 1;
        match row {
            Ok(row) => {
                self.report.predictions += row.predictions;
                self.report.cells += row.cells;
                defects.extend(row.defects.into_iter().map(LineDefect::Row));
            }
            Err(defect) => defects.push(defect),
        }
        let id = excerpt(&id);
        let named = defects.into_iter().map(|defect| SubmissionDefect::Line { line: number, id: id.clone(), defect });
        self.report.defects.extend(named);
    }

    /// Remembers the ID, which should be new.
    fn id_defect(&mut self, number: usize, id: &str) -> Option<LineDefect> {
        if id.is_empty() {
            return Some(LineDefect::NoId);
        }
        match self.first_lines.entry(id.to_owned()) {
            Entry::Occupied(first) => Some(LineDefect::Repeated { first: *first.get() }),
            Entry::Vacant(place) => {
                place.insert(number);
                None
            }
        }
    }

    /// Compares a row with the image it speaks of. `found`: (height, width), where they can be read.
    fn image_defect(&self, id: &str, found: Option<(usize, usize)>) -> Option<LineDefect> {
        let sizes = self.sizes.filter(|_| !id.is_empty())?;
        let Some(&image) = sizes.get(id) else { return Some(LineDefect::Unknown) };
        let (found, image) = found.zip(image)?;
        (found != image).then_some(LineDefect::Size { found, image })
    }

    fn finish(mut self) -> SubmissionReport {
        if self.report.rows == 0 && self.report.defects.is_empty() {
            self.report.defects.push(SubmissionDefect::NoRow);
        }
        let ids = self.sizes.into_iter().flat_map(Sizes::keys);
        let missing = ids.filter(|id| !self.first_lines.contains_key(*id));
        self.report.defects.extend(missing.map(|id| SubmissionDefect::Missing { id: id.clone() }));
        self.report
    }
}

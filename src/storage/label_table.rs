//! The table of decisions about cells, as CSV or as Parquet, which pandas, R and others read; and the table of cells by
//! number and label that other programs write.
//!
//! Columns: `image`, `cell_id` (0: no cell covers the anchor now), `anchor_row`, `anchor_col`, `area_px` (when it was last
//! decided about), `fate`, `excluded`, one for each location, such as `5 Nuclear bodies`, with `inherited`, `yes`, `no` or
//! a grade `1` to `5`, then `annotator` and `time` of the last decision. Both kinds of file hold the same.

mod parquet_table;

use std::{
    collections::{BTreeSet, HashMap},
    hash::Hash,
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::{
    FileError, OutputFile,
    label_lines::{INHERITED, NOT_EXCLUDED, exclusion, verdict},
    table::{RowProblem, RowProblemKind, Table, TableError, TableFile, number},
};
use crate::{
    atlas::{Anchor, Location, LocationSet},
    project::labels::{CellDecisions, Disagreement, Moment, placement::Fate},
};

const BEFORE_LOCATIONS: [&str; 7] = ["image", "cell_id", "anchor_row", "anchor_col", "area_px", "fate", "excluded"];
const BEHIND_LOCATIONS: [&str; 2] = ["annotator", "time"];
const COLUMNS: usize = BEFORE_LOCATIONS.len() + Location::COUNT + BEHIND_LOCATIONS.len();

/// The column of a location.
#[must_use]
pub fn column_of(location: Location) -> String {
    format!("{} {}", location.index(), location.name())
}

fn column_names() -> [String; COLUMNS] {
    let mut names = BEFORE_LOCATIONS.into_iter().map(str::to_owned);
    let mut locations = Location::all().map(column_of);
    let mut behind = BEHIND_LOCATIONS.into_iter().map(str::to_owned);
    std::array::from_fn(|_| names.next().or_else(|| locations.next()).or_else(|| behind.next()).unwrap_or_default())
}

/// What is decided about one cell.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelRow {
    /// The ID of its image.
    pub image: String,
    /// Its id in the masks; 0 if no cell covers the anchor.
    pub cell_id: u32,
    /// Under which it was decided about.
    pub anchor: Anchor,
    /// Its area in pixels when it was last decided about; 0 = not known.
    pub area_px: u64,
    /// What became of it; `None` if nothing is decided.
    pub fate: Option<Fate>,
    /// What is decided.
    pub decisions: CellDecisions,
    /// Who decided last.
    pub annotator: String,
    /// When.
    pub time: Option<Moment>,
}

impl LabelRow {
    /// The values in the order of the columns.
    fn values(&self) -> [String; COLUMNS] {
        let mut values = std::array::from_fn(|_| String::new());
        let before = [
            self.image.clone(),
            self.cell_id.to_string(),
            self.anchor.0.to_string(),
            self.anchor.1.to_string(),
            self.area_px.to_string(),
            self.fate.map_or_else(String::new, |fate| fate.name().to_owned()),
            self.decisions.exclusion.map_or(NOT_EXCLUDED, |exclusion| exclusion.name()).to_owned(),
        ];
        let verdicts = self.decisions.verdicts.iter();
        let verdicts =
            verdicts.map(|verdict| verdict.map_or_else(|| INHERITED.to_owned(), |verdict| verdict.to_string()));
        // A line is a row, whatever people call themselves.
        let annotator = self.annotator.replace(char::is_control, " ");
        let behind = [annotator, self.time.map_or_else(String::new, |time| time.to_string())];
        for (place, value) in values.iter_mut().zip(before.into_iter().chain(verdicts).chain(behind)) {
            *place = value;
        }
        values
    }

    /// The row of these values.
    fn of(values: &[&str; COLUMNS]) -> Result<Self, RowProblemKind> {
        let [image, cell_id, row, col, area, fate, excluded, middle @ .., annotator, time] = *values;
        let decision = |column: &dyn Fn() -> String, found: &str, expected| RowProblemKind::Value {
            column: column(),
            found: found.chars().take(60).collect(),
            expected,
        };
        let known = |fate: &Fate| fate.name() == values[5];
        let mut decisions = CellDecisions {
            exclusion: exclusion(excluded).ok_or_else(|| {
                decision(&|| "excluded".to_owned(), excluded, "debris, out of focus, cut off, other or none")
            })?,
            ..CellDecisions::default()
        };
        for (location, text) in Location::all().zip::<[&str; Location::COUNT]>(middle) {
            let read = verdict(text);
            decisions.verdicts[location.index()] =
                read.ok_or_else(|| decision(&|| column_of(location), text, "yes, no, 1 to 5 or inherited"))?;
        }
        let time = if time.is_empty() {
            None
        } else {
            let read = time.parse();
            Some(read.map_err(|_| decision(&|| "time".to_owned(), time, "a time like 2026-05-17T09:30:00.250Z"))?)
        };
        if !fate.is_empty() && !Fate::ALL.iter().any(known) {
            return Err(decision(&|| "fate".to_owned(), fate, "kept, split, merged or lost"));
        }
        Ok(Self {
            image: image.to_owned(),
            cell_id: number("cell_id", cell_id)?,
            anchor: (number("anchor_row", row)?, number("anchor_col", col)?),
            area_px: number("area_px", area)?,
            fate: Fate::ALL.into_iter().find(known),
            decisions,
            annotator: annotator.to_owned(),
            time,
        })
    }
}

/// Which kind of file a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Csv,
    Parquet,
}

fn kind_of(path: &Path) -> Result<Kind, LabelTableError> {
    let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
    match ending.to_str() {
        Some("csv") => Ok(Kind::Csv),
        Some("parquet") => Ok(Kind::Parquet),
        _ => Err(LabelTableError::Ending { path: path.into() }),
    }
}

/// Checks that a table can be written to `path` by its name, before hours of work.
///
/// # Errors
/// If the name ends in neither `.csv` nor `.parquet`.
pub fn check_name(path: &Path) -> Result<(), LabelTableError> {
    kind_of(path).map(drop)
}

/// Writes the table to `path`, whose ending, `.csv` or `.parquet`, says which kind of file it is to be.
///
/// # Errors
/// If the path ends otherwise or the file cannot be written.
pub fn write(path: &Path, rows: &[LabelRow]) -> Result<(), LabelTableError> {
    match kind_of(path)? {
        Kind::Parquet => parquet_table::write(path, rows),
        Kind::Csv => Ok(write_csv(path, &column_names(), rows.iter().map(LabelRow::values))?),
    }
}

fn write_csv<const N: usize>(
    path: &Path,
    header: &[String; N],
    rows: impl Iterator<Item = [String; N]>,
) -> Result<(), FileError> {
    let mut table = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    let written =
        table.write_record(header).and_then(|()| rows.into_iter().try_for_each(|row| table.write_record(&row)));
    let bytes =
        written.map_err(io::Error::from).and_then(|()| table.into_inner().map_err(csv::IntoInnerError::into_error));
    let mut file = OutputFile::create(path)?;
    bytes.and_then(|bytes| file.write_all(&bytes)).map_err(|error| file.failed(error))?;
    file.finish()
}

/// A table as it was read.
#[derive(Clone, Debug, PartialEq)]
pub enum LabelTable {
    /// Decisions about cells that are named by their anchors, as [`write()`] writes them.
    Decisions(Table<LabelRow>),
    /// The labels of cells that are named by their numbers in masks.
    Numbered(Table<NumberedRow>),
}

impl LabelTable {
    /// Number of images it speaks of.
    #[must_use]
    pub fn images(&self) -> usize {
        let ids: BTreeSet<&str> = match self {
            Self::Decisions(table) => table.rows.iter().map(|(_, row)| row.image.as_str()).collect(),
            Self::Numbered(table) => table.rows.iter().map(|(_, row)| row.image.as_str()).collect(),
        };
        ids.len()
    }
}

/// The labels of a cell that is named by its number in the mask of its image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberedRow {
    /// The ID of its image.
    pub image: String,
    /// Its number.
    pub cell: u32,
    /// What it shows.
    pub labels: LocationSet,
}

/// Reads a table at `path`: one of decisions, as Parquet or CSV, or a CSV file of the columns `ID` and `Label`.
///
/// # Errors
/// If it cannot be read, or lacks a column. Bad rows are among the problems.
pub fn read(path: &Path) -> Result<LabelTable, LabelTableError> {
    if kind_of(path)? == Kind::Parquet {
        return Ok(LabelTable::Decisions(without_repeated_anchors(parquet_table::read(path)?)));
    }
    let table = TableFile::open(path)?;
    if table.has("ID") && table.has("Label") {
        let table = table.read(["ID", "Label"], |[id, label]| numbered(id, label))?;
        return Ok(LabelTable::Numbered(without_repetitions(
            table,
            |row| (row.image.clone(), row.cell),
            |NumberedRow { image, cell, .. }, first| RowProblemKind::Repeated { image, cell, first },
        )));
    }
    let names = column_names();
    let table = table.read(names.each_ref().map(String::as_str), |values| LabelRow::of(&values))?;
    Ok(LabelTable::Decisions(without_repeated_anchors(table)))
}

fn numbered(id: &str, label: &str) -> Result<NumberedRow, RowProblemKind> {
    let parts =
        id.rsplit_once('_').and_then(|(image, cell)| Some((image, cell.parse().ok().filter(|&cell| cell > 0)?)));
    let (image, cell) = parts.ok_or_else(|| RowProblemKind::Value {
        column: "ID".to_owned(),
        found: id.chars().take(60).collect(),
        expected: "<image>_<cell number>",
    })?;
    let labels = if label.is_empty() { LocationSet::default() } else { label.parse()? };
    Ok(NumberedRow { image: image.to_owned(), cell, labels })
}

fn without_repeated_anchors(table: Table<LabelRow>) -> Table<LabelRow> {
    without_repetitions(
        table,
        |row| (row.image.clone(), row.anchor),
        |LabelRow { image, anchor, .. }, first| RowProblemKind::RepeatedAnchor { image, anchor, first },
    )
}

/// The table in which the second row of a cell is a problem.
fn without_repetitions<T, K: Hash + Eq>(
    table: Table<T>,
    cell: impl Fn(&T) -> K,
    repeated: impl Fn(T, usize) -> RowProblemKind,
) -> Table<T> {
    let Table { rows: read, mut problems } = table;
    let mut first_lines = HashMap::new();
    let mut rows = Vec::with_capacity(read.len());
    for (line, row) in read {
        let first = *first_lines.entry(cell(&row)).or_insert(line);
        if first == line {
            rows.push((line, row));
        } else {
            problems.push(RowProblem { line, kind: repeated(row, first) });
        }
    }
    problems.sort_by_key(|problem| problem.line);
    Table { rows, problems }
}

/// Writes a table of cells about which two people say different things: `image`, `anchor_row`, `anchor_col`, `location`
/// and what each says.
///
/// # Errors
/// If it cannot be written.
pub fn write_disagreements(path: &Path, disagreements: &[Disagreement]) -> Result<(), FileError> {
    let header = ["image", "anchor_row", "anchor_col", "location", "first", "second"].map(str::to_owned);
    let row = |Disagreement { cell, location, verdicts: [one, other] }: &Disagreement| {
        [
            cell.field.clone(),
            cell.anchor.0.to_string(),
            cell.anchor.1.to_string(),
            column_of(*location),
            one.to_string(),
            other.to_string(),
        ]
    };
    write_csv(path, &header, disagreements.iter().map(row))
}

/// Writes a table of doubtful labels of cells, of which `rows` has the fields: `image`, `cell_id`, `anchor_row`,
/// `anchor_col`, `location` and its `name`, whether it is `given`, `probability` and `doubt`.
///
/// # Errors
/// If it cannot be written.
pub fn write_doubts(path: &Path, rows: impl Iterator<Item = [String; 9]>) -> Result<(), FileError> {
    let header = ["image", "cell_id", "anchor_row", "anchor_col", "location", "name", "given", "probability", "doubt"];
    write_csv(path, &header.map(str::to_owned), rows)
}

/// Why a table of labels cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum LabelTableError {
    /// The file cannot be written or read.
    #[error(transparent)]
    File(#[from] FileError),
    /// A column is missing.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The name does not say which kind of file it is.
    #[error("the name of a table of labels must end in .csv or .parquet — {}", path.display())]
    Ending {
        /// The file that was asked for.
        path: PathBuf,
    },
    /// The file is damaged or another kind of file.
    #[error("not a table of labels: {reason} — {}", path.display())]
    NotATable {
        /// What is wrong with it.
        reason: String,
        /// The file.
        path: PathBuf,
    },
}

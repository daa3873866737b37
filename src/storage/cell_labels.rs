//! What single cells show, as tables: the truth, and given labels that are suspected to be wrong.

use std::{collections::HashMap, path::Path};

use super::table::{RowProblem, RowProblemKind, Table, TableError, TableFile, number};
use crate::{
    atlas::{Location, LocationSet, location::LocationError},
    score::CellLabels,
};

/// Reads the table of what every cell shows, of the columns `image`, `cell` and `labels`: the cell by its id in the
/// image's mask, its locations joined by `|`. Returns what was wrong, too; the second row of a cell is.
///
/// # Errors
/// If the file cannot be read or lacks a column.
pub fn read_cell_labels(path: &Path) -> Result<(CellLabels, Vec<RowProblem>), TableError> {
    let table = TableFile::open(path)?.read(["image", "cell", "labels"], |[image, cell, labels]| {
        Ok((image.to_owned(), cell_id(cell)?, labels.parse::<LocationSet>()?))
    })?;
    let (mut labels, mut problems) = (CellLabels::new(), table.problems);
    let mut first_lines = HashMap::new();
    for (line, (image, cell, shown)) in table.rows {
        let first = *first_lines.entry((image.clone(), cell)).or_insert(line);
        if first == line {
            labels.entry(image).or_default().insert(cell, shown);
        } else {
            problems.push(RowProblem { line, kind: RowProblemKind::Repeated { image, cell, first } });
        }
    }
    problems.sort_by_key(|problem| problem.line);
    Ok((labels, problems))
}

/// Which cell of its image is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellName {
    /// The one with this id in the mask of the truth.
    Id(u32),
    /// The one whose mask in the truth covers the pixel (row, column).
    Anchor(usize, usize),
}

/// A row of a table of suspected labels.
#[derive(Clone, Debug, PartialEq)]
pub struct SuspectRow {
    /// The image's ID.
    pub image: String,
    /// The cell.
    pub cell: CellName,
    /// The label that may be wrong.
    pub location: Location,
    /// How suspicious it is; a number, not NaN.
    pub score: f64,
}

/// Reads a table of suspected labels, of the columns `image`, `location`, `score` and either `cell`, its id in the mask
/// of the truth, or `anchor_row` and `anchor_col`, a pixel of it. With all three the id holds.
///
/// # Errors
/// If the file cannot be read or lacks a column.
pub fn read_suspects(path: &Path) -> Result<Table<SuspectRow>, TableError> {
    let table = TableFile::open(path)?;
    let suspect = |image: &str, cell: CellName, location: &str, score: &str| {
        let known = location.parse().ok().and_then(Location::new);
        let location = known.ok_or_else(|| LocationError(location.chars().take(60).collect()))?;
        let score: f64 = number("score", score)?;
        if score.is_nan() {
            return Err(RowProblemKind::Number { column: "score", found: "NaN".to_owned() });
        }
        Ok(SuspectRow { image: image.to_owned(), cell, location, score })
    };
    if table.has("cell") {
        table.read(["image", "cell", "location", "score"], |[image, cell, location, score]| {
            suspect(image, CellName::Id(cell_id(cell)?), location, score)
        })
    } else {
        let columns = ["image", "anchor_row", "anchor_col", "location", "score"];
        table.read(columns, |[image, row, col, location, score]| {
            let anchor = CellName::Anchor(number("anchor_row", row)?, number("anchor_col", col)?);
            suspect(image, anchor, location, score)
        })
    }
}

/// An id that a cell can have.
fn cell_id(text: &str) -> Result<u32, RowProblemKind> {
    number("cell", text).and_then(|id| {
        let background = || RowProblemKind::Number { column: "cell", found: text.to_owned() };
        if id == 0 { Err(background()) } else { Ok(id) }
    })
}

//! One cell cut out of its field: as it is drawn, its protein alone, and its masks.

use super::{
    focus::Part,
    loaded_field::LoadedField,
    results::{CellsKey, FoundCells},
};
use crate::{
    atlas::Channel,
    imaging::Plane,
    pipeline::{composite::CompositeParams, region_colours::colour_of_cell},
};

/// All that the crop of a cell follows from.
#[derive(Clone, Debug, PartialEq)]
pub struct CropKey {
    /// The cells.
    pub cells: CellsKey,
    /// How the field is drawn.
    pub display: CompositeParams,
    /// The cell's id.
    pub id: u32,
}

/// Pictures of one cell and what is close around it, all of one size.
#[derive(Clone, Debug)]
pub struct CellCrop {
    /// In colour, as the field is drawn.
    pub composite: Plane<[u8; 3]>,
    /// The protein in grey.
    pub protein: Plane<[u8; 3]>,
    /// The cell and its nucleus in their colours, other cells in grey.
    pub masks: Plane<[u8; 3]>,
}

/// The longer side of a crop is at most this many pixels.
const SIDE: usize = 256;
/// Share of the cell's size that is shown around it.
const AROUND: f64 = 0.1;

/// The crop of a cell; `None` if there is no such cell.
#[must_use]
pub fn cell_crop(field: &LoadedField, cells: &FoundCells, display: &CompositeParams, id: u32) -> Option<CellCrop> {
    let part = part_of(field, cells, id)?;
    let grey = protein_alone(display);
    let scale = 1 << part.level;
    let masks = Plane::from_fn(part.rows.len(), part.cols.len(), |row, col| {
        let position = ((part.rows.start + row) * scale, (part.cols.start + col) * scale);
        match (cells.cell_mask().id(position), cells.nuclei_mask().id(position)) {
            (_, nucleus) if nucleus == id => colour_of_cell(id, true).unwrap_or_default(),
            (cell, _) if cell == id => colour_of_cell(id, false).unwrap_or_default(),
            (0, 0) => [0; 3],
            (_, 0) => [50; 3],
            _ => [80; 3],
        }
    });
    Some(CellCrop { composite: field.picture(&part, display), protein: field.picture(&part, &grey), masks })
}

/// How the protein is drawn alone in grey, with the contrast it has in colour.
#[must_use]
pub fn protein_alone(display: &CompositeParams) -> CompositeParams {
    let mut grey = CompositeParams::grey(Channel::Protein);
    let at = Channel::Protein.index();
    grey.stains[at].window = display.stains[at].window;
    CompositeParams { gamma: display.gamma, brightness: display.brightness, ..grey }
}

/// Where the cell is, at a size that fits.
fn part_of(field: &LoadedField, cells: &FoundCells, id: u32) -> Option<Part> {
    let mask = cells.cell_mask().computed();
    let (mut top, mut bottom, mut left, mut right) = (usize::MAX, 0, usize::MAX, 0);
    for row in 0..mask.height() {
        for (col, _) in mask.row(row).iter().enumerate().filter(|&(_, &other)| other == id) {
            (top, bottom) = (top.min(row), bottom.max(row + 1));
            (left, right) = (left.min(col), right.max(col + 1));
        }
    }
    if bottom == 0 {
        return None;
    }
    let (rows, cols) = (cells.cell_mask().rows_of(top..bottom), cells.cell_mask().cols_of(left..right));
    let (height, width) = field.size();
    let around = (AROUND * rows.len().max(cols.len()) as f64) as usize;
    let grown =
        |range: std::ops::Range<usize>, side: usize| range.start.saturating_sub(around)..(range.end + around).min(side);
    let (rows, cols) = (grown(rows, height), grown(cols, width));
    let level = (0..field.levels.len().saturating_sub(1)).find(|level| rows.len().max(cols.len()) >> level <= SIDE);
    let level = level.unwrap_or(field.levels.len() - 1);
    let halved =
        |range: std::ops::Range<usize>, side: usize| range.start >> level..(range.end >> level).min(side >> level);
    Some(Part { level, rows: halved(rows, height), cols: halved(cols, width) })
}

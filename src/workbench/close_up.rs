//! One cell with what is around it, large enough to decide about.

use std::ops::Range;

use super::{cell_crop::protein_alone, focus::Part, loaded_field::LoadedField, results::FieldKey};
use crate::{
    atlas::{Anchor, Channel},
    imaging::{
        Plane, ScaledMask,
        outline::{Outline, outlines},
        regions::regions,
    },
    pipeline::composite::{CompositeParams, Window},
    project::Cutting,
};

/// All that a close-up follows from.
#[derive(Clone, Debug, PartialEq)]
pub struct CloseUpKey {
    /// The field.
    pub field: FieldKey,
    /// How its cells were found.
    pub cutting: Cutting,
    /// How it is drawn.
    pub display: CompositeParams,
    /// The cell's own anchor.
    pub anchor: Anchor,
}

/// A square of a field with one cell in its middle.
#[derive(Clone, Debug)]
pub struct CloseUp {
    /// In colour, as the field is drawn.
    pub composite: Plane<[u8; 3]>,
    /// The protein in grey.
    pub protein: Plane<[u8; 3]>,
    /// The outline of the cell, in pixels of the pictures.
    pub outlines: Vec<Outline>,
}

/// The longer side of the pictures is at most this many pixels.
const SIDE: usize = 640;
/// Sides of the cell that are seen.
const SIDES: f64 = 1.4;
/// No square is smaller, in pixels of the field.
const SMALLEST: usize = 64;

/// The close-up of the cell `id` of `cell_mask`; `None` if there is no such cell. Some milliseconds.
#[must_use]
pub fn close_up(field: &LoadedField, cell_mask: &ScaledMask, id: u32, display: &CompositeParams) -> Option<CloseUp> {
    let cell = regions(cell_mask).into_iter().find(|region| region.id == id)?;
    let (height, width) = field.size();
    let side = ((SIDES * cell.height.max(cell.width) as f64) as usize).max(SMALLEST);
    let rows = around(cell.top + cell.height / 2, side, height);
    let cols = around(cell.left + cell.width / 2, side, width);
    let last = field.levels.len().saturating_sub(1);
    let level = (0..last).find(|level| side >> level <= SIDE).unwrap_or(last);
    let halved = |range: &Range<usize>, all: usize| range.start >> level..(range.end >> level).min(all >> level);
    let part = Part { level, rows: halved(&rows, height), cols: halved(&cols, width) };
    let own = Plane::from_fn(part.rows.len(), part.cols.len(), |row, col| {
        let position = ((part.rows.start + row) << level, (part.cols.start + col) << level);
        u32::from(cell_mask.id(position) == id)
    });
    let mut grey = protein_alone(display);
    let window = &mut grey.stains[Channel::Protein.index()].window;
    // Alone and with nothing said about its contrast, a faint protein would hardly be seen.
    if *window == Window::FULL {
        *window = Window::AUTOMATIC;
    }
    Some(CloseUp {
        composite: field.picture(&part, display),
        protein: field.picture(&part, &grey),
        outlines: outlines(&own),
    })
}

/// `side` pixels around `middle`, moved or cut so that they are inside of `all`.
#[must_use]
pub fn around(middle: usize, side: usize, all: usize) -> Range<usize> {
    let from = middle.saturating_sub(side / 2).min(all.saturating_sub(side));
    from..(from + side).min(all)
}

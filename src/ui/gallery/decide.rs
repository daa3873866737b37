//! Decisions about many cells at once, from the gallery.

use super::view::GalleryView;
use crate::{
    project::labels::{Change, Exclusion},
    workbench::{
        Command,
        bulk::{BulkChange, BulkStep},
        set_cells::CellAt,
    },
};

/// The cells that a decision is about: those selected or, without any, the one in focus.
pub fn targets(gallery: &GalleryView, focus: Option<CellAt>) -> Vec<CellAt> {
    let mut cells: Vec<CellAt> = gallery.selection.cells.iter().copied().collect();
    if cells.is_empty() {
        cells.extend(focus);
    }
    cells
}

/// One step that changes all of `cells`; `None` if there are none.
pub fn decide(cells: Vec<CellAt>, change: Change) -> Option<Command> {
    step(cells, BulkChange::To(change))
}

/// Leaves out `cells` for this reason or, if all of them are left out already, has them count again.
pub fn exclude_or_count(cells: Vec<CellAt>, reason: Exclusion) -> Option<Command> {
    step(cells, BulkChange::LeftOutOrNot(reason))
}

fn step(cells: Vec<CellAt>, change: BulkChange) -> Option<Command> {
    if cells.is_empty() { None } else { Some(Command::OfMany(BulkStep { cells, change })) }
}

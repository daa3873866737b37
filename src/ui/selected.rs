//! The selected cell while its image is cut anew: it stays selected by its name, whatever its number is then.

use std::sync::Arc;

use super::view::View;
use crate::{
    atlas::Anchor,
    workbench::{
        Workbench,
        results::{FieldKey, FoundCells},
    },
};

/// The cell that was selected in the last frame.
#[derive(Default)]
pub struct SelectedCell {
    last: Option<Last>,
}

struct Last {
    field: FieldKey,
    /// The cells that it is one of.
    cells: Arc<FoundCells>,
    id: u32,
    /// Its name; `None` if it has no nucleus to be named by.
    anchor: Option<Anchor>,
}

impl SelectedCell {
    /// Selects the cell that is now where the selected one was, if other cells were found in its image meanwhile; none, if
    /// there is none.
    pub fn follow(&mut self, workbench: &Workbench, view: &mut View) {
        let (Some(index), Some(id)) = (view.field, view.selected_cell) else {
            self.last = None;
            return;
        };
        let Some(now) = workbench.results().cells.as_ref() else { return };
        // Until the cells are those that are wanted, nobody knows of which ones the number is.
        if workbench.cells_key(index).as_ref() != Some(&now.inputs) {
            return;
        }
        let (field, cells) = (now.inputs.field, &now.value);
        let last = self.last.take().filter(|last| last.field == field && last.id == id);
        let id = match last.filter(|last| !Arc::ptr_eq(&last.cells, cells)) {
            Some(last) => last.anchor.map_or(0, |anchor| cells.cell_at(anchor)),
            None => id,
        };
        view.selected_cell = Some(id).filter(|&id| id > 0);
        if view.selected_cell.is_some() {
            let anchor = cells.named(id).map(|cell| cell.anchor);
            self.last = Some(Last { field, cells: Arc::clone(cells), id, anchor });
        }
    }
}

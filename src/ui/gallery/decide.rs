//! Decisions about many cells at once, from the gallery.

use super::view::GalleryView;
use crate::{
    project::{
        Edit,
        labels::{Change, Decision, Deed, Exclusion, Reason},
    },
    workbench::{Command, Workbench, set_cells::CellAt},
};

/// The cells that a decision is about: those selected or, without any, the one in focus.
pub fn targets(gallery: &GalleryView, focus: Option<CellAt>) -> Vec<CellAt> {
    let mut cells: Vec<CellAt> = gallery.selection.cells.iter().copied().collect();
    if cells.is_empty() {
        cells.extend(focus);
    }
    // The order of a journal should not depend on that of a hash.
    cells.sort_unstable();
    cells
}

/// One step that changes all of `cells`; `None` if there are none.
pub fn decide(workbench: &Workbench, cells: &[CellAt], change: Change) -> Option<Command> {
    let set = workbench.set_cells()?;
    let takes_back = matches!(change, Change::Label(_, None) | Change::Exclude(None));
    let decisions: Vec<Decision> = cells
        .iter()
        .filter_map(|&at| {
            let (field, cell) = (set.field(at.field as usize)?, set.cell(at)?);
            let placed = workbench.placed(at.field as usize)?;
            // There is nothing to take back where nothing was decided.
            if takes_back && placed.placement.anchors_in(cell.id).is_empty() {
                return None;
            }
            let anchor = placed.placement.name_of(cell.id, cell.anchor);
            Some(Decision { image: field.image.clone(), anchor, area_px: cell.area_px, set: vec![change] })
        })
        .collect();
    let reason = if decisions.len() > 1 { Reason::Bulk } else { Reason::Gallery };
    if decisions.is_empty() { None } else { Some(Command::Edit(Edit::Labels(Deed::Decide(reason, decisions)))) }
}

/// Leaves out `cells` for this reason or, if all of them are left out already, has them count again.
pub fn exclude_or_count(workbench: &Workbench, cells: &[CellAt], reason: Exclusion) -> Option<Command> {
    let are_all_out = cells.iter().all(|&at| {
        let id = workbench.set_cells().and_then(|set| set.cell(at)).map(|cell| cell.id);
        id.zip(workbench.placed(at.field as usize)).is_some_and(|(id, placed)| placed.of(id).exclusion.is_some())
    });
    decide(workbench, cells, Change::Exclude((!are_all_out).then_some(reason)))
}

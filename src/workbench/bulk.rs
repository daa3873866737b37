//! One decision about many cells at once: which cells it changes, and under which names.

use std::sync::Arc;

use super::{
    placements::PlacedField,
    set_cells::{CellAt, SetCells},
};
use crate::project::labels::{Change, Decision, Exclusion};

/// What is to hold for many cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkChange {
    /// This, for all of them.
    To(Change),
    /// They are left out for this reason or, if all of them are left out already, count again.
    LeftOutOrNot(Exclusion),
}

/// A change of many cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkStep {
    /// The cells, in any order.
    pub cells: Vec<CellAt>,
    /// What is to hold for them.
    pub change: BulkChange,
}

impl BulkStep {
    /// Up to so many cells are decided about at once; what more there are is worked on beside the window.
    pub const AT_ONCE: usize = 500;

    /// What it decides, in the order of the set. `placed`: what is decided about the cells of a field by its place, if that
    /// is known; it is asked once for each field. O(n log n).
    #[must_use]
    pub fn decisions(&self, set: &SetCells, placed: impl Fn(usize) -> Option<Arc<PlacedField>>) -> Vec<Decision> {
        // The order of a journal should not depend on that of a selection.
        let mut cells = self.cells.clone();
        cells.sort_unstable();
        let of_fields: Vec<(&[CellAt], Arc<PlacedField>)> = cells
            .chunk_by(|one, next| one.field == next.field)
            .filter_map(|cells| Some((cells, placed(cells.first()?.field as usize)?)))
            .collect();
        let change = match self.change {
            BulkChange::To(change) => change,
            BulkChange::LeftOutOrNot(reason) => {
                let is_out = |placed: &PlacedField, at: &CellAt| {
                    set.cell(*at).is_none_or(|cell| placed.of(cell.id).exclusion.is_some())
                };
                let are_all_out = of_fields.iter().all(|(cells, placed)| cells.iter().all(|at| is_out(placed, at)));
                Change::Exclude((!are_all_out).then_some(reason))
            }
        };
        let takes_back = matches!(change, Change::Label(_, None) | Change::Exclude(None));
        let mut decisions = Vec::with_capacity(cells.len());
        for (cells, placed) in &of_fields {
            for &at in *cells {
                let Some((field, cell)) = set.field(at.field as usize).zip(set.cell(at)) else { continue };
                // There is nothing to take back where nothing was decided.
                if takes_back && placed.placement.anchors_in(cell.id).is_empty() {
                    continue;
                }
                // A cell that was decided about before keeps the name it had then.
                let anchor = placed.placement.name_of(cell.id, cell.anchor);
                decisions.push(Decision {
                    image: field.image.clone(),
                    anchor,
                    area_px: cell.area_px,
                    set: vec![change],
                });
            }
        }
        decisions
    }
}

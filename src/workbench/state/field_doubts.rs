//! Which images are worth a look: what is known of the cells of each, from wherever it is known, laid beside the others.
//! An image that somebody has looked over is in doubt no more, but still tells what is usual.

use std::{collections::HashMap, sync::Arc};

use super::Workbench;
use crate::{
    pipeline::doubtful_fields::{FieldDoubt, FieldSigns, field_doubts},
    workbench::{
        lane::{Computed, Lane},
        results::{CellsKey, FieldKey, SetKey},
        set_cells::SetCells,
    },
};

/// What doubts about images follow from: how cells are found, and a count of the changes of what is known of them.
type DoubtsKey = (SetKey, u64);

/// The doubts about the images of a set.
#[derive(Debug, Default)]
struct SetDoubts {
    /// Images whose cells are known.
    judged: usize,
    /// Those with a reason, by place in the set.
    of_fields: HashMap<usize, Vec<FieldDoubt>>,
}

/// What is known of images worth a look, and the work on it.
#[derive(Default)]
pub(super) struct FieldDoubtDesk {
    /// The signs of cells that were measured, from their masks on the disk.
    measured: Lane<DoubtsKey, Vec<(CellsKey, FieldSigns)>>,
    /// For which measured cells these were looked up last.
    looked_up: Option<DoubtsKey>,
    judging: Lane<DoubtsKey, SetDoubts>,
    doubts: Option<Computed<DoubtsKey, SetDoubts>>,
    revision: u64,
}

impl FieldDoubtDesk {
    pub(super) fn are_free(&self) -> bool {
        self.measured.is_free() && self.judging.is_free()
    }
}

impl Workbench {
    /// Why the image at `index` is worth a look; nothing if it is not, if its cells are not known, or if somebody has looked
    /// it over.
    #[must_use]
    pub fn field_doubts(&self, index: usize) -> &[FieldDoubt] {
        let Some(doubts) = &self.field_doubts.doubts else { return &[] };
        let files = self.opened.as_ref().and_then(|opened| opened.set.fields().get(index));
        let is_open = files.is_some_and(|files| !self.project.is_reviewed(files.id()));
        doubts.value.of_fields.get(&index).filter(|_| is_open).map_or(&[], Vec::as_slice)
    }

    /// Images whose cells are known, so that it can be told whether they are worth a look.
    #[must_use]
    pub fn judged_fields(&self) -> usize {
        self.field_doubts.doubts.as_ref().map_or(0, |doubts| doubts.value.judged)
    }

    /// Counts the changes of what [`Workbench::field_doubts`] says, but for those of the project.
    #[must_use]
    pub fn field_doubts_revision(&self) -> u64 {
        self.field_doubts.revision
    }

    pub(super) fn take_field_doubts(&mut self) {
        let opening = self.openings;
        if let Some(done) = self.field_doubts.measured.take().filter(|done| done.inputs.0.opening == opening) {
            // A mask that cannot be read is told of where it is looked at.
            let is_current = self.is_current(&done.inputs.0);
            for (key, signs) in done.value.into_iter().flatten().filter(|_| is_current) {
                self.results.keep_signs(key, Arc::new(signs));
            }
        }
        if let Some(Computed { inputs, value }) = self.field_doubts.judging.take()
            && inputs.0.opening == opening
            && let Ok(value) = value
        {
            self.field_doubts.doubts = Some(Computed { inputs, value });
            self.field_doubts.revision += 1;
        }
    }

    pub(super) fn start_field_doubts(&mut self) {
        self.start_signs_of_measured();
        let revision = self.results.signs_revision;
        let is_there = self.field_doubts.doubts.as_ref();
        let is_there = is_there.is_some_and(|doubts| doubts.inputs.1 == revision && self.is_current(&doubts.inputs.0));
        if is_there || !self.field_doubts.judging.is_free() {
            return;
        }
        let known = |&index: &usize| Some((index, Arc::clone(self.signs(index)?)));
        let known: Vec<(usize, Arc<FieldSigns>)> = self.results.signs.keys().filter_map(known).collect();
        let key = (SetKey::of(&self.project, self.openings), revision);
        self.field_doubts.judging.start(key, &self.wake, move |_| {
            let signs: Vec<&FieldSigns> = known.iter().map(|(_, signs)| &**signs).collect();
            let doubts = known.iter().map(|(index, _)| *index).zip(field_doubts(&signs));
            Ok(SetDoubts { judged: known.len(), of_fields: doubts.filter(|(_, why)| !why.is_empty()).collect() })
        });
    }

    /// What the cells of the image at `index` show, if they are those of the parameters in force.
    fn signs(&self, index: usize) -> Option<&Arc<FieldSigns>> {
        let Computed { inputs, value } = self.results.signs.get(&index)?;
        let files = self.opened.as_ref()?.set.fields().get(index)?;
        let is_of = inputs.field == self.field_key(index) && self.project.is_field_cut_as(files.id(), &inputs.cutting);
        is_of.then_some(value)
    }

    /// Looks at the masks of measured cells of which nothing else tells the signs, once for each measuring.
    fn start_signs_of_measured(&mut self) {
        let revision = self.results.cells_revision;
        let looked_up = self.field_doubts.looked_up.as_ref();
        let is_done = looked_up.is_some_and(|(set, of)| *of == revision && self.is_current(set));
        if is_done || !self.field_doubts.measured.is_free() {
            return;
        }
        let Some(cells) = self.set_cells().cloned() else { return };
        let there = (0..cells.fields.len()).filter(|&index| cells.field(index).is_some());
        let wanted: Vec<usize> = there.filter(|&index| self.signs(index).is_none()).collect();
        let key = (SetKey::of(&self.project, self.openings), revision);
        self.field_doubts.looked_up = Some(key.clone());
        if !wanted.is_empty() {
            let set = key.0.clone();
            self.field_doubts.measured.start(key, &self.wake, move |stop| {
                let read = wanted.into_iter().take_while(|_| !stop.is_asked());
                Ok(read.filter_map(|index| signs_of_measured(&set, &cells, index)).collect())
            });
        }
    }
}

/// The signs of the measured cells of a field of `set`; `None` if its mask cannot be read.
fn signs_of_measured(set: &SetKey, cells: &SetCells, index: usize) -> Option<(CellsKey, FieldSigns)> {
    let (mask, measured) = (cells.cell_mask(index).ok()??, cells.field(index)?);
    let field = FieldKey { opening: set.opening, index, depth: set.depth };
    let key = CellsKey { field, cutting: set.cuttings.of(&measured.image) };
    Some((key, FieldSigns::of(&mask, &measured.remarks)))
}

//! The cells of the field on the canvas as something to decide about.

use super::Workbench;
use crate::{storage::FieldFiles, workbench::decidable::DecidableCell};

impl Workbench {
    /// The cell `id` of the field at `index` as something to decide about, if that field's cells are in memory and it has
    /// a name.
    #[must_use]
    pub fn decidable(&self, index: usize, id: u32) -> Option<DecidableCell> {
        self.decidables(index, Some(id)).pop()
    }

    /// The same for all cells of that field, or for one, if its id is given.
    #[must_use]
    pub fn decidables(&self, index: usize, only: Option<u32>) -> Vec<DecidableCell> {
        let cells = self.results.cells.as_ref().filter(|cells| cells.inputs.field == self.field_key(index));
        let Some((cells, opened)) = cells.zip(self.opened.as_ref()) else { return Vec::new() };
        let (labels, image) = (self.project.labels(), opened.set.fields()[index].id());
        let placement = cells.value.placement(labels, image);
        let of_image = opened.labels[index].unwrap_or_default();
        let named = cells.value.named.iter().filter(|cell| only.is_none_or(|id| cell.id == id));
        named.map(|cell| DecidableCell::new(cell, image, of_image, labels, &placement)).collect()
    }

    /// Cells of the field at `index` about which something is decided.
    #[must_use]
    pub fn decided(&self, index: usize) -> usize {
        let id = self.opened.as_ref().and_then(|opened| opened.set.fields().get(index)).map(FieldFiles::id);
        id.map_or(0, |id| self.project.labels().decided(id).count())
    }
}

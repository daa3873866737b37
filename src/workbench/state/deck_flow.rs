//! The work behind the deck: which cells are asked about, their close-ups, and examples of what is asked.

use std::sync::Arc;

use super::Workbench;
use crate::{
    atlas::Location,
    project::labels::placement::PlacedCell,
    workbench::{
        Focus,
        close_up::{CloseUp, CloseUpKey, close_up},
        decidable::DecidableCell,
        deck::{Card, DeckExtent, DeckKey, DeckWish, deck},
        example_cell::{ExampleCell, example_cell},
        lane::Computed,
        results::SetKey,
        set_cells::CellAt,
    },
};

/// Close-ups that are kept: those seen last and those seen next.
const CLOSE_UPS: usize = 24;

impl Workbench {
    /// The cards of the deck for `wish`, or for what it was before; decided or not.
    #[must_use]
    pub fn deck(&self, wish: DeckWish) -> Option<&Arc<Vec<Card>>> {
        let deck = self.results.deck.as_ref()?;
        let is_wanted = deck.inputs.wish == wish && self.is_current(&deck.inputs.cells);
        is_wanted.then_some(&deck.value)
    }

    /// A measured cell of the set as something to decide about.
    #[must_use]
    pub fn decidable_at(&self, at: CellAt) -> Option<DecidableCell> {
        let index = at.field as usize;
        let (cells, opened) = self.set_cells().zip(self.opened.as_ref())?;
        let (field, cell) = (cells.field(index)?, cells.cell(at)?);
        let placed = self.placed(index)?;
        let own = PlacedCell { id: cell.id, anchor: cell.anchor, area_px: cell.area_px };
        let of_image = opened.labels.get(index).copied().flatten().unwrap_or_default();
        Some(DecidableCell::new(&own, &field.image, of_image, self.project.labels(), &placed.placement))
    }

    /// The close-up of a cell, as the display asks for or, until that is there, in another way.
    #[must_use]
    pub fn close_up(&self, at: CellAt) -> Option<&Arc<CloseUp>> {
        let wanted = self.close_up_key(at)?;
        let of_cell = |key: &CloseUpKey| {
            key.field == wanted.field && key.anchor == wanted.anchor && key.cutting == wanted.cutting
        };
        let mut all = self.results.close_ups.iter().rev().filter(|close_up| of_cell(&close_up.inputs));
        let newest = all.clone().find(|close_up| close_up.inputs == wanted);
        newest.or_else(|| all.next())?.value.as_ref()
    }

    /// Whether there is a close-up of the cell as the display asks for, or none can be had.
    fn has_close_up(&self, at: CellAt) -> bool {
        let wanted = self.close_up_key(at);
        wanted.is_none_or(|wanted| self.results.close_ups.iter().any(|close_up| close_up.inputs == wanted))
    }

    fn close_up_key(&self, at: CellAt) -> Option<CloseUpKey> {
        let index = at.field as usize;
        let cutting = self.cells_key(index)?.cutting;
        let anchor = self.set_cells()?.cell(at)?.anchor;
        Some(CloseUpKey { field: self.field_key(index), cutting, display: self.display().clone(), anchor })
    }

    /// The example of a location, once it is drawn.
    #[must_use]
    pub fn example(&self, location: Location) -> Option<&Arc<ExampleCell>> {
        self.results.examples.get(&location)?.as_ref()
    }

    pub(super) fn take_deck(&mut self) {
        let opening = self.openings;
        if let Some(Computed { inputs, value }) =
            self.lanes.deck.take().filter(|done| done.inputs.cells.opening == opening)
        {
            match value {
                Ok(value) => self.results.deck = Some(Computed { inputs, value: Arc::new(value) }),
                Err(reason) => self.fail(reason),
            }
        }
        if let Some(Computed { inputs, value }) =
            self.lanes.close_up.take().filter(|done| done.inputs.field.opening == opening)
        {
            let value = value.unwrap_or_else(|reason| {
                self.fail(reason);
                None
            });
            self.results.close_ups.push(Computed { inputs, value: value.map(Arc::new) });
            let too_many = self.results.close_ups.len().saturating_sub(CLOSE_UPS);
            self.results.close_ups.drain(..too_many);
        }
        if let Some(Computed { inputs, value }) = self.lanes.example.take() {
            self.results.examples.insert(inputs, value.ok().flatten().map(Arc::new));
        }
    }

    pub(super) fn start_deck(&mut self, focus: &Focus) {
        self.start_deck_of(focus);
        self.start_close_up(focus);
        let example = focus.example.filter(|location| !self.results.examples.contains_key(location));
        if let Some(location) = example.filter(|_| self.lanes.example.is_free()) {
            self.lanes.example.start(location, &self.wake, move |_| Ok(example_cell(location)));
        }
    }

    fn start_deck_of(&mut self, focus: &Focus) {
        let (Some(wish), Some(cells), Some(opened)) = (focus.deck, self.set_cells(), self.opened.as_ref()) else {
            return;
        };
        let measured = cells.measured_fields();
        let model = self.model().filter(|model| wish.order.needs_model() && model.judged().is_some());
        let number = model.and_then(|model| model.judged_number);
        let is_there = self.results.deck.as_ref().is_some_and(|deck| {
            let DeckKey { measured: before, labels, model, .. } = deck.inputs;
            self.deck(wish).is_some() && (before, labels, model) == (measured, opened.label_readings, number)
        });
        if is_there || !self.lanes.deck.is_free() {
            return;
        }
        let (cells, of_images, model) = (Arc::clone(cells), opened.labels.clone(), model.cloned());
        let labels = opened.label_readings;
        // With many decisions this takes some frames.
        let Some(standings) = self.gather_standings() else { return };
        let set = SetKey::of(&self.project, self.openings);
        let key = DeckKey { cells: set, measured, labels, model: number, wish };
        self.lanes.deck.start(key, &self.wake, move |_| {
            let is_settled = |card: Card| !standings.of(&cells, card.at, card.location).is_undecided();
            Ok(deck(&cells, &of_images, model.as_deref(), wish, DeckExtent::Window, is_settled))
        });
    }

    fn start_close_up(&mut self, focus: &Focus) {
        if !self.lanes.close_up.is_free() {
            return;
        }
        let is_ready = |at: &&CellAt| {
            let field = self.field_key(at.field as usize);
            self.results.field(field).is_some() && !self.has_close_up(**at)
        };
        let Some(&at) = focus.close_ups.iter().find(is_ready) else { return };
        let (Some(key), Some(cells)) = (self.close_up_key(at), self.set_cells()) else { return };
        let (Some(field), Some(cell)) = (self.results.field(key.field).cloned(), cells.cell(at)) else { return };
        let (cells, id, display) = (Arc::clone(cells), cell.id, key.display.clone());
        self.lanes.close_up.start(key, &self.wake, move |_| {
            let mask = cells.cell_mask(at.field as usize)?;
            Ok(mask.and_then(|mask| close_up(&field, &mask, id, &display)))
        });
    }
}

//! The work behind "How it works": the steps of the image that is looked at, and of one of its cells.

use std::sync::Arc;

use super::Workbench;
use crate::{
    atlas::Location,
    pipeline::{explanation::Step, features::Cell, segmentation::Method},
    workbench::{
        Focus,
        explanation::{CellStepsKey, ExplanationWish, StepsKey, rules_for, steps_of_image, steps_of_one, typical_cell},
        lane::{Computed, Lane},
        model::Model,
        results::FoundCells,
        set_cells::CellAt,
    },
};

type Steps = Arc<Vec<Step>>;

/// What is known for it, and the work on it.
#[derive(Default)]
pub(super) struct ExplanationDesk {
    image_lane: Lane<StepsKey, Steps>,
    of_image: Option<Computed<StepsKey, Steps>>,
    cell_lane: Lane<CellStepsKey, Steps>,
    of_cell: Option<Computed<CellStepsKey, Steps>>,
}

impl ExplanationDesk {
    pub(super) fn are_free(&self) -> bool {
        self.image_lane.is_free() && self.cell_lane.is_free()
    }
}

/// An explanation, perhaps of parameters that have changed since.
#[derive(Clone, Copy, Debug)]
pub struct Explained<'a> {
    /// The steps.
    pub steps: &'a Arc<Vec<Step>>,
    /// Whether they are those of what is in force.
    pub is_fresh: bool,
}

impl Workbench {
    /// The method that is explained for `wish` in the image at `index`.
    #[must_use]
    pub fn explained_method(&self, index: usize, wish: ExplanationWish) -> Option<Method> {
        wish.method.or_else(|| Some(self.cells_key(index)?.cutting.params.method))
    }

    /// The cell that is explained for `wish` in the image at `index`; `None` if there is none, or it is not known yet.
    #[must_use]
    pub fn explained_cell(&self, index: usize, wish: ExplanationWish) -> Option<u32> {
        wish.cell.or_else(|| typical_cell(self.fresh_cells_of(index)?))
    }

    /// The steps by which the cells of the image at `index` are found; those before a parameter changed until the new ones
    /// are there.
    #[must_use]
    pub fn explained_image(&self, index: usize, wish: ExplanationWish) -> Option<Explained<'_>> {
        let there = self.explanation.of_image.as_ref()?;
        let is_of_it = there.inputs.cells.field == self.field_key(index)
            && Some(there.inputs.method) == self.explained_method(index, wish);
        let is_fresh = self.cells_key(index).as_ref() == Some(&there.inputs.cells);
        is_of_it.then_some(Explained { steps: &there.value, is_fresh })
    }

    /// The steps from a cell of the image at `index` to its features.
    #[must_use]
    pub fn explained_one(&self, index: usize, wish: ExplanationWish) -> Option<Explained<'_>> {
        let there = self.explanation.of_cell.as_ref()?;
        let is_of_it = there.inputs.cells.field == self.field_key(index);
        let is_same = self.explained_cell(index, wish).is_none_or(|id| id == there.inputs.id);
        let is_fresh = self.cells_key(index).as_ref() == Some(&there.inputs.cells);
        (is_of_it && is_same).then_some(Explained { steps: &there.value, is_fresh })
    }

    /// The cells of the image at `index` with the parameters in force.
    fn fresh_cells_of(&self, index: usize) -> Option<&Arc<FoundCells>> {
        let cells = self.results.cells.as_ref()?;
        (Some(&cells.inputs) == self.cells_key(index).as_ref()).then_some(&cells.value)
    }

    pub(super) fn take_explanations(&mut self) {
        let opening = self.openings;
        let image = self.explanation.image_lane.take().filter(|done| done.inputs.cells.field.opening == opening);
        match image.map(|Computed { inputs, value }| (inputs, value)) {
            Some((inputs, Ok(value))) => self.explanation.of_image = Some(Computed { inputs, value }),
            Some((_, Err(reason))) => self.fail(reason),
            None => {}
        }
        let cell = self.explanation.cell_lane.take().filter(|done| done.inputs.cells.field.opening == opening);
        match cell.map(|Computed { inputs, value }| (inputs, value)) {
            Some((inputs, Ok(value))) => self.explanation.of_cell = Some(Computed { inputs, value }),
            Some((_, Err(reason))) => self.fail(reason),
            None => {}
        }
    }

    pub(super) fn start_explanations(&mut self, focus: &Focus) {
        let (Some(wish), Some(index)) = (focus.explanation, focus.field) else { return };
        let Some(found) = self.fresh_cells_of(index).cloned() else { return };
        let field = self.results.field(self.field_key(index)).map(|field| Arc::clone(field.field()));
        let (Some(field), Some(cells)) = (field, self.cells_key(index)) else { return };
        let method = wish.method.unwrap_or(cells.cutting.params.method);
        let key = StepsKey { cells: cells.clone(), method };
        let is_there = self.explanation.of_image.as_ref().is_some_and(|there| there.inputs == key);
        if !is_there && self.explanation.image_lane.is_free() {
            let (field, found, cutting) = (Arc::clone(&field), Arc::clone(&found), cells.cutting.clone());
            self.explanation
                .image_lane
                .start(key, &self.wake, move |_| Ok(Arc::new(steps_of_image(&field, &found, &cutting, method))));
        }
        let measured = self.results.features.as_ref().filter(|features| features.inputs == cells);
        let (Some(id), Some(measured)) = (self.explained_cell(index, wish), measured) else { return };
        let measured = Arc::clone(&measured.value);
        let labels = self.opened.as_ref().and_then(|opened| opened.labels.get(index).copied().flatten());
        let labels = labels.unwrap_or_default();
        let model = self.model().cloned();
        let numbers = model.as_ref().map(|model| (model.number, model.judged_number));
        let key = CellStepsKey { cells, id, labels, model: numbers };
        let is_there = self.explanation.of_cell.as_ref().is_some_and(|there| there.inputs == key);
        if is_there || !self.explanation.cell_lane.is_free() {
            return;
        }
        let at = self.set_cells().and_then(|cells| cells.field(index)).and_then(|cells| {
            let cell = cells.cells.binary_search_by_key(&id, |cell| cell.id).ok()?;
            Some(CellAt { field: index as u32, cell: cell as u32 })
        });
        self.explanation.cell_lane.start(key, &self.wake, move |_| {
            let rules = |cell: &Cell| {
                let Some(model) = &model else { return Vec::new() };
                let classifier = model.lessons.trainer().classifier(&model.fit);
                rules_for(&classifier, cell, at.and_then(|at| judged(model, at)), labels)
            };
            Ok(Arc::new(steps_of_one(&field, &found, &measured, id, rules)))
        });
    }
}

/// What rules that have not seen the image of a cell say of it; `None` if it was not judged.
fn judged(model: &Model, at: CellAt) -> Option<[f32; Location::COUNT]> {
    let mut probabilities = [0.0; Location::COUNT];
    for location in Location::all() {
        probabilities[location.index()] = model.probability(at, location)?;
    }
    Some(probabilities)
}

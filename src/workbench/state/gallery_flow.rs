//! What comes in for the gallery, and what is started for it.

use std::sync::Arc;

use super::Workbench;
use crate::workbench::{
    Focus,
    gallery::{GalleryFocus, OrderKey, Ordered, Picture, PictureSource, Pool, Shown, ShownKey, pictures},
    lane::{Computed, Lane},
    placements::{Lookup, PlacedField},
    results::SetKey,
    set_cells::{CellAt, SetCells},
};

/// Pictures that are drawn at once: few enough that the first are soon there.
const PICTURES: usize = 48;
/// Fields whose masks are looked at in one piece of work.
const LOOKUPS: usize = 64;

/// The pieces of work for the gallery that go on at the same time.
#[derive(Default)]
pub(super) struct GalleryLanes {
    order: Lane<OrderKey, Ordered>,
    shown: Lane<ShownKey, Shown>,
    /// Whether decisions are being gathered for the cells that are to be shown.
    gathers: bool,
    pool: Lane<SetKey, Pool>,
    pictures: Lane<PicturesKey, Vec<(CellAt, Picture)>>,
    lookups: Lane<u64, Vec<Lookup>>,
}

/// Pictures that are being drawn.
struct PicturesKey {
    opening: u64,
    cells: Arc<SetCells>,
    source: PictureSource,
}

impl GalleryLanes {
    pub(super) fn are_free(&self) -> bool {
        let are_listed = self.order.is_free() && self.shown.is_free() && !self.gathers;
        are_listed && self.pool.is_free() && self.pictures.is_free() && self.lookups.is_free()
    }
}

impl Workbench {
    /// What is decided about the cells of the field at `index`; `None` if its cells are not measured with the parameters
    /// in force. Looked up once, and anew only when decisions or cells change.
    #[must_use]
    pub fn placed(&self, index: usize) -> Option<Arc<PlacedField>> {
        self.placements.of(index, &self.opened.as_ref()?.set, self.project.labels(), self.set_cells()?)
    }

    /// Counts the changes of [`Workbench::placed`] that no change of decisions or cells announces.
    #[must_use]
    pub fn placed_revision(&self) -> u64 {
        self.placements.revision()
    }

    pub(super) fn take_gallery(&mut self, focus: &Focus) {
        let opening = self.openings;
        let lanes = &mut self.lanes.gallery;
        if let Some(ordered) = lanes.order.take().filter(|ordered| ordered.inputs.set.opening == opening) {
            match ordered.value {
                Ok(value) => {
                    self.results.order = Some(Computed { inputs: ordered.inputs, value: Arc::new(value) });
                }
                Err(reason) => self.fail(reason),
            }
        }
        let lanes = &mut self.lanes.gallery;
        if let Some(shown) = lanes.shown.take().filter(|shown| shown.inputs.order.inputs.set.opening == opening) {
            match shown.value {
                Ok(value) => self.results.shown = Some(Computed { inputs: shown.inputs, value: Arc::new(value) }),
                Err(reason) => self.fail(reason),
            }
        }
        let lanes = &mut self.lanes.gallery;
        if let Some(pool) = lanes.pool.take().filter(|pool| pool.inputs.opening == opening) {
            match pool.value {
                Ok(value) => {
                    self.results.pool = Some(Computed { inputs: pool.inputs, value: Arc::new(value) });
                }
                Err(reason) => self.fail(reason),
            }
        }
        let lanes = &mut self.lanes.gallery;
        if let Some(drawn) = lanes.pictures.take().filter(|drawn| drawn.inputs.opening == opening) {
            let in_view = focus.gallery.as_ref().map(|gallery| &gallery.in_view[..]).unwrap_or_default();
            match drawn.value {
                Ok(value) => self.results.cell_pictures.keep(&drawn.inputs.cells, &drawn.inputs.source, value, in_view),
                Err(reason) => self.fail(reason),
            }
        }
        let lanes = &mut self.lanes.gallery;
        if let Some(found) = lanes.lookups.take().filter(|found| found.inputs == opening) {
            match found.value {
                Ok(value) => self.placements.take(value),
                Err(reason) => self.fail(reason),
            }
        }
    }

    pub(super) fn start_gallery(&mut self, focus: &Focus) {
        self.lanes.gallery.gathers = false;
        let Some(cells) = self.set_cells().cloned() else { return };
        if self.lanes.gallery.lookups.is_free() {
            let lookups = self.placements.to_look_up(LOOKUPS, self.project.labels(), &cells);
            if !lookups.is_empty() {
                let cells = Arc::clone(&cells);
                let work = move |_: &_| Ok(lookups.into_iter().map(|lookup| lookup.done(&cells)).collect());
                self.lanes.gallery.lookups.start(self.openings, &self.wake, work);
            }
        }
        let Some(gallery) = &focus.gallery else { return };
        self.start_order(gallery, &cells);
        self.start_shown(gallery, &cells);
        self.start_pool(&cells);
        let pool = self.results.pool.as_ref().filter(|pool| self.is_current(&pool.inputs));
        let Some(pool) = pool.map(|pool| Arc::clone(&pool.value)) else { return };
        if self.lanes.gallery.pictures.is_free() {
            let source = PictureSource::of(&gallery.look, &pool);
            let missing = self.results.cell_pictures.missing(&gallery.in_view, &cells, &source, PICTURES);
            if !missing.is_empty() {
                let look = Arc::clone(&gallery.look);
                let key = PicturesKey { opening: self.openings, cells: Arc::clone(&cells), source };
                let work = move |_: &_| Ok(pictures(&cells, &pool, &look, &missing));
                self.lanes.gallery.pictures.start(key, &self.wake, work);
            }
        }
    }

    fn start_order(&mut self, gallery: &GalleryFocus, cells: &Arc<SetCells>) {
        let GalleryFocus { sort, location, least_model, .. } = *gallery;
        let revision = self.results.cells_revision;
        let model = self.model().filter(|model| sort.key.needs_model() && model.judged().is_some()).cloned();
        // An order that does not follow every decision: cells must not change their places under one's hands.
        let is_by_model = |order: &OrderKey| {
            !sort.key.needs_model() || order.model.is_some_and(|(number, of)| number >= least_model && of == location)
        };
        let is_ordered = |order: &OrderKey| {
            order.revision == revision && order.sort == sort && order.set.opening == self.openings && is_by_model(order)
        };
        let is_there = self.results.order.as_ref().is_some_and(|order| is_ordered(&order.inputs));
        if is_there || !self.lanes.gallery.order.is_free() || (sort.key.needs_model() && model.is_none()) {
            return;
        }
        let set = SetKey::of(&self.project, self.openings);
        let key = OrderKey {
            set,
            revision,
            sort,
            model: model.as_ref().and_then(|model| Some((model.judged_number?, location))),
        };
        let cells = Arc::clone(cells);
        self.lanes.gallery.order.start(key, &self.wake, move |_| {
            Ok(Ordered::of(&cells, sort, model.as_deref().map(|model| (model, location))))
        });
    }

    /// Tells anew which cells are shown; until that is known, those stay that were.
    fn start_shown(&mut self, gallery: &GalleryFocus, cells: &Arc<SetCells>) {
        let order = self.results.order.as_ref().filter(|order| self.is_current(&order.inputs.set));
        let (Some(filter), Some(order), Some(opened)) = (&gallery.filter, order, &self.opened) else { return };
        let (location, standings) = (gallery.location, filter.standing_key(self.standing_key()));
        let is_there = self.results.shown.as_ref().is_some_and(|shown| {
            let key = &shown.inputs;
            Arc::ptr_eq(&key.order.value, &order.value)
                && (key.location, key.standings) == (location, standings)
                && key.filter == *filter
        });
        if is_there || !self.lanes.gallery.shown.is_free() {
            return;
        }
        let key = ShownKey { order: order.clone(), filter: filter.clone(), location, standings };
        let (set, cells) = (Arc::clone(&opened.set), Arc::clone(cells));
        let standings = if filter.needs_standings() {
            let Some(standings) = self.gather_standings() else {
                self.lanes.gallery.gathers = true;
                return;
            };
            standings
        } else {
            Arc::default()
        };
        if key.order.value.cells.len() <= Shown::AT_ONCE {
            let value = Arc::new(Shown::of(&key, &set, &cells, &standings));
            self.results.shown = Some(Computed { inputs: key, value });
            return;
        }
        let inputs = key.clone();
        self.lanes.gallery.shown.start(inputs, &self.wake, move |_| Ok(Shown::of(&key, &set, &cells, &standings)));
    }

    /// Looks anew at what the contrast of all cells is taken from, when there are many more than before or all are there.
    fn start_pool(&mut self, cells: &Arc<SetCells>) {
        let fields = cells.measured_fields();
        let there = self.results.pool.as_ref().filter(|pool| self.is_current(&pool.inputs));
        let before = there.map_or(0, |pool| pool.value.fields);
        let is_due = if self.lanes.whole_set.is_free() { before != fields } else { fields >= 4 * before.max(1) };
        if fields > 0 && is_due && self.lanes.gallery.pool.is_free() {
            let (key, cells) = (SetKey::of(&self.project, self.openings), Arc::clone(cells));
            self.lanes.gallery.pool.start(key, &self.wake, move |_| Ok(Pool::of(&cells)));
        }
    }
}

//! The gallery: cells of all images side by side, to sort, to filter, to select and to decide about many at once.
//!
//! ```text
//! view         what is looked for and selected          grid         the cells themselves
//! bar          the rows of controls above               tile         one cell: its picture and its marks
//! keys         what keys do                             atlas        pictures on the graphics card
//! decide       decisions about many cells               selection    clicks, Ctrl, Shift
//! ```

mod atlas;
mod bar;
mod decide;
mod grid;
mod keys;
mod selection;
mod tile;
mod view;

use std::sync::Arc;

use egui::Ui;

pub use atlas::Atlas;
pub use bar::{decide_ui, measure_ui, named};
pub use keys::{KEYS, decision_keys, keys};
pub use tile::picture_ui;
pub use view::{GalleryLook, GalleryView};

use super::{busy::Busy, view::View};
use crate::workbench::{
    Command, WholeSetTask, Workbench,
    gallery::{CellFilter, GalleryFocus, Shown, ShownKey, kept_look},
    set_cells::CellAt,
};

/// What the gallery remembers of its last frame.
#[derive(Default)]
pub struct Gallery {
    atlas: Atlas,
    grid: grid::Grid,
    /// The cells that are shown, and what they follow from.
    shown: Arc<Shown>,
    shown_for: Option<ShownKey>,
    /// The cells in view and a little beyond.
    in_view: Vec<CellAt>,
    opening: u64,
    /// The image, and the cell of it, that was selected in the last frame.
    followed: (Option<usize>, Option<u32>),
    feature_names: Vec<String>,
}

impl Gallery {
    /// What is to be seen, for the workbench.
    pub fn focus(&self, view: &mut View, workbench: &Workbench) -> GalleryFocus {
        let filter = Some(view.gallery.filter.clone());
        GalleryFocus { filter, ..pictures(view, workbench, self.in_view.clone()) }
    }

    /// Brings what is shown up to date, as soon as it is known.
    pub fn update(&mut self, workbench: &Workbench, view: &mut View) {
        if self.opening != workbench.openings() {
            *self = Self { opening: workbench.openings(), ..Self::default() };
        }
        let results = workbench.results();
        let is_there = |set| workbench.set_cells().is_some() && workbench.is_current(set);
        if !results.order.as_ref().is_some_and(|order| is_there(&order.inputs.set)) {
            self.shown = Arc::default();
            self.shown_for = None;
            view.gallery.selection.clear();
            return;
        }
        let Some(shown) = results.shown.as_ref().filter(|shown| is_there(&shown.inputs.order.inputs.set)) else {
            // Those of other cells name none of these.
            self.shown = Arc::default();
            self.shown_for = None;
            return;
        };
        // Those that another filter fits were looked for some time before.
        if Arc::ptr_eq(&self.shown, &shown.value) || shown.inputs.filter != view.gallery.filter {
            return;
        }
        let look = |key: &ShownKey| (key.order.inputs.sort, key.location);
        let looks_for_the_same = self
            .shown_for
            .as_ref()
            .is_none_or(|before| look(before) == look(&shown.inputs) && before.filter == shown.inputs.filter);
        self.shown = Arc::clone(&shown.value);
        self.shown_for = Some(shown.inputs.clone());
        // Of what is looked for anew the beginning is seen; decisions must not throw the page about.
        if !looks_for_the_same {
            self.grid.scroll_to = Some(0);
        }
        // What is not to be seen must not be decided about.
        view.gallery.selection.cells.retain(|&cell| self.shown.holds(cell));
    }

    /// Follows the image and the cell that are selected elsewhere.
    fn follow(&mut self, workbench: &Workbench, view: &View) {
        let now = (view.field, view.selected_cell);
        if now == self.followed {
            return;
        }
        let is_other_image = now.0 != self.followed.0;
        self.followed = now;
        let place = match focused(workbench, view) {
            Some(focus) => self.shown.cells.iter().position(|&cell| cell == focus),
            None if is_other_image => {
                now.0.and_then(|field| self.shown.cells.iter().position(|cell| cell.field as usize == field))
            }
            None => None,
        };
        self.grid.scroll_to = place.or(self.grid.scroll_to);
    }

    /// Puts the focus on a cell, which the canvas and the inspector then show too.
    fn put_focus(&mut self, workbench: &Workbench, view: &mut View, at: CellAt) {
        if put_focus(workbench, view, at) {
            self.followed = (view.field, view.selected_cell);
        }
    }
}

/// Puts the focus on a cell; `false` if there is no such cell.
pub fn put_focus(workbench: &Workbench, view: &mut View, at: CellAt) -> bool {
    let Some(cell) = workbench.set_cells().and_then(|cells| cells.cell(at)) else { return false };
    view.show(at.field as usize);
    view.selected_cell = Some(cell.id);
    true
}

/// The pictures of cells that are to be seen, as they look in the gallery, for the workbench.
pub fn pictures(view: &mut View, workbench: &Workbench, in_view: Vec<CellAt>) -> GalleryFocus {
    let look = view.kept.gallery.look(workbench);
    let look = kept_look(&mut view.gallery.look, look);
    let GalleryView { sort, least_model, .. } = view.gallery;
    GalleryFocus { sort, location: view.kept.location, least_model, filter: None, in_view, look }
}

/// The cell in focus: that which is selected on the canvas.
pub fn focused(workbench: &Workbench, view: &View) -> Option<CellAt> {
    let (field, id) = (view.field?, view.selected_cell?);
    let cell = workbench.set_cells()?.field(field)?.place_of(id)?;
    Some(CellAt { field: field as u32, cell: cell as u32 })
}

/// Draws the gallery and takes what is done in it into the view.
pub fn gallery_ui(
    ui: &mut Ui,
    workbench: &Workbench,
    view: &mut View,
    gallery: &mut Gallery,
    commands: &mut Vec<Command>,
) {
    gallery.in_view.clear();
    let measured = workbench.set_cells().map_or(0, |cells| cells.measured_fields());
    if measured == 0 {
        nothing_ui(ui, workbench, "All cells, side by side", commands);
        return;
    }
    gallery.follow(workbench, view);
    bar::bar_ui(ui, workbench, view, gallery, commands);
    ui.separator();
    if gallery.shown.cells.is_empty() {
        let is_filtered = workbench.set_cells().is_some_and(|cells| cells.count() > 0) && gallery.shown_for.is_some();
        if is_filtered {
            ui.weak("No cell fits the filter.");
            if ui.button("Show all cells").clicked() {
                view.gallery.filter = CellFilter::default();
            }
        } else if gallery.shown_for.is_some() {
            ui.weak("No cells were found in these images.");
        } else {
            ui.add(Busy);
        }
        return;
    }
    grid::grid_ui(ui, workbench, view, gallery);
}

/// What to do when no cell is measured.
pub fn nothing_ui(ui: &mut Ui, workbench: &Workbench, heading: &str, commands: &mut Vec<Command>) {
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.35);
        ui.heading(heading);
        if workbench.whole_set_task() == Some(WholeSetTask::Measure) {
            ui.label("The cells of all images are being measured; the first will be here in a moment.");
            ui.add(Busy);
            return;
        }
        ui.label("The cells of these images are not measured yet, or not with the parameters in force.");
        ui.add_space(6.0);
        bar::measure_ui(ui, workbench, "Measure the cells of all images", commands);
    });
}

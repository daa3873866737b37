//! The scatter plot: cells as points, by any two numbers they have; linked with canvas and gallery both ways.
//!
//! ```text
//! axes         which numbers                            cloud        the points, and what the mouse does with them
//! ```

mod axes;
mod cloud;

use std::{collections::HashMap, sync::Arc};

use egui::{Context, Key, Modifiers, RichText, Ui};

use super::{
    busy::Busy,
    gallery::{Atlas, decide_ui, decision_keys, nothing_ui, pictures},
    marks,
    view::{Place, View},
};
use crate::{
    atlas::Location,
    pipeline::features::feature_names,
    workbench::{
        Command, Workbench,
        gallery::{CellFilter, GalleryFocus},
        scatter::{Cloud, Quantity, ScatterWish},
        set_cells::CellAt,
        standing::{Standing, StandingKey},
    },
};

/// What is drawn in the scatter plot.
#[derive(Clone, Debug, Default)]
pub struct ScatterView {
    /// By which numbers.
    pub wish: ScatterWish,
    /// What is looked for among them.
    filter: String,
}

/// What the scatter plot remembers of its last frame.
#[derive(Default)]
pub struct Scatter {
    atlas: Atlas,
    feature_names: Vec<String>,
    /// How the cells stand, and for what that was looked up.
    standings: Option<(Arc<Cloud>, StandingKey, Location, Vec<Standing>)>,
    points: cloud::Points,
    /// The cells whose pictures are seen.
    in_view: Vec<CellAt>,
}

impl Scatter {
    /// The pictures that are to be seen, for the workbench.
    pub fn focus(&self, view: &mut View, workbench: &Workbench) -> GalleryFocus {
        pictures(view, workbench, self.in_view.clone())
    }

    fn name(&mut self, quantity: Quantity) -> String {
        if self.feature_names.is_empty() {
            self.feature_names = feature_names();
        }
        match quantity {
            Quantity::Measure(measure) => measure.name().to_owned(),
            Quantity::Component(number) => format!("Principal component {}", number + 1),
            Quantity::Feature(feature) => self.feature_names.get(feature).cloned().unwrap_or_default(),
        }
    }

    /// Looks up how the cells stand, if something has changed that it follows from.
    fn update(&mut self, workbench: &Workbench, cloud: &Arc<Cloud>, location: Location) {
        let key = workbench.standing_key();
        let is_same = self
            .standings
            .as_ref()
            .is_some_and(|(of, at, about, _)| Arc::ptr_eq(of, cloud) && *at == key && *about == location);
        if !is_same {
            let standing = |&at: &CellAt| workbench.standing(at, location).unwrap_or(Standing::NotInImage);
            let standings = cloud.cells.iter().map(standing).collect();
            // Asking may have found more to look up; the key before stands for what was there.
            self.standings = Some((Arc::clone(cloud), key, location, standings));
            self.points.forget();
        }
    }
}

/// Does what the keys say that were pressed: decisions as in the gallery.
pub fn keys(context: &Context, workbench: &Workbench, view: &mut View, commands: &mut Vec<Command>) {
    if context.egui_wants_keyboard_input() || egui::Popup::is_any_open(context) {
        return;
    }
    decision_keys(context, workbench, view, commands);
    let pressed = |key: Key| context.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::Escape) {
        view.gallery.selection.clear();
    }
    if view.selected_cell.is_some() && context.memory(|memory| memory.focused().is_none()) && pressed(Key::Enter) {
        view.kept.place = Place::Image;
    }
}

/// Draws the scatter plot and takes what is done in it into the view.
pub fn scatter_ui(
    ui: &mut Ui,
    workbench: &Workbench,
    view: &mut View,
    scatter: &mut Scatter,
    commands: &mut Vec<Command>,
) {
    scatter.in_view.clear();
    scatter.atlas.begin_frame();
    if workbench.set_cells().is_none_or(|cells| cells.measured_fields() == 0) {
        nothing_ui(ui, workbench, "All cells as points", commands);
        return;
    }
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| decide_ui(ui, workbench, view, commands));
    ui.horizontal_wrapped(|ui| axes::axes_ui(ui, view, scatter));
    let cloud = workbench.cloud(view.scatter.wish).cloned();
    selection_ui(ui, view, cloud.as_deref());
    let Some(cloud) = cloud else {
        ui.add_space(20.0);
        ui.horizontal(|ui| {
            ui.add(Busy);
            ui.label("The cells' numbers are read and worked out.");
        });
        return;
    };
    let location = view.kept.location;
    scatter.update(workbench, &cloud, location);
    legend_ui(ui, scatter);
    if cloud.cells.is_empty() {
        ui.label("No cell has both of these numbers.");
        return;
    }
    cloud::cloud_ui(ui, workbench, view, scatter, &cloud);
}

/// How many cells are drawn and selected, and what can be done with them.
fn selection_ui(ui: &mut Ui, view: &mut View, cloud: Option<&Cloud>) {
    ui.horizontal_wrapped(|ui| {
        if let Some(cloud) = cloud {
            let count = if cloud.cells.len() < cloud.of {
                format!("{} of {} cells, drawn by lot", cloud.cells.len(), cloud.of)
            } else {
                format!("{} cells", cloud.of)
            };
            ui.label(RichText::new(count).weak().size(11.5)).on_hover_text(
                "Of very many cells some 20,000 are drawn, always the same. A lasso selects among these.",
            );
        }
        let selected = view.gallery.selection.cells.len();
        ui.label(RichText::new(format!("{selected} selected")).strong().size(11.5));
        ui.add_enabled_ui(selected > 0, |ui| {
            if ui.small_button("Select none").on_hover_text("Escape").clicked() {
                view.gallery.selection.clear();
            }
            let show = ui.small_button("Show these in the gallery");
            if show.on_hover_text("The gallery shows the selected cells alone, until all are asked for.").clicked() {
                let mut only: Vec<CellAt> = view.gallery.selection.cells.iter().copied().collect();
                only.sort_unstable();
                view.gallery.filter = CellFilter { only: Some(Arc::new(only)), ..CellFilter::default() };
                view.kept.place = Place::Gallery;
            }
        });
        if ui.small_button("Whole cloud").on_hover_text("Shows all points again.").clicked() {
            ui.data_mut(|data| data.insert_temp(cloud::whole_id(), true));
        }
        ui.weak("Drag: lasso, with Shift more, with Ctrl fewer. Wheel: zoom. Right button: move.");
    });
}

/// What the marks mean, with their numbers.
fn legend_ui(ui: &mut Ui, scatter: &Scatter) {
    let Some((.., standings)) = &scatter.standings else { return };
    let mut counts = HashMap::<Standing, usize>::new();
    for standing in standings {
        *counts.entry(*standing).or_default() += 1;
    }
    ui.horizontal_wrapped(|ui| {
        for standing in Standing::ALL {
            if let Some(count) = counts.get(&standing) {
                marks::legend_ui(ui, standing, &format!("{}: {count}", standing.name()));
            }
        }
    });
}

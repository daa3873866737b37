//! The cell that was clicked: where it is, what it is called, and its features among those of the image's cells.

use std::sync::Arc;

use egui::{RichText, TextEdit, Ui};
use egui_extras::{Column, TableBuilder};

use super::super::{chips, view::View};
use crate::{
    pipeline::features::{Cell, MeasuredField, feature_names},
    workbench::{Command, Workbench},
};

/// The names of features, made once.
#[derive(Default)]
pub struct CellPanel {
    names: Vec<String>,
    /// The features that fit the filter, and the filter.
    listed: Option<(String, Vec<usize>)>,
}

/// Draws the tab.
pub fn cell_ui(
    ui: &mut Ui,
    workbench: &Workbench,
    view: &mut View,
    panel: &mut CellPanel,
    _commands: &mut Vec<Command>,
) {
    let Some(index) = view.field else {
        ui.weak("Choose an image, then click on a cell.");
        return;
    };
    let Some(id) = view.selected_cell else {
        ui.weak("Click on a cell in the image to see what was measured of it.");
        return;
    };
    ui.label(RichText::new(format!("Cell {id}")).heading());
    if let Some(labels) = workbench.opened().and_then(|opened| opened.labels[index]) {
        ui.horizontal_wrapped(|ui| {
            ui.weak("Image:");
            chips::chips_ui(ui, labels);
        });
    }
    let key = workbench.cells_key(index);
    let features = workbench.results().features.as_ref().filter(|features| Some(&features.inputs) == key.as_ref());
    let Some(features) = features else {
        ui.horizontal(|ui| {
            ui.spinner();
            ui.label("Measuring…");
        });
        return;
    };
    let measured: &Arc<MeasuredField> = &features.value;
    let Some(cell) = measured.cells.iter().find(|cell| cell.id == id) else {
        let reason = measured.unmeasured.iter().find(|cell| cell.id == id);
        ui.label(reason.map_or_else(|| "There is no such cell any more.".to_owned(), |cell| cell.reason.to_string()));
        return;
    };
    let side = workbench.project().pixel_size_um();
    let area = cell.area_px as f64;
    ui.label(format!("area {area:.0} px, {:.0} µm²", area * side * side));
    ui.label(format!("anchor: row {}, column {}", cell.anchor.0, cell.anchor.1))
        .on_hover_text("The pixel deepest inside its nucleus: the cell's name through every new segmentation.");
    ui.separator();
    features_ui(ui, view, panel, measured, cell);
}

fn features_ui(ui: &mut Ui, view: &mut View, panel: &mut CellPanel, measured: &MeasuredField, cell: &Cell) {
    if panel.names.is_empty() {
        panel.names = feature_names();
    }
    let search = TextEdit::singleline(&mut view.feature_filter).hint_text("Find a feature");
    let search = ui.add(search.desired_width(f32::INFINITY));
    search.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Find a feature"));
    let wanted = view.feature_filter.trim().to_lowercase();
    if panel.listed.as_ref().is_none_or(|(filter, _)| *filter != wanted) {
        let fits = |name: &String| wanted.split_whitespace().all(|word| name.to_lowercase().contains(word));
        let listed = panel.names.iter().enumerate().filter(|(_, name)| fits(name)).map(|(at, _)| at).collect();
        panel.listed = Some((wanted, listed));
    }
    let listed = panel.listed.as_ref().map(|(_, listed)| &listed[..]).unwrap_or_default();
    ui.label(RichText::new(format!("{} of {} features", listed.len(), panel.names.len())).weak().size(11.5));
    let count = measured.cells.len();
    TableBuilder::new(ui)
        .striped(true)
        .column(Column::remainder().clip(true))
        .column(Column::exact(76.0))
        .column(Column::exact(56.0))
        .header(18.0, |mut header| {
            header.col(|ui| {
                ui.strong("Feature");
            });
            header.col(|ui| {
                ui.strong("Value");
            });
            header.col(|ui| {
                ui.strong("Rank").on_hover_text("Among the cells of this image, the largest value first.");
            });
        })
        .body(|body| {
            body.rows(18.0, listed.len(), |mut row| {
                let at = listed[row.index()];
                let value = cell.features[at];
                row.col(|ui| {
                    ui.add(egui::Label::new(&panel.names[at]).truncate()).on_hover_text(&panel.names[at]);
                });
                row.col(|ui| {
                    ui.label(number(value));
                });
                row.col(|ui| {
                    let larger = measured.cells.iter().filter(|other| other.features[at] > value).count();
                    ui.label(format!("{} of {count}", larger + 1));
                });
            });
        });
}

/// A number in at most some eight characters.
fn number(value: f32) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e5).contains(&size) { format!("{value:.2e}") } else { format!("{value:.4}") }
}

//! The cell that was clicked: where it is, what it is called, and its features among those of the image's cells.

use std::sync::Arc;

use egui::{RichText, TextEdit, Ui};
use egui_extras::{Column, TableBuilder};

use super::{
    super::{
        busy::Busy,
        how_it_works::HowPart,
        textures::{Slot, picture_image},
        view::View,
    },
    cell_labels::cell_labels_ui,
};
use crate::{
    pipeline::features::{Cell, MeasuredField, feature_names},
    workbench::{Command, WholeSetTask, Workbench, feature_sample::SetFeatures, results::CellsKey},
};

/// The names of features, made once.
#[derive(Default)]
pub struct CellPanel {
    names: Vec<String>,
    /// The features that fit the filter, and the filter.
    listed: Option<(String, Vec<usize>)>,
    /// The cell in colour, its protein, its masks.
    pictures: [Slot; 3],
}

/// Draws the tab.
pub fn cell_ui(
    ui: &mut Ui,
    workbench: &Workbench,
    view: &mut View,
    panel: &mut CellPanel,
    commands: &mut Vec<Command>,
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
    match workbench.decidable(index, id) {
        Some(cell) => cell_labels_ui(ui, workbench, view, &cell, commands),
        None => {
            ui.weak("This cell has no nucleus to be named by, so nothing can be decided about it.");
        }
    }
    ui.separator();
    let key = workbench.cells_key(index);
    crop_ui(ui, workbench, key.as_ref(), id, &mut panel.pictures);
    let link = ui.link("How it works").on_hover_text("From this cell to its features, step by step, with pictures.");
    if link.clicked() {
        view.explain(HowPart::Cell);
    }
    let features = workbench.results().features.as_ref().filter(|features| Some(&features.inputs) == key.as_ref());
    let Some(features) = features else {
        ui.horizontal(|ui| {
            ui.add(Busy);
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
    let of_set = workbench.results().set_features.as_ref().filter(|there| workbench.is_current(&there.inputs));
    let of_set = of_set.map(|there| &*there.value);
    if of_set.is_none() {
        measure_all_ui(ui, workbench, commands);
    }
    features_ui(ui, view, panel, measured, of_set, cell);
}

/// The cell from close by.
fn crop_ui(ui: &mut Ui, workbench: &Workbench, key: Option<&CellsKey>, id: u32, pictures: &mut [Slot; 3]) {
    // An older one stays until the new one is there, but not that of another cell.
    let crop = workbench.results().crop.as_ref();
    let crop = crop.filter(|crop| crop.inputs.id == id && Some(crop.inputs.cells.field) == key.map(|key| key.field));
    let Some(crop) = crop.and_then(|crop| crop.value.as_ref()) else { return };
    let names = ["as drawn", "protein", "masks"];
    let side = ((ui.available_width() - 2.0 * ui.spacing().item_spacing.x) / 3.0).max(32.0);
    ui.horizontal_top(|ui| {
        for (number, (name, slot)) in names.into_iter().zip(pictures).enumerate() {
            let texture = slot.show_made(ui.ctx(), name, (crop, number as u64), |crop| {
                picture_image([&crop.composite, &crop.protein, &crop.masks][number])
            });
            let size = texture.size_vec2();
            let size = size * (side / size.max_elem());
            ui.vertical(|ui| {
                ui.set_width(side);
                let image = egui::Image::new((texture.id(), size)).alt_text(format!("Cell {name}"));
                ui.add(image);
                ui.label(RichText::new(name).weak().size(11.0));
            });
        }
    });
}

/// The way to know how the cell compares with those of all images.
fn measure_all_ui(ui: &mut Ui, workbench: &Workbench, commands: &mut Vec<Command>) {
    let is_free =
        workbench.whole_set_task().is_none() && workbench.opened().is_some_and(|opened| opened.folder.is_some());
    let button = ui.add_enabled(is_free, egui::Button::new("Measure the cells of all images"));
    let hover = "Tells where this cell stands among the cells of the whole set, feature by feature. \
                 Can be paused and continued.";
    if button.on_hover_text(hover).clicked() {
        commands.push(Command::OfAll(WholeSetTask::Measure));
    }
}

fn features_ui(
    ui: &mut Ui,
    view: &mut View,
    panel: &mut CellPanel,
    measured: &MeasuredField,
    of_set: Option<&SetFeatures>,
    cell: &Cell,
) {
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
        .column(Column::exact(72.0))
        .column(Column::exact(56.0))
        .columns(Column::exact(54.0), usize::from(of_set.is_some()))
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
            if let Some(of_set) = of_set {
                header.col(|ui| {
                    let hover = format!("Share of the {} cells of the set that have a larger value.", of_set.cells);
                    ui.strong("In set").on_hover_text(hover);
                });
            }
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
                if let Some(share) = of_set.and_then(|of_set| of_set.share_above(at, value)) {
                    row.col(|ui| {
                        ui.label(format!("{:.0} %", 100.0 * share));
                    });
                }
            });
        });
}

/// A number in at most some eight characters.
fn number(value: f32) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e5).contains(&size) { format!("{value:.2e}") } else { format!("{value:.4}") }
}

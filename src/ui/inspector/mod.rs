//! The tabs on the right: how the image is drawn, how its cells are found, and the cell that was clicked.

mod cell;
mod cell_labels;
mod corrections;
mod display;
mod fates;
mod segmentation;

use egui::{ScrollArea, Ui};

use super::{
    import_masks::imported_ui,
    view::{Tab, View},
};
use crate::workbench::{Command, Workbench};

/// What the inspector keeps between frames.
#[derive(Default)]
pub struct Inspector {
    cell: cell::CellPanel,
}

/// Draws the tabs and the one that is open.
pub fn inspector_ui(
    ui: &mut Ui,
    workbench: &Workbench,
    view: &mut View,
    inspector: &mut Inspector,
    commands: &mut Vec<Command>,
) {
    ui.horizontal(|ui| {
        for tab in Tab::ALL {
            ui.selectable_value(&mut view.kept.tab, tab, tab.name());
        }
    });
    ui.separator();
    ScrollArea::vertical().id_salt(view.kept.tab.name()).auto_shrink([false, false]).show(ui, |ui| {
        match view.kept.tab {
            Tab::Display => display::display_ui(ui, workbench, view, commands),
            Tab::Segmentation => {
                imported_ui(ui, workbench, view, commands);
                segmentation::segmentation_ui(ui, workbench, view, commands);
            }
            Tab::Cell => cell::cell_ui(ui, workbench, view, &mut inspector.cell, commands),
        }
    });
}

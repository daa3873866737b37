//! How it works: a page about the image that is looked at and one of its cells, step by step, with pictures, from the
//! stains to what tells locations apart. It follows image, cell and parameters; it changes none of them.

mod evidence;
mod steps;

use std::sync::Arc;

use egui::{Align, RichText, ScrollArea, Ui};

use self::steps::steps_ui;
use super::{actions::Action, busy::Busy, textures::Slot, view::View};
use crate::{
    pipeline::{explanation::Step, segmentation::Method},
    workbench::{
        Workbench,
        explanation::{ExplanationWish, about_method},
        state::Explained,
    },
};

/// What is chosen about it.
#[derive(Clone, Debug, Default)]
pub struct HowItWorksView {
    /// The method that is explained; `None`: that of the image.
    pub method: Option<Method>,
    /// The part that is to be scrolled to.
    pub go_to: Option<HowPart>,
}

/// A part of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HowPart {
    /// From the stains to the cells.
    Image,
    /// From a cell to its features.
    Cell,
}

/// Its pictures on the graphics card.
#[derive(Default)]
pub struct HowItWorks {
    of_image: Vec<Slot>,
    of_cell: Vec<Slot>,
}

/// What is to be explained.
pub fn wish(view: &View) -> ExplanationWish {
    ExplanationWish { method: view.how_it_works.method, cell: view.selected_cell }
}

/// Draws the page.
pub fn how_it_works_ui(
    ui: &mut Ui,
    workbench: &Workbench,
    view: &mut View,
    pictures: &mut HowItWorks,
    wished: &mut Vec<Action>,
) {
    let files = view.field.and_then(|index| workbench.opened()?.set.fields().get(index));
    let (Some(index), Some(files)) = (view.field, files) else {
        ui.weak("Choose an image to see how its cells are found.");
        return;
    };
    ui.horizontal_wrapped(|ui| {
        ui.heading("How it works");
        ui.label(format!("in {}", files.id()));
        ui.separator();
        method_ui(ui, workbench, view, index);
        ui.separator();
        for (name, part) in [("From stains to cells", HowPart::Image), ("From a cell to its features", HowPart::Cell)] {
            if ui.link(name).clicked() {
                view.how_it_works.go_to = Some(part);
            }
        }
    });
    ui.separator();
    let wish = wish(view);
    let go_to = view.how_it_works.go_to.take();
    ScrollArea::vertical().id_salt("how it works").auto_shrink([false, false]).show(ui, |ui| {
        if let Some(reason) = workbench.results().failure(workbench.field_key(index)) {
            ui.label(reason);
            return;
        }
        let explained = workbench.explained_image(index, wish);
        let method = workbench.explained_method(index, wish).unwrap_or_default();
        part_title_ui(ui, "From stains to cells", explained, go_to == Some(HowPart::Image));
        ui.label(about_method(method));
        let is_own = wish.method.is_none();
        let to_segmentation = part_ui(ui, explained, &mut pictures.of_image, is_own);
        if to_segmentation {
            wished.push(Action::SegmentationTab);
        }
        ui.add_space(10.0);
        ui.separator();
        let explained = workbench.explained_one(index, wish);
        part_title_ui(ui, "From a cell to its features", explained, go_to == Some(HowPart::Cell));
        match workbench.explained_cell(index, wish) {
            Some(id) => cell_row_ui(ui, id, view.selected_cell.is_none(), wished),
            None if workbench.results().cells.is_some() => {
                ui.label("No cell of this image has a nucleus, so none is measured.");
                return;
            }
            None => {}
        }
        part_ui(ui, explained, &mut pictures.of_cell, false);
        // So that also what stands last can be scrolled to the top.
        ui.add_space(80.0);
    });
}

/// Which method is explained.
fn method_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, index: usize) {
    let own = workbench.cells_key(index).map(|key| key.cutting.params.method);
    let shown = workbench.explained_method(index, wish(view));
    for (method, name) in [(Method::Standard, "Standard method"), (Method::Reference, "Reference method")] {
        let is_own = own == Some(method);
        let hover = if is_own {
            "The method by which the cells of this image are found."
        } else {
            "How the other method would find the cells of this image. Nothing is changed by looking at it."
        };
        if ui.selectable_label(shown == Some(method), name).on_hover_text(hover).clicked() {
            view.how_it_works.method = (!is_own).then_some(method);
        }
    }
}

fn part_title_ui(ui: &mut Ui, title: &str, explained: Option<Explained>, is_wanted: bool) {
    let row = ui.horizontal(|ui| {
        ui.label(RichText::new(title).heading().strong());
        if explained.is_none_or(|explained| !explained.is_fresh) {
            ui.add(Busy);
        }
    });
    if is_wanted {
        row.response.scroll_to_me(Some(Align::TOP));
    }
}

fn cell_row_ui(ui: &mut Ui, id: u32, is_example: bool, wished: &mut Vec<Action>) {
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(format!("Cell {id}")).strong());
        if is_example {
            ui.label("as an example; any other can be selected in the image.");
        }
        for (name, action) in [("Previous", Action::PreviousCell), ("Next", Action::NextCell)] {
            let key = action.key_text(ui.ctx());
            if ui.button(format!("{name} cell")).on_hover_text(format!("{} ({key})", action.name())).clicked() {
                wished.push(action);
            }
        }
        if ui.link("See it in the image").clicked() {
            wished.push(Action::ImagePlace);
        }
    });
}

/// The steps, once they are there; returns whether a parameter is to be changed.
fn part_ui(ui: &mut Ui, explained: Option<Explained>, pictures: &mut Vec<Slot>, can_change: bool) -> bool {
    let Some(Explained { steps, .. }) = explained else { return false };
    let steps: &Arc<Vec<Step>> = steps;
    pictures.resize_with(steps.iter().map(|step| step.figures.len()).sum(), Slot::default);
    steps_ui(ui, steps, pictures, can_change)
}

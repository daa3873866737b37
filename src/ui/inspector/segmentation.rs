//! How cells are found: every parameter live, the stages to look at, what came of it.

use egui::{ComboBox, RichText, Slider, Ui};

use super::super::{
    busy::Busy,
    how_it_works::HowPart,
    parameter_ui::{Scale, parameter_ui},
    tuning,
    view::{Colours, Layer, OverlayParams, View},
};
use super::{corrections::corrections_ui, fates::fates_ui};
use crate::{
    pipeline::segmentation::{BackgroundParams, Method, Preset, SegmentationParams, StandardParams},
    project::Edit,
    workbench::{Command, WholeSetTask, Workbench, results::FoundCells},
};

/// Draws the tab.
pub fn segmentation_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, commands: &mut Vec<Command>) {
    let Some((index, id)) = shown(workbench, view) else {
        ui.weak("Choose an image to find its cells.");
        return;
    };
    found_ui(ui, workbench, view, index, &id, commands);
    ui.separator();
    let method = workbench.project().segmentation_of(&id).method;
    overlay_ui(ui, &mut view.kept.overlay, &mut view.kept.layer, method);
    how_ui(ui, view);
    ui.separator();
    let project = workbench.project();
    let is_own = project.is_overridden(&id);
    let before = project.segmentation_of(&id).clone();
    let mut params = before.clone();
    scope_ui(ui, workbench, &id, is_own, &before, commands);
    tuning::section_ui(ui, workbench, view, &id, commands);
    method_ui(ui, &mut params);
    params_ui(ui, &mut params);
    if params != before {
        let edit = if is_own { Edit::Override { id, params: Some(params) } } else { Edit::Segmentation(params) };
        commands.push(Command::Edit(edit));
    }
    ui.separator();
    all_ui(ui, workbench, commands);
}

fn shown(workbench: &Workbench, view: &View) -> Option<(usize, String)> {
    let index = view.field?;
    let id = workbench.opened()?.set.fields().get(index)?.id().to_owned();
    Some((index, id))
}

/// How many cells there are, how large, and whether that is to be trusted.
fn found_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, index: usize, id: &str, commands: &mut Vec<Command>) {
    let key = workbench.field_key(index);
    let Some(cells) = workbench.results().cells.as_ref().filter(|cells| cells.inputs.field == key) else {
        ui.horizontal(|ui| {
            ui.add(Busy);
            ui.label("Finding cells…");
        });
        return;
    };
    let is_fresh = Some(&cells.inputs) == workbench.cells_key(index).as_ref();
    let found: &FoundCells = &cells.value;
    ui.horizontal(|ui| {
        ui.label(RichText::new(format!("{} cells", found.count())).heading());
        if !is_fresh {
            ui.add(Busy);
        }
    });
    let areas = found.areas_px();
    if let (Some(least), Some(most)) = (areas.first(), areas.last()) {
        let side = workbench.project().pixel_size_um();
        let um2 = |px: f64| px * side * side;
        let middle = areas[areas.len() / 2];
        ui.label(
            RichText::new(format!("areas {:.0} to {:.0} µm², median {:.0} µm²", um2(*least), um2(*most), um2(middle)))
                .weak(),
        );
    }
    fates_ui(ui, workbench, view, id, found);
    corrections_ui(ui, workbench, view, id, Some(found).filter(|_| is_fresh), commands);
    if let Some(remark) = found.stages.remark() {
        ui.label(RichText::new(remark.to_string()).color(ui.visuals().warn_fg_color));
    }
}

fn overlay_ui(ui: &mut Ui, overlay: &mut OverlayParams, layer: &mut Layer, method: Method) {
    ui.horizontal_wrapped(|ui| {
        ui.checkbox(&mut overlay.shown, "Show cells").on_hover_text("Draws what was found over the image (O).");
        ui.add_enabled(overlay.shown, egui::Checkbox::new(&mut overlay.cells, "cells"));
        ui.add_enabled(overlay.shown, egui::Checkbox::new(&mut overlay.nuclei, "nuclei"));
    });
    ui.horizontal(|ui| {
        let label = ui.label("Fill");
        let slider = Slider::new(&mut overlay.fill, 0.0..=1.0).show_value(false);
        ui.add_enabled(overlay.shown, slider)
            .labelled_by(label.id)
            .on_hover_text("How opaque cells are filled with their colours.");
    });
    ui.horizontal(|ui| {
        ui.label("Colours tell");
        ui.selectable_value(&mut overlay.colours, Colours::Cell, "cells apart");
        ui.selectable_value(&mut overlay.colours, Colours::Label, "labels")
            .on_hover_text("The colour of the first label; grey where there is none.");
        ui.selectable_value(&mut overlay.colours, Colours::Decision, "decisions")
            .on_hover_text("What is decided about the label that is asked about; which one, the Cell tab says.");
    });
    ui.checkbox(&mut overlay.only_undecided, "only undecided cells")
        .on_hover_text("Leaves out cells that are decided about, as to the label that is asked about.");
    ui.horizontal(|ui| {
        let label = ui.label("Look at");
        let combo = ComboBox::from_id_salt("Look at")
            .selected_text(layer.name(method))
            .width(190.0)
            .height(320.0)
            .show_ui(ui, |ui| {
                for other in Layer::ALL {
                    ui.selectable_value(layer, other, other.name(method));
                }
            });
        combo
            .response
            .labelled_by(label.id)
            .on_hover_text("A stage of the segmentation in place of the image (Ctrl+[ and Ctrl+]).");
    });
    if let Some(stage) = layer.stage() {
        ui.label(RichText::new(stage.meaning(method)).weak());
    }
}

/// The way to all stages one below the other.
fn how_ui(ui: &mut Ui, view: &mut View) {
    let link =
        ui.link("How it works").on_hover_text("All stages of this image, one below the other, with pictures (F1).");
    if link.clicked() {
        view.explain(HowPart::Image);
    }
}

/// For which images the parameters are.
fn scope_ui(
    ui: &mut Ui,
    workbench: &Workbench,
    id: &str,
    is_own: bool,
    params: &SegmentationParams,
    commands: &mut Vec<Command>,
) {
    let own = |params: Option<SegmentationParams>| Edit::Override { id: id.to_owned(), params };
    ui.horizontal_wrapped(|ui| {
        if is_own {
            ui.label(RichText::new("This image has parameters of its own.").strong());
            let all = ui.button("Use for all").on_hover_text("These become the parameters of all images.");
            if all.clicked() {
                let edits = vec![Edit::Segmentation(params.clone()), own(None)];
                commands.push(Command::Edit(Edit::Together(edits)));
            }
            let back = ui.button("Back to common").on_hover_text("This image is cut like all others.");
            if back.clicked() {
                commands.push(Command::Edit(own(None)));
            }
        } else {
            let others = workbench.project().overrides().len();
            ui.label("Parameters of all images")
                .on_hover_text(format!("{others} images have parameters of their own."));
            let mine = ui.button("Only this image").on_hover_text("Gives this image parameters of its own.");
            if mine.clicked() {
                commands.push(Command::Edit(own(Some(params.clone()))));
            }
        }
    });
}

/// Which method, and values to start it from.
fn method_ui(ui: &mut Ui, params: &mut SegmentationParams) {
    let (standard, reference) = (Preset::Standard.params(), Preset::Reference.params());
    let fine = |preset: &SegmentationParams| SegmentationParams { working_size: 1024, ..preset.clone() };
    let finer = "The same on a larger image: finer outlines, slower.";
    ui.horizontal(|ui| {
        ui.label("Method");
        // Each works at a size of its own.
        let choice = ui
            .selectable_label(params.method == Method::Standard, "Standard")
            .on_hover_text("Right for most images: nuclei by their own brightness, cells along their cytoplasm.");
        if choice.clicked() && params.method != Method::Standard {
            *params =
                SegmentationParams { method: Method::Standard, working_size: standard.working_size, ..params.clone() };
        }
        let choice = ui
            .selectable_label(params.method == Method::Reference, "Reference")
            .on_hover_text("The published notebook's: thresholds by quantiles, borders by distance alone.");
        if choice.clicked() && params.method != Method::Reference {
            *params = SegmentationParams {
                method: Method::Reference,
                working_size: reference.working_size,
                ..params.clone()
            };
        }
    });
    let starts = match params.method {
        Method::Standard => [
            ("Fine, 1024 px", finer, fine(&standard)),
            ("Standard, 512 px", "The usual values of all sliders.", standard),
        ],
        Method::Reference => [
            ("Fine, 1024 px", finer, fine(&reference)),
            ("Reference, 400 px", "The published values: quick and smooth.", reference),
        ],
    };
    ui.horizontal(|ui| {
        ui.label("Start from");
        for (name, meaning, start) in starts.into_iter().rev() {
            if ui.button(name).on_hover_text(meaning).clicked() {
                *params = start;
            }
        }
    });
}

fn params_ui(ui: &mut Ui, params: &mut SegmentationParams) {
    let preset = if params.method == Method::Standard { Preset::Standard } else { Preset::Reference };
    let usual = preset.params();
    let mut working_size = f64::from(params.working_size);
    let size = Scale { slider_to: Some(2048.0), ..Scale::WHOLE };
    parameter_ui(ui, &SegmentationParams::WORKING_SIZE, &mut working_size, f64::from(usual.working_size), size);
    params.working_size = working_size as u32;
    ui.add_space(6.0);
    match params.method {
        Method::Standard => standard_ui(ui, &mut params.standard, &usual.standard),
        Method::Reference => reference_ui(ui, params, &usual),
    }
}

fn standard_ui(ui: &mut Ui, params: &mut StandardParams, usual: &StandardParams) {
    ui.label(RichText::new("Nuclei").strong());
    let (threshold, extent) = (&mut params.nucleus_threshold, &mut params.cell_extent);
    parameter_ui(ui, &StandardParams::NUCLEUS_THRESHOLD, threshold, usual.nucleus_threshold, Scale::SHARE);
    parameter_ui(ui, &StandardParams::SPLIT, &mut params.split, usual.split, Scale::SHARE);
    ui.add_space(6.0);
    ui.label(RichText::new("Cells").strong());
    parameter_ui(ui, &StandardParams::CELL_EXTENT, extent, usual.cell_extent, Scale::SHARE);
}

fn reference_ui(ui: &mut Ui, params: &mut SegmentationParams, usual: &SegmentationParams) {
    ui.label(RichText::new("Nuclei").strong());
    ui.push_id("nuclei", |ui| background_ui(ui, &mut params.nuclei_background, &usual.nuclei_background));
    parameter_ui(
        ui,
        &SegmentationParams::MARKER_QUANTILE,
        &mut params.marker_quantile,
        usual.marker_quantile,
        Scale::SHARE,
    );

    ui.add_space(6.0);
    ui.label(RichText::new("Cells").strong());
    ui.push_id("cells", |ui| background_ui(ui, &mut params.cell_background, &usual.cell_background));

    ui.add_space(6.0);
    let mut is_on = params.bright_edges.is_some();
    ui.checkbox(&mut is_on, "Remove bright edges").on_hover_text(SegmentationParams::BRIGHT_EDGES.hover);
    params.bright_edges = is_on.then(|| params.bright_edges.unwrap_or(SegmentationParams::USUAL_BRIGHT_EDGES));
    if let Some(shortest) = &mut params.bright_edges {
        let scale = Scale { slider_to: Some(0.2), ..Scale::SHARE };
        let usual = SegmentationParams::USUAL_BRIGHT_EDGES;
        parameter_ui(ui, &SegmentationParams::BRIGHT_EDGES, shortest, usual, scale);
    }
}

fn background_ui(ui: &mut Ui, params: &mut BackgroundParams, usual: &BackgroundParams) {
    let window = Scale { slider_to: Some(0.04), ..Scale::SHARE };
    let gap = Scale { slider_to: Some(0.1), ..Scale::SHARE };
    parameter_ui(ui, &BackgroundParams::MEDIAN_WINDOW, &mut params.median_window, usual.median_window, window);
    parameter_ui(ui, &BackgroundParams::QUANTILE, &mut params.quantile, usual.quantile, Scale::SHARE);
    parameter_ui(ui, &BackgroundParams::SMALLEST_GAP, &mut params.smallest_gap, usual.smallest_gap, gap);
}

fn all_ui(ui: &mut Ui, workbench: &Workbench, commands: &mut Vec<Command>) {
    let task = workbench.whole_set_task();
    let is_running = task == Some(WholeSetTask::Segment);
    let text = if is_running { "Pause" } else { "Find the cells of all images" };
    let button = ui.add_enabled(is_running || task.is_none(), egui::Button::new(text)).on_hover_text(
        "Writes the masks of every image into the project's folder, as `cytoscribe segment` does. Can be paused and \
         continued; what is done is not done again.",
    );
    if button.clicked() {
        commands.push(if is_running { Command::PauseOfAll } else { Command::OfAll(WholeSetTask::Segment) });
    }
}

//! The dialog that takes masks from elsewhere in the place of computed ones, and tells what came of it.

use std::path::PathBuf;

use egui::{Button, RichText, ScrollArea, Ui};

use super::{busy::Busy, dialogs::Choice, picker::Wish, view::View};
use crate::{
    project::Edit,
    storage::masks::MaskKind,
    workbench::{
        Command, Workbench,
        mask_import::{ImportReport, ImportWish, back_to_computed},
        state::MaskCommand,
    },
};

/// What is chosen in the dialog.
#[derive(Clone, Debug, Default)]
pub struct ImportView {
    /// The file or folder.
    pub path: Option<PathBuf>,
    /// Whether masks whose names do not tell are nuclei.
    pub unnamed_are_nuclei: bool,
    /// Whether only the image on the canvas is to have masks of it.
    pub only_this: bool,
}

/// What masks are whose names do not tell.
pub fn unnamed(are_nuclei: bool) -> MaskKind {
    if are_nuclei { MaskKind::Nuclei } else { MaskKind::Cells }
}

/// Lets one say what masks are whose names do not tell.
pub fn unnamed_ui(ui: &mut Ui, are_nuclei: &mut bool) {
    ui.horizontal(|ui| {
        ui.label("Masks whose names do not tell are").on_hover_text(
            "Names tell by _cellmask or _nucleimask, by the folder (hpa_nuclei_mask), or by the stain that was segmented: \
             _blue_seg.npy are nuclei.",
        );
        ui.selectable_value(are_nuclei, false, "cells");
        ui.selectable_value(are_nuclei, true, "nuclei");
    });
}

/// Draws the dialog.
pub fn import_masks_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View) -> Option<Choice> {
    ui.set_width(620.0);
    let mut choice = None;
    ui.heading("Import masks");
    ui.label(
        "Masks that another program has made take the place of those computed here, in the window and in everything that \
         is written. Decisions about cells go to the cell that is at their place. It can be undone.",
    );
    ui.weak(
        "HPA-Cell-Segmentation (PNG, .npz), Cellpose (_seg.npy, _cp_masks), label images and arrays (.png, .tif, .npy, \
         .npz), COCO annotations (.json), submissions (.csv).",
    );
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        if ui.button("Folder of masks…").clicked() {
            choice = Some(Choice::Ask(Wish::MaskFolder));
        }
        if ui.button("File of masks…").clicked() {
            choice = Some(Choice::Ask(Wish::MaskFile));
        }
        let text = view.import.path.as_ref().map_or("nothing chosen yet".to_owned(), |path| path.display().to_string());
        ui.add(egui::Label::new(RichText::new(&text).size(12.0)).truncate()).on_hover_text(text);
    });
    unnamed_ui(ui, &mut view.import.unnamed_are_nuclei);
    let shown = view.field.and_then(|index| Some(workbench.opened()?.set.fields().get(index)?.id().to_owned()));
    ui.checkbox(&mut view.import.only_this, "Only for the image that is shown")
        .on_hover_text("A single mask may then have any name.");
    ui.add_space(8.0);
    let only = shown.filter(|_| view.import.only_this);
    if let Some(done) = workbench.importing() {
        let fields = workbench.opened().map_or(0, |opened| opened.set.fields().len());
        let total = if view.import.only_this { 1 } else { fields };
        ui.horizontal(|ui| {
            ui.add(Busy);
            ui.label(format!("{done} of {total} images done"));
            if ui.button("Stop").on_hover_text("Nothing is imported then.").clicked() {
                choice = Some(Choice::Run(Command::Masks(MaskCommand::StopImport)));
            }
        });
    } else {
        buttons_ui(ui, workbench, view, only.as_deref(), &mut choice);
    }
    match workbench.last_import() {
        Some(Ok(report)) => report_ui(ui, report),
        Some(Err(reason)) => {
            ui.separator();
            ui.colored_label(ui.visuals().error_fg_color, reason);
        }
        None => {}
    }
    ui.add_space(8.0);
    if ui.button("Close").clicked() {
        ui.close();
    }
    choice
}

fn buttons_ui(ui: &mut Ui, workbench: &Workbench, view: &View, only: Option<&str>, choice: &mut Option<Choice>) {
    ui.horizontal(|ui| {
        let import = Button::new(RichText::new("Import").strong());
        if ui.add_enabled(view.import.path.is_some(), import).clicked()
            && let Some(path) = view.import.path.clone()
        {
            let wish =
                ImportWish { path, unnamed: unnamed(view.import.unnamed_are_nuclei), only: only.map(str::to_owned) };
            *choice = Some(Choice::Run(Command::Masks(MaskCommand::Import(wish))));
        }
        let changes = back_to_computed(workbench.project(), only);
        let text = format!("Back to computed masks ({})", changes.len());
        let back = ui.add_enabled(!changes.is_empty(), Button::new(text));
        if back.on_hover_text("For so many images that have imported masks. It can be undone.").clicked() {
            *choice = Some(Choice::Run(Command::Edit(Edit::ImportedMasks(changes))));
        }
    });
}

/// What came of an import: in numbers, and image by image what did not go well.
fn report_ui(ui: &mut Ui, report: &ImportReport) {
    ui.separator();
    for sentence in report.sentences() {
        ui.label(sentence);
    }
    let failures = report.failures.iter().map(|(id, reason)| format!("{id}: {reason}"));
    let missing = report.without_masks.iter().map(|id| format!("{id}: no masks"));
    let foreign = report.without_image.iter().map(|id| format!("{id}: no such image in the set"));
    let lines: Vec<String> = report.problems.iter().cloned().chain(failures).chain(missing).chain(foreign).collect();
    let row = ui.text_style_height(&egui::TextStyle::Body);
    ScrollArea::vertical().max_height(200.0).auto_shrink([false, true]).show_rows(ui, row, lines.len(), |ui, rows| {
        for line in &lines[rows] {
            ui.add(egui::Label::new(RichText::new(line).size(12.0)).truncate()).on_hover_text(line);
        }
    });
}

/// Says of the image on the canvas that its masks were imported, where one would look for how they were found.
pub fn imported_ui(ui: &mut Ui, workbench: &Workbench, view: &View, commands: &mut Vec<Command>) {
    let id = view.field.and_then(|index| Some(workbench.opened()?.set.fields().get(index)?.id()));
    let Some(id) = id.filter(|id| workbench.project().imported().get(id).is_some()) else { return };
    ui.label(RichText::new("The masks of this image were imported.").strong())
        .on_hover_text("The parameters below have no effect on them, and stages are those of computed masks.");
    if ui.button("Back to computed masks").on_hover_text("For this image. It can be undone.").clicked() {
        let changes = back_to_computed(workbench.project(), Some(id));
        commands.push(Command::Edit(Edit::ImportedMasks(changes)));
    }
    ui.separator();
}

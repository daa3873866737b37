//! Dialogs: about the program, keys and mouse, the list of all commands, a path to type.

use std::path::PathBuf;

use egui::{Context, Grid, Key, Modal, RichText, ScrollArea, TextEdit, Ui};

use super::{
    actions::{Action, Menu},
    export::export_ui,
    fates::fates_ui,
    gallery::KEYS,
    import_masks::import_masks_ui,
    label_dialogs::{annotator_ui, label_keys_ui, labels_ui},
    picker::Wish,
    tuning,
    view::View,
};
use crate::{
    atlas::Location,
    workbench::{Command, Workbench},
};

/// A dialog that can be open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// What the program is.
    About,
    /// Keys and mouse.
    Keys,
    /// A list of all commands to search in.
    Commands,
    /// The labels, to choose one.
    Labels,
    /// The keys of the labels.
    LabelKeys,
    /// What is exported.
    Export,
    /// Masks from elsewhere.
    ImportMasks,
    /// Who decides.
    Annotator,
    /// What has become of decisions in other segmentations.
    Fates,
    /// Decisions cannot be written, and the window is to close.
    Unsaved,
    /// A path to type, where the system has no dialog.
    Path {
        /// What it is for.
        wish: Wish,
        /// What was typed.
        text: String,
    },
}

/// What a dialog led to.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// Do this.
    Action(Action),
    /// Use this path.
    Path(Wish, PathBuf),
    /// Ask the user for a path.
    Ask(Wish),
    /// Do this with the work.
    Run(Command),
    /// Close the window although decisions are lost.
    CloseAnyway,
    /// Do not close it.
    Stay,
    /// Take this label.
    Label(Location),
}

/// Shows the open dialog; it is closed by Escape, a click beside it, or what was chosen in it.
pub fn dialogs_ui(context: &Context, workbench: &Workbench, view: &mut View) -> Option<Choice> {
    let Some(mut dialog) = view.dialog.take() else { return moved_ui(context, workbench) };
    let mut choice = None;
    let mut is_closed = false;
    let response = Modal::new(egui::Id::unique("dialog")).show(context, |ui| match &mut dialog {
        Dialog::About => about_ui(ui),
        Dialog::Keys => keys_ui(ui),
        Dialog::Commands => choice = commands_ui(ui, workbench, view),
        Dialog::Labels => choice = labels_ui(ui, workbench, view),
        Dialog::Fates => {
            is_closed = fates_ui(ui, workbench, view);
            close_ui(ui);
        }
        Dialog::Export => choice = export_ui(ui, workbench, view),
        Dialog::ImportMasks => choice = import_masks_ui(ui, workbench, view),
        Dialog::Unsaved => choice = unsaved_ui(ui, workbench),
        Dialog::LabelKeys => {
            label_keys_ui(ui, view);
            close_ui(ui);
        }
        Dialog::Annotator => {
            choice = annotator_ui(ui, view, workbench);
            close_ui(ui);
        }
        Dialog::Path { wish, text } => match path_ui(ui, *wish, text) {
            Typing::Done(path) => choice = Some(Choice::Path(*wish, path)),
            Typing::Cancelled => is_closed = true,
            Typing::GoesOn => {}
        },
    });
    // A name is told while it is typed, and what an export comes to is seen where it was begun.
    let stays = choice.is_none() || matches!(dialog, Dialog::Annotator | Dialog::Export | Dialog::ImportMasks);
    if stays && !is_closed && !response.should_close() {
        view.dialog = Some(dialog);
    }
    choice
}

/// What to do with a project whose images are elsewhere.
fn moved_ui(context: &Context, workbench: &Workbench) -> Option<Choice> {
    let moved = workbench.moved()?;
    let mut choice = None;
    let response = Modal::new(egui::Id::unique("moved")).show(context, |ui| {
        ui.set_max_width(520.0);
        ui.heading("The images of this project are not where they were");
        ui.add_space(8.0);
        ui.label(format!("They were in {}.", moved.was.display()));
        ui.label("If they have moved, show where they are now: all decisions are kept and go with them.");
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            if ui.button("Show where they are…").clicked() {
                choice = Some(Choice::Ask(Wish::MovedSet));
            }
            if ui.button("Cancel").clicked() {
                choice = Some(Choice::Run(Command::ForgetMoved));
            }
        });
    });
    if response.should_close() { Some(Choice::Run(Command::ForgetMoved)) } else { choice }
}

/// What to do with decisions that cannot be written before the window closes. They are tried again all the while, and the
/// window closes by itself once they are written.
fn unsaved_ui(ui: &mut Ui, workbench: &Workbench) -> Option<Choice> {
    ui.set_max_width(520.0);
    let count = workbench.unwritten_decisions();
    ui.heading(format!("{count} decisions about cells are not on the disk"));
    ui.add_space(8.0);
    if let Some(notice) = workbench.notices().iter().rev().find(|notice| notice.is_failure) {
        ui.label(&notice.text);
    }
    ui.label("They are tried again every ten seconds, and the window closes when they are written. Make room, or keep the project elsewhere.");
    ui.add_space(8.0);
    let mut choice = None;
    ui.horizontal(|ui| {
        if ui.button("Keep the project in another folder…").clicked() {
            choice = Some(Choice::Ask(Wish::ProjectFolder));
        }
        if ui.button("Do not close").clicked() {
            choice = Some(Choice::Stay);
        }
        if ui.button(format!("Close and lose {count} decisions")).clicked() {
            choice = Some(Choice::CloseAnyway);
        }
    });
    choice
}

fn about_ui(ui: &mut Ui) {
    ui.set_max_width(420.0);
    ui.heading("Cytoscribe");
    ui.label(format!("Version {}", env!("CARGO_PKG_VERSION")));
    ui.add_space(8.0);
    ui.label(
        "From fluorescence images of many cells, and noisy labels that are known only for whole images, to labelled \
         single cells. Classical image analysis, no deep learning, no download.",
    );
    ui.add_space(8.0);
    ui.label("MIT or Apache-2.0, as you like.");
    close_ui(ui);
}

fn close_ui(ui: &mut Ui) {
    ui.add_space(12.0);
    ui.vertical_centered(|ui| {
        if ui.button("Close").clicked() {
            ui.close();
        }
    });
}

/// What the mouse does, and keys that are held.
const GESTURES: [(&str, &str); 10] = [
    ("Wheel, pinch", "Zoom at the pointer"),
    ("Drag", "Move the image"),
    ("Double click", "Fit the image into the window"),
    ("Click on a cell", "Select it"),
    ("Drag with another button", "Move the image while a tool is in the hand"),
    ("Escape", "Let go of what the tool is about, then of the tool"),
    ("Hold R, Y, U or G", "Microtubules, ER, nucleus or protein alone"),
    ("Double click on a slider's name", "Back to its usual value"),
    ("Drop a folder", "Open it"),
    ("Drop a mask (.npy, .npz, .json, .png, .tif)", "Import it"),
];

fn keys_ui(ui: &mut Ui) {
    ui.set_max_width(760.0);
    ui.heading("Keys and mouse");
    ui.add_space(8.0);
    ScrollArea::vertical().max_height(ui.ctx().content_rect().height() - 180.0).show(ui, |ui| {
        ui.horizontal_top(|ui| {
            Grid::new("keys").num_columns(2).spacing([24.0, 4.0]).show(ui, |ui| {
                for (action, _, name, key) in Action::ALL {
                    if key.is_some() {
                        ui.label(RichText::new(action.key_text(ui.ctx())).monospace());
                        ui.label(name.trim_end_matches('…'));
                        ui.end_row();
                    }
                }
            });
            ui.add_space(24.0);
            Grid::new("mouse").num_columns(1).spacing([24.0, 4.0]).show(ui, |ui| {
                let in_places = KEYS.iter().chain(&tuning::KEYS).copied();
                for (gesture, meaning) in GESTURES.into_iter().chain([("", "")]).chain(in_places) {
                    ui.label(RichText::new(gesture).strong());
                    ui.end_row();
                    ui.label(meaning);
                    ui.end_row();
                }
            });
        });
    });
    close_ui(ui);
}

fn commands_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View) -> Option<Choice> {
    ui.set_width(460.0);
    let search = TextEdit::singleline(&mut view.command_filter).hint_text("What do you want to do?");
    let search = ui.add(search.desired_width(f32::INFINITY));
    search.request_focus();
    let wanted = view.command_filter.to_lowercase();
    let matching = |name: &str| wanted.split_whitespace().all(|word| name.to_lowercase().contains(word));
    let found: Vec<_> = Action::ALL
        .into_iter()
        .filter(|(action, menu, name, _)| {
            *action != Action::Commands && (matching(name) || matching(&format!("{} {name}", menu.name())))
        })
        .collect();
    let mut chosen = None;
    if ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, Key::Enter)) {
        chosen = found.iter().find(|(action, ..)| action.is_possible(workbench, view)).map(|(action, ..)| *action);
    }
    ui.add_space(6.0);
    ScrollArea::vertical().max_height(420.0).auto_shrink([false, true]).show(ui, |ui| {
        for (action, menu, name, _) in &found {
            let key = action.key_text(ui.ctx());
            let text = if *menu == Menu::Help { (*name).to_owned() } else { format!("{}: {name}", menu.name()) };
            let button =
                egui::Button::new(text).shortcut_text(key).frame(false).min_size([ui.available_width(), 0.0].into());
            if ui.add_enabled(action.is_possible(workbench, view), button).clicked() {
                chosen = Some(*action);
            }
        }
        if found.is_empty() {
            ui.weak("No command has these words.");
        }
    });
    chosen.map(Choice::Action)
}

/// How far somebody is who types a path.
enum Typing {
    GoesOn,
    Done(PathBuf),
    Cancelled,
}

fn path_ui(ui: &mut Ui, wish: Wish, text: &mut String) -> Typing {
    ui.set_width(460.0);
    ui.heading(match wish {
        Wish::Set => "Open a folder of images",
        Wish::Labels => "Read labels from a CSV file",
        Wish::CellLabels => "Read labels of cells from a table (.csv, .parquet)",
        Wish::DecidedLabels | Wish::AllLabels => "Save the labels of cells as a table (.csv, .parquet)",
        Wish::Picture => "Save the image as PNG",
        Wish::MaskFolder => "A folder of masks to import",
        Wish::MaskFile => "A file of masks to import",
        Wish::CompareFolder => "A folder of masks to compare with",
        Wish::CompareFile => "A file of masks to compare with",
        Wish::ReferenceFolder => "A folder of reference masks",
        Wish::ReferenceFile => "A file of reference masks",
        Wish::MovedSet => "Where the images are now",
        Wish::ProjectFolder => "A folder for the project",
        Wish::ExportFolder => "A folder for the files of the export",
    });
    ui.label("This system shows no dialog for files, so please type the path.");
    let field = ui.add(TextEdit::singleline(text).hint_text("/path/to/it").desired_width(f32::INFINITY));
    field.request_focus();
    let is_entered = ui.input(|input| input.key_pressed(Key::Enter));
    ui.add_space(8.0);
    let mut outcome = Typing::GoesOn;
    ui.horizontal(|ui| {
        let is_ready = !text.trim().is_empty();
        if (ui.add_enabled(is_ready, egui::Button::new("OK")).clicked() || is_entered) && is_ready {
            outcome = Typing::Done(PathBuf::from(text.trim()));
        }
        if ui.button("Cancel").clicked() {
            outcome = Typing::Cancelled;
        }
    });
    outcome
}

//! What is shown when no set is open: what to do next.

use egui::{Button, RichText, Ui, vec2};

use super::{actions::Action, busy::Busy, view::View};
use crate::workbench::{Command, Workbench};

/// Draws the way in; returns the action that was chosen.
pub fn welcome_ui(ui: &mut Ui, workbench: &Workbench, view: &View, commands: &mut Vec<Command>) -> Option<Action> {
    let mut chosen = None;
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.25);
        ui.label(RichText::new("Cytoscribe").size(34.0).strong());
        ui.label(RichText::new("From images of many cells to labelled single cells").size(15.0).weak());
        ui.add_space(24.0);
        if let Some((text, share)) = workbench.activity() {
            ui.label(text);
            match share {
                Some(share) => {
                    ui.add(egui::ProgressBar::new(share).desired_width(320.0));
                }
                None => {
                    ui.add(Busy);
                }
            }
            return;
        }
        let size = vec2(260.0, 34.0);
        let open = ui.add_sized(size, Button::new("Open a folder of images…"));
        if open.on_hover_text("One grey file a stain: <ID>_red, <ID>_yellow, <ID>_blue, <ID>_green.").clicked() {
            chosen = Some(Action::OpenSet);
        }
        let demo = ui.add_sized(size, Button::new("Open the demo"));
        if demo.on_hover_text("32 synthetic images whose cells are known; they are drawn in some seconds.").clicked() {
            chosen = Some(Action::OpenDemo);
        }
        ui.add_space(8.0);
        ui.weak("or drop a folder here");
        if !view.kept.recent.is_empty() {
            ui.add_space(20.0);
            ui.weak("Open again");
            for path in view.kept.recent.iter().take(5) {
                if ui.link(path.display().to_string()).clicked() {
                    commands.push(Command::Open(path.clone()));
                }
            }
        }
    });
    chosen
}

//! What the user should know: notices over the canvas that stay until they are dismissed.

use egui::{Align2, Area, Context, Frame, RichText, vec2};

use super::view::Place;
use crate::workbench::{Command, Workbench};

/// Notices shown at once; there is a line for the rest.
const SHOWN: usize = 4;

/// Draws the notices over what is in the middle, below its own controls.
pub fn notices_ui(context: &Context, workbench: &Workbench, place: Place, commands: &mut Vec<Command>) {
    if workbench.notices().is_empty() {
        return;
    }
    let below = if matches!(place, Place::Gallery | Place::Scatter) { 190.0 } else { 96.0 };
    Area::new(egui::Id::unique("notices")).anchor(Align2::CENTER_TOP, vec2(0.0, below)).show(context, |ui| {
        ui.set_max_width(520.0);
        for (at, notice) in workbench.notices().iter().enumerate().take(SHOWN) {
            Frame::popup(ui.style()).show(ui, |ui| {
                ui.horizontal(|ui| {
                    if ui.small_button("×").on_hover_text("Dismiss").clicked() {
                        commands.push(Command::Dismiss(at));
                    }
                    let text = RichText::new(&notice.text);
                    let text = if notice.is_failure { text.color(ui.visuals().error_fg_color) } else { text };
                    ui.add(egui::Label::new(text).wrap());
                });
            });
        }
        let more = workbench.notices().len().saturating_sub(SHOWN);
        if more > 0 {
            ui.weak(format!("and {more} more"));
        }
    });
}

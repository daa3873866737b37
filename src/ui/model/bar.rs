//! The row above: learn now or after every decision, and what has changed since.

use std::fmt::Write;

use egui::{Align, Button, Layout, ProgressBar, RichText, Ui};

use crate::{
    ui::view::View,
    workbench::{Command, Workbench},
};

/// Draws the row.
pub fn bar_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        let learning = workbench.learning();
        let name = if workbench.model().is_some() { "Learn again" } else { "Learn" };
        let button = ui.add_enabled(learning.is_none(), Button::new(name));
        let hover = "Learns every location from the cells as they are labelled now.";
        if button.on_hover_text(hover).on_disabled_hover_text("It is learning.").clicked() {
            commands.push(Command::Learn);
        }
        ui.checkbox(&mut view.kept.live, "Live").on_hover_text("Learns again after every decision, wherever it is made.");
        match learning {
            Some(share) => {
                ui.add(ProgressBar::new(share).desired_width(120.0));
                if ui.button("Stop").clicked() {
                    commands.push(Command::StopLearning);
                }
            }
            None => {
                ui.label(RichText::new(state(workbench)).weak());
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let Some(judged) = workbench.model().and_then(|model| model.judged()) else { return };
            let scored = judged.locations.iter().filter(|location| location.quality.is_ok()).count();
            if let Some(mean) = judged.mean {
                let plural = if scored == 1 { "" } else { "s" };
                let text = format!("mean average precision {mean:.3} of {scored} location{plural}");
                let hover = "On cells of images that the rules have not seen, by their labels as they are now. Wrong labels \
                             lower it even where the rules are right.";
                ui.label(RichText::new(text).strong()).on_hover_text(hover);
            }
        });
    });
}

/// What was learnt from, and what has changed since.
fn state(workbench: &Workbench) -> String {
    let Some(model) = workbench.model() else { return "nothing is learnt yet".to_owned() };
    let (learnt, all) = (model.lessons.trainer().rows().len(), model.lessons.cells().len());
    let cells = if learnt < all { format!("{learnt} of {all} cells, drawn by lot") } else { format!("{all} cells") };
    let mut text = format!("learnt from {cells}");
    let since = workbench.records_since_model();
    if workbench.is_model_of_other_lessons() {
        text += "; cells, image labels or settings have changed since";
    } else if since == 1 {
        text += "; 1 decision since";
    } else if since > 1 {
        let _ = write!(text, "; {since} decisions since");
    }
    text
}

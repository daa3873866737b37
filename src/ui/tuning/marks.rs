//! Marks on the canvas, and marking the selected cell.

use egui::{Align2, Color32, FontId, Painter, Ui, pos2, vec2};

use super::super::{
    actions::Action,
    composed,
    view::{Place, View},
};
use crate::{
    pipeline::tuning::Opinion,
    workbench::{Command, Workbench, tuning},
};

/// The colour of an opinion.
pub fn colour(opinion: Opinion) -> Color32 {
    let [r, g, b] = opinion.colour();
    Color32::from_rgb(r, g, b)
}

/// The sign of an opinion.
pub fn sign(opinion: Opinion) -> &'static str {
    match opinion {
        Opinion::Good => "+",
        Opinion::Bad => "×",
    }
}

/// The command that marks the selected cell of the image on the canvas, or takes that very mark away.
pub fn marking(workbench: &Workbench, view: &View, opinion: Opinion) -> Option<Command> {
    let (index, cell) = view.field.zip(view.selected_cell)?;
    let cells = workbench.results().cells.as_ref().filter(|cells| cells.inputs.field == workbench.field_key(index))?;
    let id = workbench.opened()?.set.fields().get(index)?.id();
    tuning::marking(workbench.project(), id, &cells.value, cell, opinion).map(Command::Edit)
}

/// Draws the marks of the field at `index`.
pub fn draw(painter: &Painter, workbench: &Workbench, index: usize, place: &composed::Place) {
    let Some(files) = workbench.opened().and_then(|opened| opened.set.fields().get(index)) else { return };
    for mark in workbench.project().examples().marks_of(files.id()) {
        let at = pos2(mark.anchor.1 as f32 + 0.5, mark.anchor.0 as f32 + 0.5);
        let at = place.camera.screen_from_image(at, place.screen);
        if !place.screen.expand(12.0).contains(at) {
            continue;
        }
        painter.circle_filled(at, 9.0, Color32::from_black_alpha(170));
        painter.text(at, Align2::CENTER_CENTER, sign(mark.opinion), FontId::proportional(18.0), colour(mark.opinion));
    }
}

/// The part of the segmentation tab: marks for the selected cell, and the way to the search.
pub fn section_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, id: &str, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 4.0);
        let open = ui.button("Tune by example…").on_hover_text(
            "Finds parameters by what you show: cells marked good or bad, or reference masks. The best settings are shown \
             side by side on the worst images (F10).",
        );
        if open.clicked() {
            view.kept.place = Place::Tuning;
        }
        for (action, opinion) in [(Action::MarkGood, Opinion::Good), (Action::MarkBad, Opinion::Bad)] {
            let button = ui.add_enabled(
                action.is_possible(workbench, view),
                egui::Button::new(format!("{} {}", sign(opinion), opinion.name())),
            );
            let hover = match opinion {
                Opinion::Good => "The selected cell is right: a setting is to find it as it is now. Once more takes the mark away.",
                Opinion::Bad => "The selected cell is wrong: a setting is to find it otherwise. Once more takes the mark away.",
            };
            let hover = format!("{hover} ({})", action.key_text(ui.ctx()));
            if button.on_hover_text(&hover).on_disabled_hover_text(format!("Select a cell in the image first. {hover}")).clicked() {
                commands.extend(marking(workbench, view, opinion));
            }
        }
        let (here, all) = (workbench.project().examples().marks_of(id).len(), workbench.project().examples().count());
        if all > 0 {
            ui.weak(format!("{here} marked here, {all} in all"));
        }
    });
}

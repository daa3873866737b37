//! The buttons of the tools, above the canvas.

use egui::{Button, DragValue, Ui};

use super::{Hand, Tool};
use crate::{
    pipeline::corrections::Part,
    ui::{actions::Action, view::View},
    workbench::Workbench,
};

/// Draws the strip; returns the action that was chosen.
pub fn strip_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View) -> Option<Action> {
    let mut chosen = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for tool in Tool::ALL {
            let action = Action::Use(tool);
            let button = Button::selectable(view.hand.tool == tool, tool.name());
            let button = ui.add_enabled(action.is_possible(workbench, view), button);
            let hover = format!("{} ({})", tool.hint(view.hand.part), action.key_text(ui.ctx()));
            if button.on_hover_text(&hover).on_disabled_hover_text(hover).clicked() {
                chosen = Some(action);
            }
        }
        let hand = &mut view.hand;
        ui.separator();
        part_ui(ui, hand);
        if hand.tool.has_brush() {
            ui.separator();
            brush_ui(ui, hand);
        }
    });
    chosen
}

fn part_ui(ui: &mut Ui, hand: &mut Hand) {
    let names = [(Part::Cell, "Whole cells"), (Part::Nucleus, "Nuclei")];
    let is_minded = hand.tool.minds_part();
    let key = Action::SwitchPart.key_text(ui.ctx());
    let hover = match hand.tool {
        Tool::Select => "What the other tools work on".to_owned(),
        Tool::Merge | Tool::Delete => "A cell and its nucleus go together here".to_owned(),
        _ => format!("What the tool works on ({key})"),
    };
    for (part, name) in names {
        let button = ui.add_enabled(is_minded, Button::selectable(hand.part == part, name));
        if button.on_hover_text(&hover).on_disabled_hover_text(&hover).clicked() {
            hand.part = part;
        }
    }
}

fn brush_ui(ui: &mut Ui, hand: &mut Hand) {
    let label = ui.label("Brush");
    let keys = [Action::SmallerBrush, Action::LargerBrush].map(|action| action.key_text(ui.ctx()));
    ui.add(DragValue::new(&mut hand.radius_px).range(Hand::RADIUS_PX).suffix(" px"))
        .labelled_by(label.id)
        .on_hover_text(format!(
            "From the middle of the brush to its rim, in pixels of the image ({} and {}).",
            keys[0], keys[1]
        ));
}

//! The bar below the menus: what one needs all day.

use egui::{Button, Ui};

use super::{actions::Action, view::View};
use crate::workbench::Workbench;

/// The tools in groups, with their short names.
const GROUPS: [&[(Action, &str)]; 6] = [
    &[(Action::OpenSet, "Open…")],
    &[
        (Action::ImagePlace, "Image"),
        (Action::GalleryPlace, "Gallery"),
        (Action::DeckPlace, "Deck"),
        (Action::ModelPlace, "Model"),
        (Action::RulesPlace, "Rules"),
        (Action::ScatterPlace, "Scatter"),
        (Action::TuningPlace, "Tune"),
    ],
    &[(Action::Undo, "Undo"), (Action::Redo, "Redo")],
    &[(Action::PreviousImage, "Previous"), (Action::NextImage, "Next"), (Action::ToggleReviewed, "Reviewed")],
    &[(Action::Fit, "Fit"), (Action::ActualSize, "1:1"), (Action::ToggleOverlay, "Cells")],
    &[(Action::SegmentAll, "Find all cells"), (Action::MeasureAll, "Measure all cells")],
];

/// Draws the bar; returns the action that was chosen.
pub fn tool_bar_ui(ui: &mut Ui, workbench: &Workbench, view: &View) -> Option<Action> {
    let mut chosen = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for (number, group) in GROUPS.into_iter().enumerate() {
            if number > 0 {
                ui.separator();
            }
            for &(action, name) in group {
                let button = Button::selectable(action.is_on(workbench, view), name);
                let key = action.key_text(ui.ctx());
                let hover =
                    if key.is_empty() { action.name().to_owned() } else { format!("{} ({key})", action.name()) };
                let button = ui.add_enabled(action.is_possible(workbench, view), button);
                if button.on_hover_text(&hover).on_disabled_hover_text(hover).clicked() {
                    chosen = Some(action);
                }
            }
        }
    });
    chosen
}

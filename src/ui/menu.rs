//! The menu bar, made of the table of actions.

use egui::{Button, MenuBar, Ui};

use super::{
    actions::{Action, Menu},
    view::View,
};
use crate::workbench::{Command, Workbench};

/// Draws the bar; returns the action that was chosen.
pub fn menu_ui(ui: &mut Ui, workbench: &Workbench, view: &View, commands: &mut Vec<Command>) -> Option<Action> {
    let mut chosen = None;
    MenuBar::new().ui(ui, |ui| {
        for menu in Menu::ALL {
            ui.menu_button(menu.name(), |ui| {
                ui.set_min_width(260.0);
                for (action, of, name, _) in Action::ALL {
                    if of == menu {
                        let button =
                            Button::new(text(action, name, workbench)).shortcut_text(action.key_text(ui.ctx()));
                        if ui.add_enabled(action.is_possible(workbench, view), button).clicked() {
                            chosen = Some(action);
                            ui.close();
                        }
                    }
                    if (action, menu) == (Action::OpenDemo, Menu::File) && !view.kept.recent.is_empty() {
                        recent_ui(ui, view, commands);
                    }
                }
            });
        }
    });
    chosen
}

fn recent_ui(ui: &mut Ui, view: &View, commands: &mut Vec<Command>) {
    ui.menu_button("Open again", |ui| {
        for path in &view.kept.recent {
            if ui.button(path.display().to_string()).clicked() {
                commands.push(Command::Open(path.clone()));
                ui.close();
            }
        }
    });
}

/// The name of an action with what it is about.
fn text(action: Action, name: &str, workbench: &Workbench) -> String {
    let what = match action {
        Action::Undo => workbench.history().undoes(),
        Action::Redo => workbench.history().redoes(),
        _ => None,
    };
    what.map_or_else(|| name.to_owned(), |what| format!("{name} {what}"))
}

//! The line at the bottom: what is under the pointer, what is going on, whether all is saved.

use std::fmt::Write;

use egui::{Align, Layout, ProgressBar, RichText, Ui};

use super::{
    busy::Busy,
    chips::short_name,
    view::{Place, View},
};
use crate::{
    atlas::Channel,
    workbench::{Command, Workbench},
};

/// Draws the line.
pub fn status_ui(ui: &mut Ui, workbench: &Workbench, view: &View, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        let of_tool = view.hand.hint().filter(|_| view.kept.place == Place::Image && view.field.is_some());
        let said = view.said.clone().or_else(|| of_tool.map(str::to_owned));
        let text = said.or_else(|| pointed(workbench, view));
        let text = text.unwrap_or_else(|| hint(workbench, view));
        ui.label(RichText::new(text).size(12.0));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some((text, share)) = workbench.activity() {
                if workbench.whole_set_task().is_some() && ui.small_button("Pause").clicked() {
                    commands.push(Command::PauseOfAll);
                }
                match share {
                    Some(share) => {
                        ui.add(ProgressBar::new(share).desired_width(140.0));
                    }
                    None => {
                        ui.add(Busy);
                    }
                }
                ui.label(RichText::new(text).size(12.0));
            } else if workbench.opened().is_some_and(|opened| opened.folder.is_none()) {
                ui.label(RichText::new("changes are not saved").size(12.0).color(ui.visuals().warn_fg_color));
            } else if workbench.decisions_at_risk() > 0 {
                let text = format!("{} decisions are not on the disk", workbench.decisions_at_risk());
                ui.label(RichText::new(text).size(12.0).color(ui.visuals().error_fg_color));
            } else if workbench.is_unsaved() {
                ui.label(RichText::new("saving…").size(12.0).weak());
            }
            if let Some(camera) = view.camera.filter(|_| view.kept.place == Place::Image) {
                let percent = 100.0 * camera.zoom * ui.ctx().pixels_per_point();
                ui.label(RichText::new(format!("{percent:.0} %")).size(12.0).weak());
            }
        });
    });
}

/// Position, raw samples, cell and labels under the pointer.
fn pointed(workbench: &Workbench, view: &View) -> Option<String> {
    let (position, index) = (view.pointed.filter(|_| view.kept.place == Place::Image)?, view.field?);
    let key = workbench.field_key(index);
    let field = workbench.results().field(key)?;
    let samples = field.samples_at(position);
    let mut text = format!("row {}, column {}", position.0, position.1);
    for channel in Channel::ALL {
        let _ = write!(text, "   {} {}", channel.short_name().to_uppercase(), samples[channel.index()]);
    }
    let cells = workbench.results().cells.as_ref().filter(|cells| cells.inputs.field == key);
    let id = cells.map_or(0, |cells| cells.value.cell_mask().id(position));
    if id > 0 {
        let _ = write!(text, "   cell {id}");
        if let Some(labels) = workbench.opened().and_then(|opened| opened.labels[index]) {
            let names: Vec<&str> = labels.iter().map(short_name).collect();
            let _ = write!(text, "   {}", names.join(", "));
        }
    }
    Some(text)
}

/// What one can do next.
fn hint(workbench: &Workbench, view: &View) -> String {
    let text = match (workbench.opened(), view.field) {
        (None, _) => "Open a folder of images, or the demo, to begin.",
        _ if view.kept.place == Place::Gallery => {
            "Click, Ctrl, Shift or drag select cells. Y, N, 1 to 5 decide about them, 0 takes it back, X leaves them out, \
             Enter shows one in its image."
        }
        _ if view.kept.place == Place::Deck => {
            "Y, N or 1 to 5 answer, S puts off, Backspace goes back, Space shows all stains."
        }
        _ if view.kept.place == Place::Model => {
            "A click on a location shows how good its rule is. L chooses one by typing. Doubtful labels can be dropped, kept \
             or added at once."
        }
        _ if view.kept.place == Place::Rules => {
            "Drag the cut or move it with the arrow keys, look at cells on both sides, then decide about a side in one \
             step. Ctrl+Z undoes it."
        }
        _ if view.kept.place == Place::Scatter => {
            "Hover shows a cell, a click goes to it, a drag draws a lasso. Y, N, 1 to 5 decide about the selected cells, \
             0 takes it back, X leaves them out."
        }
        _ if view.kept.place == Place::Tuning => {
            "1 to 9 choose a setting, 0 the present one, Left and Right another image, Enter uses it for all images. \
             Ctrl+Z undoes it."
        }
        (Some(_), Some(_)) if view.kept.place == Place::HowItWorks => {
            "Another image on the left, another cell with . and , and what is changed in the segmentation tab: the steps \
              follow. F2 goes back to the image."
        }
        (Some(_), None) => "Choose an image on the left.",
        (Some(_), Some(_)) => {
            "Wheel zooms, drag moves, a click selects a cell. Display and Segmentation on the right act at once. \
             Press ? for all keys."
        }
    };
    text.to_owned()
}

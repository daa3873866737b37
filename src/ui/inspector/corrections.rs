//! What was corrected by hand in the image: a list, with a way to look at each and to take it back.

use egui::{RichText, ScrollArea, Ui};

use super::super::view::View;
use crate::{
    atlas::Anchor,
    project::{
        Edit,
        labels::{Deed, RecordId},
    },
    workbench::{Command, Workbench, results::FoundCells},
};

/// The list is at most so high.
const HEIGHT: f32 = 160.0;

/// A line of the list.
struct Line {
    record: RecordId,
    name: &'static str,
    place: Anchor,
    is_lost: bool,
}

/// Draws the list of the corrections of the image `id`; `found` are its cells, if they are those that the corrections led
/// to.
pub fn corrections_ui(
    ui: &mut Ui,
    workbench: &Workbench,
    view: &mut View,
    id: &str,
    found: Option<&FoundCells>,
    commands: &mut Vec<Command>,
) {
    let lost = found.map_or(&[][..], |found| &found.corrected.lost);
    let corrections = workbench.project().labels().corrections_of(id).enumerate();
    let lines: Vec<Line> = corrections
        .map(|(at, (record, correction))| Line {
            record,
            name: correction.name(),
            place: correction.place(),
            is_lost: lost.binary_search(&at).is_ok(),
        })
        .collect();
    if lines.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        let count = lines.len();
        ui.label(RichText::new(format!("Corrected by hand: {count}")).strong())
            .on_hover_text("The tools above the image correct cells. Corrections stay when the parameters change.");
        let all = ui
            .button("Remove all corrections")
            .on_hover_text("The cells are as they were found. Undo brings them back.");
        if all.clicked() {
            let undone = lines.iter().rev().map(|line| Edit::Masks(Deed::Undo(line.record))).collect();
            commands.push(Command::Edit(Edit::Together(undone)));
        }
    });
    let lost = lines.iter().filter(|line| line.is_lost).count();
    if lost > 0 {
        let words =
            if lost == 1 { "1 does not find its cell".to_owned() } else { format!("{lost} do not find their cells") };
        ui.label(RichText::new(words).color(ui.visuals().warn_fg_color)).on_hover_text(
            "With these parameters no cell is there, or not one with which it could be done. They wait, and come back when \
             the parameters do.",
        );
    }
    let height = ui.spacing().interact_size.y;
    ScrollArea::vertical().id_salt("corrections").max_height(HEIGHT).auto_shrink([false, true]).show_rows(
        ui,
        height,
        lines.len(),
        |ui, rows| {
            for at in rows {
                line_ui(ui, at + 1, &lines[at], view, commands);
            }
        },
    );
}

fn line_ui(ui: &mut Ui, number: usize, line: &Line, view: &mut View, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        let remove = ui.small_button("×").on_hover_text("Take this correction back.");
        remove
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, format!("Remove correction {number}")));
        if remove.clicked() {
            commands.push(Command::Edit(Edit::Masks(Deed::Undo(line.record))));
        }
        let text = RichText::new(format!("{number} {}", line.name));
        let text = if line.is_lost { text.color(ui.visuals().warn_fg_color) } else { text };
        let hover =
            if line.is_lost { "It does not find its cell. A click shows where it was." } else { "A click shows it." };
        if ui.link(text).on_hover_text(hover).clicked() {
            view.go_to = Some(line.place);
        }
    });
}

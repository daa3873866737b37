//! The list of what is tuned by: reference masks, corrected images, and every mark, each to look at or to take away.

use egui::{Label, RichText, ScrollArea, Ui};

use super::marks::{colour, sign};
use crate::{
    pipeline::tuning::Opinion,
    project::{Edit, TuningExamples},
    ui::{
        picker::Wish,
        view::{Place, View},
    },
    workbench::{Command, Workbench},
};

/// Draws the list; returns a path that is asked for.
pub fn examples_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, commands: &mut Vec<Command>) -> Option<Wish> {
    let before = workbench.project().examples();
    let mut examples = before.clone();
    ui.add_space(4.0);
    ui.strong("Reference masks");
    let wish = reference_ui(ui, view, &mut examples);
    ui.checkbox(&mut examples.takes_corrected, "Images corrected by hand").on_hover_text(
        "Images whose cells were corrected with the tools above the image are to be reached as they are now. Correct all \
         that is wrong in such an image: what you leave counts as right.",
    );
    ui.separator();
    let count = |opinion| before.marks.values().flatten().filter(|mark| mark.opinion == opinion).count();
    ui.strong(format!("Marked cells: {} good, {} bad", count(Opinion::Good), count(Opinion::Bad))).on_hover_text(
        "Good: the cell is to be found again as it was. Bad: it is to be found otherwise. A few good ones beside bad ones \
         keep what is right from being given up.",
    );
    if before.count() == 0 {
        ui.weak("Select a cell in its image: Ctrl+G marks it good, Ctrl+B bad.");
    } else if ui.small_button("Remove all marks").on_hover_text("It can be undone.").clicked() {
        examples = examples.without_marks();
    }
    marks_ui(ui, workbench, view, &mut examples);
    if examples != *before {
        commands.push(Command::Edit(Edit::Examples(examples)));
    }
    wish
}

fn reference_ui(ui: &mut Ui, view: &mut View, examples: &mut TuningExamples) -> Option<Wish> {
    let mut wish = None;
    ui.horizontal_wrapped(|ui| {
        let folder = ui.button("Masks in a folder…").on_hover_text(
            "Masks that are right, in any format that can be imported. Images that have some are to come as near to them \
             as can be.",
        );
        if folder.clicked() {
            wish = Some(Wish::ReferenceFolder);
        }
        if ui.button("Masks in a file…").clicked() {
            wish = Some(Wish::ReferenceFile);
        }
    });
    ui.horizontal_wrapped(|ui| {
        let are_nuclei = examples
            .reference
            .as_mut()
            .map_or(&mut view.tuning.unnamed_are_nuclei, |known| &mut known.unnamed_are_nuclei);
        ui.label("Without a telling name:").on_hover_text("What masks are whose names do not tell, as when importing.");
        ui.selectable_value(are_nuclei, false, "cells");
        ui.selectable_value(are_nuclei, true, "nuclei");
    });
    if let Some(reference) = &examples.reference {
        let text = reference.path.display().to_string();
        ui.add(Label::new(RichText::new(&text).size(12.0)).truncate()).on_hover_text(&text);
        if ui.small_button("No reference masks").clicked() {
            examples.reference = None;
        }
    }
    wish
}

fn marks_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, examples: &mut TuningExamples) {
    let lines: Vec<_> = workbench
        .project()
        .examples()
        .marks
        .iter()
        .flat_map(|(id, marks)| marks.iter().map(move |mark| (id, mark)))
        .collect();
    let row = ui.spacing().interact_size.y;
    ScrollArea::vertical().auto_shrink([false, false]).show_rows(ui, row, lines.len(), |ui, rows| {
        for (id, mark) in &lines[rows] {
            ui.horizontal(|ui| {
                let (row, col) = mark.anchor;
                if ui
                    .small_button("×")
                    .on_hover_text(format!("Take this mark away ({id}, row {row}, column {col})"))
                    .clicked()
                {
                    *examples = examples.without(id, mark.anchor);
                }
                let text = format!("{} {}", sign(mark.opinion), mark.opinion.name());
                ui.label(RichText::new(text).color(colour(mark.opinion)));
                let link = ui.add(
                    Label::new(RichText::new(format!("{row}, {col} in {id}")).underline())
                        .truncate()
                        .sense(egui::Sense::click()),
                );
                if link.on_hover_text("Show the cell in its image.").clicked()
                    && let Some(index) = workbench.opened().and_then(|opened| opened.set.place_of(id))
                {
                    view.show(index);
                    view.go_to = Some(mark.anchor);
                    view.kept.place = Place::Image;
                }
            });
        }
    });
}

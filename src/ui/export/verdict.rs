//! What is going on, and afterwards what the doctor found.

use egui::{Color32, Grid, ProgressBar, RichText, Ui};

use super::{
    super::{busy::Busy, dialogs::Choice},
    size_in_words,
};
use crate::workbench::{
    Command, ExportCommand, Workbench,
    export::{Doing, Exported, Target},
};

/// Failures that are named one by one.
const FAILURES: usize = 3;

/// How far the export is.
pub fn progress_ui(ui: &mut Ui, Doing { what, done, total }: Doing) {
    ui.horizontal(|ui| {
        ui.add(Busy);
        if total > 0 {
            ui.add(ProgressBar::new(done as f32 / total as f32).desired_width(220.0));
            ui.label(format!("{what}: {done} of {total} images"));
        } else {
            ui.label(what);
        }
    });
}

/// What came of the last export.
pub fn verdict_ui(ui: &mut Ui, workbench: &Workbench, choice: &mut Option<Choice>) {
    let Some((job, outcome)) = workbench.last_export() else {
        ui.weak("After writing, the files are read back, checked, compared with the cells and scored.");
        return;
    };
    let exported: &Exported = match outcome {
        Ok(exported) => exported,
        Err(reason) => {
            ui.label(RichText::new(reason).color(ui.visuals().error_fg_color));
            return;
        }
    };
    let Some(target) = &job.target else {
        ui.weak("Learnt and judged; nothing was written.");
        return;
    };
    ui.columns(2, |columns| {
        if let [left, right] = columns {
            diagnosis_ui(left, exported);
            written_ui(right, workbench, exported, target, choice);
        }
    });
}

fn diagnosis_ui(ui: &mut Ui, exported: &Exported) {
    let is_well = exported.diagnosis.is_well() && exported.failures.is_empty();
    let (words, colour) = if is_well {
        ("The doctor finds nothing wrong", Color32::from_rgb(70, 170, 90))
    } else {
        ("The doctor finds something wrong", ui.visuals().error_fg_color)
    };
    ui.label(RichText::new(words).strong().color(colour));
    for sentence in exported.diagnosis.sentences() {
        ui.label(RichText::new(sentence).size(12.5));
    }
    for (id, reason) in exported.failures.iter().take(FAILURES) {
        ui.label(RichText::new(format!("{id}: {reason}")).size(12.5).color(ui.visuals().error_fg_color));
    }
    let more = exported.failures.len().saturating_sub(FAILURES);
    if more > 0 {
        ui.label(RichText::new(format!("and {more} more images failed; the report names them")).size(12.5));
    }
}

/// The files, and the way to see what was decoded from them.
fn written_ui(ui: &mut Ui, workbench: &Workbench, exported: &Exported, target: &Target, choice: &mut Option<Choice>) {
    Grid::new("written").num_columns(2).spacing([18.0, 2.0]).show(ui, |ui| {
        for file in &exported.written {
            ui.label(RichText::new(&file.name).monospace());
            ui.label(RichText::new(size_in_words(file.checksum.bytes)).weak());
            ui.end_row();
        }
    });
    ui.label(RichText::new(format!("in {}", target.folder.display())).weak().size(11.5));
    if exported.diagnosis.rows.is_some() {
        let mut is_shown = workbench.shows_submission();
        let shown = ui
            .checkbox(&mut is_shown, "Show its masks on the images")
            .on_hover_text("They are decoded from submission.csv and drawn in white over each image.");
        if shown.changed() {
            *choice = Some(Choice::Run(Command::Export(ExportCommand::ShowMasks(is_shown))));
        }
    }
}

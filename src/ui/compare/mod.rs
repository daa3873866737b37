//! Masks beside others: a small window that says with what, how far they agree in this image and in all, and what the
//! marks over the image mean.

mod marks;

pub use marks::draw;

use egui::{Button, Context, Grid, RichText, ScrollArea, Sense, Ui};

use self::marks::sign;
use super::{
    busy::Busy,
    import_masks::{unnamed, unnamed_ui},
    picker::Wish,
    view::{Place, View},
};
use crate::{
    pipeline::segmentation::{Method, Preset},
    score::{Difference, RegionScore},
    storage::masks::MaskKind,
    workbench::{
        Command, Workbench,
        compare::{Compared, Others},
        scoring::MaskReport,
        state::MaskCommand,
    },
};

/// What is chosen about comparisons.
#[derive(Clone, Debug, Default)]
pub struct CompareView {
    /// Whether the small window is there.
    pub is_open: bool,
    /// Whether masks whose names do not tell are nuclei.
    pub unnamed_are_nuclei: bool,
    /// What is not drawn.
    pub hidden: Vec<Difference>,
}

/// The masks in the file or folder that was chosen, as something to compare with.
pub fn others_in(path: std::path::PathBuf, view: &View) -> Command {
    let others = Others::Files { path, unnamed: unnamed(view.compare.unnamed_are_nuclei) };
    Command::Masks(MaskCommand::Compare(Some(others)))
}

/// Draws the small window, if it is open; returns a path that is asked for.
pub fn compare_ui(
    context: &Context,
    workbench: &Workbench,
    view: &mut View,
    commands: &mut Vec<Command>,
) -> Option<Wish> {
    let is_there = view.compare.is_open && view.kept.place == Place::Image && workbench.opened().is_some();
    if !is_there {
        return None;
    }
    let (mut wish, mut is_open) = (None, true);
    egui::Window::new("Compare masks").open(&mut is_open).resizable(false).default_pos([340.0, 90.0]).show(
        context,
        |ui| {
            ui.set_width(430.0);
            wish = others_ui(ui, workbench, view, commands);
            let Some(others) = workbench.compared_with() else { return };
            ui.separator();
            match view.field.and_then(|index| workbench.compared(index)) {
                Some(Ok(compared)) => image_ui(ui, compared, view),
                Some(Err(reason)) => drop(ui.label(format!("This image: {reason}"))),
                None => drop(ui.add(Busy)),
            }
            ui.separator();
            set_ui(ui, workbench, view, commands);
            ui.separator();
            if ui.button("Compare no more").on_hover_text(in_words(others)).clicked() {
                commands.push(Command::Masks(MaskCommand::Compare(None)));
            }
        },
    );
    view.compare.is_open = is_open;
    wish
}

fn in_words(others: &Others) -> String {
    match others {
        Others::Files { path, .. } => path.display().to_string(),
        Others::Computed => "computed masks".to_owned(),
        Others::Preset(preset) => format!("the {} method", preset.name()),
    }
}

/// With what.
fn others_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, commands: &mut Vec<Command>) -> Option<Wish> {
    let mut wish = None;
    ui.label("The masks of the images beside others, which are taken for the truth:");
    ui.horizontal(|ui| {
        if ui.button("Masks in a folder…").clicked() {
            wish = Some(Wish::CompareFolder);
        }
        if ui.button("Masks in a file…").clicked() {
            wish = Some(Wish::CompareFile);
        }
        let computed = ui.button("Computed masks").on_hover_text(
            "Those that the parameters give, to see what an import or corrections by hand have changed.",
        );
        if computed.clicked() {
            commands.push(Command::Masks(MaskCommand::Compare(Some(Others::Computed))));
        }
    });
    other_method_ui(ui, workbench, view, commands);
    unnamed_ui(ui, &mut view.compare.unnamed_are_nuclei);
    if let Some(others) = workbench.compared_with() {
        let text = format!("Compared with {}", in_words(others));
        ui.add(egui::Label::new(RichText::new(&text).strong()).truncate()).on_hover_text(text);
    }
    wish
}

/// The legend with numbers, and the scores of one image.
fn image_ui(ui: &mut Ui, compared: &Compared, view: &mut View) {
    let things = if compared.kind == MaskKind::Cells { "cells" } else { "nuclei" };
    ui.strong(format!("This image: {} {things}, {} in the others", compared.score.found, compared.score.truth));
    for difference in Difference::ALL {
        let mut is_shown = !view.compare.hidden.contains(&difference);
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(34.0, 16.0), Sense::hover());
            marks::sample(ui.painter(), rect, difference);
            let count = compared.differences.count(difference);
            let text = format!("{} {}: {count}", sign(difference), difference.name());
            ui.checkbox(&mut is_shown, text).on_hover_text(meaning(difference));
        });
        view.compare.hidden.retain(|hidden| *hidden != difference);
        if !is_shown {
            view.compare.hidden.push(difference);
        }
    }
    ui.label(scores(&compared.score));
}

/// The method that this image is not cut by.
fn other_method_ui(ui: &mut Ui, workbench: &Workbench, view: &View, commands: &mut Vec<Command>) {
    let own = view.field.and_then(|index| workbench.cells_key(index)).map(|key| key.cutting.params.method);
    let (name, preset) = match own.unwrap_or_default() {
        Method::Standard => ("The reference method", Preset::Reference),
        Method::Reference => ("The standard method", Preset::Standard),
    };
    let button = ui.button(name).on_hover_text(format!(
        "The masks that the preset '{}' gives, with its usual parameters, to see where both methods differ.",
        preset.name()
    ));
    if button.clicked() {
        commands.push(Command::Masks(MaskCommand::Compare(Some(Others::Preset(preset)))));
    }
}

fn meaning(difference: Difference) -> &'static str {
    match difference {
        Difference::Agree => "Both have it: what they share is more than half of what they cover together.",
        Difference::Missed => "Only the others have it.",
        Difference::Extra => "Only these masks have it.",
        Difference::Split => "One region of the others is two or more here.",
        Difference::Merged => "Two or more regions of the others are one here.",
    }
}

fn scores(score: &RegionScore) -> String {
    let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"));
    format!(
        "F1 {} at overlap 0.5, {} at 0.6; mean overlap {}",
        number(score.at_50.f1),
        number(score.at_60.f1),
        number(score.mean_best_iou)
    )
}

/// All images.
fn set_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, commands: &mut Vec<Command>) {
    let images = workbench.opened().map_or(0, |opened| opened.set.fields().len());
    ui.horizontal(|ui| match workbench.comparing_all() {
        Some(done) => {
            ui.add(egui::ProgressBar::new(done as f32 / images.max(1) as f32).desired_width(220.0));
            ui.label(format!("{done} of {images}"));
            if ui.button("Stop").clicked() {
                commands.push(Command::Masks(MaskCommand::StopComparing));
            }
        }
        None => {
            if ui.add(Button::new(format!("Compare all {images} images"))).clicked() {
                commands.push(Command::Masks(MaskCommand::CompareAll));
            }
        }
    });
    if let Some((report, is_fresh)) = workbench.compared_set() {
        if !is_fresh {
            ui.weak("Cells have changed since.");
        }
        table_ui(ui, workbench, report, view);
    }
}

fn table_ui(ui: &mut Ui, workbench: &Workbench, report: &MaskReport, view: &mut View) {
    let Some(total) = &report.total else {
        ui.label("No image could be compared.");
        return;
    };
    ui.strong(format!("{} images: {}", report.fields.len(), scores(total)));
    if !report.without_mask.is_empty() {
        ui.label(format!("{} images have no other masks", report.without_mask.len()));
    }
    for (id, reason) in report.failures.iter().take(3) {
        ui.label(format!("{id}: {reason}"));
    }
    let mut chosen = None;
    let row = ui.text_style_height(&egui::TextStyle::Body) + 2.0;
    ScrollArea::vertical().max_height(180.0).auto_shrink([false, true]).show_rows(
        ui,
        row,
        report.fields.len() + 1,
        |ui, rows| {
            Grid::new("compared").num_columns(8).spacing([10.0, 2.0]).show(ui, |ui| {
                for at in rows {
                    match at.checked_sub(1).and_then(|at| report.fields.get(at)) {
                        None => ["image", "F1 0.5", "F1 0.6", "overlap", "missed", "extra", "split", "merged"]
                            .into_iter()
                            .for_each(|word| drop(ui.weak(word))),
                        Some(field) => {
                            let score = &field.score;
                            if ui.link(short(&field.id)).on_hover_text(&field.id).clicked() {
                                chosen = workbench.opened().and_then(|opened| opened.set.place_of(&field.id));
                            }
                            for share in [score.at_50.f1, score.at_60.f1, score.mean_best_iou] {
                                ui.label(share.map_or_else(|| "–".to_owned(), |share| format!("{share:.3}")));
                            }
                            for count in [score.missed, score.extra, score.split, score.merged] {
                                ui.label(count.to_string());
                            }
                        }
                    }
                    ui.end_row();
                }
            });
        },
    );
    if let Some(index) = chosen {
        view.show(index);
    }
}

fn short(id: &str) -> String {
    const LETTERS: usize = 16;
    if id.chars().count() <= LETTERS { id.to_owned() } else { id.chars().take(LETTERS - 1).chain(['…']).collect() }
}

//! Beside the deck's question: what the label looks like, cells that were agreed on, and how far one is.

use egui::{ProgressBar, RichText, ScrollArea, Ui, vec2};

use super::super::{
    busy::Busy,
    chips,
    model::{REVIEW_HOVER, review_words},
    textures::{Slot, picture_image},
    view::View,
};
use crate::{
    score::interval::wilson,
    workbench::{
        Workbench,
        deck::{DeckScope, DeckWish},
    },
};

/// Pictures beside the question.
#[derive(Default)]
pub struct SideTextures {
    example: [Slot; 2],
    agreed: [[Slot; 4]; 2],
}

/// Draws the side.
pub fn side_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, textures: &mut SideTextures) {
    ScrollArea::vertical().id_salt("deck side").auto_shrink([false, false]).show(ui, |ui| {
        example_ui(ui, workbench, view, textures);
        ui.separator();
        progress_ui(ui, workbench, view);
        ui.separator();
        agreed_ui(ui, workbench, view, &mut textures.agreed);
        legend_ui(ui);
    });
}

fn example_ui(ui: &mut Ui, workbench: &Workbench, view: &View, textures: &mut SideTextures) {
    let location = view.kept.location;
    ui.label(RichText::new(chips::short_name(location)).heading());
    ui.label(location.description());
    let Some(example) = workbench.example(location) else {
        ui.add(Busy);
        return;
    };
    let side = ((ui.available_width() - ui.spacing().item_spacing.x) / 2.0).max(32.0);
    ui.horizontal_top(|ui| {
        for (number, (name, slot)) in ["protein", "all stains"].into_iter().zip(&mut textures.example).enumerate() {
            let texture = slot.show_made(ui.ctx(), name, (example, number as u64), |example| {
                picture_image([&example.protein, &example.composite][number])
            });
            let size = texture.size_vec2();
            let size = size * (side / size.max_elem());
            ui.vertical(|ui| {
                ui.set_width(side);
                ui.add(egui::Image::new((texture.id(), size)).alt_text(format!("Drawn example, {name}")));
                ui.label(RichText::new(format!("drawn example, {name}")).weak().size(11.0));
            });
        }
    });
}

fn progress_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View) {
    let wish = view.deck.wish(view.kept.location);
    if wish.location.is_none() {
        ui.label(format!("Every label is asked about, {}.", wish.name()));
        if let Some(rate) = view.deck.rate() {
            ui.label(format!("{rate:.0} decisions a minute"));
        }
        review_ui(ui, workbench, wish);
        return;
    }
    let tally = view.deck.tally(workbench, wish, view.kept.location);
    let total = workbench.deck(wish).map_or(0, |deck| deck.len());
    let settled = tally.settled().min(total);
    let share = if total == 0 { 0.0 } else { settled as f32 / total as f32 };
    ui.label(format!("{settled} of {total} cells are decided"));
    ui.add(ProgressBar::new(share).desired_height(8.0));
    if let Some(rate) = view.deck.rate() {
        let left = (total - settled) as f64 / rate;
        ui.label(format!("{rate:.0} decisions a minute; {} left at this rate", in_words(left)));
    }
    if wish.order.needs_model() && wish.scope != DeckScope::All {
        ui.label(format!("Asked about: {}", wish.name()));
        review_ui(ui, workbench, wish);
        return;
    }
    let decided = tally.yes + tally.no;
    if let Some((from, to)) = wilson(tally.yes, decided) {
        let value = tally.yes as f64 / decided as f64;
        let what = match wish.scope {
            DeckScope::Labelled => "The image's label is true of",
            DeckScope::Unlabelled => "The label is missing in",
            DeckScope::All => "The label is true of",
        };
        let text = format!("{what} {:.0} % of cells ({:.0} to {:.0} %)", 100.0 * value, 100.0 * from, 100.0 * to);
        let hover = "By what is decided so far, with the interval of 95 % confidence. \
                     It stands for all cells only if they are asked about in random order.";
        ui.label(text).on_hover_text(hover);
    }
}

/// What was found of the labels that were asked about, as far as the model knows of it.
fn review_ui(ui: &mut Ui, workbench: &Workbench, wish: DeckWish) {
    let Some(judged) = workbench.model().and_then(|model| model.judged()).filter(|_| wish.scope != DeckScope::All)
    else {
        return;
    };
    if let Some(words) = review_words(judged, wish.location, wish.scope == DeckScope::Labelled) {
        ui.label(words).on_hover_text(REVIEW_HOVER);
    }
}

/// Cells that were decided before, to compare with.
fn agreed_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, slots: &mut [[Slot; 4]; 2]) {
    let agreed = view.deck.agreed(workbench, view.kept.location);
    if agreed.iter().all(Vec::is_empty) {
        return;
    }
    let side = ((ui.available_width() - 3.0 * 4.0) / 4.0).max(24.0);
    let mut shown = None;
    for (name, kind) in [("yes", 1), ("no", 0)] {
        ui.label(RichText::new(format!("Decided last: {name}")).strong());
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for (&at, slot) in agreed[kind].iter().zip(&mut slots[kind]) {
                let picture = workbench.results().cell_pictures.get(at).and_then(Option::as_ref);
                let Some(picture) = picture else { continue };
                let texture = slot.show(ui.ctx(), "decided", picture);
                let image = egui::Image::new((texture.id(), vec2(side, side))).sense(egui::Sense::click());
                let image = ui.add(image.alt_text(format!("Decided {name}")));
                if image.on_hover_text("A click shows it in its image.").clicked() {
                    shown = Some(at);
                }
            }
        });
    }
    if let Some((at, cell)) = shown.and_then(|at| Some((at, workbench.decidable_at(at)?))) {
        view.show_cell(at.field as usize, cell.id);
    }
    ui.separator();
}

/// Minutes as people say them.
fn in_words(minutes: f64) -> String {
    if minutes < 1.5 {
        "a minute".to_owned()
    } else if minutes < 90.0 {
        format!("{minutes:.0} minutes")
    } else {
        format!("{:.1} hours", minutes / 60.0)
    }
}

fn legend_ui(ui: &mut Ui) {
    ui.label(RichText::new("Keys").strong());
    let rows = [
        ("Y, N", "yes, no, and on to the next"),
        ("1 to 5", "surely not … surely"),
        ("X", "leave the cell out"),
        ("S", "later"),
        ("Backspace", "back to the cell before"),
        ("Ctrl+Z", "undo the last decision"),
        ("Space", "protein or all stains"),
        ("O", "outline"),
        ("Enter", "the cell in its image"),
        ("L", "another label, by typing"),
    ];
    egui::Grid::new("deck keys").num_columns(2).spacing(vec2(12.0, 2.0)).show(ui, |ui| {
        for (key, meaning) in rows {
            ui.label(RichText::new(key).monospace().size(11.5));
            ui.label(RichText::new(meaning).size(11.5));
            ui.end_row();
        }
    });
}

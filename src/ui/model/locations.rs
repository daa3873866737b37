//! A line for each location: what it was learnt from, and how good its rule is; and the chosen one in full.

use std::sync::Arc;

use egui::{CentralPanel, Frame, Margin, Panel, RichText, ScrollArea, Slider, Ui};
use egui_extras::{Column, TableBuilder};

use super::plots;
use crate::{
    atlas::Location,
    pipeline::features::{feature_in_words, feature_names},
    ui::{busy::Busy, textures::Made, view::View},
    workbench::{
        Workbench,
        deck::{DeckOrder, DeckScope},
        gallery::SortKey,
        model::Model,
    },
};

/// The heaviest features of the chosen location, made when the model or the location changes.
pub type Heaviest = Made<Vec<HeavyFeature>>;

/// A feature that speaks for a location or against it.
pub struct HeavyFeature {
    name: String,
    words: String,
    weight: f64,
}

/// Draws the table and the chosen location.
pub fn locations_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, heaviest: &mut Heaviest) {
    let Some(model) = workbench.model() else {
        super::nothing_learnt_ui(ui, workbench);
        return;
    };
    Panel::left("model locations").default_size(470.0).size_range(380.0..=620.0).show(ui, |ui| {
        table_ui(ui, model, &mut view.kept.location);
    });
    CentralPanel::default().frame(Frame::NONE.inner_margin(Margin { left: 10, ..Margin::ZERO })).show(ui, |ui| {
        ScrollArea::vertical().id_salt("model location").auto_shrink([false, false]).show(ui, |ui| {
            location_ui(ui, model, view, heaviest);
        });
    });
}

fn table_ui(ui: &mut Ui, model: &Model, chosen: &mut Location) {
    let titles = [
        ("Location", "A click chooses it."),
        ("Yes", "Cells that it was learnt from as showing it."),
        ("No", "Cells that it was learnt from as not showing it."),
        (
            "AP",
            "Average precision on images that the rule has not seen; by chance it is the share of cells that show it.",
        ),
        ("AUC", "Chance that a cell that shows it ranks above one that does not; without a rule it is one half."),
    ];
    TableBuilder::new(ui)
        .striped(true)
        .sense(egui::Sense::click())
        .column(Column::remainder().clip(true))
        .columns(Column::exact(58.0), 4)
        .header(20.0, |mut header| {
            for (title, hover) in titles {
                header.col(|ui| {
                    ui.strong(title).on_hover_text(hover);
                });
            }
        })
        .body(|body| {
            body.rows(20.0, Location::COUNT, |mut row| {
                let Some(location) = Location::new(row.index()) else { return };
                row.set_selected(location == *chosen);
                let judged = model.judged().and_then(|judged| judged.of(location));
                let counts = model.fit.of(location).map(|learnt| learnt.counts).unwrap_or_default();
                let quality = judged.and_then(|judged| judged.quality.as_ref().ok());
                row.col(|ui| {
                    ui.add(egui::Label::new(location.name()).truncate().selectable(false));
                });
                for count in [counts.positives, counts.negatives] {
                    row.col(|ui| {
                        ui.label(format!("{count:.0}"));
                    });
                }
                for value in [quality.map(|of| of.average_precision), quality.map(|of| of.area_under_curve)] {
                    row.col(|ui| {
                        ui.label(value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}")));
                    });
                }
                if row.response().clicked() {
                    *chosen = location;
                }
            });
        });
}

fn location_ui(ui: &mut Ui, model: &Arc<Model>, view: &mut View, heaviest: &mut Heaviest) {
    let location = view.kept.location;
    ui.heading(location.name());
    ui.label(location.description());
    ui.add_space(4.0);
    if let Some(Err(reason)) = model.fit.of(location).map(|learnt| &learnt.rule) {
        ui.label(format!("There is no rule: {reason}. Its probability is the share of cells that show it."));
    }
    match (&model.judgement, model.judged().and_then(|judged| judged.of(location))) {
        (Some(Err(reason)), _) => {
            ui.label(format!("How good the rules are cannot be told: {reason}."));
        }
        (_, Some(judged)) => {
            match &judged.quality {
                Ok(quality) => {
                    let total = (judged.positives + judged.negatives).max(1);
                    let chance = judged.positives as f64 / total as f64;
                    ui.label(format!(
                        "Average precision {:.3} (by chance {chance:.3}), area under the curve {:.3}, on images that the \
                         rule has not seen.",
                        quality.average_precision, quality.area_under_curve
                    ));
                    let threshold = view.model.thresholds[location.index()];
                    plots::quality_ui(ui, judged, quality, threshold);
                }
                Err(reason) => {
                    ui.label(format!("How good its rule is cannot be told: {reason}."));
                }
            }
            threshold_ui(ui, model, view, location);
        }
        _ => {
            ui.horizontal(|ui| {
                ui.add(Busy);
                ui.label("How good the rules are is being found out.");
            });
        }
    }
    ui.add_space(8.0);
    features_ui(ui, heaviest.get((model, location.index() as u64), |model, _| heaviest_features(model, location)));
}

/// A threshold and what lies above it.
fn threshold_ui(ui: &mut Ui, model: &Model, view: &mut View, location: Location) {
    let Some(judged) = model.judged().and_then(|judged| judged.of(location)) else { return };
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        let label = ui.label("Threshold");
        let slider = Slider::new(&mut view.model.thresholds[location.index()], 0.0..=1.0).fixed_decimals(2);
        let hover = "Tries what would be called by the rule: lower calls more cells and more of them wrongly.";
        ui.add(slider).labelled_by(label.id).on_hover_text(hover);
    });
    let above = judged.above(view.model.thresholds[location.index()]);
    let called = above.positives + above.negatives;
    let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
    ui.label(format!(
        "{called} cells are at or above it: {} are taught to show it ({:.0} % of those called, {:.0} % of all that show it), \
         {} are not.",
        above.positives,
        share(above.positives, called),
        share(above.positives, judged.positives),
        above.negatives
    ));
    ui.horizontal(|ui| {
        if ui.button("Show in the gallery").on_hover_text("All cells, the most probable first.").clicked() {
            view.show_sorted(SortKey::Probability);
        }
        if ui
            .button("Ask about the most uncertain")
            .on_hover_text("In the deck, probabilities next to one half first.")
            .clicked()
        {
            view.ask_in_order(Some(location), DeckScope::All, DeckOrder::Uncertain);
        }
    });
}

/// A product of two small matrices and some words; none if nothing speaks.
fn heaviest_features(model: &Model, location: Location) -> Vec<HeavyFeature> {
    let heaviest = model.heaviest_features(location);
    if heaviest.iter().all(|(_, weight)| *weight == 0.0) {
        return Vec::new();
    }
    let names = feature_names();
    let heavy = |(feature, weight): (usize, f64)| {
        let name = names.get(feature).cloned().unwrap_or_default();
        HeavyFeature { words: feature_in_words(&name), name, weight }
    };
    heaviest.into_iter().map(heavy).collect()
}

fn features_ui(ui: &mut Ui, heaviest: &[HeavyFeature]) {
    if heaviest.is_empty() {
        return;
    }
    ui.label(RichText::new("What speaks most for or against it").strong()).on_hover_text(
        "Weights of the rule, by standard deviation of each feature. Features that go together share a weight.",
    );
    egui::Grid::new("heaviest features").num_columns(3).spacing([10.0, 3.0]).striped(true).show(ui, |ui| {
        for HeavyFeature { name, words, weight } in heaviest {
            ui.label(if *weight > 0.0 { "for" } else { "against" });
            ui.monospace(format!("{weight:+.3}"));
            ui.label(words).on_hover_text(name);
            ui.end_row();
        }
    });
}

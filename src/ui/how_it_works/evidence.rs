//! What speaks for a location and against it: a row for each feature, with a bar for where the cell stands in it.

use egui::{Color32, Grid, RichText, Ui, pos2, vec2};

use super::steps::room;
use crate::pipeline::explanation::{Evidence, TellingFeature, short_number};

/// Size of a bar.
const BAR: (f32, f32) = (130.0, 13.0);
/// Standard deviations from the middle of a bar to its end.
const FARTHEST: f64 = 3.0;
/// What speaks for a location.
const FOR: Color32 = Color32::from_rgb(70, 140, 220);
/// What speaks against it.
const AGAINST: Color32 = Color32::from_rgb(225, 130, 50);

/// Draws one location's.
pub fn evidence_ui(ui: &mut Ui, evidence: &Evidence) {
    ui.add_space(8.0);
    ui.label(RichText::new(&evidence.title).strong());
    if !evidence.sentence.is_empty() {
        ui.label(RichText::new(&evidence.sentence).weak());
    }
    if evidence.features.is_empty() {
        return;
    }
    let has_weights = evidence.features.iter().any(|feature| feature.weight.is_some());
    // The other columns take some 330 points, and the words what is left.
    let width = (ui.available_width() - if has_weights { 400.0 } else { 340.0 }).max(160.0);
    Grid::new(("evidence", &evidence.title)).num_columns(6).spacing([12.0, 4.0]).striped(true).show(ui, |ui| {
        ui.weak("below or above the mean");
        ui.weak("rank").on_hover_text("Among the cells of this image, the largest value first.");
        ui.weak("value");
        if has_weights {
            ui.weak("weight").on_hover_text("In the rule, by standard deviation of the feature.");
        }
        ui.weak("feature");
        ui.end_row();
        for feature in &evidence.features {
            bar_ui(ui, feature);
            ui.label(format!("{} of {}", feature.rank, feature.cells));
            ui.label(short_number(feature.value));
            if let Some(weight) = feature.weight {
                ui.label(format!("{weight:+.3}"));
            }
            ui.vertical(|ui| {
                ui.set_max_width(width);
                ui.label(&feature.words).on_hover_text(&feature.name);
            });
            ui.end_row();
        }
    });
    if has_weights {
        ui.horizontal(|ui| {
            for (colour, words) in [(FOR, "speaks for it"), (AGAINST, "speaks against it")] {
                let (rect, _) = room(ui, vec2(11.0, 11.0), words);
                ui.painter().rect_filled(rect, 2.0, colour);
                ui.weak(words);
            }
        });
    }
}

fn bar_ui(ui: &mut Ui, feature: &TellingFeature) {
    let speaks = feature.speaks_for();
    let words = format!("{}: {:+.1} standard deviations", feature.words, feature.standing);
    ui.horizontal(|ui| {
        let (rect, response) = room(ui, vec2(BAR.0, BAR.1), &words);
        let end = (feature.standing / FARTHEST).clamp(-1.0, 1.0) as f32 * rect.width() / 2.0;
        let middle = rect.center();
        let colour = match speaks {
            Some(true) => FOR,
            Some(false) => AGAINST,
            None => ui.visuals().weak_text_color(),
        };
        let painter = ui.painter();
        painter.rect_filled(rect, 2.0, ui.visuals().extreme_bg_color);
        let (left, right) = (middle.x.min(middle.x + end), middle.x.max(middle.x + end));
        let bar = egui::Rect::from_min_max(pos2(left, rect.top() + 2.0), pos2(right, rect.bottom() - 2.0));
        painter.rect_filled(bar, 1.0, colour);
        painter.vline(middle.x, rect.y_range(), ui.visuals().widgets.noninteractive.bg_stroke);
        response.on_hover_text(&words);
        ui.monospace(format!("{:+.1}", feature.standing));
    });
}

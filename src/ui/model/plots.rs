//! Curves that are read without colour: solid, dashed and dotted lines, marks of different shapes, names beside them.

use egui::{Color32, Stroke, Ui};
use egui_plot::{Line, LineStyle, MarkerShape, Plot, PlotPoints, Points};

use crate::workbench::model::judgement::{LocationJudgement, Quality};

/// A plot of shares over shares that stays as it is.
fn unit_plot(name: &str, (x, y): (&str, &str), side: f32) -> Plot<'static> {
    Plot::new(name.to_owned())
        .width(side)
        .height(side * 0.82)
        .include_x(0.0)
        .include_x(1.0)
        .include_y(0.0)
        .include_y(1.0)
        .x_axis_label(x.to_owned())
        .y_axis_label(y.to_owned())
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .show_crosshair(false)
}

/// Precision over recall, and predicted against observed.
pub fn quality_ui(ui: &mut Ui, judged: &LocationJudgement, quality: &Quality, threshold: f32) {
    let side = ((ui.available_width() - 12.0) / 2.0).clamp(200.0, 380.0);
    let strong = ui.visuals().strong_text_color();
    let weak = ui.visuals().weak_text_color();
    let above = judged.above(threshold);
    let called = above.positives + above.negatives;
    ui.horizontal_wrapped(|ui| {
        ui.vertical(|ui| {
            ui.set_width(side);
            ui.strong("Precision over recall");
            unit_plot("precision over recall", ("recall", "precision"), side).show(ui, |plot| {
                let chance = judged.positives as f64 / (judged.positives + judged.negatives).max(1) as f64;
                let by_chance = Line::new("by chance", PlotPoints::from(vec![[0.0, chance], [1.0, chance]]));
                plot.line(by_chance.style(LineStyle::dotted_dense()).color(weak));
                plot.line(Line::new("rule", PlotPoints::from(quality.curve.clone())).width(2.0).color(strong));
                if called > 0 && judged.positives > 0 {
                    let recall = above.positives as f64 / judged.positives as f64;
                    let precision = above.positives as f64 / called as f64;
                    let here = Points::new("threshold", PlotPoints::from(vec![[recall, precision]]));
                    plot.points(here.shape(MarkerShape::Diamond).radius(6.0).color(Color32::from_rgb(255, 150, 40)));
                }
            });
            ui.weak("solid: the rule; dotted: by chance; diamond: the threshold");
        });
        ui.vertical(|ui| {
            ui.set_width(side);
            ui.strong("Predicted against observed");
            unit_plot("predicted against observed", ("predicted", "observed"), side).show(ui, |plot| {
                let ideal = Line::new("as it should be", PlotPoints::from(vec![[0.0, 0.0], [1.0, 1.0]]));
                plot.line(ideal.style(LineStyle::dashed_loose()).color(weak));
                let bins = quality.calibration.iter().filter_map(|bin| Some((bin.predicted?, bin.observed?)));
                let mut shares = Vec::new();
                for (predicted, observed) in bins {
                    let (low, high) = observed.interval;
                    let interval = Line::new("interval", PlotPoints::from(vec![[predicted, low], [predicted, high]]));
                    plot.line(interval.stroke(Stroke::new(1.0, strong)));
                    shares.push([predicted, observed.share]);
                }
                let shares = Points::new("observed", PlotPoints::from(shares));
                plot.points(shares.shape(MarkerShape::Circle).radius(4.0).color(strong));
            });
            ui.weak("dots: share of cells, with 95 % confidence; dashed: as it should be");
        });
    });
}

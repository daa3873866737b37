//! The histogram of a measure, and its cut.
//!
//! Cells with the location stand upwards, those without downwards; what images say is hollow and wide, what people
//! decided is filled and narrow. So it is read without colours.

use egui::{Align2, Color32, FontId, Role, Sense, Slider, Stroke, StrokeKind, Ui, pos2, vec2};
use egui_plot::{Bar, BarChart, HLine, LineStyle, Plot, VLine};

use crate::{
    pipeline::measures::Side,
    ui::{gallery::named, marks, view::View},
    workbench::{
        rules::{Learnt, RuleTable},
        standing::Standing,
    },
};

/// The groups that are drawn: upwards 1, downwards -1, and their width in bins.
const GROUPS: [(Standing, f64, f64); 4] = [
    (Standing::InImage, 1.0, 0.94),
    (Standing::NotInImage, -1.0, 0.94),
    (Standing::Yes, 1.0, 0.45),
    (Standing::No, -1.0, 0.45),
];

/// Draws the bars and lets the cut be dragged.
pub fn histogram_ui(ui: &mut Ui, view: &mut View, table: &RuleTable) {
    legend_ui(ui, table);
    let measure = view.rules.measure(view.kept.location);
    let (histogram, cut) = (&table.histogram, view.rules.cut_in(table));
    let label = if measure.unit().is_empty() {
        measure.name().to_owned()
    } else {
        format!("{}, {}", measure.name(), measure.unit())
    };
    let height = (ui.available_height() * 0.36).clamp(120.0, 300.0);
    let plot = Plot::new("rule histogram")
        .height(height)
        .allow_zoom(false)
        .allow_drag(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .show_crosshair(false)
        .set_margin_fraction(vec2(0.01, 0.08))
        .include_x(histogram.from)
        .include_x(histogram.to())
        .include_y(1.0)
        .include_y(-1.0)
        .x_axis_label(label)
        .y_axis_label("% of each group")
        .y_axis_formatter(|mark, _| format!("{:.0}", mark.value.abs()))
        .label_formatter(|_| None);
    let text_colour = ui.visuals().strong_text_color();
    let is_dark = ui.visuals().dark_mode;
    let shown = plot.show(ui, |plot| {
        for (standing, direction, width) in GROUPS {
            plot.bar_chart(bars(table, standing, direction, width, is_dark));
        }
        plot.hline(HLine::new("zero", 0.0).color(text_colour.gamma_multiply(0.6)).allow_hover(false));
        let line = VLine::new("cut", cut).color(text_colour).width(2.0).style(LineStyle::Solid);
        plot.vline(line.allow_hover(false));
    });
    // Beside the line, on the side with more room.
    let frame = *shown.transform.frame();
    let at = shown.transform.position_from_point_x(f64::from(cut));
    let (anchor, beside) = if at < frame.center().x { (Align2::LEFT_TOP, 5.0) } else { (Align2::RIGHT_TOP, -5.0) };
    let painter = ui.painter().with_clip_rect(frame);
    painter.text(
        pos2(at + beside, frame.top() + 4.0),
        anchor,
        format!("cut {cut:.3}"),
        FontId::proportional(12.0),
        text_colour,
    );
    let response = shown.response.on_hover_cursor(egui::CursorIcon::ResizeHorizontal);
    named(&response, Role::Image, "Histogram");
    let is_moved = response.dragged() || response.clicked();
    if let Some(pointer) = response.interact_pointer_pos().filter(|_| is_moved) {
        let value = shown.transform.value_from_position(pointer).x as f32;
        view.rules.cut = Some(value.clamp(histogram.from, histogram.to()));
    }
}

/// A group as bars; each group adds up to 100 %, for some are far larger than others.
fn bars(table: &RuleTable, standing: Standing, direction: f64, width: f64, is_dark: bool) -> BarChart {
    let histogram = &table.histogram;
    let total: usize = histogram.bins.iter().map(|bin| bin[standing as usize]).sum();
    let colour = marks::colour(standing, is_dark);
    let (from, step) = (f64::from(histogram.from), f64::from(histogram.step));
    let bars = histogram.bins.iter().enumerate().filter(|(_, bin)| bin[standing as usize] > 0).map(|(number, bin)| {
        let height = direction * 100.0 * bin[standing as usize] as f64 / total as f64;
        let bar = Bar::new(from + (number as f64 + 0.5) * step, height).width(width * step);
        if standing.is_undecided() {
            bar.fill(colour.gamma_multiply(0.12)).stroke(Stroke::new(1.2, colour))
        } else {
            bar.fill(colour).stroke(Stroke::new(1.0, Color32::from_black_alpha(120)))
        }
    });
    BarChart::new(standing.name(), bars.collect()).allow_hover(false)
}

/// Which bars are which, and how many cells each stand for.
fn legend_ui(ui: &mut Ui, table: &RuleTable) {
    let all = table.counts(Side::Above, f32::NEG_INFINITY);
    ui.horizontal_wrapped(|ui| {
        for (standing, direction, _) in GROUPS {
            let shape = if direction > 0.0 { "up" } else { "down" };
            let kind = if standing.is_undecided() { "hollow" } else { "filled" };
            swatch_ui(ui, standing);
            ui.label(format!("{}: {} ({kind}, {shape})", standing.name(), all[standing as usize]));
            ui.add_space(8.0);
        }
        if all[Standing::Unclear as usize] > 0 {
            ui.label(format!("{}: {}, not drawn", Standing::Unclear.name(), all[Standing::Unclear as usize]));
        }
    });
}

/// A small bar as the histogram has them.
fn swatch_ui(ui: &mut Ui, standing: Standing) {
    let (rect, _) = ui.allocate_exact_size(vec2(10.0, 14.0), Sense::hover());
    let colour = marks::colour(standing, ui.visuals().dark_mode);
    if standing.is_undecided() {
        ui.painter().rect(rect, 0.0, colour.gamma_multiply(0.12), Stroke::new(1.2, colour), StrokeKind::Inside);
    } else {
        ui.painter().rect_filled(rect.shrink2(vec2(2.0, 0.0)), 0.0, colour);
    }
}

/// The cut as a number, and where it is suggested.
pub fn cut_ui(ui: &mut Ui, view: &mut View, table: &RuleTable) {
    let histogram = &table.histogram;
    ui.horizontal_wrapped(|ui| {
        let mut cut = view.rules.cut_in(table);
        let before = cut;
        ui.spacing_mut().slider_width = (ui.available_width() * 0.35).clamp(120.0, 420.0);
        let label = ui.label("Cut");
        let slider = Slider::new(&mut cut, histogram.from..=histogram.to())
            .step_by(f64::from(histogram.to() - histogram.from) / 400.0)
            .clamping(egui::SliderClamping::Never)
            .max_decimals(4);
        let hover = "Cells with this value or a higher one lie above the cut. Drag it in the histogram, type it, or \
                     move it with the arrow keys (with Shift, faster).";
        ui.add(slider).labelled_by(label.id).on_hover_text(hover);
        if cut.is_finite() && cut.to_bits() != before.to_bits() {
            view.rules.cut = Some(cut);
        }
        let Some(suggestion) = table.suggestion else { return };
        let button = ui.add_enabled(view.rules.cut.is_some(), egui::Button::new("Suggest a cut"));
        let hover = "The cut for which the share of cells with the location on their side, plus the share of those \
                     without it on the other, is largest. It is learnt from decided cells if five or more are \
                     decided each way, else from the labels of images.";
        if button.on_hover_text(hover).on_disabled_hover_text(hover).clicked() {
            view.rules.cut = None;
        }
        let of = match suggestion.learnt {
            Learnt::FromDecisions(yes, no) => format!("of {yes} cells decided yes and {no} decided no"),
            Learnt::FromImages(with, without) => {
                format!("of {with} cells whose image has it and {without} whose image has it not")
            }
        };
        ui.weak(format!(
            "Suggested: {:.3}, as {:.0} % {of} lie {} it and {:.0} % on the other side.",
            suggestion.cut,
            100.0 * suggestion.found,
            suggestion.side.name(),
            100.0 * suggestion.spared
        ));
    });
}

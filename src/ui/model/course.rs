//! The course of trainings, so that one sees whether cleaning helps.

use egui::{RichText, Ui};
use egui_extras::{Column, TableBuilder};
use egui_plot::{Line, LineStyle, MarkerShape, Plot, PlotPoints, Points};

use crate::workbench::Workbench;

/// Draws the course.
pub fn course_ui(ui: &mut Ui, workbench: &Workbench) {
    let trainings = workbench.results().trainings.all();
    ui.label("Mean average precision of each training of this project, over the decisions that were made by then.");
    ui.label(
        RichText::new(
            "On all labels it also changes because labels do. On decided cells alone it tells what people would say, once \
             each location has a yes and a no.",
        )
        .weak(),
    );
    if trainings.is_empty() {
        ui.weak("Nothing is learnt yet.");
        return;
    }
    let strong = ui.visuals().strong_text_color();
    let height = (ui.available_height() * 0.5).clamp(160.0, 360.0);
    let of_all = trainings.iter().filter_map(|training| Some([training.records as f64, training.mean?]));
    let of_decided = trainings.iter().filter_map(|training| Some([training.records as f64, training.mean_of_decided?]));
    let (of_all, of_decided): (Vec<[f64; 2]>, Vec<[f64; 2]>) = (of_all.collect(), of_decided.collect());
    let plot = Plot::new("course").height(height).include_y(0.0).include_y(1.0).allow_scroll(false);
    plot.x_axis_label("records of decisions").y_axis_label("mean average precision").show(ui, |plot| {
        for (name, course, shape, style) in [
            ("on all labels", of_all, MarkerShape::Circle, LineStyle::Solid),
            ("on decided cells", of_decided, MarkerShape::Square, LineStyle::dashed_dense()),
        ] {
            plot.line(Line::new(name, PlotPoints::from(course.clone())).style(style).color(strong));
            plot.points(Points::new(name, PlotPoints::from(course)).shape(shape).radius(3.5).color(strong));
        }
    });
    ui.weak("circles, solid: on all labels; squares, dashed: on decided cells");
    ui.add_space(6.0);
    let shown = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"));
    TableBuilder::new(ui)
        .striped(true)
        .columns(Column::auto().at_least(90.0), 5)
        .header(20.0, |mut header| {
            for title in ["Training", "Records", "Cells", "On all labels", "On decided cells"] {
                header.col(|ui| {
                    ui.strong(title);
                });
            }
        })
        .body(|body| {
            body.rows(18.0, trainings.len(), |mut row| {
                // The newest first.
                let training = &trainings[trainings.len() - 1 - row.index()];
                let texts = [
                    training.number.to_string(),
                    training.records.to_string(),
                    training.cells.to_string(),
                    shown(training.mean),
                    shown(training.mean_of_decided),
                ];
                for text in texts {
                    row.col(|ui| {
                        ui.label(text);
                    });
                }
            });
        });
}

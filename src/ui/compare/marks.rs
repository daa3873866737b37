//! The five kinds of difference over the image: each in a colour, with a line and a sign of its own, so that none depends
//! on colours alone.
//!
//! Source of the colours: Okabe & Ito, Color Universal Design (2008), chosen to be told apart by the colour-blind.

use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Shape, Stroke, pos2};

use super::super::{composed::Place, view::View};
use crate::{imaging::outline::Outline, score::Difference, workbench::Workbench};

/// The colour of a difference.
pub fn colour(difference: Difference) -> Color32 {
    match difference {
        Difference::Agree => Color32::from_rgb(86, 180, 233),
        Difference::Missed => Color32::from_rgb(213, 94, 0),
        Difference::Extra => Color32::from_rgb(240, 228, 66),
        Difference::Split => Color32::from_rgb(204, 121, 167),
        Difference::Merged => Color32::from_rgb(0, 158, 115),
    }
}

/// The sign of a difference.
pub fn sign(difference: Difference) -> &'static str {
    match difference {
        Difference::Agree => "=",
        Difference::Missed => "−",
        Difference::Extra => "+",
        Difference::Split => "÷",
        Difference::Merged => "&",
    }
}

/// Lines along these points, as the difference has them: thin, dashes, dots, long dashes, thick.
fn lines(points: &[Pos2], difference: Difference, shapes: &mut Vec<Shape>) {
    let colour = colour(difference);
    match difference {
        Difference::Agree => shapes.push(Shape::line(points.to_vec(), Stroke::new(1.2, colour))),
        Difference::Missed => shapes.extend(Shape::dashed_line(points, Stroke::new(2.5, colour), 6.0, 5.0)),
        Difference::Extra => shapes.extend(Shape::dotted_line(points, colour, 5.0, 1.6)),
        Difference::Split => shapes.extend(Shape::dashed_line(points, Stroke::new(2.5, colour), 16.0, 4.0)),
        Difference::Merged => shapes.push(Shape::line(points.to_vec(), Stroke::new(3.5, colour))),
    }
}

/// A piece of such a line for the legend.
pub fn sample(painter: &Painter, rect: Rect, difference: Difference) {
    painter.rect_filled(rect, 3.0, Color32::from_gray(20));
    let mut shapes = Vec::new();
    lines(
        &[rect.left_center() + egui::vec2(3.0, 0.0), rect.right_center() - egui::vec2(3.0, 0.0)],
        difference,
        &mut shapes,
    );
    painter.extend(shapes);
}

/// Draws what became of the masks of the field at `index`, if they are compared.
pub fn draw(painter: &Painter, workbench: &Workbench, view: &View, index: usize, place: &Place) {
    if !view.compare.is_open || workbench.compared_with().is_none() {
        return;
    }
    let Some(Ok(compared)) = workbench.compared(index) else { return };
    let mut shapes = Vec::new();
    let mut signs = Vec::new();
    for (difference, outline) in compared.outlines.iter().filter(|(of, _)| !view.compare.hidden.contains(of)) {
        let points = on_screen(outline, place);
        let bounds = Rect::from_points(&points);
        if !bounds.intersects(place.screen) {
            continue;
        }
        lines(&points, *difference, &mut shapes);
        // So small a region would be hidden by its sign.
        if *difference != Difference::Agree && bounds.width().min(bounds.height()) > 14.0 {
            signs.push((bounds.center(), *difference));
        }
    }
    painter.extend(shapes);
    for (at, difference) in signs {
        painter.circle_filled(at, 8.0, Color32::from_black_alpha(170));
        painter.text(at, Align2::CENTER_CENTER, sign(difference), FontId::proportional(14.0), colour(difference));
    }
}

/// The corners of an outline on the screen, closed, without those that lie closer together than anybody sees.
fn on_screen(outline: &Outline, place: &Place) -> Vec<Pos2> {
    const CLOSE: f32 = 1.5;
    let mut points: Vec<Pos2> = Vec::new();
    for &(row, col) in &outline.corners {
        let point = place.camera.screen_from_image(pos2(col as f32, row as f32), place.screen);
        if points.last().is_none_or(|last| last.distance(point) >= CLOSE) {
            points.push(point);
        }
    }
    points.extend(points.first().copied());
    points
}

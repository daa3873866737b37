//! What is seen of a tool before it has done its work: the brush at the pointer, the line, the way, the corners. Drawn over
//! the canvas; masks are not computed for it.

use egui::{Color32, Painter, Pos2, Shape, Stroke, epaint::PathShape};

use super::{Hand, Tool};
use crate::ui::composed::Place;

/// The colour of what comes to a cell.
const ADDED: Color32 = Color32::from_rgb(120, 220, 255);
/// The colour of what is taken away.
const TAKEN: Color32 = Color32::from_rgb(255, 120, 90);
/// How much of the picture the way of a brush covers.
const OPACITY: f32 = 0.35;

/// Draws what the hand is about; `pointer` is where it is, if over the canvas.
pub fn draw(painter: &Painter, hand: &Hand, place: &Place, pointer: Option<Pos2>) {
    let on_screen = |&(row, col): &(u32, u32)| {
        place.camera.screen_from_image(egui::pos2(col as f32 + 0.5, row as f32 + 0.5), place.screen)
    };
    let way = if hand.path.is_empty() { &hand.settling } else { &hand.path };
    let path: Vec<Pos2> = way.iter().map(on_screen).collect();
    let colour = if matches!(hand.tool, Tool::Erase | Tool::Delete | Tool::Split) { TAKEN } else { ADDED };
    if hand.tool.has_brush() {
        let radius = (hand.radius_px as f32 * place.camera.zoom).max(1.0);
        let faint = colour.gamma_multiply(OPACITY);
        match path[..] {
            [] => {}
            [only] => drop(painter.circle_filled(only, radius, faint)),
            [first, .., last] => {
                painter.add(Shape::Path(PathShape::line(path, Stroke::new(2.0 * radius, faint))));
                painter.circle_stroke(first, radius, Stroke::new(1.0, colour));
                painter.circle_stroke(last, radius, Stroke::new(1.0, colour));
            }
        }
        if let Some(pointer) = pointer {
            // Light and dark, so that it is seen on any ground.
            painter.circle_stroke(pointer, radius + 1.0, Stroke::new(1.0, Color32::BLACK));
            painter.circle_stroke(pointer, radius, Stroke::new(1.0, Color32::WHITE));
        }
        return;
    }
    let corners = path.clone();
    let is_open = hand.tool == Tool::Polygon && !hand.path.is_empty();
    let end = if is_open { pointer } else { corners.first().copied().filter(|_| hand.tool == Tool::Polygon) };
    let line: Vec<Pos2> = path.into_iter().chain(end).collect();
    if line.len() > 1 {
        painter.add(Shape::line(line.clone(), Stroke::new(3.0, Color32::BLACK)));
        painter.add(Shape::line(line, Stroke::new(1.5, colour)));
    }
    if hand.tool == Tool::Polygon {
        for (number, corner) in corners.into_iter().enumerate() {
            painter.circle_filled(corner, if number == 0 { 5.0 } else { 3.0 }, colour);
        }
    }
}

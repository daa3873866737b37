//! The masks of the submission that was written last, as anybody who decodes them sees them, over their image.

use egui::{Color32, Mesh, Painter, Pos2, Rect, Vec2, pos2};

use super::super::{composed::Place, overlay::follow};
use crate::workbench::Workbench;

/// White stands out from all colours of cells.
const COLOUR: Color32 = Color32::WHITE;

/// Draws the outlines of the masks for the field at `index`, if they are to be shown, and how many there are.
pub fn draw_masks(painter: &Painter, workbench: &Workbench, index: usize, place: &Place) {
    if !workbench.shows_submission() {
        return;
    }
    let Some(masks) = workbench.submission_masks(index) else { return };
    let mut mesh = Mesh::default();
    let mut points: Vec<Pos2> = Vec::new();
    for outline in &masks.outlines {
        let corner =
            |&(row, col): &(u32, u32)| place.camera.screen_from_image(pos2(col as f32, row as f32), place.screen);
        points.clear();
        points.extend(outline.corners.iter().map(corner));
        if Rect::from_points(&points).intersects(place.screen) {
            let draw = |edge: Rect| mesh.add_colored_rect(edge / place.pixels_per_point, COLOUR);
            follow(&points, 1.0, place.pixels_per_point, draw);
        }
    }
    painter.add(mesh);
    let text = format!("{} masks of submission.csv", masks.count);
    let corner = place.screen.right_top() + Vec2::new(-10.0, 10.0);
    painter.text(corner, egui::Align2::RIGHT_TOP, text, egui::FontId::proportional(13.0), Color32::WHITE);
}

//! A bar of a round length in the corner of the canvas.

use egui::{Align2, Color32, FontId, Painter, Rect, pos2, vec2};

use super::camera::Camera;
use crate::{project::Project, workbench::picture::ScaleBar};

/// Points from the corner.
const MARGIN: f32 = 18.0;

/// Draws the bar for pixels of this size.
pub fn draw(painter: &Painter, screen: Rect, camera: &Camera, pixel_size_um: f64) {
    let points_per_um = f64::from(camera.zoom) / pixel_size_um;
    let longest = f64::from(screen.width().min(640.0)) * 0.3;
    let length_um = round_length(longest / points_per_um);
    let length = (length_um * points_per_um) as f32;
    let right = screen.right_bottom() - vec2(MARGIN, MARGIN);
    let bar = Rect::from_min_max(pos2(right.x - length, right.y - 4.0), right);
    painter.rect_filled(bar.expand(1.0), 0.0, Color32::from_black_alpha(160));
    painter.rect_filled(bar, 0.0, Color32::WHITE);
    let text = words(length_um);
    let above = bar.center_top() - vec2(0.0, 4.0);
    let font = FontId::proportional(13.0);
    painter.text(above + vec2(1.0, 1.0), Align2::CENTER_BOTTOM, &text, font.clone(), Color32::BLACK);
    painter.text(above, Align2::CENTER_BOTTOM, text, font, Color32::WHITE);
}

/// The bar for a picture of so many columns.
pub fn for_picture(columns: usize, project: &Project) -> ScaleBar {
    let side = project.pixel_size_um();
    let length_um = round_length((columns.max(1) as f64 * 0.2 * side).max(side));
    ScaleBar { length_px: length_um / side, text: words(length_um) }
}

/// The longest of 1, 2, 5, 10, … that is not above `longest`.
pub fn round_length(longest: f64) -> f64 {
    let decade = 10_f64.powf(longest.log10().floor());
    let step = [5.0, 2.0].into_iter().find(|step| step * decade <= longest).unwrap_or(1.0);
    step * decade
}

/// A length as people write it.
pub fn words(length_um: f64) -> String {
    match length_um {
        ..1.0 => format!("{} nm", (1000.0 * length_um).round()),
        ..1000.0 => format!("{length_um} µm"),
        _ => format!("{} mm", length_um / 1000.0),
    }
}

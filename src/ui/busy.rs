//! The sign of work that goes on. It turns in a few steps a second: each step is a frame of the whole window, and where the
//! processor draws, a frame takes its time from the very work that is waited for.

use std::{f32::consts::TAU, time::Duration};

use egui::{Response, Role, Sense, Ui, Vec2, Widget, WidgetInfo};

/// Dots around the circle.
const DOTS: usize = 8;
/// Time between two steps.
const STEP: Duration = Duration::from_millis(200);

/// Something is going on.
pub struct Busy;

impl Widget for Busy {
    fn ui(self, ui: &mut Ui) -> Response {
        let side = ui.spacing().interact_size.y;
        let (place, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, "Working"));
        if ui.is_rect_visible(place) {
            ui.ctx().request_repaint_after(STEP);
            let first = (ui.input(|input| input.time) / STEP.as_secs_f64()) as usize % DOTS;
            let colour = ui.visuals().strong_text_color();
            for dot in 0..DOTS {
                let direction = Vec2::angled(TAU * (first + dot) as f32 / DOTS as f32);
                // The last dot, the brightest, is where it has come to.
                let light = colour.gamma_multiply((dot + 1) as f32 / DOTS as f32);
                ui.painter().circle_filled(place.center() + 0.36 * side * direction, 0.07 * side, light);
            }
        }
        response
    }
}

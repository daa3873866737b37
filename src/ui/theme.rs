//! The look of the window.

use egui::{Color32, Context, CornerRadius, Visuals, vec2};

use super::view::Theme;

/// Gives the window its look.
pub fn apply(context: &Context, theme: Theme) {
    context.set_theme(match theme {
        Theme::Dark => egui::Theme::Dark,
        Theme::Light => egui::Theme::Light,
    });
    context.all_styles_mut(|style| {
        style.spacing.item_spacing = vec2(8.0, 5.0);
        style.spacing.button_padding = vec2(8.0, 3.0);
        // A page of a list at a time is more than one can read.
        style.spacing.scroll.floating = true;
        let visuals: &mut Visuals = &mut style.visuals;
        visuals.slider_trailing_fill = true;
        visuals.window_corner_radius = CornerRadius::same(8);
        for widget in [&mut visuals.widgets.inactive, &mut visuals.widgets.hovered, &mut visuals.widgets.active] {
            widget.corner_radius = CornerRadius::same(5);
        }
    });
}

/// The colour behind everything, which is that of the panels.
pub fn ground(visuals: &Visuals) -> Color32 {
    if visuals.dark_mode { Visuals::dark() } else { Visuals::light() }.panel_fill
}

/// Has panels not paint their ground, which has their colour already. Where the processor draws, that is half of what a
/// frame takes.
pub fn leave_ground_free(context: &Context) {
    context.all_styles_mut(|style| style.visuals.panel_fill = Color32::TRANSPARENT);
}

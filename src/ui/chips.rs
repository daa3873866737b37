//! Locations as small coloured chips.

use egui::{Color32, CornerRadius, RichText, Ui, ecolor::Hsva};

use crate::atlas::{Location, LocationSet};

/// The colour of a location, the same everywhere.
pub fn colour(location: Location, is_dark: bool) -> Color32 {
    // Steps of the golden ratio keep neighbours apart.
    let hue = (location.index() as f32 * 0.618_034).fract();
    if location == Location::NEGATIVE {
        return Color32::from_gray(if is_dark { 70 } else { 200 });
    }
    Hsva::new(hue, if is_dark { 0.6 } else { 0.35 }, if is_dark { 0.45 } else { 0.92 }, 1.0).into()
}

/// A chip for each location, in rows that wrap; the names whole, or short with the whole name on hover.
pub fn chips_ui(ui: &mut Ui, labels: LocationSet) {
    ui.spacing_mut().item_spacing = egui::vec2(3.0, 3.0);
    for location in labels.iter() {
        let is_dark = ui.visuals().dark_mode;
        let text = RichText::new(short_name(location)).size(11.0).color(ui.visuals().strong_text_color());
        let chip = egui::Frame::new()
            .fill(colour(location, is_dark))
            .corner_radius(CornerRadius::same(6))
            .inner_margin(egui::Margin::symmetric(5, 1))
            .show(ui, |ui| ui.add(egui::Label::new(text).selectable(false)));
        chip.response.on_hover_text(format!("{} {}", location.index(), location.name()));
    }
}

/// The name of a location in at most two short words.
pub fn short_name(location: Location) -> &'static str {
    match location.index() {
        3 => "Fibrillar centre",
        6 => "ER",
        7 => "Golgi",
        8 => "Interm. filaments",
        17 => "Vesicles",
        _ => location.name(),
    }
}

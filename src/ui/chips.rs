//! Locations as small coloured chips.

use egui::{Color32, FontId, Role, Sense, Ui, WidgetInfo, ecolor::Hsva, vec2};

use crate::atlas::{Location, LocationSet};

/// The colour of a location, the same everywhere.
pub fn colour(location: Location, is_dark: bool) -> Color32 {
    if location == Location::NEGATIVE {
        return Color32::from_gray(if is_dark { 70 } else { 200 });
    }
    Hsva::new(hue(location), if is_dark { 0.6 } else { 0.35 }, if is_dark { 0.45 } else { 0.92 }, 1.0).into()
}

/// The colour of cells that are called so, bright enough to be seen on black; grey without a name.
pub fn mark(location: Option<Location>, is_nucleus: bool) -> Color32 {
    let value = if is_nucleus { 1.0 } else { 0.8 };
    match location.filter(|location| *location != Location::NEGATIVE) {
        Some(location) => Hsva::new(hue(location), if is_nucleus { 0.5 } else { 0.8 }, value, 1.0).into(),
        None => Color32::from_gray((160.0 * value) as u8),
    }
}

/// Steps of the golden ratio keep neighbours apart.
fn hue(location: Location) -> f32 {
    (location.index() as f32 * 0.618_034).fract()
}

/// A chip for each location, one after another in a row that wraps. Those that do not fit into so many rows are counted.
pub fn chips_ui(ui: &mut Ui, labels: LocationSet, rows: usize) {
    ui.spacing_mut().item_spacing = vec2(3.0, 3.0);
    let (width, mut row, mut right) = (ui.available_width(), 1, 0.0);
    for (number, location) in labels.iter().enumerate() {
        let galley =
            ui.painter().layout_no_wrap(short_name(location).to_owned(), FontId::proportional(11.0), Color32::WHITE);
        let needed = galley.size().x + 13.0;
        let left = labels.iter().count() - number;
        // The last row keeps room for the number of those that are left out.
        let room = if row == rows && left > 1 { width - 26.0 } else { width };
        if right + needed > room {
            if row == rows {
                let names: Vec<&str> = labels.iter().skip(number).map(Location::name).collect();
                ui.weak(format!("+{left}")).on_hover_text(names.join(", "));
                return;
            }
            (row, right) = (row + 1, 0.0);
        }
        right += needed;
        let colours = (colour(location, ui.visuals().dark_mode), ui.visuals().strong_text_color());
        let words = ui.painter().layout_no_wrap(short_name(location).to_owned(), FontId::proportional(11.0), colours.1);
        let (place, chip) = ui.allocate_exact_size(words.size() + vec2(10.0, 3.0), Sense::hover());
        chip.widget_info(|| WidgetInfo::labeled(Role::Label, true, location.name()));
        ui.painter().rect_filled(place, 6.0, colours.0);
        ui.painter().galley(place.min + vec2(5.0, 1.5), words, colours.1);
        chip.on_hover_text(format!("{} {}", location.index(), location.name()));
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

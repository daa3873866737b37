//! Which cells are looked at, by which measure.

use egui::{ComboBox, RichText, Role, Ui};

use crate::{
    atlas::Location,
    pipeline::measures::{Measure, Side},
    ui::{busy::Busy, chips, gallery::named, view::View},
    workbench::{Workbench, deck::DeckScope},
};

/// Draws the choices.
pub fn controls_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View) {
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        ui.label("Which cells show");
        let combo = ComboBox::from_id_salt("Rule location").selected_text(chips::short_name(view.kept.location));
        let combo = combo.width(130.0).height(520.0).show_ui(ui, |ui| {
            for location in Location::all() {
                ui.selectable_value(&mut view.kept.location, location, location.name())
                    .on_hover_text(location.description());
            }
        });
        named(&combo.response, Role::ComboBox, "Location");
        ui.label("by");
        measure_ui(ui, view);
        ui.label("among cells of");
        let combo = ComboBox::from_id_salt("Rule scope").selected_text(view.rules.scope.name()).width(150.0);
        let combo = combo.show_ui(ui, |ui| {
            for scope in DeckScope::ALL {
                ui.selectable_value(&mut view.rules.scope, scope, scope.name());
            }
        });
        named(&combo.response, Role::ComboBox, "Cells looked at");
        if !workbench.is_rule_table_fresh(view.rules.wish(view.kept.location)) {
            ui.add(Busy);
        }
    });
    let measure = view.rules.measure(view.kept.location);
    ui.add(egui::Label::new(RichText::new(meaning(measure, view.kept.location)).weak()).wrap());
}

/// What a measure is, and what it says about a location.
fn meaning(measure: Measure, location: Location) -> String {
    let about = match measure.tells(location) {
        Some(telling) => {
            let side = if telling.side == Side::Above { "High" } else { "Low" };
            format!(
                "{side} values speak for {location}: on drawn cells it puts {} % of pairs in the right order.",
                telling.auc_percent
            )
        }
        None => format!("It hardly tells {location}."),
    };
    format!("{} {about}", measure.description())
}

/// The measures: first those that tell the location, the best first, then the others.
fn measure_ui(ui: &mut Ui, view: &mut View) {
    let location = view.kept.location;
    let before = view.rules.measure(location);
    let mut measure = before;
    let telling = Measure::telling(location);
    let combo = ComboBox::from_id_salt("Measure").selected_text(measure.name()).width(230.0).height(560.0);
    let combo = combo.show_ui(ui, |ui| {
        for (other, telling) in &telling {
            let text = format!("{} ({} %)", other.name(), telling.auc_percent);
            ui.selectable_value(&mut measure, *other, text).on_hover_text(meaning(*other, location));
        }
        ui.separator();
        for other in Measure::all().filter(|other| other.tells(location).is_none()) {
            ui.selectable_value(&mut measure, other, other.name()).on_hover_text(meaning(other, location));
        }
    });
    named(&combo.response, Role::ComboBox, "Measure");
    if measure != before {
        view.rules.choose(location, measure);
    }
}

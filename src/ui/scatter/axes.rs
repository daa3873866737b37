//! Which two numbers are drawn: measures, principal components and features, found by typing.

use egui::{
    PopupCloseBehavior, Role, ScrollArea, TextEdit, Ui,
    containers::menu::{MenuButton, MenuConfig},
};

use super::Scatter;
use crate::{
    pipeline::{features::FEATURE_COUNT, measures::Measure},
    ui::{gallery::named, view::View},
    workbench::scatter::{COMPONENTS, Quantity},
};

/// Draws the choice of both axes.
pub fn axes_ui(ui: &mut Ui, view: &mut View, scatter: &mut Scatter) {
    let mut wish = view.scatter.wish;
    axis_ui(ui, "Across", &mut wish.x, &mut view.scatter.filter, scatter);
    axis_ui(ui, "Up", &mut wish.y, &mut view.scatter.filter, scatter);
    if ui.button("Swap").on_hover_text("What is drawn across is drawn up, and the other way round.").clicked() {
        (wish.x, wish.y) = (wish.y, wish.x);
    }
    view.scatter.wish = wish;
}

fn axis_ui(ui: &mut Ui, name: &str, chosen: &mut Quantity, filter: &mut String, scatter: &mut Scatter) {
    let text = format!("{name}: {}", scatter.name(*chosen));
    let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let before = *chosen;
    MenuButton::new(text).config(config).ui(ui, |ui| {
        ui.set_width(320.0);
        let search = TextEdit::singleline(filter).hint_text("Find a number").desired_width(300.0);
        named(&ui.add(search), Role::TextInput, "Find a number");
        let wanted = filter.to_lowercase();
        let measures = Measure::all().map(Quantity::Measure);
        let components = (0..COMPONENTS).map(Quantity::Component);
        let features = (0..FEATURE_COUNT).map(Quantity::Feature);
        let all = measures.chain(components).chain(features).map(|quantity| (quantity, scatter.name(quantity)));
        let fits = |text: &str| wanted.split_whitespace().all(|word| text.to_lowercase().contains(word));
        let found: Vec<(Quantity, String)> = all.filter(|(_, text)| fits(text)).collect();
        let row = ui.spacing().interact_size.y;
        let area = ScrollArea::vertical().max_height(360.0).auto_shrink([false, true]);
        area.show_rows(ui, row, found.len(), |ui, rows| {
            for (quantity, text) in &found[rows] {
                let response = ui.selectable_value(chosen, *quantity, text);
                if let Quantity::Measure(measure) = quantity {
                    response.on_hover_text(measure.description());
                }
            }
        });
        if found.is_empty() {
            ui.weak("No number has these words.");
        }
        if *chosen != before {
            filter.clear();
            ui.close();
        }
    });
}

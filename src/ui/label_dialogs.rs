//! Dialogs about labels: to choose one by typing, to change their keys, and the name of the person who decides.

use egui::{Button, Color32, Grid, Key, Modifiers, RichText, Role, ScrollArea, TextEdit, Ui, WidgetInfo};

use super::{cell_states::Standing, chips, dialogs::Choice, view::View};
use crate::{
    atlas::Location,
    workbench::{Command, Workbench},
};

/// All labels with what they look like, to search in; the first that fits is taken by Enter.
pub fn labels_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View) -> Option<Choice> {
    ui.set_width(620.0);
    let cell = view.field.zip(view.selected_cell).and_then(|(index, id)| workbench.decidable(index, id));
    ui.label(match &cell {
        Some(cell) => format!("Turns the label of cell {} round and asks about it from now on.", cell.id),
        None => "Chooses the label that is asked about.".to_owned(),
    });
    let search = TextEdit::singleline(&mut view.label_filter).hint_text("Which label?").desired_width(f32::INFINITY);
    let search = ui.add(search);
    search.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Which label?"));
    search.request_focus();
    let wanted = view.label_filter.to_lowercase();
    let fits = |location: &Location| {
        let words = format!("{} {} {}", location.index(), location.name(), chips::short_name(*location)).to_lowercase();
        wanted.split_whitespace().all(|word| words.contains(word))
    };
    let found: Vec<Location> = Location::all().filter(fits).collect();
    let is_entered = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
    let mut chosen = found.first().copied().filter(|_| is_entered);
    ui.add_space(6.0);
    ScrollArea::vertical().max_height(460.0).auto_shrink([false, true]).show(ui, |ui| {
        for &location in &found {
            let state = cell.as_ref().map(|cell| Standing::of(cell, location).name()).unwrap_or_default();
            let words = format!("{}  {}", location.index(), location.name());
            let key = view.kept.location_keys.text(location);
            let button = Button::new(RichText::new(words).color(text_colour(ui, location)))
                .shortcut_text(format!("{state}   {key}"))
                .frame(false)
                .min_size([ui.available_width(), 0.0].into());
            if ui.add(button).clicked() {
                chosen = Some(location);
            }
            ui.label(RichText::new(location.description()).weak().size(11.5));
            ui.add_space(3.0);
        }
        if found.is_empty() {
            ui.weak("No label has these words.");
        }
    });
    chosen.map(Choice::Label)
}

/// The colour of a location, bright enough for letters.
fn text_colour(ui: &Ui, location: Location) -> Color32 {
    let strong = ui.visuals().strong_text_color();
    if location == Location::NEGATIVE {
        strong
    } else {
        chips::colour(location, ui.visuals().dark_mode).lerp_to_gamma(strong, 0.55)
    }
}

/// The letters of all locations.
pub fn label_keys_ui(ui: &mut Ui, view: &mut View) {
    ui.set_max_width(560.0);
    ui.heading("Keys of labels");
    ui.label("Shift and the letter turn the label of the selected cell round. A letter belongs to one label only.");
    ui.add_space(8.0);
    let keys = &mut view.kept.location_keys;
    let mut change = None;
    ui.horizontal_top(|ui| {
        for half in [0..10, 10..Location::COUNT] {
            Grid::new(("label keys", half.start)).num_columns(2).spacing([12.0, 4.0]).show(ui, |ui| {
                for location in half.filter_map(Location::new) {
                    ui.label(chips::short_name(location)).on_hover_text(location.description());
                    let mut text = keys.letter(location).map(String::from).unwrap_or_default();
                    let field = ui.add(TextEdit::singleline(&mut text).desired_width(24.0));
                    field.widget_info(|| {
                        WidgetInfo::labeled(Role::TextInput, true, format!("Key of {}", location.name()))
                    });
                    if field.changed() {
                        // The letter that was typed last takes the place of the one before.
                        change = Some((location, text.chars().last()));
                    }
                    ui.end_row();
                }
            });
            ui.add_space(24.0);
        }
    });
    if let Some((location, letter)) = change {
        keys.set(location, letter);
    }
    if ui.button("Usual keys").clicked() {
        *keys = super::location_keys::LocationKeys::default();
    }
}

/// The name of the person who decides.
pub fn annotator_ui(ui: &mut Ui, view: &mut View, workbench: &Workbench) -> Option<Choice> {
    ui.set_max_width(420.0);
    ui.heading("Who decides");
    ui.label("This name stands beside every decision about a cell, so that one can tell later who said what.");
    ui.add_space(8.0);
    let field = ui.add(TextEdit::singleline(&mut view.kept.annotator).desired_width(f32::INFINITY));
    field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Name"));
    if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        ui.close();
    }
    let name = view.kept.annotator();
    (name != workbench.annotator()).then_some(Choice::Run(Command::SignAs(name)))
}

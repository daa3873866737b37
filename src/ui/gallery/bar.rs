//! The rows of controls above the gallery: what is decided, what is shown, and how.

use egui::{
    Button, ComboBox, ProgressBar, Response, RichText, Role, ScrollArea, Slider, TextEdit, Ui, WidgetInfo,
    containers::menu::{MenuButton, MenuConfig},
};

use super::{
    Gallery,
    decide::{decide, exclude_or_count, targets},
    focused,
    view::{GalleryLook, GalleryView},
};
use crate::{
    atlas::Location,
    pipeline::features::feature_names,
    project::labels::{Change, Exclusion, Grade, Verdict},
    ui::{busy::Busy, chips, view::View},
    workbench::{
        Command, WholeSetTask, Workbench,
        gallery::{CellFilter, Having, Sort, SortKey},
    },
};

/// Draws the rows.
pub fn bar_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, gallery: &mut Gallery, commands: &mut Vec<Command>) {
    ui.spacing_mut().item_spacing.x = 6.0;
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| decide_ui(ui, workbench, view, commands));
    ui.horizontal_wrapped(|ui| filter_ui(ui, workbench, &mut view.gallery.filter));
    ui.horizontal_wrapped(|ui| {
        sort_ui(ui, workbench, view, gallery);
        ui.separator();
        look_ui(ui, &mut view.kept.gallery);
    });
    ui.horizontal_wrapped(|ui| count_ui(ui, workbench, view, gallery, commands));
}

/// Gives a widget a name for those who do not see it.
pub fn named(response: &Response, role: Role, name: &str) {
    response.widget_info(|| WidgetInfo::labeled(role, true, name));
}

/// The location, and the buttons that decide about the selected cells or the one in focus.
pub fn decide_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, commands: &mut Vec<Command>) {
    let mut location = view.kept.location;
    ui.label("Location");
    let combo = ComboBox::from_id_salt("Gallery location")
        .selected_text(chips::short_name(location))
        .width(130.0)
        .height(520.0)
        .show_ui(ui, |ui| {
            for other in Location::all() {
                ui.selectable_value(&mut location, other, other.name());
            }
        });
    named(&combo.response, Role::ComboBox, "Location");
    combo.response.on_hover_text("The location that decisions, marks and filters are about.");
    view.kept.location = location;

    // Which they are is asked only when something is decided: there may be a hundred thousand.
    let focus = focused(workbench, view);
    let count = match view.gallery.selection.cells.len() {
        0 => usize::from(focus.is_some()),
        count => count,
    };
    let cells = |view: &View| targets(&view.gallery, focus);
    let is_any = count > 0;
    let what = match count {
        1 => "this cell".to_owned(),
        count => format!("these {count} cells"),
    };
    let verdicts = [
        ("Yes", Some(Verdict::Yes), format!("Y: {what} show {location}.")),
        ("No", Some(Verdict::No), format!("N: {what} do not show {location}.")),
    ];
    let grades = Grade::ALL.map(|grade| {
        let number = grade.number();
        let hover = format!("{number}: {what} {} show {location}.", grade.name());
        (["1", "2", "3", "4", "5"][usize::from(number - 1)], Some(Verdict::Grade(grade)), hover)
    });
    let inherited = ("As image", None, format!("0 or Backspace: what the image says holds for {what}."));
    for (name, verdict, hover) in verdicts.into_iter().chain(grades).chain([inherited]) {
        let button = ui.add_enabled(is_any, Button::new(name));
        if button.on_hover_text(&hover).on_disabled_hover_text("Select cells first.").clicked() {
            commands.extend(decide(cells(view), Change::Label(location, verdict)));
        }
    }
    ui.separator();
    let reason = view.gallery.exclusion();
    let button = ui.add_enabled(is_any, Button::new(format!("Leave out: {}", reason.name())));
    let hover = "X: the cells are left out of everything for this reason or, if all of them are, count again.";
    if button.on_hover_text(hover).on_disabled_hover_text("Select cells first.").clicked() {
        commands.extend(exclude_or_count(cells(view), reason));
    }
    let menu = ui.add_enabled_ui(is_any, |ui| {
        ui.menu_button("Why…", |ui| {
            for reason in Exclusion::ALL {
                if ui.button(reason.name()).clicked() {
                    view.gallery.exclusion = Some(reason);
                    commands.extend(decide(cells(view), Change::Exclude(Some(reason))));
                    ui.close();
                }
            }
            ui.separator();
            if ui.button("count again").clicked() {
                commands.extend(decide(cells(view), Change::Exclude(None)));
                ui.close();
            }
        })
    });
    menu.inner.response.on_hover_text("Leave the cells out for another reason, or have them count again.");
}

fn filter_ui(ui: &mut Ui, workbench: &Workbench, filter: &mut CellFilter) {
    ui.label("Show");
    let combo = ComboBox::from_id_salt("Having").selected_text(filter.having.name()).width(96.0).show_ui(ui, |ui| {
        for having in Having::ALL {
            ui.selectable_value(&mut filter.having, having, having.name());
        }
    });
    named(&combo.response, Role::ComboBox, "Having the location");
    combo.response.on_hover_text("Cells by the location: whether their image has it, or they themselves do.");
    let decided = [(None, "decided or not"), (Some(true), "decided"), (Some(false), "not decided")];
    choice_ui(ui, "Decided", &mut filter.decided, decided);
    let excluded = [(None, "left out or not"), (Some(false), "not left out"), (Some(true), "left out")];
    choice_ui(ui, "Left out", &mut filter.excluded, excluded);
    let annotators = workbench.project().labels().annotators();
    if annotators.len() > 1 || filter.annotator.is_some() {
        let text = filter.annotator.clone().unwrap_or_else(|| "by anybody".to_owned());
        let combo = ComboBox::from_id_salt("Annotator").selected_text(text).width(96.0).show_ui(ui, |ui| {
            ui.selectable_value(&mut filter.annotator, None, "by anybody");
            for name in annotators {
                ui.selectable_value(&mut filter.annotator, Some(name.to_owned()), format!("by {name}"));
            }
        });
        named(&combo.response, Role::ComboBox, "Annotator");
    }
    let text = ui.add(TextEdit::singleline(&mut filter.text).hint_text("in images named…").desired_width(130.0));
    named(&text, Role::TextInput, "Image text");
    if let Some(only) = &filter.only {
        ui.label(format!("only {} chosen cells", only.len()));
    }
    if *filter != CellFilter::default() && ui.button("All cells").on_hover_text("Show all cells again.").clicked() {
        *filter = CellFilter::default();
    }
}

fn choice_ui(ui: &mut Ui, name: &str, value: &mut Option<bool>, choices: [(Option<bool>, &str); 3]) {
    let text = choices.iter().find(|(choice, _)| choice == value).map_or("", |(_, text)| text);
    let combo = ComboBox::from_id_salt(name).selected_text(text).width(96.0).show_ui(ui, |ui| {
        for (choice, text) in choices {
            ui.selectable_value(value, choice, text);
        }
    });
    named(&combo.response, Role::ComboBox, name);
}

fn sort_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, gallery: &mut Gallery) {
    if gallery.feature_names.is_empty() {
        gallery.feature_names = feature_names();
    }
    let location = chips::short_name(view.kept.location);
    let view = &mut view.gallery;
    let names = &gallery.feature_names;
    let name_of = |key: SortKey| match key {
        SortKey::Image => "image".to_owned(),
        SortKey::Area => "area".to_owned(),
        SortKey::Feature(feature) => names.get(feature).cloned().unwrap_or_default(),
        SortKey::Probability => format!("probability of {location}"),
        SortKey::Doubt => format!("doubt about {location}"),
    };
    let text = format!("Sorted by {}", name_of(view.sort.key));
    let config = MenuConfig::new().close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
    let before = view.sort.key;
    MenuButton::new(text).config(config).ui(ui, |ui| {
        ui.set_width(280.0);
        for key in [SortKey::Image, SortKey::Area, SortKey::Probability, SortKey::Doubt] {
            ui.selectable_value(&mut view.sort.key, key, name_of(key));
        }
        ui.separator();
        let search = TextEdit::singleline(&mut view.feature_filter).hint_text("Find a feature").desired_width(260.0);
        named(&ui.add(search), Role::TextInput, "Find a feature to sort by");
        let wanted = view.feature_filter.to_lowercase();
        let fits = |name: &str| wanted.split_whitespace().all(|word| name.to_lowercase().contains(word));
        let found: Vec<usize> = (0..names.len()).filter(|&feature| fits(&names[feature])).collect();
        let row = ui.spacing().interact_size.y;
        ScrollArea::vertical().max_height(300.0).auto_shrink([false, true]).show_rows(
            ui,
            row,
            found.len(),
            |ui, rows| {
                for &feature in &found[rows] {
                    ui.selectable_value(&mut view.sort.key, SortKey::Feature(feature), &names[feature]);
                }
            },
        );
        if found.is_empty() {
            ui.weak("No feature has these words.");
        }
        if view.sort.key != before {
            // What is most probable or doubtful is what one looks for.
            view.sort.descending |= view.sort.key.needs_model();
            ui.close();
        }
    });
    let Sort { descending, .. } = &mut view.sort;
    let (text, hover) = if *descending { ("falling", "The largest first.") } else { ("rising", "The smallest first.") };
    if ui.button(text).on_hover_text(format!("{hover} A click turns it round.")).clicked() {
        *descending = !*descending;
    }
    if view.sort.key.needs_model() {
        sort_anew_ui(ui, workbench, view);
    }
}

/// Cells do not change their places under one's hands, but when one asks for it.
fn sort_anew_ui(ui: &mut Ui, workbench: &Workbench, view: &mut GalleryView) {
    let newest = workbench.model().filter(|model| model.judged().is_some()).and_then(|model| model.judged_number);
    let sorted_by = workbench.results().order.as_ref().and_then(|order| order.inputs.model).map(|(number, _)| number);
    match (newest, sorted_by) {
        (None, _) if workbench.learning().is_some() => {
            ui.add(Busy);
            ui.weak("the model is learning");
        }
        (None, _) => {
            ui.weak("there is no model that could tell");
        }
        (Some(newest), Some(sorted_by)) if sorted_by < newest => {
            let button =
                ui.button("Sort anew").on_hover_text("The model has learnt since; cells keep their places until then.");
            if button.clicked() {
                view.least_model = newest;
            }
        }
        _ => {}
    }
}

fn look_ui(ui: &mut Ui, look: &mut GalleryLook) {
    ui.toggle_value(&mut look.protein_only, "Protein only").on_hover_text("The protein alone, in grey (P).");
    ui.toggle_value(&mut look.surroundings, "Surroundings").on_hover_text("What is around the cells (S).");
    ui.toggle_value(&mut look.outlines, "Outlines").on_hover_text("White around cells, blue around nuclei (O).");
    ui.spacing_mut().slider_width = 80.0;
    let label = ui.label("Light");
    let slider = Slider::new(&mut look.brightness, 0.2..=5.0).logarithmic(true).show_value(false);
    let slider = ui.add(slider).labelled_by(label.id);
    let hover = "All cells are drawn alike, so that their brightness compares. A double click: as it was.";
    if slider.on_hover_text(hover).double_clicked() {
        look.brightness = 1.0;
    }
    let label = ui.label("Size");
    let slider = Slider::new(&mut look.size, GalleryLook::SIZE).step_by(4.0).show_value(false);
    ui.add(slider).labelled_by(label.id).on_hover_text("How large cells are shown.");
}

/// How many cells are shown and selected, and how far measuring is.
fn count_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, gallery: &Gallery, commands: &mut Vec<Command>) {
    let Some(cells) = workbench.set_cells() else { return };
    let (shown, total) = (gallery.shown.cells.len(), cells.count());
    let count = if shown == total { format!("{total} cells") } else { format!("{shown} of {total} cells") };
    ui.label(RichText::new(count).weak().size(11.5));
    let selected = view.gallery.selection.cells.len();
    if selected > 0 {
        ui.label(RichText::new(format!("{selected} selected")).strong().size(11.5));
        if ui.small_button("Select none").on_hover_text("Escape").clicked() {
            view.gallery.selection.clear();
        }
    }
    let (done, fields) = (cells.measured_fields(), cells.fields.len());
    if workbench.whole_set_task() == Some(WholeSetTask::Measure) {
        let share = done as f32 / fields as f32;
        ui.add(ProgressBar::new(share).desired_width(120.0));
        ui.label(RichText::new(format!("{done} of {fields} images are measured")).weak().size(11.5));
    } else if done < fields {
        ui.label(RichText::new(format!("{done} of {fields} images are measured")).weak().size(11.5));
        measure_ui(ui, workbench, "Measure the others", commands);
    }
}

/// The button that has cells measured.
pub fn measure_ui(ui: &mut Ui, workbench: &Workbench, text: &str, commands: &mut Vec<Command>) {
    let is_free =
        workbench.whole_set_task().is_none() && workbench.opened().is_some_and(|opened| opened.folder.is_some());
    let hover = "Finds the cells of all images, measures them and keeps a small picture of each. Can be paused and \
                 continued; what is done can be seen at once.";
    let button = ui.add_enabled(is_free, Button::new(text));
    if button.on_hover_text(hover).on_disabled_hover_text("Other work on all images goes on.").clicked() {
        commands.push(Command::OfAll(WholeSetTask::Measure));
    }
}

//! The labels of the cell that was clicked: what its image says, what was decided and by whom, and the ways to decide.

use egui::{Button, Color32, ComboBox, Grid, RichText, Sense, Ui, vec2};

use super::super::{
    cell_states::LEGEND,
    chips,
    dialogs::Dialog,
    view::{Colours, View},
};
use crate::{
    atlas::Location,
    project::{
        Edit, Labels,
        labels::{Change, Exclusion, Grade, Reason, Verdict},
    },
    workbench::{Command, Workbench, decidable::DecidableCell},
};

/// Draws the labels of `cell` and hands in what is decided.
pub fn cell_labels_ui(
    ui: &mut Ui,
    workbench: &Workbench,
    view: &mut View,
    cell: &DecidableCell,
    commands: &mut Vec<Command>,
) {
    let mut changes = Vec::new();
    ui.add_enabled_ui(workbench.can_decide(), |ui| {
        Grid::new("labels").num_columns(3).spacing([6.0, 4.0]).show(ui, |ui| {
            let asked = view.kept.location;
            for location in Location::all().filter(|&location| is_listed(cell, asked, location)) {
                location_ui(ui, view, cell, location, &mut changes);
                ui.end_row();
            }
        });
        ui.horizontal(|ui| {
            if ui.button("Another label…").on_hover_text("Type to find it among all 19 (L)").clicked() {
                view.label_filter.clear();
                view.dialog = Some(Dialog::Labels);
            }
            exclusion_ui(ui, cell, &mut changes);
        });
    });
    if !workbench.can_decide() {
        ui.label(RichText::new("Decisions cannot be kept here, so none can be made.").weak());
    }
    legend_ui(ui, view);
    history_ui(ui, workbench.project().labels(), cell);
    commands.extend(changes.into_iter().map(|change| Command::Edit(Edit::Labels(cell.deed(Reason::Image, change)))));
}

/// Locations that say something about the cell, and the one that is asked about.
fn is_listed(cell: &DecidableCell, asked: Location, location: Location) -> bool {
    cell.of_image.contains(location) || cell.decisions.of(location).is_some() || asked == location
}

fn location_ui(ui: &mut Ui, view: &mut View, cell: &DecidableCell, location: Location, changes: &mut Vec<Change>) {
    let (verdict, holds) = (cell.decisions.of(location), cell.labels().contains(location));
    let is_asked = view.kept.location == location;
    let text = RichText::new(chips::short_name(location));
    let text = if holds { text.strong() } else { text.weak() };
    let key = view.kept.location_keys.text(location);
    let hover =
        format!("{}\n{key} turns it round. A click makes it the label that is asked about.", location.description());
    if ui.add(Button::selectable(is_asked, text)).on_hover_text(hover).clicked() {
        view.kept.location = location;
    }
    let from = match verdict {
        None if cell.of_image.contains(location) => "from image",
        None => "not in image",
        Some(_) if holds => "decided: yes",
        Some(_) => "decided: no",
    };
    ui.label(RichText::new(from).weak().size(11.5));
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let mut decide = |verdict| changes.push(Change::Label(location, verdict));
        for (answer, name) in [(Verdict::Yes, "Yes"), (Verdict::No, "No")] {
            let is_on = verdict == Some(answer);
            let button = ui.add(Button::selectable(is_on, name));
            button.widget_info(|| {
                let words = format!("{} {name}", location.name());
                egui::WidgetInfo::selected(egui::Role::Button, true, is_on, words)
            });
            let hover =
                if is_on { "Once more: what the image says holds again." } else { "Decides about this cell alone." };
            if button.on_hover_text(hover).clicked() {
                decide((!is_on).then_some(answer));
            }
        }
        let grade = if let Some(Verdict::Grade(grade)) = verdict { Some(grade) } else { None };
        let shown = grade.map_or("–".to_owned(), |grade| grade.number().to_string());
        let combo = ComboBox::from_id_salt(("grade", location.index())).width(30.0).height(220.0).selected_text(shown);
        let combo = combo.show_ui(ui, |ui| {
            for other in Grade::ALL {
                let words = format!("{} {}", other.number(), other.name());
                if ui.selectable_label(grade == Some(other), words).clicked() {
                    decide(Some(Verdict::Grade(other)));
                }
            }
        });
        combo.response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::ComboBox, true, format!("{} grade", location.name()))
        });
    });
}

fn exclusion_ui(ui: &mut Ui, cell: &DecidableCell, changes: &mut Vec<Change>) {
    let exclusion = cell.decisions.exclusion;
    let shown = exclusion.map_or("counts", Exclusion::name);
    let combo = ComboBox::from_id_salt("exclusion").selected_text(shown).width(96.0).show_ui(ui, |ui| {
        if ui.selectable_label(exclusion.is_none(), "counts").clicked() {
            changes.push(Change::Exclude(None));
        }
        for other in Exclusion::ALL {
            if ui.selectable_label(exclusion == Some(other), other.name()).clicked() {
                changes.push(Change::Exclude(Some(other)));
            }
        }
    });
    combo.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, "Left out"));
    combo.response.on_hover_text("A cell that is left out is neither learnt from nor predicted (Delete).");
}

/// What the colours on the canvas mean, where they tell decisions.
fn legend_ui(ui: &mut Ui, view: &View) {
    if view.kept.overlay.colours != Colours::Decision {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.label(RichText::new(format!("{}:", chips::short_name(view.kept.location))).size(11.5));
        for (standing, name) in LEGEND {
            let [r, g, b] = standing.colour();
            let (place, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
            ui.painter().rect_filled(place, 2.0, Color32::from_rgb(r, g, b));
            ui.label(RichText::new(name).size(11.5));
        }
    });
}

/// Who decided what about it, and when.
fn history_ui(ui: &mut Ui, labels: &Labels, cell: &DecidableCell) {
    let mut past: Vec<_> = cell.anchors.iter().flat_map(|&anchor| labels.history(&cell.image, anchor)).collect();
    if past.is_empty() {
        return;
    }
    past.sort_by_key(|past| past.record.at);
    let heading = if past.len() == 1 { "1 decision".to_owned() } else { format!("{} decisions", past.len()) };
    ui.collapsing(heading, |ui| {
        for past in past.iter().rev() {
            let what = match past.change {
                Change::Label(location, None) => format!("{}: as its image", chips::short_name(location)),
                Change::Label(location, Some(verdict)) => format!("{}: {verdict}", chips::short_name(location)),
                Change::Exclude(None) => "counts again".to_owned(),
                Change::Exclude(Some(exclusion)) => format!("left out: {}", exclusion.name()),
            };
            let text = RichText::new(format!("{what} — {}, {}", past.record.by, past.record.at)).size(11.5);
            ui.label(if past.is_undone { text.strikethrough().weak() } else { text });
        }
    });
}

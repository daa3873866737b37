//! Labels that are probably wrong or missing, the most doubtful first, to drop, to keep or to add.

use std::{collections::HashMap, sync::Arc};

use egui::{Align, Button, ComboBox, Layout, RichText, ScrollArea, Ui, UiBuilder, vec2};

use super::{REVIEW_HOVER, review_words};
use crate::{
    atlas::Location,
    pipeline::portrait::PortraitLook,
    project::{
        Edit,
        labels::{Change, Exclusion, Reason, Verdict},
    },
    ui::{busy::Busy, chips, textures::Slot, view::View},
    workbench::{
        Command, Workbench,
        decidable::DecidableCell,
        deck::{Card, DeckOrder, DeckScope, DeckWish},
        gallery::{GalleryFocus, Look, Sort, SortKey, kept_look},
        set_cells::CellAt,
    },
};

/// Labels that are listed at a time.
const LISTED: usize = 60;

/// Room for one label.
const TILE: egui::Vec2 = vec2(340.0, 84.0);

/// How one looks at the list.
#[derive(Clone, Debug)]
pub struct DoubtView {
    /// Whether the labels of every location are listed, not those of the chosen one alone.
    pub every: bool,
    /// Given labels, or absent ones.
    pub scope: DeckScope,
    /// What is listed first.
    pub order: DeckOrder,
    /// What is listed, and for what: labels keep their places under the hand, and new ones come at the end.
    shown: (Option<DeckWish>, Vec<Card>),
    /// How pictures looked last, so that what did not change need not be compared.
    look: Option<Arc<Look>>,
}

impl Default for DoubtView {
    fn default() -> Self {
        Self {
            every: true,
            scope: DeckScope::Labelled,
            order: DeckOrder::Doubtful,
            shown: (None, Vec::new()),
            look: None,
        }
    }
}

impl DoubtView {
    /// What is listed.
    pub fn wish(&self, location: Location) -> DeckWish {
        DeckWish { location: (!self.every).then_some(location), scope: self.scope, order: self.order }
    }

    /// The labels that are listed.
    fn listed(&mut self, workbench: &Workbench, location: Location) -> Vec<(Card, DecidableCell)> {
        let wish = self.wish(location);
        if self.shown.0 != Some(wish) {
            self.shown = (Some(wish), Vec::new());
        }
        let Some(deck) = workbench.deck(wish) else { return Vec::new() };
        let open = |card: &Card| {
            workbench.standing(card.at, card.location).filter(|standing| standing.is_undecided())?;
            Some((*card, workbench.decidable_at(card.at)?))
        };
        let mut listed: Vec<(Card, DecidableCell)> = self.shown.1.iter().filter_map(open).collect();
        if listed.len() < LISTED {
            let is_new = |card: &&Card| !self.shown.1.contains(card);
            let more = deck.iter().filter(is_new).filter_map(open).take(LISTED - listed.len());
            listed.extend(more);
        }
        self.shown.1 = listed.iter().map(|(card, _)| *card).collect();
        listed
    }

    /// The pictures that the list needs.
    pub fn pictures(&mut self, workbench: &Workbench, location: Location) -> GalleryFocus {
        let portrait = PortraitLook { masked: false, outlined: true };
        let look = Look::of(workbench.project().display(), false, 1.0, portrait);
        let look = kept_look(&mut self.look, look);
        let in_view = self.listed(workbench, location).into_iter().map(|(card, _)| card.at).collect();
        GalleryFocus { sort: Sort::default(), location, least_model: 0, filter: None, in_view, look }
    }
}

/// Pictures of the list.
#[derive(Default)]
pub struct DoubtTextures(HashMap<CellAt, Slot>);

/// Draws the list.
pub fn doubts_ui(
    ui: &mut Ui,
    workbench: &Workbench,
    view: &mut View,
    textures: &mut DoubtTextures,
    commands: &mut Vec<Command>,
) {
    choice_ui(ui, workbench, view);
    let wish = view.model.doubts.wish(view.kept.location);
    let Some(judged) = workbench.model().and_then(|model| model.judged()) else {
        match workbench.model().and_then(|model| model.judgement.clone()) {
            Some(Err(reason)) => ui.label(format!("What is doubtful cannot be told: {reason}.")),
            _ => super::nothing_learnt_ui(ui, workbench),
        };
        return;
    };
    if wish.scope != DeckScope::All
        && let Some(words) = review_words(judged, wish.location, wish.scope == DeckScope::Labelled)
    {
        ui.label(words).on_hover_text(REVIEW_HOVER);
    }
    ui.add_space(4.0);
    let listed = view.model.doubts.listed(workbench, view.kept.location);
    textures.0.retain(|at, _| listed.iter().any(|(card, _)| card.at == *at));
    if listed.is_empty() {
        if workbench.deck(wish).is_some() {
            ui.label("Nothing is left to ask here.");
        } else {
            ui.add(Busy);
        }
        return;
    }
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        let columns = ((ui.available_width() / TILE.x) as usize).max(1);
        for row in listed.chunks(columns) {
            ui.horizontal(|ui| {
                for (card, cell) in row {
                    let (place, _) = ui.allocate_exact_size(TILE, egui::Sense::hover());
                    let layout = Layout::left_to_right(Align::Min);
                    let mut tile =
                        ui.new_child(UiBuilder::new().id_salt((card.at, card.location)).max_rect(place).layout(layout));
                    tile.set_clip_rect(place.intersect(ui.clip_rect()));
                    label_ui(&mut tile, workbench, view, textures, (*card, cell), commands);
                }
            });
        }
        ui.weak(format!("The first {} are listed; what is decided makes room for the next.", listed.len()));
    });
}

/// What is listed, and the ways to the deck and to the gallery.
fn choice_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View) {
    ui.horizontal_wrapped(|ui| {
        let doubts = &mut view.model.doubts;
        let kinds = [
            (
                DeckScope::Labelled,
                DeckOrder::Doubtful,
                "Probably wrong",
                "Labels that images give and their cells may not show.",
            ),
            (
                DeckScope::Unlabelled,
                DeckOrder::Doubtful,
                "Probably missing",
                "Labels that images do not give and their cells may show.",
            ),
            (
                DeckScope::All,
                DeckOrder::Uncertain,
                "Most uncertain",
                "Probabilities next to one half: what the rules learn most from.",
            ),
            (
                DeckScope::Labelled,
                DeckOrder::Shuffled,
                "At random",
                "Given labels by lot: what is found of these speaks for all.",
            ),
        ];
        for (scope, order, name, hover) in kinds {
            let is_it = (doubts.scope, doubts.order) == (scope, order);
            if ui.selectable_label(is_it, name).on_hover_text(hover).clicked() {
                (doubts.scope, doubts.order) = (scope, order);
            }
        }
        ui.separator();
        let text = if doubts.every { "every location" } else { chips::short_name(view.kept.location) };
        let combo = ComboBox::from_id_salt("Doubt location").selected_text(text).width(140.0).height(520.0);
        let combo = combo.show_ui(ui, |ui| {
            ui.selectable_value(&mut doubts.every, true, "every location");
            ui.separator();
            for location in Location::all() {
                let is_it = !doubts.every && view.kept.location == location;
                if ui.selectable_label(is_it, location.name()).clicked() {
                    (doubts.every, view.kept.location) = (false, location);
                }
            }
        });
        combo.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, "Location of doubts"));
        ui.separator();
        let (every, scope, order) = (doubts.every, doubts.scope, doubts.order);
        if ui.button("Ask in the deck").on_hover_text("One question after another, in this order.").clicked() {
            view.ask_in_order((!every).then_some(view.kept.location), scope, order);
        }
        let button = ui.add_enabled(!every, Button::new("Show in the gallery"));
        let hover = "All cells by their doubt about this location.";
        if button.on_hover_text(hover).on_disabled_hover_text("Choose one location first.").clicked() {
            view.show_sorted(if order == DeckOrder::Doubtful { SortKey::Doubt } else { SortKey::Probability });
        }
    });
    if workbench.learning().is_some() {
        ui.weak("The model is learning; the order will follow.");
    }
}

/// One label: its cell, and what can be done.
fn label_ui(
    ui: &mut Ui,
    workbench: &Workbench,
    view: &mut View,
    textures: &mut DoubtTextures,
    (card, cell): (Card, &DecidableCell),
    commands: &mut Vec<Command>,
) {
    let Card { at, location } = card;
    let is_given = cell.of_image.contains(location);
    let name = location.name();
    match workbench.results().cell_pictures.get(at).and_then(Option::as_ref) {
        Some(picture) => {
            let texture = textures.0.entry(at).or_default().show(ui.ctx(), "doubt", picture);
            let image = egui::Image::new((texture.id(), vec2(72.0, 72.0))).sense(egui::Sense::click());
            let image = ui.add(image.alt_text(format!("Cell {} of {}", cell.id, cell.image)));
            if image.on_hover_text("A click shows it in its image.").clicked() {
                view.kept.location = location;
                view.show_cell(at.field as usize, cell.id);
            }
        }
        None => {
            ui.allocate_space(vec2(72.0, 72.0));
        }
    }
    ui.vertical(|ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new(chips::short_name(location)).strong()).on_hover_text(location.description());
            ui.weak(if is_given { "says the image" } else { "not by the image" });
            if let Some(probability) = workbench.model().and_then(|model| model.probability(at, location)) {
                ui.label(format!("model: {:.0} %", 100.0 * probability));
            }
        });
        ui.weak(format!("cell {} of {}", cell.id, cell.image));
        ui.horizontal(|ui| {
            let exclusion = Change::Exclude(Some(Exclusion::Other));
            let answers = if is_given {
                [("Drop", Verdict::No, "The cell does not show it."), ("Keep", Verdict::Yes, "The cell shows it.")]
            } else {
                [("Add", Verdict::Yes, "The cell shows it."), ("Leave", Verdict::No, "The cell does not show it.")]
            };
            let answers = answers.map(|(name, verdict, hover)| (name, Change::Label(location, Some(verdict)), hover));
            let left_out = ("Leave out", exclusion, "The cell is debris, blurred or cut off: it counts for nothing.");
            for (answer, change, hover) in answers.into_iter().chain([left_out]) {
                let button = ui.add_enabled(workbench.can_decide(), Button::new(answer));
                let words = format!("{answer} {name}: cell {} of {}", cell.id, cell.image);
                button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &words));
                if button.on_hover_text(hover).clicked() {
                    commands.push(Command::Edit(Edit::Labels(cell.deed(Reason::Deck, change))));
                }
            }
        });
    });
}

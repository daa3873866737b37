//! The deck: one question at a time about one cell after another, answered by one key.

mod answers;
mod side;

use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
};

use egui::{CentralPanel, Color32, ComboBox, Mesh, Panel, Rect, RichText, Sense, Ui, vec2};

use super::{
    busy::Busy,
    chips, overlay,
    textures::{Slot, picture_image},
    view::View,
};
use crate::{
    atlas::Location,
    pipeline::portrait::PortraitLook,
    project::labels::{Change, Deed, Tally, Verdict},
    workbench::{
        Command, WholeSetTask, Workbench,
        decidable::DecidableCell,
        deck::{Card, DeckOrder, DeckScope, DeckWish},
        gallery::{GalleryFocus, Look, Sort, kept_look},
        set_cells::CellAt,
    },
};

pub use answers::{answer, pressed};

/// After how many records something was counted, for which question, and about which location.
type Counted = (usize, DeckWish, Location);

/// Where one is in the deck.
#[expect(clippy::struct_excessive_bools, reason = "each is a box to tick of its own")]
#[derive(Clone, Debug)]
pub struct DeckView {
    /// Whether every location is asked about, not one alone.
    pub every: bool,
    /// About which cells is asked.
    pub scope: DeckScope,
    /// In which order.
    pub order: DeckOrder,
    /// Whether cells that are decided already are asked about again.
    pub again: bool,
    /// Whether all stains are shown, not the protein alone.
    pub composite: bool,
    /// Whether the cell's outline is drawn.
    pub outline: bool,
    /// The question that is asked.
    pub asked: Option<Card>,
    /// The deck that it is from.
    question: Option<DeckWish>,
    /// Questions that were answered or passed over, the last one at the end.
    past: Vec<Card>,
    passed_over: HashSet<Card>,
    /// When the last answers were given, in seconds.
    answered: VecDeque<f64>,
    /// Cells that were decided last, no and yes, and after how many records that was so.
    agreed: Option<(Counted, [Vec<CellAt>; 2])>,
    /// How their pictures looked last, so that what did not change need not be compared.
    look: Option<Arc<Look>>,
    /// What is decided about the label, and after how many records that was counted.
    tally: Option<(Counted, Tally)>,
}

impl Default for DeckView {
    fn default() -> Self {
        Self {
            every: false,
            scope: DeckScope::default(),
            order: DeckOrder::default(),
            again: false,
            composite: false,
            // At the border of an image the cell is not in the middle, and another one could be taken for it.
            outline: true,
            asked: None,
            question: None,
            past: Vec::new(),
            passed_over: HashSet::new(),
            answered: VecDeque::new(),
            agreed: None,
            look: None,
            tally: None,
        }
    }
}

impl DeckView {
    /// Cells of the deck that are drawn beforehand, with the one that is asked about.
    pub const AHEAD: usize = 8;

    /// The deck, as to `location` or every one.
    pub fn wish(&self, location: Location) -> DeckWish {
        DeckWish { location: (!self.every).then_some(location), scope: self.scope, order: self.order }
    }

    /// The questions from `asked` on, at most `count`. Where the model gives the order, which changes with every answer,
    /// the first that are open come next.
    pub fn next(&self, workbench: &Workbench, location: Location, count: usize) -> Vec<Card> {
        let Some(deck) = workbench.deck(self.wish(location)) else { return self.asked.into_iter().collect() };
        let is_open = |card: &Card| self.is_open(workbench, *card);
        if self.order.needs_model() {
            let others = deck.iter().copied().filter(|card| Some(*card) != self.asked).filter(is_open);
            return self.asked.into_iter().chain(others).take(count).collect();
        }
        let from = self.asked.and_then(|asked| deck.iter().position(|&card| card == asked)).unwrap_or(0);
        deck[from..].iter().copied().filter(is_open).take(count).collect()
    }

    /// Whether there is something to ask.
    fn is_open(&self, workbench: &Workbench, card: Card) -> bool {
        if Some(card) == self.asked {
            return true;
        }
        let is_settled = || workbench.standing(card.at, card.location).is_none_or(|standing| !standing.is_undecided());
        !self.passed_over.contains(&card) && (self.again || !is_settled())
    }

    /// Sees to it that a cell is asked about, if one is left.
    pub fn settle(&mut self, workbench: &Workbench, location: Location) {
        let wish = self.wish(location);
        if self.question != Some(wish) {
            *self = Self {
                question: Some(wish),
                asked: None,
                past: Vec::new(),
                passed_over: HashSet::new(),
                answered: VecDeque::new(),
                ..self.clone()
            };
        }
        let is_cell = |card: Card| workbench.set_cells().is_some_and(|cells| cells.cell(card.at).is_some());
        let is_there = self.asked.is_some_and(is_cell);
        if !is_there {
            self.asked = None;
            self.asked = self.next(workbench, location, 1).first().copied();
        }
    }

    /// Goes on to the next cell after an answer, or passes this one over.
    fn go_on(&mut self, workbench: &Workbench, location: Location, is_answered: bool, now: f64) {
        let Some(asked) = self.asked else { return };
        self.past.push(asked);
        self.passed_over.insert(asked);
        if is_answered {
            self.answered.push_back(now);
            // The rate of the last minutes, not of all day.
            while self.answered.len() > 60 {
                self.answered.pop_front();
            }
        }
        let upcoming = self.next(workbench, location, 2);
        self.asked = upcoming.into_iter().find(|&card| card != asked);
        if self.asked.is_none() {
            // Cells before this one that were not asked about, if the deck has grown.
            self.asked = self.next(workbench, location, 1).first().copied();
        }
    }

    /// Forgets all cells, as they are others now.
    pub fn forget_cells(&mut self) {
        (self.asked, self.agreed) = (None, None);
        self.past.clear();
        self.passed_over.clear();
    }

    /// Goes back to the cell before.
    pub fn go_back(&mut self) {
        if let Some(last) = self.past.pop() {
            self.passed_over.remove(&last);
            self.asked = Some(last);
        }
    }

    /// Questions that were passed over and are open still.
    fn put_off(&self, workbench: &Workbench) -> usize {
        let standings = self.passed_over.iter().filter_map(|card| workbench.standing(card.at, card.location));
        standings.filter(|standing| standing.is_undecided()).count()
    }

    /// Answers a minute, from the second on.
    fn rate(&self) -> Option<f64> {
        let (first, last) = (self.answered.front()?, self.answered.back()?);
        (self.answered.len() > 1 && last > first).then(|| 60.0 * (self.answered.len() - 1) as f64 / (last - first))
    }

    /// Cells about which the same was decided last, to compare with: those that do not show the label, and those that do.
    pub fn agreed(&mut self, workbench: &Workbench, location: Location) -> [Vec<CellAt>; 2] {
        let key = (workbench.project().labels().records().len(), self.wish(location), location);
        if let Some((_, cells)) = self.agreed.as_ref().filter(|(of, _)| *of == key) {
            return cells.clone();
        }
        let cells = agreed(workbench, location);
        self.agreed = Some((key, cells.clone()));
        cells
    }

    /// What is to be seen beside the question, for the workbench.
    pub fn strip(&mut self, workbench: &Workbench, location: Location) -> GalleryFocus {
        let portrait = PortraitLook { masked: false, outlined: false };
        let look = Look::of(workbench.project().display(), !self.composite, 1.0, portrait);
        let look = kept_look(&mut self.look, look);
        let (sort, in_view) = (Sort::default(), self.agreed(workbench, location).concat());
        GalleryFocus { sort, location, least_model: 0, filter: None, in_view, look }
    }

    /// What is decided about the label in the images asked about.
    fn tally(&mut self, workbench: &Workbench, wish: DeckWish, location: Location) -> Tally {
        let labels = workbench.project().labels();
        let key = (labels.records().len(), wish, location);
        if let Some((_, tally)) = self.tally.filter(|(of, _)| *of == key) {
            return tally;
        }
        let opened = workbench.opened();
        let is_asked = |id: &str| {
            let of_image = opened.and_then(|opened| Some((opened, opened.set.place_of(id)?)));
            let of_image = of_image.and_then(|(opened, place)| opened.labels[place]).unwrap_or_default();
            wish.scope.takes(location, of_image)
        };
        let tally = labels.tally(location, is_asked);
        self.tally = Some((key, tally));
        tally
    }
}

/// Cells of each kind that are shown to compare with.
const AGREED: usize = 4;

/// The cells about which no and yes were decided last, and where that holds still.
fn agreed(workbench: &Workbench, location: Location) -> [Vec<CellAt>; 2] {
    let mut agreed = [Vec::new(), Vec::new()];
    let (Some(cells), Some(opened)) = (workbench.set_cells(), workbench.opened()) else { return agreed };
    let records = workbench.project().labels().records().iter().rev();
    let decisions = records.flat_map(|record| if let Deed::Decide(_, all) = &record.did { &all[..] } else { &[] });
    // Of many that were undone or changed since, not all are looked through.
    for decision in decisions.take(1000) {
        let is_about = |change: &Change| matches!(change, Change::Label(other, Some(_)) if *other == location);
        let place = opened.set.place_of(&decision.image).filter(|_| decision.set.iter().any(is_about));
        let field = place.and_then(|place| Some((place, cells.field(place)?)));
        let at = field.and_then(|(place, field)| {
            let cell = field.cells.iter().position(|cell| cell.anchor == decision.anchor)?;
            Some(CellAt { field: place as u32, cell: cell as u32 })
        });
        let Some((at, cell)) = at.and_then(|at| Some((at, workbench.decidable_at(at)?))) else { continue };
        let leaning = cell.decisions.of(location).and_then(Verdict::leaning);
        let Some(shows) = leaning.filter(|_| cell.decisions.exclusion.is_none()) else { continue };
        let kind = &mut agreed[usize::from(shows)];
        if kind.len() < AGREED && !kind.contains(&at) {
            kind.push(at);
        }
        if agreed.iter().all(|kind| kind.len() == AGREED) {
            break;
        }
    }
    agreed
}

/// Pictures of the deck.
#[derive(Default)]
pub struct DeckTextures {
    close_up: Slot,
    side: side::SideTextures,
}

/// Draws the deck.
pub fn deck_ui(
    ui: &mut Ui,
    workbench: &Workbench,
    view: &mut View,
    textures: &mut DeckTextures,
    commands: &mut Vec<Command>,
) {
    view.deck.settle(workbench, view.kept.location);
    view.follow_deck();
    view.pointed = None;
    Panel::right("deck side").default_size(300.0).size_range(240.0..=420.0).show(ui, |ui| {
        side::side_ui(ui, workbench, view, &mut textures.side);
    });
    Panel::top("deck question").show(ui, |ui| question_ui(ui, view));
    let cell = view.deck.asked.and_then(|card| workbench.decidable_at(card.at));
    Panel::bottom("deck answers").show(ui, |ui| {
        answers::answers_ui(ui, workbench, view, cell.as_ref(), commands);
    });
    CentralPanel::no_frame().show(ui, |ui| {
        let ground = Color32::from_gray(if ui.visuals().dark_mode { 12 } else { 40 });
        ui.painter().rect_filled(ui.max_rect(), 0.0, ground);
        match view.deck.asked.zip(cell) {
            Some((card, cell)) => cell_ui(ui, workbench, view, card.at, &cell, &mut textures.close_up),
            None => nothing_ui(ui, workbench, view, commands),
        }
    });
}

fn question_ui(ui: &mut Ui, view: &mut View) {
    ui.horizontal_wrapped(|ui| {
        ui.label("Does this cell show");
        let name = chips::short_name(view.kept.location);
        let combo = ComboBox::from_id_salt("Deck label").selected_text(RichText::new(name).strong()).width(150.0);
        let combo = combo.height(520.0).show_ui(ui, |ui| {
            ui.selectable_value(&mut view.deck.every, true, "every label")
                .on_hover_text("Asks about one, then another.");
            ui.separator();
            for location in Location::all() {
                let is_it = !view.deck.every && view.kept.location == location;
                let choice = ui.selectable_label(is_it, location.name()).on_hover_text(location.description());
                if choice.clicked() {
                    (view.deck.every, view.kept.location) = (false, location);
                }
            }
        });
        named(&combo.response, "Label asked about");
        ui.label("?   Cells of");
        let combo = ComboBox::from_id_salt("Deck scope").selected_text(view.deck.scope.name()).width(150.0);
        let combo = combo.show_ui(ui, |ui| {
            for scope in DeckScope::ALL {
                ui.selectable_value(&mut view.deck.scope, scope, scope.name());
            }
        });
        named(&combo.response, "Cells asked about");
        let combo = ComboBox::from_id_salt("Deck order").selected_text(view.deck.order.name()).width(120.0);
        let combo = combo.show_ui(ui, |ui| {
            for order in DeckOrder::ALL {
                ui.selectable_value(&mut view.deck.order, order, order.name());
            }
        });
        named(&combo.response, "Order");
        let again = egui::Checkbox::new(&mut view.deck.again, "decided ones, too");
        ui.add_enabled(!view.deck.order.needs_model(), again)
            .on_hover_text("Asks about cells again that are decided already.")
            .on_disabled_hover_text("In this order only what is open is asked about.");
        ui.separator();
        ui.checkbox(&mut view.deck.composite, "all stains")
            .on_hover_text("Shows all stains in colour, not the protein alone (Space).");
        ui.checkbox(&mut view.deck.outline, "outline").on_hover_text("Draws the outline of the cell (O).");
    });
}

/// Gives a box to choose from a name for those who do not see it.
fn named(combo: &egui::Response, name: &str) {
    combo.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, name));
}

/// The cell in the middle: from close by or, until that is there, as its small portrait.
fn cell_ui(ui: &mut Ui, workbench: &Workbench, view: &View, at: CellAt, cell: &DecidableCell, slot: &mut Slot) {
    let all = ui.max_rect();
    let side = all.width().min(all.height()) - 16.0;
    let place = Rect::from_center_size(all.center(), vec2(side, side));
    let response = ui.allocate_rect(place, Sense::hover());
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Image, true, format!("Cell {} of {}", cell.id, cell.image))
    });
    let Some(close_up) = workbench.close_up(at) else {
        ui.put(Rect::from_center_size(all.center(), vec2(32.0, 32.0)), Busy);
        return;
    };
    let number = u64::from(view.deck.composite);
    let texture = slot.show_made(ui.ctx(), "close-up", (close_up, number), |close_up| {
        picture_image(if number == 1 { &close_up.composite } else { &close_up.protein })
    });
    let size = texture.size_vec2();
    let scale = side / size.max_elem();
    let shown = Rect::from_center_size(place.center(), size * scale);
    ui.painter().image(texture.id(), shown, overlay::WHOLE, Color32::WHITE);
    if view.deck.outline {
        let mut mesh = Mesh::default();
        for outline in &close_up.outlines {
            let corner = |&(row, col): &(u32, u32)| shown.min + vec2(col as f32, row as f32) * scale;
            let points: Vec<_> = outline.corners.iter().map(corner).collect();
            let per_point = ui.ctx().pixels_per_point();
            overlay::follow(&points, 1.0, per_point, |edge| {
                mesh.add_colored_rect(edge / per_point, Color32::from_gray(210));
            });
        }
        ui.painter().add(mesh);
    }
}

/// Why there is no cell to ask about, and what to do.
fn nothing_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, commands: &mut Vec<Command>) {
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.35);
        let name = chips::short_name(view.kept.location);
        let is_measuring = workbench.whole_set_task() == Some(WholeSetTask::Measure);
        let count = workbench.set_cells().map_or(0, |cells| cells.count());
        let light = |text: String| RichText::new(text).color(Color32::LIGHT_GRAY);
        if is_measuring && count == 0 {
            ui.add(Busy);
            ui.label(light("The cells of all images are being measured; the first will be here soon.".to_owned()));
        } else if count == 0 {
            ui.label(light("The deck needs the cells of all images.".to_owned()));
            if ui.button("Measure the cells of all images").clicked() {
                commands.push(Command::OfAll(WholeSetTask::Measure));
            }
        } else if view.deck.order.needs_model() && workbench.model().is_none_or(|model| model.judged().is_none()) {
            no_model_ui(ui, workbench, commands);
        } else if !view.deck.order.needs_model()
            && workbench.deck(view.deck.wish(view.kept.location)).is_none_or(|deck| deck.is_empty())
        {
            ui.label(light(format!("No cell is in {} for {name}.", view.deck.scope.name())));
            ui.label(light("Choose another label above, or other cells.".to_owned()));
        } else if view.deck.put_off(workbench) > 0 {
            ui.heading(light(format!("{} were put off; all else is decided.", view.deck.put_off(workbench))));
            if ui.button("Ask about them now").clicked() {
                view.deck.passed_over.clear();
            }
        } else {
            ui.heading(light(format!("All is decided about {name}.")));
            ui.label(light("Choose another label above, or go through the decided ones again.".to_owned()));
        }
    });
}

/// Why the model does not give an order.
fn no_model_ui(ui: &mut Ui, workbench: &Workbench, commands: &mut Vec<Command>) {
    let light = |text: &str| RichText::new(text).color(Color32::LIGHT_GRAY);
    if workbench.learning().is_some() {
        ui.add(Busy);
        ui.label(light("The model is learning; the first question will be here in a moment."));
        return;
    }
    match workbench.model().and_then(|model| model.judgement.clone()) {
        Some(Err(reason)) => ui.label(light(&format!("The model cannot tell what is doubtful: {reason}."))),
        _ => ui.label(light("This order needs a model.")),
    };
    if ui.button("Learn now").clicked() {
        commands.push(Command::Learn);
    }
}

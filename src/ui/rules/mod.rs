//! The rules: a readable measure of all cells as a histogram with a cut, and what lies on both sides of it.
//!
//! ```text
//! controls     which cells by which measure             histogram    the bars and the cut
//! sides        counts, steps and examples of both sides
//! ```

mod controls;
mod histogram;
mod sides;

use egui::{Context, Key, Modifiers, Ui};

use super::{
    busy::Busy,
    gallery::{Atlas, nothing_ui, pictures},
    view::View,
};
use crate::{
    atlas::Location,
    pipeline::measures::{Measure, Side},
    workbench::{
        Command, Workbench,
        deck::DeckScope,
        gallery::GalleryFocus,
        rules::{RuleTable, RuleWish},
        set_cells::CellAt,
    },
};

/// The rule that is looked at.
#[derive(Clone, Debug, Default)]
pub struct RulesView {
    /// The measure, and the location it was chosen for.
    chosen: Option<(Location, Measure)>,
    /// Cells of which images.
    pub scope: DeckScope,
    /// Whether a step changes decided cells, too.
    pub overrules: bool,
    /// Where the cut is; `None`: where it is suggested.
    pub cut: Option<f32>,
    /// What it is a cut of.
    cut_of: Option<(Location, Measure)>,
    /// Where it was drawn last, and how wide the histogram was.
    shown: Option<(f32, f32)>,
}

impl RulesView {
    /// The measure that is looked at: the one that was chosen, or the one that tells the location best.
    pub fn measure(&self, location: Location) -> Measure {
        let chosen = self.chosen.filter(|(of, _)| *of == location).map(|(_, measure)| measure);
        chosen.unwrap_or_else(|| Measure::telling(location).first().map(|(measure, _)| *measure).unwrap_or_default())
    }

    /// What is looked at.
    pub fn wish(&self, location: Location) -> RuleWish {
        RuleWish { location, measure: self.measure(location), scope: self.scope }
    }

    /// Chooses a measure for a location. The cut of another one says nothing about it.
    fn choose(&mut self, location: Location, measure: Measure) {
        self.chosen = Some((location, measure));
        self.cut = None;
    }

    /// Where the cut is in `table`.
    fn cut_in(&self, table: &RuleTable) -> f32 {
        let (from, to) = (table.histogram.from, table.histogram.to());
        let suggested = || table.suggestion.map(|suggestion| suggestion.cut);
        self.cut.or_else(suggested).unwrap_or(f32::midpoint(from, to))
    }

    /// The side on which cells show the location, as far as that is known.
    fn side(&self, location: Location, table: &RuleTable) -> Side {
        let told = self.measure(location).tells(location).map(|telling| telling.side);
        told.or(table.suggestion.map(|suggestion| suggestion.side)).unwrap_or_default()
    }
}

/// What the rules remember of their last frame.
#[derive(Default)]
pub struct Rules {
    atlas: Atlas,
    /// The cells in view.
    in_view: Vec<CellAt>,
}

impl Rules {
    /// The pictures that are to be seen, for the workbench.
    pub fn focus(&self, view: &mut View, workbench: &Workbench) -> GalleryFocus {
        pictures(view, workbench, self.in_view.clone())
    }
}

/// Does what the keys say that were pressed: arrows move the cut, as long as nothing else has the keyboard.
pub fn keys(context: &Context, workbench: &Workbench, view: &mut View) {
    let is_free = context.memory(|memory| memory.focused().is_none()) && !egui::Popup::is_any_open(context);
    let Some((cut, width)) = view.rules.shown.filter(|_| is_free) else { return };
    if workbench.rule_table(view.rules.wish(view.kept.location)).is_none() {
        return;
    }
    for (key, direction) in [(Key::ArrowLeft, -1.0), (Key::ArrowRight, 1.0)] {
        for (modifiers, share) in [(Modifiers::SHIFT, 0.05), (Modifiers::NONE, 0.005)] {
            let is_pressed = context
                .input_mut(|input| input.modifiers.shift == modifiers.shift && input.consume_key(modifiers, key));
            if is_pressed {
                view.rules.cut = Some(cut + direction * share * width);
            }
        }
    }
}

/// Draws the rules and takes what is done in them into the view.
pub fn rules_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, rules: &mut Rules, commands: &mut Vec<Command>) {
    rules.in_view.clear();
    rules.atlas.begin_frame();
    if workbench.set_cells().is_none_or(|cells| cells.measured_fields() == 0) {
        nothing_ui(ui, workbench, "Many cells by one measure", commands);
        return;
    }
    controls::controls_ui(ui, workbench, view);
    let wish = view.rules.wish(view.kept.location);
    // A cut says nothing about another measure, or another location.
    let cut_of = Some((wish.location, wish.measure));
    if view.rules.cut_of != cut_of {
        (view.rules.cut_of, view.rules.cut) = (cut_of, None);
    }
    let Some(table) = workbench.rule_table(wish).cloned() else {
        view.rules.shown = None;
        ui.add_space(20.0);
        ui.horizontal(|ui| {
            ui.add(Busy);
            ui.label("The cells are put in order by this measure.");
        });
        return;
    };
    if table.cells.is_empty() {
        view.rules.shown = None;
        ui.add_space(20.0);
        ui.label("There are no such cells: no image of this kind is measured, or all its cells are left out.");
        return;
    }
    view.rules.shown = Some((view.rules.cut_in(&table), table.histogram.to() - table.histogram.from));
    histogram::histogram_ui(ui, view, &table);
    histogram::cut_ui(ui, view, &table);
    ui.separator();
    sides::sides_ui(ui, workbench, view, rules, &table, commands);
}

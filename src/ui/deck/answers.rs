//! The answers to the deck's question: buttons, keys, and what follows from each.

use egui::{Button, Context, Key, Modifiers, RichText, Ui};

use super::super::{cell_states::Standing, chips, view::View};
use crate::{
    project::{
        Edit,
        labels::{Change, Grade, Reason, Verdict},
    },
    workbench::{Command, Workbench, decidable::DecidableCell},
};

/// What one can do about the cell that is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Decide.
    Verdict(Verdict),
    /// Leave it to its image again.
    Inherit,
    /// Leave the cell out, or let it count again.
    Exclude,
    /// Pass it over for now.
    Skip,
    /// Go back to the cell before.
    Back,
    /// All stains or the protein alone.
    Stains,
    /// The outline of the cell, or none.
    Outline,
    /// To the cell in its image.
    Image,
}

/// Keys and what they answer.
const KEYS: [(Key, Answer); 14] = [
    (Key::Y, Answer::Verdict(Verdict::Yes)),
    (Key::N, Answer::Verdict(Verdict::No)),
    (Key::Num1, Answer::Verdict(Verdict::Grade(Grade::ALL[0]))),
    (Key::Num2, Answer::Verdict(Verdict::Grade(Grade::ALL[1]))),
    (Key::Num3, Answer::Verdict(Verdict::Grade(Grade::ALL[2]))),
    (Key::Num4, Answer::Verdict(Verdict::Grade(Grade::ALL[3]))),
    (Key::Num5, Answer::Verdict(Verdict::Grade(Grade::ALL[4]))),
    (Key::I, Answer::Inherit),
    (Key::X, Answer::Exclude),
    (Key::S, Answer::Skip),
    (Key::Backspace, Answer::Back),
    (Key::Space, Answer::Stains),
    (Key::O, Answer::Outline),
    (Key::Enter, Answer::Image),
];

/// The answers whose keys were pressed. While somebody types, none were.
pub fn pressed(context: &Context) -> Vec<Answer> {
    if context.egui_wants_keyboard_input() {
        return Vec::new();
    }
    context.input_mut(|input| {
        let is_pressed = |(key, _): &(Key, Answer)| input.consume_key(Modifiers::NONE, *key);
        KEYS.into_iter().filter(is_pressed).map(|(_, answer)| answer).collect()
    })
}

/// Does what `answer` says; returns what is decided by it.
pub fn answer(answer: Answer, workbench: &Workbench, view: &mut View, now: f64) -> Option<Command> {
    let location = view.kept.location;
    let change = |cell: &DecidableCell| match answer {
        Answer::Verdict(verdict) => Some(Change::Label(location, Some(verdict))),
        Answer::Inherit => Some(Change::Label(location, None)),
        Answer::Exclude => Some(cell.flip_exclusion()),
        _ => None,
    };
    match answer {
        Answer::Skip => {
            view.deck.go_on(workbench, location, false, now);
            view.follow_deck();
        }
        Answer::Back => {
            view.deck.go_back();
            view.follow_deck();
        }
        Answer::Stains => view.deck.composite = !view.deck.composite,
        Answer::Outline => view.deck.outline = !view.deck.outline,
        Answer::Image => {
            if let Some((at, cell)) = view.deck.asked.and_then(|card| Some((card.at, workbench.decidable_at(card.at)?)))
            {
                view.show_cell(at.field as usize, cell.id);
            }
        }
        _ => {
            let asked = view.deck.asked.filter(|_| workbench.can_decide())?;
            let cell = workbench.decidable_at(asked.at)?;
            let command = Command::Edit(Edit::Labels(cell.deed(Reason::Deck, change(&cell)?)));
            view.deck.go_on(workbench, location, true, now);
            view.follow_deck();
            return Some(command);
        }
    }
    None
}

/// Draws the buttons.
pub fn answers_ui(
    ui: &mut Ui,
    workbench: &Workbench,
    view: &mut View,
    cell: Option<&DecidableCell>,
    commands: &mut Vec<Command>,
) {
    let mut given = None;
    ui.add_space(2.0);
    ui.horizontal_wrapped(|ui| {
        let may_decide = cell.is_some() && workbench.can_decide();
        let mut button = |ui: &mut Ui, is_possible: bool, name: String, key: &str, answer: Answer, hover: &str| {
            let button = ui.add_enabled(is_possible, Button::new(name.as_str()).shortcut_text(key));
            button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, is_possible, &name));
            if button.on_hover_text(hover).clicked() {
                given = Some(answer);
            }
        };
        let decide = "Decides, and goes on to the next cell.";
        button(ui, may_decide, "Yes".to_owned(), "Y", Answer::Verdict(Verdict::Yes), decide);
        button(ui, may_decide, "No".to_owned(), "N", Answer::Verdict(Verdict::No), decide);
        ui.separator();
        for grade in Grade::ALL {
            let key = grade.number().to_string();
            button(ui, may_decide, grade.name().to_owned(), &key, Answer::Verdict(Verdict::Grade(grade)), decide);
        }
        ui.separator();
        let hover = "Neither learnt from nor predicted: debris, blurred, or cut off by the border.";
        button(ui, may_decide, "Leave out".to_owned(), "X", Answer::Exclude, hover);
        button(ui, cell.is_some(), "Later".to_owned(), "S", Answer::Skip, "Passes the cell over for now.");
        button(ui, true, "Back".to_owned(), "Backspace", Answer::Back, "To the cell before, to answer again.");
    });
    if let Some(cell) = cell {
        ui.horizontal_wrapped(|ui| {
            let standing = Standing::of(cell, view.kept.location).name();
            ui.label(RichText::new(format!("Cell {} of {}", cell.id, cell.image)).weak());
            ui.label(RichText::new(format!("now: {standing}")).weak());
            ui.scope(|ui| chips::chips_ui(ui, cell.labels(), 1));
            if ui.link("show in its image (Enter)").clicked() {
                given = Some(Answer::Image);
            }
        });
    }
    ui.add_space(2.0);
    if let Some(given) = given {
        let now = ui.input(|input| input.time);
        commands.extend(answer(given, workbench, view, now));
    }
}

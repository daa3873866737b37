//! The deck: one question after another, answered by keys or buttons.

use cytoscribe::{
    atlas::{Channel, Location},
    imaging::Plane,
    project::labels::{Exclusion, Reason, Verdict},
    workbench::{Workbench, decidable::DecidableCell, example_cell::example_cell},
};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;

use super::Window;
use crate::drawn_set::CELLS;

/// A window on two images, of which the first is labelled Nucleoplasm, that asks whether its cells show it.
fn on_the_deck() -> Window {
    let mut window = Window::open(2);
    window.key(Modifiers::NONE, Key::F4);
    window.wait("all cells", |workbench| workbench.set_cells().is_some_and(|cells| cells.count() == 2 * CELLS));
    let wish = window.harness.state().view().deck.wish(Location::default());
    window.wait("the deck", |workbench| workbench.deck(wish).is_some_and(|deck| deck.len() == CELLS));
    window.harness.run_steps(3);
    window
}

fn asked(window: &Window) -> Option<DecidableCell> {
    window.workbench().decidable_at(window.harness.state().view().deck.asked?.at)
}

fn verdicts(window: &Window) -> Vec<Option<Verdict>> {
    let wish = window.harness.state().view().deck.wish(Location::default());
    let deck = window.workbench().deck(wish).unwrap();
    deck.iter()
        .map(|card| window.workbench().decidable_at(card.at).unwrap().decisions.of(Location::default()))
        .collect()
}

#[test]
fn keys_answer_and_every_cell_is_asked_about_once() {
    let mut window = on_the_deck();
    let mut seen = Vec::new();
    for key in [Key::Y, Key::N, Key::Num4, Key::Y] {
        let cell = asked(&window).unwrap();
        assert_eq!(cell.image, "field_0");
        seen.push(cell.anchor);
        window.key(Modifiers::NONE, key);
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), CELLS);
    assert_eq!(asked(&window), None);
    window.harness.get_by_label_contains("All is decided about");
    assert!(verdicts(&window).iter().all(Option::is_some));
    let records = window.workbench().project().labels().records();
    assert!(records.iter().all(|record| format!("{record:?}").contains(&format!("{:?}", Reason::Deck))));
    window.harness.get_by_label("4 of 4 cells are decided");
    window.harness.get_by_label_contains("true of 75 % of cells");
}

#[test]
fn buttons_answer_like_keys() {
    let mut window = on_the_deck();
    for name in ["Yes", "No", "surely not", "Leave out"] {
        let before = asked(&window);
        window.harness.get_by_role_and_label(Role::Button, name).click();
        window.harness.run_steps(3);
        assert_ne!(asked(&window), before, "{name}");
    }
    assert_eq!(asked(&window), None);
    assert_eq!(verdicts(&window).iter().flatten().count(), 3);
}

#[test]
fn one_can_go_back_and_answer_again() {
    let mut window = on_the_deck();
    let first = asked(&window).unwrap();
    window.key(Modifiers::NONE, Key::Y);
    assert_ne!(asked(&window).unwrap().anchor, first.anchor);
    window.key(Modifiers::NONE, Key::Backspace);
    let again = asked(&window).unwrap();
    assert_eq!((again.anchor, again.decisions.of(Location::default())), (first.anchor, Some(Verdict::Yes)));
    window.key(Modifiers::NONE, Key::N);
    window.key(Modifiers::NONE, Key::Backspace);
    assert_eq!(asked(&window).unwrap().decisions.of(Location::default()), Some(Verdict::No));
}

#[test]
fn an_answer_that_is_undone_can_be_given_anew() {
    let mut window = on_the_deck();
    let first = asked(&window).unwrap();
    window.key(Modifiers::NONE, Key::X);
    assert_ne!(asked(&window).unwrap().anchor, first.anchor);
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(asked(&window).unwrap(), first);
}

#[test]
fn a_cell_that_is_put_off_is_not_asked_about_again_and_stays_undecided() {
    let mut window = on_the_deck();
    for _ in 0..CELLS {
        window.key(Modifiers::NONE, Key::S);
    }
    assert_eq!(asked(&window), None);
    assert!(verdicts(&window).iter().all(Option::is_none));
    assert_eq!(window.workbench().project().labels().records().len(), 0);
}

#[test]
fn the_question_may_be_about_other_cells_and_another_label() {
    let mut window = on_the_deck();
    window.harness.get_by_role_and_label(Role::ComboBox, "Cells asked about").click();
    window.harness.run_steps(3);
    window.harness.get_by_label("images without the label").click();
    window.wait("the deck", Workbench::is_at_rest);
    assert_eq!(asked(&window).unwrap().image, "field_1");
    window.key(Modifiers::NONE, Key::L);
    window.harness.run_steps(3);
    window.harness.get_by_role_and_label(Role::TextInput, "Which label?").type_text("cytosol");
    window.harness.run_steps(2);
    window.key(Modifiers::NONE, Key::Enter);
    window.wait("the deck", Workbench::is_at_rest);
    assert_eq!(asked(&window).unwrap().image, "field_0");
    assert_eq!(window.workbench().project().labels().records().len(), 0);
}

#[test]
fn the_next_cell_is_drawn_before_it_is_asked_about() {
    let mut window = on_the_deck();
    window.wait("the work ahead", Workbench::is_at_rest);
    let next = window.harness.state().view().deck.next(window.workbench(), Location::default(), 2);
    assert_eq!(next.len(), 2);
    assert!(next.iter().all(|card| window.workbench().close_up(card.at).is_some()));
}

#[test]
fn enter_shows_the_cell_in_its_image() {
    let mut window = on_the_deck();
    let cell = asked(&window).unwrap();
    window.key(Modifiers::NONE, Key::Enter);
    assert_eq!(window.harness.state().view().selected_cell, Some(cell.id));
    window.wait_for_cells(0);
    window.harness.get_by_role_and_label(Role::Image, "Canvas");
}

#[test]
fn what_is_decided_in_the_deck_is_seen_on_the_image() {
    let mut window = on_the_deck();
    let cell = asked(&window).unwrap();
    window.key(Modifiers::NONE, Key::X);
    window.key(Modifiers::NONE, Key::F2);
    window.wait_for_cells(0);
    assert_eq!(window.workbench().decidable(0, cell.id).unwrap().decisions.exclusion, Some(Exclusion::Other));
}

#[test]
fn every_location_has_a_drawn_example_and_a_sentence() {
    for location in Location::all() {
        assert!(location.description().ends_with('.'), "{location}");
        let example = example_cell(location).unwrap_or_else(|| panic!("no example of {location}"));
        let light = |picture: &Plane<[u8; 3]>| picture.samples().iter().filter(|colour| colour[1] > 100).count();
        let (height, width) = example.protein.size();
        assert!(
            height.min(width) >= 40 && height.max(width) <= 2 * height.min(width),
            "{location}: {height} x {width}"
        );
        assert!(location == Location::NEGATIVE || light(&example.protein) > 10, "{location} of {:?}", Channel::Protein);
    }
}

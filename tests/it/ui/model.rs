//! The model: how good each rule is, which labels are doubtful, and what follows from decisions.

use cytoscribe::{
    atlas::Location,
    project::labels::Verdict,
    workbench::{
        Workbench,
        deck::DeckOrder,
        gallery::{Sort, SortKey},
    },
};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT, Queryable};

use super::Window;
use crate::drawn_set::CELLS;

fn is_judged(workbench: &Workbench) -> bool {
    workbench.learning().is_none() && workbench.model().is_some_and(|model| model.judged().is_some())
}

/// A window on `count` images, of which every other shows Nucleoplasm and the rest Cytosol, that shows the model.
fn on_the_model(count: usize) -> Window {
    let mut window = Window::open(count);
    window.key(Modifiers::NONE, Key::F5);
    window.wait("all cells", |workbench| workbench.set_cells().is_some_and(|cells| cells.count() == count * CELLS));
    window.wait("the model", |workbench| workbench.learning().is_none() && workbench.model().is_some());
    window.harness.run_steps(3);
    window
}

#[test]
fn the_model_is_learnt_when_it_is_first_looked_at_and_tells_how_good_each_rule_is() {
    let mut window = on_the_model(4);
    window.wait("its judgement", is_judged);
    window.harness.get_by_label("learnt from 16 cells");
    let judged = window.workbench().model().unwrap().judged().unwrap().clone();
    let of_first = judged.of(Location::default()).unwrap();
    let quality = of_first.quality.as_ref().unwrap();
    window.harness.get_by_label(&format!("mean average precision {:.3} of 2 locations", judged.mean.unwrap()));
    window.harness.get_by_label_contains(&format!(
        "Average precision {:.3} (by chance 0.500), area under the curve {:.3}",
        quality.average_precision, quality.area_under_curve
    ));
    let above = of_first.above(0.5);
    let called = above.positives + above.negatives;
    let words = format!("{called} cells are at or above it: {} are taught to show it", above.positives);
    window.harness.get_by_label_contains(&words);
    // A location that no cell shows.
    let row = window.harness.get_by_label("Aggresome");
    row.click();
    window.harness.run_steps(3);
    assert_eq!(window.harness.state().view().kept.location.name(), "Aggresome");
    window.harness.get_by_label_contains("There is no rule: not enough examples: no cell shows it");
    window.harness.get_by_label_contains("How good its rule is cannot be told: not enough examples: no cell shows it");
}

#[test]
fn with_one_image_words_say_why_nothing_can_be_told() {
    let window = on_the_model(1);
    window.harness.get_by_label_contains("How good the rules are cannot be told: cross-validation is not possible");
    assert!(window.harness.query_by_label_contains("mean average precision").is_none());
}

#[test]
fn two_images_with_a_label_each_leave_nothing_to_judge_by_and_say_so() {
    let window = on_the_model(2);
    window.harness.get_by_label_contains("all cells that show it are of one image or sample");
}

#[test]
fn a_doubtful_label_is_dropped_or_kept_with_one_click_and_the_model_learns_from_it() {
    let mut window = on_the_model(4);
    window.wait("its judgement", is_judged);
    window.harness.get_by_label("Doubtful labels").click();
    window.harness.run_steps(2);
    window.wait("the list", |workbench| workbench.results().deck.is_some());
    let drops = |window: &Window| window.harness.query_all_by_label_contains("Drop ").count();
    assert_eq!(drops(&window), 4 * CELLS);
    let first = window.harness.query_all_by_label_contains("Drop ").next().unwrap();
    let name = first.accesskit_node().label().unwrap();
    first.click();
    window.harness.run_steps(3);
    assert_eq!(drops(&window), 4 * CELLS - 1);
    assert!(window.harness.query_by_label(&name).is_none());
    let labels = window.workbench().project().labels();
    assert_eq!((labels.records().len(), labels.fields().len()), (1, 1));
    window.wait("the next model", |workbench| {
        is_judged(workbench) && workbench.model().is_some_and(|model| model.number == 2)
    });
    window.harness.get_by_label_contains("Of 1 reviewed, 100 % were wrong");
    window.harness.get_by_label("Probably missing").click();
    window.harness.run_steps(2);
    window.wait("what is missing", |workbench| {
        workbench.results().deck.as_ref().is_some_and(|deck| deck.value.len() == 18 * 4 * CELLS)
    });
    assert!(window.harness.query_all_by_label_contains("Add ").count() > 0);
    assert_eq!(drops(&window), 0);
}

#[test]
fn without_live_the_window_says_what_has_changed_since_and_learns_when_asked() {
    let mut window = on_the_model(4);
    window.wait("its judgement", is_judged);
    window.harness.get_by_label("Live").click();
    window.harness.get_by_label("Doubtful labels").click();
    window.harness.run_steps(2);
    window.wait("the list", |workbench| workbench.results().deck.is_some());
    window.harness.query_all_by_label_contains("Keep ").next().unwrap().click();
    window.harness.run_steps(10);
    window.harness.get_by_label("learnt from 16 cells; 1 decision since");
    assert_eq!(window.workbench().model().unwrap().number, 1);
    window.harness.get_by_role_and_label(Role::Button, "Learn again").click();
    window.harness.run_steps(2);
    window.wait("the next model", |workbench| {
        is_judged(workbench) && workbench.model().is_some_and(|model| model.number == 2)
    });
    window.harness.get_by_label("learnt from 16 cells");
    window.harness.get_by_label("Course").click();
    window.harness.run_steps(3);
    assert_eq!(window.workbench().results().trainings.all().len(), 2);
}

#[test]
fn the_deck_asks_about_every_label_in_the_order_of_the_model() {
    let mut window = on_the_model(4);
    window.wait("its judgement", is_judged);
    window.harness.get_by_label("Doubtful labels").click();
    window.harness.run_steps(2);
    window.harness.get_by_label("Ask in the deck").click();
    window.harness.run_steps(3);
    window.wait("the deck", |workbench| workbench.results().deck.is_some());
    window.harness.run_steps(3);
    window.harness.get_by_label_contains("Every label is asked about, probably wrong.");
    let mut seen = Vec::new();
    for _ in 0..4 * CELLS {
        let deck = &window.harness.state().view().deck;
        assert_eq!(deck.order, DeckOrder::Doubtful);
        let card = deck.asked.unwrap();
        assert_eq!(window.harness.state().view().kept.location, card.location);
        seen.push(card);
        window.key(Modifiers::NONE, Key::Y);
    }
    seen.sort_unstable();
    seen.dedup();
    // Two images with each of two labels.
    assert_eq!(seen.len(), 4 * CELLS);
    assert_eq!(window.harness.state().view().deck.asked, None);
    let all_yes = seen.iter().all(|card| {
        let cell = window.workbench().decidable_at(card.at).unwrap();
        cell.decisions.of(card.location) == Some(Verdict::Yes)
    });
    assert!(all_yes);
}

#[test]
fn the_gallery_is_sorted_by_probability_and_keeps_its_order_until_asked_to_sort_anew() {
    let mut window = on_the_model(4);
    window.wait("its judgement", is_judged);
    window.harness.get_by_label("Show in the gallery").click();
    window.harness.run_steps(2);
    let sort = Sort { key: SortKey::Probability, descending: true };
    window.wait("the order", |workbench| {
        workbench.results().order.as_ref().is_some_and(|order| order.inputs.sort == sort)
    });
    let order = |window: &Window| window.workbench().results().order.as_ref().unwrap().inputs.model;
    assert_eq!(order(&window), Some((1, Location::default())));
    let values = &window.workbench().results().order.as_ref().unwrap().value.values;
    assert!(values.is_sorted_by(|one, next| one >= next) && values[0] > values[4 * CELLS - 1]);
    window.harness.get_by_label("Sorted by probability of Nucleoplasm");
    assert!(window.harness.query_by_label("Sort anew").is_none());

    let first = window.workbench().results().order.as_ref().unwrap().value.cells[0];
    let cell = window.workbench().set_cells().unwrap().cell(first).unwrap().id;
    window.harness.get_by_label_contains(&format!("Cell {cell} of field_{}", first.field)).click();
    window.harness.run_steps(2);
    window.key(Modifiers::NONE, Key::N);
    window.wait("the next model", |workbench| {
        is_judged(workbench) && workbench.model().is_some_and(|model| model.number == 2)
    });
    assert_eq!(order(&window), Some((1, Location::default())));
    window.harness.get_by_label("Sort anew").click();
    window.harness.run_steps(2);
    window.wait("the new order", |workbench| {
        workbench.results().order.as_ref().is_some_and(|order| order.inputs.model.is_some_and(|model| model.0 == 2))
    });
    assert!(window.harness.query_by_label("Sort anew").is_none());
}

//! Decisions about cells on their image: by mouse, by keys, and what becomes of them.

use std::fs;

use cytoscribe::{
    atlas::{Location, LocationSet},
    project::labels::{CellDecisions, Exclusion, Grade, Verdict},
    storage::journal,
    ui::picker::{Answer, Wish},
    workbench::{Workbench, decidable::DecidableCell},
};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;

use super::Window;

/// A window on the first of two images, whose label is Nucleoplasm, with its first cell selected by a key.
fn on_a_cell() -> Window {
    let mut window = Window::open(2);
    window.wait_for_cells(0);
    window.key(Modifiers::NONE, Key::Period);
    window.harness.run_steps(2);
    window
}

fn cell(window: &Window) -> DecidableCell {
    let view = window.harness.state().view();
    window.workbench().decidable(view.field.unwrap(), view.selected_cell.unwrap()).unwrap()
}

fn location(number: usize) -> Location {
    Location::new(number).unwrap()
}

fn wait_for_disk(window: &mut Window) {
    window.wait("the disk", |workbench| !workbench.is_unsaved());
}

#[test]
fn a_click_decides_about_one_cell_and_is_on_the_disk_at_once() {
    let mut window = on_a_cell();
    assert_eq!(cell(&window).labels(), LocationSet::from_iter([location(0)]));
    window.harness.get_by_role_and_label(Role::Button, "Nucleoplasm No").click();
    window.harness.run_steps(3);
    assert_eq!(cell(&window).decisions.of(location(0)), Some(Verdict::No));
    assert!(cell(&window).labels().is_empty());
    wait_for_disk(&mut window);
    let records = journal::read(&window.project_folder()).unwrap().records;
    assert_eq!(records, window.workbench().project().labels().records());
    assert_eq!(records.len(), 1);
    let others = window.workbench().decidables(0, None);
    assert_eq!(others.iter().filter(|cell| cell.decisions.is_any()).count(), 1);
}

#[test]
fn a_second_click_leaves_the_label_to_the_image_again() {
    let mut window = on_a_cell();
    for expected in [Some(Verdict::Yes), None] {
        window.harness.get_by_role_and_label(Role::Button, "Nucleoplasm Yes").click();
        window.harness.run_steps(3);
        assert_eq!(cell(&window).decisions.of(location(0)), expected);
    }
}

#[test]
fn a_grade_and_a_reason_to_leave_a_cell_out_are_chosen_from_lists() {
    let mut window = on_a_cell();
    window.harness.get_by_role_and_label(Role::ComboBox, "Nucleoplasm grade").click();
    window.harness.run_steps(3);
    window.harness.get_by_label("4 rather").click();
    window.harness.run_steps(3);
    assert_eq!(cell(&window).decisions.of(location(0)), Some(Verdict::Grade(Grade::ALL[3])));
    window.harness.get_by_role_and_label(Role::ComboBox, "Left out").click();
    window.harness.run_steps(3);
    window.harness.get_by_label("out of focus").click();
    window.harness.run_steps(3);
    assert_eq!(cell(&window).decisions.exclusion, Some(Exclusion::OutOfFocus));
}

#[test]
fn every_label_is_turned_round_by_its_key_and_undone() {
    let mut window = on_a_cell();
    window.key(Modifiers::SHIFT, Key::F);
    assert_eq!(cell(&window).decisions.of(location(5)), Some(Verdict::Yes));
    window.key(Modifiers::SHIFT, Key::A);
    assert_eq!(cell(&window).decisions.of(location(0)), Some(Verdict::No));
    window.key(Modifiers::SHIFT, Key::A);
    assert_eq!(cell(&window).decisions.of(location(0)), Some(Verdict::Yes));
    for _ in 0..3 {
        window.key(Modifiers::COMMAND, Key::Z);
    }
    assert_eq!(cell(&window).decisions, CellDecisions::default());
    window.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(cell(&window).decisions.of(location(5)), Some(Verdict::Yes));
    // What was undone is not forgotten.
    assert_eq!(window.workbench().project().labels().records().len(), 7);
    for (letter, key) in ('A'..='S').zip(Location::all()) {
        assert_eq!(window.harness.state().view().kept.location_keys.letter(key), Some(letter));
    }
}

#[test]
fn a_label_is_found_by_typing() {
    let mut window = on_a_cell();
    window.key(Modifiers::NONE, Key::L);
    window.harness.run_steps(3);
    window.harness.get_by_role_and_label(Role::TextInput, "Which label?").type_text("aggr");
    window.harness.run_steps(2);
    window.key(Modifiers::NONE, Key::Enter);
    window.harness.run_steps(2);
    assert_eq!(cell(&window).decisions.of(location(15)), Some(Verdict::Yes));
    assert_eq!(window.harness.state().view().kept.location, location(15));
    window.key(Modifiers::NONE, Key::T);
    assert_eq!(cell(&window).decisions.of(location(15)), Some(Verdict::No));
    window.key(Modifiers::NONE, Key::I);
    assert_eq!(cell(&window).decisions.of(location(15)), None);
    window.key(Modifiers::NONE, Key::X);
    assert_eq!(cell(&window).decisions.exclusion, Some(Exclusion::Other));
    window.key(Modifiers::NONE, Key::X);
    assert_eq!(cell(&window).decisions.exclusion, None);
}

#[test]
fn the_next_undecided_cell_is_one_key_away() {
    let mut window = on_a_cell();
    window.key(Modifiers::NONE, Key::H);
    let mut seen = Vec::new();
    for _ in 0..crate::drawn_set::CELLS {
        seen.push(window.harness.state().view().selected_cell.unwrap());
        window.key(Modifiers::SHIFT, Key::A);
        window.key(Modifiers::NONE, Key::Period);
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), crate::drawn_set::CELLS);
    assert!(window.workbench().decidables(0, None).iter().all(|cell| cell.labels().is_empty()));
}

#[test]
fn decisions_follow_their_cells_through_other_parameters_and_back() {
    let mut window = on_a_cell();
    window.key(Modifiers::SHIFT, Key::F);
    let before = window.workbench().decidables(0, None);
    window.key(Modifiers::COMMAND, Key::Num2);
    window.harness.get_by_role_and_label(Role::Slider, "Split").set_value_accesskit(0.95);
    window.harness.run_steps(2);
    window.wait_for_cells(0);
    let decided: Vec<DecidableCell> =
        window.workbench().decidables(0, None).into_iter().filter(|cell| cell.decisions.is_any()).collect();
    assert_eq!(decided.len(), 1);
    assert_eq!(decided[0].decisions.of(location(5)), Some(Verdict::Yes));
    assert!(window.harness.query_by_label_contains("1 kept").is_some());
    window.key(Modifiers::COMMAND, Key::Z);
    window.wait_for_cells(0);
    assert_eq!(window.workbench().decidables(0, None), before);
}

#[test]
fn decisions_are_there_when_the_set_is_opened_again() {
    let mut window = on_a_cell();
    window.key(Modifiers::SHIFT, Key::F);
    wait_for_disk(&mut window);
    let (before, set) = (cell(&window), window.folder.path().join("set"));
    let Window { harness, folder, .. } = window;
    drop(harness);
    let mut window = Window::open_in(folder, &set);
    window.wait_for_cells(0);
    assert_eq!(window.workbench().decidable(0, before.id), Some(before));
}

#[test]
fn a_second_window_on_the_same_project_can_look_but_not_decide() {
    let mut first = on_a_cell();
    first.key(Modifiers::SHIFT, Key::F);
    wait_for_disk(&mut first);
    let aside = tempfile::tempdir().unwrap();
    let mut second = Window::open_in(aside, &first.folder.path().join("set"));
    second.wait_for_cells(0);
    let notices = second.workbench().notices();
    assert!(notices.iter().any(|notice| notice.text.contains("nothing is saved")), "{notices:?}");
    second.key(Modifiers::NONE, Key::Period);
    assert_eq!(cell(&second).decisions.of(location(5)), Some(Verdict::Yes));
    second.key(Modifiers::SHIFT, Key::G);
    assert_eq!(cell(&second).decisions.of(location(6)), None);
    // The first one goes on as if nothing had been.
    first.key(Modifiers::SHIFT, Key::G);
    wait_for_disk(&mut first);
    assert_eq!(journal::read(&first.project_folder()).unwrap().records.len(), 2);
}

#[test]
fn the_same_set_can_be_opened_again_in_the_same_window() {
    let mut window = on_a_cell();
    window.key(Modifiers::SHIFT, Key::F);
    let before = window.workbench().openings();
    let set = window.folder.path().join("set");
    window.desk.borrow_mut().answers.push(Answer::Path(Wish::Set, set));
    window.key(Modifiers::COMMAND, Key::O);
    window.wait("the set", |workbench| workbench.openings() > before);
    window.wait_for_cells(0);
    window.key(Modifiers::NONE, Key::Period);
    assert_eq!(cell(&window).decisions.of(location(5)), Some(Verdict::Yes));
    window.key(Modifiers::SHIFT, Key::G);
    wait_for_disk(&mut window);
    assert_eq!(journal::read(&window.project_folder()).unwrap().records.len(), 2);
}

#[test]
fn a_key_of_a_label_can_be_changed() {
    let mut window = on_a_cell();
    window.harness.get_by_role_and_label(Role::Button, "Label").click();
    window.harness.run_steps(2);
    window.harness.get_by_label_contains("Keys of labels").click();
    window.harness.run_steps(3);
    window.harness.get_by_role_and_label(Role::TextInput, "Key of Centrosome").click();
    window.harness.run_steps(2);
    window.harness.get_by_role_and_label(Role::TextInput, "Key of Centrosome").type_text("z");
    window.harness.run_steps(2);
    window.harness.get_by_label("Close").click();
    window.harness.run_steps(2);
    window.key(Modifiers::SHIFT, Key::Z);
    assert_eq!(cell(&window).decisions.of(location(12)), Some(Verdict::Yes));
}

#[test]
fn decisions_bear_the_name_of_who_made_them() {
    let mut window = on_a_cell();
    window.harness.get_by_role_and_label(Role::Button, "Label").click();
    window.harness.run_steps(2);
    window.harness.get_by_label_contains("Who decides").click();
    window.harness.run_steps(3);
    window.harness.get_by_role_and_label(Role::TextInput, "Name").click();
    window.harness.run_steps(2);
    window.harness.get_by_role_and_label(Role::TextInput, "Name").type_text("Anna");
    window.harness.run_steps(2);
    window.harness.get_by_label("Close").click();
    window.harness.run_steps(3);
    window.key(Modifiers::SHIFT, Key::F);
    assert!(window.workbench().project().labels().records()[0].by.contains("Anna"));
}

/// Chooses what is called so in the menu of labels, and answers the dialog with `file` in the folder of the window.
fn exchange(window: &mut Window, action: &str, wish: Wish, file: &str) {
    let path = window.folder.path().join(file);
    window.desk.borrow_mut().answers.push(Answer::Path(wish, path));
    window.harness.get_by_role_and_label(Role::Button, "Label").click();
    window.harness.run_steps(2);
    window.harness.get_by_label_contains(action).click();
    window.harness.run_steps(3);
    window.wait("the table", Workbench::is_at_rest);
}

#[test]
fn labels_go_into_a_table_and_come_back_as_one_step() {
    let mut window = on_a_cell();
    window.key(Modifiers::SHIFT, Key::F);
    window.key(Modifiers::NONE, Key::Period);
    window.key(Modifiers::NONE, Key::X);
    let decided = window.workbench().decidables(0, None);
    exchange(&mut window, "Save the labels of decided cells", Wish::DecidedLabels, "labels.csv");
    assert!(window.folder.path().join("labels.csv").is_file(), "{:?}", window.workbench().notices());
    for _ in 0..2 {
        window.key(Modifiers::COMMAND, Key::Z);
    }
    let undecided = window.workbench().decidables(0, None);
    assert!(undecided.iter().all(|cell| !cell.decisions.is_any()));
    exchange(&mut window, "Read labels of cells", Wish::CellLabels, "labels.csv");
    assert_eq!(window.workbench().decidables(0, None), decided, "{:?}", window.workbench().notices());
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.workbench().decidables(0, None), undecided);
}

#[test]
fn a_table_that_is_none_changes_nothing_and_is_named() {
    let mut window = on_a_cell();
    fs::write(window.folder.path().join("labels.csv"), "a,b\n1,2\n").unwrap();
    exchange(&mut window, "Read labels of cells", Wish::CellLabels, "labels.csv");
    let notices = window.workbench().notices();
    assert!(notices.iter().any(|notice| notice.is_failure && notice.text.contains("labels.csv")), "{notices:?}");
    assert_eq!(window.workbench().project().labels().records().len(), 0);
}

#[test]
fn what_has_become_of_decisions_is_listed_for_the_whole_set() {
    let mut window = on_a_cell();
    window.key(Modifiers::SHIFT, Key::F);
    let list = |window: &mut Window| {
        window.harness.get_by_role_and_label(Role::Button, "Label").click();
        window.harness.run_steps(2);
        window.harness.get_by_label_contains("Where decisions have gone").click();
        window.harness.run_steps(3);
    };
    list(&mut window);
    window.harness.get_by_label_contains("1 images with decisions are not measured");
    window.key(Modifiers::NONE, Key::Escape);
    window.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::M);
    window.wait("all cells", |workbench| workbench.set_cells().is_some_and(|cells| cells.count() > 0));
    list(&mut window);
    window.harness.get_by_label_contains("1 kept, 0 split, 0 merged, 0 lost");
}

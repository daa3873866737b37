//! The gallery: cells of all images, found by their names, selected and decided about.

use cytoscribe::{
    atlas::Location,
    project::labels::{Deed, Exclusion, Reason, Verdict},
    workbench::{Workbench, set_cells::CellAt},
};
use egui::{Key, Modifiers, Role, Vec2};
use egui_kittest::kittest::{NodeT, Queryable};

use super::Window;

const SHIFT: Modifiers = Modifiers::SHIFT;
const COMMAND: Modifiers = Modifiers::COMMAND;

/// The gallery of a set of some images, all measured.
fn gallery(images: usize) -> Window {
    let mut window = Window::open(images);
    window.wait_for_cells(0);
    window.key(Modifiers::NONE, Key::F3);
    wait_for_pictures(&mut window, 4 * images);
    window
}

fn wait_for_pictures(window: &mut Window, count: usize) {
    window.wait("pictures", |workbench| {
        workbench.whole_set_task().is_none()
            && workbench.set_cells().is_some_and(|cells| cells.count() == count)
            && workbench.results().cell_pictures.count() >= count.min(20)
    });
}

/// The accessible names of the cells in view, in their order.
fn names(window: &Window) -> Vec<String> {
    let tiles = window.harness.query_all_by_role(Role::Button).filter_map(|node| node.accesskit_node().label());
    tiles.filter(|label| label.starts_with("Cell ")).collect()
}

fn selected(window: &Window) -> Vec<(u32, u32)> {
    let mut cells: Vec<(u32, u32)> =
        window.harness.state().view().gallery.selection.cells.iter().map(|at| (at.field, at.cell)).collect();
    cells.sort_unstable();
    cells
}

fn choose(window: &mut Window, combo: &str, what: &str) {
    window.harness.get_by_role_and_label(Role::ComboBox, combo).click();
    window.harness.run_steps(2);
    window.harness.query_all_by_role_and_label(Role::Button, what).last().unwrap().click();
    window.harness.run_steps(3);
}

fn press(window: &mut Window, button: &str) {
    window.harness.get_by_role_and_label(Role::Button, button).click();
    window.harness.run_steps(3);
}

fn type_into(window: &mut Window, field: &str, text: &str) {
    window.harness.get_by_role_and_label(Role::TextInput, field).focus();
    window.harness.step();
    window.harness.get_by_role_and_label(Role::TextInput, field).type_text(text);
    window.harness.run_steps(3);
}

/// What is decided about a cell and the location that is chosen.
fn verdict(window: &Window, at: (u32, u32)) -> Option<Verdict> {
    let location = window.harness.state().view().kept.location;
    let id = window.workbench().set_cells().unwrap().cell(CellAt { field: at.0, cell: at.1 }).unwrap().id;
    window.workbench().placed(at.0 as usize).unwrap().of(id).of(location)
}

#[test]
fn an_empty_gallery_says_what_to_do_and_then_shows_the_cells_of_all_images() {
    let mut window = gallery(3);
    let names = names(&window);
    assert_eq!(names.len(), 12);
    // Two of three images are nucleoplasm.
    assert_eq!(window.harness.state().view().kept.location, Location::default());
    assert_eq!(names[0], "Cell 1 of field_0: yes as its image");
    assert_eq!(names[4], "Cell 1 of field_1: no as its image");
    window.harness.get_by_label("12 cells");
    // The images' cells are counted by it too.
    assert_eq!(window.harness.query_all_by_label("4 cells").count(), 3);
    window.key(Modifiers::NONE, Key::F2);
    window.harness.get_by_label("Canvas");
    window.key(Modifiers::NONE, Key::F3);
    window.harness.run_steps(3);
    // Nothing is drawn again and again.
    std::thread::sleep(std::time::Duration::from_millis(900));
    window.harness.run();
}

#[test]
fn cells_are_selected_by_clicks_with_ctrl_with_shift_and_by_a_rectangle() {
    let mut window = gallery(3);
    let click = |window: &mut Window, name: &str, modifiers: Modifiers| {
        window.harness.get_by_label_contains(name).click_modifiers(modifiers);
        window.harness.run_steps(2);
    };
    click(&mut window, "Cell 2 of field_0", Modifiers::NONE);
    assert_eq!(selected(&window), [(0, 1)]);
    assert_eq!(window.harness.state().view().selected_cell, Some(2));
    // With arrows it goes along, as it stands for the focus.
    window.key(Modifiers::NONE, Key::ArrowRight);
    window.key(Modifiers::NONE, Key::ArrowLeft);
    assert_eq!(selected(&window), [(0, 1)]);
    click(&mut window, "Cell 4 of field_0", COMMAND);
    assert_eq!(selected(&window), [(0, 1), (0, 3)]);
    click(&mut window, "Cell 2 of field_0", COMMAND);
    assert_eq!(selected(&window), [(0, 3)]);
    click(&mut window, "Cell 4 of field_0", Modifiers::NONE);
    click(&mut window, "Cell 3 of field_1", SHIFT);
    assert_eq!(selected(&window), [(0, 3), (1, 0), (1, 1), (1, 2)]);
    window.harness.get_by_label("4 selected");
    window.key(Modifiers::NONE, Key::Escape);
    assert!(selected(&window).is_empty());

    let rect = |window: &Window, name: &str| window.harness.get_by_label_contains(name).rect();
    let (first, third) = (rect(&window, "Cell 1 of field_0"), rect(&window, "Cell 3 of field_0"));
    window.harness.hover_at(first.center());
    window.harness.step();
    window.harness.drag_at(first.center());
    window.harness.step();
    for part in [0.3, 0.7, 1.0] {
        window.harness.hover_at(first.center() + part * (third.center() - first.center()) + Vec2::splat(2.0));
        window.harness.step();
    }
    assert_eq!(selected(&window), [(0, 0), (0, 1), (0, 2)]);
    window.harness.drop_at(third.center());
    window.harness.run_steps(2);
    assert_eq!(selected(&window), [(0, 0), (0, 1), (0, 2)]);
    window.key(COMMAND, Key::A);
    assert_eq!(selected(&window).len(), 12);
}

#[test]
fn a_decision_about_many_cells_is_one_step_that_can_be_undone() {
    let mut window = gallery(3);
    window.key(COMMAND, Key::A);
    press(&mut window, "No");
    assert_eq!(window.harness.query_all_by_label_contains(": decided no").count(), 12);
    let records = window.workbench().project().labels().records();
    assert_eq!(records.len(), 1);
    let Deed::Decide(reason, decisions) = &records[0].did else { panic!("{records:?}") };
    assert_eq!((*reason, decisions.len()), (Reason::Bulk, 12));
    let stored = window.workbench().set_cells().unwrap();
    for (decision, at) in decisions.iter().zip(stored.all()) {
        let cell = stored.cell(at).unwrap();
        assert_eq!((decision.anchor, decision.area_px), (cell.anchor, cell.area_px));
    }
    window.key(COMMAND, Key::Z);
    assert_eq!(window.harness.query_all_by_label_contains("decided").count(), 0);
    window.key(COMMAND | SHIFT, Key::Z);
    assert_eq!(window.harness.query_all_by_label_contains(": decided no").count(), 12);
    press(&mut window, "As image");
    assert_eq!(window.harness.query_all_by_label_contains(": yes as its image").count(), 8);
}

#[test]
fn cells_are_left_out_with_a_reason_and_count_again() {
    let mut window = gallery(1);
    window.key(COMMAND, Key::A);
    press(&mut window, "Leave out: debris");
    assert_eq!(window.harness.query_all_by_label_contains("left out: debris").count(), 4);
    press(&mut window, "Why…");
    press(&mut window, "out of focus");
    assert_eq!(names(&window)[0], "Cell 1 of field_0: yes as its image, left out: out of focus");
    window.key(Modifiers::NONE, Key::X);
    assert_eq!(names(&window)[0], "Cell 1 of field_0: yes as its image");
    let id = window.workbench().set_cells().unwrap().field(0).unwrap().cells[0].id;
    window.key(Modifiers::NONE, Key::X);
    assert_eq!(window.workbench().placed(0).unwrap().of(id).exclusion, Some(Exclusion::OutOfFocus));
}

#[test]
fn everything_is_done_with_the_keyboard_alone() {
    let mut window = gallery(3);
    window.key(Modifiers::NONE, Key::ArrowRight);
    assert_eq!(window.harness.state().view().selected_cell, Some(1));
    window.key(Modifiers::NONE, Key::Num5);
    assert_eq!(names(&window)[0], "Cell 1 of field_0: grade 5, surely");
    // On the canvas this key means something else, and here it does not.
    window.key(Modifiers::NONE, Key::ArrowRight);
    window.key(Modifiers::NONE, Key::Num1);
    assert_eq!(names(&window)[1], "Cell 2 of field_0: grade 1, surely not");
    window.key(Modifiers::NONE, Key::ArrowRight);
    window.key(SHIFT, Key::ArrowRight);
    window.key(SHIFT, Key::ArrowRight);
    assert_eq!(selected(&window), [(0, 2), (0, 3), (1, 0)]);
    window.key(Modifiers::NONE, Key::Y);
    assert!([(0, 2), (0, 3), (1, 0)].into_iter().all(|at| verdict(&window, at) == Some(Verdict::Yes)));
    window.key(Modifiers::NONE, Key::Escape);
    window.key(Modifiers::NONE, Key::End);
    window.key(Modifiers::NONE, Key::Space);
    assert_eq!(selected(&window), [(2, 3)]);
    window.key(Modifiers::NONE, Key::N);
    assert_eq!(verdict(&window, (2, 3)), Some(Verdict::No));
    window.key(Modifiers::NONE, Key::Backspace);
    assert_eq!(verdict(&window, (2, 3)), None);
    window.key(Modifiers::NONE, Key::Enter);
    let view = window.harness.state().view();
    assert_eq!((view.field, view.selected_cell), (Some(2), Some(4)));
    window.harness.get_by_label("Canvas");
    // Letters that are typed are no decisions.
    window.key(Modifiers::NONE, Key::F3);
    type_into(&mut window, "Image text", "y");
    window.key(Modifiers::NONE, Key::Y);
    assert_eq!(verdict(&window, (2, 3)), None);
}

#[test]
fn cells_are_filtered_by_labels_by_decisions_and_by_the_names_of_images() {
    let mut window = gallery(3);
    window.harness.get_by_label_contains("Cell 1 of field_0").click();
    window.harness.run_steps(2);
    window.key(Modifiers::NONE, Key::N);
    choose(&mut window, "Having the location", "image has it");
    window.harness.get_by_label("8 of 12 cells");
    choose(&mut window, "Having the location", "cell has it");
    window.harness.get_by_label("7 of 12 cells");
    choose(&mut window, "Having the location", "cell has it not");
    window.harness.get_by_label("5 of 12 cells");
    choose(&mut window, "Decided", "decided");
    assert_eq!(names(&window), ["Cell 1 of field_0: decided no"]);
    // Undone, it is not decided any more.
    window.key(COMMAND, Key::Z);
    window.harness.get_by_label("No cell fits the filter.");
    press(&mut window, "Show all cells");
    window.harness.get_by_label("12 cells");
    type_into(&mut window, "Image text", "FIELD_1");
    window.harness.get_by_label("4 of 12 cells");
    press(&mut window, "All cells");
    choose(&mut window, "Left out", "left out");
    window.harness.get_by_label("No cell fits the filter.");
}

#[test]
fn cells_are_sorted_by_area_and_by_any_feature_up_and_down() {
    let mut window = gallery(2);
    let wait_for_order = |window: &mut Window| {
        window.wait("the order", Workbench::is_at_rest);
        window.harness.run_steps(2);
    };
    let sort_by = |window: &mut Window, before: &str, what: &str| {
        press(window, &format!("Sorted by {before}"));
        press(window, what);
        wait_for_order(window);
    };
    let in_order =
        |window: &Window| -> Vec<CellAt> { window.workbench().results().order.as_ref().unwrap().value.cells.clone() };
    sort_by(&mut window, "image", "area");
    let area = |window: &Window, at: CellAt| window.workbench().set_cells().unwrap().cell(at).unwrap().area_px;
    assert!(in_order(&window).is_sorted_by_key(|&at| area(&window, at)));
    press(&mut window, "rising");
    wait_for_order(&mut window);
    assert!(in_order(&window).is_sorted_by_key(|&at| std::cmp::Reverse(area(&window, at))));
    press(&mut window, "Sorted by area");
    type_into(&mut window, "Find a feature to sort by", "cell.mean_pr");
    let name = cytoscribe::pipeline::features::feature_names().into_iter().find(|name| name.contains("cell.mean_pr"));
    let name = name.expect("a feature of this name");
    press(&mut window, &name);
    wait_for_order(&mut window);
    let order = &window.workbench().results().order.as_ref().unwrap().value;
    assert!(order.values.is_sorted_by(|one, next| one >= next) && order.values.len() == 8);
    let first = order.cells[0];
    let feature = cytoscribe::pipeline::features::feature_names().iter().position(|other| *other == name).unwrap();
    let features = window.workbench().set_cells().unwrap().features_of(first.field as usize).unwrap().unwrap();
    assert_eq!(features[first.cell as usize][feature].to_bits(), order.values[0].to_bits());
}

#[test]
fn pictures_follow_the_look_that_is_asked_for() {
    let mut window = gallery(1);
    let at = CellAt { field: 0, cell: 0 };
    let picture = |window: &Window| {
        let picture = window.workbench().results().cell_pictures.get(at).unwrap().as_ref().unwrap();
        picture.as_ref().clone()
    };
    let look = |window: &mut Window, key: Key| {
        let before = picture(window);
        window.key(Modifiers::NONE, key);
        window.wait("another look", |workbench| {
            workbench.results().cell_pictures.get(at).is_some_and(|now| **now.as_ref().unwrap() != before)
        });
        picture(window)
    };
    let protein = look(&mut window, Key::P);
    let grey = |&[r, g, b]: &[u8; 3]| r == g && g == b;
    assert!(protein.samples().iter().filter(|colour| !grey(colour)).count() < 600);
    let plain = look(&mut window, Key::O);
    assert!(plain.samples().iter().all(grey));
    let brighter = |window: &mut Window| {
        let before = picture(window);
        window.harness.get_by_role_and_label(Role::Slider, "Light").set_value_accesskit(1.5);
        window.wait("another look", |workbench| {
            workbench.results().cell_pictures.get(at).is_some_and(|now| **now.as_ref().unwrap() != before)
        });
        picture(window)
    };
    let light = |picture: &cytoscribe::imaging::Plane<[u8; 3]>| -> u64 {
        picture.samples().iter().map(|colour| u64::from(colour[0])).sum()
    };
    assert!(light(&brighter(&mut window)) > light(&plain));
}

#[test]
fn decisions_made_before_cells_were_cut_anew_hold_for_the_cells_that_cover_their_anchors() {
    let mut window = gallery(1);
    window.key(COMMAND, Key::A);
    window.key(Modifiers::NONE, Key::N);
    // Another working size moves the anchors.
    window.key(COMMAND, Key::Num2);
    window.harness.get_by_label("Fine, 1024 px").click();
    window.harness.run_steps(2);
    window.wait("what is known of these", |workbench| workbench.set_cells().is_some() && workbench.is_at_rest());
    window.harness.get_by_role_and_label(Role::Button, "Measure the cells of all images").click();
    wait_for_pictures(&mut window, 4);
    // Older pictures are there before the new order is.
    window.wait("the cells at the anchors", |workbench| {
        workbench.is_at_rest() && workbench.placed(0).is_some_and(|placed| !placed.is_partial)
    });
    window.harness.run_steps(2);
    assert_eq!(window.harness.query_all_by_label_contains(": decided no").count(), 4);
    // What is decided now goes under the names that the cells were given first.
    window.key(COMMAND, Key::A);
    window.key(Modifiers::NONE, Key::Y);
    assert_eq!(window.harness.query_all_by_label_contains(": decided yes").count(), 4);
    assert_eq!(window.workbench().project().labels().decided("field_0").count(), 4);
}

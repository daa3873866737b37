use std::fs;

use cytoscribe::atlas::Location;
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;

use super::Window;
use crate::drawn_set::draw_set;

#[test]
fn opening_a_set_lists_its_images_and_shows_the_first_with_its_cells() {
    let mut window = Window::open(3);
    window.wait_for_cells(0);
    assert_eq!(window.harness.state().view().field, Some(0));
    assert_eq!(window.workbench().results().cells.as_ref().unwrap().value.count(), 4);
    window.harness.get_by_role_and_label(Role::Button, "field_0");
    window.harness.get_by_label("3 images");
    let labels = &window.workbench().opened().unwrap().labels;
    assert_eq!(labels[1].unwrap().iter().map(Location::index).collect::<Vec<_>>(), [16]);
}

#[test]
fn a_click_shows_another_image_and_page_keys_go_on_and_back() {
    let mut window = Window::open(3);
    window.wait_for_cells(0);
    window.harness.get_by_role_and_label(Role::Button, "field_1").click();
    window.wait_for_cells(1);
    assert_eq!(window.harness.state().view().field, Some(1));
    window.key(Modifiers::NONE, Key::PageDown);
    assert_eq!(window.harness.state().view().field, Some(2));
    window.key(Modifiers::NONE, Key::PageUp);
    window.key(Modifiers::NONE, Key::PageUp);
    assert_eq!(window.harness.state().view().field, Some(0));
    window.key(Modifiers::NONE, Key::PageUp);
    assert_eq!(window.harness.state().view().field, Some(0));
}

#[test]
fn a_filter_lists_only_the_images_whose_id_or_label_it_names() {
    let mut window = Window::open(4);
    window.key(Modifiers::COMMAND, Key::F);
    window.harness.get_by_role_and_label(Role::TextInput, "Find by ID or label").type_text("cytosol");
    window.harness.run_steps(2);
    window.harness.get_by_label("2 of 4 images");
    assert!(window.harness.query_by_role_and_label(Role::Button, "field_0").is_none());
    window.harness.get_by_role_and_label(Role::Button, "field_1");
    window.harness.get_by_role_and_label(Role::TextInput, "Find by ID or label").type_text(" no such thing");
    window.harness.run_steps(2);
    window.harness.get_by_label("Show all").click();
    window.harness.run_steps(3);
    window.harness.get_by_label("4 images");
}

#[test]
fn images_are_marked_as_reviewed_and_listed_by_their_state_and_number_of_cells() {
    let mut window = Window::open(3);
    window.wait_for_cells(0);
    window.key(Modifiers::NONE, Key::D);
    assert!(window.workbench().project().is_reviewed("field_0"));
    window.harness.get_by_label("4 cells, reviewed");
    window.key(Modifiers::COMMAND, Key::Z);
    assert!(!window.workbench().project().is_reviewed("field_0"));
    window.harness.get_by_role_and_label(Role::Button, "Reviewed").click();
    window.harness.run_steps(3);
    assert!(window.workbench().project().is_reviewed("field_0"));

    let choose = |window: &mut Window, combo: &str, what: &str| {
        window.harness.get_by_role_and_label(Role::ComboBox, combo).click();
        window.harness.run_steps(2);
        window.harness.get_by_role_and_label(Role::Button, what).click();
        window.harness.run_steps(3);
    };
    choose(&mut window, "State", "reviewed");
    window.harness.get_by_label("1 of 3 images");
    choose(&mut window, "State", "any state");
    choose(&mut window, "Order", "by most cells");
    window.harness.get_by_label("3 images");
    // One image has had its cells found.
    window.harness.get_by_role_and_label(Role::CheckBox, "number of cells").click();
    window.harness.run_steps(3);
    window.harness.get_by_label("1 of 3 images");
    window.harness.get_by_role_and_label(Role::SpinButton, "Fewest cells").set_value_accesskit(5.0);
    window.harness.run_steps(3);
    window.harness.get_by_label("No image fits the filter.");
}

#[test]
fn the_cells_of_all_images_are_counted_and_known_again_when_the_set_is_opened_anew() {
    let mut window = Window::open(3);
    window.wait_for_cells(0);
    window.harness.get_by_role_and_label(Role::Button, "Find all cells").click();
    let all = |workbench: &cytoscribe::workbench::Workbench| {
        workbench.whole_set_task().is_none() && workbench.results().cell_counts.len() == 3
    };
    window.wait("all cells", all);
    assert_eq!(window.harness.query_all_by_label("4 cells").count(), 3);
    let Window { harness, folder, .. } = window;
    drop(harness);
    let set = folder.path().join("set");
    let mut window = Window::open_in(folder, &set);
    window.wait("what is known", all);
    assert_eq!(window.harness.query_all_by_label("4 cells").count(), 3);
}

#[test]
fn small_pictures_appear_and_are_kept_beside_the_project() {
    let mut window = Window::open(3);
    window.wait("small pictures", |workbench| workbench.results().thumbnails.len() == 3);
    let kept = fs::read_dir(window.project_folder().join("thumbnails")).unwrap().count();
    assert_eq!(kept, 3);
    let picture = window.workbench().results().thumbnails[&0].clone().unwrap();
    assert!(picture.height().max(picture.width()) <= 128 && picture.samples().iter().any(|&colour| colour != [0; 3]));
}

#[test]
fn a_broken_image_is_named_with_its_reason_and_the_others_work() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("set");
    draw_set(&set, 2);
    fs::write(set.join("field_0_red.png"), b"torn").unwrap();
    let mut window = Window::open_in(folder, &set);
    window.wait("the reason", |workbench| workbench.results().failure(workbench.field_key(0)).is_some());
    window.harness.get_by_label("This image cannot be read");
    assert!(window.workbench().results().failure(window.workbench().field_key(0)).unwrap().contains("field_0_red.png"));
    window.key(Modifiers::NONE, Key::PageDown);
    window.wait_for_cells(1);
    // Mended, it can be read again.
    fs::copy(set.join("field_1_red.png"), set.join("field_0_red.png")).unwrap();
    window.key(Modifiers::NONE, Key::PageUp);
    window.key(Modifiers::COMMAND, Key::R);
    window.wait_for_cells(0);
}

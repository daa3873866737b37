use cytoscribe::ui::picker::{Answer, Wish};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use super::Window;
use crate::drawn_set::draw_set;

const COMMAND_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

#[test]
fn another_set_is_opened_with_the_systems_dialog() {
    let mut window = Window::open(1);
    let other = window.folder.path().join("other");
    draw_set(&other, 2);
    window.desk.borrow_mut().answers.push(Answer::Path(Wish::Set, other.clone()));
    window.key(Modifiers::COMMAND, Key::O);
    window.wait("the other set", |workbench| workbench.opened().is_some_and(|opened| opened.set.fields().len() == 2));
    assert_eq!(window.desk.borrow().asked, [Wish::Set]);
    assert_eq!(window.harness.state().view().kept.recent[0], other);
}

#[test]
fn where_the_system_has_no_dialog_a_path_can_be_typed() {
    let mut window = Window::open(1);
    let other = window.folder.path().join("other");
    draw_set(&other, 2);
    window.desk.borrow_mut().answers.push(Answer::NoDialog);
    window.key(Modifiers::COMMAND, Key::O);
    window.harness.run_steps(2);
    window.harness.get_by_label("This system shows no dialog for files, so please type the path.");
    window.harness.event(egui::Event::Text(other.to_str().unwrap().to_owned()));
    window.harness.run_steps(2);
    window.harness.get_by_label("OK").click();
    window.wait("the other set", |workbench| workbench.opened().is_some_and(|opened| opened.set.fields().len() == 2));
}

#[test]
fn a_folder_without_images_is_refused_in_a_sentence_and_the_open_set_stays() {
    let mut window = Window::open(1);
    let empty = window.folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    window.desk.borrow_mut().answers.push(Answer::Path(Wish::Set, empty));
    window.key(Modifiers::COMMAND, Key::O);
    window.wait("a notice", |workbench| !workbench.notices().is_empty());
    window.harness.get_by_label_contains("found no images");
    assert!(window.workbench().opened().is_some());
    window.harness.get_by_label("×").click();
    window.harness.run_steps(2);
    assert!(window.workbench().notices().is_empty());
}

#[test]
fn a_project_whose_images_have_moved_is_opened_where_they_are_now() {
    let mut window = Window::open(2);
    window.wait_for_cells(0);
    window.key(Modifiers::NONE, Key::D);
    window.wait("the file", |workbench| !workbench.is_unsaved());
    let project = window.project_folder();
    let Window { harness, folder, .. } = window;
    drop(harness);
    let now = folder.path().join("moved/images");
    std::fs::create_dir(folder.path().join("moved")).unwrap();
    std::fs::rename(folder.path().join("set"), &now).unwrap();

    let mut window = Window::start(folder, &project);
    window.wait("the question", |workbench| workbench.moved().is_some());
    window.harness.get_by_label("The images of this project are not where they were");
    window.desk.borrow_mut().answers.push(Answer::Path(Wish::MovedSet, now.clone()));
    window.harness.get_by_label("Show where they are…").click();
    window.wait("the set", |workbench| workbench.opened().is_some());
    assert!(window.workbench().project().is_reviewed("field_0") && window.workbench().moved().is_none());
    assert_eq!(window.project_folder(), project);
    // It knows the way from now on.
    window.wait_for_cells(0);
    window.key(Modifiers::NONE, Key::PageDown);
    window.key(Modifiers::NONE, Key::D);
    window.wait("the file", |workbench| !workbench.is_unsaved());
    let Window { harness, folder, .. } = window;
    drop(harness);
    let window = Window::open_in(folder, &project);
    assert!(window.workbench().opened().unwrap().set.root() == now);
    assert!(["field_0", "field_1"].iter().all(|id| window.workbench().project().is_reviewed(id)));
}

#[test]
fn a_project_is_kept_where_the_user_wants_it() {
    let mut window = Window::open(1);
    window.wait_for_cells(0);
    let elsewhere = window.folder.path().join("my projects");
    window.desk.borrow_mut().answers.push(Answer::Path(Wish::ProjectFolder, elsewhere.clone()));
    window.harness.get_by_label("File").click();
    window.harness.run_steps(2);
    window.harness.get_by_label_contains("Keep the project in another folder…").click();
    window.wait("the new place", |workbench| {
        workbench.opened().is_some_and(|opened| opened.folder.as_ref() == Some(&elsewhere))
    });
    window.key(Modifiers::NONE, Key::D);
    window.wait("the file", |workbench| !workbench.is_unsaved());
    let Window { harness, folder, .. } = window;
    drop(harness);
    let set = folder.path().join("set");
    let window = Window::open_in(folder, &set);
    assert_eq!(window.project_folder(), elsewhere);
    assert!(window.workbench().project().is_reviewed("field_0"));
}

#[test]
fn the_list_of_commands_finds_and_does_what_is_typed() {
    let mut window = Window::open(1);
    window.wait_for_cells(0);
    window.key(COMMAND_SHIFT, Key::P);
    window.harness.event(egui::Event::Text("hide cells".to_owned()));
    window.harness.run_steps(2);
    assert!(window.harness.state().view().kept.overlay.shown);
    window.key(Modifiers::NONE, Key::Enter);
    assert!(!window.harness.state().view().kept.overlay.shown);
    assert!(window.harness.state().view().dialog.is_none());
}

#[test]
fn the_sheet_of_keys_and_the_about_box_open_and_close() {
    let mut window = Window::open(1);
    window.key(Modifiers::NONE, Key::Questionmark);
    window.harness.get_by_label("Wheel, pinch");
    window.key(Modifiers::NONE, Key::Escape);
    assert!(window.harness.query_by_label("Wheel, pinch").is_none());
    window.harness.get_by_label("Help").click();
    window.harness.run_steps(2);
    window.harness.get_by_label_contains("About Cytoscribe").click();
    window.harness.run_steps(3);
    window.harness.get_by_label_contains("Version ");
    window.harness.get_by_label("Close").click();
    window.harness.run_steps(3);
    assert!(window.harness.query_by_label_contains("Version ").is_none());
}

#[test]
fn labels_are_read_from_another_file() {
    let mut window = Window::open(2);
    let path = window.folder.path().join("labels.csv");
    std::fs::write(&path, "ID,Label\nfield_0,7\n").unwrap();
    window.desk.borrow_mut().answers.push(Answer::Path(Wish::Labels, path));
    window.key(Modifiers::COMMAND, Key::L);
    window.wait("the labels", |workbench| {
        workbench.opened().is_some_and(|opened| opened.labels[0].is_some_and(|labels| labels.to_string() == "7"))
    });
    assert!(window.workbench().opened().unwrap().labels[1].is_none());
}

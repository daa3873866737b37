//! How it works: it opens from menus and links, and follows the image, the cell and the parameters.

use cytoscribe::{
    pipeline::segmentation::{Method, Preset, Stage},
    workbench::{Workbench, explanation::ExplanationWish},
};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;

use super::Window;

fn click(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).click();
    window.harness.run_steps(3);
}

/// The page of the first of two images, all of it there.
fn page() -> Window {
    let mut window = Window::open(2);
    window.wait_for_cells(0);
    window.key(Modifiers::NONE, Key::F1);
    wait(&mut window, 0, ExplanationWish::default());
    window
}

fn wait(window: &mut Window, index: usize, wish: ExplanationWish) {
    window.wait("the explanation", |workbench| {
        let image = workbench.explained_image(index, wish).is_some_and(|explained| explained.is_fresh);
        let cell = workbench.explained_one(index, wish).is_some_and(|explained| explained.is_fresh);
        image && cell
    });
    window.harness.run_steps(2);
}

fn shows(window: &Window, words: &str) -> bool {
    window.harness.query_all_by_label_contains(words).next().is_some()
}

fn assert_shows_stages_of(window: &Window, method: Method) {
    for (at, stage) in Stage::ALL.into_iter().enumerate() {
        window.harness.get_by_label(&format!("{}  {}", at + 2, stage.name(method)));
    }
}

#[test]
fn it_shows_every_stage_of_the_image_and_every_step_of_a_cell() {
    let mut window = page();
    window.harness.get_by_label("in field_0");
    assert_shows_stages_of(&window, Method::Standard);
    for step in ["Cut out", "Cell, nucleus and the rest", "Rings", "Slices", "Speckles", "540 numbers"] {
        assert!(shows(&window, step), "{step} is not shown");
    }
    window.harness.get_by_role_and_label(Role::Image, "Nuclei: contrast: contrast to the surroundings");
    window.harness.get_by_role_and_label(Role::Image, "Rings: of the cell");
    assert!(shows(&window, "No model is learnt"));
    // At rest nothing is drawn anew.
    window.wait("rest", Workbench::is_at_rest);
    window.harness.run();
}

#[test]
fn it_explains_the_other_method_without_changing_anything() {
    let mut window = page();
    click(&mut window, "Reference method");
    wait(&mut window, 0, ExplanationWish { method: Some(Method::Reference), cell: None });
    assert_shows_stages_of(&window, Method::Reference);
    assert_eq!(window.workbench().project().segmentation().method, Method::Standard);
    assert!(window.workbench().history().undoes().is_none());
    click(&mut window, "Standard method");
    wait(&mut window, 0, ExplanationWish::default());
    assert_shows_stages_of(&window, Method::Standard);
}

#[test]
fn it_follows_the_image_the_cell_and_the_parameters() {
    let mut window = page();
    let first = window.workbench().explained_cell(0, ExplanationWish::default()).unwrap();
    window.harness.get_by_label(&format!("Cell {first}"));
    window.harness.get_by_label("as an example; any other can be selected in the image.");
    for id in [1, 2] {
        window.key(Modifiers::NONE, Key::Period);
        wait(&mut window, 0, ExplanationWish { method: None, cell: Some(id) });
        assert_eq!(window.harness.state().view().selected_cell, Some(id));
    }
    window.key(Modifiers::NONE, Key::PageDown);
    wait(&mut window, 1, ExplanationWish::default());
    window.harness.get_by_label("in field_1");

    window.harness.get_by_label("0.5 of its brightness");
    let mut params = Preset::Standard.params();
    params.standard.nucleus_threshold = 0.7;
    window.key(Modifiers::COMMAND, Key::Num2);
    window.harness.get_by_role_and_label(Role::Slider, "Nucleus threshold").set_value_accesskit(0.7);
    window.harness.run_steps(3);
    assert_eq!(*window.workbench().project().segmentation(), params);
    wait(&mut window, 1, ExplanationWish::default());
    window.harness.get_by_label("0.7 of its brightness");
}

#[test]
fn links_in_the_tabs_lead_to_it_and_a_link_in_it_to_the_slider() {
    let mut window = Window::open(1);
    window.wait_for_cells(0);
    window.key(Modifiers::COMMAND, Key::Num2);
    click(&mut window, "How it works");
    wait(&mut window, 0, ExplanationWish::default());
    assert!(shows(&window, "From stains to cells"));
    window.key(Modifiers::COMMAND, Key::Num1);
    window.harness.get_all_by_label("Change").next().unwrap().click_accesskit();
    window.harness.run_steps(3);
    window.harness.get_by_role_and_label(Role::Slider, "Nucleus threshold");

    window.key(Modifiers::NONE, Key::F2);
    window.key(Modifiers::NONE, Key::Period);
    window.wait("the tab of the cell", |workbench| workbench.results().crop.is_some());
    click(&mut window, "How it works");
    wait(&mut window, 0, ExplanationWish { method: None, cell: Some(1) });
    let title = window.harness.get_by_role_and_label(Role::Image, "Cut out: the cell").rect();
    assert!(title.top() > 0.0 && title.top() < 900.0, "the cell is not scrolled to: {title:?}");
}

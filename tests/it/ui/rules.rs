//! The rules: a measure with a cut, found by the names of what is shown.

use cytoscribe::{
    project::labels::{Deed, Reason},
    workbench::{Workbench, rules::RuleWish, set_cells::CellAt, standing::Standing},
};
use egui::{Key, Modifiers, Role, vec2};
use egui_kittest::kittest::{NodeT, Queryable};

use super::Window;

/// The rules of a set of three images, two of them labelled Nucleoplasm, all measured.
fn rules() -> Window {
    let mut window = Window::open(3);
    window.wait_for_cells(0);
    window.key(Modifiers::NONE, Key::F6);
    window.wait("all cells", |workbench| {
        workbench.whole_set_task().is_none() && workbench.set_cells().is_some_and(|cells| cells.count() == 12)
    });
    wait_for_table(&mut window);
    window
}

fn wish(window: &Window) -> RuleWish {
    let view = window.harness.state().view();
    view.rules.wish(view.kept.location)
}

fn wait_for_table(window: &mut Window) {
    window.harness.run_steps(2);
    let wish = wish(window);
    window.wait("the table", |workbench| workbench.is_rule_table_fresh(wish) && workbench.is_at_rest());
}

fn choose(window: &mut Window, combo: &str, what: &str) {
    window.harness.get_by_role_and_label(Role::ComboBox, combo).click();
    window.harness.run_steps(2);
    window.harness.query_all_by_label_contains(what).last().unwrap().click();
    wait_for_table(window);
}

fn standings(window: &Window) -> Vec<Standing> {
    let workbench = window.workbench();
    let location = window.harness.state().view().kept.location;
    workbench.set_cells().unwrap().all().map(|at| workbench.standing(at, location).unwrap()).collect()
}

#[test]
fn the_best_measure_is_there_at_once_with_a_cut_between_the_cells() {
    let mut window = rules();
    window.harness.get_by_label_contains("How far the protein is bright where the DNA stain is");
    window.harness.get_by_label("Below the cut: 0 cells");
    window.harness.get_by_label("Above the cut: 8 cells");
    choose(&mut window, "Cells looked at", "all images");
    window.harness.get_by_label("Below the cut: 4 cells");
    window.harness.get_by_label("Above the cut: 8 cells");
    window.harness.get_by_role_and_label(Role::Button, "Pre-label yes above: 8 cells");
    window.harness.get_by_role_and_label(Role::Button, "Veto: no below: 4 cells");
    // The examples of both sides are drawn.
    window.wait("pictures", |workbench| workbench.results().cell_pictures.count() == 12);
    window.harness.run_steps(2);
    let examples = window.harness.query_all_by_role(Role::Button).filter_map(|node| node.accesskit_node().label());
    let examples: Vec<String> = examples.filter(|label| label.starts_with("Cell ")).collect();
    assert!(examples.contains(&"Cell 1 of field_0: image has it".to_owned()), "{examples:?}");
    assert!(examples.contains(&"Cell 1 of field_1: image has it not".to_owned()), "{examples:?}");
    // Nothing is drawn again and again.
    std::thread::sleep(std::time::Duration::from_millis(900));
    window.harness.run();
}

#[test]
fn a_step_decides_about_a_side_and_is_undone_as_one() {
    let mut window = rules();
    choose(&mut window, "Cells looked at", "all images");
    window.harness.get_by_role_and_label(Role::Button, "Veto: no below: 4 cells").click();
    window.wait("the step", |workbench| {
        workbench.project().labels().records().len() == 1 && workbench.rule_step().is_none()
    });
    wait_for_table(&mut window);
    assert_eq!(standings(&window).iter().filter(|&&it| it == Standing::No).count(), 4);
    let records = window.workbench().project().labels().records();
    assert!(matches!(&records[0].did, Deed::Decide(Reason::Rule, decisions) if decisions.len() == 4));
    window.harness.get_by_role_and_label(Role::Button, "Veto: no below: 0 cells");
    // Decided cells are left alone unless one asks for it.
    window.harness.get_by_role_and_label(Role::Button, "Pre-label yes below: 0 cells");
    window.harness.get_by_label("Change decided cells, too").click();
    window.harness.run_steps(2);
    window.harness.get_by_role_and_label(Role::Button, "Pre-label yes below: 4 cells");
    window.key(Modifiers::COMMAND, Key::Z);
    wait_for_table(&mut window);
    assert!(standings(&window).iter().all(|standing| standing.is_undecided()));
    window.harness.get_by_role_and_label(Role::Button, "Veto: no below: 4 cells");
}

#[test]
fn the_cut_is_moved_by_keys_by_dragging_and_by_the_slider() {
    let mut window = rules();
    choose(&mut window, "Cells looked at", "all images");
    let cut = |window: &Window| window.harness.state().view().rules.cut;
    assert_eq!(cut(&window), None);
    window.key(Modifiers::NONE, Key::ArrowRight);
    let first = cut(&window).unwrap();
    window.key(Modifiers::SHIFT, Key::ArrowRight);
    assert!(cut(&window).unwrap() > first);
    let plot = window.harness.get_by_role_and_label(Role::Image, "Histogram").rect();
    let at = |share: f32| plot.left_center() + vec2(share * plot.width(), 0.0);
    window.harness.hover_at(at(0.5));
    window.harness.step();
    window.harness.drag_at(at(0.5));
    window.harness.step();
    for share in [0.6, 0.8, 0.999] {
        window.harness.hover_at(at(share));
        window.harness.step();
    }
    window.harness.drop_at(at(0.999));
    window.harness.run_steps(2);
    let histogram = window.workbench().rule_table(wish(&window)).unwrap().histogram.clone();
    let width = histogram.to() - histogram.from;
    assert!((cut(&window).unwrap() - histogram.to()).abs() < 0.02 * width);
    window.harness.get_by_role_and_label(Role::Button, "Suggest a cut").click();
    window.harness.run_steps(2);
    assert_eq!(cut(&window), None);
    window.harness.get_by_role_and_label(Role::Slider, "Cut").set_value_accesskit(f64::from(histogram.from));
    window.harness.run_steps(2);
    assert!((cut(&window).unwrap() - histogram.from).abs() < 0.02 * width);
}

#[test]
fn other_measures_can_be_chosen_and_a_click_shows_an_example_in_its_image() {
    let mut window = rules();
    choose(&mut window, "Measure", "Unevenness of the nucleus");
    window.harness.get_by_label_contains("Low values speak for Nucleoplasm");
    assert_eq!(wish(&window).measure.name(), "Unevenness of the nucleus");
    window.wait("pictures", Workbench::is_at_rest);
    window.harness.query_all_by_label_contains("Cell 3 of field_2").next().unwrap().click();
    window.harness.run_steps(2);
    let view = window.harness.state().view();
    assert_eq!((view.field, view.selected_cell), (Some(2), Some(3)));
    window.harness.get_by_label("Canvas");
    let at = CellAt { field: 2, cell: 2 };
    assert_eq!(window.workbench().standing(at, view.kept.location), Some(Standing::InImage));
}

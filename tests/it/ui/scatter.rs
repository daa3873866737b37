//! The scatter plot: cells as points, chosen by a lasso or a click.

use cytoscribe::{
    project::labels::{Deed, Reason},
    workbench::{Workbench, set_cells::CellAt, standing::Standing},
};
use egui::{Event, Key, Modifiers, Pos2, Rect, Role, pos2};
use egui_kittest::kittest::Queryable;

use super::Window;

/// The scatter plot of a set of three images, the protein in the nuclei of the first and the last.
fn scatter() -> Window {
    let mut window = Window::open(3);
    window.wait_for_cells(0);
    window.key(Modifiers::NONE, Key::F7);
    window.wait("all cells", |workbench| {
        workbench.whole_set_task().is_none() && workbench.set_cells().is_some_and(|cells| cells.count() == 12)
    });
    wait_for_cloud(&mut window);
    window
}

fn wait_for_cloud(window: &mut Window) {
    window.harness.run_steps(2);
    let wish = window.harness.state().view().scatter.wish;
    window.wait("the cloud", |workbench| {
        workbench.is_at_rest() && workbench.cloud(wish).is_some_and(|cloud| cloud.cells.len() == 12)
    });
}

fn choose_axis(window: &mut Window, button: &str, words: &str, what: &str) {
    window.harness.get_by_role_and_label(Role::Button, button).click();
    window.harness.run_steps(2);
    window.harness.get_by_role_and_label(Role::TextInput, "Find a number").focus();
    window.harness.step();
    window.harness.get_by_role_and_label(Role::TextInput, "Find a number").type_text(words);
    window.harness.run_steps(2);
    window.harness.get_by_role_and_label(Role::Button, what).click();
    wait_for_cloud(window);
}

/// The plot of two measures that part the cells of both kinds.
fn parted() -> Window {
    let mut window = scatter();
    choose_axis(&mut window, "Across: Principal component 1", "PROTEIN nucleus", "Protein in the nucleus");
    choose_axis(&mut window, "Up: Principal component 2", "follows dna", "Follows the DNA");
    window
}

/// Where a cell is on the screen: the plot shows a twentieth more than the cloud on each side.
fn place(window: &Window, at: CellAt) -> Pos2 {
    let rect = window.harness.get_by_role_and_label(Role::Image, "Scatter plot").rect();
    let wish = window.harness.state().view().scatter.wish;
    let cloud = window.workbench().cloud(wish).unwrap();
    let point = cloud.points[cloud.place_of(at).unwrap()];
    let share = |axis: usize| {
        let values = || cloud.points.iter().map(|point| point[axis]);
        let (low, high) = (values().fold(f32::INFINITY, f32::min), values().fold(f32::NEG_INFINITY, f32::max));
        (0.05 + (point[axis] - low) / (high - low)) / 1.1
    };
    pos2(rect.left() + share(0) * rect.width(), rect.bottom() - share(1) * rect.height())
}

/// The rectangle around the cells of some images.
fn around(window: &Window, fields: &[u32]) -> Rect {
    let cells = fields.iter().flat_map(|&field| (0..4).map(move |cell| CellAt { field, cell }));
    let places: Vec<Pos2> = cells.map(|at| place(window, at)).collect();
    Rect::from_points(&places).expand(9.0)
}

fn lasso(window: &mut Window, rect: Rect, modifiers: Modifiers) {
    window.harness.event(Event::ModifiersChanged(modifiers));
    window.harness.hover_at(rect.left_top());
    window.harness.step();
    window.harness.drag_at(rect.left_top());
    window.harness.step();
    for corner in [rect.center_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom(), rect.left_center()] {
        window.harness.hover_at(corner);
        window.harness.step();
    }
    window.harness.drop_at(rect.left_center());
    window.harness.run_steps(2);
    window.harness.event(Event::ModifiersChanged(Modifiers::NONE));
    window.harness.step();
}

fn selected(window: &Window) -> Vec<u32> {
    let mut fields: Vec<u32> =
        window.harness.state().view().gallery.selection.cells.iter().map(|at| at.field).collect();
    fields.sort_unstable();
    fields
}

#[test]
fn cells_are_drawn_by_principal_components_until_other_numbers_are_chosen() {
    let mut window = scatter();
    window.harness.get_by_label("12 cells");
    window.harness.get_by_label("image has it: 8");
    window.harness.get_by_label("image has it not: 4");
    choose_axis(&mut window, "Up: Principal component 2", "nuc mean_pr", "nuc.mean_pr");
    window.harness.get_by_role_and_label(Role::Button, "Up: nuc.mean_pr");
    window.harness.get_by_role_and_label(Role::Button, "Swap").click();
    wait_for_cloud(&mut window);
    window.harness.get_by_role_and_label(Role::Button, "Across: nuc.mean_pr");
    std::thread::sleep(std::time::Duration::from_millis(900));
    window.harness.run();
}

#[test]
fn a_lasso_selects_with_shift_more_and_with_ctrl_fewer() {
    let mut window = parted();
    let (inside, outside) = (around(&window, &[0, 2]), around(&window, &[1]));
    assert!(!inside.intersects(outside), "{inside:?} {outside:?}");
    lasso(&mut window, inside, Modifiers::NONE);
    assert_eq!(selected(&window), [0, 0, 0, 0, 2, 2, 2, 2]);
    lasso(&mut window, outside, Modifiers::SHIFT);
    assert_eq!(selected(&window).len(), 12);
    window.harness.get_by_label("12 selected");
    lasso(&mut window, inside, Modifiers::COMMAND | Modifiers::CTRL);
    assert_eq!(selected(&window), [1, 1, 1, 1]);
    window.key(Modifiers::NONE, Key::Escape);
    assert!(selected(&window).is_empty());
}

#[test]
fn what_is_selected_is_decided_about_and_shown_in_the_gallery() {
    let mut window = parted();
    let outside = around(&window, &[1]);
    lasso(&mut window, outside, Modifiers::NONE);
    window.key(Modifiers::NONE, Key::N);
    let records = window.workbench().project().labels().records();
    assert!(matches!(&records[0].did, Deed::Decide(Reason::Bulk, decisions) if decisions.len() == 4));
    window.harness.run_steps(2);
    window.harness.get_by_label("decided no: 4");
    let location = window.harness.state().view().kept.location;
    let first = CellAt { field: 1, cell: 0 };
    assert_eq!(window.workbench().standing(first, location), Some(Standing::No));
    window.harness.get_by_role_and_label(Role::Button, "Show these in the gallery").click();
    window.wait("the gallery", Workbench::is_at_rest);
    window.harness.get_by_label("4 of 12 cells");
    window.harness.get_by_label("only 4 chosen cells");
    window.harness.get_by_role_and_label(Role::Button, "All cells").click();
    window.harness.run_steps(2);
    window.harness.get_by_label("12 cells");
    // What is selected in the gallery is selected in the plot.
    window.key(Modifiers::COMMAND, Key::A);
    window.key(Modifiers::NONE, Key::F7);
    window.harness.run_steps(2);
    window.harness.get_by_label("12 selected");
}

#[test]
fn a_click_on_a_point_selects_its_cell_everywhere() {
    let mut window = parted();
    let at = CellAt { field: 1, cell: 2 };
    let pointer = place(&window, at);
    window.harness.hover_at(pointer);
    window.harness.run_steps(2);
    window.harness.drag_at(pointer);
    window.harness.step();
    window.harness.drop_at(pointer);
    window.harness.run_steps(2);
    let view = window.harness.state().view();
    // Drawn cells are much alike: it may be another one of this image at the same place.
    assert_eq!((view.field, selected(&window)), (Some(1), vec![1]));
    assert!(view.selected_cell.is_some());
    window.key(Modifiers::NONE, Key::F3);
    window.harness.run_steps(3);
    window.harness.get_by_label("1 selected");
}

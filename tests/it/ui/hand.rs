//! The tools on the canvas: each makes one correction, which is one step to undo.

use cytoscribe::{
    atlas::Anchor,
    pipeline::corrections::{Correction, Part, Shape},
    storage::journal,
    workbench::results::FoundCells,
};
use egui::{Key, Modifiers, Pos2, Role};
use egui_kittest::kittest::Queryable;

use super::Window;
use crate::drawn_set::CELLS;

/// Where a pixel of a drawn field is on the screen: the field is fitted.
fn place(window: &Window, (row, col): Anchor) -> Pos2 {
    let canvas = window.harness.get_by_label("Canvas").rect();
    let zoom = (canvas.width() / 240.0).min(canvas.height() / 240.0).min(8.0);
    canvas.center() + egui::vec2(col as f32 + 0.5 - 120.0, row as f32 + 0.5 - 120.0) * zoom
}

fn drag(window: &mut Window, way: &[Anchor]) {
    let places: Vec<Pos2> = way.iter().map(|&pixel| place(window, pixel)).collect();
    window.harness.hover_at(places[0]);
    window.harness.step();
    window.harness.drag_at(places[0]);
    window.harness.step();
    for &place in &places[1..] {
        window.harness.hover_at(place);
        window.harness.step();
    }
    window.harness.drop_at(places[places.len() - 1]);
    window.harness.run_steps(3);
}

fn click(window: &mut Window, pixel: Anchor) {
    drag(window, &[pixel]);
}

fn cells(window: &Window) -> &FoundCells {
    &window.workbench().results().cells.as_ref().unwrap().value
}

fn corrections(window: &Window) -> Vec<Correction> {
    window.workbench().project().labels().corrections_of("field_0").map(|(_, correction)| correction.clone()).collect()
}

fn id_at(window: &Window, pixel: Anchor) -> u32 {
    cells(window).cell_at(pixel)
}

fn area(window: &Window, pixel: Anchor) -> u64 {
    cells(window).named(id_at(window, pixel)).unwrap().area_px
}

/// A window with the tool of a key in the hand.
fn with_tool(key: Key) -> Window {
    let mut window = Window::open(1);
    window.wait_for_cells(0);
    window.key(Modifiers::NONE, key);
    assert_eq!(cells(&window).count(), CELLS);
    window
}

/// Undoes what was done, in one step.
fn undo(window: &mut Window) {
    window.key(Modifiers::COMMAND, Key::Z);
    window.wait_for_cells(0);
    assert_eq!(cells(window).count(), CELLS);
    assert!(corrections(window).is_empty());
}

#[test]
fn a_line_across_a_cell_splits_it_in_one_step_that_is_on_the_disk() {
    let mut window = with_tool(Key::S);
    window.harness.get_by_label("Drag a line across a cell: it is cut in two there, and its nucleus with it.");
    let camera = window.harness.state().view().camera;
    let found = std::sync::Arc::clone(&cells(&window).stages);
    drag(&mut window, &[(5, 60), (60, 60), (115, 60)]);
    window.wait_for_cells(0);
    assert_eq!(cells(&window).count(), CELLS + 1);
    assert_ne!(id_at(&window, (60, 50)), id_at(&window, (60, 70)));
    assert!([(60, 50), (60, 70)].iter().all(|&pixel| id_at(&window, pixel) > 0));
    assert_eq!(window.harness.state().view().camera, camera, "the image stays where it is");
    assert!(std::sync::Arc::ptr_eq(&found, &cells(&window).stages), "nothing is computed anew");
    window.wait("the disk", |workbench| !workbench.is_unsaved());
    let records = journal::read(&window.project_folder()).unwrap().records;
    assert_eq!(records, window.workbench().project().labels().records());
    undo(&mut window);
    window.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    window.wait_for_cells(0);
    assert_eq!(cells(&window).count(), CELLS + 1);
}

#[test]
fn a_line_across_a_nucleus_splits_it_and_one_beside_all_cells_does_nothing() {
    let mut window = with_tool(Key::S);
    window.key(Modifiers::NONE, Key::N);
    drag(&mut window, &[(60, 40), (60, 80)]);
    window.wait_for_cells(0);
    assert!(matches!(corrections(&window)[..], [Correction::Split { part: Part::Nucleus, .. }]));
    assert_ne!(id_at(&window, (40, 60)), id_at(&window, (80, 60)));
    drag(&mut window, &[(120, 110), (122, 130)]);
    window.harness.get_by_label("The line crosses nothing that could be split.");
    assert_eq!(corrections(&window).len(), 1);
    undo(&mut window);
}

#[test]
fn two_clicks_merge_two_cells() {
    let mut window = with_tool(Key::M);
    click(&mut window, (60, 60));
    window.harness.get_by_label("Click the cell that it is to be one with.");
    click(&mut window, (62, 62));
    window.harness.get_by_label("That is the same cell: click two.");
    click(&mut window, (60, 60));
    click(&mut window, (60, 180));
    window.wait_for_cells(0);
    assert_eq!(cells(&window).count(), CELLS - 1);
    assert_eq!(id_at(&window, (60, 60)), id_at(&window, (60, 180)));
    undo(&mut window);
}

#[test]
fn a_click_or_a_key_deletes_a_cell() {
    let mut window = with_tool(Key::K);
    click(&mut window, (60, 180));
    window.wait_for_cells(0);
    assert_eq!((cells(&window).count(), id_at(&window, (60, 180))), (CELLS - 1, 0));
    undo(&mut window);
    window.key(Modifiers::NONE, Key::V);
    click(&mut window, (60, 180));
    window.key(Modifiers::NONE, Key::Delete);
    window.wait_for_cells(0);
    assert_eq!((cells(&window).count(), id_at(&window, (60, 180))), (CELLS - 1, 0));
    undo(&mut window);
}

#[test]
fn a_brush_draws_a_cell_as_wide_as_it_is() {
    let mut window = with_tool(Key::A);
    let narrow = window.harness.state().view().hand.radius_px;
    window.key(Modifiers::NONE, Key::CloseBracket);
    let wide = window.harness.state().view().hand.radius_px;
    assert!(wide > narrow);
    window.key(Modifiers::NONE, Key::OpenBracket);
    assert!(window.harness.state().view().hand.radius_px < wide);
    // One dab in the middle of the image, where no cell is.
    click(&mut window, (120, 120));
    window.wait_for_cells(0);
    assert_eq!(cells(&window).count(), CELLS + 1);
    let radius = f64::from(window.harness.state().view().hand.radius_px);
    let expected = std::f64::consts::PI * radius * radius;
    assert!((area(&window, (120, 120)) as f64 / expected - 1.0).abs() < 0.15);
    undo(&mut window);
}

#[test]
fn a_drawn_nucleus_gets_its_part_of_the_cell() {
    let mut window = with_tool(Key::A);
    window.harness.get_by_role_and_label(Role::Button, "Nuclei").click();
    window.harness.run_steps(2);
    let before = area(&window, (60, 60));
    drag(&mut window, &[(60, 85), (60, 87)]);
    window.wait_for_cells(0);
    assert!(matches!(&corrections(&window)[..], [Correction::Draw { part: Part::Nucleus, shape: Shape::Brush(_) }]));
    assert_eq!(cells(&window).count(), CELLS + 1);
    assert!(area(&window, (60, 60)) < before && area(&window, (60, 90)) > 0);
    undo(&mut window);
}

#[test]
fn corners_make_a_cell_when_the_polygon_is_closed() {
    for close in [None, Some(Key::Enter)] {
        let mut window = with_tool(Key::P);
        let corners = [(105, 105), (105, 135), (135, 135), (135, 105)];
        for corner in corners {
            click(&mut window, corner);
        }
        assert!(corrections(&window).is_empty());
        match close {
            Some(key) => window.key(Modifiers::NONE, key),
            None => click(&mut window, corners[0]),
        }
        window.wait_for_cells(0);
        assert_eq!(cells(&window).count(), CELLS + 1);
        assert!(area(&window, (120, 120)).abs_diff(900) < 60, "{}", area(&window, (120, 120)));
        undo(&mut window);
    }
}

#[test]
fn what_is_erased_belongs_to_no_cell() {
    let mut window = with_tool(Key::E);
    let before = area(&window, (60, 60));
    drag(&mut window, &[(20, 60), (22, 70)]);
    window.wait_for_cells(0);
    assert!(area(&window, (60, 60)) < before);
    assert_eq!(id_at(&window, (21, 64)), 0);
    drag(&mut window, &[(120, 110), (120, 112)]);
    window.harness.get_by_label("There was nothing to erase under the brush.");
    undo(&mut window);
}

#[test]
fn a_border_is_pushed_outwards_from_inside_a_cell() {
    let mut window = with_tool(Key::W);
    let before = area(&window, (60, 60));
    drag(&mut window, &[(60, 90), (60, 100), (60, 110)]);
    window.wait_for_cells(0);
    assert!(area(&window, (60, 60)) > before);
    assert_eq!(id_at(&window, (60, 112)), id_at(&window, (60, 60)));
    drag(&mut window, &[(120, 118), (120, 122)]);
    window.harness.get_by_label("Begin inside the cell that is to grow, or select it first.");
    undo(&mut window);
}

#[test]
fn escape_lets_go_of_the_work_and_then_of_the_tool_and_then_a_drag_moves_the_image() {
    let mut window = with_tool(Key::P);
    click(&mut window, (105, 105));
    assert_eq!(window.harness.state().view().hand.path.len(), 1);
    window.key(Modifiers::NONE, Key::Escape);
    assert!(window.harness.state().view().hand.path.is_empty());
    window.harness.get_by_label_contains("Click the corners of a cell.");
    window.key(Modifiers::NONE, Key::Escape);
    assert!(window.harness.query_by_label_contains("Click the corners of a cell.").is_none());
    for _ in 0..8 {
        window.key(Modifiers::NONE, Key::Plus);
    }
    let before = window.harness.state().view().camera.unwrap().centre;
    drag(&mut window, &[(120, 120), (110, 110), (100, 100)]);
    assert_ne!(window.harness.state().view().camera.unwrap().centre, before);
    assert!(corrections(&window).is_empty());
}

#[test]
fn every_tool_is_found_in_the_strip_and_in_the_list_of_commands() {
    let mut window = Window::open(1);
    window.wait_for_cells(0);
    for name in ["Split", "Merge", "Delete", "Draw", "Polygon", "Erase", "Border", "Select"] {
        window.harness.get_by_role_and_label(Role::Button, name).click();
        window.harness.run_steps(2);
        assert_eq!(window.harness.state().view().hand.tool.name(), name);
    }
    window.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    window.harness.run_steps(2);
    window.harness.event(egui::Event::Text("split cell".to_owned()));
    window.harness.run_steps(2);
    window.key(Modifiers::NONE, Key::Enter);
    assert_eq!(window.harness.state().view().hand.tool.name(), "Split");
}

#[test]
fn corrections_are_listed_removed_one_by_one_or_all_and_come_back() {
    let mut window = with_tool(Key::K);
    for pixel in [(60, 60), (60, 180), (180, 60)] {
        click(&mut window, pixel);
        window.wait_for_cells(0);
    }
    window.key(Modifiers::COMMAND, Key::Num2);
    window.harness.run_steps(2);
    window.harness.get_by_label("Corrected by hand: 3");
    window.harness.get_by_role_and_label(Role::Button, "Remove correction 2").click();
    window.wait_for_cells(0);
    window.harness.run_steps(2);
    assert_eq!(corrections(&window).len(), 2);
    assert!(id_at(&window, (60, 180)) > 0 && id_at(&window, (60, 60)) == 0);
    window.harness.get_by_role_and_label(Role::Button, "Remove all corrections").click();
    window.wait_for_cells(0);
    window.harness.run_steps(2);
    assert_eq!(cells(&window).count(), CELLS);
    window.key(Modifiers::COMMAND, Key::Z);
    window.wait_for_cells(0);
    assert_eq!(corrections(&window).len(), 2);
    window.key(Modifiers::COMMAND, Key::Z);
    window.wait_for_cells(0);
    assert_eq!(cells(&window).count(), CELLS - 3);
}

#[test]
fn a_correction_outlives_other_parameters_and_one_without_its_cell_is_named() {
    let mut window = with_tool(Key::K);
    click(&mut window, (60, 60));
    window.wait_for_cells(0);
    window.key(Modifiers::COMMAND, Key::Num2);
    window.harness.get_by_label("Fine, 1024 px").click();
    window.wait_for_cells(0);
    assert_eq!((cells(&window).count(), id_at(&window, (60, 60))), (CELLS - 1, 0));
    // A cell that was drawn, and then deleted: without the drawing there is nothing to delete.
    window.key(Modifiers::NONE, Key::A);
    click(&mut window, (120, 120));
    window.wait_for_cells(0);
    window.key(Modifiers::NONE, Key::K);
    click(&mut window, (120, 120));
    window.wait_for_cells(0);
    window.harness.run_steps(2);
    assert!(window.harness.query_by_label("1 does not find its cell").is_none());
    window.harness.get_by_role_and_label(Role::Button, "Remove correction 2").click();
    window.wait_for_cells(0);
    window.harness.run_steps(3);
    window.harness.get_by_label("1 does not find its cell");
    assert_eq!(cells(&window).corrected.lost, [1]);
    for _ in 0..8 {
        window.key(Modifiers::NONE, Key::Plus);
    }
    window.harness.get_by_label("2 cell deleted").click();
    window.harness.run_steps(3);
    let centre = window.harness.state().view().camera.unwrap().centre;
    assert!((centre - egui::pos2(120.0, 120.0)).length() < 3.0, "{centre:?}");
}

#[test]
fn the_selected_cell_stays_selected_when_others_are_corrected_and_is_let_go_with_its_own() {
    let mut window = with_tool(Key::S);
    // The second half gets the last number, which undoing takes away.
    drag(&mut window, &[(40, 60), (80, 60)]);
    window.wait("two halves", |workbench| workbench.results().cells.as_ref().unwrap().value.count() == CELLS + 1);
    window.key(Modifiers::NONE, Key::V);
    let selected = |window: &Window| window.harness.state().view().selected_cell;
    let last = cells(&window).named.iter().find(|cell| cell.id as usize == CELLS + 1).unwrap().anchor;
    click(&mut window, last);
    assert_eq!(selected(&window), Some(CELLS as u32 + 1));
    window.key(Modifiers::COMMAND, Key::Z);
    window.wait_for_cells(0);
    window.harness.run_steps(2);
    let whole = id_at(&window, last);
    assert!(whole > 0 && selected(&window) == Some(whole));
    // Erased, it is selected no more.
    window.key(Modifiers::NONE, Key::Delete);
    window.wait("a cell less", |workbench| workbench.results().cells.as_ref().unwrap().value.count() == CELLS - 1);
    assert_eq!(selected(&window), None);
    window.key(Modifiers::COMMAND, Key::Z);
    window.wait_for_cells(0);
    click(&mut window, (60, 60));
    let anchor = cells(&window).named(id_at(&window, (60, 60))).unwrap().anchor;
    // Another one goes: numbers may change, the selected cell does not.
    window.key(Modifiers::NONE, Key::K);
    click(&mut window, (180, 60));
    window.wait("a cell less", |workbench| workbench.results().cells.as_ref().unwrap().value.count() == CELLS - 1);
    window.harness.run_steps(2);
    assert_eq!(selected(&window), Some(id_at(&window, anchor)));
}

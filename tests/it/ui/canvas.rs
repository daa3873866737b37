use std::time::Duration;

use cytoscribe::{
    pipeline::composite::{CompositeParams, composite},
    storage::read_field,
    ui::picker::{Answer, Wish},
};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use super::Window;

/// Where the first cell of a drawn field is on the screen: the field is fitted, its cells are at known places.
fn first_cell(window: &Window) -> egui::Pos2 {
    let canvas = window.harness.get_by_label("Canvas").rect();
    let zoom = (canvas.width() / 240.0).min(canvas.height() / 240.0).min(8.0);
    canvas.center() + egui::vec2(60.0 - 120.0, 60.0 - 120.0) * zoom
}

#[test]
fn the_canvas_shows_the_picture_that_the_command_line_draws() {
    let mut window = Window::open(1);
    window.wait("a picture", |workbench| workbench.results().picture.is_some());
    let files = window.workbench().opened().unwrap().set.fields()[0].clone();
    let (field, _) = cytoscribe::pipeline::sample_depth::field_at_8_bit(
        read_field(&files).unwrap(),
        window.workbench().project().sample_depth(),
    );
    let picture = window.workbench().results().picture.as_ref().unwrap();
    assert_eq!(picture.inputs.part.level, 0);
    assert_eq!(*picture.value, composite(&field, &CompositeParams::default()));
}

#[test]
fn a_click_selects_a_cell_and_its_features_are_measured() {
    let mut window = Window::open(1);
    window.wait_for_cells(0);
    let place = first_cell(&window);
    window.harness.hover_at(place);
    window.harness.step();
    assert!(
        window.harness.state().view().pointed.is_some_and(|(row, col)| row.abs_diff(60) < 3 && col.abs_diff(60) < 3)
    );
    window.harness.drag_at(place);
    window.harness.drop_at(place);
    window.harness.run_steps(3);
    let selected = window.harness.state().view().selected_cell;
    assert!(selected.is_some_and(|id| (1..=4).contains(&id)), "{selected:?}");
    window.key(Modifiers::COMMAND, Key::Num3);
    window.wait("features", |workbench| workbench.results().features.is_some());
    window.harness.get_by_label(&format!("Cell {}", selected.unwrap()));
    window.harness.get_by_label("540 of 540 features");
}

#[test]
fn a_held_key_shows_one_stain_alone_and_decides_nothing() {
    let mut window = Window::open(1);
    window.wait_for_cells(0);
    window.harness.key_down(Key::U);
    window.wait("the stain alone", |workbench| {
        let display = workbench.results().picture.as_ref().map(|picture| &picture.inputs.display);
        display == Some(&CompositeParams::grey(cytoscribe::atlas::Channel::Nucleus))
    });
    window.harness.key_up(Key::U);
    window.wait("all stains", |workbench| {
        workbench.results().picture.as_ref().is_some_and(|picture| picture.inputs.display == CompositeParams::default())
    });
    assert!(window.workbench().history().undoes().is_none());
}

#[test]
fn zooming_in_asks_for_a_part_of_the_picture_and_fitting_shows_all() {
    let mut window = Window::open(1);
    window.wait_for_cells(0);
    let before = window.harness.state().view().camera.unwrap().zoom;
    for _ in 0..12 {
        window.key(Modifiers::NONE, Key::Plus);
    }
    let closer = window.harness.state().view().camera.unwrap().zoom;
    assert!(closer > 4.0 * before);
    let part = window.harness.state().view().part.clone().unwrap();
    assert!(part.rows.len() < 240 && part.cols.len() <= 240, "{part:?}");
    window.key(Modifiers::NONE, Key::F);
    assert!((window.harness.state().view().camera.unwrap().zoom - before).abs() < 1e-3);
}

#[test]
fn the_image_is_saved_in_full_size_where_the_user_says() {
    let mut window = Window::open(1);
    window.wait_for_cells(0);
    let path = window.folder.path().join("picture.png");
    window.desk.borrow_mut().answers.push(Answer::Path(Wish::Picture, path.clone()));
    window.key(Modifiers::COMMAND, Key::S);
    window.wait("the file", |_| path.exists());
    let saved = image::open(&path).unwrap().into_rgb8();
    assert_eq!(saved.dimensions(), (240, 240));
    assert_eq!(window.desk.borrow().asked, [Wish::Picture]);
}

#[test]
fn nothing_is_repainted_once_all_is_there() {
    let mut window = Window::open(1);
    window.wait_for_cells(0);
    window.wait("small pictures", |workbench| workbench.results().thumbnails.len() == 1);
    std::thread::sleep(Duration::from_millis(20));
    // Repaints that were asked for come to an end, or this fails.
    window.harness.run();
}

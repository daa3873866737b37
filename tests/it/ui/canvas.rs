use std::time::Duration;

use cytoscribe::{
    pipeline::composite::{CompositeParams, composite},
    storage::read_field,
    ui::picker::{Answer, Wish},
};
use egui::{Key, Modifiers, Role};
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
    window.wait("a picture", |workbench| !workbench.results().pictures.is_empty());
    let files = window.workbench().opened().unwrap().set.fields()[0].clone();
    let (field, _) = cytoscribe::pipeline::sample_depth::field_at_8_bit(
        read_field(&files).unwrap(),
        window.workbench().project().sample_depth(),
    );
    let picture = window.workbench().results().pictures.first().unwrap();
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
    window.wait("the cell from close by", |workbench| workbench.results().crop.is_some());
    for picture in ["Cell as drawn", "Cell protein", "Cell masks"] {
        window.harness.get_by_label(picture);
    }
    let crop = window.workbench().results().crop.as_ref().unwrap().value.clone().unwrap();
    assert_eq!(crop.composite.size(), crop.masks.size());
    // A cell of 90 pixels with some room around it.
    assert!((90..=120).contains(&crop.composite.height()), "{:?}", crop.composite.size());
    let grey = |&[r, g, b]: &[u8; 3]| r == g && g == b;
    assert!(crop.protein.samples().iter().all(grey) && !crop.composite.samples().iter().all(grey));
}

#[test]
fn a_cell_is_compared_with_the_cells_of_all_images_once_these_are_measured() {
    let mut window = Window::open(3);
    window.wait_for_cells(0);
    let place = first_cell(&window);
    window.harness.hover_at(place);
    window.harness.drag_at(place);
    window.harness.drop_at(place);
    window.key(Modifiers::COMMAND, Key::Num3);
    window.wait("features", |workbench| workbench.results().features.is_some());
    window.harness.get_by_role_and_label(Role::Button, "Measure the cells of all images").click_accesskit();
    window.wait("all features", |workbench| workbench.results().set_features.is_some());
    window.harness.run_steps(2);
    window.harness.get_by_label("In set");
    assert!(window.harness.query_by_role_and_label(Role::Button, "Measure the cells of all images").is_none());
    assert_eq!(window.workbench().results().set_features.as_ref().unwrap().value.cells, 12);
    // With other parameters they are others, and what was measured no longer tells.
    window.key(Modifiers::COMMAND, Key::Num2);
    window.harness.get_by_label("Fine, 1024 px").click();
    window.key(Modifiers::COMMAND, Key::Num3);
    assert!(window.harness.query_by_label("In set").is_none());
}

#[test]
fn what_is_seen_is_copied_with_its_cells_and_a_scale_bar() {
    let mut window = Window::open(1);
    window.wait_for_cells(0);
    for _ in 0..12 {
        window.key(Modifiers::NONE, Key::Plus);
    }
    let seen = window.harness.state().view().seen.clone().unwrap();
    window.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    let mut copied = None;
    for _ in 0..2000 {
        window.harness.step();
        let commands = &window.harness.output().platform_output.commands;
        copied = commands.iter().find_map(|command| match command {
            egui::OutputCommand::CopyImage(image) => Some(image.clone()),
            _ => None,
        });
        if copied.is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let copied = copied.expect("a picture in the clipboard");
    assert_eq!(copied.size, [seen.1.len(), seen.0.len()]);
    assert!(seen.0.len() < 240);
    assert!(copied.pixels.contains(&egui::Color32::WHITE), "the scale bar");
}

#[test]
fn a_held_key_shows_one_stain_alone_and_decides_nothing() {
    let mut window = Window::open(1);
    window.wait_for_cells(0);
    window.harness.key_down(Key::U);
    window.wait("the stain alone", |workbench| {
        let display = workbench.results().picture(workbench.field_key(0)).map(|picture| &picture.inputs.display);
        display == Some(&CompositeParams::grey(cytoscribe::atlas::Channel::Nucleus))
    });
    window.harness.key_up(Key::U);
    window.wait("all stains", |workbench| {
        workbench
            .results()
            .picture(workbench.field_key(0))
            .is_some_and(|picture| picture.inputs.display == CompositeParams::default())
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
    // It shows what the canvas shows: cells filled with the colours of their label, if so wished.
    window.key(Modifiers::COMMAND, Key::Num2);
    window.harness.get_by_role_and_label(Role::Button, "labels").click();
    window.harness.get_by_role_and_label(Role::Slider, "Fill").set_value_accesskit(1.0);
    window.harness.run_steps(3);
    let filled = window.folder.path().join("filled.png");
    window.desk.borrow_mut().answers.push(Answer::Path(Wish::Picture, filled.clone()));
    window.key(Modifiers::COMMAND, Key::S);
    window.wait("the file", |_| filled.exists());
    let filled = image::open(&filled).unwrap().into_rgb8();
    let label = window.workbench().opened().unwrap().labels[0];
    let colour = cytoscribe::pipeline::region_colours::CellColours::of_labels(label).colour(1, true);
    // The middle of the first nucleus.
    assert_eq!(filled.get_pixel(60, 60).0, colour);
    assert_ne!(saved.get_pixel(60, 60).0, colour);
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

//! Masks from elsewhere in the window: the dialog that imports them, and the comparison with others.

use cytoscribe::{
    imaging::Plane,
    pipeline::segmentation::Preset,
    score::Difference,
    storage::{MaskFormat, masks::write_mask},
    ui::picker::{Answer, Wish},
    workbench::compare::Others,
};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use super::Window;
use crate::drawn_set::{CELLS, SIDE};

/// A cell where one is, and one where none is, for the image `id`.
fn write_squares(window: &Window, id: &str) -> std::path::PathBuf {
    let folder = window.folder.path().join("theirs");
    let mask = Plane::from_fn(SIDE as usize, SIDE as usize, |row, col| match (row, col) {
        (20..100, 20..100) => 50_u32,
        (110..130, 100..140) => 70,
        _ => 0,
    });
    write_mask(&folder.join(format!("{id}_cellmask.png")), &mask.into(), MaskFormat::Png).unwrap();
    folder
}

fn click(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).click();
    window.harness.run_steps(2);
}

fn choose(window: &mut Window, menu: &str, item: &str) {
    click(window, menu);
    window.harness.get_by_label_contains(item).click();
    window.harness.run_steps(3);
}

fn count(window: &Window) -> usize {
    window.workbench().results().cells.as_ref().unwrap().value.count()
}

#[test]
fn masks_from_a_folder_take_the_place_of_computed_ones_by_the_dialog_and_go_again_by_one_click() {
    let mut window = Window::open(2);
    window.wait_for_cells(0);
    let folder = write_squares(&window, "field_0");
    choose(&mut window, "File", "Import masks…");
    window.desk.borrow_mut().answers.push(Answer::Path(Wish::MaskFolder, folder.clone()));
    click(&mut window, "Folder of masks…");
    window.harness.run_steps(2);
    window.harness.get_by_label(folder.to_str().unwrap());
    click(&mut window, "Import");
    window.wait("the import", |workbench| workbench.importing().is_none() && workbench.last_import().is_some());
    window.harness.get_by_label("1 images have imported masks, with 2 cells");
    window.harness.get_by_label("field_1: no masks");
    click(&mut window, "Close");
    window.wait_for_cells(0);
    assert_eq!(count(&window), 2);
    assert!(window.workbench().project().imported().get("field_0").is_some());

    window.key(Modifiers::COMMAND, Key::Z);
    window.wait_for_cells(0);
    assert_eq!(count(&window), CELLS);
    window.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    window.wait_for_cells(0);
    assert_eq!(count(&window), 2);

    // Where one looks for how cells are found, it is said how these were.
    choose(&mut window, "View", "Go to segmentation");
    window.harness.get_by_label("The masks of this image were imported.");
    click(&mut window, "Back to computed masks");
    window.wait_for_cells(0);
    assert_eq!(count(&window), CELLS);
    window.wait("the file", |workbench| !workbench.is_unsaved());
    window.key(Modifiers::COMMAND, Key::Z);
    window.wait_for_cells(0);
    window.wait("the file", |workbench| !workbench.is_unsaved());
    // The project is whole without the files that were imported.
    std::fs::remove_dir_all(&folder).unwrap();
    let Window { harness, folder, .. } = window;
    drop(harness);
    let set = folder.path().join("set");
    let mut window = Window::open_in(folder, &set);
    window.wait_for_cells(0);
    assert_eq!(count(&window), 2);
}

#[test]
fn masks_are_compared_with_others_in_this_image_and_in_all() {
    let mut window = Window::open(2);
    window.wait_for_cells(0);
    let folder = write_squares(&window, "field_0");
    choose(&mut window, "View", "Compare masks with others…");
    window.desk.borrow_mut().answers.push(Answer::Path(Wish::CompareFolder, folder));
    click(&mut window, "Masks in a folder…");
    window.wait("the comparison", |workbench| workbench.compared(0).is_some());
    let differences = window.workbench().compared(0).unwrap().unwrap().differences.clone();
    let counts = Difference::ALL.map(|difference| differences.count(difference));
    assert_eq!(counts, [1, 1, CELLS - 1, 0, 0]);
    window.harness.get_by_label("= agree: 1");
    window.harness.get_by_label("− missed: 1");
    window.harness.get_by_label(&format!("+ extra: {}", CELLS - 1));
    window.harness.get_by_label("÷ split: 0");
    window.harness.get_by_label("& merged: 0");
    click(&mut window, "+ extra: 3");
    assert_eq!(window.harness.state().view().compare.hidden, [Difference::Extra]);

    click(&mut window, "Compare all 2 images");
    window.wait("the report", |workbench| workbench.compared_set().is_some());
    window.harness.get_by_label_contains("1 images: F1 0.333 at overlap 0.5");
    window.harness.get_by_label("1 images have no other masks");

    click(&mut window, "Computed masks");
    window.wait("the other comparison", |workbench| {
        workbench.compared(0).is_some_and(|compared| compared.unwrap().score.at_60.matched == CELLS)
    });
    click(&mut window, "The reference method");
    window.wait("the comparison with the other method", |workbench| {
        workbench.compared_with() == Some(&Others::Preset(Preset::Reference)) && workbench.compared(0).is_some()
    });
    window.harness.get_by_label("Compared with the reference method");
    let compared = window.workbench().compared(0).unwrap().unwrap();
    assert_eq!((compared.score.found, compared.score.truth), (CELLS, CELLS));
    assert!(compared.score.mean_best_iou.unwrap() < 1.0, "both methods are the same");
    click(&mut window, "Compare no more");
    window.wait("the end", |workbench| workbench.compared_with().is_none());
}

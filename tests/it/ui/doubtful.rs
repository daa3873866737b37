use std::fs;

use cytoscribe::atlas::Channel;
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;
use image::GrayImage;

use super::Window;
use crate::drawn_set::{SIDE, draw_set};

/// A set of ten images, of which the third and the eighth have no nuclei and the last has but one.
fn doubtful_set() -> Window {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("set");
    draw_set(&set, 10);
    let nuclei = |index: usize| set.join(format!("field_{index}_{}.png", Channel::Nucleus.colour()));
    for index in [2, 7] {
        GrayImage::new(SIDE, SIDE).save(nuclei(index)).unwrap();
    }
    let all = image::open(nuclei(9)).unwrap().into_luma8();
    GrayImage::from_fn(
        SIDE,
        SIDE,
        |col, row| {
            if col.max(row) < 120 { *all.get_pixel(col, row) } else { image::Luma([0]) }
        },
    )
    .save(nuclei(9))
    .unwrap();
    Window::open_in(folder, &set)
}

fn press_j(window: &mut Window) -> (Option<usize>, String) {
    window.key(Modifiers::NONE, Key::J);
    let view = window.harness.state().view();
    (view.field, view.said.clone().unwrap_or_default())
}

fn find_all_cells(window: &mut Window) {
    window.harness.get_by_role_and_label(Role::Button, "Find all cells").click();
    window.wait("all images to be judged", |workbench| workbench.judged_fields() == 10 && workbench.is_at_rest());
}

#[test]
fn one_key_steps_through_doubtful_images_and_says_why_they_are() {
    let mut window = doubtful_set();
    find_all_cells(&mut window);
    assert_eq!(window.harness.query_all_by_label("doubtful").count(), 1 + 3, "the filter and three rows");
    let black = "Doubtful: no cells: the nucleus channel is black.".to_owned();
    assert_eq!(press_j(&mut window), (Some(2), black.clone()));
    window.harness.get_by_label(&black);
    assert_eq!(press_j(&mut window), (Some(7), black.clone()));
    let (last, why) = press_j(&mut window);
    assert_eq!(last, Some(9));
    assert!(why.starts_with("Doubtful: few cells: 1, where images of this set have about 4"), "{why}");
    assert_eq!(press_j(&mut window), (Some(2), black));
    // Another key takes the words away.
    window.key(Modifiers::NONE, Key::PageDown);
    assert_eq!(window.harness.state().view().said, None);
}

#[test]
fn the_filter_lists_doubtful_images_until_somebody_has_looked_them_over() {
    let mut window = doubtful_set();
    find_all_cells(&mut window);
    window.harness.get_by_role_and_label(Role::CheckBox, "doubtful").click();
    window.harness.run_steps(3);
    window.harness.get_by_label("3 of 10 images");
    for left in [2, 1] {
        press_j(&mut window);
        window.key(Modifiers::NONE, Key::D);
        window.harness.run_steps(2);
        window.harness.get_by_label(&format!("{left} of 10 images"));
    }
    press_j(&mut window);
    let (_, why) = press_j(&mut window);
    assert!(why.ends_with("There is no other one."), "{why}");
    window.key(Modifiers::NONE, Key::D);
    window.harness.run_steps(2);
    window.harness.get_by_label("No image fits the filter.");
    let (_, why) = press_j(&mut window);
    assert_eq!(why, "No image is doubtful, or all that were are marked as reviewed.");
    // Undone, it is in doubt again.
    window.key(Modifiers::COMMAND, Key::Z);
    window.harness.run_steps(2);
    window.harness.get_by_label("1 of 10 images");
}

#[test]
fn where_no_image_is_known_to_be_doubtful_the_key_says_why() {
    let mut window = Window::open(3);
    let shown = window.harness.state().view().field;
    assert_eq!(
        press_j(&mut window),
        (
            shown,
            "No cells were found yet, so no image is known to be doubtful: find the cells of all images first."
                .to_owned()
        )
    );
    window.wait_for_cells(0);
    window.wait("the image to be judged", |workbench| workbench.judged_fields() == 1);
    let (shown, why) = press_j(&mut window);
    assert_eq!(
        (shown, why.as_str()),
        (Some(0), "No image is doubtful among those whose cells were found; 2 of 3 are still to be segmented.")
    );
}

#[test]
fn what_is_known_of_doubts_is_known_again_from_masks_and_from_measured_cells() {
    let mut window = doubtful_set();
    find_all_cells(&mut window);
    let project = window.project_folder();
    let of_all = |window: &Window| -> Vec<String> {
        (0..10).map(|index| format!("{:?}", window.workbench().field_doubts(index))).collect()
    };
    let before = of_all(&window);
    let Window { harness, folder, .. } = window;
    drop(harness);
    let set = folder.path().join("set");
    let mut window = Window::open_in(folder, &set);
    window.wait("what is known", |workbench| workbench.judged_fields() == 10);
    assert_eq!(of_all(&window), before);

    // Measured and without masks, the same is told by what was measured.
    window.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::M);
    window.wait("all to be measured", |workbench| {
        workbench.set_cells().is_some_and(|cells| cells.measured_fields() == 10) && workbench.is_at_rest()
    });
    let Window { harness, folder, .. } = window;
    drop(harness);
    fs::remove_dir_all(project.join("masks")).unwrap();
    let mut window = Window::open_in(folder, &set);
    window.wait("what is known", |workbench| workbench.judged_fields() == 10);
    assert_eq!(of_all(&window), before);
}

use std::fs;

use cytoscribe::{
    pipeline::{composite::CompositeParams, segmentation::SegmentationParams},
    storage::project_file,
};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;

use super::Window;

fn on_segmentation(count: usize) -> Window {
    let mut window = Window::open(count);
    window.wait_for_cells(0);
    window.key(Modifiers::COMMAND, Key::Num2);
    window
}

#[test]
fn a_slider_changes_the_project_and_the_cells_follow() {
    let mut window = on_segmentation(1);
    let before = window.workbench().results().cells.as_ref().unwrap().inputs.clone();
    window.harness.get_by_role_and_label(Role::Slider, "Marker quantile").set_value_accesskit(0.9);
    window.harness.run_steps(2);
    assert!((window.workbench().project().segmentation().marker_quantile - 0.9).abs() < 1e-9);
    window.wait_for_cells(0);
    assert_ne!(window.workbench().results().cells.as_ref().unwrap().inputs, before);
    window.harness.get_by_label("Reset marker quantile").click();
    window.harness.run_steps(3);
    assert_eq!(*window.workbench().project().segmentation(), SegmentationParams::default());
}

#[test]
fn a_change_is_undone_and_redone_by_keys_and_by_the_menu() {
    let mut window = on_segmentation(1);
    window.harness.get_by_label("Fine, 1024 px").click();
    window.harness.run_steps(3);
    assert_eq!(window.workbench().project().segmentation().working_size, 1024);
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.workbench().project().segmentation().working_size, 400);
    window.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(window.workbench().project().segmentation().working_size, 1024);
    window.harness.get_by_label("Edit").click();
    window.harness.run_steps(2);
    window.harness.get_by_label_contains("Undo change of segmentation").click();
    window.harness.run_steps(3);
    assert_eq!(window.workbench().project().segmentation().working_size, 400);
}

#[test]
fn an_image_may_have_parameters_of_its_own_and_give_them_to_all() {
    let mut window = on_segmentation(2);
    window.harness.get_by_label("Only this image").click();
    window.harness.run_steps(3);
    window.harness.get_by_label("Fine, 1024 px").click();
    window.harness.run_steps(3);
    let project = window.workbench().project();
    assert_eq!(project.segmentation().working_size, 400);
    assert_eq!(project.segmentation_of("field_0").working_size, 1024);
    assert_eq!(project.segmentation_of("field_1").working_size, 400);
    window.harness.get_by_label("Use for all").click();
    window.harness.run_steps(3);
    let project = window.workbench().project();
    assert!(!project.is_overridden("field_0") && project.segmentation().working_size == 1024);
    // It was one step.
    window.key(Modifiers::COMMAND, Key::Z);
    let project = window.workbench().project();
    assert!(project.is_overridden("field_0") && project.segmentation().working_size == 400);
    window.harness.get_by_label("Back to common").click();
    window.harness.run_steps(3);
    assert!(!window.workbench().project().is_overridden("field_0"));
}

#[test]
fn every_stage_can_be_looked_at() {
    let mut window = on_segmentation(1);
    let first = window.harness.state().view().kept.layer;
    for _ in 0..10 {
        window.key(Modifiers::COMMAND, Key::CloseBracket);
    }
    assert_eq!(window.harness.state().view().kept.layer, first);
    window.key(Modifiers::COMMAND, Key::OpenBracket);
    assert_ne!(window.harness.state().view().kept.layer, first);
    window.key(Modifiers::NONE, Key::C);
    assert_eq!(window.harness.state().view().kept.layer, first);
}

#[test]
fn display_settings_draw_the_picture_anew_and_can_be_reset() {
    let mut window = Window::open(1);
    window.wait("a picture", |workbench| !workbench.results().pictures.is_empty());
    let draws = |window: &mut Window| {
        window.harness.run_steps(2);
        window.wait("the picture", |workbench| {
            let drawn = workbench.results().picture(workbench.field_key(0)).map(|picture| &picture.inputs.display);
            drawn == Some(workbench.project().display())
        });
    };
    window.harness.get_by_role_and_label(Role::Slider, "Gamma").set_value_accesskit(0.5);
    draws(&mut window);
    assert!((window.workbench().project().display().gamma - 0.5).abs() < 0.01);
    for label in ["Match histograms", "Nucleus", "Auto contrast"] {
        let before = window.workbench().project().display().clone();
        window.harness.get_by_label(label).click();
        draws(&mut window);
        assert_ne!(*window.workbench().project().display(), before, "{label}");
    }
    window.harness.get_by_label("Reset").click();
    draws(&mut window);
    assert_eq!(*window.workbench().project().display(), CompositeParams::default());
}

#[test]
fn decisions_are_saved_by_themselves_and_are_there_when_the_set_is_opened_again() {
    let mut window = on_segmentation(1);
    window.harness.get_by_label("Fine, 1024 px").click();
    window.harness.run_steps(2);
    let folder = window.project_folder();
    window.wait("the file", |workbench| !workbench.is_unsaved());
    assert_eq!(project_file::read(&folder).unwrap().unwrap().project.segmentation().working_size, 1024);
    let Window { harness, folder, .. } = window;
    drop(harness);
    let set = folder.path().join("set");
    let window = Window::open_in(folder, &set);
    assert_eq!(window.workbench().project().segmentation().working_size, 1024);
}

#[test]
fn a_project_of_a_newer_version_is_left_alone_and_the_set_still_opens() {
    let mut window = on_segmentation(1);
    window.harness.get_by_label("Fine, 1024 px").click();
    window.wait("the file", |workbench| !workbench.is_unsaved());
    let path = project_file::path_in(&window.project_folder());
    let newer = fs::read_to_string(&path).unwrap().replace("version: 1", "version: 99");
    fs::write(&path, &newer).unwrap();
    let Window { harness, folder, .. } = window;
    drop(harness);
    let set = folder.path().join("set");
    let mut window = Window::open_in(folder, &set);
    window.harness.get_by_label_contains("the project is of version 99");
    window.harness.get_by_label("changes are not saved");
    window.wait_for_cells(0);
    window.key(Modifiers::COMMAND, Key::Num2);
    window.harness.get_by_label("Fine, 1024 px").click();
    window.harness.run_steps(3);
    assert!(!window.workbench().is_unsaved());
    assert_eq!(fs::read_to_string(&path).unwrap(), newer);
}

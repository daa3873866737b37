//! Tuning by example in the window: marks, the search, what is chosen of it, and undo.

use std::path::Path;

use cytoscribe::{
    pipeline::{segmentation::SegmentationParams, tuning::Opinion},
    project::{Edit, Project},
    storage::{
        SetLayout,
        project_file::{self, ProjectFile},
    },
    ui::picker::{Answer, Wish},
    workbench::Workbench,
};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;

use super::Window;
use crate::drawn_set::draw_fading_set;

fn click(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).click();
    window.harness.run_steps(3);
}

/// A project that finds cells on small pictures, for there is much to be tried.
fn work_small(folder: &Path) {
    let mut project = Project::default();
    let params = SegmentationParams { working_size: 80, ..project.segmentation().clone() };
    let _ = project.apply(Edit::Segmentation(params));
    let (set, layout) = ("../set".into(), SetLayout::FilePerStain);
    std::fs::create_dir_all(folder).unwrap();
    project_file::write(folder, &ProjectFile { version: project_file::VERSION, set, layout, labels: None, project })
        .unwrap();
}

fn marks(workbench: &Workbench) -> Vec<Opinion> {
    workbench.project().examples().marks_of("field_0").iter().map(|mark| mark.opinion).collect()
}

#[test]
fn a_cell_is_marked_good_or_bad_by_keys_and_buttons_and_each_mark_can_be_undone() {
    let mut window = Window::open(2);
    window.wait_for_cells(0);
    window.key(Modifiers::COMMAND, Key::G);
    assert!(marks(window.workbench()).is_empty(), "without a cell there is nothing to mark");
    window.key(Modifiers::NONE, Key::Period);
    window.key(Modifiers::COMMAND, Key::G);
    assert_eq!(marks(window.workbench()), [Opinion::Good]);
    window.key(Modifiers::COMMAND, Key::B);
    assert_eq!(marks(window.workbench()), [Opinion::Bad]);
    window.key(Modifiers::NONE, Key::Period);
    window.key(Modifiers::COMMAND, Key::Num2);
    click(&mut window, "+ good");
    assert_eq!(marks(window.workbench()).len(), 2);
    window.harness.get_by_label("2 marked here, 2 in all");
    click(&mut window, "+ good");
    assert_eq!(marks(window.workbench()), [Opinion::Bad]);
    for expected in [2, 1, 1, 0] {
        window.key(Modifiers::COMMAND, Key::Z);
        assert_eq!(marks(window.workbench()).len(), expected);
    }
}

#[test]
fn settings_are_searched_chosen_and_used_for_all_or_some_images_and_undone() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("set");
    draw_fading_set(&set, 3);
    work_small(&folder.path().join("set.cytoscribe"));
    let mut window = Window::open_in(folder, &set);
    window.wait_for_cells(0);
    window.key(Modifiers::NONE, Key::Period);
    window.key(Modifiers::COMMAND, Key::B);
    window.key(Modifiers::COMMAND, Key::Num2);
    click(&mut window, "Tune by example…");
    window.harness.get_by_label("Marked cells: 0 good, 1 bad");
    click(&mut window, "Search");
    window.wait("the search", |workbench| workbench.tuned().is_some());
    let tuned = window.workbench().tuned().unwrap().1.unwrap().clone();
    assert!(tuned.tuned.best[0].score > tuned.tuned.present.score, "{:?}", tuned.tuned);
    window.wait("the pictures", |workbench| workbench.tile(0, tuned.tuned.best.len()).is_some());
    window.harness.get_by_label("Image 1 of 1: field_0");
    let before = window.workbench().project().segmentation().clone();

    window.key(Modifiers::NONE, Key::Num2);
    assert_eq!(window.harness.state().view().tuning.tile, 2);
    // With examples in one image alone, its score there is the whole of it.
    let tile = format!("Setting 1: {:.2} in this image", tuned.tuned.best[0].score);
    window.harness.get_by_role_and_label(Role::Button, &tile).click();
    window.harness.run_steps(3);
    assert_eq!(window.harness.state().view().tuning.tile, 1);
    let best = tuned.tuned.best[0].params.clone();
    click(&mut window, "all images");
    assert_eq!(*window.workbench().project().segmentation(), best);
    window.harness.get_by_label("In use for all images.");
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(*window.workbench().project().segmentation(), before);

    click(&mut window, "this image");
    assert_eq!(window.workbench().project().overrides().keys().collect::<Vec<_>>(), ["field_0"]);
    window.key(Modifiers::COMMAND, Key::Z);
    click(&mut window, "the 3 images listed");
    assert_eq!(window.workbench().project().overrides().len(), 3);
    assert!(window.workbench().project().overrides().values().all(|params| *params == best));
    window.key(Modifiers::COMMAND, Key::Z);
    assert!(window.workbench().project().overrides().is_empty());

    window.harness.get_by_label("×").click();
    window.harness.run_steps(3);
    assert!(marks(window.workbench()).is_empty());
    window.harness.get_by_label("The examples have changed since: search again.");
    let path = window.folder.path().join("theirs");
    window.desk.borrow_mut().answers.push(Answer::Path(Wish::ReferenceFolder, path.clone()));
    click(&mut window, "Masks in a folder…");
    window.harness.run_steps(3);
    assert_eq!(window.workbench().project().examples().reference.as_ref().unwrap().path, path);
    click(&mut window, "Search");
    window.wait("the end", |workbench| workbench.tuned().is_some_and(|(_, tuned)| tuned.is_err()));
    window.harness.get_by_label_contains("cannot read the masks");
}

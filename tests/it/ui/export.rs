//! The dialog of exports.

use cytoscribe::{
    pipeline::post_processing::NegativeRule,
    ui::picker::{Answer, Wish},
};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use super::Window;
use crate::cli::{files_below, replay::copied};

fn open_dialog(window: &mut Window) {
    window.key(Modifiers::COMMAND, Key::E);
    window.harness.run_steps(2);
    window.harness.get_by_label("What to write");
}

fn click(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).click();
    window.harness.run_steps(2);
}

fn wait_for_export(window: &mut Window) {
    window.wait("the export", |workbench| workbench.exporting().is_none() && workbench.last_export().is_some());
}

#[test]
fn what_is_ticked_is_written_into_the_folder_that_was_chosen_and_the_doctor_says_so() {
    let mut window = Window::open(2);
    window.wait_for_cells(0);
    let out = window.folder.path().join("results");
    window.desk.borrow_mut().answers.push(Answer::Path(Wish::ExportFolder, out.clone()));
    open_dialog(&mut window);
    window.harness.get_by_label("•  images not measured: 2");
    click(&mut window, "Folder…");
    window.harness.get_by_label(out.to_str().unwrap());
    for product in ["Table of cells", "Masks", "COCO annotations", "Trained model"] {
        click(&mut window, product);
    }
    click(&mut window, "Write the files");
    wait_for_export(&mut window);
    window.harness.get_by_label("The doctor finds nothing wrong");
    window.harness.get_by_label("8 masks of submission.csv were decoded and compared with the cells");
    let names: Vec<String> = files_below(&out).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["report.txt", "submission.csv"]);

    // What was decoded is shown on the image.
    assert!(window.workbench().submission_masks(0).is_none());
    click(&mut window, "Show its masks on the images");
    window.wait("the masks", |workbench| workbench.submission_masks(0).is_some());
    assert_eq!(window.workbench().submission_masks(0).unwrap().count, 4);
    click(&mut window, "Close");
    assert!(window.harness.state().view().dialog.is_none());
}

#[test]
fn confidences_are_a_decision_that_can_be_undone_and_their_effect_is_told_without_writing_anything() {
    let mut window = Window::open(2);
    window.wait_for_cells(0);
    open_dialog(&mut window);
    window.harness.get_by_label("Not known before something was learnt.");
    click(&mut window, "1 − highest");
    assert_eq!(window.workbench().project().post_processing().negative, NegativeRule::OneMinusHighest);
    click(&mut window, "Learn and judge only");
    wait_for_export(&mut window);
    window.wait("the effect", |workbench| workbench.effects().is_some_and(|(_, is_fresh)| is_fresh));
    window.harness.get_by_label("Learnt and judged; nothing was written.");
    window.harness.get_by_label_contains("Too few decisions");
    assert!(!window.folder.path().join("set.export").exists());
    window.key(Modifiers::NONE, Key::Escape);
    window.harness.run_steps(2);
    assert!(window.harness.state().view().dialog.is_none());
    window.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.workbench().project().post_processing().negative, NegativeRule::OwnModel);
}

#[test]
fn the_window_exports_the_bytes_that_replay_writes() {
    let folder = copied();
    let project = folder.path().join("train.cytoscribe");
    let mut window = Window::open_in(folder, &project);
    open_dialog(&mut window);
    click(&mut window, "Write the files");
    wait_for_export(&mut window);
    window.harness.get_by_label("The doctor finds nothing wrong");
    // The effects of post-processing stand beside each other.
    window.wait("the effects", |workbench| workbench.effects().is_some_and(|(effects, _)| effects.alone.len() == 2));
    window.harness.get_by_label("all together");
    let Window { harness, folder, .. } = window;
    drop(harness);
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_cytoscribe"))
        .args(["replay".as_ref(), project.as_os_str(), "--out".as_ref(), folder.path().join("again").as_os_str()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let [one, other] = ["train.export", "again"].map(|name| files_below(&folder.path().join(name)));
    assert_eq!(one.len(), 17);
    assert!(one == other);
}

use std::{
    fs,
    time::{Duration, Instant},
};

use cytoscribe::{
    project::Edit,
    storage::project_file,
    workbench::{Command, Focus, Workbench},
};

use crate::drawn_set::draw_set;

fn wait(workbench: &mut Workbench, what: &str, is_there: impl Fn(&Workbench) -> bool) {
    let since = Instant::now();
    while !is_there(workbench) {
        assert!(since.elapsed() < Duration::from_mins(1), "waited in vain for {what}");
        workbench.tick(&Focus::default());
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_decision_that_could_not_be_saved_is_saved_at_the_end_at_the_latest() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("set");
    draw_set(&set, 1);
    let mut workbench = Workbench::new(|| {});
    workbench.run(Command::Open(set));
    wait(&mut workbench, "the set", |workbench| workbench.opened().is_some());
    let project = workbench.opened().unwrap().folder.clone().unwrap();
    // Something is in the way of the file.
    let path = project_file::path_in(&project);
    fs::create_dir(&path).unwrap();
    workbench.run(Command::Edit(Edit::PixelSize(0.25)));
    wait(&mut workbench, "a notice", |workbench| !workbench.notices().is_empty());
    assert!(workbench.notices()[0].text.starts_with("not saved: "), "{}", workbench.notices()[0].text);
    assert!(workbench.is_unsaved());
    fs::remove_dir(&path).unwrap();
    workbench.close();
    let saved = project_file::read(&project).unwrap().unwrap().project;
    assert_eq!(saved.pixel_size_um().to_bits(), 0.25_f64.to_bits());
}

#[test]
fn no_other_set_is_opened_over_decisions_that_cannot_be_saved() {
    let folder = tempfile::tempdir().unwrap();
    let sets = ["one", "other"].map(|name| folder.path().join(name));
    for set in &sets {
        draw_set(set, 1);
    }
    let mut workbench = Workbench::new(|| {});
    workbench.run(Command::Open(sets[0].clone()));
    wait(&mut workbench, "the set", |workbench| workbench.opened().is_some());
    let project = workbench.opened().unwrap().folder.clone().unwrap();
    let path = project_file::path_in(&project);
    fs::create_dir(&path).unwrap();
    workbench.run(Command::Edit(Edit::PixelSize(0.25)));
    workbench.run(Command::Open(sets[1].clone()));
    wait(&mut workbench, "a refusal", |workbench| {
        workbench.notices().iter().any(|notice| notice.is_failure && notice.text.contains("is not opened"))
    });
    assert_eq!(workbench.opened().unwrap().set.root(), sets[0]);
    assert!(workbench.is_unsaved());
    assert_eq!(workbench.project().pixel_size_um().to_bits(), 0.25_f64.to_bits());
    // Once it can be saved, the other set opens and nothing is lost.
    fs::remove_dir(&path).unwrap();
    workbench.run(Command::Open(sets[1].clone()));
    wait(&mut workbench, "the other set", |workbench| workbench.opened().unwrap().set.root() == sets[1]);
    let saved = project_file::read(&project).unwrap().unwrap().project;
    assert_eq!(saved.pixel_size_um().to_bits(), 0.25_f64.to_bits());
}

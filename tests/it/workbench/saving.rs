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

use std::{fs, path::Path, process::Command};

use cytoscribe::{
    pipeline::segmentation::{Preset, SegmentationParams},
    project::{Edit, Project},
    storage::{ImageSet, SetLayout},
    workbench::{
        Stop,
        segment_all::{Progress, segment_all},
    },
};

use crate::drawn_set::draw_set;

fn masks(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let pictures = entries.filter(|path| path.extension().is_some_and(|ending| ending == "png"));
    let mut masks: Vec<_> = pictures
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    masks.sort_unstable();
    masks
}

fn by_command(set: &Path, out: &Path, options: &[&str]) {
    let status = Command::new(env!("CARGO_BIN_EXE_cytoscribe"))
        .args(["segment".as_ref(), set.as_os_str(), "--out".as_ref(), out.as_os_str()])
        .args(options)
        .output()
        .unwrap();
    assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
}

#[test]
fn the_window_writes_the_masks_that_the_command_line_writes() {
    let folder = tempfile::tempdir().unwrap();
    let [set, ours, theirs, fine] = ["set", "ours", "theirs", "fine"].map(|name| folder.path().join(name));
    draw_set(&set, 3);
    let images = ImageSet::open(&set, SetLayout::FilePerStain).unwrap();
    let mut project = Project::default();
    let run = |project: &Project| {
        let progress = Progress::default();
        let report = segment_all(&images, project, &ours, &Stop::default(), &progress, &|| {}).unwrap();
        (report.read, progress.done())
    };
    assert_eq!(run(&project), (3, 3));
    by_command(&set, &theirs, &[]);
    assert!(masks(&ours) == masks(&theirs));

    // A field with parameters of its own has the masks of these.
    let params = SegmentationParams { working_size: 120, ..Preset::Reference.params() };
    let _ = project.apply(Edit::Override { id: "field_1".to_owned(), params: Some(params) });
    run(&project);
    by_command(&set, &fine, &["--working-size", "120"]);
    let (mixed, common, fine) = (masks(&ours), masks(&theirs), masks(&fine));
    assert_eq!(mixed.len(), 6);
    for ((mixed, common), fine) in mixed.iter().zip(&common).zip(&fine) {
        assert!(mixed == if mixed.0.starts_with("field_1") { fine } else { common }, "{}", mixed.0);
    }
    assert!(common != fine);
}

#[test]
fn what_was_paused_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let [set, out] = ["set", "out"].map(|name| folder.path().join(name));
    draw_set(&set, 6);
    let images = ImageSet::open(&set, SetLayout::FilePerStain).unwrap();
    let (stop, progress) = (Stop::default(), Progress::default());
    let asked = stop.clone();
    let counted = progress.clone();
    let pause = move || {
        if counted.done() >= 2 {
            asked.ask();
        }
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let paused = pool.install(|| segment_all(&images, &Project::default(), &out, &stop, &progress, &pause));
    assert!(paused.unwrap_err().to_string().contains("of 6 fields are done"));
    let progress = Progress::default();
    let report = segment_all(&images, &Project::default(), &out, &Stop::default(), &progress, &|| {}).unwrap();
    assert_eq!((report.read, progress.done()), (6, 6));
}

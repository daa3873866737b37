use std::{fs, path::Path, process::Command};

use cytoscribe::{
    pipeline::segmentation::{Preset, SegmentationParams},
    project::{Edit, Project},
    storage::{ImageSet, SetLayout},
    workbench::{
        Stop,
        whole_set::{Progress, Watch, WholeSet},
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
        let whole = WholeSet { set: &images, project, folder: &ours };
        let watch = Watch { stop: &Stop::default(), progress: &progress, wake: &|| {} };
        let report = whole.segment(watch).unwrap();
        (report.read, progress.done())
    };
    assert_eq!(run(&project), (3, 3));
    by_command(&set, &theirs, &[]);
    assert!(masks(&ours.join("masks")) == masks(&theirs));

    // A field with parameters of its own has the masks of these.
    let params = SegmentationParams { working_size: 120, ..Preset::Reference.params() };
    let _ = project.apply(Edit::Override { id: "field_1".to_owned(), params: Some(params) });
    run(&project);
    by_command(&set, &fine, &["--working-size", "120"]);
    let (mixed, common, fine) = (masks(&ours.join("masks")), masks(&theirs), masks(&fine));
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
    let whole = WholeSet { set: &images, project: &Project::default(), folder: &out };
    let paused = pool.install(|| whole.segment(Watch { stop: &stop, progress: &progress, wake: &pause }));
    assert!(paused.unwrap_err().to_string().contains("of 6 fields are done"));
    let progress = Progress::default();
    let report = whole.segment(Watch { stop: &Stop::default(), progress: &progress, wake: &|| {} }).unwrap();
    assert_eq!((report.read, progress.done()), (6, 6));
}

#[test]
fn what_was_done_is_known_again_as_long_as_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let [set, out] = ["set", "out"].map(|name| folder.path().join(name));
    draw_set(&set, 4);
    fs::write(set.join("field_2_blue.png"), "no image").unwrap();
    let images = ImageSet::open(&set, SetLayout::FilePerStain).unwrap();
    let mut project = Project::default();
    let params = SegmentationParams { working_size: 120, ..Preset::Reference.params() };
    let _ = project.apply(Edit::Override { id: "field_1".to_owned(), params: Some(params) });
    let known = |project: &Project| {
        let mut known = WholeSet { set: &images, project, folder: &out }.known().unwrap();
        known.sort_by_key(|(place, _)| *place);
        known
    };
    assert!(known(&project).is_empty());
    let (stop, progress) = (Stop::default(), Progress::default());
    let watch = Watch { stop: &stop, progress: &progress, wake: &|| {} };
    let report = WholeSet { set: &images, project: &project, folder: &out }.segment(watch).unwrap();
    let all = known(&project);
    assert_eq!(all.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [0, 1, 2, 3]);
    assert_eq!(all.iter().filter_map(|(_, count)| count.clone().ok()).sum::<usize>(), report.cells);
    assert!(all[2].1.as_ref().unwrap_err().contains("field_2_blue.png"));

    // An image that was changed, or a mask that is gone, is not known any more.
    fs::remove_file(out.join("masks/field_0_cellmask.png")).unwrap();
    draw_set(&folder.path().join("other"), 5);
    fs::copy(folder.path().join("other/field_4_red.png"), set.join("field_3_red.png")).unwrap();
    assert_eq!(known(&project).iter().map(|(place, _)| *place).collect::<Vec<_>>(), [1, 2]);
    // Nor is anything of other parameters, until these are back.
    let _ = project.apply(Edit::Segmentation(SegmentationParams { working_size: 100, ..Preset::Reference.params() }));
    assert_eq!(known(&project).iter().map(|(place, _)| *place).collect::<Vec<_>>(), [1]);
    assert!(out.join("masks/segment.work").is_file());
}

#[test]
fn the_features_of_a_set_tell_where_a_cell_stands() {
    let folder = tempfile::tempdir().unwrap();
    let [set, out] = ["set", "out"].map(|name| folder.path().join(name));
    draw_set(&set, 3);
    let images = ImageSet::open(&set, SetLayout::FilePerStain).unwrap();
    let whole = WholeSet { set: &images, project: &Project::default(), folder: &out };
    let (stop, progress) = (Stop::default(), Progress::default());
    let (report, features) = whole.measure(Watch { stop: &stop, progress: &progress, wake: &|| {} }).unwrap();
    assert_eq!((report.read, features.cells), (3, report.cells));
    assert_eq!(features.share_above(0, f32::NEG_INFINITY), Some(1.0));
    assert_eq!(features.share_above(0, f32::INFINITY), Some(0.0));
    assert_eq!(features.share_above(usize::MAX, 0.0), None);
    // Another time nothing is measured again, and it is the same.
    let again = whole.measure(Watch { stop: &stop, progress: &Progress::default(), wake: &|| {} }).unwrap().1;
    let shares = |features: &cytoscribe::workbench::feature_sample::SetFeatures| {
        (0..540).map(|feature| features.share_above(feature, 0.5).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(shares(&features), shares(&again));
}

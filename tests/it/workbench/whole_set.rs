use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use cytoscribe::{
    pipeline::{
        features::measure,
        portrait::Portrait,
        sample_depth::field_at_8_bit,
        segmentation::{Preset, SegmentationParams, segment},
    },
    project::{Edit, Project},
    storage::{ImageSet, SetLayout, read_field},
    workbench::{
        BatchError, BatchReport, Stop,
        feature_sample::SetFeatures,
        set_cells::{CellAt, SetCells},
        whole_set::{Progress, Watch, WholeSet},
    },
};

use crate::drawn_set::{draw_field, draw_set};

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
    by_command(&set, &fine, &["--preset", "reference", "--working-size", "120"]);
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
    assert_eq!(
        all.iter().filter_map(|(_, signs)| signs.as_ref().ok()).map(|signs| signs.cell_count).sum::<usize>(),
        report.cells
    );
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

/// Of one field: its ID, the ids, anchors and areas of its cells, their features and their portraits.
type Content = (String, Vec<(u32, (u32, u32), u64)>, Vec<Vec<f32>>, Vec<Portrait>);

/// Everything of the cells of a set but the order in which they lie in the store.
fn content(cells: &SetCells) -> Vec<Content> {
    let of_field = |field: usize| {
        let stored = cells.field(field).unwrap();
        let named = stored.cells.iter().map(|cell| (cell.id, cell.anchor, cell.area_px)).collect();
        let portraits = (0..stored.cells.len())
            .map(|cell| cells.portrait(CellAt { field: field as u32, cell: cell as u32 }).unwrap().unwrap());
        (stored.image.clone(), named, cells.features_of(field).unwrap().unwrap(), portraits.collect())
    };
    (0..cells.fields.len()).map(of_field).collect()
}

struct Measuring {
    folder: tempfile::TempDir,
    images: ImageSet,
    project: Project,
}

impl Measuring {
    fn of(count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let set = folder.path().join("set");
        draw_set(&set, count);
        Self { images: ImageSet::open(&set, SetLayout::FilePerStain).unwrap(), folder, project: Project::default() }
    }

    fn whole<'a>(&'a self, out: &'a Path) -> WholeSet<'a> {
        WholeSet { set: &self.images, project: &self.project, folder: out }
    }

    fn out(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Measures all cells; how many fields were there already, the report and the cells.
    fn measure(&self, out: &Path) -> (usize, BatchReport, SetCells) {
        let (stop, progress) = (Stop::default(), Progress::default());
        let there = AtomicUsize::new(usize::MAX);
        let show = |cells: SetCells| {
            there.fetch_min(cells.measured_fields(), Ordering::Relaxed);
        };
        let watch = Watch { stop: &stop, progress: &progress, wake: &|| {} };
        let (report, cells) = self.whole(out).measure(watch, &show).unwrap();
        assert_eq!(progress.done(), self.images.fields().len());
        (there.into_inner(), report, cells)
    }
}

#[test]
fn the_features_of_a_set_tell_where_a_cell_stands() {
    let measuring = Measuring::of(3);
    let (_, report, cells) = measuring.measure(&measuring.out("out"));
    let features = SetFeatures::of(&cells);
    assert_eq!((report.read, features.cells), (3, report.cells));
    assert_eq!(features.share_above(0, f32::NEG_INFINITY), Some(1.0));
    assert_eq!(features.share_above(0, f32::INFINITY), Some(0.0));
    assert_eq!(features.share_above(usize::MAX, 0.0), None);
    // Another time nothing is measured again, and it is the same.
    let (there, _, again) = measuring.measure(&measuring.out("out"));
    assert_eq!(there, 3);
    let shares = |features: &SetFeatures| {
        (0..540).map(|feature| features.share_above(feature, 0.5).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(shares(&features), shares(&SetFeatures::of(&again)));
}

#[test]
fn measured_cells_are_those_of_the_feature_table_whatever_the_number_of_threads() {
    let measuring = Measuring::of(4);
    let on_threads = |threads: usize, name: &str| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| content(&measuring.measure(&measuring.out(name)).2))
    };
    let cells = on_threads(1, "one");
    assert!(cells == on_threads(4, "four"));
    for (files, (image, named, features, portraits)) in measuring.images.fields().iter().zip(&cells) {
        let (field, _) = field_at_8_bit(read_field(files).unwrap(), measuring.project.sample_depth());
        let segmentation = segment(&field, measuring.project.segmentation());
        let measured = measure(&field, &segmentation).cells;
        assert_eq!(image, files.id());
        assert!(measured.iter().map(|cell| (cell.id, cell.anchor, cell.area_px)).eq(named.iter().copied()));
        assert!(measured.iter().map(|cell| &cell.features).eq(features));
        assert_eq!(portraits.len(), measured.len());
    }
}

#[test]
fn measuring_that_was_stopped_goes_on_where_it_was_and_what_is_there_can_be_used() {
    let measuring = Measuring::of(6);
    let out = measuring.out("out");
    let (stop, progress) = (Stop::default(), Progress::default());
    let shown = Mutex::new(Vec::new());
    let show = |cells: SetCells| shown.lock().unwrap().push(cells);
    // It is stopped as soon as the first field is done.
    let wake = || {
        if progress.done() > 0 {
            stop.ask();
        }
    };
    let watch = Watch { stop: &stop, progress: &progress, wake: &wake };
    let stopped = measuring.whole(&out).measure(watch, &show).map(|_| ()).unwrap_err();
    assert!(matches!(stopped, BatchError::Stopped { total: 6, .. }), "{stopped}");
    let shown = shown.into_inner().unwrap();
    let last = shown.last().unwrap();
    assert!((1..6).contains(&last.measured_fields()));
    // Any thread may read while others still measure.
    assert!(last.feature(0).iter().zip(&last.fields).all(|(values, cells)| {
        values.len() == cells.as_ref().map_or(0, |cells| cells.cells.len()) && values.iter().all(|v| v.is_finite())
    }));
    assert_eq!(measuring.whole(&out).measured(None).unwrap().unwrap().measured_fields(), last.measured_fields());
    let (there, report, cells) = measuring.measure(&out);
    assert_eq!((there, report.read), (last.measured_fields(), 6));
    assert!(content(&cells) == content(&measuring.measure(&measuring.out("at once")).2));
}

#[test]
fn other_parameters_and_changed_images_are_measured_anew_and_what_is_of_no_use_goes() {
    let mut measuring = Measuring::of(3);
    let out = measuring.out("out");
    let (_, _, first) = measuring.measure(&out);
    let length = || fs::metadata(out.join("cells.store")).unwrap().len();
    let at_first = length();
    let params = |working_size| SegmentationParams { working_size, ..Preset::Reference.params() };
    let undo = measuring.project.apply(Edit::Segmentation(params(200)));
    assert_eq!(measuring.whole(&out).measured(None).unwrap().unwrap().measured_fields(), 0);
    measuring.measure(&out);
    // What was measured before is still there.
    let _ = measuring.project.apply(undo);
    assert_eq!(measuring.measure(&out).0, 3);
    // With a third, more than half would be of no use.
    let own = Edit::Override { id: "field_1".to_owned(), params: Some(params(150)) };
    let _ = measuring.project.apply(Edit::Segmentation(params(100)));
    let _ = measuring.project.apply(own);
    let (there, _, cells) = measuring.measure(&out);
    assert_eq!(there, 0);
    assert!(length() < 2 * at_first, "{} after {at_first}", length());
    assert_eq!(content(&cells).len(), 3);
    // The cells that were found first can still be read by those who look at them.
    assert_eq!(content(&first).len(), 3);

    draw_field(measuring.images.root(), "field_0", false);
    let known = measuring.whole(&out).measured(None).unwrap().unwrap();
    assert_eq!(known.fields.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true, true]);
    fs::write(measuring.images.root().join("field_2_red.png"), b"torn").unwrap();
    let (there, report, _) = measuring.measure(&out);
    assert_eq!((there, report.read, report.failures.len()), (1, 2, 1));
    assert!(report.failures[0].1.contains("field_2_red.png"));
}

#[test]
fn a_cell_is_found_by_a_pixel_without_the_image() {
    let measuring = Measuring::of(1);
    let (_, _, cells) = measuring.measure(&measuring.out("out"));
    for cell in &cells.field(0).unwrap().cells {
        assert_eq!(cells.cell_at(0, cell.anchor).unwrap(), cell.id);
    }
    assert_eq!(cells.cells_at(0, &[(0, 0), (u32::MAX, 0)]).unwrap(), [0, 0]);
    assert_eq!(cells.cell_at(7, (60, 60)).unwrap(), 0);
}

//! Masks from elsewhere in a project: everything that works on it works on them, and undo brings the computed ones back.

use std::{
    fs,
    path::{Path, PathBuf},
};

use cytoscribe::{
    atlas::Location,
    imaging::{Plane, regions::regions},
    pipeline::{sample_depth::field_at_8_bit, segmentation::Preset},
    project::{
        Edit, History, Project,
        labels::{Change, Decision, Deed, Pen, Reason, Verdict},
    },
    storage::{ImageSet, MaskFormat, SetLayout, imported_masks, masks::MaskKind, masks::write_mask, read_field},
    workbench::{
        Stop,
        compare::{OpenOthers, Others, compare_set},
        cutting::cut,
        export::{ExportProgress, ExportWatch, Products, Source, Target, gather::gather},
        mask_import::{ImportError, ImportReport, ImportWish, back_to_computed, import_masks},
        whole_set::{Progress, Watch, WholeSet},
    },
};
use tempfile::{TempDir, tempdir};

use crate::drawn_set::{CELLS, SIDE, draw_set};

struct Bench {
    folder: TempDir,
    set: ImageSet,
    project: Project,
    history: History,
}

impl Bench {
    fn new(count: usize) -> Self {
        let folder = tempdir().unwrap();
        draw_set(&folder.path().join("set"), count);
        let set = ImageSet::open(folder.path().join("set"), SetLayout::FilePerStain).unwrap();
        let project = Project::default().in_folder(Some(&folder.path().join("project")));
        Self { folder, set, project, history: History::default() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn report(&self, path: &Path, only: Option<&str>) -> Result<ImportReport, ImportError> {
        let wish = ImportWish { path: path.to_owned(), unnamed: MaskKind::Cells, only: only.map(str::to_owned) };
        let progress = Progress::default();
        let watch = Watch { stop: &Stop::default(), progress: &progress, wake: &|| {} };
        import_masks(&self.set, &self.project, &self.path("project"), &wish, watch)
    }

    fn import(&mut self, path: &Path, only: Option<&str>) -> ImportReport {
        let report = self.report(path, only).unwrap();
        self.history.apply(&mut self.project, Edit::ImportedMasks(report.changes.clone()));
        report
    }

    /// The ids and areas of the cells of an image.
    fn cells(&self, id: &str) -> Vec<(u32, usize)> {
        let (field, _) = field_at_8_bit(read_field(self.set.field(id).unwrap()).unwrap(), self.project.sample_depth());
        let cut = cut(&field, &self.project.cutting_of(id)).unwrap();
        regions(&cut.segmentation.cell_mask).into_iter().map(|region| (region.id, region.area)).collect()
    }

    fn measured(&self) -> (usize, usize) {
        let progress = Progress::default();
        let watch = Watch { stop: &Stop::default(), progress: &progress, wake: &|| {} };
        let folder = self.path("project");
        let whole = WholeSet { set: &self.set, project: &self.project, folder: &folder };
        let (report, cells) = whole.measure(watch, &|_| {}).unwrap();
        assert!(report.failures.is_empty(), "{:?}", report.failures);
        (report.cells, cells.count())
    }
}

/// Two squares with ids that nobody computes.
fn squares() -> Plane<u32> {
    Plane::from_fn(SIDE as usize, SIDE as usize, |row, col| match (row, col) {
        (30..90, 30..90) => 50,
        (130..200, 20..110) => 70,
        _ => 0,
    })
}

fn write(path: &Path, mask: &Plane<u32>) {
    write_mask(path, &mask.clone().into(), MaskFormat::Png).unwrap();
}

#[test]
fn imported_masks_take_the_place_of_computed_ones_for_features_and_exports_and_undo_brings_those_back() {
    let mut bench = Bench::new(2);
    write(&bench.path("masks/field_0_cellmask.png"), &squares());
    assert_eq!(bench.measured(), (2 * CELLS, 2 * CELLS));
    // Decided about a computed cell, it is a decision about the imported cell at its place.
    bench.project.sign(Pen { session: 1, annotator: "Ann".to_owned(), ..Pen::default() });
    let set = vec![Change::Label(Location::NEGATIVE, Some(Verdict::Yes))];
    let decision = Decision { image: "field_0".to_owned(), anchor: (60, 60), area_px: 0, set };
    bench.history.apply(&mut bench.project, Edit::Labels(Deed::Decide(Reason::Image, vec![decision])));
    let report = bench.import(&bench.path("masks"), None);
    assert_eq!(report.imported.len(), 1);
    assert_eq!(report.without_masks, ["field_1"]);
    assert_eq!(report.imported[0].mending.lost_nuclei, 2);
    assert_eq!(report.sentences()[0], "1 images have imported masks, with 2 cells");
    assert_eq!(bench.cells("field_0"), [(50, 60 * 60), (70, 70 * 90)]);
    assert_eq!(bench.cells("field_1").len(), CELLS);
    assert_eq!(bench.measured(), (2 + CELLS, 2 + CELLS));

    let (folder, labels) = (bench.path("project"), vec![None; 2]);
    let source =
        Source { set: &bench.set, image_labels: &labels, project: &bench.project, folder: &folder, truth: None };
    let target = Target {
        folder: bench.path("out"),
        products: Products { masks: Some(MaskFormat::Png), ..Products::default() },
    };
    target.prepare(bench.set.root(), &folder).unwrap();
    let progress = ExportProgress::default();
    let watch = ExportWatch { stop: &Stop::default(), progress: &progress, wake: &|| {} };
    let gathered = gather(&source, Some(&target), watch).unwrap();
    let ids: Vec<u32> = gathered.fields[0].cells.iter().map(|cell| cell.id).collect();
    assert_eq!(ids, [50, 70]);
    assert!(gathered.fields[0].cells.iter().all(|cell| cell.measured.is_some()));
    let decided: Vec<bool> = gathered.fields[0].cells.iter().map(|cell| cell.decisions.is_any()).collect();
    assert_eq!(decided, [true, false]);
    let written = cytoscribe::storage::masks::read_mask(&bench.path("out/masks/field_0_cellmask.png")).unwrap();
    assert_eq!(written, squares());

    // All that follows from masks follows from the decision.
    assert_eq!(bench.history.undoes(), Some("choice of imported or computed masks"));
    assert!(bench.history.undo(&mut bench.project));
    assert_eq!(bench.cells("field_0").len(), CELLS);
    assert_eq!(bench.measured(), (2 * CELLS, 2 * CELLS));
    assert!(bench.history.redo(&mut bench.project));
    assert_eq!(bench.cells("field_0").len(), 2);
    let back = back_to_computed(&bench.project, None);
    bench.history.apply(&mut bench.project, Edit::ImportedMasks(back));
    assert!(bench.project.imported().is_empty());
    assert_eq!(bench.history.undoes(), Some("choice of imported or computed masks"));
    assert!(bench.history.undo(&mut bench.project));
    assert_eq!(bench.cells("field_0").len(), 2);
}

#[test]
fn a_second_import_is_other_masks_and_undo_brings_the_first_back() {
    let mut bench = Bench::new(1);
    write(&bench.path("one.png"), &squares());
    write(&bench.path("two.png"), &squares().map(|&id| if id == 50 { 0 } else { id }));
    // For one image a mask may have any name.
    bench.import(&bench.path("one.png"), Some("field_0"));
    assert_eq!(bench.measured().0, 2);
    bench.import(&bench.path("two.png"), Some("field_0"));
    assert_eq!(bench.measured().0, 1);
    assert!(bench.history.undo(&mut bench.project));
    assert_eq!(bench.measured().0, 2);
}

#[test]
fn what_goes_wrong_with_one_image_is_said_with_its_file_and_the_others_are_imported() {
    let mut bench = Bench::new(3);
    write(&bench.path("masks/field_0_cellmask.png"), &squares());
    write(&bench.path("masks/field_1_cellmask.png"), &squares().part(0..100, 0..200));
    fs::write(bench.path("masks/field_2_cellmask.png"), "no image").unwrap();
    write(&bench.path("masks/other_cellmask.png"), &squares());
    let report = bench.import(&bench.path("masks"), None);
    assert_eq!(report.changes.len(), 1);
    assert_eq!(report.without_image, ["other"]);
    let reasons: Vec<&str> = report.failures.iter().map(|(_, reason)| reason.as_str()).collect();
    let at = |name: &str| bench.path(name).display().to_string();
    assert_eq!(
        reasons,
        [
            format!(
                "the mask is 200 x 100 pixels, its image 240 x 240 (width x height) — {}",
                at("masks/field_1_cellmask.png")
            ),
            format!("the content is no PNG, JPEG or TIFF image — {}", at("masks/field_2_cellmask.png"))
        ]
    );
    let error = bench.report(&bench.path("masks/other_cellmask.png"), None).unwrap_err().to_string();
    assert!(error.starts_with("none of the masks (other) is of an image of the set"), "{error}");
}

#[test]
fn imported_masks_that_are_gone_or_changed_cost_their_image_and_say_what_to_do() {
    let mut bench = Bench::new(1);
    write(&bench.path("field_0.png"), &squares());
    bench.import(&bench.path("field_0.png"), None);
    let files: Vec<PathBuf> = fs::read_dir(imported_masks::folder_in(&bench.path("project")))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let cells = files.iter().find(|path| path.to_string_lossy().ends_with("_cellmask.tif")).unwrap();
    let reason = |bench: &Bench| {
        let (field, _) = field_at_8_bit(read_field(&bench.set.fields()[0]).unwrap(), bench.project.sample_depth());
        cut(&field, &bench.project.cutting_of("field_0")).unwrap_err().to_string()
    };
    write_mask(cells, &squares().map(|&id| id + 1).into(), MaskFormat::Tiff).unwrap();
    assert!(reason(&bench).starts_with("the imported masks were changed or damaged since, import them again"));
    fs::remove_file(cells).unwrap();
    assert!(reason(&bench).starts_with("the imported masks cannot be read, import them again"));
}

#[test]
fn stopped_imports_change_nothing() {
    let bench = Bench::new(1);
    write(&bench.path("field_0.png"), &squares());
    let stop = Stop::default();
    stop.ask();
    let wish = ImportWish { path: bench.path("field_0.png"), unnamed: MaskKind::Cells, only: None };
    let watch = Watch { stop: &stop, progress: &Progress::default(), wake: &|| {} };
    let error = import_masks(&bench.set, &bench.project, &bench.path("project"), &wish, watch).unwrap_err();
    assert!(matches!(error, ImportError::Stopped));
}

#[test]
fn the_masks_of_a_set_are_compared_with_files_and_with_computed_ones() {
    let mut bench = Bench::new(2);
    write(&bench.path("field_0.png"), &squares());
    let compared = |bench: &Bench, others: &OpenOthers| {
        let watch = Watch { stop: &Stop::default(), progress: &Progress::default(), wake: &|| {} };
        compare_set(&bench.set, &bench.project, others, watch).unwrap()
    };
    let own = compared(&bench, &OpenOthers::Computed);
    assert_eq!(own.fields.len(), 2);
    assert_eq!(own.total.unwrap().at_60.f1, Some(1.0));
    // The drawn cells are so plain that both methods find all of them.
    let reference = compared(&bench, &Others::Preset(Preset::Reference).open().unwrap());
    let total = reference.total.unwrap();
    assert_eq!((total.found, total.truth), (2 * CELLS, 2 * CELLS));
    assert!(total.mean_best_iou.unwrap() < 1.0, "both methods are the same");
    bench.import(&bench.path("field_0.png"), None);
    let files = Others::Files { path: bench.path("field_0.png"), unnamed: MaskKind::Cells }.open().unwrap();
    let report = compared(&bench, &files);
    assert_eq!((report.fields.len(), report.without_mask.len()), (1, 1));
    assert_eq!(report.total.unwrap().at_60.f1, Some(1.0));
    let report = compared(&bench, &OpenOthers::Computed);
    assert_eq!(report.fields[0].score.truth, CELLS);
    assert!(report.fields[0].score.at_50.matched < CELLS && report.fields[1].score.at_50.matched == CELLS);
}

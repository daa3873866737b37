//! Corrections by hand are in everything that is made of a set, the same everywhere, and cost the other images nothing.

use std::{fs, path::Path, sync::Arc};

use cytoscribe::{
    pipeline::{
        corrections::{Correction, Part, Shape, Stroke},
        features::anchor::anchored_cells,
        sample_depth::field_at_8_bit,
    },
    project::{
        Cutting, Edit, Project,
        labels::{Deed, Pen},
    },
    storage::{ImageSet, MaskFolder, MaskFormat, SetLayout, write_masks},
    workbench::{
        Stop,
        cutting::cut,
        export::{ExportProgress, ExportWatch, Products, Source, Target, export},
        label_work::FieldCells,
        results::FoundCells,
        set_cells::SetCells,
        whole_set::{Progress, Watch, WholeSet},
    },
};

use crate::drawn_set::{CELLS, draw_set};

struct Bench {
    folder: tempfile::TempDir,
    set: ImageSet,
    project: Project,
}

impl Bench {
    fn new(count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        draw_set(&folder.path().join("set"), count);
        let set = ImageSet::open(folder.path().join("set"), SetLayout::FilePerStain).unwrap();
        let mut project = Project::default();
        project.sign(Pen { session: 9, ..Pen::default() });
        Self { folder, set, project }
    }

    fn correct(&mut self, image: &str, correction: Correction) -> Edit {
        self.project.apply(Edit::Masks(Deed::Correct { image: image.to_owned(), correction }))
    }

    /// Splits, draws, deletes and erases in the second image.
    fn correct_much(&mut self) {
        let line = vec![(10, 60), (110, 62)];
        self.correct("field_1", Correction::Split { part: Part::Cell, cell: (60, 60), line });
        let dab = Stroke { path: vec![(120, 118), (120, 122)], radius_px: 14 };
        self.correct("field_1", Correction::Draw { part: Part::Cell, shape: Shape::Brush(dab) });
        self.correct("field_1", Correction::Delete { cell: (180, 60) });
        let rim = Stroke { path: vec![(20, 180), (25, 190)], radius_px: 6 };
        self.correct("field_1", Correction::Erase { part: Part::Cell, cells: vec![(60, 180)], stroke: rim });
    }

    fn whole<'a>(&'a self, out: &'a Path) -> WholeSet<'a> {
        WholeSet { set: &self.set, project: &self.project, folder: out }
    }

    fn field(&self, index: usize) -> cytoscribe::atlas::Field {
        let raw = cytoscribe::storage::read_field(&self.set.fields()[index]).unwrap();
        field_at_8_bit(raw, self.project.sample_depth()).0
    }

    fn measure(&self, out: &Path) -> (usize, SetCells) {
        let (stop, progress) = (Stop::default(), Progress::default());
        let watch = Watch { stop: &stop, progress: &progress, wake: &|| {} };
        let known = self.whole(out).measured(None).unwrap().map_or(0, |cells| cells.measured_fields());
        (known, self.whole(out).measure(watch, &|_| {}).unwrap().1)
    }
}

fn files(folder: &Path, id: &str) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.file_name().unwrap().to_string_lossy().starts_with(&format!("{id}_")));
    paths.sort();
    paths.into_iter().map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn window_batch_and_export_write_the_same_corrected_masks() {
    let mut bench = Bench::new(3);
    bench.correct_much();
    let [ours, batch, out] = ["ours", "batch", "out"].map(|name| bench.folder.path().join(name));
    // What the window shows.
    let found = FoundCells::find(&bench.field(1), &bench.project.cutting_of("field_1"), None).unwrap();
    assert_eq!(found.count(), CELLS + 1);
    assert!(found.corrected.lost.is_empty());
    fs::create_dir(&ours).unwrap();
    let folder = MaskFolder { path: &ours, format: MaskFormat::Png };
    write_masks(folder, "field_1", found.nuclei_mask(), found.cell_mask()).unwrap();

    let (stop, progress) = (Stop::default(), Progress::default());
    let watch = Watch { stop: &stop, progress: &progress, wake: &|| {} };
    let report = bench.whole(&batch).segment(watch).unwrap();
    assert_eq!((report.read, report.cells), (3, 3 * CELLS + 1));
    let products = Products { submission: false, model: false, masks: Some(MaskFormat::Png), ..Products::default() };
    let source =
        Source { set: &bench.set, image_labels: &[None; 3], project: &bench.project, folder: &batch, truth: None };
    let (stop, progress) = (Stop::default(), ExportProgress::default());
    let target = Target { folder: out.clone(), products };
    let exported =
        export(&source, Some(&target), ExportWatch { stop: &stop, progress: &progress, wake: &|| {} }).unwrap();
    assert_eq!(exported.counts.cells, 3 * CELLS + 1);
    assert!(exported.diagnosis.is_well(), "{:?}", exported.diagnosis.sentences());

    let window = files(&ours, "field_1");
    assert_eq!(window.len(), 2);
    assert!(files(&batch.join("masks"), "field_1") == window, "the batch");
    assert!(files(&out.join("masks"), "field_1") == window, "the export");
    // Commands about labels know the same cells.
    let cells = FieldCells::of(&bench.set, &bench.project, "field_1").unwrap();
    assert_eq!(cells.cells, found.named);
}

#[test]
fn a_correction_has_one_image_measured_anew_and_taking_it_back_none() {
    let mut bench = Bench::new(3);
    let out = bench.folder.path().join("out");
    let (known, first) = bench.measure(&out);
    assert_eq!((known, first.measured_fields()), (0, 3));
    let inverse = bench.correct("field_1", Correction::Delete { cell: (60, 60) });
    let (known, second) = bench.measure(&out);
    assert_eq!((known, second.count()), (2, 3 * CELLS - 1));
    assert_eq!(second.field(0), first.field(0));
    assert_eq!(second.field(1).unwrap().cell_count, CELLS - 1);
    assert!(second.field(1).unwrap().remarks.is_empty(), "{:?}", second.field(1).unwrap().remarks);
    // What was measured before is still there.
    let _ = bench.project.apply(inverse);
    let (known, third) = bench.measure(&out);
    assert_eq!((known, third.count()), (3, 3 * CELLS));
}

#[test]
fn masks_that_are_not_corrected_any_more_are_written_as_they_were() {
    let mut bench = Bench::new(2);
    let out = bench.folder.path().join("out");
    let masks = |bench: &Bench| {
        let (stop, progress) = (Stop::default(), Progress::default());
        bench.whole(&out).segment(Watch { stop: &stop, progress: &progress, wake: &|| {} }).unwrap();
        [files(&out.join("masks"), "field_0"), files(&out.join("masks"), "field_1")]
    };
    let before = masks(&bench);
    let inverse = bench.correct("field_1", Correction::Delete { cell: (60, 60) });
    assert_eq!(bench.whole(&out).known().unwrap().len(), 1);
    let corrected = masks(&bench);
    assert!(corrected[0] == before[0] && corrected[1] != before[1]);
    let _ = bench.project.apply(inverse);
    assert!(masks(&bench) == before);
}

#[test]
fn another_correction_computes_no_stage_anew() {
    let bench = Bench::new(1);
    let field = bench.field(0);
    let plain = Cutting::default();
    let before = FoundCells::find(&field, &plain, None).unwrap();
    let delete = Correction::Delete { cell: (60, 60) };
    let corrected = Cutting { corrections: [delete].into_iter().collect(), ..plain.clone() };
    let after = FoundCells::find(&field, &corrected, Some((&plain, &before))).unwrap();
    assert!(Arc::ptr_eq(&before.stages, &after.stages));
    assert_eq!((after.count(), after.named.len(), after.areas_px().len()), (CELLS - 1, CELLS - 1, CELLS - 1));
    assert_eq!(after.corrected, cut(&field, &corrected).unwrap());
    assert_eq!(anchored_cells(&after.corrected.segmentation).len(), CELLS - 1);
    let anew = FoundCells::find(&field, &corrected, None).unwrap();
    assert_eq!(anew.corrected, after.corrected);
}

//! Batches that are stopped, resumed and changed.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::SystemTime,
};

use cytoscribe::{
    atlas::Location,
    pipeline::{
        border_cells::BorderCells,
        classifier::{TrainingParams, TrainingSet, train},
        features::{FEATURE_COUNT, feature_names},
        measurement::{MeasurementParams, Model},
        submission::{Keep, SubmissionParams},
    },
    storage::{
        CocoWriter, FeatureTableWriter, ImageLabels, ImageSet, MaskFolder, MaskFormat, RunLengthsWriter, SetLayout,
        SubmissionWriter, work_file::Opening,
    },
    workbench::{Batch, BatchError, BatchEvent, BatchReport, Product, Stains, Stop, Submission, TrainingCells},
};
use ndarray::ArrayView2;
use rayon::ThreadPoolBuilder;
use tempfile::{TempDir, tempdir};

use crate::{
    cli::files_below,
    drawn_set::{CELLS, draw_field, draw_set},
};

/// A folder with a set of drawn fields and what is made of them.
struct Bench {
    folder: TempDir,
    params: MeasurementParams,
    model: Option<Model>,
    mask_format: MaskFormat,
    border_cells: BorderCells,
    submission: SubmissionParams,
}

/// What a batch told while it ran.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    /// Fields that were done before.
    before: usize,
    opening: Option<Opening>,
    /// Fields that were done now.
    now: usize,
}

impl Bench {
    fn new(fields: usize) -> Self {
        let folder = tempdir().unwrap();
        draw_set(&folder.path().join("set"), fields);
        Self {
            folder,
            params: MeasurementParams::default(),
            model: None,
            mask_format: MaskFormat::Png,
            border_cells: BorderCells::Keep,
            submission: SubmissionParams::default(),
        }
    }

    fn set(&self) -> PathBuf {
        self.folder.path().join("set")
    }

    /// The products below `name`, by file, without the work file.
    fn products(&self, name: &str) -> Vec<(String, Vec<u8>)> {
        let mut files = files_below(&self.folder.path().join(name));
        files.retain(|(name, _)| name != "work");
        files
    }

    /// Masks and a table below `name`, and a submission if there is a model; stops after `fields` fields.
    fn run_for(&self, name: &str, fields: usize) -> (Result<BatchReport, BatchError>, Told) {
        let out = self.folder.path().join(name);
        let (stop, mut told) = (Stop::default(), Told::default());
        let tell = |event| match event {
            BatchEvent::Begun { done, opening } => told = Told { before: done, opening: Some(opening), now: 0 },
            BatchEvent::FieldDone { .. } => {
                told.now += 1;
                if told.now >= fields {
                    stop.ask();
                }
            }
            BatchEvent::Writing(_) => {}
        };
        let table = FeatureTableWriter::create(&out.join("features.parquet"), &feature_names()).unwrap();
        let mut products: Vec<Box<dyn Product>> = vec![Box::new(table)];
        if self.model.is_some() {
            let writer = SubmissionWriter::create(&out.join("submission.csv")).unwrap();
            products.push(Box::new(Submission::new(writer, self.submission, &[0.25; Location::COUNT])));
        }
        products.push(Box::new(FeatureTableWriter::create(&out.join("features.csv"), &feature_names()).unwrap()));
        products.push(Box::new(RunLengthsWriter::create(&out.join("runs")).unwrap()));
        products.push(Box::new(CocoWriter::create(&out.join("coco.json")).unwrap()));
        let outcome = self.batch(&out, products, &stop, tell);
        (outcome, told)
    }

    /// [`Bench::run_for`] to the end.
    fn run(&self, name: &str) -> (BatchReport, Told) {
        let (outcome, told) = self.run_for(name, usize::MAX);
        (outcome.unwrap(), told)
    }

    fn batch(
        &self,
        out: &Path,
        products: Vec<Box<dyn Product + '_>>,
        stop: &Stop,
        tell: impl FnMut(BatchEvent) + Send,
    ) -> Result<BatchReport, BatchError> {
        let set = ImageSet::open(self.set(), SetLayout::FilePerStain).unwrap();
        let batch = Batch {
            fields: set.fields(),
            stains: Stains::All,
            how: &self.params.clone().into(),
            mask_folder: Some(MaskFolder { path: &out.join("masks"), format: self.mask_format }),
            border_cells: self.border_cells,
            model: self.model.as_ref(),
            work_file: &out.join("work"),
        };
        batch.run(products, stop, tell).map(|(report, _)| report)
    }

    fn learn(&mut self) {
        let labels = ImageLabels::read(&self.set().join("train.csv")).unwrap();
        let mut cells = TrainingCells::new(labels.by_id);
        let out = self.folder.path().join("learnt");
        self.batch(&out, vec![Box::new(&mut cells)], &Stop::default(), |_| ()).unwrap();
        let features = ArrayView2::from_shape((cells.labels.len(), FEATURE_COUNT), &cells.features).unwrap();
        let groups: Vec<usize> = (0..cells.labels.len()).collect();
        let set = TrainingSet::new(features, &cells.labels, &groups).unwrap();
        let classifier = train(&set, &TrainingParams { components: 4, ..TrainingParams::default() });
        self.model = Some(Model::new(self.params.clone(), [0.5; Location::COUNT], classifier));
    }
}

#[test]
fn a_batch_stopped_anywhere_and_resumed_ends_in_the_same_bytes_on_any_number_of_threads() {
    let mut bench = Bench::new(12);
    bench.learn();
    bench.submission = SubmissionParams { keep: Keep::BaseRate, top_locations: 2 };
    (bench.mask_format, bench.border_cells) = (MaskFormat::Tiff, BorderCells::Weigh);
    let (whole_report, _) = bench.run("whole");
    let whole = bench.products("whole");
    assert_eq!(whole.len(), 5 + 2 * 12, "two tables, a submission, run lengths, annotations and masks");
    for threads in [1, 2, 8] {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let name = format!("resumed on {threads}");
        let mut done = 0;
        for stop_after in [1, 3] {
            let (outcome, told) = pool.install(|| bench.run_for(&name, stop_after));
            let error = outcome.unwrap_err();
            assert_eq!(told.before, done);
            assert!((stop_after..stop_after + threads).contains(&told.now), "those in work end, none is begun");
            done += told.now;
            assert!(matches!(error, BatchError::Stopped { done: said, total: 12 } if said == done), "{error}");
            assert!(!bench.folder.path().join(&name).join("features.parquet").exists());
        }
        let (report, told) = pool.install(|| bench.run(&name));
        assert_eq!(told, Told { before: done, opening: Some(Opening::Continued { damaged: 0 }), now: 12 - done });
        assert_eq!(report, whole_report);
        for (resumed, whole) in bench.products(&name).iter().zip(&whole) {
            assert!(resumed == whole, "{} differs on {threads} threads", whole.0);
        }
    }
}

#[test]
fn work_of_other_parameters_is_never_taken_over() {
    let mut bench = Bench::new(3);
    bench.run("before");
    let (outcome, _) = bench.run_for("out", 1);
    assert!(outcome.is_err());
    bench.params.segmentation.standard.cell_extent = 0.9;
    assert_eq!(bench.run("out").1, Told { before: 0, opening: Some(Opening::Anew), now: 3 });
    bench.run("other");
    assert!(bench.products("out") == bench.products("other"));
    assert!(bench.products("out") != bench.products("before"));
    bench.learn();
    assert_eq!(bench.run("out").1, Told { before: 0, opening: Some(Opening::Anew), now: 3 }, "another model");
    bench.border_cells = BorderCells::LeaveOut;
    assert_eq!(bench.run("out").1, Told { before: 0, opening: Some(Opening::Anew), now: 3 }, "other border cells");
    bench.submission.keep = Keep::BaseRate;
    assert_eq!(bench.run("out").1.now, 0, "what is written of the same work");
}

#[test]
fn only_what_is_new_or_changed_is_done_again() {
    let bench = Bench::new(4);
    assert_eq!(bench.run("out").1.now, 4);
    let again = || bench.run("out").1.now;
    assert_eq!(again(), 0);

    let channel = File::options().write(true).open(bench.set().join("field_1_green.png")).unwrap();
    channel.set_modified(SystemTime::UNIX_EPOCH).unwrap();
    assert_eq!(again(), 1, "a channel's file has another time");
    draw_field(&bench.set(), "field_2", false);
    assert_eq!(again(), 1, "a field was drawn anew");
    fs::remove_file(bench.folder.path().join("out/masks/field_0_cellmask.png")).unwrap();
    fs::write(bench.folder.path().join("out/masks/field_3_nucleimask.png"), "").unwrap();
    assert_eq!(again(), 2, "a mask is gone and another is broken");
    draw_field(&bench.set(), "a_new_one", true);
    assert_eq!(again(), 1, "the set has grown");
    assert_eq!(again(), 0);

    bench.run("whole");
    assert!(bench.products("out") == bench.products("whole"));
}

#[test]
fn a_field_that_failed_is_tried_again() {
    let bench = Bench::new(3);
    let path = bench.set().join("field_1_red.png");
    let sound = fs::read(&path).unwrap();
    fs::write(&path, &sound[..100]).unwrap();
    let (report, _) = bench.run("out");
    assert_eq!((report.read, report.failures.len()), (2, 1));
    let (report, told) = bench.run("out");
    assert_eq!((told.now, report.failures.len()), (1, 1), "it fails as it did before");
    fs::write(&path, sound).unwrap();
    let (report, told) = bench.run("out");
    assert_eq!((report.read, told.now, report.failures.len()), (3, 1, 0));
}

#[test]
fn masks_of_nuclei_alone_are_resumed_too() {
    let bench = Bench::new(3);
    for field in 0..3 {
        for colour in ["red", "yellow", "green"] {
            fs::remove_file(bench.set().join(format!("field_{field}_{colour}.png"))).unwrap();
        }
    }
    let set = ImageSet::open(bench.set(), SetLayout::FilePerStain).unwrap();
    let out = bench.folder.path().join("out");
    let batch = Batch {
        fields: set.fields(),
        stains: Stains::NucleusOnly,
        how: &bench.params.clone().into(),
        mask_folder: Some(MaskFolder { path: &out, format: MaskFormat::Png }),
        border_cells: BorderCells::Keep,
        model: None,
        work_file: &out.join("work"),
    };
    let (stop, mut done) = (Stop::default(), 0);
    let outcome = batch.run(Vec::new(), &stop, |event| {
        done += usize::from(matches!(event, BatchEvent::FieldDone { .. }));
        stop.ask();
    });
    assert!(matches!(outcome, Err(BatchError::Stopped { total: 3, .. })));
    let mut again = 0;
    let tell = |event| again += usize::from(matches!(event, BatchEvent::FieldDone { failed: false }));
    let (report, _) = batch.run(Vec::new(), &Stop::default(), tell).unwrap();
    assert_eq!((report.read, report.cells, done + again), (3, 3 * CELLS, 3));
    assert_eq!(bench.products("out").len(), 3);
}

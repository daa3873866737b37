//! Export: what the doctor sees, what post-processing does to the score, and stopping.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use cytoscribe::{
    atlas::{Location, LocationSet},
    pipeline::{
        post_processing::{CellFacts, PostProcessingParams, Step},
        submission::{Selection, SubmissionParams},
    },
    project::{
        Project,
        labels::{Change, Decision, Deed, Exclusion, Grade, Pen, Reason, Verdict},
    },
    storage::{ImageSet, MaskFormat, SetLayout},
    workbench::{
        Stop,
        export::{
            Counts, ExportError, ExportProgress, ExportWatch, Predicted, Products, Source, Target,
            decoded::decoded_masks,
            doctor::{Diagnosis, Expected, examine},
            effects::{KnownFrom, local_score},
            export,
            files::write_submission,
            gather::{Gathered, gather},
        },
    },
};
use ndarray::Array2;
use tempfile::{TempDir, tempdir};

use crate::drawn_set::{CELLS, draw_set};

/// A drawn set of some images with a project.
struct Bench {
    folder: TempDir,
    set: ImageSet,
    labels: Vec<Option<LocationSet>>,
    project: Project,
    stop: Stop,
    progress: ExportProgress,
}

impl Bench {
    fn new(count: usize) -> Self {
        let folder = tempdir().unwrap();
        draw_set(&folder.path().join("set"), count);
        let set = ImageSet::open(folder.path().join("set"), SetLayout::FilePerStain).unwrap();
        let label = |number: usize| Some(if number.is_multiple_of(2) { "0" } else { "16" }.parse().unwrap());
        Self {
            folder,
            set,
            labels: (0..count).map(label).collect(),
            project: Project::default(),
            stop: Stop::default(),
            progress: ExportProgress::default(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn source<'a>(&'a self, folder: &'a Path) -> Source<'a> {
        Source { set: &self.set, image_labels: &self.labels, project: &self.project, folder, truth: None }
    }

    fn watch(&self) -> ExportWatch<'_> {
        ExportWatch { stop: &self.stop, progress: &self.progress, wake: &|| {} }
    }

    fn target(&self) -> Target {
        Target { folder: self.path("out"), products: Products::default() }
    }

    fn gathered(&self, target: &Target) -> Gathered {
        let folder = self.path("project");
        let source = self.source(&folder);
        target.prepare(self.set.root(), &folder).unwrap();
        gather(&source, Some(target), self.watch()).unwrap()
    }

    /// Decides about the cell at this pixel of the first image.
    fn decide(&mut self, anchor: (u32, u32), change: Change) {
        let decision = Decision { image: "field_0".to_owned(), anchor, area_px: 0, set: vec![change] };
        let mut labels = std::mem::take(&mut self.project).into_labels();
        labels.sign(Pen { session: 1, annotator: "Ann".to_owned(), ..Pen::default() });
        labels.apply(Deed::Decide(Reason::Image, vec![decision]));
        self.project = Project::default().with_labels(labels);
    }
}

fn confident(gathered: &Gathered) -> Vec<[f32; Location::COUNT]> {
    vec![[0.5; Location::COUNT]; gathered.cells().count()]
}

/// What the doctor says of what is in the folder.
fn diagnosis(bench: &Bench, target: &Target, gathered: &Gathered) -> Diagnosis {
    let confidences = confident(gathered);
    let selection = Selection::new(&SubmissionParams::default(), &[1.0; Location::COUNT], &confidences);
    let written = Some((confidences.as_slice(), &selection));
    examine(target, Expected { gathered, predicted: None, written, truth: None }, bench.watch()).unwrap()
}

/// A target with a submission of all cells and their masks, as they should be.
fn written(bench: &Bench) -> (Target, Gathered) {
    let target = bench.target();
    let gathered = bench.gathered(&target);
    let confidences = confident(&gathered);
    let selection = Selection::new(&SubmissionParams::default(), &[1.0; Location::COUNT], &confidences);
    write_submission(&target, &gathered, &confidences, &selection, bench.watch()).unwrap();
    (target, gathered)
}

#[test]
fn the_doctor_finds_nothing_wrong_with_what_was_just_written() {
    let bench = Bench::new(2);
    let (target, gathered) = written(&bench);
    let found = diagnosis(&bench, &target, &gathered);
    assert!(found.is_well(), "{:?}", found.sentences());
    assert_eq!((found.rows, found.cells, found.compared, found.compared_in_maps), (Some(2), 8, 8, 8));
    assert_eq!(found.predictions, 8 * Location::COUNT);
}

#[test]
fn the_doctor_names_the_cell_whose_mask_is_another() {
    let bench = Bench::new(2);
    let (target, gathered) = written(&bench);
    let path = target.submission();
    let text = fs::read_to_string(&path).unwrap();
    let [second, third] = [1, 2].map(|at| gathered.fields[1].cells[at].mask_text.clone());
    let (head, last) = text.trim_end().rsplit_once('\n').unwrap();
    fs::write(&path, format!("{head}\n{}\n", last.replace(&second, &third))).unwrap();
    let found = diagnosis(&bench, &target, &gathered);
    assert_eq!(found.defects, [] as [String; 0]);
    let area = gathered.fields[1].cells[1].area_px;
    let expected = format!("image 'field_1', cell 2 of {area} pixels: its mask in submission.csv is missing");
    assert_eq!(found.unlike, [expected]);
}

#[test]
fn the_doctor_sees_broken_rows_and_label_maps_of_other_cells() {
    let bench = Bench::new(2);
    let (target, gathered) = written(&bench);
    let path = target.submission();
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("field_0,240", "field_0,241")).unwrap();
    let masks = target.masks().unwrap();
    let [one, other] = ["field_0", "field_1"].map(|id| masks.folder.join(format!("{id}_cellmask.png")));
    fs::copy(&other, &one).unwrap();
    fs::remove_file(&other).unwrap();
    let found = diagnosis(&bench, &target, &gathered);
    assert!(!found.is_well());
    assert!(found.defects.iter().any(|defect| defect.contains("the size is 241 x 240")), "{:?}", found.defects);
    assert!(found.unlike.iter().any(|sentence| sentence.contains("field_1_cellmask.png")), "{:?}", found.unlike);
}

#[test]
fn masks_are_decoded_to_be_shown_on_their_image() {
    let bench = Bench::new(2);
    let (target, gathered) = written(&bench);
    let decoded = decoded_masks(&target.submission(), "field_1").unwrap();
    assert_eq!((decoded.size, decoded.count), ((240, 240), CELLS));
    let mut ids: Vec<u32> = decoded.outlines.iter().map(|outline| outline.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids, [1, 2, 3, 4]);
    // The anchor of each cell lies inside its own outline's box.
    for (number, cell) in (1..).zip(&gathered.fields[1].cells) {
        let ((row, col), _) = cell.measured.unwrap();
        let corners = decoded.outlines.iter().filter(|outline| outline.id == number).flat_map(|one| &one.corners);
        let (rows, cols): (Vec<u32>, Vec<u32>) = corners.copied().unzip();
        let holds = |values: &[u32], at: u32| values.iter().any(|&v| v <= at) && values.iter().any(|&v| v > at);
        assert!(holds(&rows, row) && holds(&cols, col));
    }
    assert_eq!(decoded_masks(&target.submission(), "nobody").unwrap().count, 0);
}

#[test]
fn excluded_cells_are_left_out_but_their_masks_stay_and_all_that_is_unsettled_is_counted() {
    let mut bench = Bench::new(2);
    bench.labels[1] = None;
    bench.decide((60, 60), Change::Exclude(Some(Exclusion::Debris)));
    bench.decide((60, 180), Change::Label(Location::NEGATIVE, Some(Verdict::Grade(Grade::ALL[2]))));
    bench.decide((120, 120), Change::Label(Location::NEGATIVE, Some(Verdict::Yes)));
    let gathered = bench.gathered(&bench.target());
    assert_eq!((gathered.fields[0].cells.len(), gathered.fields[0].masks.len()), (3, 4));
    let counts = Counts::of(&gathered);
    let expected = Counts {
        images: 2,
        measured_images: 2,
        images_without_labels: 1,
        cells: 7,
        decided: 1,
        excluded: 1,
        unsure: 1,
        lost: 1,
    };
    assert_eq!(counts, expected);
    assert_eq!(counts.unsettled().len(), 5);
    let before = Counts::before(&bench.set, &bench.labels, bench.project.labels(), None);
    // Which decided cells are lost is not looked up beforehand.
    assert_eq!(before, Counts { measured_images: 0, cells: 0, decided: 2, lost: 0, ..expected });
}

#[test]
fn an_export_holds_all_that_is_asked_for_and_one_without_a_target_writes_nothing() {
    let mut bench = Bench::new(4);
    bench.decide((60, 60), Change::Label(Location::new(0).unwrap(), Some(Verdict::No)));
    bench.decide((60, 180), Change::Label(Location::new(0).unwrap(), Some(Verdict::Yes)));
    let folder = bench.path("project");
    let source = bench.source(&folder);
    let judged = export(&source, None, bench.watch()).unwrap();
    assert!(!bench.path("out").exists() && !folder.exists());
    let predicted = judged.predicted.unwrap();
    assert_eq!((predicted.known_from, predicted.probabilities.nrows()), (KnownFrom::Decisions, 16));
    assert_eq!(predicted.effects(&PostProcessingParams::default()).before.unwrap().answers, 2);

    let products = Products { masks: Some(MaskFormat::Tiff), ..Products::default() };
    let target = Target { folder: bench.path("out"), products };
    let exported = export(&source, Some(&target), bench.watch()).unwrap();
    assert!(exported.diagnosis.is_well() && exported.failures.is_empty());
    let names: Vec<&str> = exported.written.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["submission.csv", "cells.parquet", "coco.json", "model.ron", "masks/"]);
    assert_eq!(exported.written[4].files, 8);
    assert_eq!(fs::read_to_string(target.report()).unwrap(), exported.report);
    assert!(exported.predicted.unwrap().probabilities == predicted.probabilities, "a cold fit is always the same");
}

#[test]
fn an_export_that_is_stopped_leaves_neither_a_submission_nor_a_report() {
    let bench = Bench::new(3);
    let folder = bench.path("project");
    let calls = AtomicUsize::new(0);
    let wake = || {
        if calls.fetch_add(1, Ordering::Relaxed) == 2 {
            bench.stop.ask();
        }
    };
    let watch = ExportWatch { stop: &bench.stop, progress: &bench.progress, wake: &wake };
    let target = bench.target();
    let outcome = export(&bench.source(&folder), Some(&target), watch);
    assert!(matches!(outcome, Err(ExportError::Stopped(_))), "{outcome:?}");
    let left: Vec<PathBuf> = fs::read_dir(&target.folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left, [target.masks().unwrap().folder]);
}

/// Two images of two cells; the first two show location 0.
fn four_cells(probabilities: [f32; 4]) -> Predicted {
    let location = Location::new(0).unwrap();
    let facts =
        |cell: usize| CellFacts { image: cell / 2, share_in_view: if cell == 2 { 0.1 } else { 1.0 }, area_px: 100 };
    let known = |cell: usize| {
        let mut known = [None; Location::COUNT];
        known[location.index()] = Some(cell < 2);
        known
    };
    Predicted {
        probabilities: Array2::from_shape_fn((4, Location::COUNT), |(cell, _)| probabilities[cell]),
        facts: (0..4).map(facts).collect(),
        image_labels: vec![None; 2],
        known: (0..4).map(known).collect(),
        known_from: KnownFrom::Truth,
    }
}

#[test]
fn the_local_score_counts_only_what_is_known() {
    let predicted = four_cells([0.9, 0.3, 0.5, 0.1]);
    let score = local_score(predicted.probabilities.view(), &predicted.known).unwrap();
    assert_eq!((score.locations, score.answers), (1, 4));
    assert!((score.mean_average_precision - f64::midpoint(1.0, 2.0 / 3.0)).abs() < 1e-12);
    let mut known = predicted.known.clone();
    known[2] = [None; Location::COUNT];
    let score = local_score(predicted.probabilities.view(), &known).unwrap();
    assert_eq!((score.mean_average_precision, score.answers), (1.0, 3));
    assert_eq!(local_score(predicted.probabilities.view(), &[[Some(true); Location::COUNT]; 4]), None);
}

#[test]
fn the_effect_of_each_step_is_told_alone_and_together() {
    let predicted = four_cells([0.9, 0.3, 0.5, 0.1]);
    let params = PostProcessingParams { image_weight: 0.05, border_penalty: 1.0, ..PostProcessingParams::default() };
    let effects = predicted.effects(&params);
    let mean = |score: Option<_>| {
        score.map(|score: cytoscribe::workbench::export::effects::LocalScore| score.mean_average_precision)
    };
    assert!(mean(effects.before) < mean(effects.after));
    assert_eq!(mean(effects.after), Some(1.0));
    assert_eq!(effects.alone.len(), 2);
    assert_eq!((effects.alone[0].0, mean(effects.alone[0].1)), (Step::Image, mean(effects.before)));
    assert_eq!((effects.alone[1].0, mean(effects.alone[1].1)), (Step::Border, Some(1.0)));
    let none = predicted.effects(&PostProcessingParams::default());
    assert_eq!((none.before, none.alone.len()), (none.after, 0));
}

#[test]
fn what_was_decided_is_written_and_the_rules_order_what_was_decided_alike() {
    let predicted = four_cells([0.9, 0.3, 0.5, 0.1]);
    let mut verdicts = [[None; Location::COUNT]; 4];
    (verdicts[0][0], verdicts[1][0], verdicts[3][0]) = (Some(Verdict::No), Some(Verdict::Yes), Some(Verdict::No));
    let written = predicted.written(&PostProcessingParams::default(), &verdicts);
    let of = |cell: usize| written[[cell, 0]];
    assert!((of(0) - 0.009).abs() < 1e-6 && (of(1) - 0.993).abs() < 1e-6 && (of(3) - 0.001).abs() < 1e-6);
    assert_eq!((of(2).to_bits(), written[[0, 1]].to_bits()), (0.5_f32.to_bits(), 0.9_f32.to_bits()));
    // The score by which steps are judged does not know of it.
    let without = predicted.effects(&PostProcessingParams::default());
    assert!(without.before.unwrap().mean_average_precision < 1.0);
}

//! How long a field takes from its stains to a composite, and to masks, features and mask strings, and how long one
//! correction by hand takes, on one thread; and how long a set takes to be learnt anew after decisions, on two.
#![allow(missing_docs, reason = "criterion's macros write functions without")]
#![allow(clippy::expect_used, reason = "a failed bench may panic")]

mod fields;

use std::time::Duration;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use cytoscribe::{
    atlas::{Location, LocationSet},
    imaging::{Plane, ScaledMask, rle::region_run_lengths},
    pipeline::{
        classifier::{Targets, Trainer, TrainingParams, retraining::Watch},
        composite::{CompositeParams, composite},
        corrections::{Correction, Corrections, Part, Shape, Stroke, corrected},
        features::measure,
        segmentation::{Background, Preset, Segmentation, SegmentationParams, ThresholdRule, WorkingImage, segment},
        submission::encode_mask,
    },
};
use ndarray::Array2;
use rayon::ThreadPoolBuilder;

fn mask_strings(segmentation: &Segmentation) -> Vec<String> {
    region_run_lengths(&segmentation.cell_mask).iter().map(|(_, mask)| encode_mask(mask)).collect()
}

fn pipeline(criterion: &mut Criterion) {
    ThreadPoolBuilder::new().num_threads(1).build_global().expect("no pool before this one");
    for (name, field) in fields::fields() {
        let mut group = criterion.benchmark_group(format!("pipeline/{name}"));
        group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
        for (size, working_size) in [("400 px", 400), ("native", 0)] {
            let params = SegmentationParams { working_size, ..Preset::Reference.params() };
            let image = WorkingImage::of(&field, working_size);
            group.bench_function(format!("background of nuclei, {size}"), |b| {
                b.iter(|| Background::of_nuclei(&image.nucleus, &params.nuclei_background));
            });
            group.bench_function(format!("background of cells, {size}"), |b| {
                b.iter(|| Background::of_cells(&image, &params.cell_background, ThresholdRule::StainedQuantile));
            });
            group.bench_function(format!("segment, {size}"), |b| b.iter(|| segment(&field, &params)));
        }
        let plain = CompositeParams::default();
        let matched = CompositeParams { match_histograms: true, ..plain.clone() };
        let bright = CompositeParams { gamma: 0.6, brightness: 1.5, ..plain.clone() };
        for (how, params) in [("plain", plain), ("matched", matched), ("with gamma", bright)] {
            group.bench_function(format!("composite, {how}"), |b| b.iter(|| composite(&field, &params)));
        }
        let segmentation = segment(&field, &Preset::Reference.params());
        let cells = measure(&field, &segmentation).cells.len();
        group.bench_function(format!("measure {cells} cells"), |b| b.iter(|| measure(&field, &segmentation)));
        group.bench_function(format!("mask strings of {cells} cells"), |b| b.iter(|| mask_strings(&segmentation)));
        group.bench_function("everything, 400 px", |b| {
            b.iter(|| {
                let segmentation = segment(&field, &Preset::Reference.params());
                (measure(&field, &segmentation), mask_strings(&segmentation))
            });
        });
        group.finish();
    }
}

/// Cells with 540 features, which are 60 numbers and noise, and noisy labels: some location's rarity is its number + 2.
fn drawn_cells(count: usize) -> (Array2<f32>, Vec<LocationSet>) {
    let mut state = 1_u64;
    let mut share = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1_u64 << 24) as f32
    };
    let mut features = Array2::zeros((count, 540));
    let mut labels = Vec::with_capacity(count);
    for mut cell in features.rows_mut() {
        let hidden: [f32; 60] = std::array::from_fn(|_| share() + share() + share());
        for (feature, value) in cell.iter_mut().enumerate() {
            *value = hidden[feature % 60] * hidden[feature / 60] + 0.5 * share();
        }
        let mut shows = |location: &Location| {
            let at = location.index();
            let is_high = hidden[at] + hidden[at + 20] + hidden[at + 40] > 4.5 + 0.1 * at as f32;
            is_high != (share() < 0.5 / (at + 2) as f32)
        };
        labels.push(Location::all().filter(|location| shows(location)).collect());
    }
    (features, labels)
}

fn retraining(criterion: &mut Criterion) {
    let pool = ThreadPoolBuilder::new().num_threads(2).build().expect("two threads");
    let nobody = Watch::NOBODY;
    for count in [20_000, 100_000] {
        let (features, labels) = drawn_cells(count);
        let names: Vec<String> = (0..count).map(|cell| format!("image {}", cell / 20)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let prepare = || {
            let params = TrainingParams::default();
            let rows: Vec<usize> = (0..count).collect();
            Trainer::new(features.view(), &rows, &names, &labels, &params, &nobody).expect("sound cells")
        };
        let trainer = pool.install(prepare);
        let targets = Targets::of_labels(&labels);
        let mut decided = targets.clone();
        for number in 0..10 {
            let cell = number * (count / 10);
            let mut shown = [0.0; Location::COUNT];
            for location in Location::all() {
                shown[location.index()] = f64::from(targets.of(cell, location).unwrap_or(0.0));
            }
            shown[number] = 1.0 - shown[number];
            decided.set(cell, Some(shown));
        }
        let fit = |targets, before| trainer.fit(targets, before, &nobody);
        let cross_fit = |targets, before| trainer.cross_fit(targets, before, None, &nobody);
        let before = pool.install(|| fit(&targets, None)).expect("nobody stops it");
        let crossed_before = pool.install(|| cross_fit(&targets, None)).expect("nobody stops it");

        let mut group = criterion.benchmark_group(format!("retraining/{count} cells"));
        group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
        group.bench_function("prepare", |b| b.iter(|| pool.install(prepare)));
        group.bench_function("all locations, cold", |b| b.iter(|| pool.install(|| fit(&targets, None))));
        group.bench_function("after ten decisions", |b| b.iter(|| pool.install(|| fit(&decided, Some(&before)))));
        group.bench_function("in five folds, cold", |b| b.iter(|| pool.install(|| cross_fit(&targets, None))));
        group.bench_function("in five folds, after ten decisions", |b| {
            b.iter(|| pool.install(|| cross_fit(&decided, Some(&crossed_before))));
        });
        group.finish();
    }
}

/// Masks of a field of 3072² pixels with 144 cells, computed at this size.
fn drawn_masks(computed: usize) -> Segmentation {
    const CELLS: usize = 12;
    let side = computed / CELLS;
    let id = |row: usize, col: usize| (row / side).min(CELLS - 1) * CELLS + (col / side).min(CELLS - 1) + 1;
    let from_middle = |at: usize| (at % side).abs_diff(side / 2);
    let is_nucleus = |row: usize, col: usize| from_middle(row).max(from_middle(col)) < side / 5;
    let nucleus = |row: usize, col: usize| if is_nucleus(row, col) { id(row, col) as u32 } else { 0 };
    Segmentation {
        nuclei_mask: ScaledMask::new(Plane::from_fn(computed, computed, nucleus), 3072, 3072),
        cell_mask: ScaledMask::new(Plane::from_fn(computed, computed, |row, col| id(row, col) as u32), 3072, 3072),
        cell_count: (CELLS * CELLS) as u32,
        remarks: Vec::new(),
    }
}

/// One correction of each kind, as a hand makes it: some ten to twenty points along the way.
fn corrections_by_hand(criterion: &mut Criterion) {
    let path: Vec<(u32, u32)> = (0..20).map(|at| (1330 + 2 * at, 1300 + 15 * at)).collect();
    let (part, cell) = (Part::Cell, (1408, 1408));
    let stroke = Stroke { path: path.clone(), radius_px: 40 };
    let line = vec![(1270, 1400), (1540, 1420)];
    let corners = (0..24).map(|at| f64::from(at).to_radians() * 15.0);
    let corners = corners.map(|angle| ((1500.0 + 150.0 * angle.sin()) as u32, (1500.0 + 150.0 * angle.cos()) as u32));
    let all = [
        ("split a cell", Correction::Split { part, cell, line: line.clone() }),
        ("split a nucleus", Correction::Split { part: Part::Nucleus, cell, line }),
        ("merge", Correction::Merge { cells: [cell, (1408, 1664)] }),
        ("delete", Correction::Delete { cell }),
        ("draw with a brush", Correction::Draw { part, shape: Shape::Brush(stroke.clone()) }),
        ("draw a polygon", Correction::Draw { part, shape: Shape::Polygon(corners.collect()) }),
        ("draw a nucleus", Correction::Draw { part: Part::Nucleus, shape: Shape::Brush(stroke.clone()) }),
        ("erase", Correction::Erase { part, cells: vec![cell, (1408, 1664)], stroke: stroke.clone() }),
        ("move a border", Correction::Border { part, cell, stroke }),
    ];
    for computed in [512, 3072] {
        let masks = drawn_masks(computed);
        let mut group = criterion.benchmark_group(format!("correct 3072 px/masks of {computed} px"));
        group.sample_size(10).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
        for (name, correction) in &all {
            let corrections: Corrections = [correction.clone()].into_iter().collect();
            assert!(corrected(masks.clone(), &corrections).lost.is_empty(), "{name} is done");
            group.bench_function(*name, |b| {
                b.iter_batched(|| masks.clone(), |masks| corrected(masks, &corrections), BatchSize::LargeInput);
            });
        }
        group.finish();
    }
}

criterion_group!(benches, pipeline, corrections_by_hand, retraining);
criterion_main!(benches);

//! How long a field takes from its stains to a composite, and to masks, features and mask strings; on one thread.
#![allow(missing_docs, reason = "criterion's macros write functions without")]
#![allow(clippy::expect_used, reason = "a failed bench may panic")]

mod fields;

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use cytoscribe::{
    imaging::rle::region_run_lengths,
    pipeline::{
        composite::{CompositeParams, composite},
        features::measure,
        segmentation::{Background, Preset, Segmentation, SegmentationParams, ThresholdRule, WorkingImage, segment},
        submission::encode_mask,
    },
};
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

criterion_group!(benches, pipeline);
criterion_main!(benches);

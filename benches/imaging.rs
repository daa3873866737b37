//! How long the pixel work of a segmentation takes, step by step, at the working size and at the field's own.
#![allow(missing_docs, reason = "criterion's macros write functions without")]
#![allow(clippy::expect_used, reason = "a failed bench may panic")]

mod fields;

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use cytoscribe::{
    atlas::Channel,
    imaging::{
        Connectivity, ScaledMask,
        distance::squared_distance,
        median::median,
        regions::{number_regions, regions, without_small_regions},
        resize::bilinear,
        rle::region_run_lengths,
        watershed::watershed,
    },
    pipeline::segmentation::{Background, Nuclei, Preset, WorkingImage},
};

fn imaging(criterion: &mut Criterion) {
    let params = Preset::Reference.params();
    for (name, field) in fields::fields() {
        for size in [400, 0] {
            let image = WorkingImage::of(&field, size);
            let (height, width) = image.nucleus.size();
            let background = Background::of_nuclei(&image.nucleus, &params.nuclei_background);
            let nuclei = Nuclei::of(&background.background, params.marker_quantile);
            let foreground = background.background.map(|&is_background| !is_background);
            let [small, large] = [&params.nuclei_background, &params.cell_background]
                .map(|background| background.median_window_px(image.mean_side()));
            let gap = params.nuclei_background.smallest_gap_area_px(image.mean_side());

            let mut group = criterion.benchmark_group(format!("imaging/{name}/{height} px"));
            group.sample_size(10).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
            let nucleus = field.plane(Channel::Nucleus);
            group.bench_function("resize", |b| b.iter(|| bilinear(nucleus, height, width)));
            group.bench_function("median of bytes", |b| b.iter(|| median(&image.nucleus, small)));
            group.bench_function("median of sums", |b| b.iter(|| median(&image.cell_sum, large)));
            let below = background.median.map(|&sample| f64::from(sample) < background.threshold.unwrap_or(0.0));
            group.bench_function("opening", |b| {
                b.iter(|| without_small_regions(below.clone(), gap, Connectivity::Four));
            });
            group.bench_function("distance", |b| b.iter(|| squared_distance(&background.background)));
            group.bench_function("number regions", |b| b.iter(|| number_regions(&foreground, Connectivity::Four)));
            let cell_background = Background::of_cells(&image, &params.cell_background, background.rule).background;
            let cell_depth = squared_distance(&cell_background);
            group.bench_function("distance in cells", |b| b.iter(|| squared_distance(&cell_background)));
            group.bench_function("watershed of nuclei", |b| {
                b.iter(|| watershed(&nuclei.squared_distance, nuclei.markers.clone()));
            });
            group.bench_function("watershed of cells", |b| b.iter(|| watershed(&cell_depth, nuclei.mask.clone())));
            let full_size = ScaledMask::new(nuclei.mask.clone(), field.height(), field.width());
            group.bench_function("mask at full size", |b| {
                b.iter(|| full_size.to_plane());
            });
            group.bench_function("places of regions", |b| b.iter(|| regions(&full_size)));
            group.bench_function("run lengths of regions", |b| b.iter(|| region_run_lengths(&full_size)));
            group.finish();
        }
    }
}

criterion_group!(benches, imaging);
criterion_main!(benches);

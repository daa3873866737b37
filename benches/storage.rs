//! How long the images of a field take to read, beside the image crate alone; on one thread.
#![allow(missing_docs, reason = "criterion's macros write functions without")]
#![allow(clippy::expect_used, reason = "a failed bench may panic")]

mod fields;

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use cytoscribe::{
    atlas::Channel,
    storage::{ImageSet, SetLayout, read_field},
};
use image::GrayImage;
use rayon::ThreadPoolBuilder;

fn storage(criterion: &mut Criterion) {
    ThreadPoolBuilder::new().num_threads(1).build_global().expect("no pool before this one");
    for (name, field) in fields::fields() {
        let folder = tempfile::tempdir().expect("a folder for files");
        let paths = Channel::ALL.map(|channel| folder.path().join(format!("a_{}.png", channel.colour())));
        for (plane, path) in field.planes().iter().zip(&paths) {
            let (width, height) = (plane.width() as u32, plane.height() as u32);
            let image =
                GrayImage::from_raw(width, height, plane.samples().to_vec()).expect("as many samples as pixels");
            image.save(path).expect("room for an image");
        }
        let set = ImageSet::open(folder.path(), SetLayout::FilePerStain).expect("a set of one field");

        let mut group = criterion.benchmark_group(format!("storage/{name}"));
        group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
        group.bench_function("read a field", |b| b.iter(|| read_field(&set.fields()[0]).expect("whole images")));
        group.bench_function("the same by the image crate alone", |b| {
            b.iter(|| paths.each_ref().map(|path| image::open(path).expect("a whole image")));
        });
        group.finish();
    }
}

criterion_group!(benches, storage);
criterion_main!(benches);

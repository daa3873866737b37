//! How long the images of a field take to read, beside the image crate alone, on one thread; and a journal of labels, on
//! as many as there are.
#![allow(missing_docs, reason = "criterion's macros write functions without")]
#![allow(clippy::expect_used, reason = "a failed bench may panic")]

mod fields;

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use cytoscribe::{
    atlas::{Channel, Location},
    project::{
        Labels,
        labels::{Change, Decision, Deed, Moment, Reason, Record, RecordId, Verdict},
    },
    storage::{
        ImageSet, SetLayout,
        journal::{self, Journal},
        read_field,
    },
};
use image::GrayImage;
use rayon::ThreadPoolBuilder;

/// Records of the journal that is read.
const RECORDS: u32 = 200_000;

/// A decision about one of many cells, as most are: one change a record.
fn record(number: u32) -> Record {
    let location = Location::new(number as usize % Location::COUNT).expect("a number below the count");
    let decision = Decision {
        image: format!("5c27f04c-bb99-11e8-b2b9-ac1f6b64{:04x}", number / 40),
        anchor: (number * 7 % 2048, number * 13 % 2048),
        area_px: 30_000,
        set: vec![Change::Label(location, Some(Verdict::Yes))],
    };
    Record {
        id: RecordId(0x1234_5678_9abc_def0, number),
        at: Moment(1_800_000_000_000 + i64::from(number) * 1500),
        by: "A. Person".to_owned(),
        did: Deed::Decide(Reason::Deck, vec![decision]),
    }
}

fn labels(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder for files");
    let (mut journal, _) = Journal::open(folder.path()).expect("a new journal");
    journal.append(&(0..RECORDS).map(record).collect::<Vec<_>>()).expect("room for a journal");
    let mut group = criterion.benchmark_group("storage/journal");
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(5));
    group.bench_function("load 200,000 records", |b| {
        b.iter(|| Labels::replay(journal::read(folder.path()).expect("a whole journal").records));
    });
    group.bench_function("read 200,000 records", |b| b.iter(|| journal::read(folder.path()).expect("a whole journal")));
    group.bench_function("add a record", |b| {
        let mut number = RECORDS;
        b.iter(|| {
            number += 1;
            journal.append(&[record(number)]).expect("room for a record");
        });
    });
    group.finish();
}

fn images(criterion: &mut Criterion) {
    let thread = ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
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
        group.bench_function("read a field", |b| {
            b.iter(|| thread.install(|| read_field(&set.fields()[0]).expect("whole images")));
        });
        group.bench_function("the same by the image crate alone", |b| {
            b.iter(|| paths.each_ref().map(|path| image::open(path).expect("a whole image")));
        });
        group.finish();
    }
}

criterion_group!(benches, labels, images);
criterion_main!(benches);

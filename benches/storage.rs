//! How long the images of a field take to read, beside the image crate alone, on one thread; a store of half a million
//! cells; and a journal of labels, on as many threads as there are.
#![allow(missing_docs, reason = "criterion's macros write functions without")]
#![allow(clippy::expect_used, reason = "a failed bench may panic")]

mod fields;

use std::time::Duration;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use cytoscribe::{
    atlas::{Channel, Field, Location},
    imaging::{Plane, ScaledMask},
    pipeline::{
        features::FEATURE_COUNT,
        portrait::{CellPart, Portrait},
    },
    project::{
        Labels,
        labels::{Change, Decision, Deed, Moment, Reason, Record, RecordId, Verdict},
    },
    storage::{
        CellStore, ImageSet, SetLayout,
        cell_store::{NewCell, NewField, Source, fingerprint},
        journal::{self, Journal},
        read_field,
    },
};
use image::GrayImage;
use rayon::ThreadPoolBuilder;

/// Records of the journal that is read.
const RECORDS: u32 = 200_000;

/// Cells that are decided about in one step.
const MANY: u32 = 100_000;

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
    // As a decision about all cells of 5,000 images comes from the gallery.
    let many = || Deed::Decide(Reason::Bulk, (0..MANY).map(|cell| record(cell).did).flat_map(decisions).collect());
    group.bench_function("decide about 100,000 cells", |b| {
        b.iter_batched(
            || (Labels::default(), many()),
            |(mut labels, deed)| (labels.apply(deed), labels),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("undo and redo that", |b| {
        let mut labels = Labels::default();
        let mut inverse = labels.apply(many());
        b.iter(|| {
            for _ in 0..2 {
                inverse = labels.apply(inverse.clone());
            }
        });
    });
    group.finish();
}

fn decisions(deed: Deed) -> Vec<Decision> {
    if let Deed::Decide(_, decisions) = deed { decisions } else { Vec::new() }
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

/// Fields of the store, and cells in each.
const STORED: (usize, usize) = (25_000, 20);

/// A store as that of a large set is, but for its portraits, which are black: what is passed over takes no time.
fn cell_store(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder for a file");
    let path = folder.path().join("cells.store");
    let black = || Plane::filled(Portrait::SIDE, Portrait::SIDE, 0);
    let portrait = Portrait {
        stains: Field::new([black(), black(), black(), black()]).expect("planes of one size"),
        parts: Plane::filled(Portrait::SIDE, Portrait::SIDE, CellPart::Cell),
    };
    let cell = |id: u32| NewCell {
        id,
        anchor: (100 * id, 2000 - 70 * id),
        area_px: 90_000 + u64::from(id),
        features: (0..FEATURE_COUNT).map(|feature| feature as f32 + id as f32 / 32.0).collect(),
        portrait: portrait.clone(),
    };
    let source = Source { inputs: fingerprint(&"params"), files: fingerprint(&"files") };
    let mut field = NewField {
        image: String::new(),
        source,
        cell_count: STORED.1,
        remarks: Vec::new(),
        cell_mask: ScaledMask::new(Plane::from_fn(400, 400, |row, col| (row / 90 * 5 + col / 90) as u32), 2048, 2048),
        cells: (1..=STORED.1 as u32).map(cell).collect(),
    };
    let ids: Vec<String> = (0..STORED.0).map(|number| format!("{number:08x}-bb9b-11e8-b2b9-ac1f6b6435d0")).collect();
    let store = CellStore::open(&path).expect("room for a store");
    for id in &ids {
        field.image.clone_from(id);
        store.append(&field).expect("room for a record");
    }
    drop(store);
    let store = CellStore::look(&path).expect("a whole store").expect("a store");
    let all: Vec<_> = ids.iter().map(|id| store.find(id, source).expect("a stored field")).collect();

    let mut group = criterion.benchmark_group("storage/cells");
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    group
        .bench_function("open a store of 500,000 cells", |b| b.iter(|| CellStore::look(&path).expect("a whole store")));
    group.bench_function("read one feature of 500,000 cells", |b| {
        b.iter(|| all.iter().map(|cells| store.feature(cells, 123).expect("a whole column").len()).sum::<usize>());
    });
    group.bench_function("read a portrait", |b| b.iter(|| store.portrait(&all[77], 7).expect("a whole portrait")));
    group.bench_function("read a mask", |b| b.iter(|| store.cell_mask(&all[77]).expect("a whole mask")));
    group.finish();
}

criterion_group!(benches, labels, images, cell_store);
criterion_main!(benches);

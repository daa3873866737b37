use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use cytoscribe::{
    atlas::{Channel, LocationSet},
    demo::{self, DemoParams, DemoSet, Depth, Part},
    storage::{
        ImageLabels, ImageSet, SetLayout,
        demo_set::{self, DemoSetError},
        masks::read_mask,
        read_field,
    },
    workbench::{
        Stop,
        demo_set::{Done, ProvideError, provide_demo_set},
    },
};

fn small() -> DemoSet {
    DemoSet { params: DemoParams { side_px: 128, ..DemoParams::default() }, training_fields: 3, test_fields: 2 }
}

fn provide(set: &DemoSet, folder: &Path) -> Result<Done, ProvideError> {
    provide_demo_set(set, folder, &Stop::default(), || {})
}

/// Every file below `folder`, by its path there, with its content.
fn content(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in fs::read_dir(current).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push((path.strip_prefix(folder).unwrap().to_owned(), fs::read(path).unwrap()));
            }
        }
    }
    files.sort_unstable();
    files
}

#[test]
fn a_set_on_disk_holds_its_fields_and_the_truth_about_them() {
    for depth in [Depth::Eight, Depth::Sixteen] {
        let folder = tempfile::tempdir().unwrap();
        let (folder, mut set) = (folder.path().join("demo"), small());
        set.params.depth = depth;
        let drawn = AtomicUsize::new(0);
        let counted = || {
            drawn.fetch_add(1, Ordering::Relaxed);
        };
        assert_eq!(provide_demo_set(&set, &folder, &Stop::default(), counted).unwrap(), Done::Made);
        assert_eq!(drawn.into_inner(), 5);

        let labels = ImageLabels::read(&demo_set::labels(&folder)).unwrap();
        assert_eq!((labels.by_id.len(), labels.problems.len()), (3, 0));
        for (part, number) in set.numbers() {
            let field = demo::field(&set.params, number);
            let images = ImageSet::open(demo_set::images(&folder, part), SetLayout::FilePerStain).unwrap();
            let raw = read_field(images.field(&field.id).unwrap()).unwrap();
            for channel in Channel::ALL {
                assert_eq!(raw.channel(channel), &field.channels[channel.index()]);
            }
            let truth = demo_set::truth(&folder, part);
            assert_eq!(read_mask(&truth.join(format!("{}_nucleimask.png", field.id))).unwrap(), field.nuclei_mask);
            assert_eq!(read_mask(&truth.join(format!("{}_cellmask.png", field.id))).unwrap(), field.cell_mask);
            let table = fs::read_to_string(truth.join("cells.csv")).unwrap();
            let rows = table.lines().filter_map(|line| line.strip_prefix(&format!("{},", field.id)));
            let rows: Vec<(u32, LocationSet)> = rows
                .map(|row| row.split_once(',').unwrap())
                .map(|(id, labels)| (id.parse().unwrap(), labels.parse().unwrap()))
                .collect();
            assert_eq!(rows, field.labels);
            let given = labels.by_id.get(&field.id).copied();
            assert_eq!(given, (part == Part::Train).then_some(field.image_labels));
        }
    }
}

#[test]
fn a_whole_set_is_left_as_it_is_and_the_same_set_has_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let [one, other] = ["one", "other"].map(|name| folder.path().join(name));
    let on_threads = |threads, folder: &Path| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| provide(&small(), folder)).unwrap()
    };
    assert_eq!([on_threads(1, &one), on_threads(8, &other)], [Done::Made; 2]);
    assert!(content(&one) == content(&other));
    let before = fs::metadata(one.join("demo.ron")).unwrap().modified().unwrap();
    assert_eq!(provide(&small(), &one).unwrap(), Done::WasThere);
    assert_eq!(fs::metadata(one.join("demo.ron")).unwrap().modified().unwrap(), before);
}

#[test]
fn a_damaged_set_is_made_anew_and_what_else_is_in_the_folder_stays() {
    let damages: [fn(&Path); 4] = [
        |folder| fs::write(folder.join("train/demo-1-0000_red.png"), b"torn").unwrap(),
        |folder| fs::remove_file(folder.join("truth/test/cells.csv")).unwrap(),
        |folder| fs::write(folder.join("demo.ron"), b"(").unwrap(),
        |folder| {
            let mut image = fs::read(folder.join("test/demo-1-0003_blue.png")).unwrap();
            *image.last_mut().unwrap() ^= 1;
            fs::write(folder.join("test/demo-1-0003_blue.png"), image).unwrap();
        },
    ];
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("demo");
    provide(&small(), &folder).unwrap();
    let whole = content(&folder);
    for damage in damages {
        damage(&folder);
        fs::create_dir_all(folder.join("results")).unwrap();
        fs::write(folder.join("results/mine.txt"), b"decisions").unwrap();
        assert_eq!(provide(&small(), &folder).unwrap(), Done::Replaced);
        assert_eq!(fs::read(folder.join("results/mine.txt")).unwrap(), b"decisions");
        fs::remove_dir_all(folder.join("results")).unwrap();
        assert!(content(&folder) == whole);
    }
    assert!(!folder.with_file_name("demo.partial").exists());
}

#[test]
fn another_set_takes_the_place_of_an_older_one() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("demo");
    provide(&small(), &folder).unwrap();
    let another = DemoSet { training_fields: 0, test_fields: 1, ..small() };
    assert_eq!(provide(&another, &folder).unwrap(), Done::Replaced);
    assert_eq!(provide(&another, &folder).unwrap(), Done::WasThere);
    let names: Vec<PathBuf> = content(&folder).into_iter().map(|(name, _)| name).collect();
    assert!(!names.iter().any(|name| name.starts_with("train")) && names.iter().any(|name| name.starts_with("test")));
}

#[test]
fn a_folder_of_something_else_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.txt"), b"years of work").unwrap();
    let refusal = provide(&small(), folder.path()).unwrap_err();
    assert!(matches!(refusal, ProvideError::Set(DemoSetError::SomethingElse { .. })));
    let expected = format!(
        "there is something in this folder that is no demo set: name a new folder, or empty it — {}",
        folder.path().display()
    );
    assert_eq!(refusal.to_string(), expected);
    assert_eq!(content(folder.path()).len(), 1);
}

#[test]
fn a_set_that_was_stopped_or_killed_is_not_there_and_can_be_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("demo");
    let stop = Stop::default();
    let stopped = provide_demo_set(&small(), &folder, &stop, || stop.ask());
    assert!(matches!(stopped, Err(ProvideError::Stopped)) && !folder.exists());
    // A killed process leaves a folder of this name, with files that may be torn.
    let partial = folder.with_file_name("demo.partial");
    fs::create_dir_all(partial.join("train")).unwrap();
    fs::write(partial.join("train/another_red.png"), b"torn").unwrap();
    assert_eq!(provide(&small(), &folder).unwrap(), Done::Made);
    assert!(!folder.join("train/another_red.png").exists());
    assert_eq!(provide(&small(), &folder).unwrap(), Done::WasThere);
}

use std::{
    fs::{self, File},
    io::{Seek, SeekFrom, Write},
    path::PathBuf,
};

use cytoscribe::{
    atlas::Field,
    imaging::{Plane, ScaledMask},
    pipeline::portrait::{CellPart, Portrait},
    storage::{
        CellStore,
        cell_store::{NewCell, NewField, Source, fingerprint},
    },
};

const FEATURES: usize = 5;

fn portrait(seed: usize) -> Portrait {
    let plane = |shift: usize| Plane::from_fn(80, 80, |row, col| ((row * 3 + col * 5 + seed + shift) % 251) as u8);
    let parts = Plane::from_fn(80, 80, |row, col| CellPart::ALL[(row / 20 + col / 20 + seed) % 4]);
    Portrait { stains: Field::new([plane(0), plane(1), plane(2), plane(3)]).unwrap(), parts }
}

fn source(inputs: u64) -> Source {
    Source { inputs, files: fingerprint(&"files") }
}

fn field(image: &str, inputs: u64, cells: usize) -> NewField {
    let cell = |number: usize| NewCell {
        id: number as u32 + 1,
        anchor: (number as u32 * 10, 7),
        area_px: 100 + number as u64,
        features: (0..FEATURES).map(|feature| (feature * 1000 + number) as f32 + inputs as f32 / 8.0).collect(),
        portrait: portrait(number),
    };
    let mask = Plane::from_fn(8, 6, |row, _| if row < cells { row as u32 + 1 } else { 0 });
    NewField {
        image: image.to_owned(),
        source: source(inputs),
        cell_count: cells + 1,
        remarks: vec!["one was not measured".to_owned()],
        cell_mask: ScaledMask::new(mask, 80, 60),
        cells: (0..cells).map(cell).collect(),
    }
}

/// A store with the images 0, 1 and 2.
fn three() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("project/cells.store");
    let store = CellStore::open(&path).unwrap();
    for number in 0..3 {
        store.append(&field(&number.to_string(), 1, 3)).unwrap();
    }
    (folder, path)
}

/// Which of the images 0, 1 and 2 are there.
fn there(store: &CellStore) -> Vec<bool> {
    (0..3).map(|number| store.find(&number.to_string(), source(1)).is_some()).collect()
}

/// Changes some bytes of a file.
fn scratch(path: &PathBuf, at: u64, bytes: &[u8]) {
    let mut file = File::options().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(bytes).unwrap();
}

#[test]
fn what_is_stored_is_read_back_piece_by_piece() {
    let (_folder, path) = three();
    let store = CellStore::look(&path).unwrap().unwrap();
    let written = field("1", 1, 3);
    let cells = store.find("1", source(1)).unwrap();
    assert_eq!((cells.cell_count, cells.size, &cells.remarks), (4, (80, 60), &written.remarks));
    for (place, (cell, new)) in cells.cells.iter().zip(&written.cells).enumerate() {
        assert_eq!((cell.id, cell.anchor, cell.area_px), (new.id, new.anchor, new.area_px));
        assert_eq!(cells.place_of(new.id), Some(place));
        assert!(store.portrait(&cells, place).unwrap() == new.portrait);
    }
    assert_eq!(cells.place_of(9), None);
    for feature in 0..FEATURES {
        let values: Vec<f32> = written.cells.iter().map(|cell| cell.features[feature]).collect();
        assert_eq!(store.feature(&cells, feature).unwrap(), values);
    }
    let rows: Vec<Vec<f32>> = written.cells.iter().map(|cell| cell.features.clone()).collect();
    assert_eq!(store.features(&cells).unwrap(), rows);
    assert_eq!(store.cell_mask(&cells).unwrap(), written.cell_mask);
    assert!(store.portrait(&cells, 3).is_err());
}

#[test]
fn a_field_without_cells_is_stored_too() {
    let (_folder, path) = three();
    let store = CellStore::open(&path).unwrap();
    store.append(&field("empty", 1, 0)).unwrap();
    drop(store);
    let store = CellStore::look(&path).unwrap().unwrap();
    let cells = store.find("empty", source(1)).unwrap();
    assert!(cells.cells.is_empty() && store.features(&cells).unwrap().is_empty());
    assert_eq!(store.cell_mask(&cells).unwrap().id((0, 0)), 0);
}

#[test]
fn newer_cells_of_an_image_take_the_place_of_older_ones_measured_alike_and_others_stay() {
    let (_folder, path) = three();
    let store = CellStore::open(&path).unwrap();
    store.append(&field("1", 2, 2)).unwrap();
    store.append(&field("1", 1, 1)).unwrap();
    for store in [&store, &CellStore::look(&path).unwrap().unwrap()] {
        assert_eq!(store.find("1", source(1)).unwrap().cells.len(), 1);
        assert_eq!(store.find("1", source(2)).unwrap().cells.len(), 2);
        assert!(store.find("1", source(3)).is_none() && store.find("7", source(1)).is_none());
        let other_files = Source { files: fingerprint(&"others"), ..source(1) };
        assert!(store.find("1", other_files).is_none());
    }
}

#[test]
fn a_torn_tail_is_cut_away_and_costs_its_record_alone() {
    let (_folder, path) = three();
    let whole = fs::metadata(&path).unwrap().len();
    for left in [whole - 1, whole - 2000] {
        File::options().write(true).open(&path).unwrap().set_len(left).unwrap();
        assert_eq!(there(&CellStore::look(&path).unwrap().unwrap()), [true, true, false]);
        let store = CellStore::open(&path).unwrap();
        store.append(&field("2", 1, 3)).unwrap();
        assert_eq!((there(&store), fs::metadata(&path).unwrap().len()), (vec![true; 3], whole));
    }
}

#[test]
fn a_damaged_record_costs_itself_alone() {
    let (_folder, path) = three();
    let record = (fs::metadata(&path).unwrap().len() - 8) / 3;
    let fresh = fs::read(&path).unwrap();
    // Its mark, a length in its frame, and its head.
    for at in [8 + record, 8 + record + 9, 8 + record + 30] {
        fs::write(&path, &fresh).unwrap();
        scratch(&path, at, &[0xA5, 0x5A]);
        assert_eq!(there(&CellStore::open(&path).unwrap()), [true, false, true], "at {at}");
    }
    // In its body the damage is found when it is read: the second column is whole, the first is not.
    fs::write(&path, &fresh).unwrap();
    let store = CellStore::open(&path).unwrap();
    let head =
        fresh[8 + record as usize..].windows(4).position(|bytes| bytes == (1.0_f32 / 8.0).to_le_bytes()).unwrap();
    scratch(&path, 8 + record + head as u64, &[1]);
    let cells = store.find("1", source(1)).unwrap();
    assert!(store.feature(&cells, 1).is_ok());
    assert_eq!(there(&store), [true; 3]);
    let error = store.feature(&cells, 0).unwrap_err().to_string();
    assert!(error.contains("what is stored of 1 is damaged") && error.contains("cells.store"), "{error}");
    assert_eq!(there(&store), [true, false, true]);
    store.append(&field("1", 1, 3)).unwrap();
    assert_eq!(there(&store), [true; 3]);
}

#[test]
fn opening_reads_no_bodies() {
    let (_folder, path) = three();
    let length = fs::metadata(&path).unwrap().len();
    let record = (length - 8) / 3;
    // Bodies of other bytes are of no consequence to opening.
    for number in 0..3 {
        scratch(&path, 8 + number * record + record / 2, &vec![0xEE; record as usize / 2 - 10]);
    }
    let store = CellStore::open(&path).unwrap();
    assert_eq!(there(&store), [true; 3]);
    let cells = store.find("0", source(1)).unwrap();
    assert!(store.portrait(&cells, 2).is_err());
}

#[test]
fn a_store_is_compacted_when_most_of_it_is_of_no_use() {
    let (_folder, path) = three();
    let store = CellStore::open(&path).unwrap();
    let whole = fs::metadata(&path).unwrap().len();
    assert!(store.compacted(|cells| cells.image != "0").unwrap().is_none());
    let compacted = store.compacted(|cells| cells.image == "2").unwrap().unwrap();
    assert!(fs::metadata(&path).unwrap().len() < whole / 2);
    assert_eq!(there(&compacted), [false, false, true]);
    let cells = compacted.find("2", source(1)).unwrap();
    assert!(compacted.portrait(&cells, 1).unwrap() == portrait(1));
    // The old one can still be read.
    let old = store.find("0", source(1)).unwrap();
    assert!(store.portrait(&old, 1).unwrap() == portrait(1));
    compacted.append(&field("0", 1, 3)).unwrap();
    assert_eq!(there(&CellStore::look(&path).unwrap().unwrap()), [true, false, true]);
}

#[test]
fn only_one_can_write_a_store_until_it_lets_others() {
    let (_folder, path) = three();
    let store = CellStore::open(&path).unwrap();
    let error = CellStore::open(&path).unwrap_err().to_string();
    assert!(error.contains("another program"), "{error}");
    assert_eq!(there(&CellStore::look(&path).unwrap().unwrap()), [true; 3]);
    store.release();
    assert!(store.append(&field("3", 1, 1)).is_err());
    let next = CellStore::open(&path).unwrap();
    next.append(&field("3", 1, 1)).unwrap();
    assert_eq!(there(&store), [true; 3]);
}

#[test]
fn what_is_no_store_is_left_alone_and_that_of_another_version_is_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cells.store");
    assert!(CellStore::look(&path).unwrap().is_none());
    fs::write(&path, b"a letter to somebody").unwrap();
    assert!(CellStore::open(&path).unwrap_err().to_string().contains("no cell store"));
    assert_eq!(fs::read(&path).unwrap(), b"a letter to somebody");
    fs::write(&path, b"\x89CyCell\x7f and more").unwrap();
    assert!(CellStore::look(&path).unwrap().is_none());
    let store = CellStore::open(&path).unwrap();
    store.append(&field("0", 1, 1)).unwrap();
    assert_eq!(there(&CellStore::look(&path).unwrap().unwrap()), [true, false, false]);
}

fn index_of(store: &std::path::Path) -> PathBuf {
    store.with_extension("index")
}

#[test]
fn what_opening_needs_is_saved_and_gives_the_same_cells() {
    let (_folder, path) = three();
    let scanned = CellStore::look(&path).unwrap().unwrap();
    assert!(!index_of(&path).exists());
    CellStore::open(&path).unwrap().release();
    assert!(index_of(&path).exists());
    let opened = CellStore::look(&path).unwrap().unwrap();
    for image in ["0", "1", "2"] {
        let [one, other] = [&scanned, &opened].map(|store| store.find(image, source(1)).unwrap());
        assert_eq!(one, other);
        assert_eq!(scanned.features(&one).unwrap(), opened.features(&other).unwrap());
    }
    // What is added later is found behind what was saved.
    CellStore::open(&path).unwrap().append(&field("0", 2, 1)).unwrap();
    let grown = CellStore::look(&path).unwrap().unwrap();
    assert!(grown.find("0", source(2)).is_some() && there(&grown) == [true; 3]);
}

#[test]
fn a_saved_index_is_not_believed_if_it_is_damaged_or_of_another_store() {
    let (_folder, path) = three();
    CellStore::open(&path).unwrap().release();
    let index = index_of(&path);
    let sound = fs::read(&index).unwrap();
    for at in [0, 9, 17, sound.len() - 1] {
        let mut damaged = sound.clone();
        damaged[at] ^= 0x40;
        fs::write(&index, damaged).unwrap();
        assert_eq!(there(&CellStore::look(&path).unwrap().unwrap()), [true; 3], "{at}");
    }
    fs::write(&index, &sound[..sound.len() / 2]).unwrap();
    assert_eq!(there(&CellStore::look(&path).unwrap().unwrap()), [true; 3]);

    // A store of the same length that holds something else.
    fs::write(&index, &sound).unwrap();
    fs::remove_file(&path).unwrap();
    let other = path.with_file_name("other.store");
    let store = CellStore::open(&other).unwrap();
    for number in 0..3 {
        store.append(&field(&number.to_string(), 2, 3)).unwrap();
    }
    drop(store);
    fs::rename(&other, &path).unwrap();
    let store = CellStore::look(&path).unwrap().unwrap();
    assert_eq!(there(&store), [false; 3]);
    assert!(store.find("1", source(2)).is_some());
}

#[test]
fn a_store_that_is_compacted_or_begun_anew_has_no_index_of_the_old_one() {
    let (_folder, path) = three();
    CellStore::open(&path).unwrap().release();
    let store = CellStore::open(&path).unwrap();
    let compacted = store.compacted(|cells| cells.image == "1").unwrap().unwrap();
    assert!(!index_of(&path).exists());
    assert_eq!(there(&compacted), [false, true, false]);
    compacted.release();
    fs::write(&path, b"\x89CyCell\x00").unwrap();
    let anew = CellStore::open(&path).unwrap();
    assert!(!index_of(&path).exists());
    assert_eq!(there(&anew), [false; 3]);
}

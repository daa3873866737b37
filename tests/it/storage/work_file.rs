//! The work file: what it keeps through crashes, damage and other people's hands.

use std::{
    fs,
    path::{Path, PathBuf},
};

use cytoscribe::storage::{
    WorkFile,
    work_file::{Opening, Place},
};
use tempfile::{TempDir, tempdir};

use super::reason;

type Record = (u32, String);

/// Records of different length; one holds bytes that look like the beginning of a record.
fn records() -> Vec<Record> {
    [(1, "one".to_owned()), (2, "two\u{89}CyW".repeat(9)), (3, String::new()), (400, "four".repeat(50))].into()
}

/// Opens the work file with `inputs` and gives what it held.
fn open(path: &Path, inputs: &str) -> (WorkFile, Opening, Vec<(Record, Place)>) {
    let mut found = Vec::new();
    let (file, opening) = WorkFile::open(path, &inputs, |record: Record, place| found.push((record, place))).unwrap();
    (file, opening, found)
}

/// A work file with [`records`], and its size after each of them.
fn written() -> (TempDir, PathBuf, Vec<usize>) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("table.work");
    let (file, opening, found) = open(&path, "inputs");
    assert_eq!((opening, found.len()), (Opening::New, 0));
    let size = || fs::metadata(&path).unwrap().len() as usize;
    let mut sizes = vec![size()];
    for record in records() {
        file.append(&record).unwrap();
        sizes.push(size());
    }
    (folder, path, sizes)
}

fn ids(found: &[(Record, Place)]) -> Vec<u32> {
    found.iter().map(|((id, _), _)| *id).collect()
}

#[test]
fn records_come_back_in_order_and_from_their_places() {
    let (_folder, path, _) = written();
    let (file, opening, found) = open(&path, "inputs");
    assert_eq!(opening, Opening::Continued { damaged: 0 });
    assert_eq!(found.iter().map(|(record, _)| record.clone()).collect::<Vec<_>>(), records());
    let added = file.append(&(5_u32, "five")).unwrap();
    for (record, place) in found.iter().rev() {
        assert_eq!(file.read::<Record>(*place).unwrap(), *record);
    }
    assert_eq!(file.read::<Record>(added).unwrap(), (5, "five".to_owned()));
    file.remove().unwrap();
    assert!(!path.exists());
}

#[test]
fn a_record_cut_off_by_a_crash_is_cut_away_wherever_it_was_cut() {
    let (_folder, path, sizes) = written();
    let whole = fs::read(&path).unwrap();
    for cut in sizes[3] + 1..sizes[4] {
        fs::write(&path, &whole[..cut]).unwrap();
        let (file, opening, found) = open(&path, "inputs");
        assert_eq!((opening, ids(&found)), (Opening::Continued { damaged: 0 }, vec![1, 2, 3]), "cut at {cut}");
        file.append(&records()[3]).unwrap();
        drop(file);
        assert!(fs::read(&path).unwrap() == whole, "cut at {cut}");
    }
}

#[test]
fn any_damaged_byte_costs_its_own_record_alone() {
    let (_folder, path, sizes) = written();
    let whole = fs::read(&path).unwrap();
    for at in sizes[1]..sizes[2] {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        fs::write(&path, damaged).unwrap();
        let (_, opening, found) = open(&path, "inputs");
        assert_eq!((opening, ids(&found)), (Opening::Continued { damaged: 1 }, vec![1, 3, 400]), "byte {at}");
    }
}

#[test]
fn work_with_other_inputs_is_begun_anew_and_so_is_a_file_with_a_damaged_heading() {
    let (_folder, path, _) = written();
    let whole = fs::read(&path).unwrap();
    assert_eq!(open(&path, "other inputs").1, Opening::Anew);
    let (_, opening, found) = open(&path, "other inputs");
    assert_eq!((opening, found.len()), (Opening::Continued { damaged: 0 }, 0));

    let mut damaged = whole;
    damaged[13] ^= 1;
    fs::write(&path, damaged).unwrap();
    assert_eq!(open(&path, "inputs").1, Opening::Anew);
    fs::write(&path, &fs::read(&path).unwrap()[..3]).unwrap();
    assert_eq!(open(&path, "inputs").1, Opening::New, "a heading cut off has no records behind it");
}

#[test]
fn a_file_that_is_no_work_file_is_refused_and_left_alone() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("table.work");
    fs::write(&path, "my notes").unwrap();
    let error = WorkFile::open(&path, &"inputs", |_: Record, _| ()).unwrap_err();
    let expected = "cannot open the work file: this is no work file; move it out of the way";
    assert_eq!(reason(&error.to_string(), &path), expected);
    assert_eq!(fs::read_to_string(&path).unwrap(), "my notes");
}

#[test]
fn nobody_else_opens_a_work_file_in_use() {
    let (_folder, path, _) = written();
    let (file, ..) = open(&path, "inputs");
    let error = WorkFile::open(&path, &"inputs", |_: Record, _| ()).unwrap_err();
    let expected = "cannot open the work file: another program is working with it at this moment";
    assert_eq!(reason(&error.to_string(), &path), expected);
    drop(file);
    assert_eq!(open(&path, "inputs").2.len(), 4);
}

#[test]
fn a_record_damaged_after_it_was_found_is_an_error_when_it_is_read() {
    let (_folder, path, sizes) = written();
    let (file, _, found) = open(&path, "inputs");
    let mut bytes = fs::read(&path).unwrap();
    bytes[sizes[4] - 1] ^= 1;
    fs::write(&path, bytes).unwrap();
    let error = file.read::<Record>(found[3].1).unwrap_err();
    let expected = "cannot read the work file: a record is damaged; start the command again";
    assert_eq!(reason(&error.to_string(), &path), expected);
}

use std::{fs, path::Path};

use cytoscribe::{
    atlas::Location,
    project::labels::{Change, Decision, Deed, Moment, Reason, Record, RecordId, Verdict},
    storage::journal::{self, Journal, JournalError, path_in},
};
use tempfile::tempdir;

/// A record with this number, about a cell of its own.
pub fn record(number: u32) -> Record {
    let decision = Decision {
        image: format!("image {}", number % 7),
        anchor: (number % 2048, number / 2048),
        area_px: 80,
        set: vec![Change::Label(Location::new(number as usize % 19).unwrap(), Some(Verdict::Yes))],
    };
    Record {
        id: RecordId(42, number),
        at: Moment(1_800_000_000_000 + i64::from(number)),
        by: "Ann \"the\nbold\" — Ω".to_owned(),
        did: Deed::Decide(Reason::Image, vec![decision]),
    }
}

fn records(numbers: std::ops::Range<u32>) -> Vec<Record> {
    numbers.map(record).collect()
}

/// A journal with these records, closed.
fn written(folder: &Path, numbers: std::ops::Range<u32>) {
    Journal::open(folder).unwrap().0.append(&records(numbers)).unwrap();
}

fn problems(folder: &Path) -> Vec<String> {
    journal::read(folder).unwrap().problems.iter().map(ToString::to_string).collect()
}

#[test]
fn what_was_added_is_there_when_it_is_opened_again() {
    let folder = tempdir().unwrap();
    assert_eq!(journal::read(folder.path()).unwrap().records, []);
    assert!(!path_in(folder.path()).exists(), "reading makes no file");
    let (mut journal, content) = Journal::open(folder.path()).unwrap();
    assert_eq!(content.records, []);
    journal.append(&records(0..3)).unwrap();
    journal.append(&[]).unwrap();
    journal.append(&records(3..4)).unwrap();
    assert_eq!(journal::read(folder.path()).unwrap().records, records(0..4), "also while it is open");
    drop(journal);
    let (mut journal, content) = Journal::open(folder.path()).unwrap();
    assert_eq!(content.records, records(0..4));
    journal.append(&records(4..6)).unwrap();
    assert_eq!(journal::read(folder.path()).unwrap().records, records(0..6));
    assert_eq!(problems(folder.path()), [] as [&str; 0]);
}

#[test]
fn every_record_is_a_line_that_a_person_can_read() {
    let folder = tempdir().unwrap();
    written(folder.path(), 5..6);
    let text = fs::read_to_string(path_in(folder.path())).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "// cytoscribe labels, version 1: a record a line, only ever added to",
            "(id:(42,5),at:\"2027-01-15T08:00:00.005Z\",by:\"Ann \\\"the\\nbold\\\" — Ω\",\
             did:Decide(Image,[(image:\"image 5\",anchor:(5,0),area:80,set:[Label(5,Some(Yes))])]))"
        ]
    );
}

#[test]
fn a_journal_that_is_open_is_busy_and_can_be_read() {
    let folder = tempdir().unwrap();
    let (mut journal, _) = Journal::open(folder.path()).unwrap();
    journal.append(&records(0..2)).unwrap();
    let second = Journal::open(folder.path()).unwrap_err();
    assert!(matches!(&second, JournalError::Busy { path } if *path == path_in(folder.path())), "{second}");
    assert_eq!(journal::read(folder.path()).unwrap().records, records(0..2));
    drop(journal);
    assert_eq!(Journal::open(folder.path()).unwrap().1.records, records(0..2));
}

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use cytoscribe::{
    atlas::Location,
    pipeline::corrections::{Correction, Part, Shape, Stroke},
    project::{
        Labels,
        labels::{Change, Decision, Deed, Exclusion, Grade, Moment, Reason, Record, RecordId, Verdict},
    },
    storage::journal::{self, Journal, JournalError, path_in},
};
use tempfile::tempdir;

use crate::chance::Chance;

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

/// A record of anything that can stand in one.
fn any_record(chance: &mut Chance, number: u32) -> Record {
    let texts = ["", "Ann", "Bob \"the builder\"", "back\\slash", "Ω — μ", "(id:(1,2))", "a,b]", "tab\tand\nline", "'"];
    let text = |chance: &mut Chance| texts[chance.below(texts.len())].to_owned();
    let change = |chance: &mut Chance| match chance.below(6) {
        0 => Change::Exclude(None),
        1 => Change::Exclude(Some(Exclusion::ALL[chance.below(4)])),
        at => {
            let grade = Verdict::Grade(Grade::ALL[chance.below(5)]);
            let verdict = [None, Some(Verdict::Yes), Some(Verdict::No), Some(grade)][at - 2];
            Change::Label(Location::new(chance.below(19)).unwrap(), verdict)
        }
    };
    let decision = |chance: &mut Chance| Decision {
        image: text(chance),
        anchor: (chance.below(5000) as u32, u32::MAX),
        area_px: [0, 80, u64::MAX][chance.below(3)],
        set: (0..chance.below(3)).map(|_| change(chance)).collect(),
    };
    let reasons = [Reason::Image, Reason::Deck, Reason::Gallery, Reason::Bulk, Reason::Rule, Reason::Import];
    let points =
        |chance: &mut Chance| (0..chance.below(4)).map(|_| (chance.below(5000) as u32, u32::MAX)).collect::<Vec<_>>();
    let correction = |chance: &mut Chance| {
        let part = Part::ALL[chance.below(2)];
        let stroke = Stroke { path: points(chance), radius_px: chance.below(200) as u32 };
        match chance.below(7) {
            0 => Correction::Split { part, cell: (3, 4), line: points(chance) },
            1 => Correction::Merge { cells: [(0, 0), (u32::MAX, 5)] },
            2 => Correction::Delete { cell: (7, 0) },
            3 => Correction::Draw { part, shape: Shape::Polygon(points(chance)) },
            4 => Correction::Draw { part, shape: Shape::Brush(stroke) },
            5 => Correction::Erase { part, cells: points(chance), stroke },
            _ => Correction::Border { part, cell: (9, 9), stroke },
        }
    };
    let did = match chance.below(8) {
        6 | 7 => Deed::Correct { image: text(chance), correction: correction(chance) },
        0 => Deed::Undo(RecordId(u64::MAX, 3)),
        1 => Deed::Redo(RecordId(0, u32::MAX)),
        _ => Deed::Decide(reasons[chance.below(6)], (0..chance.below(4)).map(|_| decision(chance)).collect()),
    };
    Record { id: RecordId(7, number), at: Moment(chance.below(4_000_000_000_000) as i64), by: text(chance), did }
}

#[test]
fn whatever_can_be_written_is_read_as_it_was_also_if_a_person_has_spaced_it() {
    let folder = tempdir().unwrap();
    let mut chance = Chance::of(1);
    let records: Vec<Record> = (0..2000).map(|number| any_record(&mut chance, number)).collect();
    Journal::open(folder.path()).unwrap().0.append(&records).unwrap();
    let content = journal::read(folder.path()).unwrap();
    assert!(content.records == records && content.problems.is_empty());
    let text = fs::read_to_string(path_in(folder.path())).unwrap();
    fs::write(path_in(folder.path()), text.replace("\n(id:", "\n( id: ").replace("did:Decide(", "did: Decide( "))
        .unwrap();
    let content = journal::read(folder.path()).unwrap();
    assert!(content.records == records, "{:?}", content.problems);
}

#[test]
fn what_only_looks_like_a_record_is_none() {
    let folder = tempdir().unwrap();
    written(folder.path(), 0..1);
    let good = "(id:(1,2),at:\"2027-01-15T08:00:00.005Z\",by:\"a\",did:Decide(Image,[(image:\"a\",anchor:(5,0),area:8,\
                set:[Label(5,Some(Grade(3)))])]))";
    let bad = [
        ("Label(5", "Label(19"),
        ("Grade(3", "Grade(6"),
        ("Grade(3", "Grade(0"),
        ("Image,", "Imagine,"),
        ("2027-01", "2027-21"),
        ("(1,2)", "(1,4294967296)"),
        ("anchor:(5,0)", "anchor:(-5,0)"),
        ("))]", "))"),
        ("]))", "])))"),
        ("by:\"a\"", "by:a"),
    ];
    let mut text = fs::read_to_string(path_in(folder.path())).unwrap();
    for (from, to) in bad {
        assert!(good.contains(from), "{from}");
        text.push_str(&good.replace(from, to));
        text.push('\n');
    }
    fs::write(path_in(folder.path()), format!("{text}{good}\n")).unwrap();
    let content = journal::read(folder.path()).unwrap();
    let lines: Vec<usize> = content.problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, (3..3 + bad.len()).collect::<Vec<_>>(), "{:?}", content.problems);
    assert_eq!(content.records.len(), 2);
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

#[test]
fn a_record_that_was_cut_off_is_told_once_and_the_next_one_is_whole() {
    let folder = tempdir().unwrap();
    let path = path_in(folder.path());
    written(folder.path(), 0..3);
    let whole = fs::read(&path).unwrap();
    let last = whole[..whole.len() - 1].iter().rposition(|&byte| byte == b'\n').unwrap() + 1;
    for cut in [last + 1, last + 20, whole.len() - 2] {
        fs::write(&path, &whole[..cut]).unwrap();
        let (mut journal, content) = Journal::open(folder.path()).unwrap();
        assert_eq!(content.records, records(0..2));
        let told: Vec<String> = content.problems.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["line 4 of the journal of labels is passed over: it was cut off while it was written"]);
        assert_eq!(fs::read(&path).unwrap(), &whole[..cut], "nothing is changed yet");
        journal.append(&records(3..5)).unwrap();
        drop(journal);
        let (mut journal, content) = Journal::open(folder.path()).unwrap();
        assert_eq!(content.records, [records(0..2), records(3..5)].concat());
        assert_eq!(content.problems, []);
        assert!(fs::read(&path).unwrap().starts_with(&whole[..cut]), "what was there stays there");
        journal.append(&records(5..6)).unwrap();
        assert_eq!(journal::read(folder.path()).unwrap().records.len(), 5);
    }
}

#[test]
fn a_correction_is_a_line_among_decisions_and_one_that_was_cut_off_costs_itself_alone() {
    let folder = tempdir().unwrap();
    let correct = |number: u32, correction: Correction| Record {
        did: Deed::Correct { image: "a".to_owned(), correction },
        ..record(number)
    };
    let delete = Correction::Delete { cell: (7, 9) };
    let erase = Correction::Erase {
        part: Part::Cell,
        cells: vec![(7, 9)],
        stroke: Stroke { path: vec![(1, 2), (3, 4)], radius_px: 5 },
    };
    let all = [record(0), correct(1, delete.clone()), correct(2, erase)];
    Journal::open(folder.path()).unwrap().0.append(&all).unwrap();
    let text = fs::read_to_string(path_in(folder.path())).unwrap();
    let line = text.lines().nth(3).unwrap();
    let words =
        "did:Correct(image:\"a\",correction:Erase(part:Cell,cells:[(7,9)],stroke:(path:[(1,2),(3,4)],radius:5))))";
    assert!(line.ends_with(words), "{line}");
    fs::write(path_in(folder.path()), &text[..text.len() - 9]).unwrap();
    let (mut journal, content) = Journal::open(folder.path()).unwrap();
    assert_eq!((content.records.len(), content.problems.len()), (2, 1));
    let labels = Labels::replay(content.records);
    assert_eq!(labels.corrections()["a"].all(), [delete]);
    journal.append(&[correct(3, Correction::Delete { cell: (0, 0) })]).unwrap();
    assert_eq!(journal::read(folder.path()).unwrap().records.len(), 3);
}

#[test]
fn a_last_record_without_its_line_end_counts() {
    let folder = tempdir().unwrap();
    let path = path_in(folder.path());
    written(folder.path(), 0..2);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    let (mut journal, content) = Journal::open(folder.path()).unwrap();
    assert_eq!((content.records, content.problems), (records(0..2), Vec::new()));
    journal.append(&records(2..3)).unwrap();
    let content = journal::read(folder.path()).unwrap();
    assert_eq!((content.records, content.problems), (records(0..3), Vec::new()));
}

#[test]
fn a_journal_that_was_only_just_begun_is_begun_to_its_end() {
    let folder = tempdir().unwrap();
    let path = path_in(folder.path());
    written(folder.path(), 0..1);
    let whole = fs::read(&path).unwrap();
    for begun in [0, 5, 40] {
        fs::write(&path, &whole[..begun]).unwrap();
        written(folder.path(), 0..1);
        assert_eq!(fs::read(&path).unwrap(), whole);
    }
}

#[test]
fn a_bad_line_costs_itself_alone() {
    let folder = tempdir().unwrap();
    let path = path_in(folder.path());
    written(folder.path(), 0..5);
    let mut lines: Vec<Vec<u8>> = fs::read(&path).unwrap().split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
    lines[2][9] = 0xff;
    lines[4] = lines[4].iter().map(|byte| if *byte == b'2' { b'x' } else { *byte }).collect();
    lines.insert(3, b"// a remark of a person".to_vec());
    lines.insert(4, b"  ".to_vec());
    let damaged = lines.join(&b'\n');
    fs::write(&path, &damaged).unwrap();
    let (mut journal, content) = Journal::open(folder.path()).unwrap();
    assert_eq!(content.records, [records(0..1), records(2..3), records(4..5)].concat());
    let told: Vec<String> = content.problems.iter().map(ToString::to_string).collect();
    assert_eq!(told[0], "line 3 of the journal of labels is passed over: it is not UTF-8 text");
    assert!(told[1].starts_with("line 7 of the journal of labels is passed over: it is no record: "), "{}", told[1]);
    assert_eq!(told.len(), 2);
    journal.append(&records(5..6)).unwrap();
    assert!(fs::read(&path).unwrap().starts_with(&damaged), "what cannot be read stays there");
}

#[test]
fn lines_that_end_as_on_windows_and_a_lost_first_line_are_all_right() {
    let folder = tempdir().unwrap();
    let path = path_in(folder.path());
    written(folder.path(), 0..3);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace('\n', "\r\n")).unwrap();
    assert_eq!(journal::read(folder.path()).unwrap().records, records(0..3));
    fs::write(&path, text.split_once('\n').unwrap().1).unwrap();
    written(folder.path(), 3..4);
    assert_eq!(journal::read(folder.path()).unwrap().records, records(0..4));
}

#[test]
fn a_journal_of_a_newer_program_is_refused_and_left_as_it_is() {
    let folder = tempdir().unwrap();
    let path = path_in(folder.path());
    for (version, number) in [("2", "2"), ("31, with more", "31"), ("99999999999999999999", "4294967295")] {
        let text = format!("// cytoscribe labels, version {version}\n(something: New)\n");
        fs::write(&path, &text).unwrap();
        let why = format!("of version {number}, this program reads up to 1: use a newer cytoscribe");
        let error = Journal::open(folder.path()).unwrap_err().to_string();
        assert_eq!(error, format!("the journal of labels is {why} — {}", path.display()));
        let error = journal::read(folder.path()).unwrap_err().to_string();
        assert_eq!(error, format!("cannot read the journal of labels: it is {why} — {}", path.display()));
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn nothing_is_written_into_a_journal_that_is_gone() {
    let folder = tempdir().unwrap();
    let (mut journal, _) = Journal::open(folder.path()).unwrap();
    journal.append(&records(0..1)).unwrap();
    fs::rename(path_in(folder.path()), folder.path().join("elsewhere")).unwrap();
    let error = journal.append(&records(1..2)).unwrap_err().to_string();
    let reason = "it was moved or removed; open the set again";
    assert_eq!(error, format!("cannot write the journal of labels: {reason} — {}", path_in(folder.path()).display()));
    // The one that takes its place is another journal.
    written(folder.path(), 5..6);
    assert!(journal.append(&records(1..2)).is_err());
    assert_eq!(journal::read(folder.path()).unwrap().records, records(5..6));
}

#[test]
fn a_folder_in_its_place_is_a_clear_error() {
    let folder = tempdir().unwrap();
    fs::create_dir(path_in(folder.path())).unwrap();
    let error = Journal::open(folder.path()).unwrap_err().to_string();
    assert!(error.starts_with("cannot open the journal of labels: "), "{error}");
    assert!(journal::read(folder.path()).unwrap_err().to_string().starts_with("cannot read the journal of labels: "));
}

/// A file system with next to no room, while this lives.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    /// `None` where nothing may be mounted.
    fn at(folder: &'a Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(folder).stderr(Stdio::null());
        mount.status().is_ok_and(|status| status.success()).then_some(Self(folder))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

#[test]
fn what_a_full_disk_refused_is_written_whole_and_once_when_there_is_room() {
    let folder = tempdir().unwrap();
    let Some(_disk) = SmallDisk::at(folder.path()) else {
        crate::shared::tell("full disk: 1 test skipped, for nothing may be mounted; another one runs with `ulimit`");
        return;
    };
    let (mut journal, _) = Journal::open(folder.path()).unwrap();
    let filler = folder.path().join("filler");
    fs::write(&filler, vec![0; 32 << 10]).unwrap();
    let mut added = 0;
    let error = loop {
        match journal.append(&records(added..added + 10)) {
            Ok(()) => added += 10,
            Err(error) => break error.to_string(),
        }
        assert!(added < 10_000, "the disk is not full");
    };
    assert!(error.starts_with("cannot write the journal of labels: No space left on device"), "{error}");
    let content = journal::read(folder.path()).unwrap();
    assert_eq!((content.records, content.problems), (records(0..added), Vec::new()));
    assert!(journal.append(&records(added..added + 10)).is_err());
    fs::remove_file(&filler).unwrap();
    journal.append(&records(added..added + 10)).unwrap();
    let content = journal::read(folder.path()).unwrap();
    assert_eq!((content.records, content.problems), (records(0..added + 10), Vec::new()));
}

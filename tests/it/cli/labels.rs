//! Labels of cells by commands: decided, exported, imported, merged, reported, and never lost.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant, SystemTime},
};

use cytoscribe::{
    atlas::{Location, LocationSet},
    pipeline::corrections::Correction,
    project::{
        Labels,
        labels::{Change, Deed, Grade, Moment, Record, RecordId, Verdict},
    },
    storage::{
        ImageLabels,
        cell_labels::read_cell_labels,
        journal::{self, Journal},
        label_table::{self, LabelRow, LabelTable},
        masks::read_mask,
    },
};
use tempfile::{TempDir, tempdir};

use super::{assert_code, complained, cytoscribe_in, said};
use crate::{
    chance::Chance,
    drawn_set::{CELLS, draw_field, draw_set},
};

/// A set of `count` drawn fields in `set`.
fn drawn(count: usize) -> TempDir {
    let folder = tempdir().unwrap();
    draw_set(&folder.path().join("set"), count);
    folder
}

/// Starts `cytoscribe` with `arguments` in which `@` stands for `folder`.
fn begun(folder: &Path, arguments: &str) -> Child {
    let words = arguments.split(' ').map(|word| word.replace('@', folder.to_str().unwrap()));
    let mut program = Command::new(env!("CARGO_BIN_EXE_cytoscribe"));
    program.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Runs `labels decide` on the set in `folder` with these lines.
pub fn decide(folder: &Path, by: &str, lines: &[String]) -> Output {
    let mut child = begun(folder, &format!("labels decide @/set --by {by}"));
    let mut input = child.stdin.take().unwrap();
    let text = lines.join("\n");
    // It may end before it has read all.
    let writer = thread::spawn(move || drop(input.write_all(text.as_bytes())));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// Decisions in words: `lines(["field_0,60,60,5,yes"])`.
fn lines<const N: usize>(lines: [&str; N]) -> Vec<String> {
    lines.map(str::to_owned).to_vec()
}

fn project(folder: &Path) -> std::path::PathBuf {
    folder.join("set.cytoscribe")
}

fn exported(folder: &Path, options: &str) -> Vec<LabelRow> {
    assert_code(&cytoscribe_in(folder, &format!("labels export @/set --out @/out.csv{options}")), 0);
    match label_table::read(&folder.join("out.csv")).unwrap() {
        LabelTable::Decisions(table) => {
            assert_eq!(table.problems, []);
            table.rows.into_iter().map(|(_, row)| row).collect()
        }
        LabelTable::Numbered(_) => panic!("another table"),
    }
}

#[test]
fn decisions_are_about_the_cell_at_a_pixel_and_are_on_the_disk_when_that_is_said() {
    let folder = drawn(1);
    let folder = folder.path();
    let output = decide(
        folder,
        "Ann",
        &lines([
            "field_0,60,60,5,yes",
            "field_0,40,70,16,4",
            "",
            "field_0,180,60,exclude,out of focus",
            "field_0,180,175,17 Vesicles and punctate cytosolic patterns,no",
            "field_0,180,175,17,inherited",
            "field_0,60,180,0,no",
            "undo",
            "undo",
            "redo",
        ]),
    );
    assert_code(&output, 0);
    let oks: Vec<String> = [1, 2, 4, 5, 6, 7, 8, 9, 10].map(|line| format!("ok {line}")).to_vec();
    assert_eq!(said(&output).lines().collect::<Vec<_>>(), oks);
    let rows = exported(folder, "");
    assert_eq!(rows.len(), 2, "{rows:?}");
    let [of_first, of_third] = [(60, 60), (180, 60)].map(|centre: (u32, u32)| {
        let near = |row: &&LabelRow| row.anchor.0.abs_diff(centre.0) < 15 && row.anchor.1.abs_diff(centre.1) < 15;
        rows.iter().find(near).unwrap()
    });
    let location = |number| Location::new(number).unwrap();
    assert_eq!(of_first.decisions.of(location(5)), Some(Verdict::Yes));
    assert_eq!(of_first.decisions.of(location(16)), Some(Verdict::Grade(Grade::ALL[3])), "another pixel of the cell");
    assert_eq!(of_first.annotator, "Ann");
    assert_eq!(of_third.decisions.exclusion.unwrap().name(), "out of focus");
    assert_eq!(exported(folder, " --all").len(), 4);
}

#[test]
fn a_bad_line_is_named_and_the_rest_is_done() {
    let folder = drawn(1);
    let output = decide(
        folder.path(),
        "Ann",
        &lines([
            "field_0,0,0,5,yes",
            "field_0,60,60,5,yes",
            "elsewhere,60,60,5,yes",
            "field_0,-1,60,5,yes",
            "field_0,60,60,19,yes",
            "field_0,60,60,5,6",
            "field_0,60,60,exclude,ugly",
            "field_0,60,60",
            "redo",
            "field_0,9999,60,5,yes",
            "\"field_0,60,60,5,yes",
            "field_0,60,60,6,no",
        ]),
    );
    assert_code(&output, 1);
    assert_eq!(said(&output), "ok 2\nok 12\n");
    let expected = [
        "line 1: there is no cell at (0, 0) of the image 'field_0', passed over",
        "line 3: the set has no image 'elsewhere', passed over",
        "line 4: the row '-1' is not a number that can stand there, passed over",
        "line 5: '19' is not the number of a location (0 to 18), nor exclude, passed over",
        "line 6: '6' is neither yes, no, a grade (1 to 5) nor inherited, passed over",
        "line 7: 'ugly' is neither debris, out of focus, cut off, other nor none, passed over",
        "line 8: 3 columns where there should be image,row,col,location,decision, or undo, or redo, passed over",
        "line 9: there is nothing to redo, passed over",
        "line 10: there is no cell at (9999, 60) of the image 'field_0', passed over",
        "line 11: a quote is opened and not closed, passed over",
    ];
    assert_eq!(complained(&output).lines().collect::<Vec<_>>(), expected);
}

#[test]
fn while_a_journal_is_open_only_commands_that_read_work() {
    let folder = drawn(1);
    let folder = folder.path();
    assert_code(&decide(folder, "Ann", &lines(["field_0,60,60,5,yes"])), 0);
    assert_code(&cytoscribe_in(folder, "labels export @/set --out @/labels.csv"), 0);
    let (_open, _) = Journal::open(&project(folder)).unwrap();
    let path = journal::path_in(&project(folder));
    let busy = format!(
        "error: another cytoscribe has the labels of this set open: close it, or wait until it is done — {}",
        path.display()
    );
    for output in [decide(folder, "Ann", &[]), cytoscribe_in(folder, "labels import @/set @/labels.csv")] {
        assert_code(&output, 2);
        assert_eq!(complained(&output).trim_end(), busy);
    }
    assert_code(&cytoscribe_in(folder, "labels export @/set --out @/again.csv"), 0);
    assert_code(&cytoscribe_in(folder, "labels report @/set"), 0);
    assert_code(&cytoscribe_in(folder, "labels merge @/set.cytoscribe @/set.cytoscribe --out @/merged.journal"), 0);
}

#[test]
fn a_table_brings_everything_back_that_was_decided() {
    let folder = drawn(3);
    let folder = folder.path();
    let ann =
        lines(["field_0,60,60,5,yes", "field_1,60,60,0,no", "field_1,60,60,3,2", "field_2,180,60,exclude,debris"]);
    assert_code(&decide(folder, "Ann", &ann), 0);
    assert_code(&decide(folder, "Bob,\"the-builder\"", &lines(["field_0,180,60,1,5", "field_1,60,60,18,no"])), 0);
    for name in ["csv", "parquet"] {
        assert_code(&cytoscribe_in(folder, &format!("labels export @/set --out @/labels.{name} --all")), 0);
    }
    let csv = fs::read_to_string(folder.join("labels.csv")).unwrap();
    assert_eq!(csv.lines().count(), 13);
    let before = Labels::replay(journal::read(&project(folder)).unwrap().records);
    for name in ["csv", "parquet"] {
        fs::remove_dir_all(project(folder)).unwrap();
        let imported = cytoscribe_in(folder, &format!("labels import @/set @/labels.{name} --by Nobody"));
        assert_code(&imported, 0);
        assert_eq!(said(&imported), "12 cells read, 4 cells decided about anew\n");
        assert_code(&cytoscribe_in(folder, "labels export @/set --out @/again.csv --all"), 0);
        assert_eq!(fs::read_to_string(folder.join("again.csv")).unwrap(), csv);
        let after = Labels::replay(journal::read(&project(folder)).unwrap().records);
        for field in before.fields() {
            for (anchor, _) in before.decided(field) {
                assert_eq!(after.of(field, anchor), before.of(field, anchor));
            }
        }
        // Once more changes nothing.
        let again = cytoscribe_in(folder, &format!("labels import @/set @/labels.{name}"));
        assert_eq!(said(&again), "12 cells read, 0 cells decided about anew\n");
    }
    // All of it, of two people and several moments, was one step.
    assert_eq!(said(&decide(folder, "Ann", &lines(["undo"]))), "ok 1\n");
    assert_eq!(exported(folder, ""), []);
}

/// Ruins all images of the set without a trace in their sizes and times: what reads them now cannot find their cells.
fn ruin(set: &Path) {
    for entry in fs::read_dir(set).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "png") {
            let (size, time) = fs::metadata(&path).map(|of| (of.len(), of.modified().unwrap())).unwrap();
            fs::write(&path, vec![0; size as usize]).unwrap();
            File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
        }
    }
}

#[test]
fn cells_that_are_measured_already_are_not_found_again_and_all_comes_out_as_without_them() {
    let folder = drawn(3);
    let folder = folder.path();
    let decided = lines(["field_0,60,60,5,yes", "field_1,180,60,exclude,debris", "field_2,60,180,0,no"]);
    assert_code(&decide(folder, "Ann", &decided), 0);
    // Cells that were corrected by hand are those that decisions are about.
    let correction = Correction::Delete { cell: (60, 180) };
    let correction = Deed::Correct { image: "field_0".to_owned(), correction };
    let record = Record { id: RecordId(1, 0), at: Moment(0), by: "Ann".to_owned(), did: correction };
    Journal::open(&project(folder)).unwrap().0.append(&[record]).unwrap();
    let told = |name: &str| {
        let run = |command: &str| {
            let output = cytoscribe_in(folder, &format!("labels {command}").replace('#', name));
            assert_code(&output, 0);
            said(&output)
        };
        let export = run("export @/set --out @/#.csv --all");
        (export, run("report @/set --json @/#.json"), run("import @/set @/#.csv"))
    };
    let files = |name: &str| ["csv", "json"].map(|ending| fs::read(folder.join(format!("{name}.{ending}"))).unwrap());
    let anew = told("anew");
    assert_eq!(exported(folder, " --all").len(), 3 * CELLS - 1);
    assert_code(&cytoscribe_in(folder, "labels doubts @/set --out @/doubts.csv"), 0);
    assert!(project(folder).join("cells.store").exists());
    ruin(&folder.join("set"));
    assert_eq!(told("stored"), anew);
    assert!(files("stored") == files("anew"));
    assert_code(&decide(folder, "Ann", &lines(["field_1,60,60,3,yes"])), 0);
    // Of an image that has changed since the cells are found anew, and of this one they cannot be.
    let changed = folder.join("set/field_1_blue.png");
    File::options().write(true).open(changed).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
    let output = cytoscribe_in(folder, "labels export @/set --out @/out.csv --all");
    assert_code(&output, 1);
    assert!(complained(&output).contains("failed: field_1"), "{}", complained(&output));
}

#[test]
fn bad_rows_of_a_table_are_named_and_the_rest_is_taken() {
    let folder = drawn(1);
    let folder = folder.path();
    assert_code(&decide(folder, "Ann", &lines(["field_0,60,60,5,yes"])), 0);
    assert_code(&cytoscribe_in(folder, "labels export @/set --out @/labels.csv"), 0);
    let csv = fs::read_to_string(folder.join("labels.csv")).unwrap();
    let (header, row) = csv.trim_end().split_once('\n').unwrap();
    let rows = [
        row.replace("field_0", "elsewhere"),
        row.replace(",yes,", ",perhaps,"),
        row.replace(",kept,none,", ",kept,ugly,"),
        row.replace('Z', ""),
        row.to_owned(),
        row.to_owned(),
        row.replace(",kept,", ",lost,").replace("field_0,1,", "field_0,x,"),
        row.split(',')
            .enumerate()
            .map(|(at, value)| if at == 2 || at == 3 { "0" } else { value })
            .collect::<Vec<_>>()
            .join(","),
    ];
    fs::write(folder.join("bad.csv"), format!("{header}\n{}\n", rows.join("\n"))).unwrap();
    fs::remove_dir_all(project(folder)).unwrap();
    let output = cytoscribe_in(folder, "labels import @/set @/bad.csv");
    assert_code(&output, 1);
    assert_eq!(said(&output), "2 cells read, 2 cells decided about anew\n");
    let told = complained(&output);
    let anchor = exported(folder, "").iter().find(|row| row.cell_id > 0).unwrap().anchor;
    for expected in [
        "line 2: the set has no image 'elsewhere', passed over".to_owned(),
        "line 3: the 5 Nuclear bodies 'perhaps' is not yes, no, 1 to 5 or inherited, passed over".to_owned(),
        "line 4: the excluded 'ugly' is not debris, out of focus, cut off, other or none, passed over".to_owned(),
        "line 7: the anchor".to_owned(),
        format!("({}, {}) of the image 'field_0' stands on line 6 already, passed over", anchor.0, anchor.1),
        "line 8: the cell_id 'x' is not a number that can stand there, passed over".to_owned(),
        "note: 1 cell not found now; what is decided waits until one covers the anchor".to_owned(),
    ] {
        assert!(told.contains(&expected), "{expected}\n{told}");
    }
    assert!(told.contains("line 5: the time '"), "{told}");
}

#[test]
fn a_table_of_cell_numbers_says_what_cells_show_and_what_they_do_not() {
    let folder = drawn(2);
    let folder = folder.path();
    assert_code(&cytoscribe_in(folder, "segment @/set --out @/masks"), 0);
    let table = "ID,Label\nfield_0_1,0\nfield_0_2,5|16\nfield_0_3,\nfield_0_99,1\nfield_7_1,1\nfield,2\nfield_0_4,77\nfield_0_1,3\n";
    fs::write(folder.join("t.csv"), table).unwrap();
    let without = cytoscribe_in(folder, "labels import @/set @/t.csv");
    assert_code(&without, 2);
    assert!(complained(&without).contains("name the folder of their masks by --masks"), "{}", complained(&without));
    let output = cytoscribe_in(folder, "labels import @/set @/t.csv --masks @/masks");
    assert_code(&output, 1);
    assert_eq!(said(&output), "3 cells read, 3 cells decided about anew\n");
    for expected in [
        "line 5: cell 99 of 'field_0': the mask of its image has no such cell, passed over",
        "line 6: the set has no image 'field_7', passed over",
        "line 7: the ID 'field' is not <image>_<cell number>, passed over",
        "line 8: '77' is not the number of a location (0 to 18), passed over",
        "line 9: cell 1 of the image 'field_0' stands on line 2 already, passed over",
    ] {
        assert!(complained(&output).contains(expected), "{expected}\n{}", complained(&output));
    }
    // The image's label is 0.
    let of_image: LocationSet = "0".parse().unwrap();
    let shown: Vec<(u32, String)> =
        exported(folder, "").iter().map(|row| (row.cell_id, row.decisions.labels(of_image).to_string())).collect();
    assert_eq!(shown, [(1, "0".to_owned()), (2, "5|16".to_owned()), (3, String::new())]);
}

#[test]
fn two_journals_are_merged_and_their_agreement_is_told() {
    let folder = drawn(1);
    let folder = folder.path();
    let [first, second] = ["first", "second"].map(|name| folder.join(name));
    let of = |verdicts: [&str; 4], place: &Path| {
        let cells = ["60,60", "60,180", "180,60", "180,175"];
        let lines: Vec<String> =
            cells.iter().zip(verdicts).map(|(cell, verdict)| format!("field_0,{cell},0,{verdict}")).collect();
        assert_code(&decide(folder, "someone", &lines), 0);
        fs::rename(project(folder), place).unwrap();
    };
    of(["yes", "yes", "no", "no"], &first);
    of(["yes", "no", "no", "1"], &second);
    let merged = cytoscribe_in(folder, "labels merge @/first @/second --out @/one.journal --disagreements @/dis.csv");
    assert_code(&merged, 0);
    let words: Vec<Vec<String>> =
        said(&merged).lines().map(|line| line.split_whitespace().map(str::to_owned).collect()).collect();
    let last = |line: usize| words[line].last().unwrap().as_str();
    // Observed 3/4, by chance 1/2 * 1/4 + 1/2 * 3/4 = 1/2.
    assert_eq!([last(0), last(1), last(2), last(3)], ["8", "4", "0.500", "1"]);
    let disagreements = fs::read_to_string(folder.join("dis.csv")).unwrap();
    assert_eq!(disagreements.lines().next().unwrap(), "image,anchor_row,anchor_col,location,first,second");
    assert!(disagreements.lines().nth(1).unwrap().ends_with(",0 Nucleoplasm,yes,no"), "{disagreements}");
    assert_code(&cytoscribe_in(folder, "labels merge @/second @/first/labels.journal --out @/two.journal"), 0);
    assert_eq!(fs::read(folder.join("one.journal")).unwrap(), fs::read(folder.join("two.journal")).unwrap());
    let again = cytoscribe_in(folder, "labels merge @/first @/second --out @/one.journal");
    assert_code(&again, 2);
    assert!(complained(&again).contains("there is one already, and it is left as it is"), "{}", complained(&again));
    assert_code(&cytoscribe_in(folder, "labels merge @/first @/none --out @/three.journal"), 2);
}

#[test]
fn labels_survive_other_parameters_and_the_report_says_what_became_of_them() {
    let folder = drawn(1);
    let folder = folder.path();
    assert_code(&decide(folder, "Ann", &lines(["field_0,60,60,0,yes", "field_0,180,60,0,no"])), 0);
    let report = cytoscribe_in(folder, "labels report @/set --json @/report.json");
    assert_code(&report, 0);
    let json: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("report.json")).unwrap()).unwrap();
    assert_eq!((&json["decided_cells"], &json["fates"]["kept"]), (&2.into(), &2.into()));
    let of_nucleoplasm = &json["locations"][0];
    assert_eq!([&of_nucleoplasm["yes"], &of_nucleoplasm["no"], &of_nucleoplasm["labelled"]], [1, 1, 2]);
    // Of 2 one: Wilson's interval is 0.0945 to 0.9055.
    let interval = [0, 1].map(|end| of_nucleoplasm["interval"][end].as_f64().unwrap());
    assert!((interval[0] - 0.0945).abs() < 1e-4 && (interval[1] - 0.9055).abs() < 1e-4, "{interval:?}");
    // Another picture of the same name, in which nothing is where it was.
    fs::remove_dir_all(folder.join("set")).unwrap();
    draw_field(&folder.join("set"), "field_0", true);
    fs::write(folder.join("set/train.csv"), "ID,Label\nfield_0,0\n").unwrap();
    for colour in ["red", "green", "blue", "yellow"] {
        let path = folder.join(format!("set/field_0_{colour}.png"));
        let image = image::open(&path).unwrap().into_luma8();
        let empty = |col, row| if row < 120 { image::Luma([0]) } else { *image.get_pixel(col, row) };
        image::GrayImage::from_fn(image.width(), image.height(), empty).save(&path).unwrap();
    }
    assert_code(&cytoscribe_in(folder, "labels report @/set --json @/report.json"), 0);
    let json: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("report.json")).unwrap()).unwrap();
    assert_eq!((&json["fates"]["kept"], &json["fates"]["lost"]), (&1.into(), &1.into()), "{json}");
    assert_eq!(exported(folder, "")[0].cell_id, 0, "the lost one is in the table too");
}

/// The one change that a record holds.
fn change_of(record: &Record) -> Change {
    match &record.did {
        Deed::Decide(_, decisions) => decisions[0].set[0],
        other => panic!("{other:?}"),
    }
}

/// A decision that no neighbour in time is like, by its number: as a line and as a change.
fn numbered(number: usize) -> (String, Change) {
    let (location, grade) = (number % 19, 1 + number / 19 % 5);
    let change = Change::Label(Location::new(location).unwrap(), Some(Verdict::Grade(Grade::ALL[grade - 1])));
    (format!("field_0,60,60,{location},{grade}\n"), change)
}

/// Feeds decisions from `first` on to `child`, one after another as they are acknowledged, until it is gone. Tells
/// `acknowledged` of each and returns how many were sent.
fn feed(child: &mut Child, first: usize, acknowledged: &mpsc::Sender<()>) -> usize {
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut sent = 0;
    loop {
        if input.write_all(numbered(first + sent).0.as_bytes()).is_err() {
            return sent;
        }
        sent += 1;
        let mut answer = String::new();
        if output.read_line(&mut answer).is_err() || answer != format!("ok {sent}\n") {
            assert_eq!(answer, "", "it says ok or nothing");
            return sent;
        }
        let _ = acknowledged.send(());
    }
}

#[test]
fn after_a_hundred_kills_every_acknowledged_decision_is_there_and_only_those_in_flight_are_missing() {
    const KILLS: usize = 100;
    let folder = drawn(1);
    let folder = folder.path();
    let (mut chance, began) = (Chance::of(1), Instant::now());
    let (mut expected, mut in_flight_kept, mut in_flight_lost, mut next) = (Vec::new(), 0, 0, 0);
    for kill in 0..KILLS {
        let mut child = begun(folder, "labels decide @/set --by machine");
        let (tell, told) = mpsc::channel();
        let (sent, acknowledged) = thread::scope(|scope| {
            let id = child.id();
            let feeder = scope.spawn(|| feed(&mut child, next, &tell));
            let mut acknowledged = 0;
            // Some die while they begin, all others while they write.
            if kill % 5 > 0 {
                let begun = told.recv_timeout(Duration::from_secs(20));
                acknowledged += usize::from(begun.is_ok());
            }
            thread::sleep(Duration::from_micros(chance.below(25_000) as u64));
            assert!(Command::new("kill").args(["-KILL", &id.to_string()]).status().unwrap().success());
            let sent = feeder.join().unwrap();
            acknowledged += told.try_iter().count();
            (sent, acknowledged)
        });
        child.wait().unwrap();
        assert!(sent - acknowledged <= 1, "one is in flight at most");
        expected.extend((next..next + acknowledged).map(|number| numbered(number).1));
        let content = journal::read(&project(folder)).unwrap();
        let found: Vec<Change> = content.records.iter().map(change_of).collect();
        if found.len() == expected.len() + 1 && sent > acknowledged {
            expected.push(numbered(next + acknowledged).1);
            in_flight_kept += 1;
        } else {
            in_flight_lost += sent - acknowledged;
        }
        assert_eq!(found, expected, "after {} kills", kill + 1);
        next += sent;
    }
    assert!(expected.len() > KILLS, "it was killed too early to say anything");
    // What was killed again and again can be opened and goes on.
    assert_code(&decide(folder, "person", &lines(["field_0,60,60,0,yes"])), 0);
    crate::shared::tell(&format!(
        "killed {KILLS} times in {:.0} s: {} decisions acknowledged or written, {in_flight_kept} in flight were on the \
         disk, {in_flight_lost} not; none was lost",
        began.elapsed().as_secs_f64(),
        expected.len()
    ));
}

#[test]
fn a_full_disk_stops_deciding_and_what_was_acknowledged_is_there_whole() {
    let folder = drawn(1);
    let folder = folder.path();
    assert_code(&decide(folder, "Ann", &lines(["field_0,60,60,0,yes"])), 0);
    // A limit on the size of files stands in for the disk: 8 blocks of 512 or 1024 bytes.
    let script = format!(
        "trap '' XFSZ; ulimit -f 8; exec '{}' labels decide '{}' --by Ann",
        env!("CARGO_BIN_EXE_cytoscribe"),
        folder.join("set").display()
    );
    let mut program = Command::new("sh");
    program.args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let text: String = (0..200).map(|number| numbered(number).0).collect();
    let writer = thread::spawn(move || drop(input.write_all(text.as_bytes())));
    let full = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_code(&full, 2);
    let path = journal::path_in(&project(folder));
    let expected =
        format!("error: cannot write the journal of labels: File too large (os error 27) — {}", path.display());
    assert_eq!(complained(&full).trim_end(), expected);
    let acknowledged = said(&full).lines().count();
    assert!((10..200).contains(&acknowledged), "{acknowledged}");
    let content = journal::read(&project(folder)).unwrap();
    assert_eq!(content.problems, [], "half a record is cut back");
    let found: Vec<Change> = content.records[1..].iter().map(change_of).collect();
    assert_eq!(found, (0..acknowledged).map(|number| numbered(number).1).collect::<Vec<_>>());
    let rest: Vec<String> = (acknowledged..200).map(|number| numbered(number).0.trim_end().to_owned()).collect();
    assert_code(&decide(folder, "Ann", &rest), 0);
    let found: Vec<Change> = journal::read(&project(folder)).unwrap().records[1..].iter().map(change_of).collect();
    assert_eq!(found, (0..200).map(|number| numbered(number).1).collect::<Vec<_>>());
}

#[test]
fn in_a_folder_that_may_only_be_read_decisions_are_read_and_not_made() {
    let folder = drawn(1);
    let folder = folder.path();
    assert_code(&decide(folder, "Ann", &lines(["field_0,60,60,0,yes"])), 0);
    let chmod = |mode: &str, path: &Path| {
        assert!(Command::new("chmod").args(["-R", mode]).arg(path).status().unwrap().success());
    };
    chmod("a+rX,a-w", folder);
    let run = |arguments: &[&str]| {
        let mut program = Command::new("setpriv");
        program.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--", env!("CARGO_BIN_EXE_cytoscribe")]);
        program.args(arguments).env("HOME", "/nonexistent").stdin(Stdio::null()).output()
    };
    let can_run = run(&["--version"]).is_ok_and(|output| output.status.success());
    if can_run {
        let project = project(folder);
        let decided = run(&["labels", "decide", project.to_str().unwrap()]).unwrap();
        assert_code(&decided, 2);
        let reason = "error: cannot open the journal of labels: Permission denied";
        assert!(complained(&decided).starts_with(reason), "{}", complained(&decided));
        let reported = run(&["labels", "report", project.to_str().unwrap()]).unwrap();
        assert_code(&reported, 0);
        assert!(said(&reported).contains("1 kept"), "{}", said(&reported));
    } else {
        crate::shared::tell("read-only folder: 1 test skipped, for no other user may run the program");
    }
    chmod("u+w", folder);
}

#[test]
fn an_annotator_who_knows_the_truth_makes_every_label_right() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    let demo = "demo @/demo --fields 3 --test-fields 1 --size 192 --seed 3 --crowding typical --silent 0.4";
    assert_code(&cytoscribe_in(folder, demo), 0);
    fs::rename(folder.join("demo/train"), folder.join("set")).unwrap();
    fs::copy(folder.join("demo/train.csv"), folder.join("set/train.csv")).unwrap();
    let truth = folder.join("demo/truth/train");
    let (shown, _) = read_cell_labels(&truth.join("cells.csv")).unwrap();
    let of_images = ImageLabels::read(&folder.join("set/train.csv")).unwrap().by_id;
    let mut wanted = Vec::new();
    for row in exported(folder, " --all") {
        let mask = read_mask(&truth.join(format!("{}_cellmask.png", row.image))).unwrap();
        let true_cell = mask[(row.anchor.0 as usize, row.anchor.1 as usize)];
        let Some(shown) = shown[&row.image].get(&true_cell) else { continue };
        for location in Location::all().filter(|&l| shown.contains(l) != of_images[&row.image].contains(l)) {
            let verdict = if shown.contains(location) { "yes" } else { "no" };
            let (row, image) = (row.anchor, &row.image);
            wanted.push(format!("{image},{},{},{},{verdict}", row.0, row.1, location.index()));
        }
    }
    let report = |name: &str| -> serde_json::Value {
        let command = format!("labels report @/set --truth @/demo/truth/train/cells.csv --json @/{name}");
        assert_code(&cytoscribe_in(folder, &command), 0);
        serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap()
    };
    let before = &report("before.json")["truth"];
    assert_eq!(before["right_before"], before["right_after"]);
    assert!(before["right_before"].as_u64() < before["matched"].as_u64(), "{before}");
    assert_code(&decide(folder, "oracle", &wanted), 0);
    let after = &report("after.json")["truth"];
    assert_eq!(after["right_after"], after["matched"], "{after}");
    assert_eq!(after["right_before"], before["right_before"]);
    assert_eq!(after["decisions"], wanted.len());
    // The same from the cells that are stored then.
    assert_code(&cytoscribe_in(folder, "labels doubts @/set --out @/doubts.csv"), 0);
    report("stored.json");
    assert!(fs::read(folder.join("stored.json")).unwrap() == fs::read(folder.join("after.json")).unwrap());
    crate::shared::tell(&format!(
        "simulated annotator: {} of {} cells right as inherited, all after {} decisions",
        after["right_before"],
        after["matched"],
        wanted.len()
    ));
}

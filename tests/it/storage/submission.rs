//! The file of a submission, written and checked.

use std::{fs, path::Path};

use cytoscribe::{
    imaging::RunLengths,
    pipeline::submission::{HEADER, encode_mask, prediction_string},
    storage::submission::{Sizes, SubmissionReport, SubmissionWriter, check_submission},
};
use tempfile::TempDir;

use crate::shared::shared_test;

/// The word of a cell that covers an image of 2 × 3 pixels (width × height) but for its first and last.
fn cell() -> String {
    encode_mask(&RunLengths::new(3, 2, vec![1, 4, 1]).unwrap())
}

/// Two images of 2 × 3 pixels.
fn sizes() -> Sizes {
    ["a", "b"].map(|id| (id.to_owned(), Some((3, 2)))).into()
}

/// What is said of a file with this content.
fn report(content: impl AsRef<[u8]>, sizes: Option<&Sizes>) -> SubmissionReport {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("submission.csv");
    fs::write(&path, content).unwrap();
    check_submission(&path, sizes).unwrap()
}

fn messages(report: &SubmissionReport) -> Vec<String> {
    report.defects.iter().map(ToString::to_string).collect()
}

fn shared_report(file: &Path) -> SubmissionReport {
    let report = check_submission(file, None).unwrap();
    assert_eq!(messages(&report), [""; 0], "{}", file.display());
    report
}

#[test]
fn what_is_written_passes_the_check() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("out/submission.csv");
    let mut writer = SubmissionWriter::create(&path).unwrap();
    writer.write_row("a", (3, 2), &prediction_string((3, 2), &[])).unwrap();
    writer.write_row("b, the \"second\"", (3, 2), &format!("4 0.5 {}", cell())).unwrap();
    assert!(!path.exists());
    writer.finish().unwrap();

    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().next(), Some(HEADER));
    assert!(text.lines().nth(1).unwrap().starts_with("a,2,3,0 1 "));
    let sizes = ["a", "b, the \"second\""].map(|id| (id.to_owned(), Some((3, 2)))).into();
    let report = check_submission(&path, Some(&sizes)).unwrap();
    assert_eq!(messages(&report), [""; 0]);
    assert_eq!((report.rows, report.predictions, report.cells), (2, 2, 1));
}

#[test]
fn a_submission_that_is_not_finished_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let mut writer = SubmissionWriter::create(&folder.path().join("submission.csv")).unwrap();
    writer.write_row("a", (3, 2), "0 1 x").unwrap();
    drop(writer);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn each_defect_is_named_with_its_line_and_image() {
    let row = format!("2,3,0 1 {}", cell());
    let whole = format!("{HEADER}\na,{row}\nb,{row}\n");
    let cases: [(Vec<u8>, &[&str]); 16] = [
        (whole.clone().into(), &[]),
        (whole.trim_end().into(), &[]),
        (whole.replace('\n', "\r\n").into(), &[]),
        (whole.replace('\n', "\n\n").into(), &[]),
        (
            Vec::new(),
            &[
                "the file is empty; its first line should be 'ID,ImageWidth,ImageHeight,PredictionString'",
                "the image 'a' has no row",
                "the image 'b' has no row",
            ],
        ),
        (
            format!("{HEADER}\n").into(),
            &["the file has no row", "the image 'a' has no row", "the image 'b' has no row"],
        ),
        (
            whole.replace("Width,ImageHeight", "Height,ImageWidth").into(),
            &["line 1: the header is 'ID,ImageHeight,ImageWidth,PredictionString', \
               not 'ID,ImageWidth,ImageHeight,PredictionString'"],
        ),
        (
            format!("{HEADER}\na,{row}\n\nc,{row}\n").into(),
            &["line 4, ID 'c': no image of the set has this ID", "the image 'b' has no row"],
        ),
        (format!("{whole}\r\n\r\na,{row}").into(), &["line 6, ID 'a': the ID is repeated from line 2"]),
        (format!("{whole},{row}").into(), &["line 4, ID '': the ID is missing"]),
        (
            format!("{HEADER}\na,2,3\nb,{row},1\n").into(),
            &["line 2, ID 'a': expected 4 columns, found 3", "line 3, ID 'b': expected 4 columns, found 5"],
        ),
        (
            format!("{HEADER}\na,3,2,0 1 {}\nb,{row}\n", cell()).into(),
            &["line 2, ID 'a': the size is 3 x 2, but the image has 2 x 3 pixels (width x height)"],
        ),
        (
            format!("{HEADER}\na,2,3,\"0 1 {}\nb,{row}\n", cell()).into(),
            &["line 2, ID 'a': a quote is opened and not closed"],
        ),
        (
            [format!("{HEADER}\na,{row}").as_bytes(), b"\xff\n", format!("b,{row}").as_bytes()].concat(),
            &["line 2, ID 'a': column 4 is not UTF-8 text"],
        ),
        (
            [whole.as_bytes(), b"\xff\xfe,", row.as_bytes()].concat(),
            &[
                "line 4, ID '\u{fffd}\u{fffd}': no image of the set has this ID",
                "line 4, ID '\u{fffd}\u{fffd}': column 1 is not UTF-8 text",
            ],
        ),
        (
            format!("{HEADER}\na,2,3,19 x {}\nb,0,3,0 1  {}\n", cell(), cell()).into(),
            &[
                "line 2, ID 'a': triple 1: the label '19' is not the number of a location (0 to 18)",
                "line 2, ID 'a': triple 1: the confidence 'x' is not a finite number",
                "line 3, ID 'b': ImageWidth is '0', not a number from 1 to 65535",
                "line 3, ID 'b': stray spaces: 1, the first at byte 4",
            ],
        ),
    ];
    for (content, expected) in cases {
        let report = report(&content, Some(&sizes()));
        assert_eq!(messages(&report), expected, "{}", content.escape_ascii());
    }
}

#[test]
fn without_a_set_of_images_any_ids_and_sizes_will_do() {
    let report = report(format!("{HEADER}\nx,2,3,0 1 {}\ny,3,2,0 1 {}\n", cell(), cell()), None);
    assert_eq!(messages(&report), [""; 0]);
    assert_eq!((report.rows, report.predictions, report.cells), (2, 2, 2));
}

#[test]
fn a_file_of_several_batches_keeps_its_line_numbers_and_their_order() {
    let word = "1 0.5 ".to_owned() + &cell() + " ";
    let long = word.repeat(100_000);
    let row = |id: usize| format!("{id},2,3,{}\n", if id.is_multiple_of(2) { &long } else { long.trim_end() });
    let content: String = [format!("{HEADER}\n")].into_iter().chain((2..12).map(row)).collect();
    assert!(content.len() > 1 << 24);
    let report = report(&content, None);
    let expected = |line| format!("line {line}, ID '{line}': stray spaces: 1, the first at byte {}", long.len() - 1);
    assert_eq!(messages(&report), [2, 4, 6, 8, 10].map(expected));
    assert_eq!((report.rows, report.predictions, report.cells), (10, 1_000_000, 10));
}

#[test]
fn bytes_of_any_kind_are_defects_and_never_a_panic() {
    let mut state = 1_u32;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8) as usize
    };
    let whole = format!("{HEADER}\na,2,3,0 1 {}\nb,2,3,0 1 {}\n", cell(), cell()).into_bytes();
    for _ in 0..500 {
        let mut content = whole.clone();
        for _ in 0..=random() % 3 {
            let at = random() % content.len();
            match random() % 3 {
                0 => content[at] = random() as u8,
                1 => content.truncate(at + 1),
                _ => content.insert(at, b"\", \n\r\0"[random() % 6]),
            }
        }
        report(&content, Some(&sizes()));
    }
}

#[test]
fn a_file_that_is_not_there_is_an_error_with_its_path() {
    let path = TempDir::new().unwrap().path().join("submission.csv");
    let message = check_submission(&path, None).unwrap_err().to_string();
    assert!(message.starts_with("cannot open the submission: "), "{message}");
    assert!(message.ends_with(&format!(" — {}", path.display())), "{message}");
}

shared_test! {
    fn the_sample_submission_has_no_defects(shared: &Path) {
        let report = shared_report(&shared.join("data/kaggle/sample_submission.csv"));
        assert_eq!((report.rows, report.predictions, report.cells), (559, 559, 0));
    }
}

shared_test! {
    fn a_real_submission_has_no_defects(shared: &Path) {
        let report = shared_report(&shared.join("data/kaggle/real_submission.csv"));
        assert_eq!(report.rows, 559);
        assert!(report.cells > 10 && report.predictions > report.rows + report.cells);
    }
}

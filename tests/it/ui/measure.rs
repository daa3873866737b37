use std::{
    path::Path,
    rc::Rc,
    time::{Duration, Instant},
};

use cytoscribe::ui::measure::{Measuring, Outcome};
use egui_kittest::Harness;

use crate::drawn_set::draw_set;

/// Measures on the set in `set` until the run ends by itself.
fn measured(set: &Path) -> Result<String, String> {
    let scratch = tempfile::tempdir().unwrap();
    let (set, project, outcome) = (set.to_owned(), scratch.path().join("project"), Outcome::default());
    let to_fill = Rc::clone(&outcome);
    let mut harness = Harness::builder()
        .with_size([1400.0, 900.0])
        .build_eframe(move |context| Measuring::new(context, Instant::now(), set, &project, to_fill));
    let since = Instant::now();
    while outcome.borrow().is_none() {
        harness.step();
        assert!(since.elapsed() < Duration::from_mins(5), "the run does not end");
        std::thread::sleep(Duration::from_millis(1));
    }
    let result = outcome.borrow_mut().take().unwrap();
    result.map(|report| report.to_string())
}

/// What stands under the heading `group`, a line each.
fn lines_of<'a>(table: &'a str, group: &str) -> Vec<&'a str> {
    let lines = table.lines().skip_while(|line| *line != group).skip(1);
    lines.take_while(|line| line.starts_with(' ')).collect()
}

#[test]
fn a_measuring_run_ends_by_itself_tells_every_figure_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("set");
    draw_set(&set, 20);
    let table = measured(&set).unwrap();
    for (group, figures) in [
        ("start of the program to", "first frame, list of images, first image"),
        ("repaints in 2 s of rest", "after opening, at the end"),
        ("another image", "one that is not in memory, the next one (read beforehand)"),
        ("gamma drag", "change to picture, drawing the picture, frame, before the driver draws, own code"),
        ("contrast drag", "change to picture, drawing the picture, frame, before the driver draws, own code"),
        ("split drag", "change to cells, frame, before the driver draws, own code"),
        ("extent drag", "change to cells, frame, before the driver draws, own code"),
        ("scrolling through the list", "frame, before the driver draws, own code"),
        ("gamma drag while cells of all images are found", "change to picture, drawing the picture, frame, own code"),
        (
            "answers in the deck, most doubtful first",
            "cells of the set, key to next question, key to rules learnt anew, key to questions in new order",
        ),
        ("memory", "at the end"),
    ] {
        let lines = lines_of(&table, group).join("\n");
        for figure in figures.split(", ") {
            assert!(lines.contains(figure), "{group}: {figure}\n{table}");
        }
    }
    for figure in
        ["change to picture", "change to cells", "the next one (read beforehand)", "one that is not in memory"]
    {
        for line in table.lines().filter(|line| line.contains(figure)) {
            assert!(line.contains(" ms") && line.contains("<="), "{line}\n{table}");
        }
    }
    assert!(table.contains("20, of 240 x 240 pixels"), "{table}");
    let answers = lines_of(&table, "answers in the deck, most doubtful first");
    assert!(answers[0].ends_with(" 80"), "{table}");
    assert!(answers[1..].iter().all(|line| line.contains(" ms")), "{table}");
    // No project was made beside the images.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_measuring_run_on_one_image_says_what_it_cannot_measure() {
    let folder = tempfile::tempdir().unwrap();
    draw_set(folder.path(), 1);
    let table = measured(folder.path()).unwrap();
    for missing in
        ["<= 16 ms (too few images)", "<= 200 ms (too few images)", "(all images are in view)", "(nothing is asked"]
    {
        assert!(table.contains(missing), "{missing}\n{table}");
    }
}

#[test]
fn a_measuring_run_on_no_set_fails_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let reason = measured(folder.path()).unwrap_err();
    assert!(reason.contains("found no images"), "{reason}");
}

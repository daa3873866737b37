use std::collections::BTreeMap;

use cytoscribe::{
    atlas::{Location, LocationSet},
    score::{CellLabels, Suspect, labels::LabelScore, score_labels},
};

fn set(labels: &str) -> LocationSet {
    labels.parse().unwrap()
}

/// Image a with labels 0 and 16, of which cells 1 to 4 show both, one, the other, and something else; image b with
/// label 2, which its cell shows; image c, of which nobody gave labels.
fn truth() -> (CellLabels, BTreeMap<String, LocationSet>) {
    let a = [(1, set("0|16")), (2, set("0")), (3, set("16")), (4, set("5"))].into();
    let cells = [("a", a), ("b", [(1, set("2"))].into()), ("c", [(1, set("2"))].into())];
    let given = [("a", set("0|16")), ("b", set("2"))];
    (cells.map(|(id, cells)| (id.to_owned(), cells)).into(), given.map(|(id, set)| (id.to_owned(), set)).into())
}

fn judged(suspects: &[(&str, u32, usize, f64)]) -> LabelScore {
    let (truth, given) = truth();
    let suspects: Vec<Suspect> = suspects
        .iter()
        .map(|&(image, cell, location, score)| Suspect {
            image: image.to_owned(),
            cell,
            location: Location::new(location).unwrap(),
            score,
        })
        .collect();
    score_labels(&truth, &given, &suspects)
}

#[test]
fn a_given_label_is_wrong_if_the_cell_does_not_show_it() {
    let score = judged(&[]);
    assert_eq!((score.total.given, score.total.wrong), (9, 4));
    assert_eq!(score.total.base_rate, Some(4.0 / 9.0));
    assert_eq!(
        (score.total.precision, score.total.recall, score.total.average_precision),
        (None, Some(0.0), Some(0.0))
    );
    assert_eq!((score.locations[0].given, score.locations[0].wrong), (4, 2));
    assert_eq!((score.locations[2].given, score.locations[2].wrong), (1, 0));
    assert_eq!((score.locations[5].given, score.locations[5].base_rate), (0, None));
    assert_eq!(score.images_without_labels, 1);
}

#[test]
fn suspects_are_ranked_by_their_score() {
    let score = judged(&[("a", 1, 0, 0.7), ("a", 4, 16, 0.9), ("a", 4, 0, 0.6), ("b", 1, 2, 0.1)]);
    assert_eq!((score.total.suspects, score.total.found), (4, 2));
    assert_eq!((score.total.precision, score.total.recall), (Some(0.5), Some(0.5)));
    // Right at ranks 1 and 3, of 4 wrong labels.
    assert!((score.total.average_precision.unwrap() - (1.0 + 2.0 / 3.0) / 4.0).abs() < 1e-12);
    assert_eq!((score.locations[16].found, score.locations[16].average_precision), (1, Some(0.5)));
}

#[test]
fn finding_all_wrong_labels_first_is_perfect() {
    let score = judged(&[("a", 2, 16, 4.0), ("a", 3, 0, 3.0), ("a", 4, 0, 2.0), ("a", 4, 16, 1.5), ("b", 1, 2, 0.0)]);
    assert_eq!((score.total.recall, score.total.average_precision), (Some(1.0), Some(1.0)));
}

#[test]
fn suspects_of_labels_that_nobody_gave_do_not_count() {
    let score = judged(&[("a", 4, 5, 1.0), ("a", 9, 0, 1.0), ("z", 1, 0, 1.0), ("c", 1, 2, 1.0), ("a", 4, 0, 0.5)]);
    assert_eq!((score.not_given, score.total.suspects, score.total.precision), (4, 1, Some(1.0)));
}

#[test]
fn a_repeated_suspect_counts_once_with_its_highest_score() {
    let score = judged(&[("a", 4, 0, 0.1), ("a", 1, 0, 0.5), ("a", 4, 0, 0.9)]);
    assert_eq!((score.repeated, score.total.suspects), (1, 2));
    assert_eq!(score.total.average_precision, Some(1.0 / 4.0));
}

#[test]
fn the_yield_is_told_of_the_first_hundred_and_more() {
    let truth: CellLabels =
        [("a".to_owned(), (1..=250).map(|cell| (cell, set(if cell <= 60 { "1" } else { "0" }))).collect())].into();
    let given = [("a".to_owned(), set("0"))].into();
    let suspect = |cell: u32| Suspect {
        image: "a".to_owned(),
        cell,
        location: Location::new(0).unwrap(),
        score: -f64::from(cell),
    };
    let score = score_labels(&truth, &given, &(1..=250).map(suspect).collect::<Vec<_>>());
    let top: Vec<(usize, usize, f64)> = score.top.iter().map(|top| (top.suspects, top.found, top.precision)).collect();
    assert_eq!(top, [(100, 60, 0.6), (200, 60, 0.3)]);
}

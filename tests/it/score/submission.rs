use std::collections::BTreeMap;

use cytoscribe::{
    atlas::{Location, LocationSet},
    imaging::{Plane, RunLengths},
    score::{
        Absent, Detection, FieldVerdicts, FoundField, MatchParams, Overlap, SizesDiffer, SubmissionTally, TruthField,
        detections::Verdict, judge, submission::LocationScore,
    },
};

use crate::pictures::{black_and_white, ids};

/// A field of two cells off the border and one at it. The first shows 0 and 16, the second 0, the third 16.
const TRUTH: [&str; 5] = ["..........33", ".1111.2222..", ".1111.2222..", ".1111.2222..", "............"];
const FIRST: [&str; 5] = ["............", ".####.......", ".####.......", ".####.......", "............"];
const SECOND: [&str; 5] = ["............", "......####..", "......####..", "......####..", "............"];
const THIRD: [&str; 5] = ["..........##", "............", "............", "............", "............"];
const NOWHERE: [&str; 5] = ["............", "............", "............", "............", "####........"];
const EMPTY: [&str; 5] = ["............"; 5];
const MASKS: [[&str; 5]; 5] = [FIRST, SECOND, THIRD, NOWHERE, EMPTY];

fn labels() -> BTreeMap<u32, LocationSet> {
    [(1, "0|16"), (2, "0"), (3, "16")].map(|(cell, labels)| (cell, labels.parse().unwrap())).into()
}

fn found(masks: &[[&str; 5]], detections: &[(usize, f64, usize)]) -> FoundField {
    FoundField {
        masks: masks.iter().map(|mask| RunLengths::from_mask(&black_and_white(mask))).collect(),
        detections: detections
            .iter()
            .map(|&(location, confidence, mask)| Detection {
                location: Location::new(location).unwrap(),
                confidence,
                mask,
            })
            .collect(),
    }
}

fn verdicts_with(params: MatchParams, masks: &[[&str; 5]], detections: &[(usize, f64, usize)]) -> FieldVerdicts {
    let (mask, labels) = (ids(&TRUTH), labels());
    let truth = TruthField { mask: &mask, labels: &labels, image_labels: LocationSet::default() };
    judge(&truth, &found(masks, detections), params).unwrap()
}

/// By falling confidence.
fn verdicts(location: usize, detections: &[(usize, f64, usize)]) -> Vec<Verdict> {
    let field = verdicts_with(MatchParams::default(), &MASKS, detections);
    field.locations[location].judged.iter().map(|judged| judged.verdict).collect()
}

fn score(location: usize, fields: impl IntoIterator<Item = FieldVerdicts>) -> LocationScore {
    let mut tally = SubmissionTally::default();
    fields.into_iter().for_each(|field| tally.add(field));
    tally.score().locations[location].clone()
}

#[test]
fn a_perfect_submission_scores_one() {
    let all = [(0, 0.9, 0), (0, 0.8, 1), (16, 0.7, 0), (16, 0.6, 2)];
    let mut tally = SubmissionTally::default();
    tally.add(verdicts_with(MatchParams::default(), &MASKS, &all));
    let score = tally.score();
    assert_eq!((score.mean_average_precision, score.scored_locations), (Some(1.0), 2));
    assert_eq!(score.locations[5].average_precision, None);
}

#[test]
fn every_false_detection_has_its_kind() {
    let detections = [(16, 0.9, 0), (16, 0.8, 0), (16, 0.7, 1), (16, 0.6, 3)];
    assert_eq!(
        verdicts(16, &detections),
        [Verdict::Right, Verdict::Duplicate, Verdict::WrongLocation, Verdict::NoCell]
    );
}

#[test]
fn the_more_confident_of_two_detections_finds_the_cell() {
    let field = verdicts_with(MatchParams::default(), &MASKS, &[(16, 0.2, 0), (16, 0.9, 0)]);
    let judged = &field.locations[16].judged;
    assert_eq!((judged[0].confidence, judged[0].verdict), (0.9, Verdict::Right));
    assert_eq!((judged[1].confidence, judged[1].verdict), (0.2, Verdict::Duplicate));
}

#[test]
fn one_mask_finds_its_cell_once_for_each_location() {
    assert_eq!(verdicts(0, &[(0, 0.5, 0), (16, 0.9, 0)]), [Verdict::Right]);
    assert_eq!(verdicts(16, &[(0, 0.5, 0), (16, 0.9, 0)]), [Verdict::Right]);
}

#[test]
fn six_tenths_of_intersection_over_union_are_enough_and_less_are_not() {
    // Of the ten pixels of the cell six, then five.
    let truth = ids(&["1111111111."]);
    let labels = [(1, "0".parse().unwrap())].into();
    let truth = TruthField { mask: &truth, labels: &labels, image_labels: LocationSet::default() };
    for (mask, verdict) in [("######.....", Verdict::Right), ("#####......", Verdict::NoCell)] {
        let masks = vec![RunLengths::from_mask(&black_and_white(&[mask]))];
        let detections = vec![Detection { location: Location::new(0).unwrap(), confidence: 1.0, mask: 0 }];
        let field = judge(&truth, &FoundField { masks, detections }, MatchParams::default()).unwrap();
        assert_eq!(field.locations[0].judged[0].verdict, verdict, "{mask}");
    }
}

#[test]
fn a_mask_without_a_pixel_says_that_there_is_no_cell() {
    assert_eq!(verdicts(0, &[(0, 1.0, 4)]), []);
}

#[test]
fn boxes_match_where_masks_do_not() {
    let hollow = ["............", ".####.......", ".#..#.......", ".####.......", "............"];
    let cross = ["............", ".#..........", ".....#......", "..#.........", "............"];
    for (mask, by_masks, by_boxes) in
        [(hollow, Verdict::Right, Verdict::Right), (cross, Verdict::NoCell, Verdict::Right)]
    {
        for (overlap, expected) in [(Overlap::Masks, by_masks), (Overlap::Boxes, by_boxes)] {
            let params = MatchParams { overlap, ..MatchParams::default() };
            let field = verdicts_with(params, &[mask], &[(0, 1.0, 0)]);
            assert_eq!(field.locations[0].judged[0].verdict, expected, "{overlap:?} {mask:?}");
        }
    }
}

#[test]
fn detections_of_absent_locations_count_only_if_they_are_kept() {
    let count = |absent| {
        let params = MatchParams { absent, ..MatchParams::default() };
        verdicts_with(params, &MASKS, &[(7, 1.0, 0), (0, 1.0, 0)]).locations.map(|location| location.judged.len())
    };
    let (dropped, kept) = (count(Absent::Drop), count(Absent::Keep));
    assert_eq!((dropped[7], kept[7], dropped[0], kept[0]), (0, 1, 1, 1));
}

#[test]
fn a_location_of_the_image_that_no_cell_shows_is_not_absent() {
    let (mask, labels) = (ids(&TRUTH), labels());
    let truth = TruthField { mask: &mask, labels: &labels, image_labels: "7".parse().unwrap() };
    let field = judge(&truth, &found(&MASKS, &[(7, 1.0, 0)]), MatchParams::default()).unwrap();
    assert_eq!(field.locations[7].judged[0].verdict, Verdict::WrongLocation);
}

#[test]
fn average_precision_is_pooled_over_fields_and_its_losses_are_told() {
    // Location 0 has two cells a field. In order: right, no cell, right, wrong location, then nothing for the fourth.
    let fields = || {
        let params = MatchParams { absent: Absent::Keep, ..MatchParams::default() };
        [
            verdicts_with(params, &MASKS, &[(0, 0.9, 0), (0, 0.7, 1)]),
            verdicts_with(params, &MASKS, &[(0, 0.8, 3), (0, 0.6, 2), (0, 0.5, 0)]),
        ]
    };
    let score_0 = score(0, fields());
    let expected = (1.0 + 2.0 / 3.0 + 3.0 / 5.0) / 4.0;
    assert!((score_0.average_precision.unwrap() - expected).abs() < 1e-12);
    assert_eq!((score_0.cells, score_0.detections, score_0.right, score_0.missed), (4, 5, 3, 1));
    assert_eq!(score_0.recall, Some(0.75));
    assert!((score_0.rank_loss.unwrap() - (0.75 - expected)).abs() < 1e-12);
    assert_eq!((score_0.no_cell.count, score_0.wrong_location.count, score_0.duplicate.count), (1, 1, 0));
    // Without the one that is no cell: precisions 1, 1, 3/4.
    assert!((score_0.no_cell.loss.unwrap() - ((1.0 + 1.0 + 0.75) / 4.0 - expected)).abs() < 1e-12);
    assert_eq!(score_0.duplicate.loss, Some(0.0));
    let mut turned = fields();
    turned.reverse();
    assert_eq!(score(0, turned), score_0);
}

#[test]
fn cells_and_detections_at_the_border_are_told_apart() {
    // Location 16: cell 1 found last, cell 3 at the border missed; masks 2 and 3 touch the border.
    let score_16 = score(16, [verdicts_with(MatchParams::default(), &MASKS, &[(16, 0.9, 3), (16, 0.5, 0)])]);
    assert_eq!((score_16.missed, score_16.missed_at_border, score_16.at_border.count), (1, 1, 1));
    assert_eq!((score_16.average_precision, score_16.average_precision_off_border), (Some(0.25), Some(1.0)));
    assert_eq!(score_16.at_border.loss, Some(0.25));
}

#[test]
fn cells_that_mask_and_labels_do_not_share_are_counted() {
    let mask = ids(&["112233"]);
    let labels = [(2, "0".parse().unwrap()), (9, "0".parse().unwrap())].into();
    let truth = TruthField { mask: &mask, labels: &labels, image_labels: LocationSet::default() };
    let field = judge(&truth, &FoundField::default(), MatchParams::default()).unwrap();
    assert_eq!((field.unlabelled_cells, field.cells_without_mask, field.locations[0].cells), (2, 1, 1));
}

#[test]
fn a_mask_of_another_size_is_refused() {
    let mask = Plane::filled(3, 4, 1);
    let truth = TruthField { mask: &mask, labels: &BTreeMap::new(), image_labels: LocationSet::default() };
    let found = FoundField { masks: vec![RunLengths::empty(4, 3)], detections: Vec::new() };
    let differ = judge(&truth, &found, MatchParams::default()).unwrap_err();
    assert_eq!(differ, SizesDiffer { truth: (3, 4), found: (4, 3) });
}

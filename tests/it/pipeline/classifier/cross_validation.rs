//! Cells judged by classifiers that have not seen them.

use std::collections::BTreeSet;

use cytoscribe::pipeline::classifier::{CrossValidation, TrainingParams, TrainingSet, Unscored, cross_validate, train};

use super::{Cells, Lot, location, locations, on_threads, shuffled};

/// 60 images of 6 cells: location 0 on half of the images, 4 on every tenth, 5 on one, 9 everywhere, 10 on all but one.
fn cells() -> Cells {
    Cells::clusters(360, 12, |cell| {
        let image = cell / 6;
        let shown = [(0, image % 2 == 0), (4, image % 10 == 3), (5, image == 8), (9, true), (10, image != 8)];
        shown.iter().filter(|(_, shown)| *shown).map(|(number, _)| location(*number)).collect()
    })
}

fn validated(cells: &Cells) -> CrossValidation {
    cross_validate(&cells.set(), &TrainingParams::default()).unwrap()
}

#[test]
fn what_can_be_learnt_ranks_well_on_cells_held_out() {
    let found = validated(&cells());
    for number in [0, 4] {
        let score = &found.scores[number];
        let ranking = score.ranking.unwrap();
        assert!(ranking.average_precision > 0.9 && ranking.area_under_curve > 0.95, "{number}: {ranking:?}");
    }
    assert_eq!((found.scores[4].positives, found.scores[4].positive_groups, found.scores[4].cells), (36, 6, 360));
}

#[test]
fn labels_drawn_by_lot_rank_by_chance() {
    let mut cells = cells();
    let mut lot = Lot(8);
    cells.labels.iter_mut().for_each(|labels| *labels = locations(&[lot.below(2)]));
    let ranking = validated(&cells).scores[0].ranking.unwrap();
    assert!((ranking.area_under_curve - 0.5).abs() < 0.1, "{ranking:?}");
}

#[test]
fn a_location_without_enough_examples_has_a_reason_instead_of_a_score() {
    let found = validated(&cells());
    let reason = |number: usize| found.scores[number].ranking.unwrap_err();
    assert_eq!(reason(18), Unscored::Absent);
    assert_eq!(reason(9), Unscored::Everywhere);
    assert_eq!(reason(5), Unscored::PositivesInOneGroup);
    assert_eq!(reason(10), Unscored::NegativesInOneGroup);
    assert_eq!(reason(5).to_string(), "not enough examples: all cells that show it are of one image or sample");
}

#[test]
fn folds_never_split_a_group() {
    let mut cells = cells();
    let mut lot = Lot(9);
    cells.groups.iter_mut().for_each(|group| *group = lot.below(23));
    let found = validated(&cells);
    for group in 0..23 {
        let folds: BTreeSet<usize> =
            (0..360).filter(|&cell| cells.groups[cell] == group).map(|cell| found.fold_of_cell[cell]).collect();
        assert_eq!(folds.len(), 1, "group {group}");
    }
}

#[test]
fn a_cell_is_judged_by_what_the_other_folds_alone_have_taught() {
    let mut cells = cells();
    let found = validated(&cells);
    let rest: Vec<usize> = (0..360).filter(|&cell| found.fold_of_cell[cell] != 2).collect();
    let classifier = train(&cells.reordered(&rest).set(), &TrainingParams::default());
    let predicted = classifier.predict(cells.features.view()).unwrap();
    let held_out: Vec<usize> = (0..360).filter(|&cell| found.fold_of_cell[cell] == 2).collect();
    for &cell in &held_out {
        assert_eq!(found.probabilities.row(cell), predicted.row(cell));
    }
    // Nor does it matter how one cell's own features are scaled for the others of its fold.
    cells.features[[held_out[0], 3]] = 1e30;
    assert_eq!(validated(&cells).probabilities.row(held_out[1]), found.probabilities.row(held_out[1]));
}

#[test]
fn one_group_cannot_be_cross_validated() {
    let mut cells = cells();
    cells.groups.fill(4);
    let error = cross_validate(&cells.set(), &TrainingParams::default()).unwrap_err();
    assert!(error.to_string().starts_with("cross-validation is not possible"), "{error}");
    assert_eq!(error.cells, 360);
}

#[test]
fn two_cells_can_be_cross_validated() {
    let cells = Cells::clusters(2, 3, |cell| locations(&[cell]));
    let set = TrainingSet::new(cells.features.view(), &cells.labels, &[0, 1]).unwrap();
    let found = cross_validate(&set, &TrainingParams::default()).unwrap();
    assert_eq!(found.folds, 2);
    // Each cell is all that the other's classifier has seen.
    assert_eq!((found.probabilities[[0, 0]], found.probabilities[[0, 1]]), (0.0, 1.0));
}

#[test]
fn the_same_bits_come_out_on_any_number_of_threads() {
    let cells = cells();
    let alone = on_threads(1, || validated(&cells));
    for threads in [2, 8] {
        assert_eq!(on_threads(threads, || validated(&cells)), alone, "{threads} threads");
    }
}

#[test]
fn the_order_of_the_cells_does_not_matter() {
    let cells = cells();
    let order = shuffled(360, &mut Lot(10));
    let (found, reordered) = (validated(&cells), validated(&cells.reordered(&order)));
    for (at, &cell) in order.iter().enumerate() {
        assert_eq!(reordered.fold_of_cell[at], found.fold_of_cell[cell]);
        for (a, b) in reordered.probabilities.row(at).iter().zip(found.probabilities.row(cell)) {
            assert!((a - b).abs() < 0.01, "{a} for {b}");
        }
    }
}

#[test]
fn the_seed_changes_the_folds() {
    let cells = cells();
    let with_seed = |seed| cross_validate(&cells.set(), &TrainingParams { seed, ..TrainingParams::default() }).unwrap();
    assert_eq!(with_seed(3), with_seed(3));
    assert_ne!(with_seed(3).fold_of_cell, with_seed(4).fold_of_cell);
}

//! What is learnt, and what is said where nothing can be.

use cytoscribe::{
    atlas::Location,
    pipeline::classifier::{
        Classifier, LocationModel, NotLearnt, Rule, TrainingParams, TrainingSet, train, training_set::TrainingSetError,
    },
};
use ndarray::{Array2, array};

use super::{Cells, Lot, location, locations, on_threads, shuffled};

/// 600 cells: location 0 on the first half of each image, location 2 on every third image, 4 on three images.
fn cells() -> Cells {
    Cells::clusters(600, 12, |cell| {
        let image = cell / 6;
        let shown = [(0, cell % 6 < 3), (2, image % 3 == 0), (4, image % 33 == 5)];
        shown.iter().filter(|(_, shown)| *shown).map(|(number, _)| location(*number)).collect()
    })
}

fn predict(classifier: &Classifier, cells: &Cells) -> Array2<f32> {
    classifier.predict(cells.features.view()).unwrap()
}

fn base_rate(model: &LocationModel) -> (usize, f64, NotLearnt) {
    match model {
        LocationModel::BaseRate { positives, probability, reason } => (*positives, *probability, reason.clone()),
        LocationModel::Fitted { .. } => panic!("it was learnt"),
    }
}

#[test]
fn clusters_that_lie_apart_are_learnt() {
    let cells = cells();
    let probabilities = predict(&train(&cells.set(), &TrainingParams::default()), &cells);
    for number in [0, 2] {
        let right = (0..600)
            .filter(|&cell| (probabilities[[cell, number]] > 0.5) == cells.labels[cell].contains(location(number)));
        assert!(right.count() > 570, "{}", location(number));
    }
}

#[test]
fn a_rare_location_is_probable_where_it_is_shown_and_not_elsewhere() {
    let cells = cells();
    let classifier = train(&cells.set(), &TrainingParams { regularisation: 1.0, ..TrainingParams::default() });
    let probabilities = predict(&classifier, &cells);
    let mean = |shown: bool| {
        let of: Vec<f32> = (0..600)
            .filter(|&cell| cells.labels[cell].contains(location(4)) == shown)
            .map(|cell| probabilities[[cell, 4]])
            .collect();
        of.iter().sum::<f32>() / of.len() as f32
    };
    assert_eq!(classifier.location(location(4)).positives(), 18);
    assert!(mean(true) > 0.5 && mean(false) < 0.05, "{} and {}", mean(true), mean(false));
}

#[test]
fn the_weight_of_the_telling_feature_is_the_largest() {
    let cells = cells();
    let classifier = train(&cells.set(), &TrainingParams::default());
    let LocationModel::Fitted { rule: Rule::Logit(logit), .. } = classifier.location(location(2)) else {
        panic!("it was not learnt")
    };
    let largest = logit.weights.iter().copied().fold(f64::MIN, f64::max);
    assert_eq!(logit.weights[2], largest);
}

#[test]
fn probabilities_average_to_the_base_rate() {
    let cells = cells();
    let probabilities = predict(&train(&cells.set(), &TrainingParams::default()), &cells);
    for (number, positives) in [(0, 300.0), (2, 204.0), (4, 18.0)] {
        let sum = probabilities.column(number).mapv(f64::from).sum();
        assert!((sum - positives).abs() < 0.01 * positives, "{sum} for {positives}");
    }
}

#[test]
fn a_location_that_is_absent_or_everywhere_keeps_its_base_rate_and_says_why() {
    let mut cells = cells();
    cells.labels.iter_mut().for_each(|labels| labels.insert(location(7)));
    let classifier = train(&cells.set(), &TrainingParams::default());
    assert_eq!(base_rate(classifier.location(location(7))), (600, 1.0, NotLearnt::Everywhere));
    assert_eq!(base_rate(classifier.location(Location::NEGATIVE)), (0, 0.0, NotLearnt::Absent));
    assert_eq!(NotLearnt::Absent.to_string(), "not enough examples: no cell shows it");
    let probabilities = predict(&classifier, &cells);
    assert!(probabilities.column(7).iter().all(|&probability| probability == 1.0));
    assert!(probabilities.column(18).iter().all(|&probability| probability == 0.0));
    assert!(matches!(classifier.location(location(0)), LocationModel::Fitted { .. }));
}

#[test]
fn cells_that_are_all_alike_give_the_base_rate() {
    let mut cells = Cells::clusters(8, 3, |cell| locations(if cell < 2 { &[5] } else { &[6] }));
    cells.features.fill(0.1);
    let classifier = train(&cells.set(), &TrainingParams::default());
    assert_eq!(base_rate(classifier.location(location(5))), (2, 0.25, NotLearnt::NothingVaries));
    assert_eq!(predict(&classifier, &cells)[[0, 6]], 0.75);
}

#[test]
fn no_features_at_all_give_the_base_rate() {
    let cells = Cells::clusters(4, 0, |cell| locations(&[cell % 2]));
    let classifier = train(&cells.set(), &TrainingParams::default());
    assert_eq!(predict(&classifier, &cells).column(0), array![0.5, 0.5, 0.5, 0.5]);
}

#[test]
fn two_cells_are_enough_to_tell_them_apart() {
    let cells = Cells::clusters(2, 30, |cell| locations(&[cell]));
    let params = TrainingParams { regularisation: 0.1, ..TrainingParams::default() };
    let probabilities = predict(&train(&cells.set(), &params), &cells);
    assert!(probabilities[[0, 0]] > 0.8 && probabilities[[1, 0]] < 0.2, "{probabilities}");
    assert!(probabilities[[0, 1]] < 0.2 && probabilities[[1, 1]] > 0.8, "{probabilities}");
}

#[test]
fn one_cell_shows_what_it_shows() {
    let cells = Cells::clusters(1, 4, |_| locations(&[3]));
    let probabilities = predict(&train(&cells.set(), &TrainingParams::default()), &cells);
    assert_eq!((probabilities[[0, 3]], probabilities[[0, 4]]), (1.0, 0.0));
}

#[test]
fn the_same_bits_come_out_on_any_number_of_threads() {
    let cells = cells();
    let run = || {
        let classifier = train(&cells.set(), &TrainingParams::default());
        let probabilities = predict(&classifier, &cells);
        (serde_json::to_string(&classifier).unwrap(), probabilities)
    };
    let alone = on_threads(1, run);
    for threads in [2, 8] {
        assert_eq!(on_threads(threads, run), alone, "{threads} threads");
    }
}

#[test]
fn the_order_of_the_cells_does_not_matter() {
    let cells = cells();
    let order = shuffled(600, &mut Lot(6));
    let probabilities = predict(&train(&cells.set(), &TrainingParams::default()), &cells);
    let reordered = predict(&train(&cells.reordered(&order).set(), &TrainingParams::default()), &cells);
    for (found, expected) in reordered.iter().zip(&probabilities) {
        assert!((found - expected).abs() < 0.01, "{found} for {expected}");
    }
}

#[test]
fn extreme_features_neither_hang_nor_spoil_the_rest() {
    let mut cells = cells();
    cells.features[[3, 1]] = 1e30;
    cells.features[[9, 5]] = -1e12;
    cells.features.column_mut(8).mapv_inplace(|value| value * 1e12);
    cells.features.column_mut(9).mapv_inplace(|value| value * 1e-30);
    cells.features[[0, 10]] = f32::MAX;
    let probabilities = predict(&train(&cells.set(), &TrainingParams::default()), &cells);
    assert!(probabilities.iter().all(|probability| (0.0..=1.0).contains(probability)));
    let right = (0..600).filter(|&cell| (probabilities[[cell, 2]] > 0.5) == cells.labels[cell].contains(location(2)));
    assert!(right.count() > 570);
}

#[test]
fn more_regularisation_brings_probabilities_nearer_to_the_base_rate() {
    let cells = cells();
    let spread = |regularisation| {
        let params = TrainingParams { regularisation, ..TrainingParams::default() };
        predict(&train(&cells.set(), &params), &cells).column(0).std(0.0)
    };
    assert!(spread(1.0) > spread(100.0) && spread(100.0) > spread(10_000.0));
}

#[test]
fn settings_out_of_range_are_taken_as_the_nearest_within() {
    let cells = Cells::clusters(60, 3, |cell| locations(&[cell % 2]));
    let usual = TrainingParams::default();
    let wild =
        TrainingParams { regularisation: f64::NAN, components: 0, clip: f64::INFINITY, folds: 0, seed: 1, ..usual };
    let tame = wild.within_ranges();
    assert_eq!((tame.regularisation, tame.components, tame.clip, tame.folds), (1e-3, 1, 20.0, 2));
    assert_eq!(tame.check(), Ok(()));
    assert_eq!(TrainingParams::default().check(), Ok(()));
    assert_eq!(
        TrainingParams { folds: 1, ..tame.clone() }.check().unwrap_err().to_string(),
        "the folds must lie between 2 and 20, not 1"
    );
    assert_eq!(train(&cells.set(), &wild), train(&cells.set(), &tame));
}

#[test]
fn settings_that_a_file_does_not_name_are_the_usual_ones() {
    let params: TrainingParams = ron::from_str("(folds: 3)").unwrap();
    assert_eq!(params, TrainingParams { folds: 3, ..TrainingParams::default() });
}

#[test]
fn what_cannot_be_learnt_from_is_refused_with_its_place() {
    let features = array![[1.0_f32, 2.0], [3.0, f32::NAN]];
    let labels = [locations(&[1]), locations(&[2])];
    let error = TrainingSet::new(features.view(), &labels, &[0, 1]).unwrap_err();
    assert_eq!(error.to_string(), "feature 1 of cell 1 is infinite or not a number (both counted from 0)");
    let error = TrainingSet::new(features.view(), &labels[..1], &[0, 1]).unwrap_err();
    assert_eq!(error.to_string(), "2 cells have features, but 1 have labels and 2 have groups");
    let none = Array2::<f32>::zeros((0, 5));
    assert_eq!(TrainingSet::new(none.view(), &[], &[]).unwrap_err(), TrainingSetError::Empty);
}

//! The classifier as it is saved, read and used.

use cytoscribe::{
    atlas::Location,
    pipeline::classifier::{
        Classifier, LocationModel, Logit, NotLearnt, Rule, Standardisation, TrainingParams, model::ClassifierError,
        standardisation::Scale, train,
    },
};
use ndarray::{Array2, Axis, array};

use super::{Cells, locations};

fn cells() -> Cells {
    Cells::clusters(120, 6, |cell| locations(&[cell % 3]))
}

fn trained() -> Classifier {
    train(&cells().set(), &TrainingParams::default())
}

/// A classifier of one feature and one rule, written by hand.
fn by_hand(scale: Scale, logit: Logit) -> Result<Classifier, ClassifierError> {
    let absent = || LocationModel::BaseRate { positives: 0, probability: 0.0, reason: NotLearnt::Absent };
    let mut locations: Vec<_> = Location::all().map(|_| absent()).collect();
    locations[4] = LocationModel::Fitted { positives: 1, rule: Rule::Logit(logit) };
    Classifier::new(10, Standardisation { scales: vec![scale], clip: 5.0, ranks: Vec::new() }, locations)
}

#[test]
fn a_rule_written_by_hand_gives_the_probability_computed_by_hand() {
    let scale = Scale { centre: 0.5, scale: 2.0 };
    let classifier = by_hand(scale, Logit { weights: vec![3.0], intercept: -1.0 }).unwrap();
    let probability = classifier.predict(array![[0.0_f32], [1e9]].view()).unwrap().column(4).to_owned();
    // asinh 0 = 0, so x = -1 and the odds are exp(-4); 1e9 is cut off at 5, so the odds are exp(14).
    assert_eq!(probability[0], (1.0 / (1.0 + 4.0_f64.exp())) as f32);
    assert_eq!(probability[1], (1.0 / (1.0 + (-14.0_f64).exp())) as f32);
}

#[test]
fn a_cells_probabilities_do_not_depend_on_the_other_cells() {
    let (cells, classifier) = (cells(), trained());
    let all = classifier.predict(cells.features.view()).unwrap();
    for cell in 0..cells.features.nrows() {
        let alone = classifier.predict(cells.features.select(Axis(0), &[cell]).view()).unwrap();
        assert_eq!(alone.row(0), all.row(cell));
    }
}

#[test]
fn probabilities_stay_probabilities_for_any_finite_feature() {
    let probabilities = trained().predict(Array2::from_elem((1, 6), f32::MIN).view()).unwrap();
    assert!(probabilities.iter().all(|probability| (0.0..=1.0).contains(probability)));
}

#[test]
fn no_cells_have_no_probabilities() {
    assert_eq!(trained().predict(Array2::zeros((0, 6)).view()).unwrap().dim(), (0, 19));
}

#[test]
fn other_features_than_in_training_are_refused() {
    let error = trained().predict(Array2::zeros((2, 5)).view()).unwrap_err();
    assert_eq!(error.to_string(), "the classifier was trained on 6 features, the cells have 5");
    let mut features = Array2::zeros((3, 6));
    features[[2, 4]] = f32::INFINITY;
    let error = trained().predict(features.view()).unwrap_err();
    assert_eq!(error.to_string(), "feature 4 of cell 2 is infinite or not a number (both counted from 0)");
}

#[test]
fn a_classifier_written_and_read_is_the_same() {
    let classifier = trained();
    let text = ron::to_string(&classifier).unwrap();
    assert_eq!(ron::from_str::<Classifier>(&text).unwrap(), classifier);
}

#[test]
fn a_damaged_classifier_is_refused_with_the_reason() {
    let scale = Scale { centre: 0.0, scale: 1.0 };
    let error = by_hand(scale, Logit { weights: vec![1.0, 2.0], intercept: 0.0 }).unwrap_err();
    assert_eq!(error.to_string(), "Nuclear speckles has 2 weights for 1 features");
    let error = by_hand(scale, Logit { weights: vec![f64::MAX], intercept: 0.0 }).unwrap_err();
    assert_eq!(error.to_string(), "Nuclear speckles has a weight or a probability out of range");
    let error = by_hand(Scale { centre: f64::NAN, scale: 1.0 }, Logit { weights: vec![1.0], intercept: 0.0 });
    assert_eq!(error.unwrap_err(), ClassifierError::Standardisation);
    let (sound, damaged) = ("BaseRate(positives:0,probability:0.0", "BaseRate(positives:0,probability:7.0");
    let text = ron::to_string(&trained()).unwrap().replacen(sound, damaged, 1);
    let error = ron::from_str::<Classifier>(&text).unwrap_err().to_string();
    assert!(error.contains("a probability out of range"), "{error}");
    let none = "(cells: 0, standardisation: (scales: [], clip: 5.0), locations: [])";
    assert!(
        ron::from_str::<Classifier>(none).unwrap_err().to_string().contains("a classifier has 19 locations, not 0")
    );
}

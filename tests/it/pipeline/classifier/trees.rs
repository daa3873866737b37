//! Boosted trees behind the same stage.

use cytoscribe::pipeline::classifier::{
    BinnedFeatures, BoostedTrees, BoostingParams, Classifier, Learner, LocationModel, NotLearnt, Rule, Standardisation,
    TrainingParams, cross_validate,
    standardisation::Scale,
    train,
    trees::{
        binning::BINS,
        tree::{Split, Tree, TreeError},
    },
};
use ndarray::{Array2, array};

use super::{Cells, Lot, location, locations, on_threads};

/// 600 cells with two hidden numbers, each shown by twenty noisy features. Location 0: the two have one sign. Location
/// 1: the first is near zero. No straight line finds either.
fn cells() -> Cells {
    let mut lot = Lot(3);
    let hidden: Vec<[f64; 2]> = (0..600).map(|_| [lot.normal(), lot.normal()]).collect();
    let features =
        Array2::from_shape_fn((600, 40), |(cell, feature)| (hidden[cell][feature % 2] + 0.1 * lot.normal()) as f32);
    let label = |[a, b]: &[f64; 2]| {
        let shown = [(0, a * b > 0.0), (1, a.abs() < 0.6)];
        shown.iter().filter(|(_, shown)| *shown).map(|(number, _)| location(*number)).collect()
    };
    let labels = hidden.iter().map(label).collect();
    Cells { features, labels, groups: (0..600).map(|cell| cell / 6).collect() }
}

fn params(learner: Learner) -> TrainingParams {
    TrainingParams { learner, ..TrainingParams::default() }
}

fn trained(learner: Learner) -> Classifier {
    train(&cells().set(), &params(learner))
}

/// The classifier with all that is in its file.
fn text(classifier: &Classifier) -> String {
    ron::to_string(classifier).unwrap()
}

#[test]
fn the_settings_are_the_notebooks() {
    let small = BoostingParams { trees: 30, learning_rate: 0.3, leaves: 7, column_share: 0.1, row_share: 0.9 };
    assert_eq!(BoostingParams::SMALL, small);
    assert_eq!(BoostingParams::BIG, BoostingParams { trees: 1000, learning_rate: 0.02, leaves: 127, ..small });
}

#[test]
fn what_no_straight_line_can_tell_is_found_by_trees_on_cells_held_out() {
    let areas = |learner| {
        let scores = cross_validate(&cells().set(), &params(learner)).unwrap().scores;
        [0, 1].map(|number: usize| scores[number].ranking.unwrap().area_under_curve)
    };
    assert!(areas(Learner::Logistic).iter().all(|area| (area - 0.5).abs() < 0.15), "{:?}", areas(Learner::Logistic));
    for learner in [Learner::SmallTrees, Learner::BigTrees] {
        assert!(areas(learner).iter().all(|&area| area > 0.9), "{learner:?}: {:?}", areas(learner));
    }
}

#[test]
fn trees_are_as_many_and_as_large_as_the_settings_say() {
    for (learner, params) in [(Learner::SmallTrees, BoostingParams::SMALL), (Learner::BigTrees, BoostingParams::BIG)] {
        let classifier = trained(learner);
        let LocationModel::Fitted { rule: Rule::Trees(BoostedTrees { trees, .. }), .. } =
            classifier.location(location(0))
        else {
            panic!("no trees were learnt")
        };
        assert!(trees.len() <= params.trees && trees.len() * 10 > params.trees * 9, "{} trees", trees.len());
        assert!(trees.iter().all(|tree| (2..=params.leaves).contains(&tree.leaves())));
    }
}

#[test]
fn the_same_trees_grow_on_any_number_of_threads() {
    let run = || {
        let classifier = trained(Learner::SmallTrees);
        let probabilities = classifier.predict(cells().features.view()).unwrap();
        (text(&classifier), probabilities)
    };
    let alone = on_threads(1, run);
    for threads in [2, 8] {
        assert_eq!(on_threads(threads, run), alone, "{threads} threads");
    }
}

#[test]
fn the_seed_decides_what_trees_grow_on() {
    let with_seed = |seed| train(&cells().set(), &TrainingParams { seed, ..params(Learner::SmallTrees) });
    assert_eq!(with_seed(3), with_seed(3));
    assert_ne!(with_seed(3), with_seed(4));
}

#[test]
fn trees_written_and_read_give_the_same_probabilities() {
    let (cells, classifier) = (cells(), trained(Learner::SmallTrees));
    let read: Classifier = ron::from_str(&text(&classifier)).unwrap();
    assert_eq!(read, classifier);
    assert_eq!(read.predict(cells.features.view()), classifier.predict(cells.features.view()));
}

#[test]
fn a_cells_trees_do_not_depend_on_the_other_cells() {
    let (cells, classifier) = (cells(), trained(Learner::SmallTrees));
    let all = classifier.predict(cells.features.view()).unwrap();
    let some = classifier.predict(cells.features.slice(ndarray::s![70..75, ..])).unwrap();
    assert_eq!(some, all.slice(ndarray::s![70..75, ..]));
}

#[test]
fn a_rare_location_is_found_on_cells_held_out() {
    let mut cells = Cells::clusters(600, 12, |cell| locations(if cell / 6 % 33 == 5 { &[4] } else { &[] }));
    let shown: Vec<usize> = (0..600).filter(|&cell| !cells.labels[cell].is_empty()).collect();
    for &cell in &shown {
        cells.features.row_mut(cell).fill(3.0);
    }
    let found = cross_validate(&cells.set(), &params(Learner::SmallTrees)).unwrap();
    assert_eq!(found.scores[4].positives, 18);
    let ranking = found.scores[4].ranking.unwrap();
    assert!(ranking.area_under_curve > 0.9, "{ranking:?}");
}

#[test]
fn features_of_few_values_grow_trees_of_any_size() {
    let mut cells = cells();
    cells.features.mapv_inplace(f32::round);
    for learner in [Learner::SmallTrees, Learner::BigTrees] {
        let classifier = train(&cells.set(), &params(learner));
        assert!(matches!(classifier.location(location(1)), LocationModel::Fitted { .. }));
    }
}

#[test]
fn extreme_features_leave_probabilities_probabilities() {
    let mut cells = cells();
    cells.features[[3, 1]] = f32::MAX;
    cells.features[[4, 1]] = f32::MIN;
    cells.features.column_mut(5).fill(-0.0);
    cells.features[[5, 5]] = 0.0;
    let classifier = train(&cells.set(), &params(Learner::SmallTrees));
    let probabilities = classifier.predict(cells.features.view()).unwrap();
    assert!(probabilities.iter().all(|probability| (0.0..=1.0).contains(probability)));
}

#[test]
fn too_few_cells_for_two_leaves_give_the_base_rate_and_the_reason() {
    let cells = Cells::clusters(36, 12, |cell| locations(&[cell % 2]));
    let classifier = train(&cells.set(), &params(Learner::SmallTrees));
    let LocationModel::BaseRate { probability, reason, .. } = classifier.location(location(0)) else {
        panic!("it was learnt")
    };
    assert_eq!((*probability, reason), (0.5, &NotLearnt::NothingTold));
    assert_eq!(reason.to_string(), "not enough examples: no tree can tell them apart");
    let LocationModel::BaseRate { reason, .. } = classifier.location(location(3)) else { panic!("it was learnt") };
    assert_eq!(*reason, NotLearnt::Absent);
    let mut alike = cells;
    alike.features.fill(2.0);
    let classifier = train(&alike.set(), &params(Learner::SmallTrees));
    let LocationModel::BaseRate { reason, .. } = classifier.location(location(0)) else { panic!("it was learnt") };
    assert_eq!(*reason, NotLearnt::NothingVaries);
}

#[test]
fn a_tree_told_by_hand_leads_each_cell_to_its_leaf() {
    // Leaf 0 parts at 1 into 0 and 1; then leaf 1 by the other feature into 1 and 2; then leaf 0 into 0 and 3.
    let splits =
        [(0, 0, 1.0), (1, 1, 5.0), (0, 0, -1.0)].map(|(leaf, feature, threshold)| Split { leaf, feature, threshold });
    let tree = Tree::new(&splits, vec![0.0, 10.0, 20.0, 30.0]).unwrap();
    let value = |a: f64, b: f64| tree.value(array![a, b].view());
    assert_eq!([value(-1.0, 0.0), value(2.0, 5.0), value(2.0, 5.1), value(1.0, 9.0)], [0.0, 10.0, 20.0, 30.0]);
    assert_eq!((tree.leaves(), tree.features()), (4, 2));
    assert_eq!(Tree::new(&[], vec![7.0]).unwrap().value(array![0.0].view()), 7.0);
}

#[test]
fn damaged_trees_are_refused() {
    let split = |leaf, threshold| Split { leaf, feature: 0, threshold };
    assert_eq!(Tree::new(&[split(1, 0.0)], vec![0.0, 1.0]), Err(TreeError));
    assert_eq!(Tree::new(&[split(0, f32::NAN)], vec![0.0, 1.0]), Err(TreeError));
    assert_eq!(Tree::new(&[split(0, 0.0)], vec![0.0, f32::INFINITY]), Err(TreeError));
    assert_eq!(Tree::new(&[split(0, 0.0)], vec![0.0]), Err(TreeError));
    assert_eq!(Tree::new(&[], vec![]), Err(TreeError));
    assert!(ron::from_str::<Tree>("(leaf:[3],feature:[0],threshold:[0.0],value:[0.0,1.0])").is_err());
    let rule = Rule::Trees(BoostedTrees {
        intercept: 0.0,
        trees: vec![Tree::new(&[Split { leaf: 0, feature: 6, threshold: 0.0 }], vec![0.0, 1.0]).unwrap()],
    });
    let models = cytoscribe::atlas::Location::all().map(|_| LocationModel::Fitted { positives: 1, rule: rule.clone() });
    let standardisation =
        Standardisation { scales: vec![Scale { centre: 0.0, scale: 1.0 }; 6], clip: 5.0, ranks: Vec::new() };
    let error = Classifier::new(10, standardisation, models.collect()).unwrap_err();
    assert_eq!(error.to_string(), "a tree for Nucleoplasm asks for feature 7 of 6");
}

#[test]
fn bins_hold_equal_values_together_and_all_values_in_order() {
    let values: Vec<f32> = (0..1000).map(|cell| if cell < 400 { 1.0 } else { (cell * 7 % 600) as f32 }).collect();
    let features = Array2::from_shape_fn((1000, 2), |(cell, feature)| if feature == 0 { 3.0 } else { values[cell] });
    let rows: Vec<usize> = (0..1000).collect();
    let standardisation = Standardisation::fit(features.view(), &rows, 5.0);
    let binned = BinnedFeatures::new(&standardisation, features.view(), &rows);
    let [column] = binned.columns() else { panic!("the constant feature has no bins") };
    assert_eq!(column.feature, 1);
    assert!(column.cuts.len() < BINS && column.cuts.len() > BINS / 2, "{} cuts", column.cuts.len());
    for (a, b) in rows.iter().zip(rows.iter().skip(1)) {
        let (low, high) = if values[*a] <= values[*b] { (*a, *b) } else { (*b, *a) };
        assert!(column.bins[low] <= column.bins[high]);
        assert!(values[low] < values[high] || column.bins[low] == column.bins[high]);
    }
}

//! How frequent a location is on cells, where labels say something else.

use std::collections::BTreeMap;

use cytoscribe::{
    atlas::{Location, LocationSet},
    pipeline::classifier::{
        Classifier, Targets, Trainer, TrainingParams,
        prior::{Answer, MOST, choose, log_odds, with_odds},
        retraining::Watch,
        scores::average_precision,
        train,
    },
};
use ndarray::Array2;

use super::{Cells, Lot, location, locations};

/// Cells that show location `number` with a probability of `rates[number]` and then have feature `number` raised by two
/// standard deviations; both kinds look the same whatever the rates.
fn drawn(cells: usize, rates: [f64; 2], seed: u64) -> Cells {
    let mut lot = Lot(seed);
    let labels: Vec<LocationSet> = (0..cells)
        .map(|_| {
            let shown: Vec<usize> = (0..2).filter(|&number| lot.share() < rates[number]).collect();
            locations(&shown)
        })
        .collect();
    let features = Array2::from_shape_fn((cells, 4), |(cell, feature)| {
        let is_raised = feature < 2 && labels[cell].contains(location(feature));
        (lot.normal() + if is_raised { 2.0 } else { 0.0 }) as f32
    });
    Cells { features, labels, groups: (0..cells).map(|cell| cell / 6).collect() }
}

/// Probability and truth of location `number` for each cell.
fn ranked(probabilities: &Array2<f32>, cells: &Cells, number: usize) -> Vec<(f32, bool)> {
    let truth = cells.labels.iter().map(|labels| labels.contains(location(number)));
    probabilities.column(number).iter().copied().zip(truth).collect()
}

fn mean(ranked: &[(f32, bool)]) -> f64 {
    ranked.iter().map(|(probability, _)| f64::from(*probability)).sum::<f64>() / ranked.len() as f64
}

fn answers(ranked: &[(f32, bool)]) -> Vec<Answer> {
    let answer = |(cell, &(probability, shows)): (usize, &(f32, bool))| Answer {
        log_odds: log_odds(f64::from(probability)),
        shows,
        fold: (cell % 5) as u8,
    };
    ranked.iter().enumerate().map(answer).collect()
}

#[test]
fn a_prior_sets_probabilities_right_where_labels_are_more_frequent_than_what_they_name() {
    // Taught on half of the cells both, but in truth location 0 is on one of ten.
    let (taught, decided, others) = (drawn(3000, [0.5, 0.5], 1), drawn(600, [0.1, 0.5], 2), drawn(4000, [0.1, 0.5], 3));
    let params = TrainingParams { regularisation: 1.0, ..TrainingParams::default() };
    let predict =
        |params: &TrainingParams, cells: &Cells| train(&taught.set(), params).predict(cells.features.view()).unwrap();
    let choice = |number| choose(&answers(&ranked(&predict(&params, &decided), &decided, number))).unwrap();
    let (wrong, right) = (choice(0), choice(1));
    let expected = (0.1 / 0.9) / (0.5 / 0.5);
    assert!((wrong.factor / expected).ln().abs() < 0.35, "{} for {expected}", wrong.factor);
    assert!(wrong.loss_after < 0.8 * wrong.loss_before, "{wrong:?}");
    assert!(right.factor.ln().abs() < 0.35, "{right:?}");

    let with = TrainingParams { priors: BTreeMap::from([(location(0), wrong.factor)]), ..params.clone() };
    let (before, after) = (predict(&params, &others), predict(&with, &others));
    // What it moves: probabilities mean what they say on cells that nobody has decided about,
    let [too_many, found] = [&before, &after].map(|probabilities| mean(&ranked(probabilities, &others, 0)));
    assert!(too_many > 0.2 && (found - 0.1).abs() < 0.03, "{too_many}, then {found}");
    // and cells of both locations in one list are in a better order.
    let [pooled_before, pooled_after] = [&before, &after].map(|probabilities| {
        average_precision(&[ranked(probabilities, &others, 0), ranked(probabilities, &others, 1)].concat()).unwrap()
    });
    assert!(pooled_after > pooled_before + 0.01, "{pooled_before}, then {pooled_after}");
    // What it does not: the order of cells within a location, and the other location.
    let order = |probabilities: &Array2<f32>| {
        let mut order: Vec<usize> = (0..others.labels.len()).collect();
        order.sort_by(|&a, &b| probabilities[[a, 0]].total_cmp(&probabilities[[b, 0]]));
        order
    };
    let [precision_before, precision_after] =
        [&before, &after].map(|probabilities| average_precision(&ranked(probabilities, &others, 0)).unwrap());
    assert!((precision_before - precision_after).abs() < 1e-3, "{precision_before}, then {precision_after}");
    assert_eq!(order(&before)[..2000], order(&after)[..2000]);
    assert_eq!(before.column(1), after.column(1));
}

#[test]
fn no_prior_is_chosen_by_few_answers_or_if_it_does_not_hold_for_others() {
    let answer = |shows: bool, fold: u8| Answer { log_odds: 1.0, shows, fold };
    assert_eq!(choose(&(0..9).map(|at| answer(false, at % 3)).collect::<Vec<_>>()), None);
    assert_eq!(choose(&vec![answer(false, 0); 50]), None);
    // The parts say opposite things: what is chosen by one is wrong for the other.
    let torn: Vec<Answer> = (0..40).map(|at| Answer { log_odds: 0.0, ..answer(at % 2 == 0, at % 2) }).collect();
    let choice = choose(&torn).unwrap();
    assert_eq!(choice.factor, 1.0);
    assert!(choice.loss_after > choice.loss_before);
    // However many answers say no, the factor has an end.
    let all_no: Vec<Answer> = (0..20_000).map(|at| Answer { log_odds: 9.0, ..answer(false, (at % 2) as u8) }).collect();
    let factor = choose(&all_no).unwrap().factor;
    assert!((1.0 / MOST..0.011).contains(&factor), "{factor}");
}

#[test]
fn what_is_learnt_anew_and_what_is_exported_have_the_same_priors() {
    let cells = drawn(600, [0.4, 0.3], 4);
    let names: Vec<String> = cells.groups.iter().map(|group| format!("image {group}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let rows: Vec<usize> = (0..600).collect();
    let priors = BTreeMap::from([(location(0), 0.2), (location(1), 3.0), (location(7), 5.0)]);
    let params = TrainingParams { regularisation: 1.0, priors, ..TrainingParams::default() };
    let with = |params: &TrainingParams| {
        let trainer =
            Trainer::new(cells.features.view(), &rows, &names, &cells.labels, params, &Watch::NOBODY).unwrap();
        let fit = trainer.fit(&Targets::of_labels(&cells.labels), None, &Watch::NOBODY).unwrap();
        (trainer.probabilities(&fit), trainer.classifier(&fit).predict(cells.features.view()).unwrap())
    };
    let (shown, classified) = with(&params);
    let exported = train(&cells.set(), &params).predict(cells.features.view()).unwrap();
    let (without, _) = with(&TrainingParams { priors: BTreeMap::new(), ..params.clone() });
    for (place, &shown) in shown.indexed_iter() {
        assert!((shown - classified[place]).abs() < 1e-4, "{place:?}");
        assert!((shown - exported[place]).abs() < 1e-3, "{place:?}");
        let expected = with_odds(f64::from(without[place]), params.prior_of(location(place.1)));
        assert!((f64::from(shown) - expected).abs() < 1e-4, "{place:?}: {shown} for {expected}");
    }
}

#[test]
fn a_prior_out_of_range_is_found_and_no_prior_is_not_written() {
    let with = |prior| TrainingParams { priors: BTreeMap::from([(location(3), prior)]), ..TrainingParams::default() };
    assert!(with(0.5).check().is_ok());
    assert!(with(0.0).check().unwrap_err().to_string().contains("base rate"));
    assert_eq!(with(f64::NAN).within_ranges().prior_of(location(3)), 1.0 / MOST);
    let text = ron::to_string(&with(0.5)).unwrap();
    assert_eq!(ron::from_str::<TrainingParams>(&text).unwrap(), with(0.5));
    assert!(!ron::to_string(&TrainingParams::default()).unwrap().contains("priors"));
}

#[test]
fn a_cell_of_which_nothing_is_known_has_the_priors_too_also_by_a_classifier_that_was_saved() {
    let cells = drawn(600, [0.4, 0.3], 4);
    let priors = BTreeMap::from([(location(0), 0.2), (location(1), 3.0), (location(7), 5.0)]);
    let with = TrainingParams { priors: priors.clone(), ..TrainingParams::default() };
    let without = train(&cells.set(), &TrainingParams::default());
    let (before, classifier) = (without.base_rates(), train(&cells.set(), &with));
    for other in Location::all() {
        let (rate, share) = (classifier.base_rates()[other.index()], before[other.index()]);
        assert_eq!(rate, with_odds(f64::from(share), with.prior_of(other)) as f32, "{other}");
        assert!(priors.contains_key(&other) || rate == share, "{other}");
    }
    assert!(before[0] > 0.0 && classifier.base_rates()[0] < before[0]);
    let text = ron::to_string(&classifier).unwrap();
    let read: Classifier = ron::from_str(&text).unwrap();
    assert_eq!((&read, read.base_rates()), (&classifier, classifier.base_rates()));
    // Without priors nothing is written of them, and what was written before there were any can be read.
    let text = ron::to_string(&without).unwrap();
    assert!(!text.contains("priors"));
    assert_eq!(ron::from_str::<Classifier>(&text).unwrap(), without);
    let damaged = ron::to_string(&classifier).unwrap().replace("0:0.2", "0:-2.0");
    let error = ron::from_str::<Classifier>(&damaged).unwrap_err().to_string();
    assert!(error.contains("the base rate of Nucleoplasm is out of range"), "{error}");
}

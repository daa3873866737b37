//! Scores against values counted by hand.

use cytoscribe::pipeline::classifier::scores::{area_under_curve, average_precision};

use super::{Lot, shuffled};

#[test]
fn a_perfect_order_scores_one() {
    let ranked = [(0.2, false), (0.9, true), (0.1, false), (0.8, true)];
    assert_eq!(average_precision(&ranked), Some(1.0));
    assert_eq!(area_under_curve(&ranked), Some(1.0));
}

#[test]
fn the_reverse_of_a_perfect_order_scores_lowest() {
    let ranked = [(0.9, false), (0.8, false), (0.2, true), (0.1, true)];
    // Precision 1/3 at the first positive, 2/4 at the second.
    assert_eq!(average_precision(&ranked), Some(f64::midpoint(1.0 / 3.0, 2.0 / 4.0)));
    assert_eq!(area_under_curve(&ranked), Some(0.0));
}

#[test]
fn the_example_of_scikit_learn_gives_its_value() {
    let ranked = [(0.1, false), (0.4, false), (0.35, true), (0.8, true)];
    assert!((average_precision(&ranked).unwrap() - 0.833_333_333).abs() < 1e-9);
    assert_eq!(area_under_curve(&ranked), Some(0.75));
}

#[test]
fn equal_probabilities_are_one_threshold() {
    let ranked = [(0.5, true), (0.5, false), (0.5, true), (0.5, false), (0.5, false)];
    assert_eq!(average_precision(&ranked), Some(2.0 / 5.0));
    assert_eq!(area_under_curve(&ranked), Some(0.5));
    // One positive above, then a tie of one positive and two negatives: (1/1 + 2/4) / 2, and (2 + 1) of 4 pairs.
    let ranked = [(0.9, true), (0.5, true), (0.5, false), (0.5, false)];
    assert_eq!(average_precision(&ranked), Some(0.75));
    assert_eq!(area_under_curve(&ranked), Some(0.75));
}

#[test]
fn both_zeros_are_one_probability() {
    assert_eq!(area_under_curve(&[(0.0, true), (-0.0, false)]), Some(0.5));
}

#[test]
fn the_order_of_the_cells_does_not_count() {
    let mut lot = Lot(3);
    let ranked: Vec<(f32, bool)> = (0..200).map(|_| (lot.below(20) as f32 / 20.0, lot.share() < 0.3)).collect();
    let shuffled: Vec<_> = shuffled(ranked.len(), &mut lot).into_iter().map(|at| ranked[at]).collect();
    assert_eq!(average_precision(&ranked), average_precision(&shuffled));
    assert_eq!(area_under_curve(&ranked), area_under_curve(&shuffled));
}

#[test]
fn without_a_positive_or_a_negative_there_is_no_score() {
    assert_eq!(average_precision(&[]), None);
    assert_eq!(average_precision(&[(0.3, false)]), None);
    assert_eq!(average_precision(&[(0.3, true)]), Some(1.0));
    assert_eq!(area_under_curve(&[(0.3, false)]), None);
    assert_eq!(area_under_curve(&[(0.3, true)]), None);
}

use cytoscribe::score::average_precision::{
    Interpolation::{Envelope, None as Steps},
    average_precision,
};

use crate::pictures::Noise;

#[test]
fn finding_everything_first_scores_one() {
    let ranked = [(0.2, false), (0.9, true), (0.1, false), (0.8, true)];
    for interpolation in [Steps, Envelope] {
        assert_eq!(average_precision(&ranked, 2, interpolation), Some(1.0));
    }
}

#[test]
fn what_was_never_ranked_is_never_found() {
    assert_eq!(average_precision(&[(0.9, true)], 4, Envelope), Some(0.25));
    assert_eq!(average_precision(&[], 3, Envelope), Some(0.0));
}

#[test]
fn without_anything_to_find_there_is_no_score() {
    assert_eq!(average_precision(&[(0.9, false)], 0, Envelope), None);
}

#[test]
fn the_envelope_never_rises_with_recall() {
    // Precisions 0/1, 1/2, 2/3, 2/4, 3/5: the first two that are right are lifted to 2/3.
    let ranked = [(0.9, false), (0.8, true), (0.7, true), (0.6, false), (0.5, true)];
    let expected = (2.0 / 3.0 + 2.0 / 3.0 + 3.0 / 5.0) / 3.0;
    assert!((average_precision(&ranked, 3, Envelope).unwrap() - expected).abs() < 1e-12);
    let steps = (1.0 / 2.0 + 2.0 / 3.0 + 3.0 / 5.0) / 3.0;
    assert!((average_precision(&ranked, 3, Steps).unwrap() - steps).abs() < 1e-12);
}

#[test]
fn equal_confidences_are_one_threshold_whatever_their_order() {
    let ranked = [(0.9, true), (0.5, false), (0.5, true), (0.5, false)];
    let turned = [(0.5, true), (0.5, false), (0.9, true), (0.5, false)];
    for interpolation in [Steps, Envelope] {
        assert_eq!(average_precision(&ranked, 2, interpolation), Some(f64::midpoint(1.0, 0.5)));
        assert_eq!(average_precision(&turned, 2, interpolation), average_precision(&ranked, 2, interpolation));
    }
}

#[test]
fn the_envelope_lies_between_the_steps_and_the_recall() {
    let mut noise = Noise::seeded(5);
    for _ in 0..200 {
        let ranked: Vec<(f64, bool)> = (0..30).map(|_| (f64::from(noise.below(12)), noise.below(3) == 0)).collect();
        let right = ranked.iter().filter(|(_, right)| *right).count();
        let [steps, envelope] = [Steps, Envelope].map(|kind| average_precision(&ranked, right + 5, kind).unwrap());
        let recall = right as f64 / (right + 5) as f64;
        assert!(steps <= envelope + 1e-12 && envelope <= recall + 1e-12, "{steps} {envelope} {recall}");
    }
}

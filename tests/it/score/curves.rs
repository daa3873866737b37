use cytoscribe::score::{
    average_precision::{Interpolation, average_precision},
    curves::{Ranked, calibration},
};

use crate::pictures::Noise;

#[test]
fn a_perfect_order_encloses_everything() {
    let ranked = Ranked::of(&[(0.2, false), (0.9, true), (0.1, false), (0.8, true)]);
    assert_eq!((ranked.average_precision(), ranked.area_under_curve()), (Some(1.0), Some(1.0)));
    assert_eq!(
        ranked.receiver_operating_characteristic(),
        [(0.0, 0.0), (0.0, 0.5), (0.0, 1.0), (0.5, 1.0), (1.0, 1.0)]
    );
}

#[test]
fn equal_probabilities_are_one_point() {
    // One positive above, then a tie of one positive and two negatives: (1/1 + 2/4) / 2, and (2 + 1) of 4 pairs.
    let ranked = Ranked::of(&[(0.5, false), (0.9, true), (0.5, true), (0.5, false)]);
    assert_eq!(ranked.precision_recall(), [(0.5, 1.0), (1.0, 0.5)]);
    assert_eq!(ranked.receiver_operating_characteristic(), [(0.0, 0.0), (0.0, 0.5), (1.0, 1.0)]);
    assert_eq!(ranked.average_precision(), Some(0.75));
    assert_eq!(ranked.area_under_curve(), Some(0.75));
    let tie = &ranked.thresholds()[1];
    assert_eq!((tie.at, tie.true_positives, tie.false_positives), (0.5, 2, 2));
}

#[test]
fn one_kind_of_cells_has_no_curve() {
    let positives = Ranked::of(&[(0.5, true), (0.6, true)]);
    assert!(positives.receiver_operating_characteristic().is_empty());
    assert_eq!((positives.area_under_curve(), positives.average_precision()), (None, Some(1.0)));
    let negatives = Ranked::of(&[(0.5, false)]);
    assert!(negatives.precision_recall().is_empty());
    assert_eq!(negatives.average_precision(), None);
    assert_eq!(Ranked::of(&[]).counts(), (0, 0));
}

#[test]
fn the_area_below_the_steps_is_the_average_precision() {
    let mut noise = Noise::seeded(9);
    for _ in 0..100 {
        let cells: Vec<(f32, bool)> = (0..40).map(|_| (noise.below(12) as f32, noise.below(3) == 0)).collect();
        let right = cells.iter().filter(|(_, right)| *right).count();
        let wide: Vec<(f64, bool)> = cells.iter().map(|&(at, right)| (f64::from(at), right)).collect();
        let expected = average_precision(&wide, right, Interpolation::None).unwrap();
        let ranked = Ranked::of(&cells);
        assert!((ranked.average_precision().unwrap() - expected).abs() < 1e-12);
        // By pairs, one by one.
        let mut in_order = 0.0;
        for (positive, _) in cells.iter().filter(|(_, right)| *right) {
            for (negative, _) in cells.iter().filter(|(_, right)| !*right) {
                in_order += f64::from(u8::from(positive > negative)) + 0.5 * f64::from(u8::from(positive >= negative))
                    - 0.5 * f64::from(u8::from(positive > negative));
            }
        }
        let pairs = (right * (40 - right)) as f64;
        assert!((ranked.area_under_curve().unwrap() - in_order / pairs).abs() < 1e-12);
    }
}

#[test]
fn bins_hold_what_was_predicted_and_what_was_observed() {
    let cells = [(0.0, false), (0.19, true), (0.2, false), (0.3, true), (0.99, true), (1.0, true), (f32::NAN, true)];
    let bins = calibration(&cells, 5);
    assert_eq!(
        bins.iter().map(|bin| (bin.cells, bin.positives)).collect::<Vec<_>>(),
        [(2, 1), (2, 1), (0, 0), (0, 0), (2, 2)]
    );
    assert!((bins[1].predicted.unwrap() - 0.25).abs() < 1e-6);
    let observed = bins[1].observed.unwrap();
    assert!((observed.share - 0.5).abs() < 1e-12);
    assert!(observed.interval.0 < 0.1 && observed.interval.1 > 0.9);
    assert_eq!((bins[2].predicted, bins[2].observed), (None, None));
    assert!(calibration(&cells, 0).is_empty());
}

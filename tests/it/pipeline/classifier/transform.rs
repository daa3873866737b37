//! From features to components: what standardisation and whitening promise.

use cytoscribe::pipeline::classifier::{Logit, NormalRanks, Scaling, Standardisation, Whitening};
use ndarray::{Array2, Axis, array};

use super::Lot;

fn rows(features: &Array2<f32>) -> Vec<usize> {
    (0..features.nrows()).collect()
}

/// 300 cells of 12 features: six drawn, the others sums of these.
fn dependent_features() -> Array2<f32> {
    let mut lot = Lot(11);
    let free = Array2::from_shape_fn((300, 6), |_| lot.normal() * 0.1);
    let mix = Array2::from_shape_fn((6, 6), |_| lot.normal());
    let sums = free.dot(&mix);
    ndarray::concatenate![Axis(1), free, sums].mapv(|value| value as f32)
}

#[test]
fn standardised_features_have_mean_zero_and_deviation_one() {
    let mut lot = Lot(1);
    let features = Array2::from_shape_fn((500, 3), |(_, feature)| {
        (lot.normal() * [1.0, 1e-6, 1e4][feature] + [0.0, 1e-3, 1e5][feature]) as f32
    });
    let standardised =
        Standardisation::fit(features.view(), &rows(&features), 10.0).apply_rows(features.view(), &rows(&features));
    for feature in standardised.columns() {
        assert!(feature.mean().unwrap().abs() < 1e-8);
        assert!((feature.std(0.0) - 1.0).abs() < 1e-8);
    }
}

#[test]
fn the_scale_is_that_of_the_inverse_hyperbolic_sine() {
    let values = [-3e30_f32, -250.0, -1.0, -1e-3, -1e-5, 0.0, 2e-9, 5e-5, 2e-4, 0.3, 1.0, 77.0, 1e12, f32::MAX];
    let features = Array2::from_shape_vec((values.len(), 1), values.to_vec()).unwrap();
    let standardisation = Standardisation::fit(features.view(), &rows(&features), 1e3);
    let scale = standardisation.scales[0];
    for &value in &values {
        let expected = (f64::from(value).asinh() - scale.centre) * scale.scale;
        let found = standardisation.apply(array![value].view()).next().unwrap();
        assert!((found - expected).abs() < 1e-14, "{value}: {found} for {expected}");
    }
}

#[test]
fn features_are_cut_off_at_the_clip() {
    let mut features = Array2::<f32>::from_shape_fn((100, 1), |(cell, _)| (cell % 2) as f32);
    features[[0, 0]] = 1e30;
    features[[1, 0]] = -1e30;
    let standardised =
        Standardisation::fit(features.view(), &rows(&features), 2.0).apply_rows(features.view(), &rows(&features));
    assert_eq!((standardised[[0, 0]], standardised[[1, 0]]), (2.0, -2.0));
    assert!(standardised.iter().all(|value| value.abs() <= 2.0));
}

#[test]
fn a_constant_feature_has_no_say() {
    let features = Array2::from_shape_fn((50, 2), |(cell, feature)| [cell as f32, 0.1][feature]);
    let standardisation = Standardisation::fit(features.view(), &rows(&features), 5.0);
    assert_eq!(standardisation.scales[1].scale, 0.0);
    assert_eq!(standardisation.apply(array![7.0, 1e9].view()).nth(1), Some(0.0));
}

#[test]
fn components_have_variance_one_and_do_not_correlate() {
    let features = dependent_features();
    let rows = rows(&features);
    let standardisation = Standardisation::fit(features.view(), &rows, 3.0);
    let whitening = Whitening::fit(&standardisation, features.view(), &rows, 5);
    let components = whitening.apply(&standardisation, features.view(), &rows);
    assert_eq!(components.dim(), (300, 5));
    let covariance = components.t().dot(&components) / 300.0;
    for ((a, b), value) in covariance.indexed_iter() {
        assert!((value - f64::from(u8::from(a == b))).abs() < 1e-9, "covariance of {a} and {b} is {value}");
    }
    assert!(components.mean_axis(Axis(0)).unwrap().iter().all(|mean| mean.abs() < 1e-9));
}

#[test]
fn copies_of_features_add_no_components() {
    let free = dependent_features().slice_move(ndarray::s![.., ..6]);
    let features = ndarray::concatenate![Axis(1), free, free, -&free];
    let standardisation = Standardisation::fit(features.view(), &rows(&features), 5.0);
    let whitening = Whitening::fit(&standardisation, features.view(), &rows(&features), 128);
    assert_eq!(whitening.components(), 6);
}

#[test]
fn there_are_fewer_components_than_cells() {
    let features = dependent_features();
    let standardisation = Standardisation::fit(features.view(), &[0, 1, 2], 5.0);
    assert_eq!(Whitening::fit(&standardisation, features.view(), &[0, 1, 2], 128).components(), 2);
    let standardisation = Standardisation::fit(features.view(), &[], 5.0);
    assert_eq!(Whitening::fit(&standardisation, features.view(), &[], 128).components(), 0);
}

#[test]
fn a_rule_on_components_says_the_same_on_features() {
    let features = dependent_features();
    let rows = rows(&features);
    let standardisation = Standardisation::fit(features.view(), &rows, 2.0);
    let whitening = Whitening::fit(&standardisation, features.view(), &rows, 4);
    let components = whitening.apply(&standardisation, features.view(), &rows);
    let positive: Vec<bool> = rows.iter().map(|row| features[[*row, 0]] + features[[*row, 7]] > 0.1).collect();
    let rule = Logit::fit(components.view(), &positive, 1.0).unwrap();
    let same_rule = whitening.on_features(&rule);
    let on_features = same_rule.probabilities(standardisation.apply_rows(features.view(), &rows).view());
    for (on_features, on_components) in on_features.iter().zip(rule.probabilities(components.view())) {
        assert!((on_features - on_components).abs() < 1e-12, "{on_features} for {on_components}");
    }
}

#[test]
fn components_of_cells_fewer_than_their_features_have_variance_one_and_do_not_correlate() {
    let mut lot = Lot(12);
    let features = Array2::from_shape_fn((9, 30), |_| lot.normal() as f32);
    let rows = rows(&features);
    let standardisation = Standardisation::fit(features.view(), &rows, 5.0);
    let whitening = Whitening::fit(&standardisation, features.view(), &rows, 30);
    let components = whitening.apply(&standardisation, features.view(), &rows);
    assert_eq!(components.dim(), (9, 8), "the mean takes one of the nine");
    let covariance = components.t().dot(&components) / 9.0;
    for ((a, b), value) in covariance.indexed_iter() {
        assert!((value - f64::from(u8::from(a == b))).abs() < 1e-9, "covariance of {a} and {b} is {value}");
    }
}

#[test]
fn few_cells_and_many_lead_to_the_same_components() {
    let mut lot = Lot(13);
    let twelve = Array2::from_shape_fn((12, 12), |_| lot.normal() as f32);
    // With each cell twice the covariance is the same, but cells are no longer fewer than features.
    let twice = ndarray::concatenate![Axis(0), twelve, twelve];
    let thirteen = ndarray::concatenate![Axis(1), twelve, Array2::zeros((12, 1))];
    let thirteen_twice = ndarray::concatenate![Axis(1), twice, Array2::zeros((24, 1))];
    let components = |features: &Array2<f32>| {
        let rows = rows(features);
        let standardisation = Standardisation::fit(features.view(), &rows, 5.0);
        let whitening = Whitening::fit(&standardisation, features.view(), &rows, 4);
        whitening.apply(&standardisation, features.view(), &rows)
    };
    let (few, many) = (components(&thirteen), components(&thirteen_twice));
    for ((cell, component), value) in few.indexed_iter() {
        assert!((value.abs() - many[[cell, component]].abs()).abs() < 1e-8, "but for their signs");
    }
}

/// Checks that the components of all these features have variance 1 and do not correlate, and how many there are.
fn check_white(features: &Array2<f32>, expected: usize) {
    let rows = rows(features);
    let standardisation = Standardisation::fit(features.view(), &rows, 20.0);
    let whitening = Whitening::fit(&standardisation, features.view(), &rows, 512);
    let components = whitening.apply(&standardisation, features.view(), &rows);
    assert_eq!(components.ncols(), expected);
    let covariance = components.t().dot(&components) / rows.len() as f64;
    for ((a, b), value) in covariance.indexed_iter() {
        assert!((value - f64::from(u8::from(a == b))).abs() < 1e-9, "covariance of {a} and {b} is {value}");
    }
}

#[test]
fn directions_of_equal_strength_are_square_to_one_another() {
    // Each cell differs from the mean in one feature alone: all directions are equally strong.
    let alone = Array2::from_shape_fn(
        (140, 70),
        |(cell, feature)| {
            if cell / 2 == feature { [1.0, -1.0][cell % 2] } else { 0.0 }
        },
    );
    check_white(&alone, 70);
    // Ten times the same seven features with independent noise of little strength: seven strong directions and many weak
    // ones, nearly equal among themselves.
    let mut lot = Lot(21);
    let free = Array2::from_shape_fn((900, 7), |_| lot.normal());
    let noisy = Array2::from_shape_fn((900, 71), |(cell, feature)| match feature {
        70 => 1.0,
        feature => (free[[cell, feature % 7]] + 0.02 * lot.normal()) as f32,
    });
    check_white(&noisy, 70);
}

#[test]
fn ranks_of_any_rising_curve_are_normal_deviates() {
    // Cubes of 3,200 numbers in a row: a hundred for each quantile.
    let features = Array2::from_shape_fn((3200, 1), |(cell, _)| (cell as f32 - 1600.0).powi(3));
    let ranks = NormalRanks::of(features.column(0), &rows(&features));
    assert!(ranks.is_sound());
    for (share, deviate) in [(0.5, 0.0), (0.841_345, 1.0), (0.158_655, -1.0), (0.933_193, 1.5)] {
        let found = ranks.deviate((share * 3200.0 - 1600.0_f32).powi(3));
        assert!((found - deviate).abs() < 0.03, "{found} for {deviate}");
    }
    // What lies beyond the outermost quantiles counts as they do.
    assert_eq!((ranks.deviate(f32::MAX), ranks.deviate(f32::MIN)), (2.153_875, -2.153_875));
    let mut before = f64::MIN;
    for value in features.column(0) {
        assert!(ranks.deviate(*value) >= before);
        before = ranks.deviate(*value);
    }
}

#[test]
fn equal_values_have_the_middle_one_of_their_ranks() {
    // Half of the cells have 0, the lower half of all; a quarter has 7, in the middle of the upper half.
    let features =
        Array2::from_shape_fn((640, 1), |(cell, _)| if cell < 320 { 0.0 } else { [8.0, 7.0, 7.0, 6.0][cell % 4] });
    let ranks = NormalRanks::of(features.column(0), &rows(&features));
    assert!((ranks.deviate(0.0) + 0.674).abs() < 0.01, "{}", ranks.deviate(0.0));
    assert!(ranks.deviate(0.0) < ranks.deviate(6.0) && ranks.deviate(6.0) < ranks.deviate(7.0));
    let constant = NormalRanks::of(Array2::from_elem((5, 1), 3.0).column(0), &[0, 1, 2, 3, 4]);
    assert!([-1.0, 3.0, 9.0].into_iter().all(|value| constant.deviate(value).abs() < 2.2));
    assert_eq!(constant.deviate(3.0), 0.0);
}

#[test]
fn features_by_ranks_come_to_one_scale_too() {
    let features = dependent_features().mapv(|value| value.powi(5));
    let rows = rows(&features);
    let standardisation = Standardisation::fit_by(Scaling::NormalRanks, features.view(), &rows, 5.0);
    for feature in standardisation.apply_rows(features.view(), &rows).columns() {
        assert!(feature.mean().unwrap().abs() < 1e-8 && (feature.std(0.0) - 1.0).abs() < 1e-8);
    }
    let text = ron::to_string(&standardisation).unwrap();
    assert_eq!(ron::from_str::<Standardisation>(&text).unwrap(), standardisation);
    let usual = Standardisation::fit(features.view(), &rows, 5.0);
    assert!(!ron::to_string(&usual).unwrap().contains("ranks"));
}

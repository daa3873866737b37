use cytoscribe::imaging::{
    Plane,
    histogram::{histogram, quantile_of_sorted, quantile_of_values, quantiles_of_counts},
};

use crate::pictures::Noise;

/// Type 7 on sorted values, as in textbooks.
fn plain_quantile(values: &[u32], p: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let position = (sorted.len() - 1) as f64 * p;
    let lower = position.floor() as usize;
    let upper = (lower + 1).min(sorted.len() - 1);
    f64::from(sorted[lower]) + position.fract() * (f64::from(sorted[upper]) - f64::from(sorted[lower]))
}

#[test]
fn quantiles_from_counts_and_from_values_are_those_of_the_sorted_values() {
    let mut noise = Noise::seeded(4);
    for count in [1, 2, 3, 10, 999] {
        let values: Vec<u32> = (0..count).map(|_| noise.below(40) * 6).collect();
        let counts = histogram(&Plane::new(1, count, values.iter().map(|&v| v as u16).collect()).unwrap());
        let probabilities = [0.0, 0.05, 0.2, 0.5, 0.98, 1.0];
        let from_counts = quantiles_of_counts(&counts, count, probabilities).unwrap();
        for (p, from_counts) in probabilities.into_iter().zip(from_counts) {
            let expected = plain_quantile(&values, p);
            assert!((from_counts - expected).abs() < 1e-9, "{count} values, p = {p}: {from_counts}, not {expected}");
            let mut sorted = values.clone();
            sorted.sort_unstable();
            let from_sorted = quantile_of_sorted(&sorted, p).unwrap();
            assert!((from_sorted - expected).abs() < 1e-9, "{count} values, p = {p}: {from_sorted}, not {expected}");
            for scale in [1, 100_000] {
                let spread = values.iter().map(|&value| value * scale);
                let from_values = quantile_of_values(spread, p, f64::from).unwrap() / f64::from(scale);
                assert!(
                    (from_values - expected).abs() < 1e-9,
                    "{count} values, p = {p}: {from_values}, not {expected}"
                );
            }
        }
    }
}

#[test]
fn no_values_have_no_quantile() {
    assert_eq!(quantiles_of_counts(&[0_u32; 256], 0, [0.5]), None);
    assert_eq!(quantile_of_values([].into_iter(), 0.5, f64::from), None);
    assert_eq!(quantile_of_sorted(&[], 0.5), None);
}

#[test]
fn a_histogram_counts_every_sample_once() {
    let counts = histogram(&Plane::from_rows(&[[7_u16, 700, 7]]));
    assert_eq!((counts[7], counts[700], counts.iter().sum::<u32>()), (2, 1, 3));
}

use cytoscribe::imaging::{
    Plane,
    histogram::quantiles_of_counts,
    median::{MedianSample, median},
    median_level::below_quantile_of_median,
};

use crate::pictures::{Noise, ODD_SIZES};

/// Where `medians` are below the quantile of those above 0, as one would say it.
fn plain_below_quantile<T: MedianSample>(medians: &Plane<T>, p: f64) -> Plane<bool> {
    let medians = medians.map(|&median| median.into());
    let mut counts = vec![0_u32; 1 << 16];
    medians.samples().iter().for_each(|&median| counts[median as usize] += 1);
    counts[0] = 0;
    let stained = counts.iter().map(|&count| count as usize).sum();
    let quantile = quantiles_of_counts(&counts, stained, [p]).map(|[quantile]| quantile);
    medians.map(|&median| quantile.is_none_or(|quantile| f64::from(median) < quantile))
}

const WINDOWS: [usize; 6] = [1, 5, 7, 11, 21, 33];
const SHARES: [f64; 4] = [0.0, 0.2, 0.5, 1.0];

fn assert_below_quantiles<T: MedianSample>(plane: &Plane<T>) {
    for window in WINDOWS {
        let medians = median(plane, window);
        for p in SHARES {
            let expected = plain_below_quantile(&medians, p);
            assert!(below_quantile_of_median(plane, window, p) == expected, "{:?}, {window}, {p}", plane.size());
        }
    }
}

#[test]
fn what_is_below_a_quantile_of_the_medians_needs_no_medians() {
    let mut noise = Noise::seeded(21);
    for size in ODD_SIZES {
        assert_below_quantiles(&noise.plane(size, |noise| noise.below(256) as u8));
        assert_below_quantiles(&noise.plane(size, |noise| noise.below(766) as u16));
    }
}

#[test]
fn slopes_of_many_levels_have_their_quantiles() {
    let mut noise = Noise::seeded(22);
    let slope = Plane::from_fn(100, 130, |row, col| (row * col / 40) as u16 + noise.below(30) as u16);
    assert_below_quantiles(&slope);
    assert_below_quantiles(&slope.map(|&level| level * 60));
    assert_below_quantiles(&slope.map(|&level| (level / 3) as u8));
}

#[test]
fn specks_on_black_have_their_quantiles_too() {
    let specks = Plane::from_fn(120, 170, |row, col| if row % 50 > 30 && col % 70 < 40 { 200_u8 } else { 0 });
    assert_below_quantiles(&specks);
    assert_below_quantiles(&Plane::filled(60, 60, 0_u16));
    assert_below_quantiles(&Plane::filled(60, 60, u16::MAX));
}

#[test]
fn windows_too_large_to_count_in_bytes_are_none_too_large() {
    let mut noise = Noise::seeded(23);
    let plane = noise.plane((40, 300), |noise| 100 + noise.below(100) as u8);
    for window in [253, 255, 257] {
        assert!(below_quantile_of_median(&plane, window, 0.3) == plain_below_quantile(&median(&plane, window), 0.3));
    }
}

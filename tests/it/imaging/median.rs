use cytoscribe::imaging::{
    Plane,
    median::{MedianSample, median},
};

use crate::pictures::{Noise, ODD_SIZES};

/// The definition: sort what the window covers, zeros outside the plane.
fn plain_median<T: MedianSample>(plane: &Plane<T>, window: usize) -> Plane<T> {
    let margin = window / 2;
    Plane::from_fn(plane.height(), plane.width(), |row, col| {
        let mut covered: Vec<T> = (0..window * window)
            .map(|k| {
                let (row, col) = ((row + k / window).checked_sub(margin), (col + k % window).checked_sub(margin));
                match (row, col) {
                    (Some(row), Some(col)) if row < plane.height() && col < plane.width() => plane[(row, col)],
                    _ => T::default(),
                }
            })
            .collect();
        covered.sort_unstable();
        covered[covered.len() / 2]
    })
}

#[test]
fn every_window_gives_the_middle_of_the_sorted_samples() {
    let mut noise = Noise::seeded(1);
    for size in ODD_SIZES {
        for window in [1, 3, 5, 7, 11, 21] {
            let bytes = noise.plane(size, |noise| noise.below(256) as u8);
            assert_eq!(median(&bytes, window), plain_median(&bytes, window), "{size:?}, window {window}");
            let sums = noise.plane(size, |noise| noise.below(766) as u16);
            assert_eq!(median(&sums, window), plain_median(&sums, window), "{size:?}, window {window}");
        }
    }
}

#[test]
fn dark_pictures_with_few_levels_have_the_same_median_by_counting() {
    let mut noise = Noise::seeded(2);
    let dim = noise.plane((40, 50), |noise| (noise.below(4) / 3) as u8 * 200);
    assert_eq!(median(&dim, 9), plain_median(&dim, 9));
}

#[test]
fn specks_far_apart_on_black_have_the_median_of_their_surroundings() {
    let mut noise = Noise::seeded(3);
    let grain = noise.plane((70, 300), |noise| noise.below(700) as u16);
    let specks =
        Plane::from_fn(70, 300, |row, col| if row % 50 > 35 && col % 140 < 25 { grain[(row, col)] } else { 0 });
    for window in [3, 5, 7, 17, 21] {
        assert_eq!(median(&specks, window), plain_median(&specks, window), "sums, window {window}");
        let bytes = specks.map(|&sample| (sample / 3) as u8);
        assert_eq!(median(&bytes, window), plain_median(&bytes, window), "bytes, window {window}");
    }
}

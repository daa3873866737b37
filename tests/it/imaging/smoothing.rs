use cytoscribe::imaging::{
    Plane,
    extremes::{largest_around, smallest_around},
    resize::area_mean,
    smoothing::gaussian,
};

use crate::pictures::Noise;

fn noise(height: usize, width: usize) -> Plane<f32> {
    let mut noise = Noise::seeded(5);
    Plane::from_fn(height, width, |_, _| noise.below(256) as f32)
}

/// Variance of a point's picture down the rows and across the columns, and the sum of its samples.
fn spread_of_a_point(sigma: f32) -> (f64, f64, f64) {
    let side = 201;
    let point = Plane::from_fn(side, side, |row, col| if (row, col) == (100, 100) { 1.0 } else { 0.0 });
    let smooth = gaussian(&point, sigma);
    let (mut sum, mut down, mut across) = (0.0, 0.0, 0.0);
    for row in 0..side {
        for (col, &sample) in smooth.row(row).iter().enumerate() {
            sum += f64::from(sample);
            down += f64::from(sample) * (row as f64 - 100.0).powi(2);
            across += f64::from(sample) * (col as f64 - 100.0).powi(2);
        }
    }
    (down, across, sum)
}

#[test]
fn a_point_becomes_a_hill_of_the_deviation_asked_for() {
    for sigma in [0.7, 1.0, 2.5, 3.9, 4.0, 5.3, 10.0, 25.0] {
        let (down, across, sum) = spread_of_a_point(sigma);
        assert!((sum - 1.0).abs() < 1e-4, "{sigma}: {sum}");
        for variance in [down, across] {
            let ratio = variance.sqrt() / f64::from(sigma);
            assert!((ratio - 1.0).abs() < 0.05, "{sigma}: {ratio}");
        }
    }
}

#[test]
fn what_is_flat_stays_flat_up_to_the_border_and_nothing_is_smoothed_by_nothing() {
    for sigma in [0.5, 3.0, 7.0, 40.0] {
        let smooth = gaussian(&Plane::filled(6, 11, 9.0_f32), sigma);
        assert!(smooth.samples().iter().all(|sample| (sample - 9.0).abs() < 1e-3), "{sigma}");
    }
    let picture = noise(5, 7);
    assert_eq!(gaussian(&picture, 0.0), picture);
    assert_eq!(gaussian(&Plane::filled(0, 0, 0.0_f32), 3.0).size(), (0, 0));
}

#[test]
fn the_largest_and_smallest_around_are_those_that_looking_at_every_pixel_finds() {
    for (height, width) in [(1, 1), (1, 9), (8, 1), (7, 13), (20, 11)] {
        let picture = noise(height, width);
        for radius in [0, 1, 2, 3, 9, 30] {
            let window = |row: usize, col: usize| {
                let rows = row.saturating_sub(radius)..(row + radius + 1).min(height);
                let picture = &picture;
                rows.flat_map(move |r| {
                    (col.saturating_sub(radius)..(col + radius + 1).min(width)).map(move |c| picture[(r, c)])
                })
                .collect::<Vec<f32>>()
            };
            let largest = Plane::from_fn(height, width, |r, c| window(r, c).into_iter().fold(f32::MIN, f32::max));
            let smallest = Plane::from_fn(height, width, |r, c| window(r, c).into_iter().fold(f32::MAX, f32::min));
            assert_eq!(largest_around(&picture, radius), largest, "{height} x {width}, {radius}");
            assert_eq!(smallest_around(&picture, radius), smallest, "{height} x {width}, {radius}");
        }
    }
}

#[test]
fn means_of_areas_keep_the_mean_of_the_picture() {
    let mut noise = Noise::seeded(3);
    let picture = Plane::from_fn(30, 42, |_, _| noise.below(256) as u8);
    let mean = |samples: &mut dyn Iterator<Item = f64>, count: usize| samples.sum::<f64>() / count as f64;
    let own = mean(&mut picture.samples().iter().map(|&s| f64::from(s)), 30 * 42);
    for (height, width) in [(30, 42), (10, 14), (15, 21), (7, 9), (1, 1)] {
        let shrunk = area_mean(&picture, height, width);
        assert_eq!(shrunk.size(), (height, width));
        let of_shrunk = mean(&mut shrunk.samples().iter().map(|&s| f64::from(s)), height * width);
        assert!((own - of_shrunk).abs() < 0.01, "{height} x {width}: {own} {of_shrunk}");
    }
}

use cytoscribe::imaging::{
    Plane,
    resize::{bilinear, bilinear_of_rows, nearest},
};

use crate::pictures::{Noise, ODD_SIZES, ids};

#[test]
fn the_same_size_is_a_copy() {
    let mut noise = Noise::seeded(6);
    for size in ODD_SIZES {
        let plane = noise.plane(size, |noise| noise.below(256) as u8);
        assert_eq!(bilinear(&plane, size.0, size.1), plane);
        assert_eq!(nearest(&plane, size.0, size.1), plane);
    }
}

#[test]
fn a_constant_picture_stays_constant_at_any_size() {
    for from in ODD_SIZES {
        for (height, width) in ODD_SIZES {
            let constant = Plane::filled(from.0, from.1, 77_u8);
            assert_eq!(bilinear(&constant, height, width), Plane::filled(height, width, 77));
        }
    }
}

#[test]
fn doubling_repeats_every_id() {
    let mask = ids(&["12", ".3"]);
    assert_eq!(nearest(&mask, 4, 4), ids(&["1122", "1122", "..33", "..33"]));
}

#[test]
fn thirds_take_the_middle_pixel() {
    let mask = ids(&["123456789"]);
    assert_eq!(nearest(&mask, 1, 3), ids(&["258"]));
    let ramp = Plane::from_rows(&[[0_u8, 10, 20, 30, 40, 50, 60, 70, 80]]);
    assert_eq!(bilinear(&ramp, 1, 3), Plane::from_rows(&[[10, 40, 70]]));
}

#[test]
fn enlarging_blends_between_pixel_centres_and_holds_the_border() {
    let step = Plane::from_rows(&[[0_u8, 100]]);
    assert_eq!(bilinear(&step, 1, 4), Plane::from_rows(&[[0, 25, 75, 100]]));
}

/// The definition: each target pixel by itself from the four source pixels around its centre, in this order of
/// operations.
fn plain_bilinear(plane: &Plane<u8>, height: usize, width: usize) -> Plane<u8> {
    let tap = |target: usize, from: usize, to: usize| {
        let scale = from as f64 / to as f64;
        let centre = (scale * (target + 1) as f64 + (0.5 - scale * 0.5)).clamp(1.0, from as f64);
        let before = (centre as usize).min((from - 1).max(1));
        (before - 1, before.min(from - 1), centre - before as f64)
    };
    Plane::from_fn(height, width, |row, col| {
        let (upper, lower, down) = tap(row, plane.height(), height);
        let (left, right, across) = tap(col, plane.width(), width);
        let unit = |row, col| f64::from(plane[(row, col)]) / 255.0;
        let along = |row| across * unit(row, right) + (1.0 - across) * unit(row, left);
        ((down * along(lower) + (1.0 - down) * along(upper)) * 255.0).round_ties_even() as u8
    })
}

#[test]
fn every_pixel_blends_the_four_around_its_centre() {
    let mut noise = Noise::seeded(7);
    for from in ODD_SIZES {
        let plane = noise.plane(from, |noise| noise.below(256) as u8);
        for (height, width) in ODD_SIZES.into_iter().filter(|&to| to != from) {
            assert_eq!(bilinear(&plane, height, width), plain_bilinear(&plane, height, width), "{from:?}");
        }
    }
}

#[test]
fn what_is_black_around_a_picture_need_not_be_written() {
    let mut noise = Noise::seeded(8);
    for (from, to) in [((40, 40), (17, 17)), ((40, 40), (33, 29)), ((12, 30), (25, 45)), ((20, 20), (20, 20))] {
        // A slanted band that starts and ends inside the picture; the second picture is its negative.
        let in_band = |row: usize, col: usize| row > 2 && row < 10 && (row..row + 8).contains(&col);
        let bright = noise.plane(from, |noise| noise.below(256) as u8);
        let band = Plane::from_fn(from.0, from.1, |row, col| if in_band(row, col) { bright[(row, col)] } else { 0 });
        let inverse =
            Plane::from_fn(from.0, from.1, |row, col| if in_band(row, col) { !bright[(row, col)] } else { 0 });
        let resized = bilinear_of_rows(from, to, |row, [samples, inverse_samples]| {
            let written = if row > 2 && row < 10 { row..row + 8 } else { 0..0 };
            samples[written.clone()].copy_from_slice(&band.row(row)[written.clone()]);
            inverse_samples[written.clone()].copy_from_slice(&inverse.row(row)[written.clone()]);
            written
        });
        assert_eq!(resized, [bilinear(&band, to.0, to.1), bilinear(&inverse, to.0, to.1)]);
    }
}

use cytoscribe::imaging::{
    Plane,
    resize::{bilinear, nearest},
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

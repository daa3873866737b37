//! Regions in one piece and without holes, on drawn masks.

use cytoscribe::imaging::{
    Plane,
    whole_regions::{fill_holes, keep_parts_with_cores},
};

#[test]
fn of_the_parts_of_a_region_the_one_with_most_of_its_core_stays() {
    let mut mask = Plane::from_rows(&[[4, 4, 0, 4, 0, 9], [4, 0, 0, 0, 4, 9], [0, 0, 4, 4, 0, 9], [9, 9, 0, 0, 0, 0]]);
    let cores = Plane::from_rows(&[[4, 0, 0, 4, 0, 0], [0, 0, 0, 0, 0, 0], [0, 0, 4, 9, 0, 9], [0, 0, 0, 0, 0, 0]]);
    keep_parts_with_cores(&mut mask, &cores);
    // What touches at a corner is one part; a region without a core in either of its parts keeps the first.
    let expected = Plane::from_rows(&[[0, 0, 0, 4, 0, 9], [0, 0, 0, 0, 4, 9], [0, 0, 4, 4, 0, 9], [0, 0, 0, 0, 0, 0]]);
    assert_eq!(mask, expected);
    keep_parts_with_cores(&mut mask, &cores.map(|_| 0));
    assert_eq!(mask, expected);
    let mut nothing = Plane::filled(0, 0, 0_u32);
    keep_parts_with_cores(&mut nothing, &Plane::filled(0, 0, 0));
}

#[test]
fn a_hole_is_filled_where_one_region_alone_encloses_it() {
    let mut mask = Plane::from_rows(&[
        [1, 1, 1, 1, 2, 2, 2],
        [1, 0, 1, 0, 2, 0, 0],
        [1, 0, 1, 1, 2, 2, 2],
        [1, 1, 0, 1, 0, 0, 2],
        [0, 1, 1, 1, 2, 2, 2],
    ]);
    fill_holes(&mut mask);
    // Between 1 and 2 it belongs to neither, and what reaches the border is no hole.
    let expected = Plane::from_rows(&[
        [1, 1, 1, 1, 2, 2, 2],
        [1, 1, 1, 0, 2, 0, 0],
        [1, 1, 1, 1, 2, 2, 2],
        [1, 1, 1, 1, 0, 0, 2],
        [0, 1, 1, 1, 2, 2, 2],
    ]);
    assert_eq!(mask, expected);
}

#[test]
fn a_region_within_a_region_keeps_the_gap_between_them() {
    let ring = Plane::from_fn(9, 9, |row, col| match row.abs_diff(4).max(col.abs_diff(4)) {
        0 => 7,
        3 => 5,
        _ => 0_u32,
    });
    let mut filled = ring.clone();
    fill_holes(&mut filled);
    assert_eq!(filled, ring);
    let mut alone = ring.map(|&id| if id == 7 { 0 } else { id });
    fill_holes(&mut alone);
    assert!((2..7).all(|row| (2..7).all(|col| alone[(row, col)] == 5)));
}

use std::collections::BTreeMap;

use cytoscribe::imaging::{Plane, outline::outlines};

/// Twice the area inside a closed path, by the shoelace formula; that of holes is negative.
fn doubled_area(corners: &[(u32, u32)]) -> i64 {
    let next = corners.iter().cycle().skip(1);
    corners.iter().zip(next).map(|(&(r, c), &(s, d))| i64::from(c) * i64::from(s) - i64::from(d) * i64::from(r)).sum()
}

#[test]
fn a_ring_has_an_outline_outside_and_one_around_its_hole() {
    let mask = Plane::from_rows(&[[5, 5, 5], [5, 0, 5], [5, 5, 5]]);
    let found = outlines(&mask);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].corners, [(0, 0), (0, 3), (3, 3), (3, 0)]);
    assert_eq!(found[1].corners.len(), 4);
    assert_eq!(found.iter().map(|outline| doubled_area(&outline.corners)).collect::<Vec<_>>(), [18, -2]);
}

#[test]
fn pixels_that_touch_at_a_corner_have_outlines_of_their_own() {
    let mask = Plane::from_rows(&[[1, 0], [0, 1]]);
    let found = outlines(&mask);
    assert_eq!(
        found.iter().map(|outline| &outline.corners[..]).collect::<Vec<_>>(),
        [[(0, 0), (0, 1), (1, 1), (1, 0)], [(1, 1), (1, 2), (2, 2), (2, 1)]]
    );
}

#[test]
fn the_areas_inside_outlines_are_those_of_the_regions() {
    let mut state = 7_u32;
    let mut draw = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 24
    };
    for _ in 0..50 {
        let mask = Plane::from_fn(9, 11, |_, _| if draw() < 90 { 0 } else { draw() % 3 + 1 });
        let mut areas: BTreeMap<u32, i64> = BTreeMap::new();
        for &id in mask.samples().iter().filter(|&&id| id > 0) {
            *areas.entry(id).or_default() += 1;
        }
        let mut inside: BTreeMap<u32, i64> = BTreeMap::new();
        for outline in outlines(&mask) {
            *inside.entry(outline.id).or_default() += doubled_area(&outline.corners);
            // Corners are corners: the path turns at each.
            let corners = outline.corners.iter();
            let around = corners.clone().zip(corners.clone().cycle().skip(1)).zip(corners.cycle().skip(2));
            for ((a, b), c) in around {
                assert!((a.0 == b.0) != (b.0 == c.0), "{outline:?}");
            }
        }
        assert_eq!(inside, areas.into_iter().map(|(id, area)| (id, 2 * area)).collect(), "{mask:?}");
    }
}

#[test]
fn an_empty_mask_has_no_outline() {
    assert!(outlines(&Plane::filled(3, 3, 0)).is_empty());
    assert!(outlines(&Plane::filled(0, 0, 0)).is_empty());
}

use std::{cmp::Reverse, collections::BinaryHeap};

use cytoscribe::imaging::{
    Connectivity, Plane, distance::squared_distance, regions::number_regions, watershed::watershed,
};

use crate::pictures::{Noise, ODD_SIZES, ids};

/// The same flood with a textbook's heap in place of the queues, and of all regions at once.
fn plain_watershed(depth: &Plane<u32>, markers: &Plane<u32>) -> Plane<u32> {
    let (height, width) = markers.size();
    let mut flooded = markers.clone();
    let mut heap = BinaryHeap::new();
    let mut ticket = 0;
    let mut flood_from = |(row, col): (usize, usize), flooded: &mut Plane<u32>, heap: &mut BinaryHeap<_>| {
        for c in col.saturating_sub(1)..(col + 2).min(width) {
            for r in row.saturating_sub(1)..(row + 2).min(height) {
                if depth[(r, c)] > 0 && flooded[(r, c)] == 0 {
                    flooded[(r, c)] = flooded[(row, col)];
                    heap.push((depth[(row, col)], Reverse((ticket, r, c))));
                    ticket += 1;
                }
            }
        }
    };
    for col in 0..width {
        for row in 0..height {
            if markers[(row, col)] > 0 {
                flood_from((row, col), &mut flooded, &mut heap);
            }
        }
    }
    while let Some((_, Reverse((_, row, col)))) = heap.pop() {
        flood_from((row, col), &mut flooded, &mut heap);
    }
    flooded
}

#[test]
fn floods_of_noise_are_those_of_a_heap() {
    let mut noise = Noise::seeded(7);
    for size in ODD_SIZES {
        for levels in [1, 3, 1000] {
            // From one lake with some dry spots to ponds of a few pixels.
            for land_in_10 in [2, 5, 8] {
                let depth = noise
                    .plane(size, |noise| (17 + noise.below(levels) * 300) * u32::from(noise.below(10) >= land_in_10));
                let markers = noise.plane(size, |noise| if noise.below(20) == 0 { 1 + noise.below(9) } else { 0 });
                let expected = plain_watershed(&depth, &markers);
                assert_eq!(watershed(&depth, markers), expected, "{size:?}, {levels} levels, {land_in_10} in 10 land");
            }
        }
    }
}

#[test]
fn touching_disks_become_two_cells() {
    let disk = |row: usize, col: usize, centre: usize| row.abs_diff(12).pow(2) + col.abs_diff(centre).pow(2) <= 100;
    let mask = Plane::from_fn(25, 42, |row, col| disk(row, col, 12) || disk(row, col, 29));
    let distance = squared_distance(&mask.map(|&inside| !inside));
    let markers = number_regions(&distance.map(|&d| d > 64), Connectivity::Four);
    let flooded = watershed(&distance, markers);
    for ((&id, &inside), place) in flooded.samples().iter().zip(mask.samples()).zip(0..) {
        let col: usize = place % 42;
        if inside && col.abs_diff(20) > 1 {
            assert_eq!(id, if col < 20 { 1 } else { 2 }, "column {col}");
        }
        assert_eq!(id == 0, !inside);
    }
}

#[test]
fn markers_stay_on_dry_land_and_nothing_else_enters_there() {
    let flooded = watershed(&ids(&[".7..", ".7.."]), ids(&["1..2", "...."]));
    assert_eq!(flooded, ids(&["11.2", ".1.."]));
}

#[test]
fn water_without_a_marker_stays_background() {
    let flooded = watershed(&ids(&["77.77"]), ids(&["1...."]));
    assert_eq!(flooded, ids(&["11..."]));
}

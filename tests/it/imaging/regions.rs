use cytoscribe::imaging::{
    Connectivity, Plane,
    regions::{number_regions, numbered_runs, regions, without_small_regions},
};

use crate::pictures::{Noise, ODD_SIZES, black_and_white, ids};

/// The definition: from each new pixel in column-major order, flood its region.
fn plain_regions(foreground: &Plane<bool>, connectivity: Connectivity) -> Plane<u32> {
    let (height, width) = foreground.size();
    let mut mask = Plane::filled(height, width, 0_u32);
    let mut count = 0;
    for col in 0..width {
        for row in 0..height {
            if !foreground[(row, col)] || mask[(row, col)] > 0 {
                continue;
            }
            count += 1;
            let mut waiting = vec![(row, col)];
            while let Some((row, col)) = waiting.pop() {
                if row >= height || col >= width || !foreground[(row, col)] || mask[(row, col)] > 0 {
                    continue;
                }
                mask[(row, col)] = count;
                for (down, right) in (0..9_usize).map(|k| (k / 3, k % 3)) {
                    if connectivity == Connectivity::Eight || (down == 1) != (right == 1) {
                        waiting.push(((row + down).wrapping_sub(1), (col + right).wrapping_sub(1)));
                    }
                }
            }
        }
    }
    mask
}

#[test]
fn regions_are_numbered_by_their_first_pixel_column_by_column() {
    let picture = black_and_white(&[
        "..#.#", //
        ".##.#", "....#", "##.##",
    ]);
    let expected = ids(&[
        "..2.3", //
        ".22.3", "....3", "11.33",
    ]);
    assert_eq!(number_regions(&picture, Connectivity::Four), expected);
}

#[test]
fn regions_of_noise_are_those_of_a_flood() {
    let mut noise = Noise::seeded(5);
    for size in ODD_SIZES {
        for rarity in [2, 3, 5] {
            let picture = noise.plane(size, |noise| noise.below(rarity) > 0);
            for connectivity in [Connectivity::Four, Connectivity::Eight] {
                let expected = plain_regions(&picture, connectivity);
                assert_eq!(number_regions(&picture, connectivity), expected, "{size:?}, {connectivity:?}");
                let mut painted = expected.map(|_| 0);
                for (id, row, cols) in numbered_runs(&picture, connectivity) {
                    painted.row_mut(row)[cols].fill(id);
                }
                assert_eq!(painted, expected, "{size:?}, {connectivity:?}");
            }
        }
    }
}

#[test]
fn small_regions_go_and_regions_of_just_the_area_stay() {
    let picture = black_and_white(&["##.#", "#..."]);
    assert_eq!(without_small_regions(picture.clone(), 3, Connectivity::Four), black_and_white(&["##..", "#..."]));
    assert_eq!(without_small_regions(picture.clone(), 4, Connectivity::Four), black_and_white(&["....", "...."]));
    assert_eq!(without_small_regions(picture.clone(), 0, Connectivity::Four), picture);
}

#[test]
fn every_region_is_framed_and_the_areas_add_up_to_the_foreground() {
    let mask = ids(&[
        "..55.", //
        "2...5", "2.9..",
    ]);
    let found = regions(&mask.clone().into());
    let frames: Vec<_> = found.iter().map(|r| (r.id, r.top, r.left, r.height, r.width, r.area)).collect();
    assert_eq!(frames, [(2, 1, 0, 2, 1, 2), (5, 0, 2, 2, 3, 3), (9, 2, 2, 1, 1, 1)]);
    let foreground = mask.samples().iter().filter(|&&id| id > 0).count();
    assert_eq!(found.iter().map(|region| region.area).sum::<usize>(), foreground);
}

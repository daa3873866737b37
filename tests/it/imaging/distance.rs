use cytoscribe::imaging::{
    Plane,
    distance::{INFINITE, squared_distance},
};

use crate::pictures::{Noise, ODD_SIZES, black_and_white};

/// The definition: look at every background pixel.
pub fn plain_squared_distance(background: &Plane<bool>) -> Plane<u32> {
    let (height, width) = background.size();
    let places = (0..height).flat_map(|row| (0..width).map(move |col| (row, col)));
    let background: Vec<(usize, usize)> = places.filter(|&place| background[place]).collect();
    Plane::from_fn(height, width, |row, col| {
        let squared = |&(r, c): &(usize, usize)| (r.abs_diff(row).pow(2) + c.abs_diff(col).pow(2)) as u32;
        background.iter().map(squared).min().unwrap_or(INFINITE)
    })
}

#[test]
fn every_pixel_knows_its_nearest_background() {
    let mut noise = Noise::seeded(3);
    for size in ODD_SIZES {
        for rarity in [2, 10, 100, 2000] {
            let background = noise.plane(size, |noise| noise.below(rarity) == 0);
            assert_eq!(squared_distance(&background), plain_squared_distance(&background), "{size:?}, 1 in {rarity}");
        }
    }
}

#[test]
fn one_background_pixel_in_a_corner_reaches_everywhere() {
    let mut background = Plane::filled(30, 50, false);
    background[(29, 0)] = true;
    assert_eq!(squared_distance(&background)[(0, 49)], 29 * 29 + 49 * 49);
}

#[test]
fn the_border_of_the_picture_is_no_background() {
    assert_eq!(squared_distance(&black_and_white(&["...", "..."])), Plane::filled(2, 3, INFINITE));
}

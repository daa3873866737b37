use std::cmp::Reverse;

use cytoscribe::imaging::{Plane, column_distance::ColumnDistance};

use super::distance::plain_squared_distance;
use crate::pictures::{Noise, ODD_SIZES};

/// From hardly any foreground to none of the background.
fn backgrounds() -> Vec<Plane<bool>> {
    let mut noise = Noise::seeded(9);
    let sizes = ODD_SIZES.into_iter().flat_map(|size| [1, 2, 10, 100, 2000].map(|rarity| (size, rarity)));
    sizes.map(|(size, rarity)| noise.plane(size, |noise| noise.below(rarity) == 0)).collect()
}

#[test]
fn the_distance_of_a_pixel_is_that_to_its_nearest_background() {
    for background in backgrounds() {
        let distance = ColumnDistance::to(&background);
        let found =
            Plane::from_fn(background.height(), background.width(), |row, col| distance.squared_distance((row, col)));
        assert_eq!(found, plain_squared_distance(&background));
    }
}

#[test]
fn the_farthest_pixel_is_the_first_of_the_largest_distance() {
    for background in backgrounds() {
        let (height, width) = background.size();
        let squared = plain_squared_distance(&background);
        let column_major = (0..width).flat_map(|col| (0..height).map(move |row| (row, col)));
        let first = column_major.min_by_key(|&place| Reverse(squared[place])).unwrap();
        assert_eq!(ColumnDistance::to(&background).farthest(), first, "{background:?}");
    }
}

#[test]
fn of_many_pixels_equally_far_the_first_column_by_column_is_the_farthest() {
    // A frame of background around a corridor: all pixels of its middle row but those near its ends.
    let frame = Plane::from_fn(9, 60, |row, col| row == 0 || row == 8 || col == 0 || col == 59);
    assert_eq!(ColumnDistance::to(&frame).farthest(), (4, 4));
}

#[test]
fn a_bound_is_reached_where_no_background_is_nearer() {
    for background in backgrounds() {
        let squared = plain_squared_distance(&background);
        for bounds in [[1, 2, 5], [4, 4, 50], [9, 300, 5000]] {
            let plain = squared.map(|&squared| bounds.iter().filter(|&&bound| squared >= bound).count() as u8);
            assert_eq!(ColumnDistance::to(&background).bounds_reached(bounds), plain, "{bounds:?}, {background:?}");
        }
    }
}

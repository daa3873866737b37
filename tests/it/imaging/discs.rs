//! Dilation and opening by discs, against looking at every pixel of every disc.

use cytoscribe::imaging::{
    Plane,
    discs::{dilated, opened},
};

use crate::pictures::Noise;

const SIZES: [(usize, usize); 5] = [(1, 1), (1, 9), (8, 1), (17, 13), (20, 41)];
const RADII: [f32; 7] = [0.0, 0.7, 1.0, 1.5, 2.0, 3.7, 12.0];

/// The pixels of a picture of this size that are in the disc around one.
fn disc((height, width): (usize, usize), middle: (usize, usize), radius: f32) -> Vec<(usize, usize)> {
    let apart = |one: usize, other: usize| one.abs_diff(other).pow(2) as f32;
    let pixels = (0..height).flat_map(|row| (0..width).map(move |col| (row, col)));
    pixels.filter(|&(row, col)| apart(row, middle.0) + apart(col, middle.1) <= radius * radius).collect()
}

#[test]
fn a_dilation_is_what_is_near_enough() {
    let mut noise = Noise::seeded(3);
    for size in SIZES {
        let inside = Plane::from_fn(size.0, size.1, |_, _| noise.below(20) == 0);
        for radius in RADII {
            let expected = Plane::from_fn(size.0, size.1, |row, col| {
                disc(size, (row, col), radius).into_iter().any(|near| inside[near])
            });
            assert_eq!(dilated(&inside, radius), expected, "{size:?} {radius}");
        }
    }
}

#[test]
fn an_opening_is_what_discs_within_one_region_cover() {
    let mut noise = Noise::seeded(4);
    for size in SIZES {
        // Large regions with some pixels of others.
        let mask = Plane::from_fn(size.0, size.1, |row, col| {
            if noise.below(30) == 0 { noise.below(4) } else { (row / 9 + col / 11) as u32 % 3 }
        });
        for radius in RADII {
            let mut expected = mask.map(|_| false);
            for (row, col) in disc(size, (0, 0), 100.0) {
                let covered = disc(size, (row, col), radius);
                let id = mask[(row, col)];
                if id > 0 && covered.iter().all(|&pixel| mask[pixel] == id) {
                    for pixel in covered {
                        expected[pixel] = true;
                    }
                }
            }
            assert_eq!(opened(&mask, radius), expected, "{size:?} {radius}");
        }
    }
}

use cytoscribe::imaging::{
    Plane, ToneCurve,
    blend::{Ink, blend, blend_with},
};
use rayon::ThreadPoolBuilder;

use crate::pictures::{Noise, ODD_SIZES};

fn ink(colour: [f32; 3]) -> Ink {
    Ink { curve: ToneCurve::window(10.0, 240.0), colour }
}

fn noise_planes<const N: usize>(size: (usize, usize)) -> [Plane<u8>; N] {
    let mut noise = Noise::seeded(12);
    std::array::from_fn(|_| noise.plane(size, |noise| noise.below(256) as u8))
}

/// Inks with two planes at most in each colour, and inks with more.
fn palettes() -> [[Ink; 4]; 4] {
    let (red, green, blue) = ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]);
    [
        [ink(red), ink([0.5, 0.5, 0.0]), ink(blue), ink(green)],
        [ink([0.3, 0.3, 0.3]), Ink::none(), ink([0.0, 0.2, 0.9]), ink(red)],
        [ink([1.0, 0.0, 1.0]), ink([0.5, 0.5, 0.0]), ink([0.0, 1.0, 1.0]), ink(green)],
        [ink([1.0; 3]), ink([0.7; 3]), ink([0.25; 3]), ink([0.1; 3])],
    ]
}

#[test]
fn the_short_way_and_the_long_way_give_one_picture() {
    let after = ToneCurve::gain(1.3);
    // Large enough for tables of pairs, and of no round size.
    let planes = noise_planes((301, 457));
    for inks in palettes() {
        let long = blend_with(&planes, &inks, |colours| {
            colours.as_flattened_mut().iter_mut().for_each(|sample| *sample = after.of(*sample));
        });
        assert!(blend(&planes, &inks, &after) == long);
    }
}

#[test]
fn every_pixel_is_the_sum_of_its_light() {
    for size in ODD_SIZES {
        let planes = noise_planes(size);
        for inks in palettes() {
            let picture = blend(&planes, &inks, &ToneCurve::identity());
            let expected = Plane::from_fn(size.0, size.1, |row, col| {
                [0, 1, 2].map(|colour| {
                    let light = |(plane, ink): (&Plane<u8>, &Ink)| {
                        f64::from(ink.colour[colour]) * f64::from(ink.curve.of(plane[(row, col)]))
                    };
                    planes.iter().zip(&inks).map(light).sum::<f64>().min(255.0)
                })
            });
            for (ours, expected) in picture.samples().iter().flatten().zip(expected.samples().iter().flatten()) {
                assert!((f64::from(*ours) - expected).abs() <= 0.5 + 1e-4, "{ours} is not {expected}");
            }
        }
    }
}

#[test]
fn a_picture_is_the_same_on_any_number_of_threads() {
    let planes = noise_planes((301, 457));
    for inks in palettes() {
        let on = |threads: usize| {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| blend(&planes, &inks, &ToneCurve::identity()))
        };
        assert!(on(1) == on(3));
    }
}

#[test]
fn no_planes_and_no_pixels_are_an_empty_picture() {
    assert_eq!(blend::<0>(&[], &[], &ToneCurve::identity()).size(), (0, 0));
    assert_eq!(blend(&[Plane::filled(0, 5, 0)], &[Ink::none()], &ToneCurve::identity()).size(), (0, 5));
}

use cytoscribe::imaging::{
    ToneCurve,
    histogram::{histogram, level_counts},
    tone::LumaGamma,
};

use crate::pictures::{Noise, ODD_SIZES};

/// One pixel of each level.
const ONE_OF_EACH: [u32; 256] = [1; 256];

#[test]
fn the_full_window_and_a_gain_of_one_change_nothing() {
    assert_eq!(ToneCurve::window(0.0, 255.0), ToneCurve::identity());
    assert_eq!(ToneCurve::gain(1.0), ToneCurve::identity());
}

#[test]
fn a_window_without_width_is_a_threshold() {
    for at in [0, 90, 254] {
        let threshold = ToneCurve::from_fn(|level| if level > at { 255 } else { 0 });
        assert_eq!(ToneCurve::window(f64::from(at), f64::from(at)), threshold);
    }
    assert_eq!(ToneCurve::window(255.0, 255.0), ToneCurve::from_fn(|_| 0));
}

#[test]
fn curves_one_after_another_are_one_curve() {
    let (first, second) = (ToneCurve::window(20.0, 200.0), ToneCurve::gain(0.7));
    let both = first.then(&second);
    for level in 0..=255 {
        assert_eq!(both.of(level), second.of(first.of(level)));
    }
}

#[test]
fn counts_after_a_curve_are_those_of_the_changed_picture() {
    let picture = Noise::seeded(3).plane((33, 70), |noise| noise.below(256) as u8);
    let curve = ToneCurve::window(40.0, 140.5);
    assert_eq!(curve.counts_after(&level_counts(&picture)), level_counts(&picture.map(|&level| curve.of(level))));
}

#[test]
fn levels_are_counted_alike_in_both_ways() {
    let mut noise = Noise::seeded(8);
    for size in ODD_SIZES {
        let picture = noise.plane(size, |noise| noise.below(256) as u8);
        assert_eq!(level_counts(&picture).to_vec(), histogram(&picture));
    }
}

#[test]
fn matching_a_picture_with_itself_darkens_only_the_brighter_half_and_by_one() {
    let known = ToneCurve::from_fn(|level| if (129..255).contains(&level) { level - 1 } else { level });
    assert_eq!(ToneCurve::matching(&ONE_OF_EACH, &ONE_OF_EACH), known);
}

#[test]
fn matching_never_swaps_two_levels_and_takes_on_the_range_of_the_target() {
    let mut noise = Noise::seeded(5);
    for _ in 0..20 {
        let source = std::array::from_fn(|_| noise.below(1000));
        let target = std::array::from_fn(|level| if (50..100).contains(&level) { 1 + noise.below(9) } else { 0 });
        let curve = ToneCurve::matching(&source, &target);
        let levels: Vec<u8> = (0..255).map(|level| curve.of(level)).collect();
        assert!(levels.is_sorted());
        assert!(levels.iter().all(|level| (49..100).contains(level)), "{levels:?}");
    }
}

#[test]
fn matching_nothing_is_no_error() {
    assert_eq!(ToneCurve::matching(&[0; 256], &[0; 256]).of(0), 255);
}

#[test]
fn a_gamma_of_one_changes_no_colour() {
    let gamma = LumaGamma::new(1.0);
    for number in (0..1_u32 << 24).step_by(7) {
        let [_, r, g, b] = number.to_be_bytes();
        assert_eq!(gamma.of([r, g, b]), [r, g, b]);
    }
}

#[test]
fn gamma_keeps_black_and_white_and_moves_the_greys_between() {
    for (gamma, grey) in [(0.5, 180), (2.0, 64)] {
        let gamma = LumaGamma::new(gamma);
        assert_eq!(gamma.of([0; 3]), [0; 3]);
        assert_eq!(gamma.of([255; 3]), [255; 3]);
        assert_eq!(gamma.of([127; 3]), [grey - u8::from(grey == 64); 3]);
    }
}

/// The power of a colour's light as the reference computes it, step by step.
fn gamma_of_reference(gamma: f64, colour: [u8; 3]) -> [u8; 3] {
    let single = |value: f64| f64::from(value as f32);
    let [r, g, b] = colour.map(|sample| f64::from(sample) / 255.0);
    let [red, green, blue] = colour.map(u32::from);
    let light = f64::from(299 * red + 587 * green + 114 * blue) / 255_000.0;
    let light = single(single(light).powf(gamma).clamp(0.0, 1.0));
    let i = single(0.595_716 * r - 0.274_453 * g - 0.321_263 * b).clamp(-single(0.5957), single(0.5957));
    let q = single(0.211_456 * r - 0.522_591 * g + 0.311_135 * b).clamp(-single(0.5226), single(0.5226));
    [[0.9563, 0.6210], [-0.2721, -0.6474], [-1.1070, 1.7046]]
        .map(|[of_i, of_q]| (255.0 * (light + of_i * i + of_q * q).clamp(0.0, 1.0)).round_ties_even() as u8)
}

#[test]
fn many_colours_at_a_time_become_exactly_what_each_of_them_does() {
    // Steps without a common divisor with the number of colours, so that together they come near to all of them.
    for (gamma, step) in
        [(0.1, 21), (0.35, 23), (0.6, 5), (0.9, 25), (1.0, 27), (1.4, 29), (2.2, 7), (3.0, 31), (5.0, 33), (60.0, 999)]
    {
        let colours: Vec<[u8; 3]> = (0..1_u32 << 24)
            .step_by(step)
            .map(|number| {
                let [_, r, g, b] = number.to_be_bytes();
                [r, g, b]
            })
            .collect();
        let mut changed = colours.clone();
        LumaGamma::new(gamma).change(&mut changed);
        for (&colour, &changed) in colours.iter().zip(&changed) {
            assert_eq!(changed, gamma_of_reference(gamma, colour), "{colour:?} to the power {gamma}");
        }
    }
}

#[test]
fn powers_that_no_picture_needs_are_computed_all_the_same() {
    for gamma in [0.0, -1.0, 1000.0, 1e-9] {
        let luma = LumaGamma::new(gamma);
        for colour in [[0, 0, 0], [1, 0, 0], [12, 200, 99], [255, 255, 254], [255; 3]] {
            let mut changed = [colour; 3];
            luma.change(&mut changed);
            assert_eq!(changed, [gamma_of_reference(gamma, colour); 3], "{colour:?} to the power {gamma}");
        }
    }
}

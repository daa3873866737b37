use std::fs::File;

use cytoscribe::{
    atlas::{Channel, Field},
    imaging::{Plane, ToneCurve, tone::LumaGamma},
    pipeline::composite::{CompositeParams, Palette, StainParams, Tones, Window, composite},
};
use ndarray::{Array1, Array3};
use ndarray_npy::NpzReader;

use super::golden::{field, fields};
use crate::{
    pictures::Noise,
    shared::{shared_test, tell},
};

/// The settings of the stored composites by their names.
fn golden_variants() -> [(&'static str, CompositeParams); 4] {
    let default = CompositeParams::default();
    let mut no_er = default.clone();
    no_er.stains[Channel::EndoplasmicReticulum.index()].shown = false;
    [
        ("default", default.clone()),
        ("no_er", no_er),
        ("match", CompositeParams { match_histograms: true, ..default.clone() }),
        ("gamma06_bright15", CompositeParams { gamma: 0.6, brightness: 1.5, ..default }),
    ]
}

/// Samples of the crop with its first pixel at `origin` that differ from ours.
fn differing_samples(picture: &Plane<[u8; 3]>, origin: (usize, usize), crop: &Array3<u8>) -> usize {
    let ours = |row: usize, col: usize, colour: usize| picture[(origin.0 + row, origin.1 + col)][colour];
    crop.indexed_iter().filter(|&((row, col, colour), &golden)| ours(row, col, colour) != golden).count()
}

/// Mean and population standard deviation of each colour.
fn mean_and_std(picture: &Plane<[u8; 3]>) -> [[f64; 3]; 2] {
    let pixels = picture.samples().len() as f64;
    let sums = |power: i32| {
        let of = |colour: usize| picture.samples().iter().map(|rgb| f64::from(rgb[colour]).powi(power)).sum::<f64>();
        [0, 1, 2].map(|colour| of(colour) / pixels)
    };
    let (mean, square) = (sums(1), sums(2));
    [mean, [0, 1, 2].map(|colour| (square[colour] - mean[colour] * mean[colour]).sqrt())]
}

shared_test! {
    fn composites_of_real_fields_equal_the_reference(shared: &Path) {
        let stored = |id: &String| shared.join("golden").join(id).join("composites.npz");
        let ids: Vec<String> = fields(shared).into_iter().filter(|id| stored(id).exists()).collect();
        let mut samples = 0;
        for id in &ids {
            let field = field(shared, id);
            let mut golden = NpzReader::new(File::open(stored(id)).unwrap()).unwrap();
            let bright_origin: Result<Array1<i64>, _> = golden.by_name("bright_origin");
            let bright_origin = bright_origin.ok().map(|origin| [origin[0], origin[1]]);
            for (variant, params) in golden_variants() {
                let picture = composite(&field, &params);
                let mut assert_crop = |name: &str, [row, col]: [i64; 2]| {
                    let crop: Array3<u8> = golden.by_name(name).unwrap();
                    let differing = differing_samples(&picture, (row as usize, col as usize), &crop);
                    assert_eq!(differing, 0, "{id}, {name}: samples that differ");
                    samples += crop.len();
                };
                assert_crop(variant, [768, 768]);
                if let Some(origin) = bright_origin {
                    assert_crop(&format!("{variant}_bright"), origin);
                }
                for (statistic, ours) in ["mean", "std"].into_iter().zip(mean_and_std(&picture)) {
                    let golden: Array1<f64> = golden.by_name(&format!("{variant}_{statistic}")).unwrap();
                    for (ours, golden) in ours.into_iter().zip(golden) {
                        assert!((ours - golden).abs() < 1e-6, "{id}, {variant}, {statistic}: {ours} is not {golden}");
                    }
                }
            }
        }
        tell(&format!("golden fields compared, composites: {} ({samples} samples exact)", ids.len()));
    }
}

/// A field of noise, darker than full light.
fn noise_field(size: (usize, usize)) -> Field {
    let mut noise = Noise::seeded(21);
    Field::new([200, 120, 90, 160].map(|bound| noise.plane(size, |noise| noise.below(bound) as u8))).unwrap()
}

#[test]
fn a_field_without_shown_stains_is_black() {
    let mut params = CompositeParams { match_histograms: true, ..CompositeParams::default() };
    for stain in &mut params.stains {
        *stain = StainParams { shown: false, window: Window::AUTOMATIC };
    }
    assert_eq!(composite(&noise_field((20, 30)), &params), Plane::filled(20, 30, [0; 3]));
}

#[test]
fn no_brightness_is_black() {
    for gamma in [1.0, 0.5] {
        let params = CompositeParams { brightness: 0.0, gamma, ..CompositeParams::default() };
        assert_eq!(composite(&noise_field((20, 30)), &params), Plane::filled(20, 30, [0; 3]));
    }
}

#[test]
fn a_stain_that_is_not_shown_has_no_part_even_in_matching() {
    let field = noise_field((40, 50));
    let mut other = field.planes().clone();
    other[Channel::EndoplasmicReticulum.index()] = Plane::filled(40, 50, 222);
    let other = Field::new(other).unwrap();
    let mut params = CompositeParams { match_histograms: true, ..CompositeParams::default() };
    assert_ne!(composite(&field, &params), composite(&other, &params));
    params.stains[Channel::EndoplasmicReticulum.index()].shown = false;
    assert_eq!(composite(&field, &params), composite(&other, &params));
}

#[test]
fn stains_that_are_alike_match_already() {
    let ramp = Plane::from_fn(16, 16, |row, col| (row * 16 + col) as u8);
    let field = Field::new([(); 4].map(|()| ramp.clone())).unwrap();
    let mut params = CompositeParams::grey(Channel::Protein);
    params.match_histograms = true;
    // The known off-by-one of the reference.
    let known = ramp.map(|&level| [if (129..255).contains(&level) { level - 1 } else { level }; 3]);
    assert_eq!(composite(&field, &params), known);
    for stain in &mut params.stains {
        stain.shown = true;
    }
    params.palette = Palette::ColourBlindSafe;
    let picture = composite(&field, &params);
    assert!(picture.samples().iter().zip(known.samples()).all(|(ours, known)| ours[2] == known[0].saturating_mul(2)));
}

#[test]
fn gamma_acts_on_the_colours_of_the_picture_without_it_and_brightness_after() {
    let field = noise_field((40, 50));
    let plain = composite(&field, &CompositeParams::default());
    let params = CompositeParams { gamma: 0.6, brightness: 1.5, ..CompositeParams::default() };
    let (gamma, brightness) = (LumaGamma::new(0.6), ToneCurve::gain(1.5));
    let expected = plain.map(|&colour| gamma.of(colour).map(|sample| brightness.of(sample)));
    assert_eq!(composite(&field, &params), expected);
}

#[test]
fn a_window_as_wide_as_its_levels_lights_what_lies_above() {
    let field = noise_field((40, 50));
    let mut params = CompositeParams::grey(Channel::Nucleus);
    params.stains[Channel::Nucleus.index()].window = Window::Levels { black: 45, white: 45 };
    let expected = field.plane(Channel::Nucleus).map(|&level| if level > 45 { [255; 3] } else { [0; 3] });
    assert_eq!(composite(&field, &params), expected);
}

#[test]
fn percentiles_find_the_contrast_of_a_dim_stain_and_leave_a_black_one_black() {
    let dim = Plane::from_fn(10, 100, |_, col| (20 + col / 5) as u8);
    let field = Field::new([dim.clone(), Plane::filled(10, 100, 0), dim.clone(), dim]).unwrap();
    let mut params = CompositeParams::default();
    for stain in &mut params.stains {
        stain.window = Window::Percentiles { black: 0.0, white: 100.0 };
    }
    let picture = composite(&field, &params);
    assert_eq!((picture[(0, 0)], picture[(0, 99)]), ([0, 0, 0], [255, 255, 255]));
    let mut reticulum = CompositeParams::grey(Channel::EndoplasmicReticulum);
    reticulum.stains[Channel::EndoplasmicReticulum.index()].window = Window::AUTOMATIC;
    assert_eq!(composite(&field, &reticulum), Plane::filled(10, 100, [0; 3]));
}

#[test]
fn a_part_of_a_field_drawn_in_its_tones_looks_like_the_whole() {
    let field = noise_field((40, 50));
    let part = Field::new(field.planes().each_ref().map(|plane| Plane::from_fn(8, 9, |r, c| plane[(r + 5, c + 7)])));
    let mut params = CompositeParams { match_histograms: true, ..CompositeParams::default() };
    params.stains[0].window = Window::AUTOMATIC;
    let tones = Tones::of(&field, &params);
    let whole = tones.draw(&field);
    assert_eq!(tones.draw(&part.unwrap()), Plane::from_fn(8, 9, |r, c| whole[(r + 5, c + 7)]));
}

#[test]
fn a_number_out_of_range_is_named_with_its_range() {
    let message = |change: &dyn Fn(&mut CompositeParams)| {
        let mut params = CompositeParams::default();
        change(&mut params);
        params.check().map_err(|error| error.to_string())
    };
    let error = |text: &str| Err(text.to_owned());
    assert_eq!(message(&|_| ()), Ok(()));
    assert_eq!(message(&|params| params.gamma = 0.0), error("the gamma must lie between 0.1 and 5, not 0"));
    assert_eq!(
        message(&|params| params.brightness = f64::NAN),
        error("the brightness must lie between 0 and 10, not NaN")
    );
    assert_eq!(
        message(&|params| params.stains[2].window = Window::Levels { black: 40, white: 20 }),
        error("the white point must lie between 40 and 255, not 20")
    );
    assert_eq!(message(&|params| params.stains[2].window = Window::Levels { black: 40, white: 40 }), Ok(()));
    assert_eq!(
        message(&|params| params.stains[3].window = Window::Percentiles { black: -1.0, white: 50.0 }),
        error("the black percentile must lie between 0 and 100, not -1")
    );
}

#[test]
fn numbers_out_of_range_draw_something_all_the_same() {
    let field = noise_field((4, 5));
    for value in [-3.0, 1e300, f64::NAN, f64::INFINITY] {
        let mut params = CompositeParams { gamma: value, brightness: value, ..CompositeParams::default() };
        params.stains[0].window = Window::Percentiles { black: value, white: -value };
        params.stains[1].window = Window::Levels { black: 200, white: 100 };
        assert_eq!(composite(&field, &params).size(), (4, 5));
    }
}

#[test]
fn settings_read_back_as_they_were_written_and_unknown_ones_are_refused() {
    let mut params = CompositeParams { palette: Palette::ColourBlindSafe, gamma: 0.7, ..CompositeParams::default() };
    params.stains[1] = StainParams { shown: false, window: Window::Percentiles { black: 1.0, white: 99.0 } };
    let text = ron::to_string(&params).unwrap();
    assert_eq!(ron::from_str::<CompositeParams>(&text).unwrap(), params);
    assert_eq!(ron::from_str::<CompositeParams>("()").unwrap(), CompositeParams::default());
    assert!(ron::from_str::<CompositeParams>("(gama: 0.5)").is_err());
}

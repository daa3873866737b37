use std::fs::File;

use cytoscribe::{
    atlas::Channel,
    imaging::Plane,
    pipeline::composite::{CompositeParams, composite},
};
use ndarray::{Array1, Array3};
use ndarray_npy::NpzReader;

use super::golden::{field, fields};
use crate::shared::{shared_test, tell};

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
            for (variant, params) in golden_variants() {
                let picture = composite(&field, &params);
                let mut assert_crop = |name: &str, origin| {
                    let crop: Array3<u8> = golden.by_name(name).unwrap();
                    assert_eq!(differing_samples(&picture, origin, &crop), 0, "{id}, {name}: samples that differ");
                    samples += crop.len();
                };
                assert_crop(variant, (768, 768));
                if let Ok(origin) = golden.by_name::<ndarray::OwnedRepr<i64>, ndarray::Ix1>("bright_origin") {
                    let origin = (origin[0] as usize, origin[1] as usize);
                    let crop: Array3<u8> = golden.by_name(&format!("{variant}_bright")).unwrap();
                    assert_eq!(differing_samples(&picture, origin, &crop), 0, "{id}, {variant}: bright samples");
                    samples += crop.len();
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

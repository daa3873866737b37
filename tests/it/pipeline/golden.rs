//! Segmentation and features of real fields against the stored results of the reference algorithm, pixel by pixel
//! and number by number.

use std::{fs, fs::File, path::Path};

use cytoscribe::{
    atlas::{Channel, Field},
    imaging::{Plane, resize},
    pipeline::features::{Cell, feature_names, measure},
    pipeline::segmentation::{Background, Cells, Nuclei, Preset, WorkingImage, segment},
};
use ndarray_npy::{NpzReader, ReadableElement};

use crate::shared::{shared_test, tell};

/// The fields with stored results, by ID.
pub fn fields(shared: &Path) -> Vec<String> {
    let mut ids: Vec<String> = fs::read_dir(shared.join("golden"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    ids.sort();
    assert!(!ids.is_empty(), "no stored results");
    ids
}

pub fn field(shared: &Path, id: &str) -> Field {
    let plane = |channel: Channel| {
        let path = shared.join(format!("data/hpa/{id}_{}.png", channel.colour()));
        let image = image::open(path).unwrap().into_luma8();
        Plane::new(image.height() as usize, image.width() as usize, image.into_raw()).unwrap()
    };
    Field::new(Channel::ALL.map(plane)).unwrap()
}

struct Golden(NpzReader<File>);

impl Golden {
    fn open(shared: &Path, id: &str, file: &str) -> Self {
        Self(NpzReader::new(File::open(shared.join("golden").join(id).join(file)).unwrap()).unwrap())
    }

    fn plane<T: ReadableElement + Clone>(&mut self, name: &str) -> Plane<T> {
        let array: ndarray::Array2<T> = self.0.by_name(name).unwrap();
        Plane::new(array.nrows(), array.ncols(), array.iter().cloned().collect()).unwrap()
    }

    fn ids(&mut self, name: &str) -> Plane<u32> {
        self.plane::<i32>(name).map(|&id| u32::try_from(id).unwrap())
    }
}

/// Compares without printing a million samples.
fn assert_equal<T: PartialEq + Copy>(what: &str, ours: &Plane<T>, golden: &Plane<T>) {
    assert_eq!(ours.size(), golden.size(), "{what}");
    let differing = ours.samples().iter().zip(golden.samples()).filter(|(a, b)| a != b).count();
    assert_eq!(differing, 0, "{what}: pixels that differ");
}

pub fn mask_png(path: &Path) -> Plane<u32> {
    let image = image::open(path).unwrap().into_luma16();
    let (width, height) = image.dimensions();
    let ids = image.into_raw().into_iter().map(u32::from).collect();
    Plane::new(height as usize, width as usize, ids).unwrap()
}

shared_test! {
    fn every_stage_of_the_segmentation_equals_the_reference_on_real_fields(shared: &Path) {
        let ids = fields(shared);
        for id in &ids {
            let field = field(shared, id);
            let params = Preset::Reference.params();

            let mut small = Golden::open(shared, id, "small400.npz");
            for channel in Channel::ALL {
                let ours = resize::bilinear(field.plane(channel), 400, 400);
                assert_equal(channel.name(), &ours, &small.plane(channel.colour()));
            }

            let image = WorkingImage::of(&field, params.working_size);
            let background = Background::of_nuclei(&image.nucleus, &params.nuclei_background);
            let nuclei = Nuclei::of(&background.background, params.marker_quantile);
            let mut golden = Golden::open(shared, id, "nucleus.npz");
            assert_equal("median", &background.median, &golden.plane("median"));
            assert_equal("background", &background.background, &golden.plane("background"));
            assert_equal("distance", &nuclei.squared_distance, &golden.ids("distance_squared"));
            assert_equal("markers", &nuclei.markers, &golden.ids("markers"));

            let cell_background = Background::of_cells(&image, &params.cell_background, background.rule);
            let cells = Cells::of(&cell_background.background, &nuclei.mask);
            let mut golden = Golden::open(shared, id, "masks400.npz");
            assert_equal("cell sum", &cell_background.median, &golden.plane("cell_sum_median"));
            assert_equal("cell background", &cell_background.background, &golden.plane("cell_background"));
            assert_equal("cell distance", &cells.squared_distance, &golden.ids("cell_distance_squared"));
            assert_equal("nuclei mask", &nuclei.mask, &golden.ids("nuclei_mask"));
            assert_equal("cell mask", &cells.mask, &golden.ids("cell_mask"));

            let whole = segment(&field, &params);
            let stored = shared.join("golden").join(id);
            assert_equal("full-size nuclei", &whole.nuclei_mask.to_plane(), &mask_png(&stored.join("nuclei_mask.png")));
            assert_equal("full-size cells", &whole.cell_mask.to_plane(), &mask_png(&stored.join("cell_mask.png")));
            assert!(whole.remarks.is_empty());
        }
        tell(&format!("golden fields compared, segmentation: {}", ids.len()));
    }
}

/// id and the features of one row of the stored table.
fn golden_features(shared: &Path, id: &str) -> (Vec<String>, Vec<(u32, Vec<f32>)>) {
    let mut table = csv::Reader::from_path(shared.join("golden").join(id).join("features.csv")).unwrap();
    let names = table.headers().unwrap().iter().skip(1).map(str::to_owned).collect();
    let rows = table.records().map(|record| {
        let record = record.unwrap();
        (record[0].parse().unwrap(), record.iter().skip(1).map(|value| value.parse().unwrap()).collect())
    });
    (names, rows.collect())
}

fn assert_close(id: &str, ours: &Cell, golden: &[f32], names: &[String]) {
    assert_eq!(ours.features.len(), golden.len());
    for ((name, &ours_value), &golden_value) in names.iter().zip(&ours.features).zip(golden) {
        let tolerance = 1e-6 + 1e-4 * golden_value.abs();
        let close = (ours_value - golden_value).abs() <= tolerance;
        assert!(close, "{id}, cell {}, {name}: {ours_value} is not {golden_value}", ours.id);
    }
}

shared_test! {
    fn every_feature_of_every_cell_equals_the_reference_on_real_fields(shared: &Path) {
        let expected_names: Vec<String> =
            serde_json::from_reader(File::open(shared.join("golden/feature_names.json")).unwrap()).unwrap();
        assert_eq!(feature_names(), expected_names);
        let (ids, mut values, mut exact) = (fields(shared), 0, 0);
        for id in &ids {
            let field = field(shared, id);
            let measured = measure(&field, &segment(&field, &Preset::Reference.params()));
            let (names, golden) = golden_features(shared, id);
            assert_eq!(names, expected_names);
            assert!(measured.unmeasured.is_empty());
            assert_eq!(measured.cells.len(), golden.len());
            for (ours, (cell, golden)) in measured.cells.iter().zip(&golden) {
                assert_eq!(ours.id, *cell);
                assert_close(id, ours, golden, &names);
                values += golden.len();
                exact += ours.features.iter().zip(golden).filter(|(a, b)| a.to_bits() == b.to_bits()).count();
            }
        }
        tell(&format!("golden fields compared, features: {} ({exact} of {values} values exact)", ids.len()));
    }
}

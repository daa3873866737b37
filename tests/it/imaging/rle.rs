//! Run lengths: drawn masks, laws, and the vectors of the COCO tools.

use std::{collections::BTreeMap, fs};

use cytoscribe::imaging::{
    Plane, RunLengths,
    rle::{RleError, region_run_lengths},
};
use serde_json::Value;

use crate::shared::shared_test;

/// A binary mask drawn row by row, `#` for one.
fn drawn(rows: &[&str]) -> Plane<bool> {
    Plane::from_fn(rows.len(), rows[0].len(), |row, col| rows[row].as_bytes()[col] == b'#')
}

/// Pseudo-random numbers below `below` from one seed (xorshift).
fn noise(seed: u32, below: u32) -> impl FnMut() -> u32 {
    let mut state = seed.wrapping_mul(0x9E37_79B9) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8) % below
    }
}

/// Regions of noise: a few ids, sparse and in patches, so that runs of all lengths occur.
fn noisy_regions(height: usize, width: usize, seed: u32) -> Plane<u32> {
    let mut next = noise(seed, 1000);
    let mut id = 0;
    Plane::from_fn(height, width, |_, _| {
        let roll = next();
        if roll < 300 {
            id = [0, 3, 4, 1000, u32::MAX][roll as usize % 5];
        }
        id
    })
}

const SIZES: [(usize, usize); 9] =
    [(1, 1), (1, 17), (17, 1), (2, 2), (5, 7), (64, 64), (63, 65), (129, 130), (300, 70)];

#[test]
fn runs_go_down_the_columns_and_start_with_zeros() {
    let runs = RunLengths::from_mask(&drawn(&[
        "#..", //
        "#.#", //
        ".##",
    ]));
    assert_eq!(runs.runs(), [0, 2, 3, 1, 1, 2]);
    assert_eq!(runs.area(), 5);
}

#[test]
fn a_run_goes_on_from_the_bottom_of_a_column_to_the_top_of_the_next() {
    let runs = RunLengths::from_mask(&drawn(&[
        ".##", //
        ".##", //
        "##.",
    ]));
    assert_eq!(runs.runs(), [2, 6, 1]);
}

#[test]
fn an_empty_mask_is_one_run_and_a_full_one_two() {
    assert_eq!(RunLengths::from_mask(&Plane::filled(3, 4, false)).runs(), [12]);
    assert_eq!(RunLengths::from_mask(&Plane::filled(3, 4, true)).runs(), [0, 12]);
    assert_eq!(RunLengths::from_mask(&Plane::filled(2048, 2048, false)).encode(), "PPPP4");
}

#[test]
fn a_mask_without_pixels_has_no_runs() {
    for (height, width) in [(0, 0), (0, 5), (5, 0)] {
        let runs = RunLengths::from_mask(&Plane::filled(height, width, true));
        assert!(runs.runs().is_empty());
        assert_eq!(runs.to_mask(), Plane::filled(height, width, true));
        assert_eq!(RunLengths::decode(height, width, ""), Ok(runs));
        assert!(region_run_lengths(&Plane::filled(height, width, 1).into()).is_empty());
    }
}

#[test]
fn decoding_undoes_encoding() {
    for (seed, (height, width)) in (1..).zip(SIZES) {
        let regions = noisy_regions(height, width, seed);
        let masks = [
            regions.map(|&id| id == 3),
            regions.map(|&id| id > 0),
            Plane::filled(height, width, true),
            Plane::filled(height, width, false),
        ];
        for mask in masks {
            let runs = RunLengths::from_mask(&mask);
            let text = runs.encode();
            assert!(text.len() <= RunLengths::max_text_len(height * width), "{height} x {width}: {}", text.len());
            assert_eq!(RunLengths::decode(height, width, &text).as_ref(), Ok(&runs));
            assert_eq!(runs.to_mask(), mask);
            assert_eq!(runs.area(), mask.samples().iter().filter(|&&sample| sample).count());
        }
    }
}

#[test]
fn every_run_a_mask_may_have_survives_its_text() {
    let extremes = vec![0, u32::MAX - 3, 0, 1, 0, 2];
    let runs = RunLengths::new(65_535, 65_537, extremes).unwrap();
    assert_eq!(RunLengths::decode(65_535, 65_537, runs.encode()), Ok(runs));
}

#[test]
fn each_region_has_the_runs_of_its_own_mask() {
    for (seed, (height, width)) in (1..).zip(SIZES) {
        let mask = noisy_regions(height, width, seed);
        let areas = mask.samples().iter().filter(|&&id| id > 0).fold(BTreeMap::new(), |mut areas, &id| {
            *areas.entry(id).or_insert(0) += 1;
            areas
        });
        let regions = region_run_lengths(&mask.clone().into());
        assert_eq!(regions.iter().map(|(id, runs)| (*id, runs.area())).collect::<BTreeMap<_, _>>(), areas);
        assert!(regions.is_sorted_by_key(|(id, _)| *id));
        for (id, runs) in regions {
            assert_eq!(runs, RunLengths::from_mask(&mask.map(|&sample| sample == id)), "region {id}");
        }
    }
}

#[test]
fn a_mask_where_every_pixel_is_its_own_region_is_no_problem() {
    let mask = Plane::from_fn(300, 200, |row, col| 1 + (row * 200 + col) as u32 * 7);
    let regions = region_run_lengths(&mask.into());
    assert_eq!(regions.len(), 60_000);
    assert!(regions.iter().all(|(_, runs)| runs.area() == 1));
}

#[test]
fn a_text_that_is_no_mask_is_refused_with_the_reason() {
    let cases: [(&[u8], &str); 10] = [
        (b"", "the runs add up to 0 pixels, not to 4 x 3 (width x height)"),
        (b";", "the runs add up to 11 pixels, not to 4 x 3 (width x height)"),
        (b"0=", "the runs add up to 13 pixels, not to 4 x 3 (width x height)"),
        (b"21 9", "' ' at character 2 is no run-length digit ('0' to 'o')"),
        (b"p", "'p' at character 0 is no run-length digit ('0' to 'o')"),
        (b"2\xff", "'\\xff' at character 1 is no run-length digit ('0' to 'o')"),
        (b"21P", "the text ends after 3 characters inside run 2"),
        (b"2PPPPPPP0", "run 1 has more than 7 digits"),
        (b"2O", "run 1 has the length -1"),
        (b"oooooo7", "run 0 has the length 8589934591"),
    ];
    for (text, message) in cases {
        let error = RunLengths::decode(3, 4, text).unwrap_err();
        assert_eq!(error.to_string(), message, "{}", text.escape_ascii());
    }
    let huge = RleError::Size { height: 65_536, width: 65_536 };
    assert_eq!(RunLengths::decode(65_536, 65_536, "0"), Err(huge.clone()));
    assert_eq!(huge.to_string(), "65536 x 65536 (width x height) is too large for a mask");
    assert!(RunLengths::decode(usize::MAX, 2, "0").is_err());
}

#[test]
fn runs_that_do_not_fill_the_mask_are_refused() {
    assert_eq!(RunLengths::new(3, 4, vec![5, 6]), Err(RleError::Sum { sum: 11, height: 3, width: 4 }));
    assert!(RunLengths::new(3, 4, vec![u32::MAX, 13]).is_err());
    assert!(RunLengths::new(3, 4, vec![5, 0, 7]).is_ok());
}

fn side(vector: &Value, name: &str) -> usize {
    vector[name].as_u64().unwrap() as usize
}

shared_test! {
    fn small_vectors_of_the_coco_tools_are_reproduced(shared: &Path) {
        let vectors = fs::read(shared.join("data/rle/vectors_small.json")).unwrap();
        let vectors: Vec<Value> = serde_json::from_slice(&vectors).unwrap();
        assert_eq!(vectors.len(), 26);
        for vector in vectors {
            let (name, text) = (&vector["name"], vector["counts"].as_str().unwrap());
            let runs = RunLengths::decode(side(&vector, "height"), side(&vector, "width"), text).unwrap();
            assert_eq!(runs.encode(), text, "{name}");
            assert_eq!(runs.area(), side(&vector, "area"), "{name}");
            let mask = runs.to_mask();
            assert_eq!(RunLengths::from_mask(&mask), runs, "{name}");
            if let Some(rows) = vector["rows"].as_array() {
                let rows: Vec<&str> = rows.iter().map(|row| row.as_str().unwrap()).collect();
                let drawn = Plane::from_fn(runs.height(), runs.width(), |row, col| rows[row].as_bytes()[col] == b'1');
                assert_eq!(mask, drawn, "{name}");
            }
        }
    }
}

shared_test! {
    fn real_cells_of_the_coco_tools_are_reproduced(shared: &Path) {
        let lines = fs::read_to_string(shared.join("data/rle/vectors_cells.jsonl")).unwrap();
        assert_eq!(lines.lines().count(), 171);
        for line in lines.lines() {
            let vector: Value = serde_json::from_str(line).unwrap();
            let text = vector["counts"].as_str().unwrap();
            let runs = RunLengths::decode(side(&vector, "height"), side(&vector, "width"), text).unwrap();
            assert_eq!(runs.encode(), text);
            assert_eq!(runs.area(), side(&vector, "area"));
        }
    }
}

shared_test! {
    fn golden_cell_masks_have_the_golden_run_lengths(shared: &Path) {
        let mut fields = 0;
        for folder in fs::read_dir(shared.join("golden")).unwrap().map(|entry| entry.unwrap().path()) {
            if !folder.is_dir() {
                continue;
            }
            let image = image::open(folder.join("cell_mask.png")).unwrap().into_luma16();
            let (width, height) = (image.width() as usize, image.height() as usize);
            let ids = image.into_raw().into_iter().map(u32::from).collect();
            let regions = region_run_lengths(&Plane::new(height, width, ids).unwrap().into());
            let found = regions.iter().map(|(id, runs)| [id.to_string(), runs.area().to_string(), runs.encode()]);
            let mut masks = csv::Reader::from_path(folder.join("masks.csv")).unwrap();
            let golden: Vec<_> = masks.records().map(Result::unwrap).collect();
            let golden: Vec<[String; 3]> = golden.iter().map(|row| [0, 1, 2].map(|col| row[col].to_owned())).collect();
            assert!(found.eq(golden), "{}", folder.display());
            fields += 1;
        }
        assert_eq!(fields, 6);
    }
}

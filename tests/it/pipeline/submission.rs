//! Rows of a submission: masks as words, triples, and what is said of rows that are wrong.

use std::{collections::BTreeSet, fs};

use base64::{Engine, prelude::BASE64_STANDARD};
use cytoscribe::{
    atlas::{Location, LocationSet},
    imaging::{Plane, RunLengths},
    pipeline::submission::{
        CellPrediction, RowCheck, RowText, check_row, decode_mask, encode_mask, prediction_size, prediction_string,
    },
};
use serde_json::Value;

use crate::shared::shared_test;

/// Two cells of 4 × 3 pixels (width × height).
fn two_cells() -> [RunLengths; 2] {
    let mask = Plane::from_rows(&[
        [1, 1, 0, 2], //
        [1, 0, 0, 2],
        [0, 0, 2, 2],
    ]);
    [1, 2].map(|cell| RunLengths::from_mask(&mask.map(|&id| id == cell)))
}

fn check(width: &str, height: &str, predictions: &str) -> RowCheck {
    check_row(RowText { width, height, predictions })
}

/// The messages about a row of 4 × 3 pixels.
fn messages(predictions: &str) -> Vec<String> {
    check("4", "3", predictions).defects.iter().map(ToString::to_string).collect()
}

/// A mask whose innermost text is `counts`, packed by another hand.
fn packed(counts: &[u8]) -> String {
    use std::io::Write;
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    zlib.write_all(counts).unwrap();
    BASE64_STANDARD.encode(zlib.finish().unwrap())
}

#[test]
fn a_mask_survives_being_a_word() {
    for mask in two_cells() {
        let word = encode_mask(&mask);
        assert!(!word.contains(char::is_whitespace));
        assert_eq!(decode_mask(&word, 3, 4).unwrap(), mask);
    }
}

#[test]
fn every_cell_is_written_with_all_locations() {
    let masks = two_cells().map(|mask| encode_mask(&mask));
    let probabilities = [[0.25_f32; 19], [1.0 / 3.0; 19]];
    let cells = [0, 1].map(|cell| CellPrediction {
        mask_text: &masks[cell],
        confidences: &probabilities[cell],
        locations: Location::all().collect(),
    });
    let row = prediction_string((3, 4), &cells);
    let words: Vec<&str> = row.split(' ').collect();
    assert_eq!(words.len(), 2 * 19 * 3);
    assert_eq!(words[..3], ["0", "0.250000", &masks[0]]);
    assert_eq!(words[18 * 3..20 * 3], ["18", "0.250000", &masks[0], "0", "0.333333", &masks[1]]);

    let found = check("4", "3", &row);
    assert!(found.defects.is_empty());
    assert_eq!((found.size, found.predictions, found.cells), (Some((3, 4)), 38, 2));
}

#[test]
fn a_cell_is_written_with_the_locations_that_are_asked_for_alone() {
    let masks = two_cells().map(|mask| encode_mask(&mask));
    let confidences = [[0.25_f32; 19], [1.0; 19]];
    let cell = |cell: usize, locations: &str| CellPrediction {
        mask_text: &masks[cell],
        confidences: &confidences[cell],
        locations: if locations.is_empty() { LocationSet::default() } else { locations.parse().unwrap() },
    };
    let row = prediction_string((3, 4), &[cell(0, "18|2"), cell(1, "4")]);
    let expected = format!("2 0.250000 {0} 18 0.250000 {0} 4 1.000000 {1}", masks[0], masks[1]);
    assert_eq!(row, expected);
    assert_eq!(prediction_string((3, 4), &[cell(0, ""), cell(1, "4")]), format!("4 1.000000 {}", masks[1]));
    assert_eq!(prediction_string((3, 4), &[cell(0, ""), cell(1, "")]), prediction_string((3, 4), &[]));
}

#[test]
fn the_size_of_a_row_is_known_before_it_is_made() {
    let masks = two_cells().map(|mask| encode_mask(&mask));
    for locations in ["", "9|10", "0|1|2|18", "5"] {
        let locations = if locations.is_empty() { LocationSet::default() } else { locations.parse().unwrap() };
        for all in [LocationSet::default(), Location::all().collect()] {
            let selected = [(&masks[0], locations), (&masks[1], all)];
            let cells =
                selected.map(|(mask_text, locations)| CellPrediction { mask_text, confidences: &[0.5; 19], locations });
            let size = prediction_size((3, 4), selected.map(|(mask, locations)| (locations, mask.len())));
            let row = prediction_string((3, 4), &cells);
            assert_eq!(size.bytes, row.len() as u64, "{row}");
            let found = check("4", "3", &row);
            assert_eq!(size.cells, found.cells);
            assert_eq!(size.predictions, if found.cells > 0 { found.predictions } else { 0 });
        }
    }
}

#[test]
fn an_image_without_cells_has_one_empty_mask() {
    for (height, width) in [(2048, 2048), (1728, 1728), (3, 4)] {
        let row = prediction_string((height, width), &[]);
        let mask = row.strip_prefix("0 1 ").unwrap();
        assert_eq!(decode_mask(mask, height, width).unwrap(), RunLengths::empty(height, width));
    }
}

#[test]
fn a_cell_without_a_pixel_is_not_written() {
    let [cell, _] = two_cells().map(|mask| encode_mask(&mask));
    let empty = encode_mask(&RunLengths::empty(3, 4));
    let probabilities = [0.5; 19];
    let [cell, empty] = [&cell, &empty].map(|mask_text| CellPrediction {
        mask_text,
        confidences: &probabilities,
        locations: Location::all().collect(),
    });
    assert_eq!(prediction_string((3, 4), &[empty, cell, empty]), prediction_string((3, 4), &[cell]));
    assert_eq!(prediction_string((3, 4), &[empty]), prediction_string((3, 4), &[]));
}

#[test]
fn a_word_that_is_no_mask_is_refused_with_its_broken_layer() {
    let word = encode_mask(&two_cells()[0]);
    let bytes = BASE64_STANDARD.decode(&word).unwrap();
    let mut damaged = bytes.clone();
    *damaged.last_mut().unwrap() ^= 1;
    let cases = [
        ("eNoz!".to_owned(), "not base64: Invalid symbol 33, offset 4."),
        ("eNo".to_owned(), "not base64: Invalid padding"),
        (BASE64_STANDARD.encode("counts"), "not a zlib stream: deflate decompression error: incorrect header check"),
        (BASE64_STANDARD.encode(&damaged), "not a zlib stream: deflate decompression error: incorrect data check"),
        (String::new(), "the zlib stream is cut off after 0 bytes"),
        (BASE64_STANDARD.encode(&bytes[..4]), "the zlib stream is cut off after 4 bytes"),
        (BASE64_STANDARD.encode([&bytes[..], b"abc"].concat()), "3 bytes follow the end of the zlib stream"),
        (packed(&vec![b'0'; 1 << 20]), "unpacks to more than the 14 characters a mask of this size can have"),
        (packed(b";"), "wrong run lengths: the runs add up to 11 pixels, not to 4 x 3 (width x height)"),
        (packed(b"2\n1"), "wrong run lengths: '\\n' at character 1 is no run-length digit ('0' to 'o')"),
    ];
    for (word, message) in cases {
        assert_eq!(decode_mask(&word, 3, 4).unwrap_err().to_string(), message, "{word}");
    }
}

#[test]
fn every_cut_of_a_mask_is_refused() {
    let bytes = BASE64_STANDARD.decode(encode_mask(&two_cells()[1])).unwrap();
    for len in 0..bytes.len() {
        assert!(decode_mask(&BASE64_STANDARD.encode(&bytes[..len]), 3, 4).is_err(), "{len} of {} bytes", bytes.len());
    }
}

#[test]
fn a_mask_of_noise_is_as_long_as_masks_may_be_and_still_read() {
    let checker = Plane::from_fn(301, 200, |row, col| (row + col) % 2 == 0);
    let runs = RunLengths::from_mask(&checker);
    assert_eq!(decode_mask(&encode_mask(&runs), 301, 200).unwrap(), runs);
}

#[test]
fn each_defect_of_a_row_is_named() {
    let cell = encode_mask(&two_cells()[0]);
    let other = encode_mask(&RunLengths::empty(5, 5));
    let cases: [(String, &[&str]); 13] = [
        (format!("0 1 {cell}"), &[]),
        (format!("0 1e-3 {cell} 18 -2 {cell}"), &[]),
        (String::new(), &["the prediction string is empty; an image without cells has '0 1' and an empty mask"]),
        (
            "  ".to_owned(),
            &[
                "stray spaces: 2, the first at byte 0",
                "the prediction string is empty; an image without cells has '0 1' and an empty mask",
            ],
        ),
        (format!("0 1  {cell} "), &["stray spaces: 2, the first at byte 4"]),
        (format!("0 1 {cell} 1"), &["4 words are not triples of label, confidence and mask"]),
        (format!("19 1 {cell}"), &["triple 1: the label '19' is not the number of a location (0 to 18)"]),
        (
            format!("0 1 {cell} Nuc\tleoli 1 {cell}"),
            &["triple 2: the label 'Nuc\\tleoli' is not the number of a location (0 to 18)"],
        ),
        (format!("0 NaN {cell}"), &["triple 1: the confidence 'NaN' is not a finite number"]),
        (
            format!("-1 inf {cell}"),
            &[
                "triple 1: the label '-1' is not the number of a location (0 to 18)",
                "triple 1: the confidence 'inf' is not a finite number",
            ],
        ),
        (format!("0 1e999 {cell}"), &["triple 1: the confidence '1e999' is not a finite number"]),
        (
            format!("0 1 {cell} 1 1 {other} 2 1 {other}"),
            &["triple 2: the mask: wrong run lengths: the runs add up to 25 pixels, not to 4 x 3 (width x height)"],
        ),
        (
            // The second triple lost its confidence; all that follows is out of step.
            format!("0 1 {cell} 1 {cell} 2 1 {cell} 3 1 {cell}"),
            &[
                "11 words are not triples of label, confidence and mask",
                &format!("triple 2: the confidence '{cell}' is not a finite number"),
            ],
        ),
    ];
    for (predictions, expected) in cases {
        assert_eq!(messages(&predictions), expected, "{predictions}");
    }
}

#[test]
fn a_size_that_no_image_has_is_named_and_the_masks_are_left_alone() {
    for side in ["0", "", "-4", "4.0", "65536", "four", "4 "] {
        let found = check(side, "3", "0 1 nonsense");
        let message = format!("ImageWidth is '{side}', not a number from 1 to 65535");
        assert_eq!(found.defects.iter().map(ToString::to_string).collect::<Vec<_>>(), [message]);
        assert_eq!((found.size, found.predictions, found.cells), (None, 1, 0));
    }
    assert_eq!(check("0", "x", "0 1 nonsense").defects.len(), 2);
    assert!(check("65535", "65535", &prediction_string((65_535, 65_535), &[])).defects.is_empty());
}

#[test]
fn a_long_wrong_word_is_shown_by_its_beginning() {
    let message = &messages(&format!("{} 1 {}", "9".repeat(1000), encode_mask(&two_cells()[0])))[0];
    assert_eq!(
        *message,
        format!("triple 1: the label '{}…' is not the number of a location (0 to 18)", "9".repeat(60))
    );
}

#[test]
fn a_bomb_in_a_huge_image_is_refused_without_unpacking_it() {
    let bomb = packed(&vec![b'0'; (1 << 26) + 1]);
    let error = decode_mask(&bomb, 65_535, 65_535).unwrap_err();
    assert_eq!(error.to_string(), "unpacks to more than the 67108864 characters a mask of this size can have");
}

shared_test! {
    fn words_of_python_are_read_as_the_masks_they_are(shared: &Path) {
        let small = fs::read_to_string(shared.join("data/rle/vectors_small.json")).unwrap();
        let cells = fs::read_to_string(shared.join("data/rle/vectors_cells.jsonl")).unwrap();
        let mut vectors: Vec<Value> = serde_json::from_str(&small).unwrap();
        vectors.extend(cells.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
        assert_eq!(vectors.len(), 26 + 171);
        for vector in vectors {
            let [height, width] = ["height", "width"].map(|side| vector[side].as_u64().unwrap() as usize);
            let mask = decode_mask(vector["b64zlib"].as_str().unwrap(), height, width).unwrap();
            assert_eq!(mask.encode(), vector["counts"].as_str().unwrap());
            assert_eq!(decode_mask(&encode_mask(&mask), height, width).unwrap(), mask);
        }
    }
}

shared_test! {
    fn golden_words_are_the_golden_run_lengths(shared: &Path) {
        let mut fields = BTreeSet::new();
        for folder in fs::read_dir(shared.join("golden")).unwrap().map(|entry| entry.unwrap().path()) {
            if !folder.is_dir() {
                continue;
            }
            let (width, height) = image::image_dimensions(folder.join("cell_mask.png")).unwrap();
            for row in csv::Reader::from_path(folder.join("masks.csv")).unwrap().records() {
                let row = row.unwrap();
                let mask = decode_mask(&row[3], height as usize, width as usize).unwrap();
                assert_eq!((&mask.encode(), mask.area().to_string().as_str()), (&row[2].to_owned(), &row[1]));
            }
            fields.insert(folder);
        }
        assert_eq!(fields.len(), 6);
    }
}

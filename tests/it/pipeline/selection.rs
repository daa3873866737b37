//! Which predictions of a set are written.

use cytoscribe::{
    atlas::{Location, LocationSet},
    pipeline::submission::{Keep, Selection, SubmissionParams},
};

use crate::pictures::Noise;

const ALL: u32 = Location::COUNT as u32;

/// The cells that are written with location 0, whose confidences are these and whose rate this is.
fn written(confidences: &[f32], rate: f64) -> Vec<usize> {
    let cells: Vec<[f32; 19]> = confidences.iter().map(|&confidence| [confidence; 19]).collect();
    let params = SubmissionParams { keep: Keep::BaseRate, top_locations: ALL };
    let selection = Selection::new(&params, &[rate; 19], &cells);
    let first = Location::new(0).unwrap();
    (0..cells.len()).filter(|&cell| selection.of_cell(&cells[cell]).contains(first)).collect()
}

#[test]
fn by_default_every_cell_is_written_with_every_location() {
    let cells = [[0.0; 19], [1.0; 19]];
    let selection = Selection::new(&SubmissionParams::default(), &[0.0; 19], &cells);
    assert!(cells.iter().all(|cell| selection.of_cell(cell) == Location::all().collect()));
}

#[test]
fn twice_the_rate_of_the_most_probable_cells_is_written() {
    let confidences: Vec<f32> = [5, 1, 9, 3, 7, 0, 8, 2, 6, 4, 10].map(|tenths| tenths as f32 / 10.0).into();
    // The quantiles of 11 confidences are these confidences: 1 - 2 × 0.15 is the one of 0.7.
    assert_eq!(written(&confidences, 0.15), [2, 4, 6, 10]);
    assert_eq!(written(&confidences, 0.1), [2, 6, 10]);
    assert_eq!(written(&confidences, 0.11), [2, 6, 10], "0.78 lies between 0.7 and 0.8");
    assert_eq!(written(&confidences, 0.001), [10], "the best is never below");
    assert_eq!(written(&confidences, 0.5).len(), 11);
    assert_eq!(written(&confidences, 0.9).len(), 11);
}

#[test]
fn the_cut_is_the_interpolated_quantile() {
    let mut noise = Noise::seeded(11);
    for count in [1, 2, 7, 100] {
        let confidences: Vec<f32> = (0..count).map(|_| noise.below(50) as f32 / 64.0).collect();
        for rate in [0.01, 0.1, 0.25, 1.0 / 3.0, 0.49] {
            let mut sorted = confidences.clone();
            sorted.sort_by(f32::total_cmp);
            let place = (1.0 - 2.0 * rate) * (count - 1) as f64;
            let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
            let cut = f64::from(low) + (f64::from(high) - f64::from(low)) * place.fract();
            let expected: Vec<usize> = (0..count).filter(|&cell| f64::from(confidences[cell]) >= cut - 1e-9).collect();
            assert_eq!(written(&confidences, rate), expected, "{count} cells, rate {rate}");
        }
    }
}

#[test]
fn cells_that_tie_at_the_cut_are_all_written() {
    assert_eq!(written(&[0.5, 0.9, 0.5, 0.1, 0.5], 0.2), [0, 1, 2, 4]);
    assert_eq!(written(&[0.2; 6], 0.01).len(), 6);
}

#[test]
fn a_location_that_no_training_image_carries_is_not_written() {
    assert_eq!(written(&[0.5, 0.9, 0.0], 0.0), [0; 0]);
    assert_eq!(written(&[], 0.3), [0; 0]);
}

#[test]
fn the_most_probable_locations_of_a_cell_are_written_and_of_equals_the_first() {
    let mut cell = [0.1; 19];
    (cell[3], cell[18], cell[7], cell[5]) = (0.9, 0.8, 0.5, 0.5);
    let top = |top_locations| {
        let params = SubmissionParams { keep: Keep::All, top_locations };
        Selection::new(&params, &[0.5; 19], &[cell]).of_cell(&cell)
    };
    let expected = ["3", "3|18", "3|5|18", "3|5|7|18", "0|3|5|7|18"];
    for (count, expected) in (1..).zip(expected) {
        assert_eq!(top(count), expected.parse::<LocationSet>().unwrap());
    }
    assert_eq!(top(ALL).len(), 19);
}

#[test]
fn what_is_asked_of_cells_and_of_locations_holds_together() {
    let (mut sure, mut unsure) = ([0.2; 19], [0.1; 19]);
    (sure[4], unsure[4], unsure[6]) = (0.9, 0.3, 0.25);
    let params = SubmissionParams { keep: Keep::BaseRate, top_locations: 1 };
    let selection = Selection::new(&params, &[0.2; 19], &[sure, unsure]);
    assert_eq!(selection.of_cell(&sure), "4".parse().unwrap());
    assert!(selection.of_cell(&unsure).is_empty(), "its first is below the cut, its second not its first");
}

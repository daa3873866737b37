//! From probabilities to the confidences that are written.

use cytoscribe::{
    atlas::{Location, LocationSet},
    pipeline::post_processing::{CellFacts, ImageSays, NegativeRule, PostProcessingParams, Step, confidences},
};
use ndarray::Array2;

use crate::chance::Chance;

fn whole(image: usize, area_px: u64) -> CellFacts {
    CellFacts { image, share_in_view: 1.0, area_px }
}

fn drawn(cells: usize) -> Array2<f32> {
    let mut chance = Chance::of(7);
    Array2::from_shape_fn((cells, Location::COUNT), |_| chance.below(1000) as f32 / 999.0)
}

/// Cells of three images of all sizes, some of them cut.
fn facts(cells: usize) -> Vec<CellFacts> {
    let share = |cell: usize| if cell.is_multiple_of(5) { 0.4 } else { 1.0 };
    (0..cells)
        .map(|cell| CellFacts { image: cell % 3, share_in_view: share(cell), area_px: 500 + 13 * cell as u64 })
        .collect()
}

fn labels(text: &str) -> LocationSet {
    text.parse().unwrap()
}

#[test]
fn usually_nothing_is_changed_to_the_bit() {
    let probabilities = drawn(40);
    let labels = [Some(labels("0|5")), None, Some(labels("18"))];
    assert_eq!(confidences(probabilities.view(), &facts(40), &labels, &PostProcessingParams::default()), probabilities);
}

#[test]
fn an_image_says_the_mean_of_its_cells_or_its_label_with_a_weight_for_each_location() {
    let mut probabilities = Array2::from_elem((3, Location::COUNT), 0.25);
    probabilities[(0, 4)] = 0.75;
    let cells = [whole(0, 100), whole(0, 100), whole(1, 100)];
    let location = Location::new(5).unwrap();
    let mut params = PostProcessingParams { image_weight: 0.5, ..PostProcessingParams::default() };
    let found = confidences(probabilities.view(), &cells, &[Some(labels("5")), None], &params);
    assert_eq!((found[(0, 4)], found[(1, 4)], found[(2, 4)]), (0.625, 0.375, 0.25));
    params.image_says = ImageSays::Label;
    params.own_image_weights.insert(location, 1.0);
    let found = confidences(probabilities.view(), &cells, &[Some(labels("5")), None], &params);
    assert_eq!((found[(0, 5)], found[(0, 4)]), (1.0, 0.375), "the label alone; half of no label");
    assert_eq!((found[(2, 5)], found[(2, 4)]), (0.25, 0.25), "without labels the mean");
}

#[test]
fn negative_is_what_the_most_probable_other_location_leaves() {
    let probabilities = drawn(10);
    let params = PostProcessingParams { negative: NegativeRule::OneMinusHighest, ..PostProcessingParams::default() };
    let found = confidences(probabilities.view(), &facts(10), &[], &params);
    for (after, before) in found.rows().into_iter().zip(probabilities.rows()) {
        let highest = before.iter().take(18).copied().fold(0.0, f32::max);
        assert_eq!(after[18].to_bits(), (1.0 - highest).to_bits());
        assert_eq!(after.iter().take(18).collect::<Vec<_>>(), before.iter().take(18).collect::<Vec<_>>());
    }
}

#[test]
fn cells_at_the_border_count_by_the_share_in_view() {
    let probabilities = Array2::from_elem((2, Location::COUNT), 0.8);
    let cells = [CellFacts { share_in_view: 0.5, ..whole(0, 100) }, whole(0, 100)];
    for (penalty, expected) in [(0.0, 0.8), (1.0, 0.4), (2.0, 0.2)] {
        let params = PostProcessingParams { border_penalty: penalty, ..PostProcessingParams::default() };
        let found = confidences(probabilities.view(), &cells, &[None], &params);
        assert_eq!((found[(0, 3)], found[(1, 3)]), (expected, 0.8));
    }
}

#[test]
fn only_cells_of_odd_size_are_lowered_and_one_that_is_cut_is_as_large_as_it_would_be_whole() {
    let sizes = [90, 95, 100, 105, 110, 100, 98, 102, 4000, 3];
    let mut cells: Vec<CellFacts> = sizes.iter().map(|&area| whole(0, area)).collect();
    cells.push(CellFacts { share_in_view: 0.25, ..whole(0, 25) });
    let probabilities = Array2::from_elem((cells.len(), Location::COUNT), 0.5);
    let lowered = |penalty: f64| {
        let params = PostProcessingParams { size_penalty: penalty, ..PostProcessingParams::default() };
        confidences(probabilities.view(), &cells, &[None], &params)
    };
    let (little, much) = (lowered(0.01), lowered(0.2));
    for cell in [0, 1, 2, 3, 4, 5, 6, 7, 10] {
        assert_eq!(much.row(cell), probabilities.row(cell), "cell {cell}");
    }
    for cell in [8, 9] {
        assert!(much[(cell, 0)] < little[(cell, 0)] && little[(cell, 0)] < 0.5, "cell {cell}");
    }
}

#[test]
fn confidences_stay_between_0_and_1_at_the_ends_of_all_ranges() {
    let params = PostProcessingParams {
        image_says: ImageSays::Label,
        image_weight: 1.0,
        border_penalty: 4.0,
        size_penalty: 2.0,
        negative: NegativeRule::OneMinusHighest,
        ..PostProcessingParams::default()
    };
    assert_eq!(params.check(), Ok(()));
    let found = confidences(drawn(60).view(), &facts(60), &[Some(labels("1")), None, Some(labels("0"))], &params);
    assert!(found.iter().all(|confidence| (0.0..=1.0).contains(confidence)));
    assert!(PostProcessingParams { image_weight: f64::NAN, ..params.clone() }.check().is_err());
    assert!(PostProcessingParams { own_image_weights: [(Location::NEGATIVE, 1.5)].into(), ..params }.check().is_err());
}

#[test]
fn each_step_can_be_tried_alone() {
    let params = PostProcessingParams {
        image_weight: 0.3,
        border_penalty: 1.0,
        size_penalty: 1.0,
        negative: NegativeRule::OneMinusHighest,
        ..PostProcessingParams::default()
    };
    for step in Step::ALL {
        let alone = params.only(step);
        assert_eq!(Step::ALL.map(|other| alone.has(other)), Step::ALL.map(|other| other == step), "{step:?}");
    }
}

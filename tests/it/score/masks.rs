use cytoscribe::{
    imaging::Plane,
    score::{
        RegionCounts, SizesDiffer, compare_masks,
        masks::{THRESHOLDS_PERCENT, total},
        overlap::Overlaps,
    },
    storage::masks::read_mask,
};

use crate::{
    pictures::{Noise, ids},
    shared::shared_test,
};

fn compared(truth: &[&str], found: &[&str]) -> RegionCounts {
    compare_masks(&ids(truth), &ids(found)).unwrap()
}

/// Truth: matched at 0.5, split, merged, missed; found besides: extra.
fn fates(counts: &RegionCounts) -> [usize; 5] {
    [counts.matched[0], counts.split, counts.merged, counts.missed, counts.extra]
}

#[test]
fn the_same_regions_under_other_ids_are_perfect() {
    let counts = compared(&["1122", "1133"], &["9944", "9922"]);
    assert_eq!(counts.matched, [3; 10]);
    assert_eq!(fates(&counts), [3, 0, 0, 0, 0]);
    let score = counts.score();
    assert_eq!((score.at_60.precision, score.at_60.recall, score.at_60.f1), (Some(1.0), Some(1.0), Some(1.0)));
    assert_eq!((score.average_precision_50_to_95, score.mean_best_iou), (1.0, Some(1.0)));
}

#[test]
fn a_match_needs_more_than_the_threshold() {
    // Three of six pixels, then three of five.
    assert_eq!(compared(&["111111"], &["222..."]).matched, [0; 10]);
    assert_eq!(compared(&["11111."], &["222..."]).matched, [1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn average_precision_counts_matched_missed_and_extra_at_every_threshold() {
    // 1 of intersection over union 3/4, 1 of 1; one missed, one extra.
    let score = compared(&["1111.22.33."], &["111..22...4"]).score();
    assert_eq!((score.truth, score.found, score.at_50.matched, score.average_precision_50), (3, 3, 2, 2.0 / 4.0));
    // Above 0.50 to 0.70 two match; 3/4 is not above 0.75.
    let mean = (5.0 * 2.0 / 4.0 + 5.0 * 1.0 / 5.0) / 10.0;
    assert!((score.average_precision_50_to_95 - mean).abs() < 1e-12);
    assert_eq!(score.mean_best_iou, Some((0.75 + 1.0 + 0.0) / 3.0));
}

#[test]
fn a_region_in_two_pieces_is_split() {
    let counts = compared(&["11111111", "22222222"], &["3333.444", "55555555"]);
    assert_eq!(fates(&counts), [1, 1, 0, 0, 0]);
}

#[test]
fn a_region_with_a_match_and_a_speck_beside_it_is_not_split_but_the_speck_is_extra() {
    let counts = compared(&["11111111"], &["333333.4"]);
    assert_eq!(fates(&counts), [1, 0, 0, 0, 1]);
}

#[test]
fn two_regions_in_one_are_merged() {
    let counts = compared(&["1111.2222"], &["333333333"]);
    assert_eq!(fates(&counts), [0, 0, 2, 0, 0]);
}

#[test]
fn a_region_swallowed_by_the_match_of_another_is_merged() {
    let counts = compared(&["11111122"], &["33333333"]);
    assert_eq!(fates(&counts), [1, 0, 1, 0, 0]);
}

#[test]
fn a_region_found_too_large_or_too_small_is_missed_and_extra() {
    assert_eq!(fates(&compared(&["111...."], &["2222222"])), [0, 0, 0, 1, 1]);
    assert_eq!(fates(&compared(&["1111111"], &["222...."])), [0, 0, 0, 1, 1]);
}

#[test]
fn nothing_where_nothing_is_counts_as_right_and_anything_there_as_wrong() {
    let score = compared(&["...."], &["...."]).score();
    assert_eq!((score.average_precision_50, score.at_50.f1, score.mean_best_iou), (1.0, None, None));
    let score = compared(&["...."], &["11.."]).score();
    assert_eq!((score.average_precision_50, score.at_50.precision, score.at_50.recall), (0.0, Some(0.0), None));
}

#[test]
fn the_total_counts_regions_but_means_average_precision_over_fields() {
    let fields = [compared(&["11"], &["11"]), compared(&["11.22.33"], &["11......"])];
    let total = total(&fields).unwrap();
    assert_eq!((total.truth, total.found, total.at_50.matched, total.missed), (4, 2, 2, 2));
    assert_eq!((total.average_precision_50, total.at_50.recall), (f64::midpoint(1.0, 1.0 / 3.0), Some(0.5)));
    assert_eq!(total.mean_best_iou, Some(0.5));
}

#[test]
fn masks_of_different_sizes_are_not_compared() {
    let differ = compare_masks(&Plane::filled(2, 3, 1), &Plane::filled(3, 2, 1)).unwrap_err();
    assert_eq!(differ, SizesDiffer { truth: (2, 3), found: (3, 2) });
    assert_eq!(differ.to_string(), "the truth is 3 x 2 pixels, what was found 2 x 3 (width x height)");
}

#[test]
fn swapped_roles_swap_precision_and_recall_and_every_region_has_one_fate() {
    let mut noise = Noise::seeded(11);
    for _ in 0..100 {
        let [truth, found] = [0, 1].map(|_| {
            let (height, cell) = (1 + noise.below(3) as usize, 2 + noise.below(4) as usize);
            Plane::from_fn(6, 24, |row, col| {
                ((row / height * 7 + col / cell) as u32 % 9).saturating_sub(noise.below(2))
            })
        });
        let [one, other] = [compare_masks(&truth, &found), compare_masks(&found, &truth)].map(Result::unwrap);
        assert_eq!(one.matched, other.matched);
        let [a, b] = [one.score(), other.score()];
        assert_eq!((a.at_50.precision, a.at_50.recall), (b.at_50.recall, b.at_50.precision));
        assert_eq!(Some(a.average_precision_50_to_95), Some(b.average_precision_50_to_95));
        for counts in [&one, &other] {
            assert_eq!(counts.matched[0] + counts.split + counts.merged + counts.missed, counts.truth);
            assert!(counts.matched[0] + counts.extra <= counts.found);
        }
    }
}

#[test]
fn overlaps_are_those_of_counting_pixel_by_pixel() {
    let mut noise = Noise::seeded(3);
    let [truth, found] = [0, 1].map(|_| noise.plane((33, 70), |noise| noise.below(4)));
    let overlaps = Overlaps::of(&truth, &found).unwrap();
    let count = |inside: &dyn Fn(u32, u32) -> bool| {
        truth.samples().iter().zip(found.samples()).filter(|(truth, found)| inside(**truth, **found)).count() as u64
    };
    for a in 1..4 {
        assert_eq!(overlaps.truth[&a], count(&|truth, _| truth == a));
        assert_eq!(overlaps.found[&a], count(&|_, found| found == a));
        for b in 1..4 {
            assert_eq!(overlaps.shared[&(a, b)], count(&|truth, found| (truth, found) == (a, b)));
        }
    }
    assert_eq!((overlaps.truth.len(), overlaps.found.len(), overlaps.shared.len()), (3, 3, 9));
}

shared_test! {
    fn every_true_mask_matches_itself(shared: &Path) {
        let mut cells = 0;
        for entry in std::fs::read_dir(shared.join("data/hpa_cellseg")).unwrap() {
            let mask = read_mask(&entry.unwrap().path()).unwrap();
            let counts = compare_masks(&mask, &mask).unwrap();
            assert_eq!(counts.matched, [counts.truth; THRESHOLDS_PERCENT.len()]);
            cells += counts.truth;
        }
        assert_eq!(cells, 55);
    }
}

//! Tuning by example on drawn nuclei: what is asked for is found, whatever the number of threads.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use cytoscribe::{
    atlas::Field,
    imaging::{Plane, ScaledMask},
    pipeline::{
        features::anchor::anchored_cells,
        segmentation::{Preset, Segmentation, SegmentationParams, StandardParams, segment},
        tuning::{
            Example, MOST_SETTINGS, Mark, MarkedRegion, Opinion, ReferenceMasks, Stopped, Tuned, Watch, changes, marks,
            search,
        },
    },
    score::{RegionCounts, compare_masks},
};

use super::standard::{Ellipse, drawn};

const NOBODY: Watch = Watch { stop: &|| false, progress: &|_| {} };

/// Two nuclei that touch, so that they are one with little `split`.
const PAIR: [[Ellipse; 1]; 2] = [[((240.0, 180.0), (26.0, 27.0))], [((244.0, 226.0), (27.0, 25.0))]];

/// Nuclei that stand alone.
const ALONE: [[Ellipse; 1]; 3] =
    [[((60.0, 70.0), (24.0, 30.0))], [((80.0, 250.0), (28.0, 24.0))], [((256.0, 66.0), (30.0, 25.0))]];

fn plain() -> Field {
    drawn(320, &ALONE.each_ref().map(|one| (&one[..], 140.0)))
}

fn field() -> Field {
    let alone = ALONE.each_ref().map(|one| (&one[..], 140.0));
    drawn(320, &[&alone[..], &[(&PAIR[0][..], 150.0), (&PAIR[1][..], 130.0)]].concat())
}

/// Small, for there is much to be tried.
fn standard() -> SegmentationParams {
    SegmentationParams { working_size: 160, ..Preset::Standard.params() }
}

fn with(nucleus_threshold: f64, split: f64, cell_extent: f64) -> SegmentationParams {
    SegmentationParams { standard: StandardParams { nucleus_threshold, split, cell_extent }, ..standard() }
}

fn nearness(truth: &Plane<u32>, found: &Plane<u32>) -> f64 {
    compare_masks(truth, found).map_or(0.0, |counts| RegionCounts::mean_f1(&counts))
}

fn tuned(example: Example, present: &SegmentationParams) -> Tuned {
    search(&[example], present, &nearness, &NOBODY).unwrap()
}

fn by_marks(field: &Field, marks: &[Mark], present: &SegmentationParams) -> Tuned {
    tuned(Example { field, marks, reference: None }, present)
}

/// The cell at a pixel as it is marked.
fn mark(found: &Segmentation, pixel: (usize, usize), opinion: Opinion) -> Mark {
    let id = found.cell_mask.id(pixel);
    let anchor = anchored_cells(found).into_iter().find(|cell| cell.id == id).unwrap().anchor;
    let (height, width) = found.cell_mask.computed().size();
    Mark { anchor, opinion, region: MarkedRegion::of(&found.cell_mask, id, 0..height, 0..width).unwrap() }
}

fn iou(region: &Mark, found: &Segmentation) -> f64 {
    let (height, width) = found.cell_mask.size();
    let marked = Plane::from_fn(height, width, |row, col| u32::from(region.region.holds((row as u32, col as u32))));
    let best = compare_masks(&marked, &found.cell_mask.to_plane()).unwrap();
    best.best_iou_sum
}

#[test]
fn masks_that_some_setting_has_made_are_reached_again_from_another_one() {
    let field = field();
    let Segmentation { nuclei_mask, cell_mask, .. } = segment(&field, &with(0.33, 0.72, 0.34));
    let reference = ReferenceMasks { nuclei: Some(nuclei_mask.to_plane()), cells: Some(cell_mask.to_plane()) };
    let present = with(0.6, 0.1, 0.8);
    let tuned = tuned(Example { field: &field, marks: &[], reference: Some(&reference) }, &present);
    assert!(tuned.present.score < 0.8, "{}", tuned.present.score);
    assert!(tuned.best[0].score > 0.97, "{:?}", tuned.best[0]);
    assert!(tuned.settings <= MOST_SETTINGS);
    assert_eq!(tuned.present.params, present);
    // What is told of it is what it changes.
    let told = changes(&present, &tuned.best[0].params);
    assert_eq!(told[0].name, "nucleus threshold");
    assert_eq!(told[0].effect, "larger nuclei");
}

#[test]
fn nuclei_that_were_marked_good_apart_are_parted() {
    let field = field();
    let (apart, together) = (with(0.5, 0.9, 0.5), with(0.5, 0.0, 0.5));
    let wished = segment(&field, &apart);
    let marks = [(240, 170), (244, 236), (80, 250)].map(|pixel| mark(&wished, pixel, Opinion::Good));
    assert_ne!(marks[0], marks[1]);
    let tuned = by_marks(&field, &marks, &together);
    assert!(tuned.present.score < 0.9, "{}", tuned.present.score);
    assert!(tuned.best[0].score > 0.99, "{:?}", tuned.best[0]);
    assert!(tuned.best[0].params.standard.split > 0.0);
    let found = segment(&field, &tuned.best[0].params);
    assert!(marks.iter().all(|mark| iou(mark, &found) >= 0.79), "{:?}", tuned.best[0]);
}

#[test]
fn a_cell_that_was_marked_bad_is_not_found_again_and_one_marked_good_is_not_given_up_for_that() {
    let field = field();
    let present = with(0.5, 0.0, 0.5);
    let found = segment(&field, &present);
    let (bad, good) = (mark(&found, (240, 180), Opinion::Bad), mark(&found, (256, 66), Opinion::Good));
    assert_eq!(found.cell_mask.id((240, 180)), found.cell_mask.id((244, 226)), "they are to be one at first");
    let tuned = by_marks(&field, &[bad.clone(), good.clone()], &present);
    assert!((tuned.present.score - 0.5).abs() < 1e-9, "{}", tuned.present.score);
    let found = segment(&field, &tuned.best[0].params);
    assert!(iou(&bad, &found) <= marks::ALIKE + 0.01, "{}", iou(&bad, &found));
    assert!(iou(&good, &found) >= marks::REPRODUCED - 0.01, "{}", iou(&good, &found));
}

#[test]
fn nine_settings_differ_from_each_other_and_from_the_present_one_and_the_best_comes_first() {
    let field = field();
    let present = with(0.5, 0.0, 0.5);
    let found = segment(&field, &with(0.5, 0.9, 0.5));
    let tuned = by_marks(&field, &[mark(&found, (240, 170), Opinion::Good)], &present);
    assert_eq!(tuned.best.len(), 9);
    assert!(tuned.best.is_sorted_by(|one, other| one.score >= other.score));
    let mut masks: Vec<_> = tuned.best.iter().map(|tried| segment(&field, &tried.params)).collect();
    masks.push(segment(&field, &present));
    for (at, one) in masks.iter().enumerate() {
        assert!(!masks[at + 1..].contains(one), "setting {at} is there twice");
    }
}

#[test]
fn what_is_found_does_not_depend_on_threads_and_the_worst_image_comes_first() {
    let (crowded, plain) = (field(), plain());
    let present = with(0.5, 0.0, 0.5);
    let wished = segment(&crowded, &with(0.5, 0.9, 0.5));
    let of_crowded = [mark(&wished, (240, 170), Opinion::Good)];
    let of_plain = [mark(&segment(&plain, &present), (80, 250), Opinion::Good)];
    let found = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let examples = [
            Example { field: &plain, marks: &of_plain, reference: None },
            Example { field: &crowded, marks: &of_crowded, reference: None },
        ];
        pool.install(|| search(&examples, &present, &nearness, &NOBODY).unwrap())
    };
    let one = found(1);
    assert_eq!(one, found(3));
    assert_eq!(one.worst, [1, 0]);
    assert!((one.present.by_image[0] - 1.0).abs() < 1e-9, "{:?}", one.present);
}

#[test]
fn a_search_tells_how_far_it_is_and_can_be_stopped() {
    let field = plain();
    let marks = [mark(&segment(&field, &standard()), (80, 250), Opinion::Good)];
    let (asked, shares) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let watch = Watch {
        stop: &|| asked.fetch_add(1, Ordering::Relaxed) > 12,
        progress: &|share| shares.lock().unwrap().push(share),
    };
    let example = Example { field: &field, marks: &marks, reference: None };
    assert_eq!(search(&[example], &standard(), &nearness, &watch), Err(Stopped));
    let shares = shares.into_inner().unwrap();
    assert!(!shares.is_empty() && shares.iter().all(|share| (0.0..0.2).contains(share)), "{shares:?}");
}

#[test]
fn the_reference_method_is_searched_by_its_own_numbers() {
    let field = plain();
    let wished = SegmentationParams { working_size: 160, ..Preset::Reference.params() };
    let present = SegmentationParams { marker_quantile: 0.95, ..wished.clone() };
    let Segmentation { nuclei_mask, cell_mask, .. } = segment(&field, &wished);
    let reference = ReferenceMasks { nuclei: Some(nuclei_mask.to_plane()), cells: Some(cell_mask.to_plane()) };
    let tuned = tuned(Example { field: &field, marks: &[], reference: Some(&reference) }, &present);
    assert!(tuned.best[0].score > tuned.present.score.max(0.95), "{:?}", tuned.best[0]);
    assert_eq!(tuned.best[0].params.method, present.method);
}

#[test]
fn good_is_graded_up_to_four_fifths_and_bad_from_three_fifths_on() {
    let grades = |opinion| [0.0, 0.4, 0.6, 0.8, 1.0].map(|iou| (100.0 * marks::grade(opinion, iou)).round() as u32);
    assert_eq!(grades(Opinion::Good), [0, 50, 75, 100, 100]);
    assert_eq!(grades(Opinion::Bad), [100, 100, 100, 50, 0]);
}

#[test]
fn a_marked_region_is_written_as_a_few_characters_and_read_again_and_a_damaged_one_is_refused() {
    let mask = ScaledMask::new(Plane::from_rows(&[[0, 0, 0], [0, 7, 7], [0, 7, 0]]), 30, 30);
    let region = MarkedRegion::of(&mask, 7, 1..3, 1..3).unwrap();
    assert_eq!(region.area_px(), 300);
    assert!(region.holds((10, 10)) && region.holds((29, 10)) && !region.holds((29, 29)) && !region.holds((0, 0)));
    assert_eq!(MarkedRegion::of(&mask, 8, 1..3, 1..3), None);
    let text = ron::to_string(&region).unwrap();
    assert_eq!(ron::from_str::<MarkedRegion>(&text).unwrap(), region);
    assert!(text.len() < 160, "{text}");
    let error = ron::from_str::<MarkedRegion>(&text.replace("height:20", "height:21")).unwrap_err();
    assert!(error.to_string().contains("21"), "{error}");
}

use cytoscribe::{
    imaging::{Plane, ScaledMask},
    pipeline::{
        doubtful_fields::{FEWEST_FIELDS, FieldDoubt, FieldSigns, field_doubts},
        segmentation::SegmentationRemark,
    },
};

/// Signs of a field without a warning.
fn signs(cell_count: usize, median_area_px: f64, border_cells: usize) -> FieldSigns {
    let median_area_px = (cell_count > 0).then_some(median_area_px);
    FieldSigns { cell_count, median_area_px, border_cells, warnings: Vec::new() }
}

/// A set of images much like one another: 18 to 22 cells of about 10,000 pixels, 8 of them at the border.
fn usual_set() -> Vec<FieldSigns> {
    (0..20).map(|number| signs(18 + number % 5, 9_500.0 + 50.0 * number as f64, 7 + number % 3)).collect()
}

/// The doubts about `odd` among the images of the usual set.
fn doubts_about(odd: FieldSigns) -> Vec<FieldDoubt> {
    let mut set = usual_set();
    set.push(odd);
    let mut doubts = field_doubts(&set.iter().collect::<Vec<_>>());
    let last = doubts.pop().unwrap();
    assert!(doubts.iter().all(Vec::is_empty), "{doubts:?}");
    last
}

fn words(doubts: &[FieldDoubt]) -> Vec<String> {
    doubts.iter().map(ToString::to_string).collect()
}

#[test]
fn signs_are_the_number_the_area_in_the_middle_and_the_cells_at_the_border() {
    // Cell 2 has no pixel; 1, 4 and 5 touch a side, 3 does not.
    let mask = Plane::from_rows(&[
        [1, 1, 0, 0, 0, 0],
        [1, 0, 3, 3, 0, 4],
        [0, 0, 3, 3, 0, 4],
        [0, 0, 0, 0, 0, 0],
        [0, 5, 5, 0, 0, 0],
    ]);
    let remarks = [SegmentationRemark::NoBlackBackground.to_string(), "cell 2 is not measured: it is tiny".to_owned()];
    // Seen at twice the size: each pixel of the mask is four of the field.
    let signs = FieldSigns::of(&ScaledMask::new(mask, 10, 12), &remarks);
    let warnings = vec![remarks[0].clone()];
    assert_eq!(signs, FieldSigns { cell_count: 4, median_area_px: Some(4.0 * 2.5), border_cells: 3, warnings });
    let empty = FieldSigns::of(&ScaledMask::new(Plane::filled(5, 6, 0), 5, 6), &[]);
    assert_eq!(empty, FieldSigns::default());
}

#[test]
fn images_much_like_one_another_are_beyond_doubt() {
    assert!(doubts_about(signs(20, 10_000.0, 8)).is_empty());
    // Alike to the cell: small differences are none.
    let same: Vec<FieldSigns> = (0..20).map(|number| signs(20 + usize::from(number == 0), 10_000.0, 8)).collect();
    assert!(field_doubts(&same.iter().collect::<Vec<_>>()).iter().all(Vec::is_empty));
}

#[test]
fn few_and_many_cells_are_told_apart_from_the_usual_number() {
    assert_eq!(words(&doubts_about(signs(4, 10_000.0, 1))), ["few cells: 4, where images of this set have about 20"]);
    let many = words(&doubts_about(signs(60, 10_000.0, 20)));
    assert_eq!(many, ["many cells: 60, where images of this set have about 20"]);
    // Less than twice as many or as few is not far.
    assert!(doubts_about(signs(11, 10_000.0, 4)).is_empty() && doubts_about(signs(38, 10_000.0, 12)).is_empty());
}

#[test]
fn small_and_large_cells_are_told_by_the_share_of_the_usual_area() {
    let [small, large] = [4_000.0, 30_000.0].map(|area| words(&doubts_about(signs(20, area, 8))));
    assert_eq!(small, ["small cells: 40 % of the area that is usual in this set"]);
    assert_eq!(large, ["large cells: 300 % of the area that is usual in this set"]);
}

#[test]
fn many_cells_at_the_border_are_a_reason_and_few_are_none() {
    let all = words(&doubts_about(signs(20, 10_000.0, 20)));
    assert_eq!(all, ["20 of 20 cells touch the border, where 40 % are usual in this set"]);
    assert!(doubts_about(signs(20, 10_000.0, 0)).is_empty());
    // Of three cells, all may touch it by chance; that they are three is reason enough.
    assert!(matches!(doubts_about(signs(3, 10_000.0, 3))[..], [FieldDoubt::Count { count: 3, .. }]));
}

#[test]
fn an_image_without_nuclei_is_doubtful_once_with_the_reason_if_one_is_known() {
    assert_eq!(doubts_about(signs(0, 0.0, 0)), [FieldDoubt::NoCells]);
    let warnings = vec![SegmentationRemark::NucleusStainBlack.to_string()];
    let black = FieldSigns { warnings: warnings.clone(), ..FieldSigns::default() };
    assert_eq!(words(&doubts_about(black)), warnings);
    let warned = FieldSigns { warnings: warnings.clone(), ..signs(20, 10_000.0, 8) };
    assert_eq!(words(&doubts_about(warned)), warnings);
}

#[test]
fn a_third_of_bad_images_does_not_make_the_good_ones_doubtful() {
    let mut set = usual_set();
    set.extend((0..9).map(|number| signs(1 + number % 3, 90_000.0, 1)));
    set.push(signs(0, 0.0, 0));
    let doubts = field_doubts(&set.iter().collect::<Vec<_>>());
    assert!(doubts[..20].iter().all(Vec::is_empty));
    assert!(doubts[20..29].iter().all(|of_field| of_field.len() == 2), "{:?}", &doubts[20..]);
    assert_eq!(doubts[29], [FieldDoubt::NoCells]);
}

#[test]
fn few_images_say_nothing_of_what_is_usual() {
    let mut set = usual_set();
    set.truncate(FEWEST_FIELDS - 2);
    set.extend([signs(200, 500.0, 190), signs(0, 0.0, 0)]);
    let doubts = field_doubts(&set.iter().collect::<Vec<_>>());
    assert!(doubts[FEWEST_FIELDS - 2].is_empty());
    assert_eq!(doubts[FEWEST_FIELDS - 1], [FieldDoubt::NoCells]);
    // One image with cells more, and they are compared.
    set.push(signs(20, 10_000.0, 8));
    assert_eq!(field_doubts(&set.iter().collect::<Vec<_>>())[FEWEST_FIELDS - 2].len(), 3);
    assert!(field_doubts(&[]).is_empty());
}

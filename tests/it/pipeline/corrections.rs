use cytoscribe::{
    imaging::{Connectivity, Plane, ScaledMask, regions::number_regions_where},
    pipeline::{
        corrections::{Corrected, Correction, Corrections, Part, Shape, Stroke, corrected},
        features::anchor::anchored_cells,
        segmentation::Segmentation,
    },
};

use crate::pictures::{Noise, ids};

/// Masks drawn in digits. In the picture of nuclei a digit is the nucleus of the cell of that digit.
fn drawn(cells: &[&str], nuclei: &[&str]) -> Segmentation {
    let (cells, nuclei) = (ids(cells), ids(nuclei));
    let cell_count = cells.largest();
    Segmentation { nuclei_mask: nuclei.into(), cell_mask: cells.into(), cell_count, remarks: Vec::new() }
}

fn after(segmentation: &Segmentation, corrections: &[Correction]) -> Corrected {
    corrected(segmentation.clone(), &corrections.iter().cloned().collect())
}

fn is(masks: &Corrected, cells: &[&str], nuclei: &[&str]) {
    let text = |plane: &Plane<u32>| -> Vec<String> {
        let digit = |&id: &u32| if id == 0 { '.' } else { char::from_digit(id, 10).unwrap() };
        (0..plane.height()).map(|row| plane.row(row).iter().map(digit).collect()).collect()
    };
    assert_eq!(text(masks.segmentation.cell_mask.computed()), cells, "cells");
    assert_eq!(text(masks.segmentation.nuclei_mask.computed()), nuclei, "nuclei");
}

fn brush(path: &[(u32, u32)], radius_px: u32) -> Stroke {
    Stroke { path: path.to_vec(), radius_px }
}

/// Two cells side by side, and room beside them.
const CELLS: [&str; 6] =
    ["............", ".11112222...", ".11112222...", ".11112222...", ".11112222...", "............"];
const NUCLEI: [&str; 6] =
    ["............", "............", "..11..22....", "..11..22....", "............", "............"];

fn two_cells() -> Segmentation {
    drawn(&CELLS, &NUCLEI)
}

#[test]
fn without_corrections_the_masks_are_as_they_were() {
    let masks = after(&two_cells(), &[]);
    assert_eq!(masks, Corrected::from(two_cells()));
    assert_eq!(masks.cell_count(), 2);
}

#[test]
fn a_deleted_cell_has_no_pixel_and_is_no_cell_any_more() {
    let masks = after(&two_cells(), &[Correction::Delete { cell: (2, 2) }]);
    is(
        &masks,
        &["............", ".....2222...", ".....2222...", ".....2222...", ".....2222...", "............"],
        &["............", "............", "......22....", "......22....", "............", "............"],
    );
    assert_eq!((masks.cell_count(), masks.segmentation.cell_count), (1, 2));
    assert!(masks.gone.contains(&1));
}

#[test]
fn merged_cells_have_both_nuclei_and_the_smaller_id() {
    for cells in [[(2, 2), (2, 6)], [(4, 8), (1, 1)]] {
        let masks = after(&two_cells(), &[Correction::Merge { cells }]);
        is(
            &masks,
            &["............", ".11111111...", ".11111111...", ".11111111...", ".11111111...", "............"],
            &["............", "............", "..11..11....", "..11..11....", "............", "............"],
        );
        assert_eq!((masks.cell_count(), masks.lost.len()), (1, 0));
    }
}

#[test]
fn cells_that_do_not_touch_are_joined_across_the_background_but_not_across_a_cell() {
    let apart = drawn(&["11....2", "11....2"], &["1.....2", "1.....2"]);
    let merge = Correction::Merge { cells: [(0, 0), (0, 6)] };
    is(&after(&apart, std::slice::from_ref(&merge)), &["1111111", "1111111"], &["1.....1", "1.....1"]);
    let between = drawn(&["11.33.2", "11.33.2"], &["1..3..2", "1..3..2"]);
    let masks = after(&between, &[merge]);
    assert_eq!((masks.lost, masks.segmentation), (vec![0], between));
}

#[test]
fn a_line_through_a_cell_leaves_its_id_on_the_side_of_the_anchor() {
    let one = drawn(
        &[".........", ".1111111.", ".1111111.", ".1111111.", "........."],
        &[".........", ".........", "...1111..", ".........", "........."],
    );
    // The line ends inside of the cell, and is carried on.
    let split = |cell| Correction::Split { part: Part::Cell, cell, line: vec![(0, 5), (2, 5)] };
    is(
        &after(&one, &[split((2, 4))]),
        &[".........", ".1111122.", ".1111122.", ".1111122.", "........."],
        &[".........", ".........", "...1112..", ".........", "........."],
    );
    let masks = after(&one, &[split((2, 6))]);
    assert_eq!(masks.segmentation.cell_mask.id((2, 7)), 1, "the anchor's side");
    assert_eq!(masks.segmentation.cell_mask.id((2, 1)), 2);
}

#[test]
fn a_half_without_nucleus_gets_one_in_its_middle() {
    let one = drawn(
        &["11111111111", "11111111111", "11111111111", "11111111111", "11111111111"],
        &["...........", ".1.........", ".1.........", ".1.........", "..........."],
    );
    let masks = after(&one, &[Correction::Split { part: Part::Cell, cell: (2, 1), line: vec![(0, 4), (4, 4)] }]);
    assert_eq!(masks.cell_count(), 2);
    assert_eq!(anchored_cells(&masks.segmentation).len(), 2);
    assert_eq!(masks.segmentation.nuclei_mask.id((2, 8)), 2);
}

#[test]
fn a_line_that_cuts_nothing_off_is_lost_and_changes_nothing() {
    let line = vec![(0, 0), (0, 11)];
    let masks = after(&two_cells(), &[Correction::Split { part: Part::Cell, cell: (2, 2), line }]);
    assert_eq!((masks.lost, masks.segmentation), (vec![0], two_cells()));
}

#[test]
fn a_split_nucleus_shares_its_cell_by_nearness_and_not_by_the_line() {
    let one = drawn(
        &["111111111", "111111111", "111111111", "111111111", "111111111"],
        &[".........", ".........", ".1111111.", ".........", "........."],
    );
    // A line askew through the nucleus alone.
    let split = |part| Correction::Split { part, cell: (2, 2), line: vec![(1, 3), (3, 5)] };
    let by_nucleus = after(&one, &[split(Part::Nucleus)]);
    let by_line = after(&one, &[split(Part::Cell)]);
    assert_eq!(by_nucleus.segmentation.nuclei_mask, by_line.segmentation.nuclei_mask);
    is(
        &by_nucleus,
        &["111112222", "111112222", "111112222", "111112222", "111112222"],
        &[".........", ".........", ".1111222.", ".........", "........."],
    );
    assert_eq!(by_line.segmentation.cell_mask.id((0, 3)), 2, "on the other side of the line");
}

#[test]
fn a_cell_drawn_on_background_gets_a_nucleus_in_its_middle() {
    let empty = Segmentation {
        nuclei_mask: Plane::filled(30, 30, 0).into(),
        cell_mask: Plane::filled(30, 30, 0).into(),
        cell_count: 0,
        remarks: Vec::new(),
    };
    let polygon = Shape::Polygon(vec![(5, 5), (5, 25), (25, 25), (25, 5)]);
    let disc = Shape::Brush(brush(&[(15, 15)], 10));
    for (shape, area) in [(polygon, 400), (disc, 317)] {
        let masks = after(&empty, &[Correction::Draw { part: Part::Cell, shape }]);
        let cell = anchored_cells(&masks.segmentation)[0];
        assert_eq!((cell.id, cell.area_px), (1, area));
        assert!(cell.anchor.0.abs_diff(15) <= 1 && cell.anchor.1.abs_diff(15) <= 1, "{:?}", cell.anchor);
        let nucleus = masks.segmentation.nuclei_mask.computed().samples().iter().filter(|&&id| id == 1).count();
        // Half the depth: a quarter of a disc.
        assert!((60..=100).contains(&nucleus), "{nucleus}");
    }
}

#[test]
fn a_cell_drawn_around_a_nucleus_is_its_new_outline_and_keeps_its_name() {
    let shape = Shape::Polygon(vec![(1, 0), (1, 5), (5, 5), (5, 0)]);
    let masks = after(&two_cells(), &[Correction::Draw { part: Part::Cell, shape }]);
    is(
        &masks,
        &["............", "111112222...", "111112222...", "111112222...", "111112222...", "............"],
        &NUCLEI,
    );
    assert_eq!(masks.cell_count(), 2);
}

#[test]
fn what_is_drawn_goes_over_other_cells_but_not_over_their_nuclei() {
    let shape = Shape::Polygon(vec![(0, 7), (0, 12), (6, 12), (6, 7)]);
    let masks = after(&two_cells(), &[Correction::Draw { part: Part::Cell, shape }]);
    assert_eq!(masks.cell_count(), 3);
    let cells = &masks.segmentation.cell_mask;
    assert_eq!([(2, 7), (1, 7), (2, 8), (0, 10), (2, 5)].map(|pixel| cells.id(pixel)), [2, 3, 3, 3, 2]);
    assert_eq!(masks.segmentation.nuclei_mask.id((2, 7)), 2);
}

#[test]
fn a_nucleus_drawn_in_a_cell_takes_the_half_that_is_nearer_to_it() {
    let one = drawn(&["1111111111", "1111111111", "1111111111"], &["..........", ".1........", ".........."]);
    let nucleus = Correction::Draw { part: Part::Nucleus, shape: Shape::Brush(brush(&[(1, 8)], 0)) };
    is(
        &after(&one, &[nucleus]),
        &["1111122222", "1111122222", "1111122222"],
        &["..........", ".1......2.", ".........."],
    );
    // On background it is all of the cell.
    let beside = Correction::Draw { part: Part::Nucleus, shape: Shape::Brush(brush(&[(2, 10)], 1)) };
    let masks = after(&two_cells(), &[beside]);
    assert_eq!(masks.cell_count(), 3);
    assert_eq!([(2, 11), (2, 9), (3, 10)].map(|pixel| masks.segmentation.cell_mask.id(pixel)), [3, 3, 3]);
    assert_eq!(masks.segmentation.nuclei_mask.id((2, 10)), 3);
}

#[test]
fn what_is_erased_and_what_that_cuts_off_is_background() {
    let erase = |part, cells: &[(u32, u32)], path: &[(u32, u32)]| Correction::Erase {
        part,
        cells: cells.to_vec(),
        stroke: brush(path, 0),
    };
    // Along a column through both rows of the cell: the part without nucleus is cut off.
    is(
        &after(&two_cells(), &[erase(Part::Cell, &[(2, 6)], &[(1, 7), (4, 7)])]),
        &["............", ".111122.....", ".111122.....", ".111122.....", ".111122.....", "............"],
        &["............", "............", "..11..2.....", "..11..2.....", "............", "............"],
    );
    // Cells that are not named stay.
    let masks = after(&two_cells(), &[erase(Part::Cell, &[(2, 6)], &[(1, 1), (1, 8)])]);
    assert_eq!([(1, 1), (1, 5)].map(|pixel| masks.segmentation.cell_mask.id(pixel)), [1, 0]);
    // Of the nucleus alone, the cell stays as it is.
    let masks = after(&two_cells(), &[erase(Part::Nucleus, &[(2, 6)], &[(2, 6), (2, 7)])]);
    assert_eq!(masks.segmentation.cell_mask, two_cells().cell_mask);
    assert_eq!([(2, 6), (3, 6)].map(|pixel| masks.segmentation.nuclei_mask.id(pixel)), [0, 2]);
}

#[test]
fn a_cell_whose_nucleus_is_erased_goes() {
    for part in Part::ALL {
        let stroke = brush(&[(2, 6), (2, 7), (3, 7), (3, 6)], 0);
        let masks = after(&two_cells(), &[Correction::Erase { part, cells: vec![(2, 6)], stroke }]);
        assert_eq!(masks.cell_count(), 1, "{part:?}");
        assert!(!masks.segmentation.cell_mask.computed().samples().contains(&2));
    }
}

#[test]
fn a_moved_border_grows_a_cell_over_background_and_neighbours_but_not_over_nuclei() {
    let border = |part, path: &[(u32, u32)]| Correction::Border { part, cell: (2, 2), stroke: brush(path, 0) };
    is(
        &after(&two_cells(), &[border(Part::Cell, &[(2, 4), (2, 6)])]),
        &["............", ".11112222...", ".11111222...", ".11112222...", ".11112222...", "............"],
        &NUCLEI,
    );
    // What does not hang together with the cell stays.
    let masks = after(&two_cells(), &[border(Part::Cell, &[(0, 8), (0, 11)])]);
    assert_eq!(masks.segmentation, two_cells());
    // A nucleus pushes another one back, and takes the cell along.
    is(
        &after(&two_cells(), &[border(Part::Nucleus, &[(2, 3), (2, 6)])]),
        &["............", ".11112222...", ".11111122...", ".11112222...", ".11112222...", "............"],
        &["............", "............", "..111112....", "..11..22....", "............", "............"],
    );
}

#[test]
fn a_correction_whose_cell_is_gone_is_named_and_the_others_hold() {
    let gone = Correction::Delete { cell: (0, 11) };
    let held = Correction::Delete { cell: (2, 6) };
    let masks = after(&two_cells(), &[gone.clone(), held.clone(), gone, held]);
    assert_eq!(masks.lost, [0, 2, 3]);
    assert_eq!(masks.cell_count(), 1);
}

#[test]
fn later_corrections_find_the_cells_that_earlier_ones_made() {
    let drawn = Correction::Draw { part: Part::Cell, shape: Shape::Brush(brush(&[(2, 10), (3, 10)], 1)) };
    let masks = after(&two_cells(), &[drawn.clone(), Correction::Merge { cells: [(2, 10), (2, 6)] }]);
    assert!(masks.lost.is_empty());
    assert_eq!((masks.cell_count(), masks.segmentation.cell_mask.id((2, 10))), (2, 2));
    let masks = after(&two_cells(), &[drawn, Correction::Delete { cell: (2, 10) }]);
    assert_eq!(masks.segmentation.cell_mask, two_cells().cell_mask);
    assert_eq!(masks.cell_count(), 2);
}

#[test]
fn corrections_are_kept_in_pixels_of_the_field_whatever_size_masks_are_computed_at() {
    let enlarged = |mask: ScaledMask, times: usize| {
        let (height, width) = mask.size();
        ScaledMask::new(mask.computed().clone(), height * times, width * times)
    };
    let large = Segmentation {
        nuclei_mask: enlarged(two_cells().nuclei_mask, 10),
        cell_mask: enlarged(two_cells().cell_mask, 10),
        ..two_cells()
    };
    let stroke = brush(&[(25, 45), (25, 65)], 5);
    let small = after(
        &two_cells(),
        &[Correction::Border { part: Part::Cell, cell: (2, 2), stroke: brush(&[(2, 4), (2, 6)], 0) }],
    );
    let masks = after(&large, &[Correction::Border { part: Part::Cell, cell: (25, 25), stroke }]);
    assert_eq!(masks.segmentation.cell_mask.computed(), small.segmentation.cell_mask.computed());
    assert_eq!(masks.segmentation.cell_mask.size(), (60, 120));
}

/// Any correction, also a senseless one.
fn any(noise: &mut Noise) -> Correction {
    let point =
        |noise: &mut Noise| if noise.below(20) == 0 { (u32::MAX, 7) } else { (noise.below(50), noise.below(60)) };
    let path = |noise: &mut Noise| (0..noise.below(5)).map(|_| point(noise)).collect::<Vec<_>>();
    let part = Part::ALL[noise.below(2) as usize];
    let stroke = Stroke { path: path(noise), radius_px: noise.below(6) };
    let place = |noise: &mut Noise| (noise.below(50), noise.below(60));
    match noise.below(7) {
        0 => Correction::Split { part, cell: place(noise), line: path(noise) },
        1 => Correction::Merge { cells: [place(noise), place(noise)] },
        2 => Correction::Delete { cell: place(noise) },
        3 => Correction::Draw { part, shape: Shape::Polygon(path(noise)) },
        4 => Correction::Draw { part, shape: Shape::Brush(stroke) },
        5 => Correction::Erase { part, cells: vec![place(noise), place(noise)], stroke },
        _ => Correction::Border { part, cell: place(noise), stroke },
    }
}

#[test]
fn whatever_is_corrected_cells_hang_together_and_cover_a_nucleus() {
    // 20 cells of 10 × 12 pixels with a nucleus in the middle of each, computed at half the field's size.
    let id = |row: usize, col: usize| (row / 10 * 5 + col / 12 + 1) as u32;
    let is_nucleus = |row: usize, col: usize| (3..7).contains(&(row % 10)) && (4..8).contains(&(col % 12));
    let nuclei = Plane::from_fn(40, 60, |row, col| if is_nucleus(row, col) { id(row, col) } else { 0 });
    let segmentation = Segmentation {
        nuclei_mask: ScaledMask::new(nuclei, 53, 66),
        cell_mask: ScaledMask::new(Plane::from_fn(40, 60, id), 53, 66),
        cell_count: 20,
        remarks: Vec::new(),
    };
    for seed in 0..60 {
        let mut noise = Noise::seeded(seed);
        let corrections: Corrections = (0..12).map(|_| any(&mut noise)).collect();
        let masks = corrected(segmentation.clone(), &corrections);
        assert_eq!(masks, corrected(segmentation.clone(), &corrections));
        let (cells, nuclei) = (masks.segmentation.cell_mask.computed(), masks.segmentation.nuclei_mask.computed());
        assert!(
            cells.samples().iter().zip(nuclei.samples()).all(|(cell, nucleus)| [0, *cell].contains(nucleus)),
            "{seed}"
        );
        for id in 1..=masks.segmentation.cell_count {
            let regions = number_regions_where(cells, |&other| other == id, Connectivity::Eight).largest();
            let is_gone = masks.gone.contains(&id);
            assert_eq!(regions, u32::from(!is_gone), "cell {id} of {seed}: {:?}", corrections.all());
            assert_eq!(nuclei.samples().contains(&id), !is_gone, "nucleus {id} of {seed}: {:?}", corrections.all());
        }
        assert!(cells.largest() <= masks.segmentation.cell_count);
    }
}

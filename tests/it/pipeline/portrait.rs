use cytoscribe::{
    atlas::{Channel, Field},
    imaging::{Plane, ScaledMask, regions::regions},
    pipeline::{
        composite::{CompositeParams, Tones},
        portrait::{CellPart, Portrait, PortraitLook, draw, portraits},
        segmentation::Segmentation,
    },
};

/// A field of 100 × 100 pixels: cell 1 is the square from (10, 10) to (50, 50) with its nucleus in the middle, cell 2
/// all below row 60.
fn drawn() -> (Field, Segmentation) {
    let in_first = |row: usize, col: usize| (10..50).contains(&row) && (10..50).contains(&col);
    let cell = Plane::from_fn(100, 100, |row, col| if in_first(row, col) { 1 } else { u32::from(row >= 60) * 2 });
    let nuclei = Plane::from_fn(100, 100, |row, col| {
        let nucleus = |from: usize| (from..from + 10).contains(&row) && (25..35).contains(&col);
        u32::from(nucleus(25)) + 2 * u32::from(nucleus(75))
    });
    let stain = |level: u8| Plane::from_fn(100, 100, |row, col| if in_first(row, col) { level } else { level / 2 });
    let field = Field::new([stain(40), stain(80), stain(120), stain(200)]).unwrap();
    let segmentation = Segmentation {
        nuclei_mask: ScaledMask::from(nuclei),
        cell_mask: ScaledMask::from(cell),
        cell_count: 2,
        remarks: Vec::new(),
    };
    (field, segmentation)
}

#[test]
fn a_portrait_shows_the_cell_in_the_middle_with_a_margin_at_its_own_levels() {
    let (field, segmentation) = drawn();
    let all = portraits(&field, &segmentation);
    assert_eq!(all.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [1, 2]);
    let portrait = &all[0].1;
    // 48 pixels on 80: the cell begins 4 pixels from the border, which is 6.7 of 80.
    let part = |row, col| portrait.parts[(row, col)];
    assert_eq!([part(40, 40), part(10, 40), part(3, 40)], [CellPart::Nucleus, CellPart::Cell, CellPart::Outside]);
    assert_eq!(part(6, 40), CellPart::Outside);
    assert_eq!(part(7, 40), CellPart::Cell);
    let levels = |row, col| Channel::ALL.map(|channel| portrait.stains.plane(channel)[(row, col)]);
    assert_eq!(levels(40, 40), [40, 80, 120, 200]);
    assert_eq!(levels(2, 40), [20, 40, 60, 100]);
}

#[test]
fn beyond_the_border_of_the_image_a_portrait_is_black_and_other_cells_are_told_apart() {
    let (field, segmentation) = drawn();
    let portrait = &portraits(&field, &segmentation)[1].1;
    // 100 pixels wide and 20 more on each side: 120 on 80, around rows 60 to 99.
    let part = |row, col| portrait.parts[(row, col)];
    let level = |row, col| portrait.stains.plane(Channel::Protein)[(row, col)];
    assert_eq!((part(40, 2), level(40, 2)), (CellPart::Outside, 0));
    assert_eq!((part(78, 40), level(78, 40)), (CellPart::Outside, 0));
    assert_eq!(part(45, 40), CellPart::Cell);
    assert_eq!((part(15, 20), level(15, 20)), (CellPart::Other, 200));
}

#[test]
fn a_large_cell_is_shrunk_by_means_so_that_no_detail_is_left_to_chance() {
    let mask = ScaledMask::from(Plane::from_fn(400, 400, |row, col| {
        u32::from((40..360).contains(&row) && (40..360).contains(&col))
    }));
    let board = Plane::from_fn(400, 400, |row, col| if (row + col) % 2 == 0 { 200 } else { 100 });
    let field = Field::new([board.clone(), board.clone(), board.clone(), board]).unwrap();
    let segmentation = Segmentation { nuclei_mask: mask.clone(), cell_mask: mask, cell_count: 1, remarks: Vec::new() };
    let region = regions(&segmentation.cell_mask)[0];
    let portrait = Portrait::of(&field, &segmentation, &region).unwrap();
    let samples = portrait.stains.plane(Channel::Protein);
    assert!((20..60).all(|row| (20..60).all(|col| samples[(row, col)].abs_diff(150) <= 10)));
}

#[test]
fn one_portrait_is_drawn_masked_or_whole_with_outlines_or_without() {
    let (field, segmentation) = drawn();
    let portrait = &portraits(&field, &segmentation)[0].1;
    let tones = Tones::of(&field, &CompositeParams::grey(Channel::Protein));
    let look = |masked, outlined| draw(portrait, &tones, PortraitLook { masked, outlined });
    let whole = look(false, false);
    assert_eq!([whole[(40, 40)], whole[(2, 40)]], [[200; 3], [100; 3]]);
    let masked = look(true, false);
    assert_eq!([masked[(40, 40)], masked[(2, 40)]], [[200; 3], [0; 3]]);
    let outlined = look(false, true);
    assert_eq!([outlined[(7, 40)], outlined[(10, 40)], outlined[(40, 40)]], [[255; 3], [200; 3], [200; 3]]);
    // The nucleus is a square of 10 on 48, 16.7 of 80, from row 32 on.
    assert!((30..35).any(|row| outlined[(row, 40)] == [120, 190, 255]));
}

//! Masks from elsewhere made whole.

use cytoscribe::{
    atlas::{Channel, Field},
    imaging::{Plane, regions::regions},
    pipeline::{
        features::anchor::anchored_cells,
        foreign_masks::{GivenMasks, MaskSizeDiffers, Mending, completed, paired},
        segmentation::{SegmentationParams, segment},
    },
};

use crate::pictures::ids;

/// Four bright cells with nuclei.
fn field() -> Field {
    let disk = |radius: usize| {
        Plane::from_fn(240, 240, |row, col| {
            let squared = [(60, 60), (60, 180), (180, 60), (180, 175)]
                .map(|(r, c): (usize, usize)| r.abs_diff(row).pow(2) + c.abs_diff(col).pow(2));
            if squared.into_iter().min() <= Some(radius * radius) { 150 + ((row * 7 + col * 13) % 31) as u8 } else { 0 }
        })
    };
    let (nuclei, cells) = (disk(15), disk(45));
    Field::new(Channel::ALL.map(|channel| if channel == Channel::Nucleus { nuclei.clone() } else { cells.clone() }))
        .unwrap()
}

#[test]
fn nuclei_take_the_ids_of_the_cells_that_hold_most_of_them_and_lose_what_is_outside() {
    let nuclei = ids(&["333.44", "333.44", "......"]);
    let cells = ids(&["1122..", "11222.", "112222"]);
    let (whole, mending) = paired(&nuclei, &cells);
    assert_eq!(whole.nuclei_mask.to_plane(), ids(&["11....", "11..2.", "......"]));
    assert_eq!(whole.cell_mask.to_plane(), cells);
    assert_eq!((whole.cell_count, mending), (2, Mending::default()));
}

#[test]
fn of_two_cells_with_equal_parts_of_a_nucleus_the_one_with_the_lower_id_has_it() {
    let (whole, mending) = paired(&ids(&[".77."]), &ids(&["8844"]));
    // The other one is all edge, and so all nucleus.
    assert_eq!(whole.nuclei_mask.to_plane(), ids(&["884."]));
    assert_eq!(mending.made_nuclei, 1);
}

#[test]
fn nuclei_in_one_cell_are_joined_and_those_in_none_are_left_out() {
    let (whole, mending) = paired(&ids(&["1.2..3"]), &ids(&["5555.."]));
    assert_eq!(whole.nuclei_mask.to_plane(), ids(&["5.5..."]));
    assert_eq!(mending, Mending { joined_nuclei: 1, lost_nuclei: 1, made_nuclei: 0 });
}

#[test]
fn a_cell_without_a_nucleus_is_given_its_deepest_part() {
    let cells = ids(&[".......", ".55555.", ".55555.", ".55555.", ".55555.", ".55555.", "......."]);
    let (whole, mending) = paired(&cells.map(|_| 0), &cells);
    let nucleus = whole.nuclei_mask.to_plane();
    // Depths are 1, 2 and 3 from the edge inwards; half of 3 is 1.5.
    assert_eq!(nucleus, ids(&[".......", ".......", "..555..", "..555..", "..555..", ".......", "......."]));
    assert_eq!(mending.made_nuclei, 1);
    assert_eq!(anchored_cells(&whole)[0].anchor, (3, 3));
}

#[test]
fn masks_that_are_whole_stay_as_they_are() {
    let segmentation = segment(&field(), &SegmentationParams::default());
    let (nuclei, cells) = (segmentation.nuclei_mask.to_plane(), segmentation.cell_mask.to_plane());
    let (whole, mending) = paired(&nuclei, &cells);
    assert_eq!((whole.nuclei_mask.to_plane(), whole.cell_mask.to_plane()), (nuclei, cells));
    assert_eq!((whole.cell_count, mending), (4, Mending::default()));
}

#[test]
fn where_cells_alone_are_given_nuclei_are_found_in_the_field() {
    let field = field();
    // A cell where one is, and one where nothing is.
    let cells = Plane::from_fn(240, 240, |row, col| match (row, col) {
        (20..100, 20..100) => 70,
        (120..140, 100..120) => 90,
        _ => 0,
    });
    let given = GivenMasks { nuclei: None, cells: Some(&cells) };
    let (whole, mending) = completed(&field, given, &SegmentationParams::default()).unwrap();
    assert_eq!(whole.cell_mask.to_plane(), cells);
    assert_eq!((mending.made_nuclei, mending.lost_nuclei), (1, 3));
    let anchors: Vec<_> = anchored_cells(&whole).into_iter().map(|cell| (cell.id, cell.anchor)).collect();
    assert_eq!(anchors.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [70, 90]);
    assert!(anchors[0].1.0.abs_diff(60) < 5 && anchors[0].1.1.abs_diff(60) < 5, "{anchors:?}");
}

#[test]
fn where_nuclei_alone_are_given_cells_are_grown_from_them() {
    let field = field();
    let found = segment(&field, &SegmentationParams::default());
    // The same nuclei under other ids, without the last one.
    let nuclei = found.nuclei_mask.to_plane().map(|&id| if id == 4 { 0 } else { 10 * id });
    let given = GivenMasks { nuclei: Some(&nuclei), cells: None };
    let (whole, mending) = completed(&field, given, &SegmentationParams::default()).unwrap();
    assert_eq!((whole.nuclei_mask.to_plane(), mending), (nuclei, Mending::default()));
    let cells = whole.cell_mask.to_plane();
    let expected = found.cell_mask.to_plane().map(|&id| if id == 4 { 0 } else { 10 * id });
    assert_eq!(cells, expected);
    assert_eq!(regions(&whole.cell_mask).len(), 3);
}

#[test]
fn a_mask_of_another_size_is_refused_with_both_sizes() {
    let mask = Plane::filled(3, 5, 1);
    let given = GivenMasks { nuclei: None, cells: Some(&mask) };
    let differs = completed(&field(), given, &SegmentationParams::default()).unwrap_err();
    assert_eq!(differs, MaskSizeDiffers { mask: (3, 5), field: (240, 240) });
    assert_eq!(differs.to_string(), "the mask is 5 x 3 pixels, its image 240 x 240 (width x height)");
}

use std::collections::HashSet;

use cytoscribe::{imaging::Plane, pipeline::region_colours::region_colours};

/// The colours of cells with ids 1, 2, …, all of them without or with a nucleus.
fn colours(count: u32, nuclei: bool) -> Vec<[u8; 3]> {
    let ids = Plane::from_fn(1, count as usize, |_, col| col as u32 + 1);
    let nuclei = ids.map(|&id| if nuclei { id } else { 0 });
    region_colours(&ids.into(), &nuclei.into()).into_samples()
}

#[test]
fn twenty_four_cells_have_colours_of_their_own_and_the_next_begins_again() {
    let cells = colours(49, false);
    assert_eq!(cells[..24].iter().collect::<HashSet<_>>().len(), 24);
    assert_eq!(cells[..24], cells[24..48]);
    assert_eq!(cells[0], cells[48]);
}

#[test]
fn colours_have_the_value_and_saturation_of_the_palette() {
    for (at, cell) in colours(24, false).into_iter().enumerate() {
        let darkest = [0, 30, 60][at / 8];
        assert_eq!((cell.iter().max(), cell.iter().min()), (Some(&178), Some(&darkest)), "cell {}", at + 1);
    }
    for nucleus in colours(24, true) {
        assert_eq!((nucleus.iter().max(), nucleus.iter().min()), (Some(&255), Some(&77)));
    }
}

#[test]
fn background_is_black() {
    let empty = Plane::filled(2, 3, 0).into();
    assert_eq!(region_colours(&empty, &empty), Plane::filled(2, 3, [0, 0, 0]));
}

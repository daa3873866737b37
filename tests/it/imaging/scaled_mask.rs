use cytoscribe::imaging::{
    Plane, ScaledMask,
    regions::{Region, rectangles_of, regions},
    resize::nearest,
    rle::{RunLengths, region_run_lengths},
};

/// Regions 1 to 4 and background in patches of a few pixels.
fn patches(height: usize, width: usize) -> Plane<u32> {
    Plane::from_fn(height, width, |row, col| ((row / 2 * 7 + col / 3 * 5 + row * col / 11) % 5) as u32)
}

/// Enlarged, shrunk, the same, and one side each way; some sizes drop whole rows, columns and regions.
const SIZES: [(usize, usize); 8] = [(31, 37), (9, 14), (18, 23), (5, 60), (40, 3), (1, 1), (2, 1), (0, 7)];

fn masks() -> impl Iterator<Item = ScaledMask> {
    SIZES.into_iter().map(|(height, width)| ScaledMask::new(patches(18, 23), height, width))
}

#[test]
fn a_scaled_mask_shows_the_nearest_pixel_of_the_mask_it_was_computed_as() {
    for mask in masks() {
        let plane = nearest(&patches(18, 23), mask.height(), mask.width());
        assert_eq!(mask.to_plane(), plane);
        for row in 0..mask.height() {
            assert!((0..mask.width()).all(|col| mask.id((row, col)) == plane[(row, col)]));
        }
    }
}

#[test]
fn places_and_run_lengths_are_those_of_the_mask_written_out() {
    for mask in masks() {
        let plane = mask.to_plane();
        assert_eq!(regions(&mask), regions(&plane.clone().into()), "{:?}", mask.size());
        let run_lengths = region_run_lengths(&mask);
        let shown = (1..=4).filter(|id| plane.samples().contains(id));
        let plain = shown.map(|id| (id, RunLengths::from_mask(&plane.map(|&sample| sample == id))));
        assert_eq!(run_lengths, plain.collect::<Vec<_>>(), "{:?}", mask.size());
    }
}

#[test]
fn the_rectangles_of_a_region_cover_it_and_nothing_else() {
    for mask in masks() {
        for region in regions(&mask) {
            let mut covered = Plane::filled(mask.height(), mask.width(), 0);
            for rectangle in rectangles_of(&mask, &region) {
                for row in rectangle.rows {
                    covered.row_mut(row)[rectangle.cols.clone()].iter_mut().for_each(|times| *times += 1);
                }
            }
            let expected = mask.to_plane().map(|&id| u32::from(id == region.id));
            assert_eq!(covered, expected, "{:?}, {}", mask.size(), region.id);
        }
    }
}

#[test]
fn the_blocks_in_the_bounding_box_of_another_mask_end_with_it() {
    let box_of = |mask: &ScaledMask| regions(mask)[0];
    let (fine, coarse) = (ScaledMask::from(Plane::filled(4, 6, 1)), ScaledMask::new(Plane::filled(2, 2, 1), 4, 6));
    let part = Region { top: 1, left: 2, height: 2, width: 3, ..box_of(&fine) };
    let pixels: usize =
        rectangles_of(&coarse, &part).map(|rectangle| rectangle.rows.len() * rectangle.cols.len()).sum();
    assert_eq!(pixels, 6);
}

#[test]
fn every_pixel_shows_exactly_one_row_and_column_of_the_mask_as_computed() {
    for mask in masks() {
        let shown: usize = (0..23).map(|col| mask.cols_of(col..col + 1).len()).sum();
        assert_eq!((mask.rows_of(0..18), shown), (0..mask.height(), mask.width()));
    }
}

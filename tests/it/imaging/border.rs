//! Where regions lie on the border of their image.

use cytoscribe::imaging::{BorderContact, Plane, RunLengths, rle::Bounds};

use crate::pictures::{Noise, ODD_SIZES, black_and_white};

fn contact(mask: &Plane<bool>) -> BorderContact {
    BorderContact::of(&RunLengths::from_mask(mask))
}

#[test]
fn contact_is_counted_side_by_side() {
    let mask = black_and_white(&[
        ".##..", //
        "..##.", "#..##", "##...",
    ]);
    assert_eq!(contact(&mask), BorderContact { sides_px: [2, 1, 2, 2], corners: [false, false, false, true] });
    let inside = black_and_white(&["...", ".#.", "..."]);
    assert!(!contact(&inside).is_any());
}

#[test]
fn contact_is_what_the_rows_and_columns_at_the_border_hold() {
    let mut noise = Noise::seeded(3);
    for (height, width) in ODD_SIZES {
        for density in [2, 9] {
            let mask = noise.plane((height, width), |noise| noise.below(10) < density);
            let row = |row| (0..width).filter(|&col| mask[(row, col)]).count();
            let col = |col| (0..height).filter(|&row| mask[(row, col)]).count();
            let (bottom, right) = (height - 1, width - 1);
            let expected = BorderContact {
                sides_px: [row(0), col(right), row(bottom), col(0)],
                corners: [(0, 0), (0, right), (bottom, right), (bottom, 0)].map(|corner| mask[corner]),
            };
            assert_eq!(contact(&mask), expected, "{height} x {width}");
        }
    }
}

#[test]
fn bounds_are_the_first_and_last_rows_and_columns_with_a_pixel() {
    let mut noise = Noise::seeded(5);
    for (height, width) in ODD_SIZES {
        for density in [0, 1, 5, 100] {
            let mask = noise.plane((height, width), |noise| noise.below(100) < density);
            let rows: Vec<usize> = (0..height).filter(|&row| mask.row(row).contains(&true)).collect();
            let cols: Vec<usize> = (0..width).filter(|&col| (0..height).any(|row| mask[(row, col)])).collect();
            let expected = rows.first().zip(cols.first()).map(|(&top, &left)| Bounds {
                top,
                left,
                height: rows[rows.len() - 1] - top + 1,
                width: cols[cols.len() - 1] - left + 1,
            });
            assert_eq!(RunLengths::from_mask(&mask).bounds(), expected, "{height} x {width}, {density} %");
        }
    }
}

use cytoscribe::imaging::{
    Plane,
    on_screen::{Axis, lay_over},
};

use crate::pictures::Noise;

fn grey_noise(size: (usize, usize)) -> Plane<[u8; 1]> {
    Noise::seeded(3).plane(size, |noise| [noise.below(256) as u8])
}

/// What a screen of `size` shows; 7 where there is nothing.
fn shown(picture: &Plane<[u8; 1]>, size: (usize, usize), rows: Axis, cols: Axis) -> Plane<u8> {
    let mut screen = Plane::filled(size.0, size.1, 7);
    lay_over(&mut screen, picture, rows, cols, |pixel, [grey]| *pixel = grey);
    screen
}

#[test]
fn at_its_own_scale_a_picture_is_copied() {
    let picture = grey_noise((13, 17));
    // A third of a pixel aside changes nothing, as the middles of the pixels stay where they are.
    for aside in [0.0, 0.3, -0.3] {
        let screen = shown(&picture, (6, 5), Axis { start: 4.0 + aside, step: 1.0 }, Axis { start: 9.0, step: 1.0 });
        assert_eq!(screen, picture.part(4..10, 9..14).map(|&[grey]| grey));
    }
}

#[test]
fn magnified_pixels_are_squares() {
    let picture = grey_noise((5, 4));
    let axis = Axis { start: 0.0, step: 0.25 };
    let expected = Plane::from_fn(20, 16, |row, col| picture[(row / 4, col / 4)][0]);
    assert_eq!(shown(&picture, (20, 16), axis, axis), expected);
}

#[test]
fn what_is_beside_the_picture_is_left_alone() {
    let picture = Plane::filled(4, 4, [200]);
    for step in [0.5, 1.0, 1.25] {
        let axis = Axis { start: -2.0 * step, step };
        let screen = shown(&picture, (20, 20), axis, axis);
        let side = (4.0 / step).round() as usize;
        let expected =
            Plane::from_fn(
                20,
                20,
                |row, col| {
                    if (2..2 + side).contains(&row) && (2..2 + side).contains(&col) { 200 } else { 7 }
                },
            );
        assert_eq!(screen, expected, "{step}");
    }
    for start in [100.0, -100.0] {
        let (away, near) = (Axis { start, step: 1.0 }, Axis { start: 0.0, step: 1.0 });
        assert_eq!(shown(&picture, (3, 3), away, near), Plane::filled(3, 3, 7));
        assert_eq!(shown(&picture, (3, 3), near, away), Plane::filled(3, 3, 7));
    }
}

#[test]
fn reduced_pixels_lie_between_their_neighbours() {
    let picture = grey_noise((40, 50));
    let (rows, cols) = (Axis { start: 0.7, step: 1.37 }, Axis { start: -0.2, step: 1.1 });
    let screen = shown(&picture, (28, 45), rows, cols);
    let expected = Plane::from_fn(28, 45, |row, col| {
        let place = |axis: Axis, pixel: usize, side: usize| {
            (axis.start + (pixel as f64 + 0.5) * axis.step - 0.5).clamp(0.0, side as f64 - 1.0)
        };
        let (y, x) = (place(rows, row, 40), place(cols, col, 50));
        let at = |row: f64, col: f64| f64::from(picture[((row as usize).min(39), (col as usize).min(49))][0]);
        let level = |row: f64| at(row, x) * (1.0 - x.fract()) + at(row, x + 1.0) * x.fract();
        level(y) * (1.0 - y.fract()) + level(y + 1.0) * y.fract()
    });
    for (&ours, expected) in screen.samples().iter().zip(expected.samples()) {
        assert!((f64::from(ours) - expected).abs() < 2.6, "{ours} is not {expected}");
    }
}

#[test]
fn a_screen_that_several_threads_lay_is_that_of_single_rows() {
    let picture = Plane::from_fn(700, 900, |row, col| [(7 * row + 3 * col) as u8, (row ^ col) as u8]);
    for step in [0.5, 1.25] {
        let (rows, cols) = (Axis { start: -20.0, step }, Axis { start: 10.0, step });
        let mut screen = Plane::filled(1300, 1100, [9_u8; 2]);
        let covered = lay_over(&mut screen, &picture, rows, cols, |pixel, colour| *pixel = colour);
        assert!(covered.0.len() * covered.1.len() > 1 << 18, "{covered:?}: too few for several threads");
        for row in 0..screen.height() {
            let mut alone = Plane::filled(1, 1100, [9_u8; 2]);
            let rows = Axis { start: rows.start + row as f64 * step, step };
            lay_over(&mut alone, &picture, rows, cols, |pixel, colour| *pixel = colour);
            assert_eq!(screen.row(row), alone.row(0), "row {row} at {step}");
        }
    }
}

//! Numbers and lengths written into pictures, with strokes of a pen: enough letters for a scale bar, at any size.
//!
//! Each letter is a few lines of straight pieces in a box 4 wide and 6 high; a pixel is covered as far as it is near one.

use super::Plane;

/// Lines of a letter, as (x, y) from its upper left corner, y downwards.
type Strokes = &'static [&'static [(f32, f32)]];

/// Height of a digit in the units of the strokes.
const HEIGHT: f32 = 6.0;
/// Width of the pen.
const PEN: f32 = 0.8;
/// Space between letters.
const GAP: f32 = 1.5;

/// Width of `text` in pixels, if its digits are `height` pixels high.
#[must_use]
pub fn text_width(text: &str, height: f32) -> f32 {
    let widths: f32 = text.chars().map(|letter| letter_of(letter).1 + GAP).sum();
    (widths - GAP).max(0.0) * height / HEIGHT
}

/// Writes `text` in white with a dark rim. `(row, col)` is its upper left corner, `height` the height of its digits in
/// pixels. Letters that are none of "0123456789.µmn" leave a gap; what is outside of the picture is cut off.
pub fn write_text(picture: &mut Plane<[u8; 3]>, text: &str, (row, col): (f32, f32), height: f32) {
    let scale = height / HEIGHT;
    for (rim, level) in [(PEN * 0.8, 0), (0.0, 255)] {
        let mut left = col;
        for letter in text.chars() {
            let (strokes, width) = letter_of(letter);
            write_letter(picture, strokes, width, (row, left), scale, PEN / 2.0 + rim, level);
            left += (width + GAP) * scale;
        }
    }
}

/// Draws one letter with a pen of this radius.
fn write_letter(
    picture: &mut Plane<[u8; 3]>,
    strokes: Strokes,
    width: f32,
    (top, left): (f32, f32),
    scale: f32,
    radius: f32,
    level: u8,
) {
    let range =
        |from: f32, to: f32, end: usize| (from.floor().max(0.0) as usize).min(end)..(to.max(0.0) as usize).min(end);
    let rows = range(top - 2.0 * radius * scale, top + (HEIGHT + 2.0 + 2.0 * radius) * scale + 1.0, picture.height());
    let cols = range(left - 2.0 * radius * scale, left + (width + 2.0 * radius) * scale + 1.0, picture.width());
    for row in rows {
        for col in cols.clone() {
            let point = ((col as f32 + 0.5 - left) / scale, (row as f32 + 0.5 - top) / scale);
            let pieces = strokes.iter().flat_map(|line| line.windows(2));
            let nearest = pieces.map(|piece| distance(point, piece[0], piece[1])).fold(f32::INFINITY, f32::min);
            let covered = ((radius - nearest) * scale + 0.5).clamp(0.0, 1.0);
            for sample in &mut picture[(row, col)] {
                *sample = (f32::from(*sample) + covered * (f32::from(level) - f32::from(*sample))).round() as u8;
            }
        }
    }
}

/// From a point to the piece of a line between two others.
fn distance((x, y): (f32, f32), (ax, ay): (f32, f32), (bx, by): (f32, f32)) -> f32 {
    let (dx, dy) = (bx - ax, by - ay);
    let squared = dx * dx + dy * dy;
    let share = if squared > 0.0 { (((x - ax) * dx + (y - ay) * dy) / squared).clamp(0.0, 1.0) } else { 0.0 };
    (x - ax - share * dx).hypot(y - ay - share * dy)
}

/// The strokes of a letter, and its width.
fn letter_of(letter: char) -> (Strokes, f32) {
    let known = LETTERS.iter().find(|(known, ..)| *known == letter);
    known.map_or((&[], 1.5), |&(_, width, strokes)| (strokes, width))
}

/// The letters there are, with their widths and strokes.
const LETTERS: [(char, f32, Strokes); 14] = [
    (
        '0',
        4.0,
        &[&[
            (2.0, 0.0),
            (3.2, 0.5),
            (3.8, 1.7),
            (4.0, 3.0),
            (3.8, 4.3),
            (3.2, 5.5),
            (2.0, 6.0),
            (0.8, 5.5),
            (0.2, 4.3),
            (0.0, 3.0),
            (0.2, 1.7),
            (0.8, 0.5),
            (2.0, 0.0),
        ]],
    ),
    ('1', 3.2, &[&[(0.6, 1.3), (2.3, 0.0), (2.3, 6.0)]]),
    (
        '2',
        4.0,
        &[&[
            (0.1, 1.6),
            (0.5, 0.6),
            (1.3, 0.1),
            (2.1, 0.0),
            (3.2, 0.4),
            (3.7, 1.4),
            (3.5, 2.4),
            (2.7, 3.4),
            (0.1, 6.0),
            (4.0, 6.0),
        ]],
    ),
    (
        '3',
        4.0,
        &[
            &[(0.3, 0.8), (1.1, 0.1), (2.2, 0.0), (3.3, 0.5), (3.6, 1.5), (3.1, 2.4), (1.7, 2.8)],
            &[(1.7, 2.8), (3.2, 3.2), (4.0, 4.3), (3.6, 5.4), (2.2, 6.0), (0.9, 5.8), (0.0, 5.0)],
        ],
    ),
    ('4', 4.2, &[&[(3.0, 6.0), (3.0, 0.0), (0.0, 4.2), (4.2, 4.2)]]),
    (
        '5',
        4.0,
        &[&[
            (3.7, 0.0),
            (0.8, 0.0),
            (0.4, 2.8),
            (1.6, 2.2),
            (2.9, 2.4),
            (3.9, 3.4),
            (3.9, 4.7),
            (3.1, 5.7),
            (1.9, 6.0),
            (0.8, 5.8),
            (0.0, 5.1),
        ]],
    ),
    (
        '6',
        4.0,
        &[&[
            (3.6, 0.6),
            (2.4, 0.0),
            (1.2, 0.5),
            (0.4, 1.9),
            (0.0, 3.9),
            (0.6, 5.4),
            (2.0, 6.0),
            (3.4, 5.5),
            (4.0, 4.2),
            (3.4, 2.9),
            (2.0, 2.4),
            (0.6, 3.0),
            (0.0, 4.0),
        ]],
    ),
    ('7', 4.0, &[&[(0.0, 0.0), (4.0, 0.0), (1.4, 6.0)]]),
    (
        '8',
        4.0,
        &[
            &[
                (2.0, 2.7),
                (0.8, 2.3),
                (0.3, 1.4),
                (0.8, 0.4),
                (2.0, 0.0),
                (3.2, 0.4),
                (3.7, 1.4),
                (3.2, 2.3),
                (2.0, 2.7),
            ],
            &[
                (2.0, 2.7),
                (0.6, 3.2),
                (0.0, 4.3),
                (0.6, 5.5),
                (2.0, 6.0),
                (3.4, 5.5),
                (4.0, 4.3),
                (3.4, 3.2),
                (2.0, 2.7),
            ],
        ],
    ),
    (
        '9',
        4.0,
        &[&[
            (0.4, 5.4),
            (1.6, 6.0),
            (2.8, 5.5),
            (3.6, 4.1),
            (4.0, 2.1),
            (3.4, 0.6),
            (2.0, 0.0),
            (0.6, 0.5),
            (0.0, 1.8),
            (0.6, 3.1),
            (2.0, 3.6),
            (3.4, 3.0),
            (4.0, 2.0),
        ]],
    ),
    ('.', 0.8, &[&[(0.4, 5.8), (0.4, 5.8)]]),
    (
        'µ',
        4.0,
        &[
            &[(0.2, 2.0), (0.2, 7.8)],
            &[(0.2, 4.6), (0.6, 5.6), (1.5, 6.0), (2.6, 5.6), (3.4, 4.6)],
            &[(3.4, 2.0), (3.4, 5.4), (3.9, 6.0)],
        ],
    ),
    (
        'm',
        5.0,
        &[
            &[(0.0, 2.0), (0.0, 6.0)],
            &[(0.0, 3.2), (0.9, 2.1), (1.9, 2.1), (2.5, 2.9), (2.5, 6.0)],
            &[(2.5, 3.2), (3.4, 2.1), (4.4, 2.1), (5.0, 2.9), (5.0, 6.0)],
        ],
    ),
    ('n', 3.2, &[&[(0.0, 2.0), (0.0, 6.0)], &[(0.0, 3.3), (1.1, 2.1), (2.4, 2.1), (3.2, 3.0), (3.2, 6.0)]]),
];

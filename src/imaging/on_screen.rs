//! A picture as a screen shows it, at any place and scale: crisp when magnified, smooth when reduced. What lies outside
//! of the picture is left as it is.
//!
//! It is what a graphics card does with a texture, for machines that have none: there a picture that is ready need only
//! be copied, which takes a tenth of the time. A reduction to less than half, which this does not average, is the
//! business of [`pyramid`](super::pyramid).

use std::ops::Range;

use fearless_simd::{Level, dispatch};
use rayon::prelude::*;

use super::Plane;

/// How the pixels of a screen lie on one side of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// Where the screen begins, in pixels of the picture.
    pub start: f64,
    /// Pixels of the picture to one of the screen.
    pub step: f64,
}

impl Axis {
    /// The place on the picture of the middle of a pixel of the screen.
    fn at(self, pixel: usize) -> f64 {
        self.start + (pixel as f64 + 0.5) * self.step
    }

    /// Which of the `length` pixels of the screen have their middle on the `side` pixels of the picture.
    fn covered(self, side: usize, length: usize) -> Range<usize> {
        let first = |place: f64| ((place - self.start) / self.step - 0.5).ceil().clamp(0.0, length as f64) as usize;
        first(0.0)..first(side as f64)
    }

    /// For each of these pixels of the screen the one of the picture that lies under its middle.
    fn nearest(self, pixels: Range<usize>, side: usize) -> Vec<usize> {
        pixels.map(|pixel| (self.at(pixel).max(0.0) as usize).min(side - 1)).collect()
    }

    /// For each of these pixels of the screen the two of the picture whose middles are next to its own, and the share
    /// of the second, in 256ths.
    fn between(self, pixels: Range<usize>, side: usize) -> Vec<(usize, usize, u32)> {
        let last = side - 1;
        let pair = |pixel| {
            let place = (self.at(pixel) - 0.5).clamp(0.0, last as f64);
            let first = place as usize;
            (first, (first + 1).min(last), (256.0 * (place - first as f64)) as u32)
        };
        pixels.map(pair).collect()
    }
}

/// Lays `picture` over `screen`, of which the rows lie on it as `rows` says and the columns as `cols`: `lay` gets each
/// pixel of the screen under which there is one of the picture. The rows and columns of these are returned.
///
/// Bands of the screen are laid by several threads of rayon's; what comes out does not depend on their number.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, on_screen::{Axis, lay_over}};
/// let picture = Plane::from_rows(&[[[1_u8], [2]]]);
/// let mut screen = Plane::filled(2, 6, 0);
/// let (rows, cols) = (Axis { start: 0.0, step: 0.5 }, Axis { start: -0.5, step: 0.5 });
/// let covered = lay_over(&mut screen, &picture, rows, cols, |pixel: &mut u8, [grey]| *pixel = grey);
/// assert_eq!(screen, Plane::from_rows(&[[0, 1, 1, 2, 2, 0], [0, 1, 1, 2, 2, 0]]));
/// assert_eq!(covered, (0..2, 1..5));
/// ```
pub fn lay_over<T: Send, const N: usize>(
    screen: &mut Plane<T>,
    picture: &Plane<[u8; N]>,
    rows: Axis,
    cols: Axis,
    lay: impl Fn(&mut T, [u8; N]) + Sync,
) -> (Range<usize>, Range<usize>) {
    let (down, across) =
        (rows.covered(picture.height(), screen.height()), cols.covered(picture.width(), screen.width()));
    if down.is_empty() || across.is_empty() {
        return (0..0, 0..0);
    }
    let width = screen.width();
    let bands = screen.samples_mut()[down.start * width..down.end * width].par_chunks_mut(BAND * width);
    bands.zip(down.clone().into_par_iter().step_by(BAND)).for_each(|(band, first)| {
        let down = first..first + band.len() / width;
        let mut to = band.chunks_mut(width).map(|row| &mut row[across.clone()]);
        if rows.step > 1.0 || cols.step > 1.0 {
            dispatch!(Level::new(), _simd => smooth(&mut to, picture, (rows, cols), (down, across.clone()), &lay));
        } else {
            dispatch!(Level::new(), _simd => crisp(&mut to, picture, (rows, cols), (down, across.clone()), &lay));
        }
    });
    (down, across)
}

/// Rows of a screen that one thread lays at a time.
const BAND: usize = 64;

#[expect(clippy::inline_always, reason = "compiled within `dispatch`, for what this very processor can do")]
#[inline(always)]
fn crisp<'a, T: 'a, const N: usize>(
    screen: &mut impl Iterator<Item = &'a mut [T]>,
    picture: &Plane<[u8; N]>,
    (rows, cols): (Axis, Axis),
    (down, across): (Range<usize>, Range<usize>),
    lay: &impl Fn(&mut T, [u8; N]),
) {
    let places = cols.nearest(across, picture.width());
    // At the picture's own scale neighbours are neighbours, which need not be looked for one by one.
    let whole = places[0]..places[0] + places.len();
    let is_whole = places.iter().copied().eq(whole.clone());
    for (to, from) in screen.zip(rows.nearest(down, picture.height())) {
        let from = picture.row(from);
        if is_whole {
            to.iter_mut().zip(&from[whole.clone()]).for_each(|(to, &from)| lay(to, from));
        } else {
            to.iter_mut().zip(&places).for_each(|(to, &col)| lay(to, from[col]));
        }
    }
}

#[expect(clippy::inline_always, reason = "compiled within `dispatch`, for what this very processor can do")]
#[inline(always)]
fn smooth<'a, T: 'a, const N: usize>(
    screen: &mut impl Iterator<Item = &'a mut [T]>,
    picture: &Plane<[u8; N]>,
    (rows, cols): (Axis, Axis),
    (down, across): (Range<usize>, Range<usize>),
    lay: &impl Fn(&mut T, [u8; N]),
) {
    let places = cols.between(across, picture.width());
    // Two rows of the picture at the columns of the screen, 256 times as bright; most are used for two of its rows.
    let mut near: [(Option<usize>, Vec<[u16; N]>); 2] = std::array::from_fn(|_| (None, vec![[0; N]; places.len()]));
    let mut mixed = vec![[0; N]; places.len()];
    for (to, (first, second, share)) in screen.zip(rows.between(down, picture.height())) {
        if near[1].0 == Some(first) {
            near.swap(0, 1);
        }
        for ((held, samples), wanted) in near.iter_mut().zip([first, second]) {
            if *held != Some(wanted) {
                *held = Some(wanted);
                narrow(picture.row(wanted), &places, samples);
            }
        }
        let [upper, lower] = near.each_ref().map(|(_, samples)| samples.as_flattened());
        for ((mixed, &upper), &lower) in mixed.as_flattened_mut().iter_mut().zip(upper).zip(lower) {
            *mixed = ((u32::from(upper) * (256 - share) + u32::from(lower) * share + (1 << 15)) >> 16) as u8;
        }
        to.iter_mut().zip(&mixed).for_each(|(to, &mixed)| lay(to, mixed));
    }
}

/// A row of a picture at these places.
#[expect(clippy::inline_always, reason = "compiled within `dispatch`, for what this very processor can do")]
#[inline(always)]
fn narrow<const N: usize>(row: &[[u8; N]], places: &[(usize, usize, u32)], samples: &mut [[u16; N]]) {
    for (sample, &(first, second, share)) in samples.iter_mut().zip(places) {
        let (left, right) = (row[first], row[second]);
        let share = share as u16;
        *sample = std::array::from_fn(|n| u16::from(left[n]) * (256 - share) + u16::from(right[n]) * share);
    }
}

//! Grey pictures laid over one another in colour, as light adds up. No contrast beyond tone curves.
//!
//! All that an ink does to a plane folds into one table, of the light that each of 256 levels sends out in each
//! colour; light is summed in single precision, plane after plane, and cut off at full light. There are two ways to
//! the same picture: to add up light pixel by pixel, and a shorter one for inks in which each colour has two planes at
//! most, where the samples of their sums are looked up.

use fearless_simd::{Level, dispatch};
use rayon::prelude::*;

use super::{Plane, ToneCurve};

/// How one grey picture takes part in a blend.
#[derive(Clone, Debug, PartialEq)]
pub struct Ink {
    /// Its contrast.
    pub curve: ToneCurve,
    /// The colour of its brightest pixels: red, green and blue as shares of full light.
    pub colour: [f32; 3],
}

impl Ink {
    /// Takes no part.
    #[must_use]
    pub fn none() -> Self {
        Self { curve: ToneCurve::identity(), colour: [0.0; 3] }
    }

    /// The light of every level: red, green, blue, and a lane of nothing that fills up a register.
    fn light(&self) -> [[f32; 4]; 256] {
        let [r, g, b] = self.colour;
        std::array::from_fn(|level| {
            let light = f32::from(self.curve.of(level as u8)) / 255.0;
            [r * light, g * light, b * light, 0.0]
        })
    }
}

/// Pixels that are drawn side by side: few enough for their levels, light and colours to stay close to the processor.
const BLOCK: usize = 256;
/// Blocks of one task, at least.
const TASK: usize = 128;

/// Adds `planes`, all of one size, in the colours of `inks`; every sample of the sum then follows the curve `after`.
///
/// The result does not depend on the number of threads.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, ToneCurve, blend::{Ink, blend}};
/// let ink = |colour| Ink { curve: ToneCurve::identity(), colour };
/// let planes = [Plane::from_rows(&[[0, 100]]), Plane::from_rows(&[[30, 200]])];
/// let picture = blend(&planes, &[ink([1.0, 0.0, 0.0]), ink([1.0, 0.0, 0.5])], &ToneCurve::identity());
/// assert_eq!(picture, Plane::from_rows(&[[[30, 0, 15], [255, 0, 100]]]));
/// ```
#[must_use]
pub fn blend<const N: usize>(planes: &[Plane<u8>; N], inks: &[Ink; N], after: &ToneCurve) -> Plane<[u8; 3]> {
    match Overlay::worth_it(planes, inks) {
        Some(overlay) => overlay.blend(planes, inks, after, |_| {}),
        None => blend_pixels(planes, inks, |colours| {
            colours.as_flattened_mut().iter_mut().for_each(|sample| *sample = after.of(*sample));
        }),
    }
}

/// Adds `planes`, all of one size, in the colours of `inks`, and has `finish` change the colours of the sum, some at a
/// time.
///
/// The result does not depend on the number of threads.
#[must_use]
pub fn blend_with<const N: usize>(
    planes: &[Plane<u8>; N],
    inks: &[Ink; N],
    finish: impl Fn(&mut [[u8; 3]]) + Sync,
) -> Plane<[u8; 3]> {
    match Overlay::worth_it(planes, inks) {
        Some(overlay) => overlay.blend(planes, inks, &ToneCurve::identity(), finish),
        None => blend_pixels(planes, inks, finish),
    }
}

/// Adds up light pixel by pixel.
fn blend_pixels<const N: usize>(
    planes: &[Plane<u8>; N],
    inks: &[Ink; N],
    finish: impl Fn(&mut [[u8; 3]]) + Sync,
) -> Plane<[u8; 3]> {
    let tables = inks.each_ref().map(Ink::light);
    let level = Level::new();
    drawn(planes, |levels| {
        let mut colours = dispatch!(level, _simd => sums(&tables, levels));
        finish(&mut colours);
        colours
    })
}

/// The sums of the light of these levels, by one table for each plane.
#[expect(clippy::inline_always, reason = "compiled within `dispatch`, for what this very processor can do")]
#[inline(always)]
fn sums<const N: usize>(tables: &[[[f32; 4]; 256]; N], levels: [&[u8; BLOCK]; N]) -> [[u8; 3]; BLOCK] {
    let mut light = [[0.0; 4]; BLOCK];
    for (table, levels) in tables.iter().zip(levels) {
        for (sum, &level) in light.iter_mut().zip(levels) {
            let light = table[usize::from(level)];
            *sum = std::array::from_fn(|lane| sum[lane] + light[lane]);
        }
    }
    let mut samples = [[0; 4]; BLOCK];
    for (to, &light) in samples.as_flattened_mut().iter_mut().zip(light.as_flattened()) {
        *to = sample(light);
    }
    samples.map(|[r, g, b, _]| [r, g, b])
}

/// One plane over the others, each of which is alone in its colour, as yellow over red, green and blue: then every
/// sample of the picture depends on two levels and can be looked up.
struct Overlay {
    /// The plane that may lie in all colours.
    above: usize,
    /// The other plane of each colour; `above` if there is none.
    below: [usize; 3],
}

impl Overlay {
    /// Pixels of a picture that takes as long to draw as the tables take to fill.
    const WORTH_ITS_TABLES: usize = 1 << 17;

    /// For pictures that are large enough, if their inks allow it.
    fn worth_it(planes: &[Plane<u8>], inks: &[Ink]) -> Option<Self> {
        let pixels = planes.first().map_or(0, |plane| plane.samples().len());
        Self::of(inks).filter(|_| pixels >= Self::WORTH_ITS_TABLES)
    }

    /// The first plane over which the others can lie so, if there is one.
    fn of(inks: &[Ink]) -> Option<Self> {
        (0..inks.len()).find_map(|above| {
            let mut below = [above; 3];
            for (plane, ink) in inks.iter().enumerate().filter(|&(plane, _)| plane != above) {
                for (below, &share) in below.iter_mut().zip(&ink.colour) {
                    if share != 0.0 && *below != above {
                        return None;
                    } else if share != 0.0 {
                        *below = plane;
                    }
                }
            }
            Some(Self { above, below })
        })
    }

    /// Every sample follows `after`, and then `finish` changes colours.
    fn blend<const N: usize>(
        &self,
        planes: &[Plane<u8>; N],
        inks: &[Ink; N],
        after: &ToneCurve,
        finish: impl Fn(&mut [[u8; 3]]) + Sync,
    ) -> Plane<[u8; 3]> {
        let finished = |mut colours: [[u8; 3]; BLOCK]| {
            finish(&mut colours);
            colours
        };
        let above = inks[self.above].light();
        let below = self.below.map(|plane| if plane == self.above { Ink::none() } else { inks[plane].clone() }.light());
        let [red, green, blue] = [0, 1, 2].map(|colour| Light {
            above: above.map(|light| light[colour]),
            below: below[colour].map(|light| light[colour]),
        });
        // The smaller the tables, the more of them is at hand: those of two colours may be one, and where nothing lies
        // above, one row of a table is enough.
        let of_green = (green != red).then(|| green.samples(after));
        let of_red = red.samples(after);
        let (red, green) = (&of_red, of_green.as_ref().unwrap_or(&of_red));
        if blue.above.iter().all(|&light| light <= 0.0) {
            let blue = blue.samples_below(0, after);
            let colour = |[above, r, g, b]: [usize; 4]| [red[above][r], green[above][g], blue[b]];
            drawn(planes, |levels| finished(coloured(self.in_order(levels), colour)))
        } else {
            let blue = blue.samples(after);
            let colour = |[above, r, g, b]: [usize; 4]| [red[above][r], green[above][g], blue[above][b]];
            drawn(planes, |levels| finished(coloured(self.in_order(levels), colour)))
        }
    }

    /// The levels above, and those below in red, green and blue.
    fn in_order<'a, const N: usize>(&self, levels: [&'a [u8; BLOCK]; N]) -> [&'a [u8; BLOCK]; 4] {
        let [r, g, b] = self.below.map(|plane| levels[plane]);
        [levels[self.above], r, g, b]
    }
}

/// The light of one colour for every level of the plane above, and of the plane below.
#[derive(PartialEq)]
struct Light {
    above: [f32; 256],
    below: [f32; 256],
}

impl Light {
    /// The samples of all levels below a level above, for each of those.
    fn samples(&self, after: &ToneCurve) -> Box<[[u8; 256]; 256]> {
        Box::new(std::array::from_fn(|above| self.samples_below(above, after)))
    }

    fn samples_below(&self, above: usize, after: &ToneCurve) -> [u8; 256] {
        self.below.map(|below| after.of(sample(self.above[above] + below)))
    }
}

/// The colours of a block of pixels from each one's level above and the levels below it in red, green and blue.
fn coloured(levels: [&[u8; BLOCK]; 4], colour: impl Fn([usize; 4]) -> [u8; 3]) -> [[u8; 3]; BLOCK] {
    let mut colours = [[0; 3]; BLOCK];
    // Four at a time, which leaves a step of the loop little else to do.
    let [above, red, green, blue] = levels.map(|levels| levels.as_chunks::<4>().0);
    let levels = above.iter().zip(red).zip(green).zip(blue);
    for (colours, (((above, red), green), blue)) in colours.as_chunks_mut::<4>().0.iter_mut().zip(levels) {
        for (pixel, to) in colours.iter_mut().enumerate() {
            *to = colour([above[pixel], red[pixel], green[pixel], blue[pixel]].map(usize::from));
        }
    }
    colours
}

/// The picture that `draw` makes of `planes`: from the levels of a block of pixels in every plane to their colours.
///
/// The colours are collected as they come; to write them over an empty picture would take an eighth longer.
fn drawn<const N: usize>(
    planes: &[Plane<u8>; N],
    draw: impl Fn([&[u8; BLOCK]; N]) -> [[u8; 3]; BLOCK] + Sync,
) -> Plane<[u8; 3]> {
    let (height, width) = planes.first().map_or((0, 0), Plane::size);
    let pixels = height * width;
    let planes = planes.each_ref().map(|plane| plane.samples().as_chunks::<BLOCK>());
    let whole = (0..pixels / BLOCK)
        .into_par_iter()
        .with_min_len(TASK)
        .map(|block| draw(planes.map(|(blocks, _)| &blocks[block])));
    let mut colours = Vec::with_capacity(pixels.div_ceil(BLOCK));
    colours.par_extend(whole);
    if pixels % BLOCK > 0 {
        // What is missing in the last block is black, and cut off afterwards.
        let last = planes.map(|(_, rest)| std::array::from_fn(|pixel| rest.get(pixel).copied().unwrap_or_default()));
        colours.push(draw(last.each_ref()));
    }
    let mut colours = colours.into_flattened();
    colours.truncate(pixels);
    Plane::from_samples(height, width, colours)
}

/// The sample of some light, nearest and ties to even; full light at most.
///
/// Added to a number of 0 to 255, 2^23 leaves no bits for a fraction, so the processor's own rounding does it and the
/// last byte is the result.
fn sample(light: f32) -> u8 {
    const NO_FRACTION: f32 = 8_388_608.0;
    let light = if light < 1.0 { light } else { 1.0 };
    (255.0 * light + NO_FRACTION).to_bits() as u8
}

//! Grey pictures laid over one another in colour, as light adds up. No contrast beyond tone curves.
//!
//! All that an ink does to a plane folds into one table, of the light that each of 256 levels sends out in each
//! colour; light is summed in single precision, plane after plane, and cut off at full light. There are two ways to
//! the same picture: [`blend_with`] adds up light pixel by pixel, and [`blend`] knows a shorter way for inks in which
//! each colour has two planes at most.

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

/// Pixels of one task.
const TASK: usize = 1 << 15;

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
    let pixels = planes.first().map_or(0, |plane| plane.samples().len());
    match Overlay::of(inks) {
        Some(overlay) if pixels >= Overlay::WORTH_ITS_TABLES => overlay.blend(planes, inks, after),
        _ => blend_with(planes, inks, |colour| colour.map(|sample| after.of(sample))),
    }
}

/// Adds `planes`, all of one size, in the colours of `inks`, and gives each pixel the colour that `finish` makes of
/// the sum.
///
/// The result does not depend on the number of threads.
#[must_use]
pub fn blend_with<const N: usize>(
    planes: &[Plane<u8>; N],
    inks: &[Ink; N],
    finish: impl Fn([u8; 3]) -> [u8; 3] + Sync,
) -> Plane<[u8; 3]> {
    // Few enough pixels for their light to stay close to the processor until it is written.
    const BLOCK: usize = 64;
    let tables = inks.each_ref().map(Ink::light);
    drawn(planes, |levels, colours| {
        for (block, colours) in colours.chunks_mut(BLOCK).enumerate() {
            let mut light = [[0.0; 4]; BLOCK];
            for (table, levels) in tables.iter().zip(levels) {
                for (sum, &level) in light.iter_mut().zip(&levels[block * BLOCK..]) {
                    let light = table[usize::from(level)];
                    *sum = std::array::from_fn(|lane| sum[lane] + light[lane]);
                }
            }
            let mut samples = [[0; 4]; BLOCK];
            for (to, &light) in samples.as_flattened_mut().iter_mut().zip(light.as_flattened()) {
                *to = sample(light);
            }
            for (colour, &[r, g, b, _]) in colours.iter_mut().zip(&samples) {
                *colour = finish([r, g, b]);
            }
        }
    })
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

    fn blend<const N: usize>(&self, planes: &[Plane<u8>; N], inks: &[Ink; N], after: &ToneCurve) -> Plane<[u8; 3]> {
        let above = inks[self.above].light();
        let below = self.below.map(|plane| if plane == self.above { Ink::none() } else { inks[plane].clone() }.light());
        let [red, green, blue]: [Box<[[u8; 256]; 256]>; 3] = [0, 1, 2].map(|colour| {
            let light = |of: &[[f32; 4]; 256], level: usize| of[level][colour];
            let row = |upper: usize| {
                std::array::from_fn(|lower| after.of(sample(light(&above, upper) + light(&below[colour], lower))))
            };
            Box::new(std::array::from_fn(row))
        });
        drawn(planes, |levels, colours| {
            let [r, g, b] = self.below.map(|plane| levels[plane]);
            let levels = levels[self.above].iter().zip(r).zip(g).zip(b);
            for (colour, (((&above, &r), &g), &b)) in colours.iter_mut().zip(levels) {
                let [above, r, g, b] = [above, r, g, b].map(usize::from);
                *colour = [red[above][r], green[above][g], blue[above][b]];
            }
        })
    }
}

/// The picture that `draw` makes of `planes`: from the levels of some pixels in every plane to their colours.
fn drawn<const N: usize>(planes: &[Plane<u8>; N], draw: impl Fn([&[u8]; N], &mut [[u8; 3]]) + Sync) -> Plane<[u8; 3]> {
    let (height, width) = planes.first().map_or((0, 0), Plane::size);
    let mut picture = vec![[0; 3]; height * width];
    picture.par_chunks_mut(TASK).enumerate().for_each(|(task, colours)| {
        let pixels = task * TASK..task * TASK + colours.len();
        draw(planes.each_ref().map(|plane| &plane.samples()[pixels.clone()]), colours);
    });
    Plane::from_samples(height, width, picture)
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

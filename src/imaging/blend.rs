//! Grey pictures laid over one another in colour, as light adds up. No gamma and no contrast beyond tone curves.

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
}

/// Pixels that one task blends at a time.
const CHUNK: usize = 1 << 15;

/// A brightness in 0 to 255 plus this has its nearest integer, ties to even, in its last bits.
const NO_FRACTION: f32 = 8_388_608.0;

/// Adds `planes`, all of one size, in the colours of `inks`, and gives each pixel the colour `finish` makes of it.
///
/// Light is summed in single precision, plane after plane, and cut off at full light. Everything an ink does folds
/// into one table of 256 colours, four lanes wide, so that a pixel costs a load and an addition for each plane. The
/// result does not depend on the number of threads.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::{Plane, ToneCurve, blend::{Ink, blend}};
/// let ink = |colour| Ink { curve: ToneCurve::identity(), colour };
/// let planes = [Plane::from_rows(&[[0, 100]]), Plane::from_rows(&[[30, 200]])];
/// let picture = blend(&planes, &[ink([1.0, 0.0, 0.0]), ink([1.0, 0.0, 0.5])], |colour| colour);
/// assert_eq!(picture, Plane::from_rows(&[[[30, 0, 15], [255, 0, 100]]]));
/// ```
#[must_use]
pub fn blend<const N: usize>(
    planes: &[Plane<u8>; N],
    inks: &[Ink; N],
    finish: impl Fn([u8; 3]) -> [u8; 3] + Sync,
) -> Plane<[u8; 3]> {
    let (height, width) = planes.first().map_or((0, 0), Plane::size);
    let tables: [[[f32; 4]; 256]; N] = std::array::from_fn(|plane| light(&inks[plane]));
    let mut picture = vec![[0; 3]; height * width];
    picture.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, colours)| {
        let pixels = chunk * CHUNK..chunk * CHUNK + colours.len();
        let levels: [&[u8]; N] = std::array::from_fn(|plane| &planes[plane].samples()[pixels.clone()]);
        for (pixel, colour) in colours.iter_mut().enumerate() {
            let mut sum = [0.0; 4];
            for (table, levels) in tables.iter().zip(levels) {
                let light = table[usize::from(levels[pixel])];
                for (sum, light) in sum.iter_mut().zip(light) {
                    *sum += light;
                }
            }
            let [r, g, b, _] = sum.map(|light| (255.0 * light.min(1.0) + NO_FRACTION).to_bits() as u8);
            *colour = finish([r, g, b]);
        }
    });
    Plane::from_samples(height, width, picture)
}

/// The colour of every level, with a fourth lane that makes it the width of a register.
fn light(ink: &Ink) -> [[f32; 4]; 256] {
    let [r, g, b] = ink.colour;
    std::array::from_fn(|level| [r, g, b, 0.0].map(|share| share * (f32::from(ink.curve.of(level as u8)) / 255.0)))
}

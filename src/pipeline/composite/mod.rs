//! COMPOSITE: from the grey stains of a field to one picture in colour. For people to look at; nothing is measured
//! on it.
//!
//! The settings act in this order, which is that of the reference with the windows put before it:
//!
//! ```text
//! window        of each shown stain: grey levels, or percentiles of its own pixels  → 8 bit   contrast
//! matching      each shown stain gets the histogram of the mean of those shown      → 8 bit   contrast
//! palette       the stains' light added up in their colours, at most full light     → 8 bit   blend
//! gamma         of the picture's light; hue and saturation stay                     → 8 bit   LumaGamma
//! brightness    a factor of every sample                                            → 8 bit   ToneCurve
//! ```
//! All but gamma look at one sample at a time, so all that happens to a stain is one curve of 256 levels, folded into
//! a table of 256 colours; gamma is computed pixel by pixel where it is not 1. A stain that is not shown has no part
//! in anything: the reference's composite without endoplasmic reticulum is that of the other three.

mod contrast;
mod palette;
mod params;

pub use palette::Palette;
pub use params::{CompositeParams, StainParams, Window};

use crate::{
    atlas::{Channel, Field},
    imaging::{
        Plane, ToneCurve,
        blend::{Ink, blend, blend_with},
        histogram::level_counts,
        tone::LumaGamma,
    },
};

/// `field` in colour: red, green and blue of every pixel.
///
/// # Examples
/// ```
/// use cytoscribe::{atlas::Field, imaging::Plane, pipeline::composite::{CompositeParams, composite}};
/// // Microtubules, endoplasmic reticulum, nucleus and protein of a field of one pixel.
/// let field = Field::new([10, 20, 30, 40].map(|level| Plane::filled(1, 1, level))).unwrap();
/// let mut params = CompositeParams::default();
/// assert_eq!(composite(&field, &params)[(0, 0)], [20, 50, 30]);
/// params.brightness = 2.0;
/// assert_eq!(composite(&field, &params)[(0, 0)], [40, 100, 60]);
/// ```
#[must_use]
pub fn composite(field: &Field, params: &CompositeParams) -> Plane<[u8; 3]> {
    Tones::of(field, params).draw(field)
}

/// What becomes of the samples of a field's stains: all that [`composite`] settles before it draws.
///
/// Percentiles and matching are those of one whole field; a part of it, or a smaller version, drawn with the same
/// tones looks like the whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Tones {
    inks: [Ink; Channel::COUNT],
    gamma: f64,
    brightness: f64,
}

impl Tones {
    /// The tones that `params` ask for in `field`.
    #[must_use]
    pub fn of(field: &Field, params: &CompositeParams) -> Self {
        Self::with_curves(contrast::curves(field, |channel| level_counts(field.plane(channel)), params), params)
    }

    /// The same from how often each grey level occurs in each stain of `field`, where that is known.
    #[must_use]
    pub fn of_counted(field: &Field, counts: &[[u32; 256]; Channel::COUNT], params: &CompositeParams) -> Self {
        Self::with_curves(contrast::curves(field, |channel| counts[channel.index()], params), params)
    }

    fn with_curves(mut curves: contrast::Curves, params: &CompositeParams) -> Self {
        let inks = Channel::ALL.map(|channel| {
            let colour = params.palette.colour(channel);
            curves[channel.index()].take().map_or(Ink::none(), |curve| Ink { curve, colour })
        });
        Self { inks, gamma: params.gamma, brightness: params.brightness }
    }

    /// `field` in these tones.
    #[must_use]
    pub fn draw(&self, field: &Field) -> Plane<[u8; 3]> {
        let brightness = ToneCurve::gain(self.brightness);
        // A gamma of 1 changes no colour, and without it every sample can be looked up.
        if self.gamma.to_bits() == 1.0_f64.to_bits() {
            return blend(field.planes(), &self.inks, &brightness);
        }
        let gamma = LumaGamma::new(self.gamma);
        blend_with(field.planes(), &self.inks, |colours| {
            gamma.change(colours);
            colours.as_flattened_mut().iter_mut().for_each(|sample| *sample = brightness.of(*sample));
        })
    }
}

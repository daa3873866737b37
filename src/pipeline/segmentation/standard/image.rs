//! The stains at working size, and how large nuclei are on them.

use super::scale::usual_diameter;
use crate::{
    atlas::{Channel, Field},
    imaging::{Plane, resize::area_mean, smoothing::gaussian},
};

/// Nuclei smaller than this on the working image, in pixels, are looked at on a larger one, if the field has more to show.
const SMALLEST_DIAMETER: f32 = 24.0;
/// Smoothing of the cytoplasm, as a share of a nucleus' diameter.
const CYTOPLASM_SMOOTHING: f32 = 0.03;
/// Below this their diameter, in pixels, is measured once more on the larger image.
const UNSURE_DIAMETER: f32 = 8.0;

/// The stains at the size the masks are computed on.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkingStains {
    /// The nucleus stain, 0 to 255.
    pub nucleus: Plane<f32>,
    /// Endoplasmic reticulum and microtubules added up, without their noise, 0 to 510; `None` where only the nucleus stain
    /// is known.
    pub cytoplasm: Option<Plane<f32>>,
    /// The usual diameter of a nucleus, in pixels.
    pub diameter_px: f32,
}

impl WorkingStains {
    /// Of `field`: its longer side at `working_size` pixels, or more if nuclei are too small on that, but never above its
    /// own; 0 keeps its size. Shrinking takes means of areas.
    #[must_use]
    pub fn of(field: &Field, working_size: u32) -> Self {
        let mut stains = Self::of_nucleus(field.plane(Channel::Nucleus), working_size);
        let (height, width) = stains.nucleus.size();
        let [reticulum, microtubules] = [Channel::EndoplasmicReticulum, Channel::Microtubules]
            .map(|channel| area_mean(field.plane(channel), height, width));
        let sums = reticulum.samples().iter().zip(microtubules.samples()).map(|(er, mt)| er + mt).collect();
        let sums = Plane::from_samples(height, width, sums);
        stains.cytoplasm = Some(gaussian(&sums, CYTOPLASM_SMOOTHING * stains.diameter_px));
        stains
    }

    /// As [`WorkingStains::of`], where only the nucleus stain is known.
    #[must_use]
    pub fn of_nucleus(nucleus: &Plane<u8>, working_size: u32) -> Self {
        let longer = nucleus.height().max(nucleus.width()) as f32;
        let wanted = if working_size == 0 { longer } else { (working_size as f32).min(longer) };
        let at = |side: f32| {
            let scaled = |length: usize| ((length as f32 * side / longer).round() as usize).clamp(1, length);
            area_mean(nucleus, scaled(nucleus.height()), scaled(nucleus.width()))
        };
        let image = at(wanted);
        let diameter_px = usual_diameter(&image);
        if diameter_px >= SMALLEST_DIAMETER || wanted >= longer {
            return Self { nucleus: image, cytoplasm: None, diameter_px };
        }
        let side = (wanted * SMALLEST_DIAMETER / diameter_px).min(longer);
        let image = at(side);
        let enlarged = diameter_px * side / wanted;
        let diameter_px = if enlarged < UNSURE_DIAMETER { usual_diameter(&image) } else { enlarged };
        Self { nucleus: image, cytoplasm: None, diameter_px }
    }
}

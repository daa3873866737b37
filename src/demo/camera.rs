//! The microscope: from light to samples, by way of optics, exposure, photons and the detector.

use super::{
    blur,
    chance::Chance,
    params::{Background, DemoParams, Depth},
    portable,
    scene::REFERENCE_SIDE,
};
use crate::{
    atlas::{Channel, Samples},
    imaging::Plane,
};

/// How all stains of a field are taken.
pub struct Camera {
    /// Photons to a sample of full light: few are grainy.
    photons: f32,
    /// The brightest place of the illumination, as shares of the side from the middle.
    middle: (f32, f32),
}

impl Camera {
    /// A camera of its own for every stream of chance.
    pub fn new(chance: &mut Chance) -> Self {
        Self {
            photons: 380.0 * chance.factor_within(0.15..2.0),
            middle: (0.25 * chance.normal(), 0.25 * chance.normal()),
        }
    }

    /// The samples of one stain's `light`. `least_bright`: light that fills the range even where there is less.
    pub fn take(
        &self,
        light: Plane<f32>,
        channel: Channel,
        least_bright: f32,
        params: &DemoParams,
        mut chance: Chance,
    ) -> Samples {
        let chance = &mut chance;
        let side = light.width();
        let scale = side as f32 / REFERENCE_SIDE;
        let (focus, scatter, gain, black) = match channel {
            Channel::Nucleus => (1.6, 0.012, 0.5..0.72, 0.016..0.024),
            Channel::Microtubules => (0.9, 0.04, 0.55..0.85, 0.008..0.02),
            Channel::EndoplasmicReticulum => (1.0, 0.03, 0.5..0.8, 0.008..0.018),
            Channel::Protein => (0.9, 0.03, 0.35..0.75, 0.008..0.018),
        };
        let far = blur::Wide::new(&light, 60.0 * scale);
        let mut seen = light;
        blur::gaussian(&mut seen, (focus * scale).max(0.45));
        for (row, seen) in seen.samples_mut().chunks_mut(side).enumerate() {
            seen.iter_mut().zip(far.row(row)).for_each(|(seen, far)| *seen += scatter * far);
        }

        // DNA is stained brightly: its background stays black.
        let photons_at_full = self.photons * if channel == Channel::Nucleus { 4.0 } else { 1.0 };
        let share_of_photon = 1.0 / photons_at_full;
        let exposure = chance.within(gain) / bright(&seen).max(least_bright);
        let vignetting = chance.within(0.08..0.22);
        // What is left after the detector's offset is taken off: the atlas' background is black.
        let level = match params.background {
            Background::Black => -chance.within(black),
            Background::Haze => chance.within(0.02..0.06),
        };
        let fall = |at: usize, middle: f32| {
            let from_middle = 2.0 * (at as f32 + 0.5) / side as f32 - 1.0 - middle;
            0.5 * vignetting * from_middle * from_middle
        };
        let across: Vec<f32> = (0..side).map(|col| fall(col, self.middle.1)).collect();
        let mut noise = vec![0.0; side];
        for (row, samples) in seen.samples_mut().chunks_mut(side).enumerate() {
            let down = 1.0 - fall(row, self.middle.0);
            chance.fill_normal(&mut noise);
            for ((sample, across), noise) in samples.iter_mut().zip(&across).zip(&noise) {
                // The root of a number of photons deviates by one half, whatever the number.
                let photons = (*sample * exposure * (down - across) + 0.008).max(0.0) * photons_at_full;
                let root = photons.sqrt() + 0.5 * noise;
                *sample = root * root * share_of_photon - 0.008;
            }
        }
        // Scanning smooths neighbours a little; reading adds noise.
        let mut taken = seen;
        blur::gaussian(&mut taken, (0.55 * (1.2 * scale).min(1.0)).max(0.3));
        for samples in taken.samples_mut().chunks_mut(side) {
            chance.fill_normal(&mut noise);
            samples.iter_mut().zip(&noise).for_each(|(sample, noise)| *sample += level + 0.004 * noise);
            samples.iter_mut().filter(|sample| **sample > SHOULDER).for_each(|sample| *sample = compressed(*sample));
        }
        match params.depth {
            Depth::Eight => Samples::Eight(taken.map(|share| (share * 255.0 + 0.5).max(0.0) as u8)),
            Depth::Sixteen => Samples::Sixteen(taken.map(|share| (share * 65_535.0 + 0.5).max(0.0) as u16)),
        }
    }
}

/// The share of the range above which samples are compressed.
const SHOULDER: f32 = 0.7;

/// A share above the shoulder as it is recorded: compressed, so that few samples are saturated.
#[cold]
#[inline(never)]
fn compressed(share: f32) -> f32 {
    const REST: f32 = 1.0 - SHOULDER;
    SHOULDER + REST * (1.0 - portable::exp((SHOULDER - share) / REST))
}

/// The light that one pixel in a hundred exceeds.
fn bright(light: &Plane<f32>) -> f32 {
    let mut some: Vec<f32> = light.samples().iter().step_by(13).copied().collect();
    let place = some.len() * 99 / 100;
    *some.select_nth_unstable_by(place, f32::total_cmp).1
}

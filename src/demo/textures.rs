//! Textures that the stains of a field share: chromatin, nucleoli, the network of the reticulum, vacuoles, grain.

use super::{
    chance::Chance,
    noise::{fractal_noise, smooth_noise},
    paint::Point,
    portable,
    scene::Scene,
};
use crate::imaging::Plane;

/// The textures of a field. Noises have mean 0 and deviation 1.
pub struct Textures {
    /// Density of the chromatin.
    pub chromatin: Plane<f32>,
    /// Fine noise.
    pub fine: Plane<f32>,
    /// Coarse noise, wider than a nucleus.
    pub coarse: Plane<f32>,
    /// How much of a pixel is nucleolus, 0 to 1.
    pub nucleoli: Plane<f32>,
    /// The network of the reticulum, about 0 to 1.
    pub network: Plane<f32>,
    /// Grain of an antibody stain, around 1.
    pub grain: Plane<f32>,
    /// Vacuoles and droplets, which no stain enters: 0 to 1.
    pub vacuoles: Plane<f32>,
    /// (place, radius in pixels) of the nucleoli of each cell.
    pub nucleolus_places: Vec<Vec<(Point, f32)>>,
}

impl Textures {
    /// Textures of their own for every stream of chance.
    pub fn new(scene: &Scene, chance: &mut Chance) -> Self {
        let (side, scale) = (scene.side_px(), scene.scale);
        let chromatin = fractal_noise(side, 21.0 * scale, 4, 0.75, chance);
        let (nucleoli, nucleolus_places) = nucleoli(scene, &chromatin, chance);
        let ridges = smooth_noise(side, 5.0 * scale, chance);
        let wide_ridges = smooth_noise(side, 11.0 * scale, chance);
        let ridges = ridges.samples().iter().zip(wide_ridges.samples());
        let network = ridges.map(|(ridge, wide_ridge)| {
            let fine = portable::exp(-2.5 * ridge.abs());
            let wide = portable::exp(-2.8 * wide_ridge.abs());
            0.55 * fine * (0.5 + 0.5 * wide) + 0.3 * wide
        });
        let network = Plane::from_samples(side, side, network.collect());
        let roughness = chance.within(0.25..0.6);
        let mut grain = smooth_noise(side, 2.0 * scale, chance);
        grain.samples_mut().iter_mut().for_each(|grain| *grain = (1.0 + roughness * *grain).max(0.1));
        let mut vacuoles = fractal_noise(side, 17.0 * scale, 2, 0.6, chance);
        let scarce = chance.within(1.0..2.2);
        vacuoles.samples_mut().iter_mut().for_each(|noise| *noise = (1.6 * (*noise - scarce)).clamp(0.0, 1.0));
        Self {
            fine: fractal_noise(side, 5.5 * scale, 2, 0.6, chance),
            coarse: fractal_noise(side, 70.0 * scale, 3, 0.6, chance),
            chromatin,
            nucleoli,
            network,
            grain,
            vacuoles,
            nucleolus_places,
        }
    }
}

/// One to five ragged blobs inside every nucleus that is not in division.
fn nucleoli(scene: &Scene, ragged: &Plane<f32>, chance: &mut Chance) -> (Plane<f32>, Vec<Vec<(Point, f32)>>) {
    let mut plane = Plane::filled(scene.side_px(), scene.side_px(), 0.0_f32);
    let places = (1..).zip(&scene.cells).map(|(id, cell)| {
        let count = if cell.mitotic { 0 } else { chance.whole(1..6) };
        let radius = cell.nucleus.half_axes.1;
        let inside =
            |at: (usize, usize)| if scene.nuclei_mask[at] == id { 4.0 * scene.nuclear_depth[at] - 0.6 } else { 0.0 };
        let mut places = Vec::new();
        for _ in 0..count {
            let Some(place) = scene.somewhere(id, chance, inside) else { continue };
            let own_radius = radius * chance.within(0.1..0.26);
            let stretch = chance.within(0.75..1.33);
            let reach = 2.0 * own_radius;
            let (top, left) = scene.pixel((place.0 - reach, place.1 - reach));
            let (bottom, right) = scene.pixel((place.0 + reach, place.1 + reach));
            for row in top..=bottom {
                for col in left..=right {
                    let at = (row, col);
                    let (down, across) = ((row as f32 - place.0) * stretch, (col as f32 - place.1) / stretch);
                    let share = (down * down + across * across).sqrt() / own_radius * (1.0 + 0.16 * ragged[at]);
                    if scene.nuclei_mask[at] == id {
                        plane[at] = plane[at].max(((1.15 - share) * 3.0).clamp(0.0, 1.0));
                    }
                }
            }
            places.push((place, own_radius));
        }
        places
    });
    let places = places.collect();
    (plane, places)
}

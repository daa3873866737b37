//! What the patterns ask of the pixels of a cell.

use std::ops::Range;

use crate::{
    demo::{scene::Scene, textures::Textures},
    imaging::Plane,
};

/// A pixel of the cell. Distances in reference pixels.
pub struct Place {
    pub in_nucleus: bool,
    pub to_border: f32,
    pub to_envelope: f32,
    pub thickness: f32,
    pub chromatin: f32,
    pub fine: f32,
    pub coarse: f32,
    pub nucleolus: f32,
    pub network: f32,
    pub grain: f32,
    pub vacuole: f32,
    pub microtubules: f32,
}

/// Some pixels of a row.
pub struct Places<'a> {
    nuclei: &'a [u32],
    to_border: &'a [f32],
    to_envelope: &'a [f32],
    thickness: &'a [f32],
    chromatin: &'a [f32],
    fine: &'a [f32],
    coarse: &'a [f32],
    nucleoli: &'a [f32],
    network: &'a [f32],
    grain: &'a [f32],
    vacuoles: &'a [f32],
    microtubules: &'a [f32],
}

impl<'a> Places<'a> {
    /// The pixels in these columns of one row.
    #[expect(clippy::inline_always, reason = "the columns' number is then known to be the same for all planes")]
    #[inline(always)]
    pub fn new(
        scene: &'a Scene,
        textures: &'a Textures,
        microtubules: &'a Plane<f32>,
        row: usize,
        cols: Range<usize>,
    ) -> Self {
        let of = |plane: &'a Plane<f32>| &plane.row(row)[cols.clone()];
        Self {
            nuclei: &scene.nuclei_mask.row(row)[cols.clone()],
            to_border: of(&scene.to_border),
            to_envelope: of(&scene.to_envelope),
            thickness: of(&scene.thickness),
            chromatin: of(&textures.chromatin),
            fine: of(&textures.fine),
            coarse: of(&textures.coarse),
            nucleoli: of(&textures.nucleoli),
            network: of(&textures.network),
            grain: of(&textures.grain),
            vacuoles: of(&textures.vacuoles),
            microtubules: of(microtubules),
        }
    }

    /// The pixel `n` of them.
    #[expect(clippy::inline_always, reason = "a pattern then reads only the planes it asks for")]
    #[inline(always)]
    pub fn at(&self, n: usize) -> Place {
        Place {
            in_nucleus: self.nuclei[n] > 0,
            to_border: self.to_border[n],
            to_envelope: self.to_envelope[n],
            thickness: self.thickness[n],
            chromatin: self.chromatin[n],
            fine: self.fine[n],
            coarse: self.coarse[n],
            nucleolus: self.nucleoli[n],
            network: self.network[n],
            grain: self.grain[n],
            vacuole: self.vacuoles[n],
            microtubules: self.microtubules[n],
        }
    }
}

//! The cells around the nuclei: how far the cytoplasm reaches, and whose it is.
//!
//! Cytoplasm is what is brighter than the background by a share of what is usual around nuclei. It is flooded from the
//! nuclei along its brightest ways, so that borders run where it is dark. Each cell then loses what is dim beside its own
//! brightness and what hangs on by a thread.

use super::{
    foreground::without_holes,
    levels::{Levels, SamplesByRegion, quantile, share_below},
    pieces::shapes_of,
};
use crate::imaging::{
    Plane,
    basins::flood,
    discs::{dilated, opened},
    regions::runs_of_ids,
    whole_regions::{fill_holes, keep_parts_with_cores},
};

/// Lengths as shares of a nucleus' diameter: of the ring around a nucleus, and of the disc that a cell is opened by.
const RING: f32 = 0.12;
const OPENING: f32 = 0.04;
/// Holes up to this share of a nucleus' square are filled.
const HOLE: f32 = 0.6;
/// Brightness around nuclei, 0 to 510, where there is none to measure.
const UNKNOWN_BRIGHTNESS: f32 = 50.0;
/// A cell loses what is darker than this share of its bright cytoplasm, …
const DIM: f32 = 0.05;
/// … if it has at least so many pixels of it.
const LEAST_CYTOPLASM: usize = 20;
/// Levels of the relief for one of the square root of brightness, which is at most 22.6.
const RELIEF_STEPS: f32 = 180.0;
const RELIEF_TOP: u16 = 4095;

/// How bright cytoplasm is, 0 to 510.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Brightness {
    /// Where there is none.
    background: f32,
    /// Usually, around nuclei.
    usual: f32,
}

/// The cells.
#[derive(Clone, Debug, PartialEq)]
pub struct FloodedCells {
    /// What was flooded, low where the cytoplasm is bright.
    pub relief: Plane<u16>,
    /// The cells: each with the id of its nucleus, which it contains.
    pub mask: Plane<u32>,
}

/// The diameter of a disc of the median area of the nuclei that no border cuts; `otherwise` where there are none.
pub(super) fn diameter_of(nuclei: &Plane<u32>, otherwise: f32) -> f32 {
    let shapes = shapes_of(nuclei);
    let mut areas: Vec<f64> = shapes.iter().filter(|s| s.area > 0.0 && !s.is_at_border).map(|s| s.area).collect();
    areas.sort_by(f64::total_cmp);
    areas.get(areas.len() / 2).map_or(otherwise, |area| (area * 4.0 / std::f64::consts::PI).sqrt() as f32)
}

impl Brightness {
    /// Of the `cytoplasm` around `nuclei` of the given usual diameter.
    #[must_use]
    pub fn of(cytoplasm: &Plane<f32>, nuclei: &Plane<u32>, diameter_px: f32) -> Self {
        let background = share_below(&Levels::of(cytoplasm), 0.01);
        let usual = brightness_around(cytoplasm, nuclei, RING * diameter_px).unwrap_or(UNKNOWN_BRIGHTNESS);
        Self { background, usual }
    }
}

/// Where cells may be: `nuclei` and the `cytoplasm` that is bright enough; `level` as a share of the usual brightness.
pub(super) fn cell_foreground(
    cytoplasm: &Plane<f32>,
    brightness: Brightness,
    nuclei: &Plane<u32>,
    diameter_px: f32,
    level: f32,
) -> Plane<bool> {
    let Brightness { background, usual } = brightness;
    let threshold = background + level * (usual - background).max(1.0);
    let pixels = cytoplasm.samples().iter().zip(nuclei.samples());
    let bright = pixels.map(|(&sample, &id)| sample > threshold || id > 0).collect();
    let bright = Plane::from_samples(cytoplasm.height(), cytoplasm.width(), bright);
    without_holes(&bright, (HOLE * diameter_px * diameter_px) as usize)
}

/// The median over nuclei of the mean brightness of the ring around them; `None` if no nucleus has one.
fn brightness_around(cytoplasm: &Plane<f32>, nuclei: &Plane<u32>, reach_px: f32) -> Option<f32> {
    let near = dilated(&nuclei.map(|&id| id > 0), reach_px);
    let rings = flood(&nuclei.map(|_| 0), &near, nuclei, |_, _| true);
    let mut sums = vec![(0.0_f64, 0_usize); nuclei.largest() as usize + 1];
    let rings = without(&rings, nuclei);
    for (id, row, cols) in runs_of_ids(&rings) {
        let (sum, count) = &mut sums[id as usize];
        *count += cols.len();
        *sum += cytoplasm.row(row)[cols].iter().map(|&sample| f64::from(sample)).sum::<f64>();
    }
    let rings = sums.iter().filter(|(_, count)| *count > 0);
    let mut means: Vec<f32> = rings.map(|(sum, count)| (sum / *count as f64) as f32).collect();
    (!means.is_empty()).then(|| quantile(&mut means, 0.5))
}

/// `mask` without the pixels of nuclei.
fn without(mask: &Plane<u32>, nuclei: &Plane<u32>) -> Plane<u32> {
    let ids = mask.samples().iter().zip(nuclei.samples());
    let ids = ids.map(|(&id, &nucleus)| if nucleus > 0 { 0 } else { id }).collect();
    Plane::from_samples(mask.height(), mask.width(), ids)
}

impl FloodedCells {
    /// Floods the `foreground` from `nuclei`.
    #[must_use]
    pub fn of(
        cytoplasm: &Plane<f32>,
        brightness: Brightness,
        foreground: &Plane<bool>,
        nuclei: &Plane<u32>,
        diameter_px: f32,
    ) -> Self {
        let relief = cytoplasm.map(|&sample| RELIEF_TOP - (sample.max(0.0).sqrt() * RELIEF_STEPS) as u16);
        let mut mask = flood(&relief, foreground, nuclei, |_, _| true);
        drop_dim(&mut mask, cytoplasm, brightness.background, nuclei);
        Self { mask: tidied(&mask, nuclei, OPENING * diameter_px), relief }
    }
}

/// Takes from each cell what is dark beside its own cytoplasm.
fn drop_dim(mask: &mut Plane<u32>, cytoplasm: &Plane<f32>, background: f32, nuclei: &Plane<u32>) {
    let mut by_cell = SamplesByRegion::of(&without(mask, nuclei), cytoplasm);
    let bright = by_cell.quantiles(0.9).into_iter().zip(by_cell.counts());
    let mut least: Vec<f32> = bright
        .map(
            |(bright, count)| {
                if count < LEAST_CYTOPLASM { f32::MIN } else { background + DIM * (bright - background) }
            },
        )
        .collect();
    least.resize(mask.largest() as usize + 1, f32::MIN);
    let pixels = nuclei.samples().iter().zip(cytoplasm.samples());
    for (cell, (&nucleus, &sample)) in mask.samples_mut().iter_mut().zip(pixels) {
        if nucleus == 0 && sample < least[*cell as usize] {
            *cell = 0;
        }
    }
}

/// Each cell opened by a disc, with its nucleus, in one piece and without holes.
fn tidied(mask: &Plane<u32>, nuclei: &Plane<u32>, radius: f32) -> Plane<u32> {
    let open = opened(mask, radius);
    let pixels = mask.samples().iter().zip(nuclei.samples()).zip(open.samples());
    let kept = pixels.map(|((&cell, &nucleus), &open)| if open { cell } else { nucleus }).collect();
    let mut tidy = Plane::from_samples(mask.height(), mask.width(), kept);
    keep_parts_with_cores(&mut tidy, nuclei);
    fill_holes(&mut tidy);
    for (cell, &nucleus) in tidy.samples_mut().iter_mut().zip(nuclei.samples()).filter(|(_, nucleus)| **nucleus > 0) {
        *cell = nucleus;
    }
    tidy
}

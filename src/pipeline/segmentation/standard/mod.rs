//! The STANDARD METHOD: nuclei by their own brightness and by evidence for where they touch, cells by flooding the brightest
//! ways of the cytoplasm. Every length in it follows from the size of the nuclei, which it measures first.
//!
//! ```text
//! WorkingStains::of     the stains at working size, and how large nuclei are
//! Foreground::of        what of the nucleus stain is nucleus                       (nucleus threshold)
//! Pieces::of            that cut into more pieces than there are nuclei
//! Pieces::joined        the pieces of one nucleus joined, what is none left out    (split)
//! Brightness::of        how bright cytoplasm is around them, and where there is none
//! cell_foreground       how far cytoplasm reaches                                  (cell extent)
//! FloodedCells::of      whose it is
//! ```

mod cells;
mod coarse;
mod foreground;
mod image;
mod levels;
mod nuclei;
mod params;
mod pieces;
mod scale;

use std::sync::Arc;

pub use cells::{Brightness, FloodedCells};
pub use foreground::Foreground;
pub use image::WorkingStains;
pub use params::StandardParams;
pub use pieces::Pieces;

use super::{SegmentationParams, SegmentationRemark};
use crate::{
    atlas::Field,
    imaging::{Plane, histogram::count_where},
};

/// The stages of the standard method on one field.
#[derive(Clone, Debug)]
pub struct StandardStages {
    /// The stains at working size.
    pub stains: Arc<WorkingStains>,
    /// What is nucleus.
    pub found: Arc<Foreground>,
    /// It in pieces.
    pub pieces: Arc<Pieces>,
    /// The nuclei: ids 1, 2, …, 0 = background.
    pub nuclei: Arc<Plane<u32>>,
    /// How bright cytoplasm is.
    brightness: Arc<Brightness>,
    /// Where cells may be.
    pub cell_foreground: Arc<Plane<bool>>,
    /// The cells, with the ids of their nuclei.
    pub cells: Arc<FloodedCells>,
    params: StandardParams,
    working_size: u32,
}

impl StandardStages {
    /// The stages of `field` with `params`; what `before`, stages of the same field, has computed from the same parameters
    /// is taken over.
    #[must_use]
    pub fn after(before: Option<&Self>, field: &Field, params: &SegmentationParams) -> Self {
        let (standard, working_size) = (&params.standard, params.working_size);
        let alike = |one: f64, other: f64| one.to_bits() == other.to_bits();
        let old = before.filter(|old| old.working_size == working_size);
        let old_found = old.filter(|old| alike(old.params.nucleus_threshold, standard.nucleus_threshold));
        let old_nuclei = old_found.filter(|old| alike(old.params.split, standard.split));
        let old_cells = old_nuclei.filter(|old| alike(old.params.cell_extent, standard.cell_extent));

        let stains = taken(old, |old| &old.stains, || WorkingStains::of(field, working_size));
        let found = taken(old_found, |old| &old.found, || Foreground::of(&stains, standard.nucleus_threshold));
        let pieces = taken(old_found, |old| &old.pieces, || Pieces::of(&stains, &found));
        let nuclei = taken(old_nuclei, |old| &old.nuclei, || nuclei_of(&stains, &found, &pieces, standard));
        let diameter = cells::diameter_of(&nuclei, stains.diameter_px);
        let cytoplasm = cytoplasm_of(&stains);
        let brightness = taken(old_nuclei, |old| &old.brightness, || Brightness::of(cytoplasm, &nuclei, diameter));
        let cell_foreground = taken(
            old_cells,
            |old| &old.cell_foreground,
            || cells::cell_foreground(cytoplasm, *brightness, &nuclei, diameter, standard.cell_level()),
        );
        let cells = taken(
            old_cells,
            |old| &old.cells,
            || FloodedCells::of(cytoplasm, *brightness, &cell_foreground, &nuclei, diameter),
        );
        Self {
            stains,
            found,
            pieces,
            nuclei,
            brightness,
            cell_foreground,
            cells,
            params: standard.clone(),
            working_size,
        }
    }

    /// The stains that show cells, without their noise.
    #[must_use]
    pub fn cytoplasm(&self) -> &Plane<f32> {
        cytoplasm_of(&self.stains)
    }

    /// Why the result is not what one expects of a field, if so.
    #[must_use]
    pub fn remark(&self) -> Option<SegmentationRemark> {
        remark(&self.stains, &self.found, &self.nuclei)
    }
}

/// What `old` has, or what is computed.
fn taken<T>(
    old: Option<&StandardStages>,
    of: impl FnOnce(&StandardStages) -> &Arc<T>,
    compute: impl FnOnce() -> T,
) -> Arc<T> {
    old.map_or_else(|| Arc::new(compute()), |old| Arc::clone(of(old)))
}

/// The cytoplasm; the nucleus stain has to do where it alone is known.
fn cytoplasm_of(stains: &WorkingStains) -> &Plane<f32> {
    stains.cytoplasm.as_ref().unwrap_or(&stains.nucleus)
}

fn nuclei_of(stains: &WorkingStains, found: &Foreground, pieces: &Pieces, params: &StandardParams) -> Plane<u32> {
    let (joined, usual_area) = pieces.joined(stains.diameter_px, params.split);
    nuclei::nuclei(stains, found, &joined, usual_area, params.nucleus_threshold)
}

/// The nuclei where no other stain is known, at working size, and a remark.
pub(super) fn nuclei_alone(
    nucleus: &Plane<u8>,
    params: &SegmentationParams,
) -> (Plane<u32>, Option<SegmentationRemark>) {
    let stains = WorkingStains::of_nucleus(nucleus, params.working_size);
    let found = Foreground::of(&stains, params.standard.nucleus_threshold);
    let nuclei = nuclei_of(&stains, &found, &Pieces::of(&stains, &found), &params.standard);
    let remark = remark(&stains, &found, &nuclei);
    (nuclei, remark)
}

fn remark(stains: &WorkingStains, found: &Foreground, nuclei: &Plane<u32>) -> Option<SegmentationRemark> {
    let stain = stains.nucleus.samples();
    let first = stain.first().copied().unwrap_or(0.0);
    let is_constant = stain.iter().all(|&sample| sample.to_bits() == first.to_bits());
    if is_constant && first == 0.0 {
        Some(SegmentationRemark::NucleusStainBlack)
    } else if is_constant {
        Some(SegmentationRemark::NucleusStainConstant)
    } else if nuclei.largest() == 0 {
        Some(SegmentationRemark::OnlySpecks)
    } else {
        let foreground = count_where(found.foreground.samples(), |&inside| inside);
        (foreground > stain.len() / 2).then_some(SegmentationRemark::NoBackground)
    }
}

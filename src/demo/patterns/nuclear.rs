//! Patterns of the nucleus.

use super::{Place, Protein};
use crate::demo::{
    filaments::Growth,
    paint::Width,
    portable::{self, exp},
};

/// Everywhere in the nucleus, mottled as chromatin, less in the nucleoli.
pub fn nucleoplasm(protein: &mut Protein) {
    let mottling = protein.chance.within(0.06..0.2);
    let spared = protein.chance.within(0.1..0.7);
    protein.fill(|at| {
        if !at.in_nucleus {
            return 0.04 * at.thickness;
        }
        0.52 * rim(at) * (1.0 + mottling * at.chromatin + 0.1 * at.fine).max(0.0) * (1.0 - spared * at.nucleolus)
    });
}

/// A thin rim, and now and then a fold of the envelope.
pub fn nuclear_membrane(protein: &mut Protein) {
    let (width, inside) = (protein.chance.within(2.8..4.5), protein.chance.within(0.08..0.25));
    protein.fill(|at| {
        let share = at.to_envelope / width;
        let patchy = (1.0 + 0.25 * at.chromatin + 0.2 * at.coarse).max(0.1);
        exp(-share * share) * patchy + if at.in_nucleus { inside } else { 0.0 }
    });
    for _ in 0..protein.chance.whole(0..3) {
        let fold = Growth { over_nucleus: 1.0, width: Width::Medium, ..thread(150.0, 0.4) };
        let Some(start) = protein.somewhere(|at| deep(at, 12.0)) else { continue };
        let heading = portable::direction(protein.chance.share());
        protein.grow(&fold, start, heading);
    }
}

/// The nucleoli as a whole, over a dim nucleoplasm.
pub fn nucleoli(protein: &mut Protein) {
    let around = protein.chance.within(0.1..0.35);
    protein.fill(|at| {
        if at.in_nucleus {
            0.8 * at.nucleolus * (1.0 + 0.15 * at.fine) + around * rim(at) * (1.0 + 0.15 * at.chromatin)
        } else {
            0.0
        }
    });
}

/// A few spots within each nucleolus.
pub fn fibrillar_centres(protein: &mut Protein) {
    let around = protein.chance.within(0.04..0.12);
    protein.fill(|at| if at.in_nucleus { around * rim(at) * (1.0 + 0.15 * at.fine) + 0.1 * at.nucleolus } else { 0.0 });
    for &(centre, radius_px) in &protein.textures.nucleolus_places[protein.id as usize - 1] {
        for _ in 0..protein.chance.whole(2..7) {
            let place = protein.near(centre, 0.4 * radius_px);
            let (size, light) = (protein.chance.within(3.2..4.4), protein.chance.within(1.2..1.9));
            protein.spot(place, size, light);
        }
    }
}

/// Some thirty clusters of irregular spots between chromatin, not in nucleoli.
pub fn nuclear_speckles(protein: &mut Protein) {
    let around = protein.chance.within(0.12..0.35);
    protein.fill(|at| {
        if at.in_nucleus { around * rim(at) * (1.0 + 0.15 * at.chromatin) * (1.0 - 0.5 * at.nucleolus) } else { 0.0 }
    });
    for _ in 0..protein.chance.whole(18..42) {
        let (size, light) = (protein.chance.within(3.2..7.5), protein.chance.within(0.3..0.7));
        let place = protein.spot_where(size, light, |at| deep(at, 8.0) * (1.0 - at.nucleolus));
        let Some(place) = place else { continue };
        let beside = protein.near(place, 5.0 * protein.scene.scale);
        protein.spot(beside, 0.7 * size, 0.6 * light);
    }
}

/// A few round bodies anywhere in the nucleus.
pub fn nuclear_bodies(protein: &mut Protein) {
    let around = protein.chance.within(0.05..0.2);
    protein.fill(|at| {
        if at.in_nucleus { around * rim(at) * (1.0 + 0.15 * at.chromatin) * (1.0 - 0.3 * at.nucleolus) } else { 0.0 }
    });
    for _ in 0..protein.chance.whole(4..13) {
        let (size, light) = (protein.chance.within(4.2..6.2), protein.chance.within(1.0..1.6));
        protein.spot_where(size, light, |at| deep(at, 9.0));
    }
}

/// 1 inside the nucleus farther than `margin` from its envelope, otherwise 0.
fn deep(at: &Place, margin: f32) -> f32 {
    if at.in_nucleus && at.to_envelope > margin { 1.0 } else { 0.0 }
}

/// 1 inside the nucleus, softer towards its rim.
fn rim(at: &Place) -> f32 {
    1.0 - 0.6 * exp(-at.to_envelope / 4.0)
}

/// A thread of `length` and `light` that winds little and keeps to no wall.
fn thread(length: f32, light: f32) -> Growth {
    Growth {
        length,
        width: Width::Thin,
        light,
        winding: 0.02,
        along_flow: 0.0,
        wall: 10.0,
        over_nucleus: 1.0,
        beads: 0.2,
        bundle: 1,
    }
}

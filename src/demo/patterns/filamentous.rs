//! Patterns of threads: the skeleton of the cell, the spindle, and mitochondria.

use super::Protein;
use crate::demo::{
    filaments::Growth,
    paint::Width,
    portable::exp,
    stains::{outwards, spindle},
};

/// A tangle of wavy threads around the nucleus.
pub fn intermediate_filaments(protein: &mut Protein) {
    let (reach, count) = (protein.chance.within(25.0..60.0), protein.count(110..150));
    let growth = Growth {
        length: 300.0,
        width: Width::Thin,
        light: 0.75,
        winding: 0.07,
        along_flow: 0.02,
        wall: 16.0,
        over_nucleus: 0.3,
        beads: 0.3,
        bundle: 1,
    };
    for _ in 0..count {
        scatter(protein, &growth, reach);
    }
    protein.fill(|at| if at.in_nucleus { 0.0 } else { 0.07 * at.thickness });
}

/// Straight parallel fibres over the whole cell, and a bright cortex.
pub fn actin_filaments(protein: &mut Protein) {
    let (count, cortex) = (protein.count(45..90), protein.chance.within(0.1..0.35));
    let growth = Growth {
        length: 600.0,
        width: Width::Medium,
        light: 0.9,
        winding: 0.001,
        along_flow: 0.0,
        wall: 8.0,
        over_nucleus: 0.8,
        beads: 0.3,
        bundle: 1,
    };
    let (cos, sin) = protein.cell.body.direction;
    for _ in 0..count {
        let Some(start) = protein.somewhere(|_| 1.0) else { continue };
        let sign = if protein.chance.happens(0.5) { 1.0 } else { -1.0 };
        let (right, down) = (sign * cos + 0.1 * protein.chance.normal(), sign * sin + 0.1 * protein.chance.normal());
        protein.grow(&growth, start, (down, right));
    }
    protein.fill(|at| cortex * exp(-at.to_border / 6.0) * (0.8 + 0.4 * at.chromatin).max(0.0) + 0.08 * at.thickness);
}

/// The microtubules that their own stain shows, unevenly bound, over a dim cytosol.
pub fn microtubules(protein: &mut Protein) {
    let around = protein.chance.within(0.05..0.2);
    protein.fill(|at| {
        let bound = (1.0 + 0.4 * at.fine + 0.3 * at.coarse).max(0.05);
        0.7 * at.microtubules * bound + if at.in_nucleus { 0.0 } else { around * at.thickness }
    });
}

/// The spindle of a cell in division.
pub fn mitotic_spindle(protein: &mut Protein) {
    let count = protein.chance.whole(40..80);
    spindle(protein.paint, protein.cell, 1.2 * protein.level, count, &mut protein.chance);
    protein.fill(|at| 0.12 * at.thickness);
}

/// Many short thick wavy rods, denser near the nucleus.
pub fn mitochondria(protein: &mut Protein) {
    let (reach, count) = (protein.chance.within(90.0..200.0), protein.count(160..260));
    let growth = Growth {
        length: protein.chance.within(35.0..110.0),
        width: Width::Wide,
        light: 0.8,
        winding: 0.035,
        along_flow: 0.03,
        wall: 14.0,
        over_nucleus: 0.15,
        beads: 0.25,
        bundle: 1,
    };
    for _ in 0..count {
        scatter(protein, &growth, reach);
    }
    protein.fill(|at| if at.in_nucleus { 0.0 } else { 0.06 * at.thickness });
}

/// Grows a filament from a random point within some `reach` of the nucleus, in any direction but mostly outwards.
fn scatter(protein: &mut Protein, growth: &Growth, reach: f32) {
    let start = protein.somewhere(|at| if at.in_nucleus { 0.0 } else { exp(-at.to_envelope / reach) + 0.01 });
    let Some(start) = start else { return };
    let (down, right) = outwards(protein.cell, start);
    let heading = protein.near((down, right), 1.0);
    protein.grow(growth, start, heading);
}

//! Patterns of the cytoplasm and its organelles, and of the cell's border.

use super::Protein;
use crate::demo::{
    filaments::Growth,
    paint::Width,
    portable::{self, exp},
};

/// The network that the reticulum's own stain shows too, and a weak rim.
pub fn endoplasmic_reticulum(protein: &mut Protein) {
    let (reach, rim) = (protein.chance.within(70.0..160.0), protein.chance.within(0.05..0.3));
    protein.fill(|at| {
        let border = rim * exp(-at.to_envelope / 5.0);
        if at.in_nucleus {
            return 0.08 + border;
        }
        let near = 0.25 + 0.75 * exp(-at.to_envelope / reach);
        (0.2 + 0.9 * at.network) * at.grain * near * (1.0 - exp(-at.to_border / 12.0)) + border
    });
}

/// A cap of ribbons beside the nucleus, on the side of the centrosome.
pub fn golgi_apparatus(protein: &mut Protein) {
    let spread = protein.cell.nucleus.half_axes.1 * protein.chance.within(0.45..0.75);
    let ribbon = Growth {
        length: 100.0,
        width: Width::Wide,
        light: 0.9,
        winding: 0.06,
        along_flow: 0.0,
        wall: 12.0,
        over_nucleus: 0.15,
        beads: 0.3,
        bundle: 1,
    };
    for _ in 0..protein.chance.whole(40..70) {
        let start = protein.near(protein.cell.centrosome, spread);
        let at = protein.scene.pixel(start);
        if protein.scene.cell_mask[at] != protein.id || protein.scene.nuclei_mask[at] > 0 {
            continue;
        }
        let heading = portable::direction(protein.chance.share());
        protein.grow(&ribbon, start, heading);
    }
    for _ in 0..protein.chance.whole(6..26) {
        protein.spot_where(3.0, 0.5, |at| if at.in_nucleus { 0.0 } else { exp(-at.to_envelope / 60.0) });
    }
    protein.fill(|at| 0.06 * at.thickness);
}

/// One or two spots beside the nucleus over a dim cytosol.
pub fn centrosome(protein: &mut Protein) {
    let around = protein.chance.within(0.04..0.14);
    for _ in 0..protein.chance.whole(1..3) {
        let place = protein.near(protein.cell.centrosome, 9.0 * protein.scene.scale);
        let light = protein.chance.within(2.4..3.4);
        protein.spot(place, 5.0, light);
    }
    protein.spot(protein.cell.centrosome, 14.0, 0.25);
    protein.fill(|at| around * at.thickness * (1.0 + 0.15 * at.chromatin));
}

/// The border of the cell, uneven, over a dim cytosol.
pub fn plasma_membrane(protein: &mut Protein) {
    let (width, around) = (protein.chance.within(5.0..9.0), protein.chance.within(0.04..0.16));
    protein.fill(|at| {
        let uneven = (0.85 + 0.35 * at.coarse + 0.2 * at.chromatin).max(0.1);
        1.75 * exp(-at.to_border / width) * uneven + around * at.thickness * (1.0 + 0.15 * at.fine)
    });
    for _ in 0..protein.count(10..50) {
        let light = protein.chance.within(0.1..0.35);
        protein.spot_where(2.6, light, |at| 0.2 + exp(-at.to_border / 12.0));
    }
}

/// One large clump beside the nucleus.
pub fn aggresome(protein: &mut Protein) {
    let spread = protein.cell.nucleus.half_axes.1 * protein.chance.within(0.12..0.22);
    let around = protein.chance.within(0.04..0.15);
    for _ in 0..26 {
        let place = protein.near(protein.cell.centrosome, spread);
        let light = protein.chance.within(0.4..0.75);
        protein.spot(place, 7.0, light);
    }
    protein.spot(protein.cell.centrosome, 12.0, 0.6);
    protein.fill(|at| around * at.thickness * (1.0 + 0.15 * at.chromatin));
}

/// Everywhere outside the nucleus, and some of it inside; not in vacuoles.
pub fn cytosol(protein: &mut Protein) {
    let in_nucleus = protein.chance.within(0.2..0.75);
    protein.fill(|at| {
        let texture = (1.0 + 0.12 * at.chromatin + 0.1 * at.fine + 0.12 * at.coarse).max(0.0) * (0.5 + 0.5 * at.grain);
        let here = if at.in_nucleus { in_nucleus } else { 1.0 - 0.7 * at.vacuole };
        0.8 * at.thickness * texture * here
    });
}

/// Many small spots of two sizes, more of them near the nucleus.
pub fn vesicles(protein: &mut Protein) {
    let reach = protein.chance.within(60.0..260.0);
    for _ in 0..protein.count(100..220) {
        let size = if protein.chance.happens(0.6) { 2.8 } else { 4.6 };
        let light = protein.chance.within(1.0..2.0);
        protein.spot_where(size, light, |at| if at.in_nucleus { 0.0 } else { exp(-at.to_envelope / reach) + 0.05 });
    }
    protein.fill(|at| 0.09 * at.thickness);
}

//! Speckles: the brightest specks of the protein stain.

use crate::{
    atlas::Channel,
    imaging::{
        Connectivity, Plane,
        histogram::{histogram, quantiles_of_counts},
        regions::number_regions,
    },
};

use super::crop::CellCrop;

/// Share of the stained pixels that are no speckle.
const QUANTILE: f64 = 0.98;

/// The speckles of a crop.
pub struct Speckles {
    /// Speckle ids 1, 2, …, 0 elsewhere, over the whole crop.
    pub mask: Plane<u32>,
    /// Number of speckles.
    pub count: usize,
}

impl Speckles {
    /// Four-connected pieces of what is brighter than the 0.98 quantile of all protein above 0.
    pub fn of(crop: &CellCrop) -> Self {
        let protein = &crop.stains[Channel::Protein.index()];
        let mut counts = histogram(protein);
        let stained = protein.samples().len() - counts[0] as usize;
        counts[0] = 0;
        let threshold = quantiles_of_counts(&counts, stained, [QUANTILE]).map_or(0.0, |[threshold]| threshold);
        let mask = number_regions(&protein.map(|&sample| f64::from(sample) > threshold), Connectivity::Four);
        let count = mask.largest() as usize;
        Self { mask, count }
    }
}

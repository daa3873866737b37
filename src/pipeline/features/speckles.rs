//! Speckles: the brightest specks of the protein stain.

use crate::{
    atlas::Channel,
    imaging::{
        Connectivity,
        histogram::{level_counts, quantiles_of_counts},
        regions::numbered_runs,
    },
};

use super::crop::CellCrop;

/// Share of the stained pixels that are no speckle.
pub const QUANTILE: f64 = 0.98;

/// The speckles of a crop.
pub struct Speckles {
    /// Their pixels: the speckle's id 1, 2, …, the row and the column.
    pub pixels: Vec<(u32, usize, usize)>,
    /// Number of speckles.
    pub count: usize,
    /// The brightest level that is none.
    pub brightest_below: u8,
}

impl Speckles {
    /// Four-connected pieces of what is brighter than the 0.98 quantile of all protein above 0.
    pub fn of(crop: &CellCrop) -> Self {
        let protein = &crop.stains[Channel::Protein.index()];
        let mut counts = level_counts(protein);
        let stained = protein.samples().len() - counts[0] as usize;
        counts[0] = 0;
        let threshold = quantiles_of_counts(&counts, stained, [QUANTILE]).map_or(0.0, |[threshold]| threshold);
        // A whole number is above the threshold if it is above the whole number below.
        let brightest_below = threshold as u8;
        let bright = protein.map(|&sample| sample > brightest_below);
        let runs = numbered_runs(&bright, Connectivity::Four);
        let pixels: Vec<_> = runs.flat_map(|(id, row, cols)| cols.map(move |col| (id, row, col))).collect();
        let count = pixels.iter().map(|&(id, ..)| id as usize).max().unwrap_or_default();
        Self { pixels, count, brightest_below }
    }
}

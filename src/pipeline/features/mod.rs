//! FEATURES: 540 numbers a cell that know where in the cell the protein is.
//!
//! ```text
//! CellCrop            the cell alone on black, at most 200 × 200                         crop
//! Silhouette          the cell's shape, and its nucleus'                                silhouette
//! pieces              rings by depth and slices by angle, of both shapes                sectors
//! Speckles            the brightest 2 % of the protein stain as connected specks         speckles
//! Tally → Summary     54 numbers for each of 27 regions                                  tally, summary
//! blocks              10 blocks of 54: summaries, and ratios that say *where*            blocks
//! ```
//! [`anatomy`] shows these pieces of one cell, for people to look at.
//!
//! Nothing that leaves this stage is infinite or not a number. Cells are measured in parallel, each by itself, so
//! the result does not depend on how many threads there are.

pub mod anatomy;
pub mod anchor;
mod blocks;
mod crop;
mod sectors;
mod silhouette;
mod speckles;
mod summary;
mod tally;
mod words;

pub use blocks::{FEATURE_COUNT, feature_names};
pub use words::feature_in_words;

use std::fmt;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    atlas::Field,
    imaging::regions::{Region, regions},
    pipeline::segmentation::Segmentation,
};
use crop::CellCrop;

/// A measured cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// The cell's id in the masks.
    pub id: u32,
    /// Zero-based (row, column) at full size: the cell's name through every new segmentation.
    pub anchor: (u32, u32),
    /// Pixels of the cell at full size.
    pub area_px: u64,
    /// One finite number for each of [`feature_names`], in their order.
    pub features: Vec<f32>,
}

/// A cell that could not be measured; its mask stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unmeasured {
    /// The cell's id in the masks.
    pub id: u32,
    /// Why not.
    pub reason: UnmeasuredReason,
}

/// Why a cell could not be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnmeasuredReason {
    /// The cell has no pixel left at full size.
    NoPixel,
    /// No pixel of its nucleus is left at the size it is measured at.
    NoNucleus,
}

impl fmt::Display for UnmeasuredReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoPixel => "no pixel at full size",
            Self::NoNucleus => "no nucleus",
        })
    }
}

/// The cells of one field, by id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MeasuredField {
    /// Those with features.
    pub cells: Vec<Cell>,
    /// Those without.
    pub unmeasured: Vec<Unmeasured>,
}

/// Measures every cell of `segmentation`, ids 1 to its cell count, on `field`, which has the masks' size.
#[must_use]
pub fn measure(field: &Field, segmentation: &Segmentation) -> MeasuredField {
    let nuclei = regions(&segmentation.nuclei_mask);
    let cells = regions(&segmentation.cell_mask);
    let of =
        |regions: &[Region], id: u32| regions.binary_search_by_key(&id, |region| region.id).ok().map(|at| regions[at]);
    let measured: Vec<Result<Cell, Unmeasured>> = (1..=segmentation.cell_count)
        .into_par_iter()
        .map(|id| {
            let because = |reason| Unmeasured { id, reason };
            let region = of(&cells, id).ok_or(because(UnmeasuredReason::NoPixel))?;
            let nucleus = of(&nuclei, id).ok_or(because(UnmeasuredReason::NoNucleus))?;
            let anchor = anchor::of_nucleus(&segmentation.nuclei_mask, &nucleus);
            let anchor = anchor.ok_or(because(UnmeasuredReason::NoNucleus))?;
            let crop = CellCrop::of(field, segmentation, &region).ok_or(because(UnmeasuredReason::NoNucleus))?;
            let features = blocks::features(&crop).ok_or(because(UnmeasuredReason::NoNucleus))?;
            Ok(Cell { id, anchor, area_px: region.area as u64, features })
        })
        .collect();
    let mut field = MeasuredField::default();
    for cell in measured {
        match cell {
            Ok(cell) => field.cells.push(cell),
            Err(unmeasured) => field.unmeasured.push(unmeasured),
        }
    }
    field
}

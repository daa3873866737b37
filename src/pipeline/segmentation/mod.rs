//! SEGMENTATION: from a field to the masks of its nuclei and cells, by thresholds, distances and two watersheds.
//!
//! Every stage is a function of its own, so that a changed parameter recomputes only what follows from it:
//!
//! ```text
//! WorkingImage::of          the three stains that show cells, at working size; bright edges blackened if asked for
//! Background::of            median, threshold, background without small gaps          (nuclei, later cells)
//! Nuclei::of                distance to the background, markers deep inside, watershed
//! Cells::of                 distance to the cells' background, watershed from the nuclei
//! ScaledMask                both masks as seen at the field's own size
//! ```
//! A nucleus and its cell share one id. Ids run from 1 in column-major order of the markers and are never changed,
//! also when an id loses its last pixel on the way to full size.

mod params;
mod stages;

pub use params::{BackgroundParams, Preset, SegmentationParams};
pub use stages::{Background, Cells, Nuclei, ThresholdRule, WorkingImage};

use std::fmt;

use crate::{atlas::Field, imaging::ScaledMask};

/// The masks of one field at its own size, the same id in both being the same cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segmentation {
    /// Nuclei: region ids, 0 = background.
    pub nuclei_mask: ScaledMask,
    /// Whole cells: region ids, 0 = background.
    pub cell_mask: ScaledMask,
    /// Largest id; every cell has one of 1 to this.
    pub cell_count: u32,
    /// Why the result is not what one expects of a field, if so.
    pub remarks: Vec<SegmentationRemark>,
}

/// Why a segmentation is empty or not to be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SegmentationRemark {
    /// No pixel of the nucleus stain is above 0.
    NucleusStainBlack,
    /// The nucleus stain is the same everywhere.
    NucleusStainConstant,
    /// The median filter leaves no more foreground than the smallest gap that a background may have.
    OnlySpecks,
    /// The nucleus stain has no black background: its nuclei were found by the noise of the background.
    NoBlackBackground,
    /// More than half of the field is foreground of the nuclei, whatever the rule: there is nothing to hold on to.
    NoBackground,
}

impl fmt::Display for SegmentationRemark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NucleusStainBlack => "no cells: the nucleus channel is black",
            Self::NucleusStainConstant => "no single cells: the nucleus channel is the same everywhere",
            Self::OnlySpecks => "no cells worth the name: the nucleus channel has only specks",
            Self::NoBlackBackground => {
                "look at its cells: the nucleus channel has no black background, so a threshold above the background's \
                 noise was taken in place of the quantile"
            }
            Self::NoBackground => {
                "cells not to be trusted: the nucleus channel has no background, most of the field was taken for nuclei"
            }
        })
    }
}

/// Cuts `field` into nuclei and cells. A field without nuclei gives empty masks and a remark, never an error.
#[must_use]
pub fn segment(field: &Field, params: &SegmentationParams) -> Segmentation {
    let image = WorkingImage::of(field, params.working_size);
    let image = match params.bright_edges {
        Some(shortest) => image.without_bright_edges(shortest),
        None => image,
    };
    let nuclei_background = Background::of_nuclei(&image, &params.nuclei_background);
    let nuclei = Nuclei::of(&nuclei_background.background, params.marker_quantile);
    let cell_background = Background::of_cells(&image, &params.cell_background, nuclei_background.rule);
    let cells = Cells::of(&cell_background.background, &nuclei.mask);
    let cell_count = nuclei.count();
    let remarks = remark(&image, &nuclei_background, params).into_iter().collect();
    Segmentation {
        nuclei_mask: ScaledMask::new(nuclei.mask, field.height(), field.width()),
        cell_mask: ScaledMask::new(cells.mask, field.height(), field.width()),
        cell_count,
        remarks,
    }
}

fn remark(image: &WorkingImage, nuclei: &Background<u8>, params: &SegmentationParams) -> Option<SegmentationRemark> {
    let stain = image.nucleus.samples();
    let constant = stain.iter().all(|&sample| sample == stain[0]);
    let foreground = nuclei.foreground_px();
    let smallest = params.nuclei_background.smallest_gap_area_px(image.mean_side());
    if constant && stain[0] == 0 {
        Some(SegmentationRemark::NucleusStainBlack)
    } else if constant {
        Some(SegmentationRemark::NucleusStainConstant)
    } else if foreground > stain.len() / 2 {
        Some(SegmentationRemark::NoBackground)
    } else if foreground <= smallest {
        Some(SegmentationRemark::OnlySpecks)
    } else {
        (nuclei.rule == ThresholdRule::AboveNoise).then_some(SegmentationRemark::NoBlackBackground)
    }
}

//! SEGMENTATION: from a field to the masks of its nuclei and cells, by thresholds, distances and two watersheds.
//!
//! There are two methods ([`Method`]), each in stages, so that a changed parameter recomputes only what follows from it:
//! the [`standard`] one, and the reference, the published notebook's:
//!
//! ```text
//! WorkingImage::of          the three stains that show cells, at working size; bright edges blackened if asked for
//! Background::of            median, threshold, background without small gaps          (nuclei, later cells)
//! Nuclei::of                distance to the background, markers deep inside, watershed
//! Cells::of                 distance to the cells' background, watershed from the nuclei
//! ```
//! [`ScaledMask`] then shows both masks at the field's own size.
//!
//! A nucleus and its cell share one id. Ids run from 1, by the reference in column-major order of the markers, and are
//! never changed, also when an id loses its last pixel on the way to full size.

mod params;
mod reference_stages;
mod staged;
mod stages;
pub mod standard;

pub use params::{BackgroundParams, Method, Preset, SegmentationParams};
pub use reference_stages::ReferenceStages;
pub use staged::{Stage, StagePicture, Stages};
pub use stages::{Background, Cells, Nuclei, ThresholdRule, WorkingImage, at_working_size};
pub use standard::StandardParams;

use std::{borrow::Cow, fmt};

use crate::{
    atlas::Field,
    imaging::{Plane, ScaledMask, watershed::watershed},
};
use stages::without_bright_edges;

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

/// The nuclei of one field at its own size, where no other stain is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NucleiSegmentation {
    /// Nuclei: region ids, 0 = background.
    pub nuclei_mask: ScaledMask,
    /// Largest id.
    pub nucleus_count: u32,
    /// Why the result is not what one expects of a field, if so.
    pub remarks: Vec<SegmentationRemark>,
}

/// Cuts `field` into nuclei and cells. A field without nuclei gives empty masks and a remark, never an error.
#[must_use]
pub fn segment(field: &Field, params: &SegmentationParams) -> Segmentation {
    match params.method {
        Method::Standard => Stages::of(field, params).segmentation(),
        Method::Reference => segment_by_reference(field, params),
    }
}

fn segment_by_reference(field: &Field, params: &SegmentationParams) -> Segmentation {
    // As [`Stages`], but what it only shows, the medians, is not computed, and no plane is kept longer than it is
    // needed: the next one takes its memory, and to ask the system for more costs as much as to compute what it holds.
    let image = WorkingImage::prepared(field, params);
    let nuclei = nuclei_in(&image.nucleus, params);
    let background = stages::background_of_cells(&image, &params.cell_background, nuclei.rule);
    drop(image);
    let cell_mask = Cells::of(&background, &nuclei.mask).mask;
    let (height, width) = (field.height(), field.width());
    Segmentation {
        nuclei_mask: ScaledMask::new(nuclei.mask, height, width),
        cell_mask: ScaledMask::new(cell_mask, height, width),
        cell_count: nuclei.count,
        remarks: nuclei.remark.into_iter().collect(),
    }
}

/// Finds the nuclei in the nucleus stain alone. By the reference they are the nuclei of [`segment`], which looks at no other
/// stain for them; the standard method has to do without what the cytoplasm tells of nuclei that touch.
#[must_use]
pub fn segment_nuclei(nucleus: &Plane<u8>, params: &SegmentationParams) -> NucleiSegmentation {
    if params.method == Method::Standard {
        let (mask, remark) = standard::nuclei_alone(nucleus, params);
        return NucleiSegmentation {
            nucleus_count: mask.largest(),
            nuclei_mask: ScaledMask::new(mask, nucleus.height(), nucleus.width()),
            remarks: remark.into_iter().collect(),
        };
    }
    let image = at_working_size(nucleus, params.working_size);
    let image = match params.bright_edges {
        Some(shortest) => Cow::Owned(without_bright_edges(&image, shortest)),
        None => image,
    };
    let nuclei = nuclei_in(&image, params);
    NucleiSegmentation {
        nuclei_mask: ScaledMask::new(nuclei.mask, nucleus.height(), nucleus.width()),
        nucleus_count: nuclei.count,
        remarks: nuclei.remark.into_iter().collect(),
    }
}

/// What is kept of the nuclei at working size.
struct FoundNuclei {
    mask: Plane<u32>,
    /// Largest id.
    count: u32,
    rule: ThresholdRule,
    remark: Option<SegmentationRemark>,
}

fn nuclei_in(nucleus: &Plane<u8>, params: &SegmentationParams) -> FoundNuclei {
    let (rule, background) = stages::background_of_nuclei(nucleus, &params.nuclei_background);
    let remark = remark(nucleus, rule, &background, &params.nuclei_background);
    let (distance, markers) = stages::distance_and_markers(&background, params.marker_quantile);
    drop(background);
    let count = markers.largest();
    FoundNuclei { mask: watershed(&distance, markers), count, rule, remark }
}

fn remark(
    nucleus: &Plane<u8>,
    rule: ThresholdRule,
    background: &Plane<bool>,
    params: &BackgroundParams,
) -> Option<SegmentationRemark> {
    let stain = nucleus.samples();
    let constant = stain.iter().all(|&sample| sample == stain[0]);
    let foreground = stages::foreground_px(background);
    let smallest = params.smallest_gap_area_px(stages::mean_side(nucleus));
    if constant && stain[0] == 0 {
        Some(SegmentationRemark::NucleusStainBlack)
    } else if constant {
        Some(SegmentationRemark::NucleusStainConstant)
    } else if foreground > stain.len() / 2 {
        Some(SegmentationRemark::NoBackground)
    } else if foreground <= smallest {
        Some(SegmentationRemark::OnlySpecks)
    } else {
        (rule == ThresholdRule::AboveNoise).then_some(SegmentationRemark::NoBlackBackground)
    }
}

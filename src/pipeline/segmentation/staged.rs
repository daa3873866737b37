//! All stages of a field's segmentation, by whichever method, kept: to be looked at, and so that a changed parameter
//! recomputes only what follows from it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Method, ReferenceStages, Segmentation, SegmentationParams, SegmentationRemark, standard::StandardStages};
use crate::{
    atlas::Field,
    imaging::{Plane, ScaledMask, distance::INFINITE},
};

/// The stages of the segmentation of one field.
#[derive(Clone, Debug)]
pub struct Stages {
    /// (height, width) of the field.
    field_size: (usize, usize),
    /// Those of the method.
    by: ByMethod,
}

#[derive(Clone, Debug)]
enum ByMethod {
    Standard(Box<StandardStages>),
    Reference(Box<ReferenceStages>),
}

/// What can be looked at on the way from stains to cells; both methods have each in their own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// The nucleus stain without its noise.
    NucleiSmooth,
    /// What is nucleus.
    NucleiForeground,
    /// The landscape that nuclei are parted by.
    NucleiLandscape,
    /// What nuclei grow or are joined from.
    Markers,
    /// The nuclei.
    Nuclei,
    /// The stains that show cells, without their noise.
    CellSmooth,
    /// Where cells may be.
    CellForeground,
    /// The landscape that is flooded.
    CellLandscape,
    /// The cells.
    Cells,
}

/// A stage to look at.
#[derive(Clone, Debug, PartialEq)]
pub enum StagePicture<'a> {
    /// Numbers from 0 on.
    Heights(Plane<f32>),
    /// What is inside.
    Inside(Cow<'a, Plane<bool>>),
    /// Region ids, 0 = background.
    Regions(&'a Plane<u32>),
}

impl Stage {
    /// Every stage in the order of the work.
    pub const ALL: [Self; 9] = [
        Self::NucleiSmooth,
        Self::NucleiForeground,
        Self::NucleiLandscape,
        Self::Markers,
        Self::Nuclei,
        Self::CellSmooth,
        Self::CellForeground,
        Self::CellLandscape,
        Self::Cells,
    ];

    /// Its name, by what the method does in it.
    #[must_use]
    pub fn name(self, method: Method) -> &'static str {
        let is_standard = method == Method::Standard;
        match self {
            Self::NucleiSmooth if is_standard => "Nuclei: contrast",
            Self::NucleiSmooth => "Nuclei: median",
            Self::NucleiForeground => "Nuclei: foreground",
            Self::NucleiLandscape if is_standard => "Nuclei: landscape",
            Self::NucleiLandscape => "Nuclei: distance",
            Self::Markers if is_standard => "Nuclei: pieces",
            Self::Markers => "Nuclei: markers",
            Self::Nuclei if is_standard => "Nuclei: joined",
            Self::Nuclei => "Nuclei: watershed",
            Self::CellSmooth if is_standard => "Cells: cytoplasm",
            Self::CellSmooth => "Cells: median",
            Self::CellForeground => "Cells: foreground",
            Self::CellLandscape if is_standard => "Cells: landscape",
            Self::CellLandscape => "Cells: distance",
            Self::Cells if is_standard => "Cells: flooded",
            Self::Cells => "Cells: watershed",
        }
    }
}

impl Stage {
    /// What the method does in it and what to look for, in a sentence or two.
    #[must_use]
    pub fn meaning(self, method: Method) -> &'static str {
        let is_standard = method == Method::Standard;
        match self {
            Self::NucleiSmooth if is_standard => {
                "How much brighter the nucleus stain is than the darkest place around: haze is gone, dim nuclei are not."
            }
            Self::NucleiSmooth => "The nucleus stain after a median filter, which takes specks away and keeps edges.",
            Self::NucleiForeground if is_standard => {
                "What reaches a share of the brightness of its own nucleus (nucleus threshold). Two nuclei may still be one."
            }
            Self::NucleiForeground => {
                "What is not darker than the background quantile, small gaps filled. Two nuclei may still be one."
            }
            Self::NucleiLandscape if is_standard => {
                "High where the background is far and the stain as bright as around. Touching nuclei are two hills."
            }
            Self::NucleiLandscape => "How far each pixel is from the background: deep in the middle of nuclei.",
            Self::Markers if is_standard => {
                "Each hill of the landscape: more pieces than there are nuclei, for what is parted can be joined."
            }
            Self::Markers => "The deepest parts, by the marker quantile. Each becomes one nucleus.",
            Self::Nuclei if is_standard => {
                "Pieces joined where it is sure enough that they are one nucleus (split); what is no nucleus is left out."
            }
            Self::Nuclei => "The markers grown over the distances until they meet.",
            Self::CellSmooth if is_standard => {
                "Endoplasmic reticulum and microtubules together, without their noise: the cytoplasm."
            }
            Self::CellSmooth => "Nucleus, endoplasmic reticulum and microtubules together, after a median filter.",
            Self::CellForeground if is_standard => {
                "Nuclei, and cytoplasm as bright as a share of what is usual around them (cell extent)."
            }
            Self::CellForeground => "What is not darker than the background quantile, small gaps filled.",
            Self::CellLandscape if is_standard => {
                "What is flooded from the nuclei, the brightest ways first: borders come to lie in dark seams."
            }
            Self::CellLandscape => "How far each pixel is from the background of the cells.",
            Self::Cells if is_standard => "Whose cytoplasm is whose, without dim fringes and threads.",
            Self::Cells => "The nuclei grown over the distances until they meet.",
        }
    }
}

impl Stages {
    /// All stages, anew.
    #[must_use]
    pub fn of(field: &Field, params: &SegmentationParams) -> Self {
        Self::after(None, field, params)
    }

    /// The stages of `field` with `params`. What `before`, stages of the same field, has computed from the same
    /// parameters is taken over; the result is that of [`Stages::of`].
    #[must_use]
    pub fn after(before: Option<&Self>, field: &Field, params: &SegmentationParams) -> Self {
        let by = match (params.method, before.map(|before| &before.by)) {
            (Method::Standard, Some(ByMethod::Standard(old))) => Self::standard(Some(old), field, params),
            (Method::Standard, _) => Self::standard(None, field, params),
            (Method::Reference, Some(ByMethod::Reference(old))) => Self::reference(Some(old), field, params),
            (Method::Reference, _) => Self::reference(None, field, params),
        };
        Self { field_size: (field.height(), field.width()), by }
    }

    fn standard(old: Option<&StandardStages>, field: &Field, params: &SegmentationParams) -> ByMethod {
        ByMethod::Standard(Box::new(StandardStages::after(old, field, params)))
    }

    fn reference(old: Option<&ReferenceStages>, field: &Field, params: &SegmentationParams) -> ByMethod {
        ByMethod::Reference(Box::new(ReferenceStages::after(old, field, params)))
    }

    /// The method they are of.
    #[must_use]
    pub fn method(&self) -> Method {
        match self.by {
            ByMethod::Standard(_) => Method::Standard,
            ByMethod::Reference(_) => Method::Reference,
        }
    }

    /// The nuclei at working size.
    #[must_use]
    pub fn nuclei_mask(&self) -> &Plane<u32> {
        match &self.by {
            ByMethod::Standard(stages) => &stages.nuclei,
            ByMethod::Reference(stages) => &stages.nuclei.mask,
        }
    }

    /// The cells at working size.
    #[must_use]
    pub fn cell_mask(&self) -> &Plane<u32> {
        match &self.by {
            ByMethod::Standard(stages) => &stages.cells.mask,
            ByMethod::Reference(stages) => &stages.cells.mask,
        }
    }

    /// How large nuclei usually are on the working image, in pixels; only the standard method asks.
    #[must_use]
    pub fn nucleus_diameter_px(&self) -> Option<f32> {
        match &self.by {
            ByMethod::Standard(stages) => Some(stages.stains.diameter_px),
            ByMethod::Reference(_) => None,
        }
    }

    /// Why the result is not what one expects of a field, if so.
    #[must_use]
    pub fn remark(&self) -> Option<SegmentationRemark> {
        match &self.by {
            ByMethod::Standard(stages) => stages.remark(),
            ByMethod::Reference(stages) => stages.remark,
        }
    }

    /// The masks at the field's own size.
    #[must_use]
    pub fn segmentation(&self) -> Segmentation {
        let (height, width) = self.field_size;
        let cell_count = match &self.by {
            ByMethod::Standard(stages) => stages.nuclei.largest(),
            ByMethod::Reference(stages) => stages.nuclei.count(),
        };
        Segmentation {
            nuclei_mask: ScaledMask::new(self.nuclei_mask().clone(), height, width),
            cell_mask: ScaledMask::new(self.cell_mask().clone(), height, width),
            cell_count,
            remarks: self.remark().into_iter().collect(),
        }
    }

    /// A stage to look at, at working size.
    #[must_use]
    pub fn picture(&self, stage: Stage) -> StagePicture<'_> {
        match &self.by {
            ByMethod::Standard(stages) => standard_picture(stages, stage),
            ByMethod::Reference(stages) => reference_picture(stages, stage),
        }
    }
}

fn standard_picture(stages: &StandardStages, stage: Stage) -> StagePicture<'_> {
    let above_zero = |plane: &Plane<f32>| plane.map(|&height| height.max(0.0));
    match stage {
        Stage::NucleiSmooth => StagePicture::Heights(above_zero(&stages.found.contrast)),
        Stage::NucleiForeground => StagePicture::Inside(Cow::Borrowed(&stages.found.foreground)),
        Stage::NucleiLandscape => StagePicture::Heights(above_zero(&stages.pieces.landscape)),
        Stage::Markers => StagePicture::Regions(&stages.pieces.mask),
        Stage::Nuclei => StagePicture::Regions(&stages.nuclei),
        Stage::CellSmooth => StagePicture::Heights(above_zero(stages.cytoplasm())),
        Stage::CellForeground => StagePicture::Inside(Cow::Borrowed(&stages.cell_foreground)),
        // What is low is flooded first, and shown bright as the cytoplasm is.
        Stage::CellLandscape => {
            let highest = stages.cells.relief.largest();
            StagePicture::Heights(stages.cells.relief.map(|&height| f32::from(highest - height)))
        }
        Stage::Cells => StagePicture::Regions(&stages.cells.mask),
    }
}

fn reference_picture(stages: &ReferenceStages, stage: Stage) -> StagePicture<'_> {
    let distance = |&squared: &u32| if squared == INFINITE { 0.0 } else { (squared as f32).sqrt() };
    let inside = |background: &Plane<bool>| StagePicture::Inside(Cow::Owned(background.map(|outside| !outside)));
    match stage {
        Stage::NucleiSmooth => StagePicture::Heights(stages.nuclei_background.median.map(|&level| f32::from(level))),
        Stage::NucleiForeground => inside(&stages.nuclei_background.background),
        Stage::NucleiLandscape => StagePicture::Heights(stages.nuclei.squared_distance.map(distance)),
        Stage::Markers => StagePicture::Regions(&stages.nuclei.markers),
        Stage::Nuclei => StagePicture::Regions(&stages.nuclei.mask),
        Stage::CellSmooth => StagePicture::Heights(stages.cell_background.median.map(|&level| f32::from(level))),
        Stage::CellForeground => inside(&stages.cell_background.background),
        Stage::CellLandscape => StagePicture::Heights(stages.cells.squared_distance.map(distance)),
        Stage::Cells => StagePicture::Regions(&stages.cells.mask),
    }
}

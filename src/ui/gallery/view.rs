//! How one looks at the gallery.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::selection::Selection;
use crate::{
    pipeline::portrait::PortraitLook,
    project::labels::Exclusion,
    workbench::{
        Workbench,
        gallery::{CellFilter, Look, Sort},
    },
};

/// How cells look, remembered from one start to the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GalleryLook {
    /// Side of a picture in points.
    pub size: f32,
    /// Whether only the protein is shown.
    pub protein_only: bool,
    /// Whether what is around a cell is shown.
    pub surroundings: bool,
    /// Whether cells and nuclei are outlined.
    pub outlines: bool,
    /// Factor of all light.
    pub brightness: f64,
}

impl Default for GalleryLook {
    fn default() -> Self {
        Self { size: 112.0, protein_only: false, surroundings: true, outlines: true, brightness: 1.0 }
    }
}

impl GalleryLook {
    /// For [`GalleryLook::size`].
    pub const SIZE: std::ops::RangeInclusive<f32> = 64.0..=240.0;

    /// How the pictures of cells are drawn.
    pub fn look(&self, workbench: &Workbench) -> Look {
        let portrait = PortraitLook { masked: !self.surroundings, outlined: self.outlines };
        Look::of(workbench.project().display(), self.protein_only, self.brightness, portrait)
    }
}

/// What is looked for in the gallery, and what is selected.
#[derive(Clone, Debug, Default)]
pub struct GalleryView {
    /// Which cells are shown.
    pub filter: CellFilter,
    /// In which order.
    pub sort: Sort,
    /// A sort by the model must go by this model, by number, or a later one.
    pub least_model: u64,
    /// What is looked for among the features.
    pub feature_filter: String,
    /// The cells that are selected.
    pub selection: Selection,
    /// Why cells were left out last; `None`: none were.
    pub exclusion: Option<Exclusion>,
    /// How cells looked last, so that what did not change need not be compared.
    pub look: Option<Arc<Look>>,
}

impl GalleryView {
    /// Why cells are left out, unless another reason is chosen.
    pub fn exclusion(&self) -> Exclusion {
        self.exclusion.unwrap_or(Exclusion::Debris)
    }
}

//! CORRECTIONS: what a person changes about the masks of one field by hand, laid over the computed masks.
//!
//! A [`Correction`] is kept in pixels of the field and names the cells that it is about by their anchors, so that it
//! holds for masks of any working size and is done again on masks of other parameters: on the cell whose mask covers the
//! anchor, as decisions about labels are. One whose cell is not there any more changes nothing and is reported.
//!
//! Ids of computed cells are never changed. A cell that goes has no pixel any more; one that comes gets the next id.

use std::{collections::BTreeSet, sync::Arc};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    features::{MeasuredField, measure},
    segmentation::Segmentation,
};
use crate::{
    atlas::{Anchor, Field},
    imaging::Plane,
};

/// One change by hand.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Correction {
    /// The cell is none.
    Delete {
        /// Its anchor.
        cell: Anchor,
    },
}

impl Correction {
    /// What it is, as the words after "undo".
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Delete { .. } => "deletion of a cell",
        }
    }
}

/// The corrections of one field, in the order in which they are done. Copies share one list.
#[derive(Clone, Debug, Default, Eq, Serialize)]
pub struct Corrections(Arc<[Correction]>);

impl Corrections {
    /// All of them, the first to be done first.
    #[must_use]
    pub fn all(&self) -> &[Correction] {
        &self.0
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One list is known for itself without a look into it, for this is asked in every frame.
impl PartialEq for Corrections {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl FromIterator<Correction> for Corrections {
    fn from_iter<I: IntoIterator<Item = Correction>>(corrections: I) -> Self {
        Self(corrections.into_iter().collect())
    }
}

/// The masks of a field as they were computed and then corrected by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corrected {
    /// The corrected masks. Ids are those of the computed masks; new cells follow after the largest.
    pub segmentation: Segmentation,
    /// Places of the corrections that could not be done, as their cells are not there.
    pub lost: Vec<usize>,
    /// Ids that corrections have taken all pixels from. They are no cells any more.
    pub gone: BTreeSet<u32>,
}

/// Masks that nobody has corrected.
impl From<Segmentation> for Corrected {
    fn from(segmentation: Segmentation) -> Self {
        Self { segmentation, lost: Vec::new(), gone: BTreeSet::new() }
    }
}

impl Corrected {
    /// Number of cells.
    #[must_use]
    pub fn cell_count(&self) -> usize {
        self.segmentation.cell_count as usize - self.gone.len()
    }

    /// Measures every cell on `field`, which has the masks' size. Of what is no cell any more nothing is said.
    #[must_use]
    pub fn measure(&self, field: &Field) -> MeasuredField {
        let mut measured = measure(field, &self.segmentation);
        measured.unmeasured.retain(|cell| !self.gone.contains(&cell.id));
        measured
    }

    /// What is worth knowing of these masks and of the cells that were `measured` in them, a sentence each.
    #[must_use]
    pub fn remarks(&self, measured: &MeasuredField) -> Vec<String> {
        let mut remarks: Vec<String> = self.segmentation.remarks.iter().map(ToString::to_string).collect();
        remarks.extend(
            measured.unmeasured.iter().map(|cell| format!("cell {} is not measured: {}", cell.id, cell.reason)),
        );
        remarks.extend(match self.lost.len() {
            0 => None,
            1 => Some("1 correction by hand does not find its cell any more".to_owned()),
            lost => Some(format!("{lost} corrections by hand do not find their cells any more")),
        });
        remarks
    }
}

/// Does `corrections` on `segmentation`, one after the other. Without any, the masks come back as they are.
#[must_use]
pub fn corrected(segmentation: Segmentation, corrections: &Corrections) -> Corrected {
    let mut corrected = Corrected::from(segmentation);
    for (place, correction) in corrections.all().iter().enumerate() {
        if corrected.take(correction).is_none() {
            corrected.lost.push(place);
        }
    }
    corrected
}

impl Corrected {
    /// Does one correction; `None` if its cell is not there.
    fn take(&mut self, correction: &Correction) -> Option<()> {
        match correction {
            Correction::Delete { cell } => {
                let id = self.cell_at(*cell)?;
                let Segmentation { nuclei_mask, cell_mask, .. } = &mut self.segmentation;
                for mask in [nuclei_mask, cell_mask] {
                    replace(mask.computed_mut(), id, 0);
                }
                self.gone.insert(id);
                Some(())
            }
        }
    }

    /// The cell that covers a pixel of the field.
    fn cell_at(&self, pixel: Anchor) -> Option<u32> {
        Some(self.segmentation.cell_mask.id_or_none(pixel)).filter(|&id| id > 0)
    }
}

/// Gives all pixels of the id `from` the id `to`.
fn replace(plane: &mut Plane<u32>, from: u32, to: u32) {
    plane.samples_mut().par_chunks_mut(1 << 16).for_each(|pixels| {
        pixels.iter_mut().filter(|id| **id == from).for_each(|id| *id = to);
    });
}

//! CORRECTIONS: what a person changes about the masks of one field by hand, laid over the computed masks.
//!
//! ```text
//! Correction     what was done, in pixels of the field                     (kept in the journal)
//! Patch          the pixels of a stroke or a shape at working size          patch
//! Piece          the part of both masks that a correction touches           piece
//! corrected      one correction after the other on the masks                edits
//! ```
//! A [`Correction`] names the cells that it is about by anchors, so that it holds for masks of any working size and is
//! done again on masks of other parameters: on the cell whose mask covers the anchor, as decisions about labels are. One
//! whose cell is not there any more changes nothing and is reported.
//!
//! Whatever is done, a cell hangs together (by [`Connectivity::Eight`](crate::imaging::Connectivity::Eight)), has a
//! nucleus and covers it. What a correction cuts off from its nucleus is background; a cell whose nucleus is erased goes,
//! and one that comes without a nucleus gets a disc in its middle. Ids of computed cells are never changed: a cell that
//! goes has no pixel any more, one that comes gets the next id.

mod edits;
mod patch;
mod piece;

use std::{cmp::Reverse, collections::BTreeSet, sync::Arc};

use serde::{Deserialize, Serialize};

use self::patch::Patch;
use super::{
    features::{MeasuredField, measure},
    segmentation::Segmentation,
};
use crate::{
    atlas::{Anchor, Field},
    imaging::ScaledMask,
};

/// What of a cell is changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Part {
    /// Its nucleus, and of the rest what follows from that.
    Nucleus,
    /// All of it.
    #[default]
    Cell,
}

impl Part {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Nucleus, Self::Cell];

    /// As in sentences.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Nucleus => "nucleus",
            Self::Cell => "cell",
        }
    }
}

/// The way of a round brush.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stroke {
    /// The pixels of the field that its middle went through, joined by straight lines.
    pub path: Vec<Anchor>,
    /// From its middle to its rim, in pixels of the field.
    #[serde(rename = "radius")]
    pub radius_px: u32,
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Shape {
    /// All that a brush went over.
    Brush(Stroke),
    /// All inside of these corners.
    Polygon(Vec<Anchor>),
}

/// One change by hand.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Correction {
    /// A cell is two.
    ///
    /// [`Part::Cell`]: the line cuts the cell and, where it crosses that, the nucleus. The side with the anchor stays the
    /// cell, the larger one of the others is the new one; a side without nucleus gets one. [`Part::Nucleus`]: the line cuts
    /// the nucleus, and every other pixel of the cell goes to the half that is nearer inside of the cell. A line that ends
    /// inside is carried on straight.
    Split {
        /// What the line cuts.
        part: Part,
        /// The cell's anchor.
        cell: Anchor,
        /// The line.
        line: Vec<Anchor>,
    },
    /// Two cells are one, with both nuclei and the smaller id. If they do not touch, a narrow bridge joins them across the
    /// background; over another cell there is no bridge.
    Merge {
        /// The cells' anchors.
        cells: [Anchor; 2],
    },
    /// The cell is none.
    Delete {
        /// Its anchor.
        cell: Anchor,
    },
    /// A cell that was not found, or was found in another shape. Nuclei of others are never drawn over.
    ///
    /// [`Part::Cell`]: where the shape holds more than half of a nucleus that is there, it is the new outline of that
    /// nucleus' cell, which keeps its name; elsewhere it is a new cell, whose nucleus is a disc around its deepest pixel of
    /// half the depth. [`Part::Nucleus`]: the shape is the nucleus of a new cell, which is that nucleus and every pixel of
    /// the cells under it that is nearer to it than to their own nuclei.
    Draw {
        /// What the shape is.
        part: Part,
        /// The shape.
        shape: Shape,
    },
    /// What the brush went over belongs to no cell, or to no nucleus. A cell that loses all of its nucleus goes.
    Erase {
        /// Of what.
        part: Part,
        /// The anchors of the cells that are erased from; others under the brush stay as they are.
        cells: Vec<Anchor>,
        /// Where.
        stroke: Stroke,
    },
    /// What the brush went over belongs to the cell, or to its nucleus, as far as that hangs together with it. Cells are
    /// grown over background and over other cells, but not over their nuclei; nuclei over all but the last pixel of others.
    Border {
        /// The border of what is moved.
        part: Part,
        /// The anchor of the cell that is grown.
        cell: Anchor,
        /// Where.
        stroke: Stroke,
    },
}

impl Correction {
    /// What it is, in few words.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Split { part: Part::Cell, .. } => "cell split",
            Self::Split { part: Part::Nucleus, .. } => "nucleus split",
            Self::Merge { .. } => "cells merged",
            Self::Delete { .. } => "cell deleted",
            Self::Draw { part: Part::Cell, .. } => "cell drawn",
            Self::Draw { part: Part::Nucleus, .. } => "nucleus drawn",
            Self::Erase { part: Part::Cell, .. } => "cell erased from",
            Self::Erase { part: Part::Nucleus, .. } => "nucleus erased from",
            Self::Border { part: Part::Cell, .. } => "cell border moved",
            Self::Border { part: Part::Nucleus, .. } => "nucleus border moved",
        }
    }

    /// A pixel of the field where it is to be seen.
    #[must_use]
    pub fn place(&self) -> Anchor {
        let middle = |points: &[Anchor]| points.get(points.len() / 2).copied().unwrap_or_default();
        match self {
            Self::Split { cell, .. } | Self::Delete { cell } | Self::Merge { cells: [cell, _] } => *cell,
            Self::Draw { shape: Shape::Polygon(corners), .. } => middle(corners),
            Self::Draw { shape: Shape::Brush(stroke), .. }
            | Self::Erase { stroke, .. }
            | Self::Border { stroke, .. } => middle(&stroke.path),
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
    /// Places of the corrections that could not be done, as their cells are not there or not so that it could be.
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
        (self.segmentation.cell_count as usize).saturating_sub(self.gone.len())
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

/// The ids that `mask` shows under a brush, in ascending order.
#[must_use]
pub fn ids_under(mask: &ScaledMask, stroke: &Stroke) -> Vec<u32> {
    let mut ids: Vec<u32> = Patch::of_stroke(stroke, mask)
        .iter()
        .flat_map(Patch::pixels)
        .map(|pixel| mask.computed()[pixel])
        .filter(|&id| id > 0)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The id of `mask` that most pixels of a line through `points` are of, the smallest of several; `None` if none are.
#[must_use]
pub fn id_along(mask: &ScaledMask, points: &[Anchor]) -> Option<u32> {
    let (height, width) = mask.computed().size();
    let on_mask = |(row, col): (isize, isize)| {
        let pixel = (usize::try_from(row).ok()?, usize::try_from(col).ok()?);
        (pixel.0 < height && pixel.1 < width).then(|| mask.computed()[pixel]).filter(|&id| id > 0)
    };
    let mut ids: Vec<u32> = patch::line_through(points, mask).into_iter().filter_map(on_mask).collect();
    ids.sort_unstable();
    ids.chunk_by(PartialEq::eq).max_by_key(|pixels| (pixels.len(), Reverse(pixels[0]))).map(|pixels| pixels[0])
}

/// Does `corrections` on `segmentation`, one after the other. Without any, the masks come back as they are.
///
/// Time for each in proportion to the pixels at working size of the box around what it touches; merging and deleting go
/// over all pixels.
#[must_use]
pub fn corrected(segmentation: Segmentation, corrections: &Corrections) -> Corrected {
    go_on(Corrected::from(segmentation), 0, corrections)
}

impl Corrected {
    /// [`corrected`] with `all` corrections on the masks that these are with the corrections `done`, if `all` goes on where
    /// `done` ends; then only what is new is done.
    #[must_use]
    pub fn further(&self, done: &Corrections, all: &Corrections) -> Option<Self> {
        all.all().starts_with(done.all()).then(|| go_on(self.clone(), done.all().len(), all))
    }
}

/// Does the corrections from the place `first` on.
fn go_on(mut masks: Corrected, first: usize, corrections: &Corrections) -> Corrected {
    for (place, correction) in corrections.all().iter().enumerate().skip(first) {
        if edits::correct(&mut masks, correction).is_none() {
            masks.lost.push(place);
        }
    }
    masks
}

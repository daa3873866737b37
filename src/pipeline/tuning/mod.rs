//! TUNING BY EXAMPLE: which parameters of the segmentation come nearest to what a person has shown. Pure; what the
//! examples are is in [`marks`], which numbers are searched over in [`space`], and which of the settings are shown in
//! [`choice`].
//!
//! ```text
//! Example           a field, with cells marked good or bad, or with masks to be reached
//! search            a coarse grid over three numbers, then ever smaller steps around the best
//! Tuned             the present setting, the nine best that differ, the images from the worst on
//! ```
//! The score of an image is a share of 0 to 1: the mean of how far its marks are followed, or of how far its masks are
//! reached, or of both means where it has both. The score of a setting is the mean of its images, so that an image with
//! many marks does not drown one with few.
//!
//! Stages are shared: settings that have the first number in common are tried one after another, and in these those that
//! have the second, so that only what changes is computed anew. At most [`MOST_SETTINGS`] settings are tried.

pub mod choice;
pub mod marks;
mod search;
pub mod space;

pub use marks::{Mark, MarkedRegion, Opinion};
pub use search::{MOST_SETTINGS, search};
pub use space::{Change, changes};

use serde::Serialize;

use super::segmentation::SegmentationParams;
use crate::{atlas::Field, imaging::Plane};

/// A field and what is known of its cells.
#[derive(Clone, Copy, Debug)]
pub struct Example<'a> {
    /// The field.
    pub field: &'a Field,
    /// Cells that were marked.
    pub marks: &'a [Mark],
    /// Masks to be reached.
    pub reference: Option<&'a ReferenceMasks>,
}

/// Masks of one field to be reached, at the field's own size, as far as they are there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReferenceMasks {
    /// Nuclei: region ids, 0 = background.
    pub nuclei: Option<Plane<u32>>,
    /// Cells: region ids, 0 = background.
    pub cells: Option<Plane<u32>>,
}

/// How near a mask that was found (the second) comes to a true one of the same size (the first), 0 to 1.
pub type Judge<'a> = dyn Fn(&Plane<u32>, &Plane<u32>) -> f64 + Sync + 'a;

/// Who watches the search.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Whether it shall stop. Asked before each segmentation, from several threads.
    pub stop: &'a (dyn Fn() -> bool + Sync),
    /// Hears the share that is done at least, 0 to 1.
    pub progress: &'a (dyn Fn(f64) + Sync),
}

/// Somebody asked to stop; there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stopped: no settings were found")]
pub struct Stopped;

/// A setting and how good it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tried {
    /// The parameters.
    pub params: SegmentationParams,
    /// The mean of its images, 0 to 1.
    pub score: f64,
    /// The score in each image, in the order of the examples.
    pub by_image: Vec<f64>,
}

/// What a search came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tuned {
    /// The setting that was in force.
    pub present: Tried,
    /// At most nine others, the best first; fewer if no more give other cells.
    pub best: Vec<Tried>,
    /// The places of the examples from the worst on: where the present setting scores least; of equals, where the
    /// settings differ most from it.
    pub worst: Vec<usize>,
    /// Number of settings that were tried.
    pub settings: usize,
}

//! From a field to its masks: the one way that the window, batches, the store of cells, exports and commands go.

use crate::{
    atlas::Field,
    pipeline::{
        corrections::{Corrected, corrected},
        segmentation::segment,
    },
    project::Cutting,
};

/// Cuts `field` as `cutting` says.
#[must_use]
pub fn cut(field: &Field, cutting: &Cutting) -> Corrected {
    corrected(segment(field, &cutting.params), &cutting.corrections)
}

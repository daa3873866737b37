//! HOW GOOD RESULTS ARE (floor 2), against a truth: masks, submissions and found wrong labels; and without one, which
//! labels to doubt. Pure: no files.
//!
//! *Truth* is what is taken for right, *found* is what is judged by it. A measure that is undefined, such as the
//! precision of nothing, is `None` and not 0.

pub mod average_precision;
pub mod curves;
pub mod detections;
pub mod differences;
pub mod doubt;
pub mod interval;
pub mod labels;
pub mod masks;
pub mod overlap;
pub mod submission;

pub use detections::{Absent, Detection, FieldVerdicts, FoundField, MatchParams, Overlap, TruthField, judge};
pub use differences::{Difference, Differences};
pub use labels::{LabelScore, Suspect, score_labels};
pub use masks::{RegionCounts, RegionScore, compare_masks};
pub use submission::{SubmissionScore, SubmissionTally};

use std::collections::BTreeMap;

use crate::atlas::LocationSet;

/// What every cell of every image really shows, by the image's ID and the cell's id in its mask.
pub type CellLabels = BTreeMap<String, BTreeMap<u32, LocationSet>>;

/// Two pictures of one field that cannot be laid on each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the truth is {} x {} pixels, what was found {} x {} (width x height)", truth.1, truth.0, found.1, found.0)]
pub struct SizesDiffer {
    /// (height, width) of the truth.
    pub truth: (usize, usize),
    /// (height, width) of what is judged.
    pub found: (usize, usize),
}

impl SizesDiffer {
    fn check(truth: (usize, usize), found: (usize, usize)) -> Result<(), Self> {
        if truth == found { Ok(()) } else { Err(Self { truth, found }) }
    }
}

/// `part` of `whole`; `None` of nothing.
fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

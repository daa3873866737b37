//! How the regions of two masks of one field lie on each other, counted in one pass over both.

use std::collections::{BTreeMap, HashMap};

use super::SizesDiffer;
use crate::imaging::Plane;

/// The areas of the regions of two masks and of what they share, in pixels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overlaps {
    /// The area of every region of the truth, by its id.
    pub truth: BTreeMap<u32, u64>,
    /// The area of every region found, by its id.
    pub found: BTreeMap<u32, u64>,
    /// What a region of the truth and one found, in this order, share, where that is not nothing.
    pub shared: BTreeMap<(u32, u32), u64>,
}

impl Overlaps {
    /// Counts the overlaps of `truth` and `found`, masks of region ids with 0 = background.
    ///
    /// Time O(n) for n pixels plus O(k log k) for k pairs of regions that meet; memory O(k).
    ///
    /// # Errors
    /// If the masks differ in size.
    pub fn of(truth: &Plane<u32>, found: &Plane<u32>) -> Result<Self, SizesDiffer> {
        SizesDiffer::check(truth.size(), found.size())?;
        let mut pairs: HashMap<(u32, u32), u64> = HashMap::new();
        // Neighbours mostly lie in the same two regions, so a pair is looked up a run at a time.
        let (mut run, mut length) = ((0, 0), 0);
        for pair in truth.samples().iter().copied().zip(found.samples().iter().copied()) {
            if pair != run {
                *pairs.entry(run).or_default() += length;
                (run, length) = (pair, 0);
            }
            length += 1;
        }
        *pairs.entry(run).or_default() += length;

        let mut overlaps = Self::default();
        for ((truth, found), area) in pairs.into_iter().filter(|&(_, area)| area > 0) {
            if truth > 0 {
                *overlaps.truth.entry(truth).or_default() += area;
            }
            if found > 0 {
                *overlaps.found.entry(found).or_default() += area;
            }
            if truth > 0 && found > 0 {
                overlaps.shared.insert((truth, found), area);
            }
        }
        Ok(overlaps)
    }

    /// Every pair of regions that meet, by their ids.
    pub fn pairs(&self) -> impl Iterator<Item = Pair> {
        self.shared.iter().map(|(&(truth, found), &shared_px)| Pair {
            truth,
            found,
            shared_px,
            truth_px: self.truth[&truth],
            found_px: self.found[&found],
        })
    }
}

/// A region of the truth and one found that meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The id of the one in the truth.
    pub truth: u32,
    /// The id of the one found.
    pub found: u32,
    /// Pixels in both.
    pub shared_px: u64,
    /// Pixels of the one in the truth.
    pub truth_px: u64,
    /// Pixels of the one found.
    pub found_px: u64,
}

impl Pair {
    /// Pixels in either.
    #[must_use]
    pub fn union_px(&self) -> u64 {
        self.truth_px + self.found_px - self.shared_px
    }

    /// Intersection over union, in (0, 1].
    #[must_use]
    pub fn iou(&self) -> f64 {
        self.shared_px as f64 / self.union_px() as f64
    }
}

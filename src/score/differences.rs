//! What became of every single region of two masks of one field: which agree, which are missed, extra, split or merged.
//!
//! Each region of either mask is one of the five; [`masks`](super::masks) counts them and says how good that is.
//!
//! Source: split and merged regions after Hoover et al. (1996), with a tolerance of one half and matched regions set aside
//! first.

use std::collections::{BTreeMap, BTreeSet};

use super::{SizesDiffer, overlap::Overlaps};
use crate::imaging::Plane;

/// What became of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Difference {
    /// Both masks have it: the intersection over union is above 0.5.
    Agree,
    /// A region of the truth that is not found.
    Missed,
    /// A region found that the truth has not.
    Extra,
    /// A region of the truth of which two or more regions found, each with more than half of itself in it, together cover
    /// more than half; and each of these pieces.
    Split,
    /// A region of the truth with more than half of itself in a region found that holds more than half of another one too,
    /// matched or not; and the region found, unless it is matched.
    Merged,
}

impl Difference {
    /// All five.
    pub const ALL: [Self; 5] = [Self::Agree, Self::Missed, Self::Extra, Self::Split, Self::Merged];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::Missed => "missed",
            Self::Extra => "extra",
            Self::Split => "split",
            Self::Merged => "merged",
        }
    }
}

/// What became of the regions of two masks, by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// The regions of the truth: agree, missed, split or merged.
    pub truth: BTreeMap<u32, Difference>,
    /// The regions found: agree, extra, split or merged.
    pub found: BTreeMap<u32, Difference>,
}

impl Differences {
    /// Of two masks of one size; the ids of both mean nothing to each other. Time O(n) for n pixels.
    ///
    /// # Errors
    /// If they differ in size.
    ///
    /// # Examples
    /// ```
    /// use cytoscribe::{imaging::Plane, score::differences::{Difference, Differences}};
    /// let truth = Plane::from_rows(&[[1, 1, 1, 0, 2, 2]]);
    /// let found = Plane::from_rows(&[[8, 8, 8, 9, 9, 0]]);
    /// let differences = Differences::of(&truth, &found).unwrap();
    /// assert_eq!(differences.truth, [(1, Difference::Agree), (2, Difference::Missed)].into());
    /// assert_eq!(differences.found, [(8, Difference::Agree), (9, Difference::Extra)].into());
    /// ```
    pub fn of(truth: &Plane<u32>, found: &Plane<u32>) -> Result<Self, SizesDiffer> {
        Ok(Self::among(&Overlaps::of(truth, found)?))
    }

    /// Of regions whose overlaps are counted.
    #[must_use]
    pub fn among(overlaps: &Overlaps) -> Self {
        let mut differences = Self::default();
        // By region of the truth: the regions found that lie in it with more than half of themselves, and the pixels.
        let mut pieces: BTreeMap<u32, Vec<(u32, u64)>> = BTreeMap::new();
        // By region found: the regions of the truth of which it holds more than half.
        let mut held: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for pair in overlaps.pairs() {
            if 2 * pair.shared_px > pair.union_px() {
                differences.truth.insert(pair.truth, Difference::Agree);
                differences.found.insert(pair.found, Difference::Agree);
            }
            if 2 * pair.shared_px > pair.found_px {
                pieces.entry(pair.truth).or_default().push((pair.found, pair.shared_px));
            }
            if 2 * pair.shared_px > pair.truth_px {
                held.entry(pair.found).or_default().push(pair.truth);
            }
        }
        held.retain(|_, regions| regions.len() > 1);
        let merged: BTreeSet<u32> = held.values().flatten().copied().collect();
        let mut open: Vec<(u32, u64)> = overlaps.truth.iter().map(|(&region, &area)| (region, area)).collect();
        open.retain(|(region, _)| !differences.truth.contains_key(region));
        for (region, area) in open {
            let pieces = pieces.get(&region).map_or(&[][..], Vec::as_slice);
            let covered: u64 = pieces.iter().map(|(_, shared)| shared).sum();
            let difference = if pieces.len() > 1 && 2 * covered > area {
                for &(piece, _) in pieces {
                    differences.found.entry(piece).or_insert(Difference::Split);
                }
                Difference::Split
            } else if merged.contains(&region) {
                Difference::Merged
            } else {
                Difference::Missed
            };
            differences.truth.insert(region, difference);
        }
        for region in held.into_keys() {
            differences.found.entry(region).or_insert(Difference::Merged);
        }
        for &region in overlaps.found.keys() {
            differences.found.entry(region).or_insert(Difference::Extra);
        }
        differences
    }

    /// The number of regions of either mask that this became of: of those that agree, are split or are merged the ones of
    /// the truth.
    #[must_use]
    pub fn count(&self, difference: Difference) -> usize {
        let regions = if difference == Difference::Extra { &self.found } else { &self.truth };
        regions.values().filter(|of_region| **of_region == difference).count()
    }
}

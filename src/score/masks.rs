//! How well the regions of a mask are those of a true one.
//!
//! A region found *matches* one of the truth if their intersection over union is greater than a threshold of at least
//! 0.5; as the regions of a mask do not overlap, no region then has two matches, and nothing needs to be assigned.
//!
//! Sources: average precision as in the Data Science Bowl 2018 (Caicedo et al., 2019): matched / (matched + missed +
//! extra) of an image at each threshold, meaned over thresholds and then over images. What is split or merged is said in
//! [`differences`](super::differences).

use std::{collections::BTreeMap, ops::AddAssign};

use serde::Serialize;

use super::{
    SizesDiffer,
    differences::{Difference, Differences},
    overlap::Overlaps,
    share,
};
use crate::imaging::Plane;

/// The thresholds of intersection over union, in hundredths: 0.50, 0.55 … 0.95.
pub const THRESHOLDS_PERCENT: [u64; 10] = [50, 55, 60, 65, 70, 75, 80, 85, 90, 95];

/// The places of 0.50 and 0.60 among them.
const AT_50: usize = 0;
const AT_60: usize = 2;

/// What became of the regions of one field, or of several together. Every region of the truth is matched at 0.5, or
/// else one of split, merged and missed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RegionCounts {
    /// Regions of the truth.
    pub truth: usize,
    /// Regions found.
    pub found: usize,
    /// Pairs that match at each of [`THRESHOLDS_PERCENT`].
    pub matched: [usize; THRESHOLDS_PERCENT.len()],
    /// Regions of the truth without a match of which two or more regions found, each with more than half of itself in
    /// it, together cover more than half.
    pub split: usize,
    /// Regions of the truth without a match, and not split, with more than half of themselves in a region found that
    /// holds more than half of another one too, matched or not.
    pub merged: usize,
    /// Regions of the truth that are none of these.
    pub missed: usize,
    /// Regions found that match nothing, are no piece of a split region and hold no two regions of the truth.
    pub extra: usize,
    /// Over all regions of the truth, the sum of the greatest intersection over union with a region found.
    pub best_iou_sum: f64,
}

/// Compares the mask `found` with the mask `truth`; the ids of both mean nothing. Time O(n) for n pixels.
///
/// # Errors
/// If they differ in size.
///
/// # Examples
/// ```
/// use cytoscribe::{imaging::Plane, score::compare_masks};
/// let truth = Plane::from_rows(&[[1, 1, 1, 0, 2, 2]]);
/// let found = Plane::from_rows(&[[8, 8, 8, 9, 9, 0]]);
/// let score = compare_masks(&truth, &found).unwrap().score();
/// assert_eq!((score.at_50.matched, score.missed, score.extra), (1, 1, 1));
/// assert_eq!(score.average_precision_50, 1.0 / 3.0);
/// ```
pub fn compare_masks(truth: &Plane<u32>, found: &Plane<u32>) -> Result<RegionCounts, SizesDiffer> {
    Ok(RegionCounts::of(&Overlaps::of(truth, found)?))
}

impl RegionCounts {
    /// Of regions whose overlaps are counted.
    #[must_use]
    pub fn of(overlaps: &Overlaps) -> Self {
        let mut counts = Self { truth: overlaps.truth.len(), found: overlaps.found.len(), ..Self::default() };
        let mut best: BTreeMap<u32, f64> = BTreeMap::new();
        for pair in overlaps.pairs() {
            for (count, percent) in counts.matched.iter_mut().zip(THRESHOLDS_PERCENT) {
                *count += usize::from(100 * pair.shared_px > percent * pair.union_px());
            }
            let best = best.entry(pair.truth).or_default();
            *best = pair.iou().max(*best);
        }
        counts.best_iou_sum = best.values().sum();
        let differences = Differences::among(overlaps);
        counts.split = differences.count(Difference::Split);
        counts.merged = differences.count(Difference::Merged);
        counts.missed = differences.count(Difference::Missed);
        counts.extra = differences.count(Difference::Extra);
        counts
    }

    /// These counts as shares. Average precision is that of all regions as if they were in one image.
    #[must_use]
    pub fn score(&self) -> RegionScore {
        let average_precisions = self.average_precisions();
        RegionScore {
            truth: self.truth,
            found: self.found,
            at_50: self.matches(AT_50),
            at_60: self.matches(AT_60),
            average_precision_50: average_precisions[AT_50],
            average_precision_50_to_95: mean(average_precisions),
            split: self.split,
            merged: self.merged,
            missed: self.missed,
            extra: self.extra,
            mean_best_iou: (self.truth > 0).then(|| self.best_iou_sum / self.truth as f64),
        }
    }

    /// The harmonic mean of precision and recall, meaned over [`THRESHOLDS_PERCENT`]; 1 where there was nothing to find and
    /// nothing was found.
    #[must_use]
    pub fn mean_f1(&self) -> f64 {
        mean(self.matched.map(|matched| share(2 * matched, self.truth + self.found).unwrap_or(1.0)))
    }

    fn matches(&self, threshold: usize) -> Matches {
        let matched = self.matched[threshold];
        Matches {
            matched,
            precision: share(matched, self.found),
            recall: share(matched, self.truth),
            f1: share(2 * matched, self.truth + self.found),
        }
    }

    /// At each threshold; 1 where there was nothing to find and nothing was found.
    fn average_precisions(&self) -> [f64; THRESHOLDS_PERCENT.len()] {
        self.matched.map(|matched| share(matched, self.truth + self.found - matched).unwrap_or(1.0))
    }
}

impl AddAssign<&Self> for RegionCounts {
    fn add_assign(&mut self, other: &Self) {
        self.truth += other.truth;
        self.found += other.found;
        for (matched, more) in self.matched.iter_mut().zip(other.matched) {
            *matched += more;
        }
        self.split += other.split;
        self.merged += other.merged;
        self.missed += other.missed;
        self.extra += other.extra;
        self.best_iou_sum += other.best_iou_sum;
    }
}

/// [`RegionCounts`] as shares, of one field or of several.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RegionScore {
    /// Regions of the truth.
    pub truth: usize,
    /// Regions found.
    pub found: usize,
    /// Matches with an intersection over union above 0.5.
    pub at_50: Matches,
    /// Matches with an intersection over union above 0.6.
    pub at_60: Matches,
    /// Matched / (matched + missed + extra) at 0.5, of several fields their mean; 1 for a field without regions in
    /// both masks.
    pub average_precision_50: f64,
    /// The same, meaned over the thresholds 0.50, 0.55 … 0.95.
    pub average_precision_50_to_95: f64,
    /// As in [`RegionCounts`].
    pub split: usize,
    /// As in [`RegionCounts`].
    pub merged: usize,
    /// As in [`RegionCounts`].
    pub missed: usize,
    /// As in [`RegionCounts`].
    pub extra: usize,
    /// The mean over regions of the truth of the greatest intersection over union with a region found.
    pub mean_best_iou: Option<f64>,
}

/// Matches at one threshold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Matches {
    /// Number of pairs.
    pub matched: usize,
    /// Share of the regions found that match.
    pub precision: Option<f64>,
    /// Share of the regions of the truth that match.
    pub recall: Option<f64>,
    /// The harmonic mean of both: 2 matched / (truth + found).
    pub f1: Option<f64>,
}

/// The score of several fields together: counts are sums, so that every region weighs the same; average precisions
/// are means over fields, as in the Data Science Bowl, so that every field does. `None` of no field.
#[must_use]
pub fn total<'a>(fields: impl IntoIterator<Item = &'a RegionCounts>) -> Option<RegionScore> {
    let (mut sum, mut at_50, mut at_all) = (RegionCounts::default(), Vec::new(), Vec::new());
    for field in fields {
        sum += field;
        let average_precisions = field.average_precisions();
        at_50.push(average_precisions[AT_50]);
        at_all.push(mean(average_precisions));
    }
    (!at_50.is_empty()).then(|| RegionScore {
        average_precision_50: mean(at_50),
        average_precision_50_to_95: mean(at_all),
        ..sum.score()
    })
}

fn mean(values: impl AsRef<[f64]>) -> f64 {
    let values = values.as_ref();
    values.iter().sum::<f64>() / values.len() as f64
}

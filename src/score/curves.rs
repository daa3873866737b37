//! Curves that tell how well probabilities fit what was said of the same cells: precision over recall, the receiver
//! operating characteristic, and whether a probability of 0.8 is right eight times in ten.
//!
//! Equal probabilities are one threshold and so one point: their order among themselves never counts.

/// A threshold and what lies at or above it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// The probability.
    pub at: f32,
    /// Cells at or above it that show the location.
    pub true_positives: usize,
    /// Cells at or above it that do not.
    pub false_positives: usize,
}

/// How the cells of one location are ranked: all thresholds from the highest to the lowest. Both curves are ways to look
/// at it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ranked {
    thresholds: Vec<Threshold>,
}

impl Ranked {
    /// Ranks pairs of probability and whether the cell shows the location. O(n log n).
    ///
    /// # Examples
    /// ```
    /// use cytoscribe::score::curves::Ranked;
    /// let ranked = Ranked::of(&[(0.9, true), (0.8, false), (0.7, true), (0.1, false)]);
    /// // (recall, precision) at each threshold; the lowest adds nothing but a negative.
    /// assert_eq!(ranked.precision_recall(), [(0.5, 1.0), (0.5, 0.5), (1.0, 2.0 / 3.0), (1.0, 0.5)]);
    /// // Of the four pairs of a positive and a negative, three are in order.
    /// assert_eq!(ranked.area_under_curve(), Some(0.75));
    /// ```
    #[must_use]
    pub fn of(cells: &[(f32, bool)]) -> Self {
        let mut cells = cells.to_vec();
        cells.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (mut true_positives, mut false_positives) = (0, 0);
        // In this order each is at least the next, so that "at most" makes them equal.
        let ties = cells.chunk_by(|a, b| a.0 <= b.0);
        let thresholds = ties.map(|tie| {
            let positives = tie.iter().filter(|(_, positive)| *positive).count();
            true_positives += positives;
            false_positives += tie.len() - positives;
            Threshold { at: tie[0].0, true_positives, false_positives }
        });
        Self { thresholds: thresholds.collect() }
    }

    /// All thresholds, from the highest to the lowest; no two are equal.
    #[must_use]
    pub fn thresholds(&self) -> &[Threshold] {
        &self.thresholds
    }

    /// Cells that show the location, and cells that do not.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        self.thresholds.last().map_or((0, 0), |lowest| (lowest.true_positives, lowest.false_positives))
    }

    /// (recall, precision) at each threshold, from the highest; empty if no cell shows the location. Recall never falls.
    ///
    /// The precision at a threshold holds for the recall gained there: drawn as steps, the area below is the
    /// [average precision](super::average_precision::average_precision).
    #[must_use]
    pub fn precision_recall(&self) -> Vec<(f64, f64)> {
        let (positives, _) = self.counts();
        if positives == 0 {
            return Vec::new();
        }
        let point = |threshold: &Threshold| {
            let (right, wrong) = (threshold.true_positives as f64, threshold.false_positives as f64);
            (right / positives as f64, right / (right + wrong))
        };
        self.thresholds.iter().map(point).collect()
    }

    /// (share of negatives, share of positives) at or above each threshold: the receiver operating characteristic from
    /// (0, 0) to (1, 1), to be joined by straight lines, as the order of ties is anyone's guess. Empty without a positive
    /// or without a negative.
    #[must_use]
    pub fn receiver_operating_characteristic(&self) -> Vec<(f64, f64)> {
        let (positives, negatives) = self.counts();
        if positives == 0 || negatives == 0 {
            return Vec::new();
        }
        let point = |threshold: &Threshold| {
            (threshold.false_positives as f64 / negatives as f64, threshold.true_positives as f64 / positives as f64)
        };
        std::iter::once((0.0, 0.0)).chain(self.thresholds.iter().map(point)).collect()
    }

    /// The precision at every threshold, weighted by the recall gained there. `None` without a positive. See
    /// [`average_precision`](super::average_precision::average_precision), whose value it is where nothing is missed.
    #[must_use]
    pub fn average_precision(&self) -> Option<f64> {
        let mut before = 0.0;
        let curve = self.precision_recall();
        let gained =
            curve.iter().map(|(recall, precision)| (recall - std::mem::replace(&mut before, *recall)) * precision);
        (!curve.is_empty()).then(|| gained.sum())
    }

    /// The area under the receiver operating characteristic: the chance that a positive ranks above a negative, ties
    /// counting half. `None` without a positive or without a negative.
    #[must_use]
    pub fn area_under_curve(&self) -> Option<f64> {
        let (positives, negatives) = self.counts();
        let (mut area, mut before) = (0.0, (0, 0));
        for threshold in &self.thresholds {
            let wide = (threshold.false_positives - before.1) as f64;
            area += wide * f64::midpoint(before.0 as f64, threshold.true_positives as f64);
            before = (threshold.true_positives, threshold.false_positives);
        }
        (positives > 0 && negatives > 0).then(|| area / (positives as f64 * negatives as f64))
    }
}

/// The cells whose probabilities lie in one part of 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CalibrationBin {
    /// Number of cells.
    pub cells: usize,
    /// Those that show the location.
    pub positives: usize,
    /// Mean of their probabilities; `None` of no cells.
    pub predicted: Option<f64>,
    /// Share of those that show the location, with its 95 % confidence interval; `None` of no cells.
    pub observed: Option<Observed>,
}

/// A share that was counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observed {
    /// The share.
    pub share: f64,
    /// Its confidence interval, see [`wilson`](super::interval::wilson).
    pub interval: (f64, f64),
}

/// What was predicted against what was observed, in `bins` equal parts of 0 to 1. A probability on the border of two
/// belongs to the upper one, 1 to the last; what is not a number is left out. Well calibrated probabilities have `predicted`
/// inside the interval of `observed` in nineteen of twenty bins.
///
/// # Examples
/// ```
/// use cytoscribe::score::curves::calibration;
/// let bins = calibration(&[(0.1, false), (0.3, true), (0.5, true), (1.0, true)], 2);
/// assert_eq!((bins[0].cells, bins[0].positives, bins[1].positives), (2, 1, 2));
/// assert!((bins[0].predicted.unwrap() - 0.2).abs() < 1e-6);
/// assert_eq!(bins[1].observed.unwrap().share, 1.0);
/// ```
#[must_use]
pub fn calibration(cells: &[(f32, bool)], bins: usize) -> Vec<CalibrationBin> {
    let mut found = vec![(0_usize, 0_usize, 0.0_f64); bins];
    for &(probability, positive) in cells.iter().filter(|(probability, _)| !probability.is_nan()) {
        let bin = ((f64::from(probability) * bins as f64) as usize).min(bins.saturating_sub(1));
        if let Some((cells, positives, sum)) = found.get_mut(bin) {
            *cells += 1;
            *positives += usize::from(positive);
            *sum += f64::from(probability);
        }
    }
    let bin = |(cells, positives, sum): (usize, usize, f64)| CalibrationBin {
        cells,
        positives,
        predicted: (cells > 0).then(|| sum / cells as f64),
        observed: super::interval::wilson(positives, cells)
            .map(|interval| Observed { share: positives as f64 / cells as f64, interval }),
    };
    found.into_iter().map(bin).collect()
}

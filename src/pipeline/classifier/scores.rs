//! How well probabilities rank the positives of one location above its other cells. Not a threshold, and no word on
//! whether a probability of 0.8 is right eight times in ten.
//!
//! Equal probabilities are one threshold: their order among themselves never counts.

/// The average precision of `ranked`, pairs of probability and truth: the precision at every distinct threshold,
/// weighted by the recall gained there. A step function, not interpolated. `None` without a positive.
///
/// A random order scores about the share of positives, a perfect one 1.
///
/// # Examples
/// ```
/// use cytoscribe::pipeline::classifier::scores::average_precision;
/// // Two positives, found first and fourth: (1/1 + 2/4) / 2.
/// let ranked = [(0.9, true), (0.8, false), (0.7, false), (0.1, true)];
/// assert_eq!(average_precision(&ranked), Some(0.75));
/// ```
#[must_use]
pub fn average_precision(ranked: &[(f32, bool)]) -> Option<f64> {
    let steps = steps(ranked);
    let all_positives: usize = steps.iter().map(|step| step.positives).sum();
    let (mut above, mut positives_above, mut sum) = (0, 0, 0.0);
    for step in steps {
        above += step.positives + step.negatives;
        positives_above += step.positives;
        sum += step.positives as f64 * positives_above as f64 / above as f64;
    }
    (all_positives > 0).then(|| sum / all_positives as f64)
}

/// The area under the receiver operating characteristic of `ranked`, pairs of probability and truth: the chance that
/// a positive ranks above a negative, ties counting half. `None` without a positive or without a negative.
///
/// A random order scores 0.5, a perfect one 1.
///
/// # Examples
/// ```
/// use cytoscribe::pipeline::classifier::scores::area_under_curve;
/// // Of the four pairs of a positive and a negative, three are in order.
/// let ranked = [(0.9, true), (0.8, false), (0.7, true), (0.1, false)];
/// assert_eq!(area_under_curve(&ranked), Some(0.75));
/// ```
#[must_use]
pub fn area_under_curve(ranked: &[(f32, bool)]) -> Option<f64> {
    let (mut positives, mut negatives, mut in_order) = (0, 0, 0.0);
    for step in steps(ranked) {
        // Every negative of this step lies below all positives of the steps before and level with its own.
        in_order += step.negatives as f64 * (positives as f64 + 0.5 * step.positives as f64);
        positives += step.positives;
        negatives += step.negatives;
    }
    (positives > 0 && negatives > 0).then(|| in_order / (positives as f64 * negatives as f64))
}

/// The cells that share one probability.
struct Step {
    positives: usize,
    negatives: usize,
}

/// The distinct probabilities from the highest to the lowest.
fn steps(ranked: &[(f32, bool)]) -> Vec<Step> {
    let mut ranked = ranked.to_vec();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    // In this order each is at least the next, so that "at most" makes them equal.
    let ties = ranked.chunk_by(|a, b| a.0 <= b.0);
    ties.map(|tie| {
        let positives = tie.iter().filter(|(_, positive)| *positive).count();
        Step { positives, negatives: tie.len() - positives }
    })
    .collect()
}

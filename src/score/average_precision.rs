//! How well a ranking puts what is right above what is wrong: the area under its curve of precision over recall.
//!
//! Equal confidences are one threshold, so that the order of a file never counts. What was never ranked is never
//! found: the curve ends where the ranking does.

/// Which precision holds between two recalls of the curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// The precision at the higher of the two: the mean of the precisions at which what is right was found.
    None,
    /// The greatest precision at that recall or a higher one, so that the curve never rises. Source: PASCAL VOC 2010
    /// and later, and Open Images.
    Envelope,
}

/// The average precision of `ranked`, pairs of confidence and whether it is right, where `positives` things were to be
/// found, each of which may be right once. `None` if there was nothing to find.
///
/// # Examples
/// ```
/// use cytoscribe::score::average_precision::{Interpolation, average_precision};
/// // Of four things three were found, at precisions 1/1, 2/3 and 3/4; the envelope lifts the second to 3/4.
/// let ranked = [(0.9, true), (0.8, false), (0.7, true), (0.6, true)];
/// let mean = average_precision(&ranked, 4, Interpolation::None).unwrap();
/// assert!((mean - (1.0 + 2.0 / 3.0 + 0.75) / 4.0).abs() < 1e-12);
/// assert_eq!(average_precision(&ranked, 4, Interpolation::Envelope), Some((1.0 + 0.75 + 0.75) / 4.0));
/// ```
#[must_use]
pub fn average_precision(ranked: &[(f64, bool)], positives: usize, interpolation: Interpolation) -> Option<f64> {
    let mut ranked = ranked.to_vec();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut above, mut right_above) = (0, 0);
    // In this order each is at least the next, so that "at most" makes them equal.
    let mut steps: Vec<(usize, f64)> = ranked
        .chunk_by(|a, b| a.0 <= b.0)
        .map(|tie| {
            let right = tie.iter().filter(|(_, right)| *right).count();
            above += tie.len();
            right_above += right;
            (right, right_above as f64 / above as f64)
        })
        .collect();
    if interpolation == Interpolation::Envelope {
        let mut greatest = 0.0_f64;
        for (_, precision) in steps.iter_mut().rev() {
            greatest = precision.max(greatest);
            *precision = greatest;
        }
    }
    let sum: f64 = steps.iter().map(|&(right, precision)| right as f64 * precision).sum();
    (positives > 0).then(|| sum / positives as f64)
}

//! How sure a share is that was counted on few things.

/// The standard normal deviate of 95 % between two sides.
const DEVIATE: f64 = 1.959_963_984_540_054;

/// The 95 % confidence interval of a share of which `part` of `whole` were counted; `None` of nothing.
///
/// Source: Wilson, Probable inference, the law of succession, and statistical inference (1927).
///
/// # Examples
/// ```
/// let (low, high) = cytoscribe::score::interval::wilson(8, 10).unwrap();
/// assert!((low - 0.4902).abs() < 1e-4 && (high - 0.9433).abs() < 1e-4);
/// ```
#[must_use]
pub fn wilson(part: usize, whole: usize) -> Option<(f64, f64)> {
    if whole == 0 {
        return None;
    }
    let (count, squared) = (whole as f64, DEVIATE * DEVIATE);
    let share = part as f64 / count;
    let centre = (share + squared / (2.0 * count)) / (1.0 + squared / count);
    let half =
        DEVIATE / (1.0 + squared / count) * (share * (1.0 - share) / count + squared / (4.0 * count * count)).sqrt();
    Some(((centre - half).max(0.0), (centre + half).min(1.0)))
}

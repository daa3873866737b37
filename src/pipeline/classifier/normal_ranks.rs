//! A feature as normal deviates of its ranks: whatever its shape, it comes out bell-shaped, and an odd cell is no odder
//! than any other that is the outermost.
//!
//! Source: the rank-based inverse normal transformation (Blom 1958), by a table of quantiles, so that it can be applied to
//! cells that were not there when it was learnt.

use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

/// Number of quantiles.
const QUANTILES: usize = 32;

/// Normal deviates of the upper half of the shares (i + ½) / 32; the lower half has them with a minus.
const DEVIATES: [f64; QUANTILES / 2] = [
    0.039_176, 0.117_770, 0.197_099, 0.277_690, 0.360_130, 0.445_097, 0.533_410, 0.626_099, 0.724_514, 0.830_511,
    0.946_782, 1.077_516, 1.229_859, 1.417_797, 1.675_940, 2.153_875,
];

/// Cells that the quantiles are learnt from at most, evenly drawn from all: enough by far for 32.
const CELLS: usize = 8192;

/// Where values of one feature lie among those of the cells learnt from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NormalRanks {
    /// The values at shares (i + ½) / 32 of the cells, rising.
    quantiles: Vec<f32>,
}

impl NormalRanks {
    /// Learns the quantiles of some `rows` of `values`, all of them finite.
    #[must_use]
    pub fn of(values: ArrayView1<'_, f32>, rows: &[usize]) -> Self {
        let step = rows.len().div_ceil(CELLS).max(1);
        let mut drawn: Vec<f32> = rows.iter().step_by(step).map(|&row| values[row]).collect();
        drawn.sort_unstable_by(f32::total_cmp);
        let Some(last) = drawn.len().checked_sub(1) else { return Self { quantiles: Vec::new() } };
        let at = |quantile: usize| {
            // Between the two cells on either side.
            let place = (quantile as f64 + 0.5) / QUANTILES as f64 * last as f64;
            let (low, share) = (place as usize, place.fract());
            let [low, high] = [low, (low + 1).min(last)].map(|cell| f64::from(drawn[cell]));
            (low + share * (high - low)) as f32
        };
        Self { quantiles: (0..QUANTILES).map(at).collect() }
    }

    /// The normal deviate of a value's place: between those of the quantiles on either side, beyond the outermost that of
    /// these. Of equal quantiles it is that of the middle one. It never falls.
    #[must_use]
    pub fn deviate(&self, value: f32) -> f64 {
        let below = self.quantiles.partition_point(|&quantile| quantile < value);
        let not_above = below + self.quantiles[below..].partition_point(|&quantile| quantile <= value);
        if below < not_above {
            return f64::midpoint(
                deviate(usize::midpoint(below, not_above - 1)),
                deviate(usize::midpoint(below, not_above)),
            );
        }
        match (below.checked_sub(1), self.quantiles.get(below)) {
            (None, _) => deviate(0),
            (_, None) => deviate(QUANTILES - 1),
            (Some(low), Some(&high)) => {
                let from = f64::from(self.quantiles[low]);
                let share = (f64::from(value) - from) / (f64::from(high) - from);
                // Equal quantiles count as the middle one of them here too.
                let [low, high] = [self.quantiles[low], high].map(|quantile| self.deviate(quantile));
                low + share * (high - low)
            }
        }
    }

    /// Whether these are quantiles: a file may be damaged.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.quantiles.len() == QUANTILES
            && self.quantiles.iter().all(|quantile| quantile.is_finite())
            && self.quantiles.is_sorted()
    }
}

/// The normal deviate of a quantile.
fn deviate(quantile: usize) -> f64 {
    let half = QUANTILES / 2;
    if quantile < half { -DEVIATES[half - 1 - quantile] } else { DEVIATES[(quantile - half).min(half - 1)] }
}

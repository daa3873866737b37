//! Numbers that look drawn by lot, the same on every machine: `SplitMix64` (Steele, Lea & Flood 2014).
//!
//! Not for secrets; for fair splits and samples that a seed brings back.

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// The number that follows `state`.
pub(super) fn split_mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(STEP);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// An endless row of such numbers.
pub(super) struct Draws(u64);

impl Draws {
    /// The row that belongs to a seed and a number within it.
    pub(super) fn new(seed: u64, number: u64) -> Self {
        Self(split_mix(seed ^ split_mix(number)))
    }

    /// Uniform in [0, 1).
    fn share(&mut self) -> f64 {
        let drawn = split_mix(self.0);
        self.0 = self.0.wrapping_add(STEP);
        (drawn >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// For each of `count` things whether it is one of the `share` of them that is drawn, at least one; every such
    /// choice is as likely as the next (Knuth's selection sampling).
    pub(super) fn choose(&mut self, count: usize, share: f64) -> Vec<bool> {
        let mut wanted = ((count as f64 * share).round() as usize).clamp(count.min(1), count);
        (0..count)
            .map(|thing| {
                let chosen = self.share() * ((count - thing) as f64) < wanted as f64;
                wanted -= usize::from(chosen);
                chosen
            })
            .collect()
    }
}

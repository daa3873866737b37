//! Chance that can be repeated: the generator behind every field, the same numbers on every platform.
//!
//! `SplitMix64`, a counter whose steps are scrambled: a few lines, a seed of 64 bits, and a stream of its own for
//! every field and every cell, so that none depends on how much chance another has used. Not for secrets.
//! Source: Steele, Lea & Flood (2014).

use std::ops::Range;

use super::portable;

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The stream of `number` among those of `seed`.
    pub fn new(seed: u64, number: u64) -> Self {
        Self(scrambled(seed ^ scrambled(number.wrapping_add(0x9e37_79b9_7f4a_7c15))))
    }

    /// A stream of its own, which does not depend on what is drawn from this one afterwards.
    pub fn fork(&mut self) -> Self {
        let seed = self.bits();
        Self::new(seed, seed >> 32)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        scrambled(self.0)
    }

    /// From 0 up to, not including, 1.
    pub fn share(&mut self) -> f32 {
        (self.bits() >> 40) as i32 as f32 / (1 << 24) as f32
    }

    /// A number within `range`, all equally likely.
    pub fn within(&mut self, range: Range<f32>) -> f32 {
        range.start + (range.end - range.start) * self.share()
    }

    /// A whole number within `range`, which is not empty.
    pub fn whole(&mut self, range: Range<usize>) -> usize {
        range.start + (self.bits() >> 32) as usize * (range.end - range.start) / (1 << 32)
    }

    /// True in `share` of the draws.
    pub fn happens(&mut self, share: f32) -> bool {
        self.share() < share
    }

    /// Nearly normal with mean 0 and deviation 1, and never beyond 3.5: the sum of four uniform numbers.
    pub fn normal(&mut self) -> f32 {
        /// Deviation of the sum of four numbers of 16 bit.
        const DEVIATION: f32 = 37_837.0;
        let bits = self.bits();
        // Two by two in the halves of 32 bit.
        let pairs = (bits & 0x0000_ffff_0000_ffff) + (bits >> 16 & 0x0000_ffff_0000_ffff);
        let sum = pairs as i32 + (pairs >> 32) as i32;
        // Signed and short numbers become floats fastest.
        (sum - 131_070) as f32 * (1.0 / DEVIATION)
    }

    /// A normal number for each of `numbers`.
    pub fn fill_normal(&mut self, numbers: &mut [f32]) {
        // A stream that nothing else can see meanwhile is read faster.
        let mut stream = self.clone();
        numbers.fill_with(|| stream.normal());
        *self = stream;
    }

    /// A factor around 1 whose logarithm has the deviation `spread`.
    pub fn factor(&mut self, spread: f32) -> f32 {
        portable::exp(spread * self.normal())
    }

    /// A factor within `range`, its logarithm equally likely everywhere.
    pub fn factor_within(&mut self, range: Range<f32>) -> f32 {
        portable::exp(self.within(portable::ln(range.start)..portable::ln(range.end)))
    }
}

fn scrambled(mut bits: u64) -> u64 {
    bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}

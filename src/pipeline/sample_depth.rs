//! From the depth of the files to the 8 bit that everything is measured and shown on.
//!
//! 8-bit samples stay as they are. A 16-bit channel is mapped linearly from a window of values onto 0 to 255, either
//! its full range, so that channels and images stay comparable, or the window in which the Human Protein Atlas
//! shows its own 16-bit images. This stage does not touch contrast beyond that and knows no display settings.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    atlas::{Channel, Field, RawField, Samples, channel},
    imaging::{Plane, histogram::histogram},
};

/// How 16-bit samples become 8-bit ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SampleDepth {
    /// The full range: `round(v * 255 / 65535)`.
    #[default]
    FullRange,
    /// The atlas' window: from the 0.001 to the 99.999 percentile of the channel, its upper end at least 10,000.
    PercentileWindow,
}

impl SampleDepth {
    /// The percentiles, as fractions, between which [`SampleDepth::PercentileWindow`] spreads the samples.
    pub const WINDOW_QUANTILES: [f64; 2] = [0.000_01, 0.999_99];

    /// The least upper end of [`SampleDepth::PercentileWindow`]: keeps the noise of an empty channel dark.
    pub const LEAST_WINDOW_TOP: f64 = 10_000.0;
}

/// The field at 8 bit, and a warning for every channel that uses less than an eighth of its range.
#[must_use]
pub fn field_at_8_bit(raw: RawField, depth: SampleDepth) -> (Field, Vec<DepthWarning>) {
    let windows = channel::par_map(Channel::ALL, |channel| Window::of(raw.channel(channel), depth));
    let warnings = Channel::ALL.iter().zip(&windows).filter_map(|(&channel, window)| window.warning(channel)).collect();
    (raw.into_field(|channel| windows[channel.index()].level()), warnings)
}

/// One channel at 8 bit, for a field of which nothing else is wanted, and the warning if there is one.
#[must_use]
pub fn channel_at_8_bit(channel: Channel, samples: Samples, depth: SampleDepth) -> (Plane<u8>, Option<DepthWarning>) {
    let window = Window::of(&samples, depth);
    (samples.into_8_bit(|| window.level()), window.warning(channel))
}

/// A channel that uses less than an eighth of its range, so that little of it is left at 8 bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepthWarning {
    /// The channel.
    pub channel: Channel,
    /// Its highest sample.
    pub maximum: u16,
    /// The sample that becomes, or is, 255.
    pub top: u16,
}

impl fmt::Display for DepthWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { channel, maximum, top } = self;
        if *maximum == 0 {
            write!(f, "the {} channel is black", channel.name())
        } else if *top == u16::MAX && *maximum > u16::from(u8::MAX) {
            write!(f, "the {} channel reaches only {maximum} of {top}, ", channel.name())?;
            f.write_str("probably 12-bit data in a 16-bit file: choose the percentile window or rescale the files")
        } else {
            write!(f, "the {} channel is nearly black: it reaches only {maximum} of {top}", channel.name())
        }
    }
}

/// The values of one channel that are spread over 0 to 255.
struct Window {
    bottom: f64,
    top: f64,
    maximum: u16,
}

impl Window {
    fn of(samples: &Samples, depth: SampleDepth) -> Self {
        match (samples, depth) {
            (Samples::Eight(plane), _) => Self { bottom: 0.0, top: u8::MAX.into(), maximum: plane.largest().into() },
            (Samples::Sixteen(plane), SampleDepth::FullRange) => {
                Self { bottom: 0.0, top: u16::MAX.into(), maximum: plane.largest() }
            }
            (Samples::Sixteen(plane), SampleDepth::PercentileWindow) => {
                let counts = histogram(plane);
                let [low, high] = SampleDepth::WINDOW_QUANTILES.map(|fraction| quantile(&counts, fraction));
                Self { bottom: low, top: high.max(SampleDepth::LEAST_WINDOW_TOP), maximum: plane.largest() }
            }
        }
    }

    /// The level from 0 to 255 of a 16-bit sample, by a table: there are fewer values than pixels.
    fn level(&self) -> impl Fn(u16) -> u8 + use<> {
        let (bottom, span) = (self.bottom, self.top - self.bottom);
        let levels: Vec<u8> = (0..=u16::MAX)
            .map(|sample| {
                let above = f64::from(sample) - bottom;
                if above <= 0.0 { 0 } else { (above * 255.0 / span).min(255.0).round() as u8 }
            })
            .collect();
        move |sample| levels[usize::from(sample)]
    }

    fn warning(&self, channel: Channel) -> Option<DepthWarning> {
        let dark = f64::from(self.maximum) * 8.0 < self.top;
        dark.then_some(DepthWarning { channel, maximum: self.maximum, top: self.top.round() as u16 })
    }
}

/// The quantile at `fraction` of the samples behind `counts`, linear between neighbours in order; 0 if there are none.
///
/// Type 7 as in [`histogram`](crate::imaging::histogram), but from the rank (n − 1) p in place of n p + (1 − p): these
/// differ in their last bit, and a level half-way between two would then round to the other.
fn quantile(counts: &[u32], fraction: f64) -> f64 {
    let last = counts.iter().copied().map(u64::from).sum::<u64>().saturating_sub(1);
    let rank = last as f64 * fraction;
    let below = value_at_rank(counts, rank.floor() as u64);
    let above = value_at_rank(counts, rank.ceil() as u64);
    below + (above - below) * rank.fract()
}

/// The sample that has `rank` samples before it in order.
fn value_at_rank(counts: &[u32], rank: u64) -> f64 {
    let mut seen = 0;
    let value = counts.iter().position(|&count| {
        seen += u64::from(count);
        seen > rank
    });
    value.unwrap_or(0) as f64
}

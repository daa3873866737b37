//! Tones: what becomes of each of the 256 grey levels, and of the light of a colour.
//!
//! A change of contrast that looks at one sample at a time is a [`ToneCurve`], a table of 256 entries; one after
//! another they are again one table. Histogram matching is one too, made from counts. Gamma acts on the light of a
//! colour, which is a mixture of three samples, and so has a type of its own, [`LumaGamma`].

use rayon::prelude::*;

use super::resize::round_ties_even;

/// What each grey level becomes.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::tone::ToneCurve;
/// let window = ToneCurve::window(50.0, 150.0);
/// assert_eq!([20, 50, 100, 150, 200].map(|level| window.of(level)), [0, 0, 128, 255, 255]);
/// let brighter = window.then(&ToneCurve::gain(1.5));
/// assert_eq!(brighter.of(100), 192);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToneCurve([u8; 256]);

impl ToneCurve {
    /// The curve on which `level` becomes `tone(level)`.
    #[must_use]
    pub fn from_fn(tone: impl Fn(u8) -> u8) -> Self {
        Self(std::array::from_fn(|level| tone(level as u8)))
    }

    /// Every level stays what it is.
    #[must_use]
    pub fn identity() -> Self {
        Self::from_fn(|level| level)
    }

    /// Spreads the levels between `black` and `white` evenly over 0 to 255.
    ///
    /// Levels up to `black` become 0, those above it from `white` on 255, so that a window without width is a
    /// threshold and a picture of one level alone is black in it. The window 0 to 255 changes nothing.
    #[must_use]
    pub fn window(black: f64, white: f64) -> Self {
        Self::from_fn(|level| match f64::from(level) {
            level if level <= black => 0,
            level if level >= white => 255,
            level => grey((level - black) / (white - black)),
        })
    }

    /// Multiplies every level by `factor`, at most to 255.
    #[must_use]
    pub fn gain(factor: f64) -> Self {
        Self::from_fn(|level| grey(factor * (1.0 / 255.0) * f64::from(level)))
    }

    /// Gives a picture with the level counts `source` the histogram `target`, as nearly as one curve can.
    ///
    /// A level takes the place in `target` below which the same share of pixels lies. Both sides of that comparison
    /// count as the reference does, which places a level by the pixels *strictly* darker than it and reads its bins
    /// by their lower edges in 1/256: matching a picture with itself makes levels 129 to 254 darker by one. Pictures
    /// have at least one pixel.
    ///
    /// Source: the histogram matching of `ImageContrastAdjustment` 0.3 (Julia) with 256 bins.
    #[must_use]
    pub fn matching(source: &[u32; 256], target: &[u32; 256]) -> Self {
        let darker = cumulated_shares(source);
        let up_to = cumulated_shares(target);
        let mut bin = 0;
        let place = darker.map(|share| {
            bin += up_to[bin..].iter().take_while(|&&reached| reached <= share).count();
            bin
        });
        // Entry n of the shares is that of the levels below n, so the place of level n stands at n: but 255, for
        // which the reference reads the entry above, that of the whole picture.
        Self::from_fn(|level| {
            let entry = if level == 255 { 256 } else { usize::from(level) };
            grey((place[entry] - 1) as f64 / 256.0)
        })
    }

    /// What `level` becomes.
    #[must_use]
    pub fn of(&self, level: u8) -> u8 {
        self.0[usize::from(level)]
    }

    /// This curve and after it `next`, as one.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        Self(self.0.map(|level| next.of(level)))
    }

    /// The counts of a picture after this curve, from those before.
    #[must_use]
    pub fn counts_after(&self, before: &[u32; 256]) -> [u32; 256] {
        let mut after = [0; 256];
        for (&level, count) in self.0.iter().zip(before) {
            after[usize::from(level)] += count;
        }
        after
    }
}

/// Entry n is the share of the counted pixels that have a level below n.
///
/// The sums run pairwise, in blocks of less than 128, as Julia's `cumsum` does: where two shares are equal, their
/// last bits decide.
fn cumulated_shares(counts: &[u32; 256]) -> [f64; 257] {
    let total = counts.iter().copied().map(f64::from).sum::<f64>().max(1.0);
    let mut shares = [0.0; 257];
    for (share, &count) in shares[1..].iter_mut().zip(counts) {
        *share = f64::from(count) / total;
    }
    cumulate(&mut shares[1..], 0.0);
    shares
}

/// Replaces every value by `before` and the values up to it; their own sum is returned.
fn cumulate(values: &mut [f64], before: f64) -> f64 {
    if values.len() >= 128 {
        let (first, second) = values.split_at_mut(values.len() / 2);
        let sum = cumulate(first, before);
        return sum + cumulate(second, before + sum);
    }
    let mut sum = 0.0;
    for value in values {
        sum += *value;
        *value = before + sum;
    }
    sum
}

/// Raises the light of colours to a power; hue and saturation are kept as far as 8 bit can hold them.
///
/// A power below 1 brightens dark colours, one above 1 darkens them; 1 changes no colour. Light and chroma are Y, I
/// and Q of the American television standard (NTSC). They are held in single precision between the standard's two
/// rounded matrices, as the reference does.
///
/// # Examples
/// ```
/// use cytoscribe::imaging::tone::LumaGamma;
/// assert_eq!(LumaGamma::new(0.5).of([64, 64, 64]), [128, 128, 128]);
/// ```
#[derive(Clone, Debug)]
pub struct LumaGamma {
    /// Entry n is the power of the light n / [`LumaGamma::WHITE`].
    powers: Vec<f32>,
    /// The share of full light of each level.
    shares: [f64; 256],
}

impl LumaGamma {
    /// Shares of red, green and blue in the light of a colour, in thousandths: with 8-bit samples it is a whole number.
    const SHARES: [u32; 3] = [299, 587, 114];
    /// The light of white.
    const WHITE: u32 = 255 * 1000;
    /// What I and Q add to the light in red, green and blue.
    const CHROMA: [[f64; 2]; 3] = [[0.9563, 0.6210], [-0.2721, -0.6474], [-1.1070, 1.7046]];
    /// Colours that are computed side by side.
    const LANES: usize = 64;

    /// The power `gamma`.
    #[must_use]
    pub fn new(gamma: f64) -> Self {
        let power = |light: u32| single(f64::from(light) / f64::from(Self::WHITE)).powf(gamma).clamp(0.0, 1.0) as f32;
        Self {
            powers: (0..=Self::WHITE).into_par_iter().map(power).collect(),
            shares: std::array::from_fn(|level| level as f64 / 255.0),
        }
    }

    /// What `colour` becomes.
    #[must_use]
    pub fn of(&self, colour: [u8; 3]) -> [u8; 3] {
        let mut colours = [colour];
        self.change(&mut colours);
        colours[0]
    }

    /// Makes each of `colours` what it becomes.
    pub fn change(&self, colours: &mut [[u8; 3]]) {
        let [i_end, q_end] = [single(0.5957), single(0.5226)];
        let mut light = [0.0; Self::LANES];
        let [mut red, mut green, mut blue] = [[0.0; Self::LANES]; 3];
        let [mut i, mut q] = [[0.0; Self::LANES]; 2];
        let mut samples = [[0; Self::LANES]; 3];
        // One step after the other for many colours at a time, as a processor does several sums at once.
        for colours in colours.chunks_mut(Self::LANES) {
            for (lane, colour) in colours.iter().enumerate() {
                let weighted = colour.iter().zip(Self::SHARES).map(|(&sample, share)| share * u32::from(sample));
                light[lane] = f64::from(self.powers[weighted.sum::<u32>() as usize]);
                [red[lane], green[lane], blue[lane]] = colour.map(|sample| self.shares[usize::from(sample)]);
            }
            for lane in 0..Self::LANES {
                let (r, g, b) = (red[lane], green[lane], blue[lane]);
                i[lane] = single(0.595_716 * r - 0.274_453 * g - 0.321_263 * b).clamp(-i_end, i_end);
                q[lane] = single(0.211_456 * r - 0.522_591 * g + 0.311_135 * b).clamp(-q_end, q_end);
            }
            for (samples, [of_i, of_q]) in samples.iter_mut().zip(Self::CHROMA) {
                for lane in 0..Self::LANES {
                    let share = (light[lane] + of_i * i[lane] + of_q * q[lane]).clamp(0.0, 1.0);
                    samples[lane] = nearest(255.0 * share);
                }
            }
            for (lane, colour) in colours.iter_mut().enumerate() {
                *colour = [samples[0][lane], samples[1][lane], samples[2][lane]];
            }
        }
    }
}

/// `value`, which is between 0 and 255, as the nearest whole number, ties to even.
///
/// Added to it, 2^52 leaves no bits for a fraction, so the processor's own rounding does it.
fn nearest(value: f64) -> u8 {
    const NO_FRACTION: f64 = 4_503_599_627_370_496.0;
    // The same in single precision brings a whole number into the last byte, which many can do at once.
    const WHOLE: f32 = 8_388_608.0;
    (((value + NO_FRACTION) - NO_FRACTION) as f32 + WHOLE).to_bits() as u8
}

/// `value` rounded to single precision.
fn single(value: f64) -> f64 {
    f64::from(value as f32)
}

/// The grey level of a share of full light; shares above 1 are 255 and those below 0 are 0.
fn grey(share: f64) -> u8 {
    round_ties_even(255.0 * share.clamp(0.0, 1.0))
}

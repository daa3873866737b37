//! Tones: what becomes of each of the 256 grey levels, and of the light of a colour.
//!
//! A change of contrast that looks at one sample at a time is a [`ToneCurve`], a table of 256 entries; one after
//! another they are again one table. Histogram matching is one too, made from counts. Gamma acts on the light of a
//! colour, which is a mixture of three samples, and so has a type of its own, [`LumaGamma`].

use fearless_simd::{Level, dispatch};

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
///
/// Most colours are computed in single precision from a power that is read between the entries of a table: that is a
/// little off, by a known amount at most. Where the result is so close to half-way between two levels that this could
/// decide, some colours in a hundred, it is computed again, exactly. So every colour is the exact one.
#[derive(Clone, Debug)]
pub struct LumaGamma {
    gamma: f64,
    /// The power of a light, and its growth to the next entry; see [`LumaGamma::entry`].
    powers: Vec<[f32; 2]>,
    /// How far a sample may be from the nearest level so that this is the nearest for sure.
    sure: f32,
}

impl LumaGamma {
    /// Shares of red, green and blue in the light of a colour, in thousandths: with 8-bit samples it is a whole number.
    const SHARES: [u16; 3] = [299, 587, 114];
    /// The light of white.
    const WHITE: f64 = 255.0 * 1000.0;
    /// What red, green and blue add to I and Q.
    const TO_CHROMA: [[f64; 3]; 2] = [[0.595_716, -0.274_453, -0.321_263], [0.211_456, -0.522_591, 0.311_135]];
    /// I and Q are at most so far from nothing.
    const CHROMA_END: [f64; 2] = [0.5957, 0.5226];
    /// What I and Q add to the light in red, green and blue.
    const CHROMA: [[f64; 2]; 3] = [[0.9563, 0.6210], [-0.2721, -0.6474], [-1.1070, 1.7046]];
    /// Entries of the table for lights from one power of two to the next: two to this power.
    const ENTRIES: u32 = 9;

    /// The power `gamma`.
    #[must_use]
    pub fn new(gamma: f64) -> Self {
        let (last, _) = Self::entry(Self::WHITE as f32 + 1.0);
        let at = |entry: u32| {
            let light = f32::from_bits((entry << (f32::MANTISSA_DIGITS - 1 - Self::ENTRIES)) + 1_f32.to_bits());
            ((f64::from(light) - 1.0) / Self::WHITE).powf(gamma) as f32
        };
        let powers: Vec<f32> = (0..last + 2).map(at).collect();
        // Between entries a power is off by an eighth of its curvature, times the square of their distance. The rest is
        // what roundings add up to, some of which gamma multiplies; twice as much as they can come to.
        let apart = 1.0 / f64::from(1 << (2 * Self::ENTRIES));
        let off = 1.1 * (gamma * (gamma - 1.0)).abs() * apart / 8.0 + 2.4e-7 * gamma.abs();
        let is_known = gamma >= 0.0 && powers.iter().all(|power| power.is_finite());
        Self {
            gamma,
            powers: powers.windows(2).map(|pair| [pair[0], pair[1] - pair[0]]).collect(),
            sure: if is_known { (0.5 - 1e-3 - 255.0 * off) as f32 } else { -1.0 },
        }
    }

    /// The entry of the table for a light plus one, and how far it is on the way to the next one, as a share. There are
    /// as many entries from 1 to 2 as from 2 to 4, and so on, like the power itself has more detail in the dark.
    fn entry(light: f32) -> (u32, f32) {
        const BITS: u32 = f32::MANTISSA_DIGITS - 1 - LumaGamma::ENTRIES;
        const MANTISSA: u32 = (1 << (f32::MANTISSA_DIGITS - 1)) - 1;
        let bits = light.to_bits() - 1_f32.to_bits();
        // The lower bits, moved up, are those of a number from 1 to 2.
        let way = f32::from_bits(((bits << LumaGamma::ENTRIES) & MANTISSA) | 1_f32.to_bits()) - 1.0;
        (bits >> BITS, way)
    }

    /// What `colour` becomes.
    #[must_use]
    pub fn of(&self, colour: [u8; 3]) -> [u8; 3] {
        let [i, q] = Self::TO_CHROMA.map(|[of_red, of_green, of_blue]| {
            let [r, g, b] = colour.map(|sample| f64::from(sample) / 255.0);
            of_red * r + of_green * g + of_blue * b
        });
        let [i_end, q_end] = Self::CHROMA_END.map(single);
        let (i, q) = (single(i).clamp(-i_end, i_end), single(q).clamp(-q_end, q_end));
        let weighted = colour.iter().zip(Self::SHARES).map(|(&sample, share)| u32::from(sample) * u32::from(share));
        let light = f64::from(weighted.sum::<u32>()) / Self::WHITE;
        let light = single(single(light).powf(self.gamma).clamp(0.0, 1.0));
        Self::CHROMA.map(|[of_i, of_q]| grey(light + of_i * i + of_q * q))
    }

    /// Makes each of `colours` what it becomes.
    pub fn change(&self, colours: &mut [[u8; 3]]) {
        dispatch!(Level::new(), _simd => self.change_side_by_side(colours));
    }

    #[expect(clippy::inline_always, reason = "compiled within `dispatch`, for what this very processor can do")]
    #[inline(always)]
    fn change_side_by_side(&self, colours: &mut [[u8; 3]]) {
        let mut lanes = Lanes::default();
        // One step after the other for many colours at a time, as a processor does several sums at once.
        for colours in colours.chunks_mut(LANES) {
            for (lane, &[r, g, b]) in colours.iter().enumerate() {
                (lanes.samples[0][lane], lanes.samples[1][lane], lanes.samples[2][lane]) = (r, g, b);
            }
            lanes.find_entries();
            for (lane, entry) in lanes.entries.iter().enumerate() {
                [lanes.light[lane], lanes.growth[lane]] = self.powers[*entry as usize];
            }
            lanes.find_levels();
            let [red, green, blue] = &lanes.levels;
            for (lane, colour) in colours.iter_mut().enumerate() {
                let is_sure = lanes.off[lane] <= self.sure;
                *colour = if is_sure { [red[lane], green[lane], blue[lane]] } else { self.of(*colour) };
            }
        }
    }
}

/// Colours that are computed side by side.
const LANES: usize = 64;

/// What belongs to the powers of some colours, one step beside the other.
struct Lanes {
    /// Red, green and blue before.
    samples: [[u8; LANES]; 3],
    /// The entries of the table, and how far the lights are on the way to the next ones.
    entries: [u32; LANES],
    way: [f32; LANES],
    /// What the table says there.
    light: [f32; LANES],
    growth: [f32; LANES],
    /// Red, green and blue after, and how far at most one of them is from its level.
    levels: [[u8; LANES]; 3],
    off: [f32; LANES],
}

impl Default for Lanes {
    fn default() -> Self {
        let (floats, bytes) = ([0.0; LANES], [[0; LANES]; 3]);
        let [way, light, growth, off] = [floats; 4];
        Self { samples: bytes, entries: [0; LANES], way, light, growth, levels: bytes, off }
    }
}

#[expect(clippy::inline_always, reason = "as of `change_side_by_side`")]
impl Lanes {
    #[inline(always)]
    fn find_entries(&mut self) {
        let [red, green, blue] = &self.samples;
        let [of_red, of_green, of_blue] = LumaGamma::SHARES.map(f32::from);
        for lane in 0..LANES {
            let sum =
                of_red * f32::from(red[lane]) + of_green * f32::from(green[lane]) + of_blue * f32::from(blue[lane]);
            (self.entries[lane], self.way[lane]) = LumaGamma::entry(sum + 1.0);
        }
    }

    #[inline(always)]
    fn find_levels(&mut self) {
        // Added to a level, this leaves no bits for a fraction, so the processor's own rounding does it, and the level
        // is in the last byte.
        const NO_FRACTION: f32 = 8_388_608.0;
        const I: [f32; 3] = single_precision(LumaGamma::TO_CHROMA[0]);
        const Q: [f32; 3] = single_precision(LumaGamma::TO_CHROMA[1]);
        const I_END: f32 = 255.0 * LumaGamma::CHROMA_END[0] as f32;
        const Q_END: f32 = 255.0 * LumaGamma::CHROMA_END[1] as f32;
        let [red, green, blue] = &self.samples;
        for lane in 0..LANES {
            let [r, g, b] = [red, green, blue].map(|samples| f32::from(samples[lane]));
            let i = between(I[0] * r + I[1] * g + I[2] * b, -I_END, I_END);
            let q = between(Q[0] * r + Q[1] * g + Q[2] * b, -Q_END, Q_END);
            let light = 255.0 * (self.light[lane] + self.growth[lane] * self.way[lane]);
            let mut most = 0.0;
            for (levels, [of_i, of_q]) in self.levels.iter_mut().zip(LumaGamma::CHROMA) {
                let level = between(light + of_i as f32 * i + of_q as f32 * q, 0.0, 255.0);
                let nearest = level + NO_FRACTION;
                levels[lane] = nearest.to_bits() as u8;
                let off = (level - (nearest - NO_FRACTION)).abs();
                most = if off > most { off } else { most };
            }
            self.off[lane] = most;
        }
    }
}

/// `value`, or the nearer end. As the processor's own instructions do it, whatever is no number.
fn between(value: f32, from: f32, to: f32) -> f32 {
    let value = if value > from { value } else { from };
    if value < to { value } else { to }
}

const fn single_precision([a, b, c]: [f64; 3]) -> [f32; 3] {
    [a as f32, b as f32, c as f32]
}

/// `value` rounded to single precision.
fn single(value: f64) -> f64 {
    f64::from(value as f32)
}

/// The grey level of a share of full light; shares above 1 are 255 and those below 0 are 0.
fn grey(share: f64) -> u8 {
    round_ties_even(255.0 * share.clamp(0.0, 1.0))
}

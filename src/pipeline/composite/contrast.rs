//! The contrast of every stain of a field as one curve: its window, then its histogram matched to the stains' mean.

use rayon::prelude::*;

use super::{CompositeParams, Window};
use crate::{
    atlas::{Channel, Field},
    imaging::{Plane, ToneCurve, histogram::quantiles_of_counts},
};

/// The curve of each stain in the order of [`Channel::ALL`]; `None` for those that are not shown.
pub(super) type Curves = [Option<ToneCurve>; Channel::COUNT];

/// How often each grey level occurs in one stain.
pub(super) type Counts = [u32; 256];

/// The curves that `params` ask for; `counts` is asked only for stains whose curve depends on their pixels.
pub(super) fn curves(field: &Field, counts: impl Fn(Channel) -> Counts + Sync, params: &CompositeParams) -> Curves {
    let mut windowed: [Option<(ToneCurve, Counts)>; Channel::COUNT] = Default::default();
    let stains = params.stains.par_iter().zip(Channel::ALL).zip(&mut windowed);
    stains.filter(|((stain, _), _)| stain.shown).for_each(|((stain, channel), windowed)| {
        let adaptive = params.match_histograms || matches!(stain.window, Window::Percentiles { .. });
        let counts = if adaptive { counts(channel) } else { [0; 256] };
        let curve = window_curve(&stain.window, &counts);
        let counts = curve.counts_after(&counts);
        *windowed = Some((curve, counts));
    });
    if !params.match_histograms {
        return windowed.map(|stain| stain.map(|(curve, _)| curve));
    }
    let target = mean_counts(field, &windowed.each_ref().map(|stain| stain.as_ref().map(|(curve, _)| curve)));
    windowed.map(|stain| stain.map(|(curve, counts)| curve.then(&ToneCurve::matching(&counts, &target))))
}

/// The window as a curve for a stain with these counts.
fn window_curve(window: &Window, counts: &Counts) -> ToneCurve {
    let (black, white) = match *window {
        Window::Levels { black, white } => (f64::from(black), f64::from(white)),
        Window::Percentiles { black, white } => {
            let pixels = counts.iter().map(|&count| count as usize).sum();
            let shares = [black, white].map(|percent| (percent / 100.0).clamp(0.0, 1.0));
            quantiles_of_counts(counts, pixels, shares).map_or((0.0, 255.0), Into::into)
        }
    };
    ToneCurve::window(black, white)
}

/// How often each of 256 equal shares of full light occurs in the mean of the stains that have a curve.
fn mean_counts(field: &Field, curves: &[Option<&ToneCurve>; Channel::COUNT]) -> Counts {
    let number = curves.iter().flatten().count() as f64;
    let mut counts = [0; 256];
    for (sum, count) in sum_counts(field.planes(), curves).into_iter().enumerate() {
        // The mean is held in single precision, as the reference does.
        let mean = (sum as f64 / 255.0 * (1.0 / number)) as f32;
        counts[((256.0 * mean) as usize).min(255)] += count;
    }
    counts
}

/// Entry s counts the pixels whose levels after the curves add up to s; planes without a curve are left out.
fn sum_counts(
    planes: &[Plane<u8>; Channel::COUNT],
    curves: &[Option<&ToneCurve>; Channel::COUNT],
) -> [u32; 255 * Channel::COUNT + 1] {
    const PIXELS_A_TASK: usize = 1 << 16;
    const NONE: [u32; 255 * Channel::COUNT + 1] = [0; 255 * Channel::COUNT + 1];
    let tables = curves.map(|curve| {
        std::array::from_fn::<_, 256, _>(|level| curve.map_or(0, |curve| usize::from(curve.of(level as u8))))
    });
    let [a, b, c, d] = planes.each_ref().map(|plane| plane.samples().par_chunks(PIXELS_A_TASK));
    let chunks = a.zip(b).zip(c.zip(d));
    let counted = chunks.map(|((a, b), (c, d))| {
        let mut counts = NONE;
        for ((&a, &b), (&c, &d)) in a.iter().zip(b).zip(c.iter().zip(d)) {
            let levels = [a, b, c, d].map(usize::from);
            counts[tables[0][levels[0]] + tables[1][levels[1]] + tables[2][levels[2]] + tables[3][levels[3]]] += 1;
        }
        counts
    });
    counted.reduce(|| NONE, |one, other| std::array::from_fn(|sum| one[sum] + other[sum]))
}

//! Which of the joined pieces are nuclei, and how far they reach.

use super::{foreground::Foreground, image::WorkingStains, levels::SamplesByRegion, pieces::shapes_of};
use crate::imaging::{Plane, basins::flood, discs::dilated, regions::runs_of_ids};

/// Regions below this share of a disc of the usual diameter are specks.
const SPECK: f32 = 0.06;
/// Grey levels that a nucleus is at least brighter than its surroundings.
const LEAST_CONTRAST: f32 = 2.0;
/// How sure it must be that a region is a nucleus, in logarithms of odds.
const LEAST_SURENESS: f64 = 0.5;
/// Weights of the evidence for a region being a nucleus, from a logistic regression as that of
/// [`pieces`](super::pieces): none, brightness among all, sharpness of the edge, size, roundness, contrast with the
/// surroundings, cut by the border.
const WEIGHTS: [f64; 7] = [-3.801, 1.313, 0.8957, 0.5905, 7.855, 1.933, -0.7085];
/// Nuclei grow by at most this share of the diameter, …
const GROWTH: f32 = 0.06;
/// … down to this share of the threshold's brightness.
const GROWTH_LEVEL: f64 = 0.8;

/// The nuclei among `joined`, grown to their edges: ids 1, 2, … in the order of the former, 0 = background.
pub(super) fn nuclei(
    stains: &WorkingStains,
    found: &Foreground,
    joined: &Plane<u32>,
    usual_area: f64,
    threshold: f64,
) -> Plane<u32> {
    let is_nucleus = are_nuclei(stains, found, joined, usual_area);
    let mut count = 0;
    let numbers: Vec<u32> = is_nucleus
        .iter()
        .map(|&is_nucleus| {
            count += u32::from(is_nucleus);
            if is_nucleus { count } else { 0 }
        })
        .collect();
    let kept = joined.map(|&id| numbers[id as usize]);
    grown(&kept, found, stains.diameter_px, (GROWTH_LEVEL * threshold) as f32)
}

/// For each region whether it is a nucleus; not so for 0.
fn are_nuclei(stains: &WorkingStains, found: &Foreground, joined: &Plane<u32>, usual_area: f64) -> Vec<bool> {
    let diameter = stains.diameter_px;
    let shapes = shapes_of(joined);
    let speck = f64::from(SPECK * std::f32::consts::FRAC_PI_4 * diameter * diameter);
    let contrasts = SamplesByRegion::of(joined, &found.contrast).quantiles(0.5);
    let usual =
        usual_contrast(shapes.iter().zip(&contrasts).filter(|(s, _)| s.area >= speck).map(|(s, c)| (*c, s.area)));
    let falls = falls_at_edges(joined, &found.smooth);
    let mut surroundings = vec![0.0; shapes.len()];
    for (id, row, cols) in runs_of_ids(joined) {
        let pixels = found.smooth.row(row)[cols.clone()].iter().zip(&found.contrast.row(row)[cols]);
        surroundings[id as usize] += pixels.map(|(smooth, contrast)| f64::from(smooth - contrast)).sum::<f64>();
    }
    let is_nucleus = |id: usize| {
        let shape = &shapes[id];
        if id == 0 || shape.area < speck || contrasts[id] < LEAST_CONTRAST {
            return false;
        }
        let contrast = f64::from(contrasts[id]);
        let sharpness = falls[id].map_or(1.0, |fall| fall / contrast * f64::from(diameter) / 10.0);
        let around = (surroundings[id] / shape.area).max(0.0);
        let evidence = [
            1.0,
            (contrast / f64::from(usual)).ln().min(0.5),
            sharpness.clamp(0.01, 10.0).ln(),
            (shape.area / usual_area).max(1e-3).ln().min(0.0),
            shape.ellipticity(),
            (contrast / (around + 1.0)).ln().min(2.0),
            f64::from(u8::from(shape.is_at_border)),
        ];
        evidence.iter().zip(WEIGHTS).map(|(evidence, weight)| evidence * weight).sum::<f64>() > LEAST_SURENESS
    };
    (0..shapes.len()).map(is_nucleus).collect()
}

/// The contrast that three quarters of the nuclei's pixels are of nuclei below; `nuclei`: contrast and area of each.
fn usual_contrast(nuclei: impl Iterator<Item = (f32, f64)>) -> f32 {
    let mut nuclei: Vec<(f32, f64)> = nuclei.collect();
    nuclei.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut pixels = (nuclei.iter().map(|nucleus| nucleus.1).sum::<f64>() * 0.75).floor();
    for (contrast, area) in nuclei {
        if pixels < area {
            return contrast.max(1e-3);
        }
        pixels -= area;
    }
    1e-3
}

/// How much the stain falls in a pixel across the edge of each region, on average; `None` where all of it is at the border.
fn falls_at_edges(mask: &Plane<u32>, stain: &Plane<f32>) -> Vec<Option<f64>> {
    let (height, width) = mask.size();
    let (ids, stain) = (mask.samples(), stain.samples());
    let mut falls = vec![(0.0_f64, 0_u32); mask.largest() as usize + 1];
    for (id, row, cols) in runs_of_ids(mask).filter(|(_, row, _)| (2..height.saturating_sub(2)).contains(row)) {
        let fall = &mut falls[id as usize];
        for col in cols.start.max(2)..cols.end.min(width.saturating_sub(2)) {
            let pixel = row * width + col;
            // The place beside this one, the one behind that, and the one on the other side.
            for [beside, outside, inside] in [
                [pixel + 1, pixel + 2, pixel - 1],
                [pixel - 1, pixel - 2, pixel + 1],
                [pixel + width, pixel + 2 * width, pixel - width],
                [pixel - width, pixel - 2 * width, pixel + width],
            ] {
                if ids[beside] == 0 {
                    fall.0 += f64::from(stain[inside] - stain[outside]) / 3.0;
                    fall.1 += 1;
                }
            }
        }
    }
    falls.into_iter().map(|(sum, count)| (count > 0).then(|| sum / f64::from(count))).collect()
}

/// Each nucleus with what is around it, brightest first, near enough and of a `share` of its own brightness.
fn grown(mask: &Plane<u32>, found: &Foreground, diameter: f32, share: f32) -> Plane<u32> {
    let contrasts = SamplesByRegion::of(mask, &found.contrast).quantiles(0.5);
    let least: Vec<f32> = contrasts.iter().map(|contrast| share * contrast).collect();
    let near = dilated(&mask.map(|&id| id > 0), GROWTH * diameter);
    let brightest = found.smooth.samples().iter().copied().fold(1.0_f32, f32::max);
    let relief = found.smooth.map(|&sample| 4095 - (sample / brightest * 4095.0) as u16);
    flood(&relief, &near, mask, |pixel, id| found.contrast.samples()[pixel] > least[id as usize])
}

//! Which of the joined pieces are nuclei, and how far they reach.

use super::{
    foreground::Foreground,
    image::WorkingStains,
    levels::{quantile, samples_by_region},
    pieces::shapes_of,
};
use crate::imaging::{Plane, basins::flood, distance::squared_distance};

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
    let mut by_region = samples_by_region(joined, &found.contrast);
    let contrasts: Vec<f32> = by_region.iter_mut().map(|samples| quantile(samples, 0.5)).collect();
    let usual = usual_contrast(&contrasts, &by_region, &shapes.iter().map(|s| s.area >= speck).collect::<Vec<_>>());
    let falls = falls_at_edges(joined, &found.smooth);
    let mut surroundings = vec![0.0; shapes.len()];
    for ((&id, smooth), contrast) in joined.samples().iter().zip(found.smooth.samples()).zip(found.contrast.samples()) {
        surroundings[id as usize] += f64::from(smooth - contrast);
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

/// The contrast that three quarters of the nuclei's pixels are of nuclei below.
fn usual_contrast(contrasts: &[f32], by_region: &[Vec<f32>], counts: &[bool]) -> f32 {
    let mut regions: Vec<(f32, usize)> =
        (0..contrasts.len()).filter(|&id| counts[id]).map(|id| (contrasts[id], by_region[id].len())).collect();
    regions.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut pixels = regions.iter().map(|region| region.1).sum::<usize>() * 3 / 4;
    for &(contrast, area) in &regions {
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
    let mut falls = vec![(0.0_f64, 0_u32); mask.largest() as usize + 1];
    for row in 2..height.saturating_sub(2) {
        for col in 2..width.saturating_sub(2) {
            let id = mask[(row, col)];
            if id == 0 {
                continue;
            }
            for (down, right) in [(1, 2), (1, 0), (2, 1), (0, 1)] {
                // The place beside this one, the one behind that, and the one on the other side.
                let beside = (row + down - 1, col + right - 1);
                if mask[beside] == 0 {
                    let outside = (row + 2 * down - 2, col + 2 * right - 2);
                    let inside = (row + 1 - down, col + 1 - right);
                    falls[id as usize].0 += f64::from(stain[inside] - stain[outside]) / 3.0;
                    falls[id as usize].1 += 1;
                }
            }
        }
    }
    falls.into_iter().map(|(sum, count)| (count > 0).then(|| sum / f64::from(count))).collect()
}

/// Each nucleus with what is around it, brightest first, near enough and of a `share` of its own brightness.
fn grown(mask: &Plane<u32>, found: &Foreground, diameter: f32, share: f32) -> Plane<u32> {
    let mut by_region = samples_by_region(mask, &found.contrast);
    let least: Vec<f32> = by_region.iter_mut().map(|samples| share * quantile(samples, 0.5)).collect();
    let reach = (GROWTH * diameter).powi(2);
    let squared = squared_distance(&mask.map(|&id| id > 0));
    let brightest = found.smooth.samples().iter().copied().fold(1.0_f32, f32::max);
    let relief = found.smooth.map(|&sample| 4095 - (sample / brightest * 4095.0) as u16);
    flood(&relief, mask, |pixel, id| {
        squared.samples()[pixel] as f32 <= reach && found.contrast.samples()[pixel] > least[id as usize]
    })
}

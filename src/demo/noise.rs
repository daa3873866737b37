//! Random textures: smooth noise of a given grain, and sums of it at finer and finer grains.

use super::chance::Chance;
use crate::imaging::Plane;

/// Brings the noise to deviation 1: a B-spline averages its random values.
const GAIN: f32 = 2.09;

/// Smooth noise with mean 0 and deviation 1: random values every `grain_px` pixels (at least 1), joined by cubic
/// B-splines.
pub fn smooth_noise(size: usize, grain_px: f32, chance: &mut Chance) -> Plane<f32> {
    let mut plane = Plane::filled(size, size, 0.0);
    add_smooth_noise(&mut plane, grain_px, 1.0, chance);
    plane
}

/// `octaves` noises, each with half the grain of the one before and `gain` times its strength; mean 0, deviation 1.
pub fn fractal_noise(size: usize, grain_px: f32, octaves: usize, gain: f32, chance: &mut Chance) -> Plane<f32> {
    let mut strengths = vec![1.0_f32];
    let mut grain = grain_px;
    while strengths.len() < octaves && grain >= 3.0 {
        strengths.push(strengths[strengths.len() - 1] * gain);
        grain *= 0.5;
    }
    let total = strengths.iter().map(|strength| strength * strength).sum::<f32>().sqrt();
    let mut plane = Plane::filled(size, size, 0.0);
    let mut grain = grain_px;
    for strength in strengths {
        add_smooth_noise(&mut plane, grain, strength / total, chance);
        grain *= 0.5;
    }
    plane
}

fn add_smooth_noise(plane: &mut Plane<f32>, grain_px: f32, strength: f32, chance: &mut Chance) {
    let (size, grain) = (plane.width(), grain_px.max(1.0));
    let knots = (size as f32 / grain) as usize + 6;
    let values: Vec<f32> = (0..knots * knots).map(|_| strength * GAIN * chance.normal()).collect();
    let (down, right) = (chance.share(), chance.share());
    let columns: Vec<(usize, [f32; 4])> = (0..size).map(|col| spline(col as f32 / grain + right)).collect();
    let mut of_row = vec![0.0; knots];
    for (row, samples) in plane.samples_mut().chunks_mut(size).enumerate() {
        let (first, weights) = spline(row as f32 / grain + down);
        let rows: [&[f32]; 4] = std::array::from_fn(|n| &values[(first + n) * knots..][..knots]);
        for (knot, value) in of_row.iter_mut().enumerate() {
            let [a, b, c, d] = rows.map(|row| row[knot]);
            *value = weights[0] * a + weights[1] * b + weights[2] * c + weights[3] * d;
        }
        for (sample, &(first, [w0, w1, w2, w3])) in samples.iter_mut().zip(&columns) {
            if let [a, b, c, d] = of_row[first..first + 4] {
                *sample += w0 * a + w1 * b + w2 * c + w3 * d;
            }
        }
    }
}

/// The first of the four knots that shape `position`, and their weights.
fn spline(position: f32) -> (usize, [f32; 4]) {
    let first = position.floor();
    let t = position - first;
    let (s, sixth) = (1.0 - t, 1.0 / 6.0);
    let inner = |t: f32| sixth * (4.0 - 6.0 * t * t + 3.0 * t * t * t);
    (first as usize, [sixth * s * s * s, inner(t), inner(s), sixth * t * t * t])
}

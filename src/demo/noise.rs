//! Random textures: smooth noise of a given grain, and sums of it at finer and finer grains.

use super::chance::Chance;
use crate::imaging::Plane;

/// Brings the noise to deviation 1: a B-spline averages its random values.
const GAIN: f32 = 2.09;

/// Smooth noise with mean 0 and deviation 1: random values every `grain_px` pixels (at least 1), joined by cubic
/// B-splines.
pub fn smooth_noise(size: usize, grain_px: f32, chance: &mut Chance) -> Plane<f32> {
    sum(size, vec![Layer::new(size, grain_px, 1.0, chance)])
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
    let mut grain = 2.0 * grain_px;
    let layers = strengths.into_iter().map(|strength| {
        grain *= 0.5;
        Layer::new(size, grain, strength / total, chance)
    });
    sum(size, layers.collect())
}

fn sum(size: usize, mut layers: Vec<Layer>) -> Plane<f32> {
    let mut plane = Plane::filled(size, size, 0.0);
    for (row, samples) in plane.samples_mut().chunks_mut(size).enumerate() {
        for layer in &mut layers {
            layer.add_row(row, samples);
        }
    }
    plane
}

/// Noise of one grain, which is read row after row.
struct Layer {
    grain_px: f32,
    /// Random values, `knots` to a row.
    values: Vec<f32>,
    knots: usize,
    /// Where the first row of pixels lies between rows of knots.
    down: f32,
    columns: Vec<(usize, [f32; 4])>,
    /// The last four rows of knots, joined to one value for each column of pixels; the row n at n modulo 4.
    joined: [Vec<f32>; 4],
    /// How many rows of knots are joined so far.
    joined_rows: usize,
}

impl Layer {
    fn new(size: usize, grain_px: f32, strength: f32, chance: &mut Chance) -> Self {
        let grain_px = grain_px.max(1.0);
        let knots = (size as f32 / grain_px) as usize + 6;
        let mut values = vec![0.0; knots * knots];
        chance.fill_normal(&mut values);
        for value in &mut values {
            *value *= strength * GAIN;
        }
        let (down, right) = (chance.share(), chance.share());
        let columns = (0..size).map(|col| spline(col as f32 / grain_px + right)).collect();
        let joined = std::array::from_fn(|_| vec![0.0; size]);
        Self { grain_px, values, knots, down, columns, joined, joined_rows: 0 }
    }

    fn add_row(&mut self, row: usize, samples: &mut [f32]) {
        let (first, [w0, w1, w2, w3]) = spline(row as f32 / self.grain_px + self.down);
        while self.joined_rows < first + 4 {
            let values = &self.values[self.joined_rows * self.knots..][..self.knots];
            let joined = &mut self.joined[self.joined_rows % 4];
            for (joined, &(first, [w0, w1, w2, w3])) in joined.iter_mut().zip(&self.columns) {
                if let [a, b, c, d] = values[first..first + 4] {
                    *joined = w0 * a + w1 * b + w2 * c + w3 * d;
                }
            }
            self.joined_rows += 1;
        }
        let rows: [&[f32]; 4] = std::array::from_fn(|n| &self.joined[(first + n) % 4][..samples.len()]);
        for (col, sample) in samples.iter_mut().enumerate() {
            *sample += w0 * rows[0][col] + w1 * rows[1][col] + w2 * rows[2][col] + w3 * rows[3][col];
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

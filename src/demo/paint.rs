//! Light on a plane: soft spots, and thin lines of points that are blurred to their width all at once.

use super::{blur, portable};
use crate::imaging::Plane;

/// A place in pixels: (row, column), with the centre of the first pixel at (0, 0).
pub type Point = (f32, f32);

/// How wide a filament is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// A single filament in focus.
    Thin,
    /// A bundle, a fold.
    Medium,
    /// A thick rod, or a filament out of focus.
    Wide,
}

impl Width {
    const ALL: [Self; 3] = [Self::Thin, Self::Medium, Self::Wide];

    /// Width of its blur in pixels of the plane.
    fn sigma_px(self, scale: f32) -> f32 {
        ([1.35, 2.3, 3.6][self as usize] * scale).max([0.5, 0.6, 0.75][self as usize])
    }
}

/// The light of one stain while it is drawn.
pub struct Paint {
    scale: f32,
    /// What fills areas, and soft spots.
    pub light: Plane<f32>,
    /// Points of filaments by width, not yet blurred.
    lines: [Option<Plane<f32>>; 3],
}

impl Paint {
    /// Dark. `scale`: pixels per reference pixel.
    pub fn new(side_px: usize, scale: f32) -> Self {
        Self { scale, light: Plane::filled(side_px, side_px, 0.0), lines: [None, None, None] }
    }

    /// Adds a round spot: `sigma` in reference pixels, `peak` its light in the middle.
    pub fn spot(&mut self, (row, col): Point, sigma: f32, peak: f32) {
        let sigma = (sigma * self.scale).max(0.6);
        let reach = (3.0 * sigma).ceil();
        let side = self.light.width() as f32;
        let range =
            |centre: f32| (centre - reach).clamp(0.0, side) as usize..(centre + reach + 1.0).clamp(0.0, side) as usize;
        let profile = |at: usize, centre: f32| {
            let distance = (at as f32 - centre) / sigma;
            portable::exp(-0.5 * distance * distance)
        };
        let across: Vec<f32> = range(col).map(|at| profile(at, col)).collect();
        for at in range(row) {
            let down = peak * profile(at, row);
            let start = at * self.light.width() + range(col).start;
            for (sample, across) in self.light.samples_mut()[start..start + across.len()].iter_mut().zip(&across) {
                *sample += down * across;
            }
        }
    }

    /// Adds one point of a filament that has a point every `step_px` pixels and the light `ridge` along its middle.
    /// Points outside the plane are not seen.
    pub fn point(&mut self, width: Width, (row, col): Point, ridge: f32, step_px: f32) {
        /// Root of a turn: the area below a Gaussian of width 1.
        const AREA: f32 = 2.506_628_3;
        let side = self.light.width();
        if row < 0.0 || col < 0.0 || row >= (side - 1) as f32 || col >= (side - 1) as f32 {
            return;
        }
        let weight = ridge * step_px * AREA * width.sigma_px(self.scale);
        let points = self.lines[width as usize].get_or_insert_with(|| Plane::filled(side, side, 0.0));
        let (top, left) = (row as i32, col as i32);
        let (down, right) = (row - top as f32, col - left as f32);
        let start = top as usize * side + left as usize;
        let (above, below) = points.samples_mut()[start..start + side + 2].split_at_mut(side);
        above[0] += weight * (1.0 - down) * (1.0 - right);
        above[1] += weight * (1.0 - down) * right;
        below[0] += weight * down * (1.0 - right);
        below[1] += weight * down * right;
    }

    /// All the light together.
    pub fn developed(self) -> Plane<f32> {
        let mut light = self.light;
        for (width, points) in Width::ALL.into_iter().zip(self.lines) {
            let Some(mut points) = points else { continue };
            blur::gaussian(&mut points, width.sigma_px(self.scale));
            light.samples_mut().iter_mut().zip(points.samples()).for_each(|(light, points)| *light += points);
        }
        light
    }
}

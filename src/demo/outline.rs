//! Outlines of nuclei and cells: an ellipse with bulges, for cells with pointed ends, and for lobed nuclei with notches.

use std::ops::Range;

use super::{chance::Chance, paint::Point, portable};

/// A closed curve around a centre.
#[derive(Clone, Debug)]
pub struct Outline {
    /// Its middle in pixels.
    pub centre: Point,
    /// Half of its length and half of its breadth in pixels, before bulges.
    pub half_axes: (f32, f32),
    /// (cosine, sine) of the angle between its length and the columns' direction.
    pub direction: (f32, f32),
    /// Cosine and sine parts of the bulges that come 2, 3, 4 and 5 times around.
    bulges: [(f32, f32); 4],
    /// Pointed ends, and notches, whose height is negative.
    spikes: Vec<Spike>,
    /// 1 / its distance from the centre, the ellipse's 1, at [`STEPS`] steps of [`course`] around it; the first again
    /// at the end.
    inverse_radii: Vec<f32>,
    /// 1 / `half_axes`.
    shrinking: (f32, f32),
    /// No point of it is farther from the centre than this multiple of the ellipse's.
    farthest: f32,
}

/// So many that the error of what is between them is a hundredth of a pixel.
const STEPS: usize = 1024;

/// A pointed end or a notch.
#[derive(Clone, Debug)]
struct Spike {
    direction: (f32, f32),
    height: f32,
    sharpness: f32,
}

impl Outline {
    /// A smooth outline of the area of a circle of `radius_px`, `elongation` times as long as broad; `bulging`: the
    /// deviation of its bulges as a share of the radius.
    pub fn new(centre: Point, radius_px: f32, elongation: f32, bulging: f32, chance: &mut Chance) -> Self {
        let stretch = elongation.sqrt();
        let mut farthest = 1.0;
        let direction = portable::direction(chance.share());
        let bulges = std::array::from_fn(|n| {
            let (cos, sin) = portable::direction(chance.share());
            let times_around = (n + 2) as f32;
            let height = bulging * 4.8 / (times_around * times_around) * chance.normal();
            farthest += height.abs();
            (height * cos, height * sin)
        });
        let half_axes = (radius_px * stretch, radius_px / stretch);
        let shrinking = (1.0 / half_axes.0, 1.0 / half_axes.1);
        let inverse_radii = Vec::new();
        Self { centre, half_axes, direction, bulges, spikes: Vec::new(), inverse_radii, shrinking, farthest }.measured()
    }

    /// With `count` pointed ends, up to 3: two along its length, one across.
    #[must_use]
    pub fn with_spikes(mut self, count: usize, chance: &mut Chance) -> Self {
        self.spikes = (0..count)
            .map(|n| Spike {
                direction: portable::direction([0.0, 0.5, 0.25][n % 3] + 0.06 * chance.normal()),
                height: chance.within(0.3..1.1),
                sharpness: chance.within(5.0..22.0),
            })
            .collect();
        // Spikes point apart; little of one is seen beside another.
        self.farthest += self.spikes.iter().fold(0.0, |highest, spike| spike.height.max(highest + 0.02));
        self.measured()
    }

    /// With as many notches as there are `depths`, up to 3, which leave lobes of one piece between them, and the area it
    /// had. Up to two of them lie across its length, three evenly around it. `depths`: as shares of its radius there.
    #[must_use]
    pub fn with_notches(mut self, depths: &[f32], chance: &mut Chance) -> Self {
        let apart = if depths.len() < 3 { 0.5 } else { 1.0 / 3.0 };
        let notches = depths.iter().zip(0_u8..).map(|(depth, n)| Spike {
            direction: portable::direction(0.25 + apart * f32::from(n) + 0.03 * chance.normal()),
            height: -depth,
            sharpness: chance.within(4.0..14.0),
        });
        self.spikes = notches.collect();
        let square = |n: u8| {
            let radius = self.radius(portable::direction(f32::from(n) / 128.0));
            radius * radius
        };
        let growth = (128.0 / (0..128).map(square).sum::<f32>()).sqrt();
        self.half_axes = (self.half_axes.0 * growth, self.half_axes.1 * growth);
        self.shrinking = (1.0 / self.half_axes.0, 1.0 / self.half_axes.1);
        self.measured()
    }

    fn measured(mut self) -> Self {
        let radius = |step: usize| {
            let course = step as f32 * (4.0 / STEPS as f32);
            let across = if course < 2.0 { course - 1.0 } else { 3.0 - course };
            let along = (1.0 - across.abs()).copysign(2.0 - course);
            let length = (along * along + across * across).sqrt();
            self.radius((along / length, across / length))
        };
        self.inverse_radii = (0..=STEPS).map(|step| 1.0 / radius(step)).collect();
        self
    }

    /// Its distance from the centre in the direction (cosine, sine) from its length on, the ellipse's 1.
    fn radius(&self, (cos, sin): (f32, f32)) -> f32 {
        let (mut turned, mut radius) = ((cos, sin), 1.0);
        for (a, b) in self.bulges {
            turned = (turned.0 * cos - turned.1 * sin, turned.0 * sin + turned.1 * cos);
            radius += a * turned.0 + b * turned.1;
        }
        for spike in &self.spikes {
            let towards = spike.sharpness * (cos * spike.direction.0 + sin * spike.direction.1 - 1.0);
            radius += spike.height * portable::exp(towards);
        }
        radius.max(0.3)
    }

    /// The rows that no point of it, and nothing within `margin_px` of it, leaves; of `side_px` rows.
    pub fn rows(&self, margin_px: f32, side_px: usize) -> Range<usize> {
        let reach = self.half_axes.0 * self.farthest + margin_px;
        clipped(self.centre.0 - reach, self.centre.0 + reach, side_px)
    }

    /// As [`Outline::rows`], the columns in one row: the chord of the ellipse around the outline.
    pub fn columns(&self, row: usize, margin_px: f32, side_px: usize) -> Range<usize> {
        let inverse_square = |half_axis: f32| {
            let reach = half_axis * self.farthest + margin_px;
            1.0 / (reach * reach)
        };
        let (long, broad) = (inverse_square(self.half_axes.0), inverse_square(self.half_axes.1));
        let ((cos, sin), down) = (self.direction, row as f32 - self.centre.0);
        // a x² + 2 b x + c = 0 for the columns x, from the centre, where the row meets the ellipse.
        let a = cos * cos * long + sin * sin * broad;
        let b = cos * sin * (long - broad) * down;
        let c = (sin * sin * long + cos * cos * broad) * down * down - 1.0;
        let root = (b * b - a * c).max(0.0).sqrt();
        clipped(self.centre.1 + (-b - root) / a, self.centre.1 + (-b + root) / a, side_px)
    }

    /// Distance of a point from the centre as a share of the outline's in that direction: below 1 inside. Where it is
    /// not below `limit`, 1 at most, that is all that is known of it.
    pub fn share_of_radius(&self, (row, col): Point, limit: f32) -> f32 {
        let (down, right) = (row - self.centre.0, col - self.centre.1);
        let along = (right * self.direction.0 + down * self.direction.1) * self.shrinking.0;
        let across = (down * self.direction.0 - right * self.direction.1) * self.shrinking.1;
        let square = along * along + across * across;
        let farthest = limit * self.farthest;
        if square > farthest * farthest {
            return limit;
        }
        if square < 0.01 {
            return square;
        }
        let steps = course(along, across) * (STEPS as f32 / 4.0);
        let step = (steps as i32 as usize).min(STEPS - 1);
        let (before, after) = (self.inverse_radii[step], self.inverse_radii[step + 1]);
        square.sqrt() * (before + (steps - step as i32 as f32) * (after - before))
    }
}

/// How far around the centre a direction is, from 0 to 4, at unequal speed: the way along a square on its corner.
fn course(along: f32, across: f32) -> f32 {
    let across = across / (along.abs() + across.abs());
    if along < 0.0 { 3.0 - across } else { 1.0 + across }
}

/// The pixels from `first` to `last`, of `side_px`.
fn clipped(first: f32, last: f32, side_px: usize) -> Range<usize> {
    first.clamp(0.0, side_px as f32) as usize..(last + 1.0).clamp(0.0, side_px as f32) as usize
}

//! Filaments: points that walk through a cell, turn gently, follow the flow of its skeleton and glide along walls.

use super::{
    chance::Chance,
    noise::smooth_noise,
    paint::{Paint, Point, Width},
    scene::Scene,
};
use crate::imaging::Plane;

/// The skeleton of the cells: which way it runs, as a unit vector (down, right) in every block of pixels.
pub struct Skeleton<'a> {
    scene: &'a Scene,
    block_px: u32,
    directions: Plane<(f32, f32)>,
}

impl<'a> Skeleton<'a> {
    /// Along the cells, with gentle deviations.
    pub fn new(scene: &'a Scene, chance: &mut Chance) -> Self {
        let block_px = ((8.0 * scene.scale) as usize).max(1);
        let blocks = scene.side_px().div_ceil(block_px);
        let grain = 150.0 * scene.scale / block_px as f32;
        let (down, right) = (smooth_noise(blocks, grain, chance), smooth_noise(blocks, grain, chance));
        let directions = Plane::from_fn(blocks, blocks, |row, col| {
            let id = scene.cell_mask[(row * block_px, col * block_px)] as usize;
            let axis = id.checked_sub(1).map_or((0.0, 0.0), |n| scene.cells[n].body.direction);
            unit((axis.1 + 0.45 * down[(row, col)], axis.0 + 0.45 * right[(row, col)]))
        });
        Self { scene, block_px: block_px as u32, directions }
    }

    fn direction_at(&self, (row, col): (usize, usize)) -> (f32, f32) {
        // Short numbers divide faster.
        let block = |at: usize| (at as u32 / self.block_px) as usize;
        self.directions[(block(row), block(col))]
    }
}

/// How filaments grow. Lengths in reference pixels.
#[derive(Clone, Debug)]
pub struct Growth {
    /// Longest filaments; the shortest have a third of it.
    pub length: f32,
    /// How wide they are seen.
    pub width: Width,
    /// Light along their middle.
    pub light: f32,
    /// How much they wind.
    pub winding: f32,
    /// How much they follow the skeleton: 0 not at all, 0.1 much.
    pub along_flow: f32,
    /// From which distance on they glide along the cell's border and the nucleus.
    pub wall: f32,
    /// Share of their light that is left over a nucleus, and whether they go around it: not at 1.
    pub over_nucleus: f32,
    /// How uneven their light is.
    pub beads: f32,
    /// Filaments that run together, splitting slowly.
    pub bundle: usize,
}

/// Grows one bundle in the cell `id` from `start` towards `heading` (down, right).
pub fn grow(
    paint: &mut Paint,
    skeleton: &Skeleton,
    id: u32,
    growth: &Growth,
    start: Point,
    heading: (f32, f32),
    chance: &mut Chance,
) {
    let bundle_seed = chance.fork();
    for strand in 0..growth.bundle.max(1) {
        let mut shared = bundle_seed.clone();
        let offset = 4.0 * skeleton.scene.scale * strand.min(1) as f32;
        let start = (start.0 + offset * chance.normal(), start.1 + offset * chance.normal());
        grow_one(paint, skeleton, id, growth, start, heading, (&mut shared, chance));
    }
}

/// One strand: it turns as its whole bundle does by chance `shared`, and by its `own`.
fn grow_one(
    paint: &mut Paint,
    skeleton: &Skeleton,
    id: u32,
    growth: &Growth,
    start: Point,
    heading: (f32, f32),
    (shared, own): (&mut Chance, &mut Chance),
) {
    let scene = skeleton.scene;
    let step_px = (2.4 * scene.scale).max(0.6);
    let step = step_px / scene.scale;
    let steps = (growth.length * own.within(0.35..1.0) / step) as usize;
    let light = growth.light * own.within(0.6..1.3);
    let avoids_nucleus = growth.over_nucleus < 1.0;
    let (mut place, mut heading, mut turning, mut bead) = (start, unit(heading), 0.0, 1.0);
    let mut at = scene.pixel(place);
    for taken in 0..steps {
        turning = 0.93 * turning + growth.winding * (0.9 * shared.normal() + 0.4 * own.normal());
        let along = skeleton.direction_at(at);
        let pull = growth.along_flow.copysign(heading.0 * along.0 + heading.1 * along.1);
        heading =
            unit((heading.0 + turning * heading.1 + pull * along.0, heading.1 - turning * heading.0 + pull * along.1));
        let keeps_out = avoids_nucleus && scene.nuclei_mask[at] == 0;
        for (distances, is_wall) in [(&scene.to_border, true), (&scene.to_envelope, keeps_out)] {
            let near = 1.0 - distances[at] / growth.wall;
            if is_wall && near > 0.0 {
                let away = slope(distances, at);
                let approach = heading.0 * away.0 + heading.1 * away.1;
                if approach < 0.0 {
                    let kept = approach * near.min(0.45);
                    heading = unit((heading.0 - kept * away.0, heading.1 - kept * away.1));
                }
            }
        }
        place = (place.0 + step_px * heading.0, place.1 + step_px * heading.1);
        at = scene.pixel(place);
        if scene.cell_mask[at] != id {
            break;
        }
        if taken % 3 == 0 {
            bead = (1.0 + growth.beads * own.normal()).max(0.15);
        }
        let over = if scene.nuclei_mask[at] > 0 { growth.over_nucleus } else { 1.0 };
        let edge = (0.05 * scene.to_border[at]).min(1.0);
        let ends = (0.1 * (steps - taken) as f32).min(1.0);
        paint.point(growth.width, place, light * bead * over * edge * ends, step_px);
    }
}

/// The direction in which `distances` grow, of length 1, or nothing on their ridge.
fn slope(distances: &Plane<f32>, (row, col): (usize, usize)) -> (f32, f32) {
    let last = distances.width() - 1;
    let down = distances[((row + 1).min(last), col)] - distances[(row.saturating_sub(1), col)];
    let right = distances[(row, (col + 1).min(last))] - distances[(row, col.saturating_sub(1))];
    unit((down, right))
}

/// `vector` at length 1; nothing stays nothing.
pub fn unit((down, right): (f32, f32)) -> (f32, f32) {
    let length = (down * down + right * right).sqrt();
    if length > 0.0 { (down / length, right / length) } else { (0.0, 0.0) }
}

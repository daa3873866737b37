//! The three stains that show the cell itself: microtubules, endoplasmic reticulum and nucleus.

use super::{
    blur,
    cells::Cell,
    chance::Chance,
    filaments::{Growth, Skeleton, grow, unit},
    paint::{Paint, Point, Width},
    portable,
    scene::Scene,
    textures::Textures,
};
use crate::imaging::Plane;

/// The light of the microtubules: asters at the centrosomes, and bundles along the cell and around the nucleus;
/// spindles in cells in division.
pub fn microtubules(scene: &Scene, textures: &Textures, skeleton: &Skeleton, chance: &mut Chance) -> Plane<f32> {
    let mut paint = Paint::new(scene.side_px(), scene.scale);
    let haze = chance.within(0.1..0.22);
    fill(&mut paint.light, scene, |at, cell| {
        let over_nucleus = if scene.nuclei_mask.samples()[at] > 0 { 0.6 } else { 1.0 };
        haze * cell.brightness
            * scene.thickness.samples()[at]
            * over_nucleus
            * (1.0 + 0.18 * textures.fine.samples()[at])
    });
    let over_nucleus = chance.within(0.4..1.0);
    let (density, beads) = (chance.within(0.75..1.25), chance.within(0.15..0.6));
    let (bundle, along_flow) = (chance.whole(2..8), chance.within(0.01..0.06));
    for (id, cell) in (1..).zip(&scene.cells) {
        let chance = &mut chance.fork();
        let light = 0.3 * cell.brightness;
        if cell.mitotic {
            spindle(&mut paint, cell, 2.0 * light, 70, chance);
            continue;
        }
        let (width, dim) = if chance.happens(0.14) { (Width::Wide, 0.5) } else { (Width::Thin, 1.0) };
        let body_px = (cell.body.half_axes.0 * cell.body.half_axes.1).sqrt();
        let count = (density * 0.85 * body_px / scene.scale) as usize / bundle;
        let growth = Growth {
            length: 600.0,
            width,
            light: dim * light,
            winding: 0.017,
            along_flow,
            wall: chance.within(5.0..24.0),
            over_nucleus,
            beads,
            bundle,
        };
        for n in 0..count {
            let aster = n % 4 == 0;
            let near_nucleus = |at: (usize, usize)| match scene.nuclei_mask[at] {
                0 => 0.12 + portable::exp(-scene.to_envelope[at] / 80.0),
                _ => 0.3,
            };
            let start = if aster { Some(cell.centrosome) } else { scene.somewhere(id, chance, near_nucleus) };
            let Some(start) = start else { continue };
            let (right, down) = portable::direction(chance.share());
            grow(&mut paint, skeleton, id, &growth, start, (down, right), chance);
        }
    }
    paint.developed()
}

/// The light of the reticulum: a grainy network, densest around the nucleus, and a dim veil of it over the nucleus.
pub fn reticulum(scene: &Scene, textures: &Textures, chance: &mut Chance) -> Plane<f32> {
    let mut paint = Paint::new(scene.side_px(), scene.scale);
    let (rim, reach) = (chance.within(0.05..0.3), chance.within(50.0..150.0));
    fill(&mut paint.light, scene, |at, cell| {
        if scene.nuclei_mask.samples()[at] > 0 {
            return cell.brightness
                * rim
                * portable::exp(-scene.to_envelope.samples()[at] / 3.5)
                * (1.0 + 0.5 * textures.chromatin.samples()[at]).max(0.0);
        }
        let near = portable::exp(-scene.to_envelope.samples()[at] / reach);
        let edge = 1.0 - portable::exp(-scene.to_border.samples()[at] / 8.0);
        let patches = (1.0 + 0.3 * textures.coarse.samples()[at] + 0.2 * textures.chromatin.samples()[at]).max(0.2);
        let network = (0.28 + 1.2 * textures.network.samples()[at])
            * textures.grain.samples()[at]
            * (0.15 + 0.85 * near)
            * patches;
        cell.brightness * network * edge * (1.0 - 0.75 * textures.vacuoles.samples()[at] * (1.0 - 0.6 * near))
            + cell.brightness
                * 0.6
                * rim
                * portable::exp(-scene.to_envelope.samples()[at] / 5.0)
                * textures.grain.samples()[at]
    });
    // Reticulum above and below the nucleus is out of focus there.
    let veil = blur::Wide::new(&paint.light, 26.0 * scene.scale);
    let strength = chance.within(0.25..0.55);
    let side = scene.side_px();
    for (row, samples) in paint.light.samples_mut().chunks_mut(side).enumerate() {
        for ((at, sample), veil) in (row * side..).zip(samples).zip(veil.row(row)) {
            let Some(n) = scene.nuclei_mask.samples()[at].checked_sub(1) else { continue };
            let [chromatin, coarse, nucleoli, grain] =
                [&textures.chromatin, &textures.coarse, &textures.nucleoli, &textures.grain]
                    .map(|plane| plane.samples()[at]);
            let folds = 0.22 + 0.08 * chromatin + 0.07 * coarse - 0.1 * nucleoli;
            let brightness = scene.cells[n as usize].brightness;
            *sample += (strength * veil + 0.5 * brightness * folds.max(0.0)) * (0.35 + 0.65 * grain);
        }
    }
    paint.developed()
}

/// The light of the nuclei: flat with a soft rim, mottled by chromatin, darker in the nucleoli; chromosomes bright.
pub fn nucleus(scene: &Scene, textures: &Textures, chance: &mut Chance) -> Plane<f32> {
    let mut light = Plane::filled(scene.side_px(), scene.side_px(), 0.0);
    let brightness: Vec<f32> =
        scene.cells.iter().map(|cell| chance.factor(0.22) * if cell.mitotic { 1.7 } else { 1.0 }).collect();
    let mottling = chance.within(0.12..0.24);
    let hollow = chance.within(0.35..0.65);
    let of_cell = |at: usize| brightness[scene.nuclei_mask.samples()[at] as usize - 1];
    fill(&mut light, scene, |at, _| {
        if scene.nuclei_mask.samples()[at] == 0 {
            return 0.0;
        }
        let depth = scene.nuclear_depth.samples()[at];
        let flat = (depth * (2.0 - depth)).max(0.0).sqrt().sqrt();
        let texture = 1.0
            + mottling * textures.chromatin.samples()[at]
            + 0.11 * textures.fine.samples()[at]
            + 0.06 * textures.coarse.samples()[at];
        of_cell(at) * flat * texture.max(0.1) * (1.0 - hollow * textures.nucleoli.samples()[at])
    });
    light
}

/// Two cones of `count` fibres each, from the poles to the plate of chromosomes, and the poles.
pub fn spindle(paint: &mut Paint, cell: &Cell, light: f32, count: usize, chance: &mut Chance) {
    const POINTS: usize = 90;
    let (cos, sin) = cell.nucleus.direction;
    let (long, centre) = (cell.nucleus.half_axes.0, cell.nucleus.centre);
    let place = |along: f32, across: f32| -> Point {
        (centre.0 + along * sin + across * cos, centre.1 + along * cos - across * sin)
    };
    let half = chance.within(0.75..1.05) * long;
    for pole in [-half, half] {
        for _ in 0..count {
            let end = chance.within(-0.7..0.7) * long;
            let bow = 0.3 * end;
            let fibre = light * chance.within(0.1..0.35);
            for n in 0..POINTS {
                let t = n as f32 / POINTS as f32;
                let along = end * t + bow * portable::sin(0.5 * t);
                paint.point(Width::Medium, place(along, pole * (1.0 - t)), fibre, half / POINTS as f32);
            }
        }
        paint.spot(place(0.0, pole), 5.0, light);
    }
}

/// Adds `light(pixel, cell)` to every pixel of a cell, the pixels numbered row after row.
fn fill(plane: &mut Plane<f32>, scene: &Scene, mut light: impl FnMut(usize, &Cell) -> f32) {
    for ((at, sample), &id) in plane.samples_mut().iter_mut().enumerate().zip(scene.cell_mask.samples()) {
        if id > 0 {
            *sample += light(at, &scene.cells[id as usize - 1]);
        }
    }
}

/// The heading from the nucleus outwards at `place`.
pub fn outwards(cell: &Cell, place: Point) -> (f32, f32) {
    unit((place.0 - cell.nucleus.centre.0, place.1 - cell.nucleus.centre.1))
}

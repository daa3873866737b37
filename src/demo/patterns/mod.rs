//! The protein of interest: what it looks like at each of the 19 locations.
//!
//! Every pattern is one small function that adds its light to one cell. Strengths vary from image to image and from
//! cell to cell, and everything lies over an unspecific background, so that none is told by its brightness alone.

mod cytoplasm;
mod filamentous;
mod nuclear;
mod places;

use std::ops::Range;

use super::{
    cells::Cell,
    chance::Chance,
    filaments::{Growth, Skeleton, grow},
    paint::{Paint, Point},
    scene::Scene,
    territories::Window,
    textures::Textures,
};
use crate::{
    atlas::{Location, LocationSet},
    imaging::Plane,
};
use places::{Place, Places};

/// The protein in one cell while it is drawn.
struct Protein<'a> {
    scene: &'a Scene,
    textures: &'a Textures,
    skeleton: &'a Skeleton<'a>,
    microtubules: &'a Plane<f32>,
    id: u32,
    cell: &'a Cell,
    window: &'a Window,
    /// How much protein there is, around 1.
    level: f32,
    /// How much cytoplasm it has, a usual cell 1: small cells hold fewer threads and vesicles.
    roominess: f32,
    paint: &'a mut Paint,
    chance: Chance,
}

/// What a protein finds in the cells of a field.
pub struct Interior<'a> {
    /// The cells.
    pub scene: &'a Scene,
    /// What they are filled with.
    pub textures: &'a Textures,
    /// Which way filaments run.
    pub skeleton: &'a Skeleton<'a>,
    /// Light of the microtubules, as their own stain shows them.
    pub microtubules: &'a Plane<f32>,
}

/// How each image's protein is stained: one draw for all of its cells.
pub struct Staining {
    /// Strength of each location.
    strengths: [f32; Location::COUNT],
    cytosolic_background: f32,
    nuclear_background: f32,
    specks: usize,
}

impl Staining {
    /// A staining of its own for every stream of chance.
    pub fn new(chance: &mut Chance) -> Self {
        Self {
            strengths: std::array::from_fn(|_| chance.within(0.85..1.15)),
            cytosolic_background: chance.factor_within(0.015..0.1),
            nuclear_background: chance.factor_within(0.008..0.08),
            specks: chance.whole(0..9),
        }
    }
}

/// Adds the light of the protein in the cell `id`, which shows `labels`.
pub fn draw(
    paint: &mut Paint,
    &Interior { scene, textures, skeleton, microtubules }: &Interior,
    id: u32,
    labels: LocationSet,
    staining: &Staining,
    mut chance: Chance,
) {
    let (cell, window) = (&scene.cells[id as usize - 1], &scene.windows[id as usize - 1]);
    let level = chance.factor(0.28);
    let background = 0.6 * chance.factor(0.5) + 0.4 * level;
    let mut protein = Protein {
        scene,
        textures,
        skeleton,
        microtubules,
        id,
        cell,
        window,
        level: background,
        roominess: 1.0,
        paint,
        chance,
    };
    protein.roominess = protein.measured_roominess();
    unspecific(&mut protein, staining);
    for location in labels.iter() {
        protein.level = level * staining.strengths[location.index()] * protein.chance.factor(0.15);
        pattern(location)(&mut protein);
    }
}

/// How the protein looks at `location`.
fn pattern(location: Location) -> fn(&mut Protein) {
    match location.index() {
        0 => nuclear::nucleoplasm,
        1 => nuclear::nuclear_membrane,
        2 => nuclear::nucleoli,
        3 => nuclear::fibrillar_centres,
        4 => nuclear::nuclear_speckles,
        5 => nuclear::nuclear_bodies,
        6 => cytoplasm::endoplasmic_reticulum,
        7 => cytoplasm::golgi_apparatus,
        8 => filamentous::intermediate_filaments,
        9 => filamentous::actin_filaments,
        10 => filamentous::microtubules,
        11 => filamentous::mitotic_spindle,
        12 => cytoplasm::centrosome,
        13 => cytoplasm::plasma_membrane,
        14 => filamentous::mitochondria,
        15 => cytoplasm::aggresome,
        16 => cytoplasm::cytosol,
        17 => cytoplasm::vesicles,
        _ => negative,
    }
}

/// What an antibody binds to that it should not: a veil over cell and nucleus and a few specks.
fn unspecific(protein: &mut Protein, staining: &Staining) {
    protein.fill(|at| {
        let share = if at.in_nucleus { staining.nuclear_background } else { staining.cytosolic_background };
        share * at.thickness * (1.0 + 0.15 * at.fine + 0.12 * at.coarse).max(0.0) * at.grain
    });
    for _ in 0..protein.chance.whole(0..staining.specks + 1) {
        let (size, light) = (protein.chance.within(2.2..4.0), protein.chance.factor_within(0.05..0.35));
        protein.spot_where(size, light, |_| 1.0);
    }
}

/// Nothing but the unspecific background.
fn negative(_: &mut Protein) {}

impl Protein<'_> {
    /// Adds `light(place)` times the level to every pixel of the cell.
    fn fill(&mut self, light: impl Fn(&Place) -> f32) {
        let Window { rows, cols } = self.window;
        for row in rows.clone() {
            let places = Places::new(self.scene, self.textures, self.microtubules, row, cols.clone());
            let ids = &self.scene.cell_mask.row(row)[cols.clone()];
            let samples = &mut self.paint.light.row_mut(row)[cols.clone()];
            for ((n, sample), _) in samples.iter_mut().enumerate().zip(ids).filter(|&(_, &id)| id == self.id) {
                *sample += self.level * light(&places.at(n));
            }
        }
    }

    /// See `roominess`: its area outside the nucleus in five nuclei, or more plates of chromosomes.
    fn measured_roominess(&self) -> f32 {
        let (long, broad) = self.cell.nucleus.half_axes;
        let rows = self.window.rows.clone();
        let cytoplasm = rows
            .map(|row| {
                let cols = self.window.cols.clone();
                let ids =
                    self.scene.cell_mask.row(row)[cols.clone()].iter().zip(&self.scene.nuclei_mask.row(row)[cols]);
                ids.filter(|&(&cell, &nucleus)| cell == self.id && nucleus == 0).count()
            })
            .sum::<usize>();
        let usual = if self.cell.mitotic { 48.0 } else { 16.0 };
        (cytoplasm as f32 / (usual * long * broad)).clamp(0.1, 1.5)
    }

    /// A number within `range`, in proportion to the cell's room.
    fn count(&mut self, range: Range<usize>) -> usize {
        (self.roominess * self.chance.whole(range) as f32) as usize
    }

    /// A random point of the cell, each as likely as `weight` says (0 to 1).
    fn somewhere(&mut self, weight: impl Fn(&Place) -> f32) -> Option<Point> {
        let mut chance = self.chance.fork();
        self.scene.somewhere(self.id, &mut chance, |(row, col)| {
            weight(&Places::new(self.scene, self.textures, self.microtubules, row, col..col + 1).at(0))
        })
    }

    /// Adds a spot of `light` times the level at `point`; `sigma` in reference pixels.
    fn spot(&mut self, point: Point, sigma: f32, light: f32) {
        self.paint.spot(point, sigma, self.level * light);
    }

    /// Adds a spot at a random point.
    fn spot_where(&mut self, sigma: f32, light: f32, weight: impl Fn(&Place) -> f32) -> Option<Point> {
        let point = self.somewhere(weight)?;
        self.spot(point, sigma, light);
        Some(point)
    }

    /// `point` moved by a random distance of about `spread_px`.
    fn near(&mut self, point: Point, spread_px: f32) -> Point {
        (point.0 + spread_px * self.chance.normal(), point.1 + spread_px * self.chance.normal())
    }

    /// Grows a filament; its light is times the level.
    fn grow(&mut self, growth: &Growth, start: Point, heading: (f32, f32)) {
        let growth = Growth { light: self.level * growth.light, ..growth.clone() };
        grow(self.paint, self.skeleton, self.id, &growth, start, heading, &mut self.chance);
    }
}

//! SYNTHETIC FIELDS WITH KNOWN TRUTH (floor 2), for newcomers, tests and measurements. Pure: no files.
//!
//! A field is grown as cells are: a `scene` of cells and nuclei, `filaments` that walk through it, three
//! `stains` of the cell itself, a protein with the `patterns` of its `labels`, and a `camera` that makes
//! noisy samples of the light. All numbers were chosen by eye beside images of the Human Protein Atlas. It is a
//! likeness to practise on, not a model of cells: what is measured on it says how tools do here, not on real images.
//!
//! The same parameters give the same bytes on every platform and whatever the number of threads: chance comes from
//! `chance`, functions whose last bit differs between platforms from `portable`, and no field depends on another.

mod blur;
mod camera;
mod cells;
mod chance;
mod filaments;
mod labels;
mod noise;
mod outline;
mod paint;
pub mod params;
mod patterns;
mod portable;
mod scene;
mod stains;
mod territories;
mod textures;

use serde::{Deserialize, Serialize};

pub use params::{Background, Crowding, DemoParams, DemoParamsError, Depth, Prevalence};

use crate::{
    atlas::{Channel, Location, LocationSet, Samples},
    imaging::Plane,
};
use chance::Chance;

/// Tells versions of the generator apart: from the hashes of some small fields, by a test that holds fields to it.
pub const FINGERPRINT: u64 = 0xe072_2573_0820_41e5;

/// A synthetic field and the truth about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoField {
    /// Its name, unlike that of any other field of the same or another seed.
    pub id: String,
    /// The stains in the order of [`Channel::ALL`].
    pub channels: [Samples; Channel::COUNT],
    /// The nuclei; the ids are those of the cells, 1, 2, … without gaps.
    pub nuclei_mask: Plane<u32>,
    /// The cells; each holds its nucleus and is connected. Those without a nucleus in the field are left out.
    pub cell_mask: Plane<u32>,
    /// What each cell really shows, by its id. A cell that shows nothing is negative.
    pub labels: Vec<(u32, LocationSet)>,
    /// All that the cells show together; negative only if that is all.
    pub image_labels: LocationSet,
}

/// The field with this `number` in the set of `params`, which are as [`DemoParams::check`] wants them.
///
/// Some 0.3 s of one core at 1024 × 1024 pixels, in proportion to the pixels; memory for some 40 planes of 32 bit.
#[must_use]
pub fn field(params: &DemoParams, number: usize) -> DemoField {
    let mut chance = Chance::new(params.seed, number as u64);
    let intended = labels::intended_labels(params, number, &mut chance.fork());
    drawn(params, number, intended, chance)
}

/// A small field of which most cells show `location` and nothing else: what it looks like, for people who learn it.
///
/// Some 0.1 s of one core.
#[must_use]
pub fn example(location: Location) -> DemoField {
    let params = DemoParams { seed: 19, side_px: 640, silent_share: 0.0, mitotic_share: 0.0, ..DemoParams::default() };
    let chance = Chance::new(params.seed, location.index() as u64);
    drawn(&params, location.index(), LocationSet::from_iter([location]), chance)
}

/// A field that is meant to show `intended`.
fn drawn(params: &DemoParams, number: usize, intended: LocationSet, mut chance: Chance) -> DemoField {
    let scene = scene::Scene::new(params, labels::mitotic_share(params, intended), &mut chance.fork());
    let textures = textures::Textures::new(&scene, &mut chance.fork());
    let skeleton = filaments::Skeleton::new(&scene, &mut chance.fork());

    let mut choice = chance.fork();
    let labels: Vec<(u32, LocationSet)> = (1..)
        .zip(&scene.cells)
        .map(|(id, cell)| (id, labels::labels_of_cell(params, intended, cell.mitotic, &mut choice)))
        .collect();
    let image_labels = labels::union(labels.iter().map(|&(_, labels)| labels));

    let staining = patterns::Staining::new(&mut chance.fork());
    let microtubules = stains::microtubules(&scene, &textures, &skeleton, &mut chance.fork());
    let interior =
        patterns::Interior { scene: &scene, textures: &textures, skeleton: &skeleton, microtubules: &microtubules };
    let mut protein = paint::Paint::new(params.side_px, scene.scale);
    for &(id, labels) in &labels {
        patterns::draw(&mut protein, &interior, id, labels, &staining, chance.fork());
    }
    let reticulum = stains::reticulum(&scene, &textures, &mut chance.fork());
    let nucleus = stains::nucleus(&scene, &textures, &mut chance.fork());
    let camera = camera::Camera::new(&mut chance.fork());
    // A protein that is nowhere is not made bright by its exposure.
    let negative = image_labels.contains(Location::NEGATIVE);
    let faintest = if negative { chance.within(0.25..0.8) } else { 0.1 };
    let lights = [
        (Channel::Microtubules, microtubules, 0.05),
        (Channel::EndoplasmicReticulum, reticulum, 0.05),
        (Channel::Nucleus, nucleus, 0.05),
        (Channel::Protein, protein.developed(), faintest),
    ];
    let channels =
        lights.map(|(channel, light, least_bright)| camera.take(light, channel, least_bright, params, chance.fork()));
    DemoField {
        id: format!("demo-{}-{number:04}", params.seed),
        channels,
        cell_mask: scene.cell_mask,
        nuclei_mask: scene.nuclei_mask,
        labels,
        image_labels,
    }
}

/// A set of fields by their numbers: which to learn from and which to be tested on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DemoSet {
    /// What the fields are like.
    pub params: DemoParams,
    /// How many fields there are whose labels are given: those from number 0.
    pub training_fields: usize,
    /// How many fields there are whose labels are to be found: those that follow.
    pub test_fields: usize,
}

impl Default for DemoSet {
    /// The set for newcomers: 24 fields to learn from and 8 to be tested on.
    fn default() -> Self {
        Self { params: DemoParams::default(), training_fields: 24, test_fields: 8 }
    }
}

impl DemoSet {
    /// The numbers of all fields, and the part of the set that each belongs to.
    pub fn numbers(&self) -> impl Iterator<Item = (Part, usize)> {
        let part = |number| if number < self.training_fields { Part::Train } else { Part::Test };
        (0..self.training_fields + self.test_fields).map(move |number| (part(number), number))
    }
}

/// A part of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Fields to learn from.
    Train,
    /// Fields to be tested on.
    Test,
}

impl Part {
    /// Its name: `train` or `test`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Test => "test",
        }
    }
}

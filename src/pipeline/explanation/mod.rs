//! EXPLANATION: how the cells of one image were found and what is measured of one of them, step by step: a title, a
//! sentence, pictures, and the parameters that govern the step. For people to look at; nothing is computed from it.
//!
//! ```text
//! Field, Stages                     → steps_of_stages   stains, then every stage of the method     stages, settings
//! Field, Segmentation, MeasuredField → steps_of_cell    crop, rings, slices, speckles, features    cell, evidence
//! Section                           → page              all of it as Markdown with its pictures    page
//! ```
//! What is shown is what was computed: the stages are the segmentation's own, rings, slices and speckles those that the
//! features are counted in.

mod cell;
mod evidence;
mod page;
mod pictures;
mod settings;
mod stages;

pub use cell::{CellInQuestion, steps_of_cell};
pub use evidence::{Evidence, LocationRule, TellingFeature, Why, evidence, rules_of};
pub use page::{Page, Section, page};
pub use pictures::LONGEST_SIDE;
pub use settings::Setting;
pub use stages::{step_of_masks, steps_of_stages};

use crate::imaging::Plane;

/// One step of the way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// What it is called.
    pub title: String,
    /// What happens in it, in a sentence or three.
    pub sentence: String,
    /// The parameters that govern it.
    pub settings: Vec<Setting>,
    /// What it looks like.
    pub figures: Vec<Figure>,
    /// Numbers of it: what, and how much.
    pub facts: Vec<Fact>,
    /// What tells locations apart.
    pub evidence: Vec<Evidence>,
}

/// A picture with what it shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// A word for the name of its file.
    pub name: &'static str,
    /// What it shows, in a few words.
    pub caption: String,
    /// The picture, its longer side at most [`LONGEST_SIDE`].
    pub picture: Plane<[u8; 3]>,
}

/// A number in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub words: String,
    /// How much.
    pub value: String,
}

impl Figure {
    fn new(name: &'static str, caption: impl Into<String>, picture: Plane<[u8; 3]>) -> Self {
        Self { name, caption: caption.into(), picture }
    }
}

/// A number in at most some eight characters.
#[must_use]
pub fn short_number(value: f32) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e5).contains(&size) { format!("{value:.2e}") } else { format!("{value:.4}") }
}

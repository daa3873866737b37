//! What the window looks at, as far as work follows from it. The window says so anew in every frame.

use std::ops::Range;

use super::{
    deck::DeckWish, explanation::ExplanationWish, gallery::GalleryFocus, rules::RuleWish, scatter::ScatterWish,
    set_cells::CellAt,
};
use crate::atlas::Location;

/// What is to be seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Focus {
    /// The field on the canvas, by its place in the set.
    pub field: Option<usize>,
    /// The fields one is likely to go to next.
    pub neighbours: Vec<usize>,
    /// The part of the picture that is on the canvas.
    pub part: Option<Part>,
    /// The part that the canvas will show of the next field at first.
    pub next_part: Option<Part>,
    /// Whether cells are to be found in it.
    pub cells: bool,
    /// The cell in it that is to be seen from close by, and measured like all others.
    pub cell: Option<u32>,
    /// The question that is asked in the deck.
    pub deck: Option<DeckWish>,
    /// The cells of the deck that are looked at now and next.
    pub close_ups: Vec<CellAt>,
    /// The location whose description is read.
    pub example: Option<Location>,
    /// The fields whose thumbnails are in view, first those that matter most.
    pub thumbnails: Vec<usize>,
    /// Whether a model is to be learnt.
    pub model: ModelWish,
    /// The gallery, if it is to be seen.
    pub gallery: Option<GalleryFocus>,
    /// The rule that is looked at.
    pub rules: Option<RuleWish>,
    /// The scatter plot, if it is to be seen.
    pub scatter: Option<ScatterWish>,
    /// The image on which the settings that were found are to be seen: its place among those from the worst on.
    pub tuning: Option<usize>,
    /// What is to be explained of the image.
    pub explanation: Option<ExplanationWish>,
}

/// Whether a model is to be learnt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ModelWish {
    /// Only when it is asked for.
    #[default]
    OnDemand,
    /// If there is none.
    Any,
    /// Anew after every change.
    Live,
}

/// A part of a field's picture at one of its halved sizes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// How often the field is halved.
    pub level: usize,
    /// Rows of the halved picture.
    pub rows: Range<usize>,
    /// Columns of the halved picture.
    pub cols: Range<usize>,
}

impl Part {
    /// Whether all of `other` is in this part, at the same size.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let holds = |one: &Range<usize>, other: &Range<usize>| one.start <= other.start && other.end <= one.end;
        self.level == other.level && holds(&self.rows, &other.rows) && holds(&self.cols, &other.cols)
    }
}

//! The colours of what is decided about cells: blue for yes, orange for no, so that all eyes tell them apart, paler where
//! only the image says so.

use super::view::{Colours, OverlayParams};
use crate::{
    atlas::Location, pipeline::region_colours::CellColours, project::labels::Verdict,
    workbench::decidable::DecidableCell,
};

/// How a cell stands to a location.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Standing {
    /// It is left out of everything.
    Excluded,
    /// Its image says that it shows it, or does not.
    Inherited(bool),
    /// Somebody decided.
    Decided(Verdict),
}

impl Standing {
    /// How `cell` stands to `location`.
    pub fn of(cell: &DecidableCell, location: Location) -> Self {
        match cell.decisions.of(location) {
            _ if cell.decisions.exclusion.is_some() => Self::Excluded,
            Some(verdict) => Self::Decided(verdict),
            None => Self::Inherited(cell.of_image.contains(location)),
        }
    }

    /// Whether there is nothing left to decide.
    pub fn is_settled(self) -> bool {
        !matches!(self, Self::Inherited(_))
    }

    /// In words.
    pub fn name(self) -> String {
        match self {
            Self::Excluded => "left out".to_owned(),
            Self::Inherited(true) => "yes, says its image".to_owned(),
            Self::Inherited(false) => "no, says its image".to_owned(),
            Self::Decided(verdict) => format!("decided: {verdict}"),
        }
    }

    /// Its colour.
    pub fn colour(self) -> [u8; 3] {
        const YES: [u8; 3] = [70, 160, 255];
        const NO: [u8; 3] = [255, 150, 40];
        const EXCLUDED: [u8; 3] = [90, 60, 60];
        match self {
            Self::Excluded => EXCLUDED,
            Self::Inherited(true) => [150, 185, 215],
            Self::Inherited(false) => [120, 120, 120],
            Self::Decided(verdict) => {
                let share = verdict.probability();
                let mixed = |at: usize| f64::from(NO[at]) + share * (f64::from(YES[at]) - f64::from(NO[at]));
                [mixed(0) as u8, mixed(1) as u8, mixed(2) as u8]
            }
        }
    }
}

/// All standings that have a colour of their own, with short names.
pub const LEGEND: [(Standing, &str); 5] = [
    (Standing::Decided(Verdict::Yes), "yes"),
    (Standing::Decided(Verdict::No), "no"),
    (Standing::Inherited(true), "yes by image"),
    (Standing::Inherited(false), "no by image"),
    (Standing::Excluded, "left out"),
];

/// The colours of an image's cells as `overlay` asks for, where they differ by what is decided.
pub fn colours(cells: &[DecidableCell], overlay: &OverlayParams, location: Location) -> CellColours {
    let count = cells.iter().map(|cell| cell.id).max().unwrap_or(0);
    let mut colours = vec![None; count as usize];
    for cell in cells {
        let standing = Standing::of(cell, location);
        if overlay.only_undecided && standing.is_settled() {
            continue;
        }
        colours[cell.id as usize - 1] = Some(match overlay.colours {
            Colours::Cell => CellColours::Apart.colour(cell.id, false),
            Colours::Label => CellColours::of_labels(Some(cell.labels())).colour(cell.id, false),
            Colours::Decision => standing.colour(),
        });
    }
    CellColours::Each(colours.into())
}

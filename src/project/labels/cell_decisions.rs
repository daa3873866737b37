//! What holds for one cell.

use super::{Change, Exclusion, Verdict};
use crate::atlas::{Location, LocationSet};

/// What is decided about one cell; what is not, its image says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CellDecisions {
    /// By location; `None`: inherited from the image.
    pub verdicts: [Option<Verdict>; Location::COUNT],
    /// Why it is left out, if it is.
    pub exclusion: Option<Exclusion>,
}

impl CellDecisions {
    /// Takes in a later change.
    pub fn take(&mut self, change: Change) {
        match change {
            Change::Label(location, verdict) => self.verdicts[location.index()] = verdict,
            Change::Exclude(exclusion) => self.exclusion = exclusion,
        }
    }

    /// Whether anything is decided.
    #[must_use]
    pub fn is_any(&self) -> bool {
        *self != Self::default()
    }

    /// What is decided about `location`.
    #[must_use]
    pub fn of(&self, location: Location) -> Option<Verdict> {
        self.verdicts[location.index()]
    }

    /// The cell's labels: those of its image, changed by the decisions. A grade counts from 4 on; one in the middle
    /// leaves what the image says.
    #[must_use]
    pub fn labels(&self, of_image: LocationSet) -> LocationSet {
        Location::all()
            .filter(|&location| {
                self.of(location).and_then(Verdict::leaning).unwrap_or_else(|| of_image.contains(location))
            })
            .collect()
    }

    /// How probable `location` is by what is decided, else by the image: 0 to 1.
    #[must_use]
    pub fn probability(&self, location: Location, of_image: LocationSet) -> f64 {
        self.of(location).map_or_else(|| f64::from(u8::from(of_image.contains(location))), Verdict::probability)
    }
}

//! MEASURES: a handful of numbers a cell that can be read, each with a name, a sentence and the locations it tells.
//!
//! Most follow from the 540 features; what these do not hold is taken from the cell's portrait, by [`InPortrait`].
//! They are for people who set a cut through a histogram, not for the classifier, which has the features.
//!
//! How well each tells a location, as the area under the ROC curve of the cells that show it against all others, is in
//! [`Telling`]; measured on 2011 cells of 90 fields of `cytoscribe demo --fields 90 --test-fields 0 --seed 2 --even`
//! with the cells' true labels, two locations a field. These are drawn cells: on real images other figures hold.

mod in_portraits;
mod sheets;

use std::ops::RangeInclusive;

pub use in_portraits::InPortrait;

use super::features::feature_names;
use crate::atlas::Location;
use sheets::{SHEETS, Sheet, Source};

/// A measure by its number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Measure(u8);

/// On which side of a cut cells show a location.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Side {
    /// Those with low values.
    Below,
    /// Those with high values.
    #[default]
    Above,
}

impl Side {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Below => Self::Above,
            Self::Above => Self::Below,
        }
    }

    /// As in sentences: `below` or `above`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Below => "below",
            Self::Above => "above",
        }
    }

    /// Whether `value` lies on this side of `cut`, which itself counts as above.
    #[must_use]
    pub fn has(self, value: f32, cut: f32) -> bool {
        (value >= cut) == (self == Self::Above)
    }
}

/// That a measure tells a location.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Telling {
    /// The location.
    pub location: Location,
    /// The side on which cells show it.
    pub side: Side,
    /// Area under the ROC curve in percent: 50 is chance, 100 no error.
    pub auc_percent: u8,
}

impl Measure {
    /// Number of measures.
    pub const COUNT: usize = SHEETS.len();

    /// All of them.
    pub fn all() -> impl ExactSizeIterator<Item = Self> + Clone {
        (0..Self::COUNT as u8).map(Self)
    }

    /// Those that tell `location`, the best first.
    #[must_use]
    pub fn telling(location: Location) -> Vec<(Self, Telling)> {
        let mut telling: Vec<(Self, Telling)> =
            Self::all().filter_map(|measure| Some((measure, measure.tells(location)?))).collect();
        telling.sort_by_key(|(_, telling)| std::cmp::Reverse(telling.auc_percent));
        telling
    }

    /// How it tells `location`; `None`: hardly at all.
    #[must_use]
    pub fn tells(self, location: Location) -> Option<Telling> {
        let &(_, percent) = self.sheet().telling.iter().find(|(number, _)| *number == u8::from(location))?;
        let side = if percent > 50 { Side::Above } else { Side::Below };
        Some(Telling { location, side, auc_percent: percent.max(100 - percent) })
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.sheet().name
    }

    /// What it is, in one sentence.
    #[must_use]
    pub fn description(self) -> &'static str {
        self.sheet().description
    }

    /// Its unit, or what it is a multiple of; empty: a bare number.
    #[must_use]
    pub fn unit(self) -> &'static str {
        self.sheet().unit
    }

    /// Where its values usually lie; some may lie beyond.
    #[must_use]
    pub fn range(self) -> RangeInclusive<f32> {
        self.sheet().range.clone()
    }

    /// The features it follows from, in the order in which [`Measure::of_features`] wants their values; empty: it is taken
    /// from the portrait.
    #[must_use]
    pub fn features(self) -> Vec<usize> {
        let Source::Features(wanted, _) = self.sheet().source else { return Vec::new() };
        let names = feature_names();
        wanted.iter().filter_map(|wanted| names.iter().position(|name| name == wanted)).collect()
    }

    /// Its value for a cell with these values of [`Measure::features`]; not a number if it does not follow from features.
    #[must_use]
    pub fn of_features(self, values: &[f32]) -> f32 {
        match self.sheet().source {
            Source::Features(wanted, of) if wanted.len() == values.len() => of(values),
            _ => f32::NAN,
        }
    }

    /// Its value for a cell of this portrait; not a number if it follows from features.
    #[must_use]
    pub fn of_portrait(self, measured: &InPortrait) -> f32 {
        match self.sheet().source {
            Source::Portrait(of) => of(measured),
            Source::Features(..) => f32::NAN,
        }
    }

    /// Whether it is taken from the portrait.
    #[must_use]
    pub fn is_of_portrait(self) -> bool {
        matches!(self.sheet().source, Source::Portrait(_))
    }

    fn sheet(self) -> &'static Sheet {
        &SHEETS[usize::from(self.0)]
    }
}

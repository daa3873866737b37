//! The 19 subcellular locations and sets of them: what images and cells are labelled with.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

const NAMES: [&str; Location::COUNT] = [
    "Nucleoplasm",
    "Nuclear membrane",
    "Nucleoli",
    "Nucleoli fibrillar center",
    "Nuclear speckles",
    "Nuclear bodies",
    "Endoplasmic reticulum",
    "Golgi apparatus",
    "Intermediate filaments",
    "Actin filaments",
    "Microtubules",
    "Mitotic spindle",
    "Centrosome",
    "Plasma membrane",
    "Mitochondria",
    "Aggresome",
    "Cytosol",
    "Vesicles and punctate cytosolic patterns",
    "Negative",
];

/// What each location looks like in the protein stain.
const DESCRIPTIONS: [&str; Location::COUNT] = [
    "The whole nucleus is filled, evenly or with a fine grain; nucleoli may be left dark.",
    "A thin bright line round the nucleus, often with faint folds across it.",
    "One or a few large, rounded bodies in the nucleus, where the DNA stain is darkest.",
    "Small bright dots, alone or in clusters, inside the nucleoli.",
    "Ten to thirty blotches with soft, irregular edges in the nucleus, beside the nucleoli.",
    "A few small, round, sharp dots in the nucleus.",
    "A fine net in the cytoplasm, densest round the nucleus and thinner outwards; it follows the ER stain.",
    "One compact patch, like a ribbon or a cup, close to one side of the nucleus.",
    "Wavy, tangled threads, often bundled near the nucleus, that do not follow the microtubules.",
    "Straight, parallel bundles across the cell, or a bright rim along its edges.",
    "Thin threads that run from beside the nucleus to the edge; they follow the microtubule stain.",
    "In a dividing cell: threads between two poles, with the condensed DNA between them.",
    "One or two tiny bright dots beside the nucleus, where the microtubules meet.",
    "A sharp line along the edge of the cell, clearest where two cells touch.",
    "Many short threads or grains all over the cytoplasm, denser near the nucleus.",
    "One dense, bright lump beside the nucleus, rounder and more compact than a Golgi apparatus.",
    "An even haze through the whole cytoplasm; the nucleus is darker or the same.",
    "Many small, separate dots in the cytoplasm; the nucleus is left out.",
    "Nothing that stands out from the background, or a pattern that fits no other location.",
];

/// A subcellular location by its number in the competition, 0 to 18.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Location(u8);

impl Location {
    /// Number of locations.
    pub const COUNT: usize = 19;

    /// No staining, or an unspecific pattern: none of the other locations.
    pub const NEGATIVE: Self = Self(18);

    /// The location with this number; `None` above 18.
    #[must_use]
    pub fn new(number: usize) -> Option<Self> {
        (number < Self::COUNT).then_some(Self(number as u8))
    }

    /// All locations by number.
    pub fn all() -> impl ExactSizeIterator<Item = Self> + Clone {
        (0..Self::COUNT as u8).map(Self)
    }

    /// The location's number, 0 to 18.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// The location's name in the competition.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES[self.index()]
    }

    /// What it looks like in the protein stain, in one sentence.
    #[must_use]
    pub fn description(self) -> &'static str {
        DESCRIPTIONS[self.index()]
    }
}

impl From<Location> for u8 {
    fn from(location: Location) -> Self {
        location.0
    }
}

impl TryFrom<u8> for Location {
    type Error = LocationError;

    fn try_from(number: u8) -> Result<Self, LocationError> {
        Self::new(usize::from(number)).ok_or_else(|| LocationError(number.to_string()))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of locations: what one image or one cell shows.
///
/// Read and written as in label files, numbers joined by `|`. Order and repetition do not count.
///
/// # Examples
/// ```
/// use cytoscribe::atlas::LocationSet;
/// let labels: LocationSet = "8|5|0|5".parse().unwrap();
/// assert_eq!(labels.to_string(), "0|5|8");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LocationSet(u32);

impl LocationSet {
    /// Whether `location` is in the set.
    #[must_use]
    pub fn contains(self, location: Location) -> bool {
        self.0 >> location.0 & 1 == 1
    }

    /// Adds `location`.
    pub fn insert(&mut self, location: Location) {
        self.0 |= 1 << location.0;
    }

    /// The locations in the set by number.
    pub fn iter(self) -> impl Iterator<Item = Location> {
        Location::all().filter(move |&location| self.contains(location))
    }

    /// Number of locations in the set.
    #[must_use]
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether the set holds no location.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The locations in either set.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl FromIterator<Location> for LocationSet {
    fn from_iter<I: IntoIterator<Item = Location>>(locations: I) -> Self {
        let mut set = Self::default();
        locations.into_iter().for_each(|location| set.insert(location));
        set
    }
}

impl fmt::Display for LocationSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.iter().map(|location| location.0.to_string()).collect();
        f.write_str(&numbers.join("|"))
    }
}

impl FromStr for LocationSet {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        text.split('|')
            .map(|number| {
                let known = number.trim().parse().ok().and_then(Location::new);
                known.ok_or_else(|| LocationError(number.to_owned()))
            })
            .collect()
    }
}

/// A word that is not the number of a location.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not the number of a location (0 to 18)")]
pub struct LocationError(pub String);

//! What the journal of labels is made of: one record for each thing that a person did.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize, de};

use crate::{
    atlas::{Anchor, Location},
    pipeline::corrections::Correction,
};

/// A decision whether a cell shows a location.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Verdict {
    /// It does not.
    No,
    /// It does.
    Yes,
    /// A confidence that it does.
    Grade(Grade),
}

impl Verdict {
    /// How probable it makes the location: 0 to 1.
    #[must_use]
    pub fn probability(self) -> f64 {
        match self {
            Self::No => 0.0,
            Self::Yes => 1.0,
            Self::Grade(grade) => f64::from(grade.number() - 1) / 4.0,
        }
    }

    /// Whether the cell rather shows the location; `None` for the grade in the middle.
    #[must_use]
    pub fn leaning(self) -> Option<bool> {
        match self {
            Self::No => Some(false),
            Self::Yes => Some(true),
            Self::Grade(grade) if grade.number() == 3 => None,
            Self::Grade(grade) => Some(grade.number() > 3),
        }
    }
}

/// As in tables: `yes`, `no` or a grade's number.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::No => f.write_str("no"),
            Self::Yes => f.write_str("yes"),
            Self::Grade(grade) => write!(f, "{}", grade.number()),
        }
    }
}

/// As [`Display`](fmt::Display) writes it.
impl std::str::FromStr for Verdict {
    type Err = VerdictError;

    fn from_str(text: &str) -> Result<Self, VerdictError> {
        match text {
            "no" => Ok(Self::No),
            "yes" => Ok(Self::Yes),
            _ => {
                let grade = text.parse().ok().and_then(|number: u8| Grade::try_from(number).ok());
                grade.map(Self::Grade).ok_or_else(|| VerdictError(text.chars().take(60).collect()))
            }
        }
    }
}

/// A word that is no decision.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is neither yes nor no nor a grade (1 to 5)")]
pub struct VerdictError(pub String);

/// How sure one is that a cell shows a location: 1 surely not, 2 rather not, 3 undecided, 4 rather, 5 surely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Grade(u8);

impl Grade {
    /// All grades from the lowest.
    pub const ALL: [Self; 5] = [Self(1), Self(2), Self(3), Self(4), Self(5)];

    /// 1 to 5.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }

    /// What it means.
    #[must_use]
    pub fn name(self) -> &'static str {
        ["surely not", "rather not", "undecided", "rather", "surely"][usize::from(self.0 - 1)]
    }
}

impl From<Grade> for u8 {
    fn from(grade: Grade) -> Self {
        grade.0
    }
}

impl TryFrom<u8> for Grade {
    type Error = GradeError;

    fn try_from(number: u8) -> Result<Self, GradeError> {
        if (1..=5).contains(&number) { Ok(Self(number)) } else { Err(GradeError(number)) }
    }
}

/// A number that is no grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a grade (1 to 5)")]
pub struct GradeError(pub u8);

/// Why a cell is left out of everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Exclusion {
    /// It is none: dirt, a piece of a cell, a hole.
    Debris,
    /// It is blurred.
    OutOfFocus,
    /// Too little of it is inside the image.
    CutOff,
    /// For a reason that is not told.
    Other,
}

impl Exclusion {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Debris, Self::OutOfFocus, Self::CutOff, Self::Other];

    /// As in tables and on buttons.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Debris => "debris",
            Self::OutOfFocus => "out of focus",
            Self::CutOff => "cut off",
            Self::Other => "other",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|exclusion| exclusion.name() == name)
    }
}

/// One change of what is decided about a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// Whether it shows a location; `None`: what its image says holds again.
    Label(Location, Option<Verdict>),
    /// Whether it is left out; `None`: it counts again.
    Exclude(Option<Exclusion>),
}

impl Change {
    /// Whether both are about the same, so that the later one holds.
    #[must_use]
    pub fn concerns_the_same(self, other: Self) -> bool {
        match (self, other) {
            (Self::Label(one, _), Self::Label(other, _)) => one == other,
            (Self::Exclude(_), Self::Exclude(_)) => true,
            _ => false,
        }
    }
}

/// Where in the program, or by what, a decision was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Reason {
    /// At the cell in its image.
    Image,
    /// In the deck: one question at a time.
    Deck,
    /// In the gallery, one cell.
    Gallery,
    /// In the gallery, many cells at once.
    Bulk,
    /// By a rule on the cells' measures.
    Rule,
    /// Read from a table.
    Import,
}

impl Reason {
    /// As in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Deck => "deck",
            Self::Gallery => "gallery",
            Self::Bulk => "bulk",
            Self::Rule => "rule",
            Self::Import => "import",
        }
    }
}

/// What was decided about one cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The ID of its field.
    pub image: String,
    /// Its anchor.
    pub anchor: Anchor,
    /// Its area then in pixels at full size, which later tells whether it was split or merged; 0 = not known.
    #[serde(rename = "area")]
    pub area_px: u64,
    /// The changes, each about something else.
    pub set: Vec<Change>,
}

/// One thing that a person did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// Decided about cells, in one step.
    Decide(Reason, Vec<Decision>),
    /// Undid a record of decisions, or of a correction: it does not count.
    Undo(RecordId),
    /// Redid it: it counts again.
    Redo(RecordId),
    /// Changed the masks of an image by hand.
    Correct {
        /// The ID of its field.
        image: String,
        /// What was changed.
        correction: Correction,
    },
}

/// The name of a record, which no other record of any journal has: a number drawn when the program started, and a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordId(pub u64, pub u32);

/// A moment in milliseconds since 1970, UTC; written as `2026-05-17T09:30:00.250Z`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = DateTime::<Utc>::from_timestamp_millis(self.0).unwrap_or_default();
        f.write_str(&time.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl std::str::FromStr for Moment {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, chrono::ParseError> {
        Ok(Self(DateTime::parse_from_rfc3339(text)?.timestamp_millis()))
    }
}

impl Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(MomentReader)
    }
}

/// Reads a moment where it stands: a journal has many.
struct MomentReader;

impl de::Visitor<'_> for MomentReader {
    type Value = Moment;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a moment like 2026-05-17T09:30:00.250Z")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Moment, E> {
        text.parse().map_err(E::custom)
    }
}

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its name.
    pub id: RecordId,
    /// When.
    pub at: Moment,
    /// Who.
    pub by: String,
    /// What.
    pub did: Deed,
}

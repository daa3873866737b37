//! What a person needs to know of a number that can be set: its name, unit, range and what more or less of it does.
//! One home for sliders, hover text, the command line's help and the check of files.

use std::ops::RangeInclusive;

/// A number that can be set.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name in a few words.
    pub name: &'static str,
    /// Its unit, for people: `px`, `of the side`, …
    pub unit: &'static str,
    /// The values it may have.
    pub range: RangeInclusive<f64>,
    /// What more of it does and what less, in a sentence or two.
    pub hover: &'static str,
}

impl Parameter {
    /// All of it in a sentence or three, for the command line: what it does, its range and its unit.
    #[must_use]
    pub fn help(&self) -> String {
        let (least, most) = (self.range.start(), self.range.end());
        format!("{} [{}: {least} to {most} {}]", self.hover, self.name, self.unit).replace(" ]", "]")
    }

    /// Checks that `value` lies in the range.
    ///
    /// # Errors
    /// If it does not, or is not a number.
    pub fn check(&self, value: f64) -> Result<(), ParameterError> {
        if self.range.contains(&value) {
            return Ok(());
        }
        Err(ParameterError { name: self.name, value, range: self.range.clone() })
    }
}

/// A value outside its range.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("the {name} must lie between {} and {}, not {value}", range.start(), range.end())]
pub struct ParameterError {
    /// Name of the parameter.
    pub name: &'static str,
    /// The value it was given.
    pub value: f64,
    /// The values it may have.
    pub range: RangeInclusive<f64>,
}

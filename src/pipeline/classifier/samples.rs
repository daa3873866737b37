//! Which images show the same sample. Images of one sample look alike beyond what the labels say, so a fair
//! cross-validation keeps them together; often the sample is a part of the image's ID.

use std::collections::HashMap;

use regex_lite::Regex;

/// A regular expression whose one capture group is the sample's part of an image's ID.
///
/// # Examples
/// ```
/// use cytoscribe::pipeline::classifier::SamplePattern;
/// let plate_and_well = SamplePattern::new(r"^(\d+_[A-H]\d+)_\d+$").unwrap();
/// assert_eq!(plate_and_well.sample_of("800_A6_1"), "800_A6");
/// assert_eq!(plate_and_well.sample_of("5c27f04c"), "5c27f04c");
/// ```
#[derive(Clone, Debug)]
pub struct SamplePattern(Regex);

impl SamplePattern {
    /// A pattern from its text.
    ///
    /// # Errors
    /// If `text` is no regular expression, or has not exactly one capture group.
    pub fn new(text: &str) -> Result<Self, SamplePatternError> {
        let regex = Regex::new(text)
            .map_err(|error| SamplePatternError::Syntax { pattern: text.to_owned(), reason: error.to_string() })?;
        match regex.captures_len() - 1 {
            1 => Ok(Self(regex)),
            found => Err(SamplePatternError::Groups { pattern: text.to_owned(), found }),
        }
    }

    /// The sample's name in `id`; the whole `id` where the pattern does not match.
    #[must_use]
    pub fn sample_of<'id>(&self, id: &'id str) -> &'id str {
        self.0.captures(id).and_then(|captures| captures.get(1)).map_or(id, |sample| sample.as_str())
    }
}

/// Why a text is no [`SamplePattern`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SamplePatternError {
    /// Not a regular expression.
    #[error("the sample pattern '{pattern}' is not a regular expression: {reason}")]
    Syntax {
        /// The text.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Not one capture group.
    #[error("the sample pattern '{pattern}' needs one capture group in (...) around the sample; it has {found}")]
    Groups {
        /// The text.
        pattern: String,
        /// Number of capture groups.
        found: usize,
    },
}

/// Numbers equal names alike, in the order of their first appearance: the groups of a training set.
///
/// # Examples
/// ```
/// use cytoscribe::pipeline::classifier::numbered;
/// assert_eq!(numbered(["b", "a", "b"]), [0, 1, 0]);
/// ```
pub fn numbered<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<usize> {
    let mut numbers = HashMap::new();
    let number = |name| {
        let next = numbers.len();
        *numbers.entry(name).or_insert(next)
    };
    names.into_iter().map(number).collect()
}

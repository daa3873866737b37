//! The four stains of a field. Called by what they show; the colours appear only in file names.

use serde::{Deserialize, Serialize};

/// A stain of a field. The order of [`Channel::ALL`] is the order of channels everywhere: in a field's planes,
/// in the features and in their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Channel {
    /// Microtubules, `_red` files.
    Microtubules,
    /// Endoplasmic reticulum, `_yellow` files.
    EndoplasmicReticulum,
    /// Nucleus (DNA), `_blue` files.
    Nucleus,
    /// The protein of interest, `_green` files: the only stain that the labels speak of.
    Protein,
}

impl Channel {
    /// Number of channels of a field.
    pub const COUNT: usize = 4;

    /// All channels in their order.
    pub const ALL: [Self; Self::COUNT] = [Self::Microtubules, Self::EndoplasmicReticulum, Self::Nucleus, Self::Protein];

    /// Position in [`Channel::ALL`].
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }

    /// The colour that stands for this channel in file names.
    #[must_use]
    pub fn colour(self) -> &'static str {
        ["red", "yellow", "blue", "green"][self.index()]
    }

    /// The channel whose files carry `colour`; upper and lower case are the same.
    #[must_use]
    pub fn from_colour(colour: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.colour().eq_ignore_ascii_case(colour))
    }

    /// What the stain shows, in words.
    #[must_use]
    pub fn name(self) -> &'static str {
        ["microtubules", "endoplasmic reticulum", "nucleus", "protein"][self.index()]
    }

    /// Two letters for names of features: `mt`, `er`, `nu`, `pr`.
    #[must_use]
    pub fn short_name(self) -> &'static str {
        ["mt", "er", "nu", "pr"][self.index()]
    }
}

/// `work` on what each channel has, in parallel; in and out in the order of [`Channel::ALL`].
pub fn par_map<A: Send, T: Send>(
    [a, b, c, d]: [A; Channel::COUNT],
    work: impl Fn(A) -> T + Sync,
) -> [T; Channel::COUNT] {
    let ((a, b), (c, d)) = rayon::join(|| rayon::join(|| work(a), || work(b)), || rayon::join(|| work(c), || work(d)));
    [a, b, c, d]
}

//! A key for each location: Shift and a letter, which the user may change.

use egui::{Context, Key, Modifiers};
use serde::{Deserialize, Serialize};

use crate::atlas::Location;

/// The letters of the locations, by number; `None`: no key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LocationKeys([Option<char>; Location::COUNT]);

impl Default for LocationKeys {
    /// A to S in the order of the locations.
    fn default() -> Self {
        Self(std::array::from_fn(|at| Some(char::from(b'A' + at as u8))))
    }
}

impl LocationKeys {
    /// The letter of a location.
    #[must_use]
    pub fn letter(&self, location: Location) -> Option<char> {
        self.0[location.index()]
    }

    /// How it is written: `Shift+A`, or nothing without a key.
    #[must_use]
    pub fn text(&self, location: Location) -> String {
        self.letter(location).map_or_else(String::new, |letter| format!("Shift+{letter}"))
    }

    /// Gives `location` this letter and takes it from whichever had it. What is no letter from A to Z takes the key away.
    pub fn set(&mut self, location: Location, letter: Option<char>) {
        let letter = letter.map(|letter| letter.to_ascii_uppercase()).filter(char::is_ascii_uppercase);
        for other in &mut self.0 {
            if *other == letter {
                *other = None;
            }
        }
        self.0[location.index()] = letter;
    }

    /// The locations whose keys were pressed. While somebody types, none were.
    #[must_use]
    pub fn pressed(&self, context: &Context) -> Vec<Location> {
        if context.egui_wants_keyboard_input() {
            return Vec::new();
        }
        let is_pressed = |location: &Location| {
            let key = self.letter(*location).and_then(|letter| Key::from_name(letter.encode_utf8(&mut [0; 4])));
            key.is_some_and(|key| context.input_mut(|input| input.consume_key(Modifiers::SHIFT, key)))
        };
        Location::all().filter(is_pressed).collect()
    }
}

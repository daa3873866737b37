//! WORDS of the Human Protein Atlas (floor 1): its stains, its locations, and its fields.

pub mod cell_key;
pub mod channel;
pub mod field;
pub mod location;
pub mod raw;

pub use cell_key::{Anchor, CellKey};
pub use channel::Channel;
pub use field::{Field, FieldError};
pub use location::{Location, LocationSet};
pub use raw::{RawField, Samples};

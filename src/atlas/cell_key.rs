//! The name of a cell.

use serde::{Deserialize, Serialize};

/// Zero-based (row, column), at full size, of the pixel deepest inside a cell's nucleus.
pub type Anchor = (u32, u32);

/// A cell by its field and its anchor: the name that it keeps through every new segmentation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CellKey {
    /// The ID of its field.
    pub field: String,
    /// Its anchor.
    pub anchor: Anchor,
}

//! What a table says of one cell.

/// One cell of a field: where it is and what was measured of it.
#[derive(Clone, Debug, PartialEq)]
pub struct CellRow {
    /// The cell's region in its field's masks, from 1; another number after every new segmentation.
    pub cell_id: u32,
    /// Zero-based (row, column) at full size, the part of its [`CellKey`](super::CellKey) inside the field.
    pub anchor: (u32, u32),
    /// Its area at full size.
    pub area_px: u64,
    /// Its features, in the order of the table's names.
    pub features: Vec<f32>,
}

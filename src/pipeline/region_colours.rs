//! Masks as a picture: every cell in one of 24 colours, or in the colour of what it is called, its nucleus brighter.

use std::sync::Arc;

use crate::{
    atlas::{Location, LocationSet},
    imaging::{Plane, ScaledMask},
};

/// Colours that regions take in turn.
const COLOURS: usize = 24;

/// A picture of the cells of `cell_mask` and, brighter and paler, the nuclei of `nuclei_mask`, of one size; id 0 is
/// black.
///
/// Ids 1 to 24 have colours of their own and further ones repeat them. The colours go round the circle of hues three
/// times in steps of 45°, less saturated each time, the second time with hues half-way between those of the others.
///
/// # Examples
/// ```
/// use cytoscribe::{imaging::Plane, pipeline::region_colours::region_colours};
/// let cells = Plane::from_rows(&[[0, 2, 2]]);
/// let nuclei = Plane::from_rows(&[[0, 0, 2]]);
/// let picture = region_colours(&cells.into(), &nuclei.into());
/// assert_eq!(picture, Plane::from_rows(&[[[0, 0, 0], [22, 178, 0], [99, 255, 77]]]));
/// ```
#[must_use]
pub fn region_colours(cell_mask: &ScaledMask, nuclei_mask: &ScaledMask) -> Plane<[u8; 3]> {
    let colours: [[[u8; 3]; COLOURS]; 2] =
        [false, true].map(|is_nucleus| std::array::from_fn(|at| colour_at(at, is_nucleus)));
    let [cells, nuclei] = colours;
    let colour = |colours: &[[u8; 3]; COLOURS], id: u32| colours[(id as usize - 1) % COLOURS];
    let (height, width) = cell_mask.size();
    Plane::from_fn(height, width, |row, col| match (cell_mask.id((row, col)), nuclei_mask.id((row, col))) {
        (0, 0) => [0, 0, 0],
        (cell, 0) => colour(&cells, cell),
        (_, nucleus) => colour(&nuclei, nucleus),
    })
}

/// The colour of one cell, or of its nucleus, as in [`region_colours`]; `None` for the background, id 0.
#[must_use]
pub fn colour_of_cell(id: u32, is_nucleus: bool) -> Option<[u8; 3]> {
    let at = (id as usize).checked_sub(1)? % COLOURS;
    Some(colour_at(at, is_nucleus))
}

/// What the colours of cells tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum CellColours {
    /// One cell from the next.
    #[default]
    Apart,
    /// What the cells are called.
    Label(Option<Location>),
    /// Something about each cell: its colour by id - 1; `None`: it is not drawn.
    Each(Arc<[Option<[u8; 3]>]>),
}

impl CellColours {
    /// The colours of cells with these labels; of several the first counts, as in lists.
    #[must_use]
    pub fn of_labels(labels: Option<LocationSet>) -> Self {
        Self::Label(labels.and_then(|labels| labels.iter().next()))
    }

    /// The colour of the cell `id`, which is not 0, or of its nucleus.
    #[must_use]
    pub fn colour(&self, id: u32, is_nucleus: bool) -> [u8; 3] {
        let value = if is_nucleus { 1.0 } else { 0.8 };
        match *self {
            Self::Each(_) => {
                let colour = self.own(id).unwrap_or_default();
                // Half-way to white.
                if is_nucleus { colour.map(|sample| 128 + sample / 2) } else { colour }
            }
            Self::Apart => colour_of_cell(id, is_nucleus).unwrap_or([255; 3]),
            Self::Label(Some(location)) if location != Location::NEGATIVE => {
                rgb(hue_of_location(location), if is_nucleus { 0.5 } else { 0.8 }, value)
            }
            Self::Label(_) => rgb(0.0, 0.0, 0.625 * value),
        }
    }

    /// Whether the cell `id`, which is not 0, is drawn.
    #[must_use]
    pub fn draws(&self, id: u32) -> bool {
        !matches!(self, Self::Each(_)) || self.own(id).is_some()
    }

    fn own(&self, id: u32) -> Option<[u8; 3]> {
        let Self::Each(colours) = self else { return None };
        colours.get((id as usize).checked_sub(1)?).copied().flatten()
    }
}

/// The hue of a location in degrees, the same everywhere: steps of the golden ratio keep neighbours apart.
#[must_use]
pub fn hue_of_location(location: Location) -> f64 {
    (location.index() as f64 * 0.618_034).fract() * 360.0
}

fn colour_at(at: usize, is_nucleus: bool) -> [u8; 3] {
    if is_nucleus { rgb(hue(at), 0.7, 1.0) } else { rgb(hue(at), saturation(at), 0.7) }
}

/// Rounds of the circle of hues still to go, the present one included: 3, 2, 1.
fn round(at: usize) -> usize {
    3 - at / 8
}

/// In degrees.
fn hue(at: usize) -> f64 {
    let half_step = if round(at) % 2 == 1 { 22.5 } else { 0.0 };
    45.0 * (at % 8 + 1) as f64 + half_step
}

fn saturation(at: usize) -> f64 {
    0.5 + round(at) as f64 / 6.0
}

/// A colour by hue in degrees, and saturation and value from 0 to 1.
fn rgb(hue: f64, saturation: f64, value: f64) -> [u8; 3] {
    // How far each primary stands from the hue on the circle decides how much of it is taken away.
    [5.0, 3.0, 1.0].map(|primary| {
        let sixth = (primary + hue / 60.0) % 6.0;
        let taken = saturation * sixth.min(4.0 - sixth).clamp(0.0, 1.0);
        (255.0 * value * (1.0 - taken)).round_ties_even() as u8
    })
}

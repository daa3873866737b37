//! A field as a picture in full size, for a file: with outlines of its cells and a scale bar if these are asked for.

use super::{loaded_field::LoadedField, results::FoundCells};
use crate::{
    imaging::{Plane, ScaledMask},
    pipeline::{
        composite::{CompositeParams, composite},
        region_colours::colour_of_cell,
    },
};

/// What is drawn over the picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    /// Outlines of cells.
    pub cells: bool,
    /// Outlines of nuclei.
    pub nuclei: bool,
    /// A white bar of this many pixels in the lower right corner.
    pub scale_bar_px: Option<f64>,
}

/// The picture with its marks.
#[must_use]
pub fn marked_picture(
    field: &LoadedField,
    display: &CompositeParams,
    cells: Option<&FoundCells>,
    marks: &Marks,
) -> Plane<[u8; 3]> {
    let mut picture = composite(field.field(), display);
    if let Some(cells) = cells {
        if marks.cells {
            outline(&mut picture, &cells.cell_mask, false);
        }
        if marks.nuclei {
            outline(&mut picture, &cells.nuclei_mask, true);
        }
    }
    if let Some(length) = marks.scale_bar_px {
        let (height, width) = picture.size();
        let margin = width.min(height) / 40;
        let right = width.saturating_sub(margin);
        let bottom = height.saturating_sub(margin);
        for row in bottom.saturating_sub((height / 200).max(2))..bottom {
            picture.row_mut(row)[right.saturating_sub(length.round() as usize)..right].fill([255; 3]);
        }
    }
    picture
}

/// Colours the pixels of each region that have a neighbour below or to the right outside of it, or are such neighbours.
fn outline(picture: &mut Plane<[u8; 3]>, mask: &ScaledMask, is_nucleus: bool) {
    let (height, width) = picture.size();
    for row in 0..height {
        for col in 0..width {
            let id = mask.id((row, col));
            let neighbours = [(row + 1, col), (row, col + 1)];
            let inside = neighbours.into_iter().filter(|&(row, col)| row < height && col < width);
            for other in inside.map(|position| mask.id(position)).filter(|&other| other != id) {
                if let Some(colour) = colour_of_cell(id.max(other), is_nucleus) {
                    picture[(row, col)] = colour;
                }
            }
        }
    }
}

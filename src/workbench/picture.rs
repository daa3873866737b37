//! A field, or a part of it, as a picture in full size, for a file or the clipboard: with outlines of its cells and a scale bar if these are asked for.

use std::ops::Range;

use super::{loaded_field::LoadedField, results::FoundCells};
use crate::{
    imaging::{
        Plane, ScaledMask,
        lettering::{text_width, write_text},
    },
    pipeline::{
        composite::{CompositeParams, composite},
        region_colours::CellColours,
    },
};

/// A field as a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureWish {
    /// The field's place in the set.
    pub index: usize,
    /// What is to be seen of it, and over it.
    pub marks: Marks,
}

/// What of the field is in the picture, and what is drawn over it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    /// Rows and columns of the field; all of it, if not given.
    pub part: Option<(Range<usize>, Range<usize>)>,
    /// Outlines of cells.
    pub cells: bool,
    /// Outlines of nuclei.
    pub nuclei: bool,
    /// How opaque cells are filled with their colours, 0 to 1.
    pub fill: f32,
    /// What the colours tell.
    pub colours: CellColours,
    /// A bar that tells lengths, in the lower right corner.
    pub scale_bar: Option<ScaleBar>,
}

/// A white bar of a known length.
#[derive(Clone, Debug, PartialEq)]
pub struct ScaleBar {
    /// Its length in pixels of the field.
    pub length_px: f64,
    /// What is written above it.
    pub text: String,
}

/// The picture with its marks, at the field's own size.
#[must_use]
pub fn marked_picture(
    field: &LoadedField,
    display: &CompositeParams,
    cells: Option<&FoundCells>,
    marks: &Marks,
) -> Plane<[u8; 3]> {
    let mut picture = composite(field.field(), display);
    if let Some(cells) = cells {
        if marks.fill > 0.0 {
            fill(&mut picture, cells, &marks.colours, marks.fill.min(1.0));
        }
        if marks.cells {
            outline(&mut picture, cells.cell_mask(), &marks.colours, false);
        }
        if marks.nuclei {
            outline(&mut picture, cells.nuclei_mask(), &marks.colours, true);
        }
    }
    if let Some((rows, cols)) = &marks.part {
        let inside = |range: &Range<usize>, side: usize| range.start.min(side)..range.end.min(side);
        picture = picture.part(inside(rows, picture.height()), inside(cols, picture.width()));
    }
    if let Some(bar) = &marks.scale_bar {
        draw_scale_bar(&mut picture, bar);
    }
    picture
}

fn draw_scale_bar(picture: &mut Plane<[u8; 3]>, bar: &ScaleBar) {
    let (height, width) = picture.size();
    let side = width.min(height);
    let (margin, thickness) = (side / 40, (side / 200).max(2));
    let right = width.saturating_sub(margin);
    let bottom = height.saturating_sub(margin);
    let left = right.saturating_sub(bar.length_px.round() as usize);
    let top = bottom.saturating_sub(thickness);
    for row in top..bottom {
        picture.row_mut(row)[left..right].fill([255; 3]);
    }
    let letters = (side as f32 / 45.0).max(8.0);
    let corner = (top as f32 - 1.6 * letters, ((left + right) as f32 - text_width(&bar.text, letters)) / 2.0);
    write_text(picture, &bar.text, corner, letters);
}

/// Lays the colours of the cells over the picture.
fn fill(picture: &mut Plane<[u8; 3]>, cells: &FoundCells, colours: &CellColours, opacity: f32) {
    let (height, width) = picture.size();
    for position in (0..height).flat_map(|row| (0..width).map(move |col| (row, col))) {
        let colour = match (cells.cell_mask().id(position), cells.nuclei_mask().id(position)) {
            (0, 0) => continue,
            (id, 0) | (_, id) if !colours.draws(id) => continue,
            (cell, 0) => colours.colour(cell, false),
            (_, nucleus) => colours.colour(nucleus, true),
        };
        for (sample, level) in picture[position].iter_mut().zip(colour) {
            *sample = (f32::from(*sample) + opacity * (f32::from(level) - f32::from(*sample))).round() as u8;
        }
    }
}

/// Colours the pixels of each region that have a neighbour below or to the right outside of it, or are such neighbours.
pub(super) fn outline(picture: &mut Plane<[u8; 3]>, mask: &ScaledMask, colours: &CellColours, is_nucleus: bool) {
    let (height, width) = picture.size();
    for row in 0..height {
        for col in 0..width {
            let id = mask.id((row, col));
            let neighbours = [(row + 1, col), (row, col + 1)];
            let inside = neighbours.into_iter().filter(|&(row, col)| row < height && col < width);
            for other in inside.map(|position| mask.id(position)).filter(|&other| other != id) {
                if !colours.draws(id.max(other)) {
                    continue;
                }
                picture[(row, col)] = colours.colour(id.max(other), is_nucleus);
            }
        }
    }
}

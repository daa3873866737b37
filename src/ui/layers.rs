//! Pictures of what lies over the field, at the size at which cells are found: the stages of the segmentation, and the
//! cells in their colours.

use std::hash::{DefaultHasher, Hash, Hasher};

use egui::{Color32, ColorImage};

use super::view::Layer;
use crate::{
    imaging::{Plane, distance::INFINITE},
    pipeline::{
        region_colours::{CellColours, colour_of_cell},
        segmentation::Stages,
    },
    workbench::results::FoundCells,
};

/// A stage as a picture: grey from 0 to its largest value, white for background, a colour for each region.
pub fn stage_image(stages: &Stages, layer: Layer) -> ColorImage {
    match layer {
        Layer::Composite | Layer::NucleiMedian => grey(&stages.nuclei_background.median, |&level| f32::from(level)),
        Layer::CellMedian => grey(&stages.cell_background.median, |&level| f32::from(level)),
        Layer::NucleiBackground => grey(&stages.nuclei_background.background, |&is| f32::from(u8::from(!is))),
        Layer::CellBackground => grey(&stages.cell_background.background, |&is| f32::from(u8::from(!is))),
        Layer::NucleiDistance => grey(&stages.nuclei.squared_distance, |&squared| distance(squared)),
        Layer::CellDistance => grey(&stages.cells.squared_distance, |&squared| distance(squared)),
        Layer::Markers => coloured(&stages.nuclei.markers, |id| colour(id, true)),
        Layer::NucleiWatershed => coloured(&stages.nuclei.mask, |id| colour(id, true)),
        Layer::CellWatershed => coloured(&stages.cells.mask, |id| colour(id, false)),
    }
}

fn distance(squared: u32) -> f32 {
    if squared == INFINITE { 0.0 } else { (squared as f32).sqrt() }
}

fn grey<T>(plane: &Plane<T>, value: impl Fn(&T) -> f32) -> ColorImage {
    let largest = plane.samples().iter().map(&value).fold(0.0, f32::max).max(f32::MIN_POSITIVE);
    let levels = plane.samples().iter().map(|sample| (255.0 * value(sample) / largest) as u8);
    ColorImage::from_gray_iter([plane.width(), plane.height()], levels)
}

fn coloured(mask: &Plane<u32>, colour: impl Fn(u32) -> Color32) -> ColorImage {
    ColorImage::new([mask.width(), mask.height()], mask.samples().iter().map(|&id| colour(id)).collect())
}

fn colour(id: u32, is_nucleus: bool) -> Color32 {
    colour_of_cell(id, is_nucleus).map_or(Color32::BLACK, rgb)
}

fn rgb([r, g, b]: [u8; 3]) -> Color32 {
    Color32::from_rgb(r, g, b)
}

/// Tells these colours from all others.
pub fn number_of(colours: &CellColours) -> u64 {
    let mut hasher = DefaultHasher::new();
    colours.hash(&mut hasher);
    hasher.finish()
}

/// The cells and their nuclei in their colours, on nothing.
pub fn fill_image(cells: &FoundCells, colours: &CellColours) -> ColorImage {
    let (cell, nuclei) = (cells.cell_mask().computed(), cells.nuclei_mask().computed());
    let ids = cell.samples().iter().zip(nuclei.samples());
    // A table of colours is quicker than a computation for each pixel.
    let largest = ids.clone().map(|(&cell, &nucleus)| cell.max(nucleus)).max().unwrap_or(0);
    let table = [false, true].map(|is_nucleus| {
        let colour = |id: u32| colours.draws(id).then(|| rgb(colours.colour(id, is_nucleus)));
        (1..=largest).map(|id| colour(id).unwrap_or(Color32::TRANSPARENT)).collect::<Vec<_>>()
    });
    let of = |id: u32, is_nucleus: bool| table[usize::from(is_nucleus)][id as usize - 1];
    let pixels = ids.map(|(&cell, &nucleus)| match (cell, nucleus) {
        (0, 0) => Color32::TRANSPARENT,
        (cell, 0) => of(cell, false),
        (_, nucleus) => of(nucleus, true),
    });
    ColorImage::new([cell.width(), cell.height()], pixels.collect())
}

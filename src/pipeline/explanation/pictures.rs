//! Pictures of bounded size of what a stage or a cell has: shrunk where it is larger, magnified by a whole number where it
//! is much smaller, so that pixels stay squares.

use crate::{
    atlas::Field,
    imaging::{
        Plane,
        resize::{area_mean, nearest},
    },
    pipeline::{
        composite::{CompositeParams, Tones, Window},
        region_colours::colour_of_cell,
    },
};

/// The longer side of a picture is at most this many pixels.
pub const LONGEST_SIDE: usize = 360;

/// The colour of the outlines of cells.
const CELL_OUTLINE: [u8; 3] = [255, 255, 255];
/// The colour of the outlines of nuclei.
const NUCLEUS_OUTLINE: [u8; 3] = [120, 190, 255];

/// A size whose longer side is no longer than a picture's.
fn bounded((height, width): (usize, usize)) -> (usize, usize) {
    let longer = height.max(width);
    if longer <= LONGEST_SIDE {
        return (height, width);
    }
    let shrunk = |side: usize| ((side * LONGEST_SIDE + longer / 2) / longer).max(1);
    (shrunk(height), shrunk(width))
}

fn shrunk(plane: &Plane<u8>) -> Plane<u8> {
    let (height, width) = bounded(plane.size());
    area_mean(plane, height, width).map(|&mean| mean.round() as u8)
}

/// A field that is drawn several times.
pub struct Stains<'a> {
    field: &'a Field,
    /// It in small; `None` of a field without pixels.
    small: Option<Field>,
}

impl<'a> Stains<'a> {
    /// Shrinks each stain once.
    pub fn of(field: &'a Field) -> Self {
        Self { field, small: Field::new(field.planes().each_ref().map(shrunk)).ok() }
    }

    /// Drawn as `params` says, each stain from the darkest to the brightest thousandth of the whole.
    pub fn draw(&self, params: CompositeParams) -> Plane<[u8; 3]> {
        let tones = Tones::of(self.field, &automatic(params));
        self.small.as_ref().map_or_else(|| Plane::filled(0, 0, [0; 3]), |small| tones.draw(small))
    }

    /// All of them together.
    pub fn in_colour(&self) -> Plane<[u8; 3]> {
        self.draw(CompositeParams::default())
    }
}

/// How stains are drawn: each from the darkest to the brightest thousandth of its pixels.
pub fn automatic(mut params: CompositeParams) -> CompositeParams {
    params.stains.iter_mut().for_each(|stain| stain.window = Window::AUTOMATIC);
    params
}

/// Grey levels as they are.
pub fn grey(plane: &Plane<u8>) -> Plane<[u8; 3]> {
    plane.map(|&level| [level; 3])
}

/// Numbers from 0 (black) to the largest (white).
pub fn heights(plane: &Plane<f32>) -> Plane<[u8; 3]> {
    let largest = plane.samples().iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    grey(&shrunk(&plane.map(|&height| (255.0 * height / largest) as u8)))
}

/// What is inside in white.
pub fn inside(plane: &Plane<bool>) -> Plane<[u8; 3]> {
    grey(&shrunk(&plane.map(|&inside| if inside { 255 } else { 0 })))
}

/// Each region in its colour, on what is dark grey where `ground` is inside.
pub fn coloured(mask: &Plane<u32>, are_nuclei: bool, ground: Option<&Plane<bool>>) -> Plane<[u8; 3]> {
    let (height, width) = bounded(mask.size());
    let ground = ground.map(|ground| nearest(ground, height, width));
    let mask = nearest(mask, height, width);
    Plane::from_fn(height, width, |row, col| {
        let dark = if ground.as_ref().is_some_and(|ground| ground[(row, col)]) { [70; 3] } else { [0; 3] };
        colour_of_cell(mask[(row, col)], are_nuclei).unwrap_or(dark)
    })
}

/// Draws the outlines of the cells and nuclei of these masks, which show all of what the picture shows.
pub fn outlined(mut picture: Plane<[u8; 3]>, cells: Option<&Plane<u32>>, nuclei: &Plane<u32>) -> Plane<[u8; 3]> {
    let (height, width) = picture.size();
    for (mask, colour) in cells.map(|cells| (cells, CELL_OUTLINE)).into_iter().chain([(nuclei, NUCLEUS_OUTLINE)]) {
        let mask = nearest(mask, height, width);
        for row in 0..height {
            for col in 0..width {
                let id = mask[(row, col)];
                // On two sides only, or outlines of neighbours would be four pixels wide.
                let before = [(row.checked_sub(1), Some(col)), (Some(row), col.checked_sub(1))];
                let differs = |(row, col): (Option<usize>, Option<usize>)| {
                    row.zip(col).is_some_and(|position| mask[position] != id)
                };
                if before.into_iter().any(differs) {
                    picture[(row, col)] = colour;
                }
            }
        }
    }
    picture
}

/// `picture` magnified by the largest whole number that leaves it small enough.
pub fn magnified(picture: &Plane<[u8; 3]>) -> Plane<[u8; 3]> {
    let (height, width) = picture.size();
    let factor = (LONGEST_SIDE / height.max(width).max(1)).max(1);
    nearest(picture, height * factor, width * factor)
}

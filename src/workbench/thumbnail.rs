//! Small pictures of fields for lists.

use std::{error::Error, path::Path, sync::Arc};

use super::loaded_field::LoadedField;
use crate::{
    imaging::Plane,
    pipeline::{
        composite::{CompositeParams, Window, composite},
        sample_depth::SampleDepth,
    },
    storage::{FieldFiles, thumbnails},
};

/// The longer side of a small picture is at most this many pixels.
pub const SIDE: usize = 128;

/// The small picture of a field: from the folder of the project, or drawn and kept there.
///
/// # Errors
/// If the field cannot be read.
pub fn thumbnail(files: &FieldFiles, project: Option<&Path>) -> Result<Arc<Plane<[u8; 3]>>, Box<dyn Error>> {
    let path = project.map(|project| thumbnails::path(project, files));
    if let Some(picture) = path.as_deref().and_then(thumbnails::read) {
        return Ok(Arc::new(picture));
    }
    let field = LoadedField::read(files, SampleDepth::default())?;
    let picture = shrunk(&field);
    if let Some(path) = path {
        // That it is not kept costs time the next time, no more.
        let _ = thumbnails::write(&path, &picture);
    }
    Ok(Arc::new(picture))
}

/// The field as it looks best at first sight: every stain with a contrast of its own.
fn shrunk(field: &LoadedField) -> Plane<[u8; 3]> {
    let mut display = CompositeParams::default();
    display.stains.iter_mut().for_each(|stain| stain.window = Window::AUTOMATIC);
    let smallest = field.levels.last().unwrap_or(field.field());
    let picture = composite(smallest, &display);
    let step = picture.height().max(picture.width()).div_ceil(SIDE).max(1);
    Plane::from_fn(picture.height() / step, picture.width() / step, |row, col| mean(&picture, row, col, step))
}

fn mean(picture: &Plane<[u8; 3]>, row: usize, col: usize, step: usize) -> [u8; 3] {
    let mut sums = [0_usize; 3];
    for r in row * step..(row + 1) * step {
        for sample in &picture.row(r)[col * step..(col + 1) * step] {
            for (sum, &sample) in sums.iter_mut().zip(sample) {
                *sum += usize::from(sample);
            }
        }
    }
    sums.map(|sum| (sum / (step * step)) as u8)
}

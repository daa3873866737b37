//! What is missing: from the project, what the window looks at and what is there, without side effects.

use super::{
    Focus,
    cell_crop::CropKey,
    focus::Part,
    results::{CellsKey, FieldKey, PictureKey, Results},
};
use crate::{pipeline::composite::CompositeParams, project::Project, storage::ImageSet};

/// The work that is wanted now, one piece a lane.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// A field to read.
    pub field: Option<FieldKey>,
    /// A picture to draw.
    pub picture: Option<PictureKey>,
    /// Cells to find.
    pub cells: Option<CellsKey>,
    /// Cells to measure.
    pub features: Option<CellsKey>,
    /// A cell to cut out.
    pub crop: Option<CropKey>,
    /// A thumbnail to draw, by its field's place in the set.
    pub thumbnail: Option<usize>,
}

/// The key of the field at `index`.
#[must_use]
pub fn field_key(project: &Project, opening: u64, index: usize) -> FieldKey {
    FieldKey { opening, index, depth: project.sample_depth() }
}

/// The key of the cells of the field at `index`.
#[must_use]
pub fn cells_key(set: &ImageSet, project: &Project, opening: u64, index: usize) -> Option<CellsKey> {
    let files = set.fields().get(index)?;
    Some(CellsKey { field: field_key(project, opening, index), cutting: project.cutting_of(files.id()) })
}

/// What is missing of what `focus` looks at, drawn as `display` says.
#[must_use]
pub fn wanted(
    set: &ImageSet,
    opening: u64,
    project: &Project,
    display: &CompositeParams,
    focus: &Focus,
    results: &Results,
) -> Wanted {
    let key = |index| field_key(project, opening, index);
    let current = focus.field.filter(|&index| index < set.fields().len());
    let is_loaded = current.is_some_and(|index| results.field(key(index)).is_some());
    let neighbours = focus.neighbours.iter().copied().filter(|_| is_loaded);
    let field = current.into_iter().chain(neighbours).map(key).find(|&key| !results.tried(key));

    let loaded = current.filter(|_| is_loaded);
    let missing_picture = |index: usize, part: &Option<Part>| {
        let wanted = PictureKey { field: key(index), display: display.clone(), part: part.clone()? };
        let is_there = results
            .picture(wanted.field)
            .is_some_and(|there| there.inputs.display == wanted.display && there.inputs.part.covers(&wanted.part));
        (!is_there).then_some(wanted)
    };
    let mut next = focus.neighbours.iter().copied().filter(|&index| is_loaded && results.field(key(index)).is_some());
    let picture = loaded
        .and_then(|index| missing_picture(index, &focus.part))
        .or_else(|| next.find_map(|index| missing_picture(index, &focus.next_part)));
    let cells_of_current = loaded.and_then(|index| cells_key(set, project, opening, index)).filter(|_| focus.cells);
    let has = |there: Option<&CellsKey>| there.is_some() && there == cells_of_current.as_ref();
    let cells_are_there = has(results.cells.as_ref().map(|cells| &cells.inputs));
    let are_lost = has(results.uncut.as_ref().map(|uncut| &uncut.inputs));
    let features_are_there = has(results.features.as_ref().map(|features| &features.inputs));
    let crop = cells_of_current.clone().zip(focus.cell).filter(|_| cells_are_there).and_then(|(cells, id)| {
        let wanted = CropKey { cells, display: display.clone(), id };
        (results.crop.as_ref().map(|crop| &crop.inputs) != Some(&wanted)).then_some(wanted)
    });
    Wanted {
        field,
        picture,
        cells: cells_of_current.clone().filter(|_| !cells_are_there && !are_lost),
        features: cells_of_current.filter(|_| {
            (focus.cell.is_some() || focus.explanation.is_some()) && cells_are_there && !features_are_there
        }),
        crop,
        thumbnail: focus.thumbnails.iter().copied().find(|index| !results.thumbnails.contains_key(index)),
    }
}

//! The measures of all cells of a set: from single features of the store or, where these do not hold them, from the
//! cells' portraits.

use std::sync::Arc;

use rayon::prelude::*;

use super::{
    Stop,
    set_cells::{CellAt, SetCells},
};
use crate::{
    pipeline::measures::{InPortrait, Measure},
    storage::cell_store::{FieldCells, Source},
};

/// What is measured in the portraits of a field's cells; `None` for those that cannot be read.
type OfField = Arc<Vec<Option<InPortrait>>>;

/// What is measured in the portraits of a set, field by field, some 40 bytes a cell.
#[derive(Clone, Debug, Default)]
pub struct PortraitMeasures {
    fields: Vec<Option<(Source, OfField)>>,
}

impl PortraitMeasures {
    /// Those of all `cells`; what `before` holds of the same cells is taken over. Reads from the disk.
    #[must_use]
    pub fn after(before: Option<&Self>, cells: &SetCells, stop: &Stop) -> Self {
        let of_field = |(place, measured): (usize, &Option<Arc<FieldCells>>)| {
            let measured = measured.as_ref().filter(|_| !stop.is_asked())?;
            let known = before.and_then(|before| before.fields.get(place)?.as_ref());
            if let Some(known) = known.filter(|(source, _)| *source == measured.source()) {
                return Some(known.clone());
            }
            let at = |cell: usize| CellAt { field: place as u32, cell: cell as u32 };
            let portraits = (0..measured.cells.len()).map(|cell| cells.portrait(at(cell)).ok().flatten());
            let found = portraits.map(|portrait| portrait.map(|portrait| InPortrait::of(&portrait))).collect();
            Some((measured.source(), Arc::new(found)))
        };
        Self { fields: cells.fields.par_iter().enumerate().map(of_field).collect() }
    }

    fn of(&self, at: CellAt) -> Option<InPortrait> {
        let (_, cells) = self.fields.get(at.field as usize)?.as_ref()?;
        *cells.get(at.cell as usize)?
    }
}

/// The values of `measure` for some cells, which are in ascending order; not a number where it cannot be read.
/// `portraits` is asked only for measures that are taken from them. Reads from the disk.
#[must_use]
pub fn measure_values(
    cells: &SetCells,
    measure: Measure,
    chosen: &[CellAt],
    portraits: Option<&PortraitMeasures>,
) -> Vec<f32> {
    if measure.is_of_portrait() {
        let of = |at: &CellAt| {
            let known = portraits.and_then(|portraits| portraits.of(*at));
            let found = known.or_else(|| cells.portrait(*at).ok().flatten().map(|portrait| InPortrait::of(&portrait)));
            found.map_or(f32::NAN, |found| measure.of_portrait(&found))
        };
        return chosen.par_iter().map(of).collect();
    }
    let features = measure.features();
    let columns: Vec<Vec<f32>> = features.iter().map(|&feature| feature_values(cells, feature, chosen)).collect();
    let mut values = vec![0.0; columns.len()];
    let value = |cell: usize| {
        values.iter_mut().zip(&columns).for_each(|(value, column)| *value = column[cell]);
        measure.of_features(&values)
    };
    (0..chosen.len()).map(value).collect()
}

/// The values of one feature for some cells, which are in ascending order; not a number where it cannot be read. Reads
/// from the disk.
#[must_use]
pub fn feature_values(cells: &SetCells, feature: usize, chosen: &[CellAt]) -> Vec<f32> {
    let fields: Vec<&[CellAt]> = chosen.chunk_by(|one, next| one.field == next.field).collect();
    let of_field = |chosen: &&[CellAt]| {
        let field = chosen.first().and_then(|at| cells.field(at.field as usize));
        let column = field.and_then(|field| cells.store.feature(field, feature).ok()).unwrap_or_default();
        let value = move |at: &CellAt| column.get(at.cell as usize).copied().unwrap_or(f32::NAN);
        chosen.iter().map(value).collect::<Vec<f32>>()
    };
    fields.par_iter().flat_map_iter(of_field).collect()
}

//! Where a cell stands among the cells of a whole set, feature by feature.

use std::collections::BTreeMap;

use super::set_cells::SetCells;
use crate::pipeline::features::FEATURE_COUNT;

/// Cells that are looked at: for shares to within some percent, in 9 MB.
pub const SIZE: usize = 4096;

/// The features of the cells of a set, to compare with.
#[derive(Clone, Debug)]
pub struct SetFeatures {
    /// Cells of the set.
    pub cells: usize,
    /// Fields that they are from.
    pub fields: usize,
    /// The values of each feature in ascending order.
    sorted: Vec<Vec<f32>>,
}

impl SetFeatures {
    /// The features of all `cells` or, where there are many, of an even choice that follows from their names alone.
    /// Those that cannot be read are passed over. Reads from the disk.
    #[must_use]
    pub fn of(cells: &SetCells) -> Self {
        let mut chosen: Vec<(u32, &str, u32, u32, u32)> = cells
            .all()
            .filter_map(|at| {
                let (image, id) = (&cells.field(at.field as usize)?.image, cells.cell(at)?.id);
                Some((crc32fast::hash(format!("{image}/{id}").as_bytes()), image.as_str(), id, at.field, at.cell))
            })
            .collect();
        if chosen.len() > SIZE {
            chosen.select_nth_unstable(SIZE - 1);
            chosen.truncate(SIZE);
        }
        let mut by_field = BTreeMap::<u32, Vec<u32>>::new();
        for (.., field, cell) in chosen {
            by_field.entry(field).or_default().push(cell);
        }
        let mut sorted = vec![Vec::new(); FEATURE_COUNT];
        for (field, of_field) in by_field {
            let Ok(Some(features)) = cells.features_of(field as usize) else { continue };
            for cell in of_field.into_iter().filter_map(|cell| features.get(cell as usize)) {
                sorted.iter_mut().zip(cell).for_each(|(values, &value)| values.push(value));
            }
        }
        for values in &mut sorted {
            values.sort_unstable_by(f32::total_cmp);
        }
        Self { cells: cells.count(), fields: cells.measured_fields(), sorted }
    }

    /// The share of cells whose feature is larger than `value`; `None` without cells.
    #[must_use]
    pub fn share_above(&self, feature: usize, value: f32) -> Option<f64> {
        let values = self.sorted.get(feature).filter(|values| !values.is_empty())?;
        let above = values.len() - values.partition_point(|other| other.total_cmp(&value).is_le());
        Some(above as f64 / values.len() as f64)
    }
}

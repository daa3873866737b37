//! Where a cell stands among the cells of a whole set, feature by feature.

use std::collections::BTreeMap;

use super::{BatchError, FieldRecord, Part, Product};
use crate::pipeline::features::FEATURE_COUNT;

/// The features of cells of a set: of all of them or, where there are many, of an even choice that does not depend on
/// the order in which they come.
#[derive(Clone, Debug, Default)]
pub struct FeatureSample {
    /// The chosen cells by a number drawn from their names.
    chosen: BTreeMap<(u32, String, u32), Vec<f32>>,
    cells: usize,
}

impl FeatureSample {
    /// Cells that are kept: for shares to within some percent, in 9 MB.
    pub const SIZE: usize = 4096;

    /// The values of each feature in order.
    #[must_use]
    pub fn sorted(self) -> SetFeatures {
        let column = |feature: usize| {
            let mut values: Vec<f32> = self.chosen.values().map(|features| features[feature]).collect();
            values.sort_unstable_by(f32::total_cmp);
            values
        };
        SetFeatures { cells: self.cells, sorted: (0..FEATURE_COUNT).map(column).collect() }
    }
}

impl Product for &mut FeatureSample {
    fn parts(&self) -> &'static [Part] {
        &[Part::Features]
    }

    fn take(&mut self, record: &FieldRecord) -> Result<Option<String>, BatchError> {
        for cell in record.findings.iter().flat_map(|findings| &findings.cells) {
            self.cells += 1;
            let name = format!("{}/{}", record.id, cell.id);
            let key = (crc32fast::hash(name.as_bytes()), record.id.clone(), cell.id);
            let is_chosen = self.chosen.len() < FeatureSample::SIZE
                || self.chosen.last_key_value().is_some_and(|(last, _)| key < *last);
            if is_chosen {
                self.chosen.insert(key, cell.features.clone());
            }
            if self.chosen.len() > FeatureSample::SIZE {
                self.chosen.pop_last();
            }
        }
        Ok(None)
    }

    fn finish(self: Box<Self>) -> Result<(), BatchError> {
        Ok(())
    }
}

/// The features of the cells of a set, to compare with.
#[derive(Clone, Debug)]
pub struct SetFeatures {
    /// Cells of the set.
    pub cells: usize,
    /// The values of each feature in ascending order.
    sorted: Vec<Vec<f32>>,
}

impl SetFeatures {
    /// The share of cells whose feature is larger than `value`; `None` without cells.
    #[must_use]
    pub fn share_above(&self, feature: usize, value: f32) -> Option<f64> {
        let values = self.sorted.get(feature).filter(|values| !values.is_empty())?;
        let above = values.len() - values.partition_point(|other| other.total_cmp(&value).is_le());
        Some(above as f64 / values.len() as f64)
    }
}

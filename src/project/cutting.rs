//! HOW FIELDS ARE CUT into cells: all that masks follow from besides the samples. One type for everything that finds
//! cells, so that window, batch and export find the same ones; the cutting itself is done elsewhere.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use serde::Serialize;

use super::imported::{ImportedFrom, ImportedOfFields};
use crate::pipeline::{
    corrections::Corrections, measurement::MeasurementParams, sample_depth::SampleDepth,
    segmentation::SegmentationParams,
};

/// How one field is cut into cells.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Cutting {
    /// How its masks are computed.
    pub params: SegmentationParams,
    /// The masks from elsewhere that take their place, if there are some.
    pub imported: Option<ImportedFrom>,
    /// What was corrected by hand afterwards.
    pub corrections: Corrections,
}

/// A field that nobody has corrected.
impl From<SegmentationParams> for Cutting {
    fn from(params: SegmentationParams) -> Self {
        Self { params, imported: None, corrections: Corrections::default() }
    }
}

/// How the cells of one field are found: all that decides what is measured in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct FieldMeasurement {
    /// How samples become 8 bit.
    pub sample_depth: SampleDepth,
    /// How the field is cut.
    pub cutting: Cutting,
}

/// A field of a set about which nothing else is known.
impl From<MeasurementParams> for FieldMeasurement {
    fn from(MeasurementParams { sample_depth, segmentation }: MeasurementParams) -> Self {
        Self { sample_depth, cutting: segmentation.into() }
    }
}

/// The corrections of each field that has some, by its ID. Copies share one table.
pub type CorrectionsOfFields = Arc<BTreeMap<String, Corrections>>;

/// How all fields of a set are cut.
#[derive(Clone, Debug, Default)]
pub struct Cuttings {
    /// Those that have no parameters of their own.
    pub common: SegmentationParams,
    /// Those that have some, by ID.
    pub overrides: BTreeMap<String, SegmentationParams>,
    /// Those that were corrected by hand.
    pub corrections: CorrectionsOfFields,
    /// Those whose masks are from elsewhere.
    pub imported: ImportedOfFields,
    /// The folder of the project, which holds these.
    pub folder: Option<Arc<Path>>,
}

/// The table of corrections is known for itself without a look into it.
impl PartialEq for Cuttings {
    fn eq(&self, other: &Self) -> bool {
        self.common == other.common
            && self.overrides == other.overrides
            && are_same(&self.corrections, &other.corrections)
            && self.imported == other.imported
            && self.folder == other.folder
    }
}

/// Whether both tables are equal.
#[must_use]
pub fn are_same(one: &CorrectionsOfFields, other: &CorrectionsOfFields) -> bool {
    Arc::ptr_eq(one, other) || one == other
}

impl Cuttings {
    /// How the field `id` is cut.
    #[must_use]
    pub fn of(&self, id: &str) -> Cutting {
        Cutting {
            params: self.overrides.get(id).unwrap_or(&self.common).clone(),
            imported: imported_from(&self.imported, self.folder.as_ref(), id),
            corrections: self.corrections.get(id).cloned().unwrap_or_default(),
        }
    }

    /// Whether the field `id` is cut otherwise than those about which nothing is decided.
    #[must_use]
    pub fn is_own(&self, id: &str) -> bool {
        self.overrides.contains_key(id) || self.corrections.contains_key(id) || self.imported.get(id).is_some()
    }

    /// The fields that are cut otherwise, by ID.
    #[must_use]
    pub fn own(&self) -> BTreeSet<&str> {
        let own = self.overrides.keys().chain(self.corrections.keys()).map(String::as_str);
        own.chain(self.imported.ids()).collect()
    }
}

/// The imported masks of the field `id`. A project that lies nowhere has none.
pub(super) fn imported_from(all: &ImportedOfFields, folder: Option<&Arc<Path>>, id: &str) -> Option<ImportedFrom> {
    Some(ImportedFrom { masks: all.get(id)?.clone(), folder: Arc::clone(folder?) })
}

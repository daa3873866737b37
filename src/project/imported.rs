//! Masks from elsewhere that a project has taken in the place of computed ones. Not the masks themselves, which are files
//! beside the project's own: what is kept here is by what they are known.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use serde::{Deserialize, Serialize};

/// The imported masks of one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedMasks {
    /// What the names of their files begin with.
    pub name: String,
    /// CRC-32 of both masks: other masks are other inputs for all that follows from them.
    pub crc32: u32,
}

/// The imported masks of one field and where they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportedFrom {
    /// By what they are known.
    pub masks: ImportedMasks,
    /// The folder of the project. What follows from the masks does not follow from it, so that a project can be moved.
    #[serde(skip)]
    pub folder: Arc<Path>,
}

/// The imported masks of all fields that have some, by ID. Copies share one table.
#[derive(Clone, Debug, Default, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ImportedOfFields(Arc<BTreeMap<String, ImportedMasks>>);

/// One table is known for itself without a look into it, for this is asked in every frame.
impl PartialEq for ImportedOfFields {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl ImportedOfFields {
    /// The masks of the field `id`.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&ImportedMasks> {
        self.0.get(id)
    }

    /// The IDs of all fields that have some.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Number of fields that have some.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Gives fields other masks, or with `None` takes them away; returns what they had before.
    pub(super) fn change(&mut self, changes: ImportChanges) -> ImportChanges {
        let table = Arc::make_mut(&mut self.0);
        let change = |(id, masks): (String, Option<ImportedMasks>)| {
            let before = match masks {
                Some(masks) => table.insert(id.clone(), masks),
                None => table.remove(&id),
            };
            (id, before)
        };
        changes.into_iter().map(change).collect()
    }
}

/// For some fields, by ID, the masks that they are to have from now on; `None`: those that are computed.
pub type ImportChanges = BTreeMap<String, Option<ImportedMasks>>;

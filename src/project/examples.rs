//! What the segmentation is tuned by: cells that were marked good or bad, masks to be reached. Not the tuning itself.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use crate::{atlas::Anchor, pipeline::tuning::Mark};

/// The examples of a set. Copies share the marks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TuningExamples {
    /// The marks of each image that has some, by its ID and in the order of their anchors.
    pub marks: Arc<BTreeMap<String, Vec<Mark>>>,
    /// Masks from elsewhere to be reached.
    pub reference: Option<ReferencePath>,
    /// Whether images that were corrected by hand are to be reached as they are corrected.
    pub takes_corrected: bool,
}

/// Where masks to be reached are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferencePath {
    /// The file or folder.
    pub path: PathBuf,
    /// Whether masks whose names do not tell are nuclei, and not cells.
    pub unnamed_are_nuclei: bool,
}

impl TuningExamples {
    /// The marks of the image `id`.
    #[must_use]
    pub fn marks_of(&self, id: &str) -> &[Mark] {
        self.marks.get(id).map_or(&[], Vec::as_slice)
    }

    /// Number of marks in all images.
    #[must_use]
    pub fn count(&self) -> usize {
        self.marks.values().map(Vec::len).sum()
    }

    /// The examples with this mark. It takes the place of others of the same cell; the very same one is taken away.
    #[must_use]
    pub fn with(&self, id: &str, mark: Mark) -> Self {
        let is_there = self.marks_of(id).contains(&mark);
        self.changed(id, |marks| {
            marks.retain(|other| !is_of(other, mark.anchor));
            if !is_there {
                marks.push(mark);
                marks.sort_by_key(|mark| mark.anchor);
            }
        })
    }

    /// The examples without the mark of this anchor.
    #[must_use]
    pub fn without(&self, id: &str, anchor: Anchor) -> Self {
        self.changed(id, |marks| marks.retain(|mark| mark.anchor != anchor))
    }

    /// The examples without any mark.
    #[must_use]
    pub fn without_marks(&self) -> Self {
        Self { marks: Arc::default(), ..self.clone() }
    }

    /// The examples with the path of their masks told in another way.
    #[must_use]
    pub fn with_path(self, told: impl FnOnce(&Path) -> PathBuf) -> Self {
        let reference = self.reference.map(|reference| ReferencePath { path: told(&reference.path), ..reference });
        Self { reference, ..self }
    }

    fn changed(&self, id: &str, change: impl FnOnce(&mut Vec<Mark>)) -> Self {
        let mut marks = BTreeMap::clone(&self.marks);
        let of_image = marks.entry(id.to_owned()).or_default();
        change(of_image);
        if of_image.is_empty() {
            marks.remove(id);
        }
        Self { marks: Arc::new(marks), ..self.clone() }
    }
}

/// Whether a mark is of the cell with this anchor: of the same one, or of what was in its place.
fn is_of(mark: &Mark, anchor: Anchor) -> bool {
    mark.anchor == anchor || mark.region.holds(anchor)
}

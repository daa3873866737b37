//! A truth about a set, to judge what is exported: the true masks of its cells, and what each of them shows.

use std::path::{Path, PathBuf};

use super::{
    effects::{Known, KnownFrom},
    gather::Gathered,
};
use crate::{
    atlas::Location,
    imaging::Plane,
    project::labels::Verdict,
    score::CellLabels,
    storage::{
        MaskSet, cell_labels::read_cell_labels, mask_set::MaskNames, masks::MaskKind, project_place, table::TableError,
    },
};

/// What cells really show, and where they are.
#[derive(Debug)]
pub struct Truth {
    /// The masks of cells.
    pub masks: MaskSet,
    /// What they show.
    pub labels: CellLabels,
}

impl Truth {
    /// Reads `cells.csv` in `folder`; the true masks lie beside it.
    ///
    /// # Errors
    /// If the table or the folder cannot be read.
    pub fn read(folder: &Path) -> Result<Self, TableError> {
        let (labels, _) = read_cell_labels(&folder.join(TABLE))?;
        Ok(Self { labels, masks: MaskSet::open(folder, MaskKind::Cells, MaskNames::Ending)? })
    }
}

const TABLE: &str = "cells.csv";

/// The truth that lies beside the set in `root`, where synthetic sets have theirs: `truth/<name>` for the set `<name>`.
#[must_use]
pub fn truth_beside(root: &Path) -> Option<PathBuf> {
    let folder = root.parent()?.join("truth").join(root.file_name()?);
    project_place::is_folder(&folder)
        .then_some(folder)
        .filter(|folder| crate::storage::FileStamp::of(&folder.join(TABLE)).is_some())
}

/// What is known of every cell that counts: by the truth about the cell that its anchor lies on, if there is a truth, or
/// by what was decided about it. The grade in the middle decides nothing.
#[must_use]
pub fn known(gathered: &Gathered, truth: Option<&Truth>) -> (Vec<Known>, KnownFrom) {
    let Some(truth) = truth else {
        let decided =
            gathered.cells().map(|(_, cell)| cell.decisions.verdicts.map(|verdict| verdict.and_then(Verdict::leaning)));
        return (decided.collect(), KnownFrom::Decisions);
    };
    let mut known = Vec::new();
    for field in &gathered.fields {
        let mask: Option<Plane<u32>> = truth.masks.read(&field.id).and_then(Result::ok);
        let mask = mask.filter(|mask| Some(mask.size()) == field.size);
        let of_field = truth.labels.get(&field.id);
        known.extend(field.cells.iter().map(|cell| {
            let shown = cell
                .measured
                .zip(mask.as_ref())
                .and_then(|(((row, col), _), mask)| of_field?.get(&mask[(row as usize, col as usize)]));
            let mut known: Known = [None; Location::COUNT];
            if let Some(shown) = shown {
                Location::all().for_each(|location| known[location.index()] = Some(shown.contains(location)));
            }
            known
        }));
    }
    (known, KnownFrom::Truth)
}

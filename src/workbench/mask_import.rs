//! Taking masks from elsewhere into a project: read, laid on their images, made whole, and copied beside the project's
//! file. What goes wrong with one image costs that image alone.

use std::{
    collections::BTreeMap,
    error::Error,
    path::{Path, PathBuf},
};

use super::{fault::in_words, in_order::in_order, whole_set::Watch};
use crate::{
    pipeline::{
        foreign_masks::{GivenMasks, Mending, completed, paired},
        sample_depth::field_at_8_bit,
    },
    project::{ImportedMasks, Project, imported::ImportChanges},
    storage::{
        FieldFiles, ImageSet, MaskImport, imported_masks, mask_import::MaskImportError, masks::MaskKind, read_field,
        read_size,
    },
};

/// What is to be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportWish {
    /// The file or folder.
    pub path: PathBuf,
    /// What masks are whose names do not tell.
    pub unnamed: MaskKind,
    /// The ID of the only image that is to have masks of it; `None`: all of the set.
    pub only: Option<String>,
}

/// What came of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// The images that have imported masks now.
    pub imported: Vec<ImportedField>,
    /// The images that do not, although there were masks for them, with the reason.
    pub failures: Vec<(String, String)>,
    /// The images of which there are no masks.
    pub without_masks: Vec<String>,
    /// Masks of which there are no images, by their IDs.
    pub without_image: Vec<String>,
    /// Folders that could not be read, a sentence each.
    pub problems: Vec<String>,
    /// What the project is to remember.
    pub changes: ImportChanges,
}

/// An image whose masks were imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedField {
    /// Its ID.
    pub id: String,
    /// Number of its cells.
    pub cells: usize,
    /// What had to be done to make its masks whole.
    pub mending: Mending,
    /// Pixels that two masks claimed.
    pub overlapping_px: usize,
}

/// Why nothing is imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// There is nothing to be read.
    #[error(transparent)]
    Masks(#[from] MaskImportError),
    /// Nuclei alone have no cells.
    #[error("the set has nuclei only, so masks cannot take the place of its cells — {}", .0.display())]
    NucleusOnly(PathBuf),
    /// The masks are of other images.
    #[error("none of the masks ({}) is of an image of the set: their names should begin with the ID of an image — {}",
        .ids.join(", "), path.display())]
    NoImage {
        /// The IDs that they have, or the first of them.
        ids: Vec<String>,
        /// The file or folder.
        path: PathBuf,
    },
    /// Somebody asked to stop; nothing has changed.
    #[error("stopped: no masks were imported")]
    Stopped,
}

impl ImportReport {
    /// What came of it, a sentence each; failures and what is missing come one by one elsewhere.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let sum = |count: fn(&ImportedField) -> usize| self.imported.iter().map(count).sum::<usize>();
        let cells = sum(|field| field.cells);
        let mut sentences = vec![format!("{} images have imported masks, with {cells} cells", self.imported.len())];
        let mut tell = |count: usize, words: &str| {
            if count > 0 {
                sentences.push(format!("{count} {words}"));
            }
        };
        tell(self.failures.len(), "images keep their masks, as those from elsewhere cannot be used");
        tell(self.without_masks.len(), "images keep their masks, as there are none from elsewhere");
        tell(self.without_image.len(), "masks are of no image of the set");
        tell(sum(|field| field.mending.made_nuclei), "cells had no nucleus and were given one by their shape");
        tell(sum(|field| field.mending.joined_nuclei), "nuclei were joined to another one in their cell");
        tell(sum(|field| field.mending.lost_nuclei), "nuclei lie in no cell and were left out");
        tell(sum(|field| field.overlapping_px), "pixels were claimed by two cells and went to the earlier one");
        sentences
    }
}

/// The fields that masks are for: their files, and the ID under which the masks are found.
type Wanted<'a> = Vec<(&'a FieldFiles, String)>;

/// Imports what `wish` says into the project in `folder`. The report tells what the project is to remember; it is not
/// changed here.
///
/// # Errors
/// If nothing can be read at all, it fits no image, or the work was stopped.
pub fn import_masks(
    set: &ImageSet,
    project: &Project,
    folder: &Path,
    wish: &ImportWish,
    watch: Watch,
) -> Result<ImportReport, ImportError> {
    if set.is_nucleus_only() {
        return Err(ImportError::NucleusOnly(set.root().to_owned()));
    }
    let masks = MaskImport::open(&wish.path, wish.unnamed)?;
    let mut report = ImportReport {
        problems: masks.unreadable.iter().map(ToString::to_string).collect(),
        ..ImportReport::default()
    };
    let wanted = wanted(set, &masks, wish, &mut report)?;
    let work = |(files, id): &(&FieldFiles, String)| {
        if watch.stop.is_asked() {
            return None;
        }
        Some(in_words(|| import_one(files, id, &masks, project, folder)))
    };
    in_order(&wanted, work, |(files, _), imported| {
        let id = files.id().to_owned();
        match imported.ok_or(ImportError::Stopped)? {
            Ok((masks, field)) => {
                report.changes.insert(id, Some(masks));
                report.imported.push(field);
            }
            Err(reason) => report.failures.push((id, reason)),
        }
        watch.progress.add(1);
        (watch.wake)();
        Ok::<_, ImportError>(())
    })?;
    Ok(report)
}

fn wanted<'a>(
    set: &'a ImageSet,
    masks: &MaskImport,
    wish: &ImportWish,
    report: &mut ImportReport,
) -> Result<Wanted<'a>, ImportError> {
    let mut wanted = Wanted::new();
    let mut ids = masks.ids();
    let single = (ids.next(), ids.next());
    for files in set.fields().iter().filter(|files| wish.only.as_deref().is_none_or(|only| only == files.id())) {
        // For one image, one mask is the right one, whatever it is called.
        let other = single.0.filter(|_| wish.only.is_some() && single.1.is_none());
        match Some(files.id()).filter(|id| masks.has(id)).or(other) {
            Some(id) => wanted.push((files, id.to_owned())),
            None => report.without_masks.push(files.id().to_owned()),
        }
    }
    if wanted.is_empty() {
        let ids = masks.ids().take(3).map(str::to_owned).collect();
        return Err(ImportError::NoImage { ids, path: wish.path.clone() });
    }
    if wish.only.is_none() {
        report.without_image = masks.ids().filter(|id| set.field(id).is_none()).map(str::to_owned).collect();
    }
    Ok(wanted)
}

fn import_one(
    files: &FieldFiles,
    id: &str,
    masks: &MaskImport,
    project: &Project,
    folder: &Path,
) -> Result<(ImportedMasks, ImportedField), Box<dyn Error>> {
    let found = masks.read(id).ok_or("it has no masks")??;
    let given = GivenMasks { nuclei: found.nuclei.as_ref(), cells: found.cells.as_ref() };
    let at = |reason: &dyn Error| format!("{reason} — {}", masks.place_of(id).display());
    // Before the image is decoded, which takes longer.
    let size = read_size(files);
    if let Some(size) = size {
        given.check_size(size).map_err(|differs| at(&differs))?;
    }
    let (segmentation, mending) = match (given.nuclei, given.cells) {
        (Some(nuclei), Some(cells)) if size.is_some() => paired(nuclei, cells),
        _ => {
            let (field, _) = field_at_8_bit(read_field(files)?, project.sample_depth());
            completed(&field, given, project.segmentation_of(files.id())).map_err(|differs| at(&differs))?
        }
    };
    let imported = imported_masks::write(folder, files.id(), &segmentation.nuclei_mask, &segmentation.cell_mask)?;
    let cells = crate::imaging::regions::regions(&segmentation.cell_mask).len();
    let field = ImportedField { id: files.id().to_owned(), cells, mending, overlapping_px: found.overlapping_px };
    Ok((imported, field))
}

/// The changes that bring these fields, or all, back to computed masks.
#[must_use]
pub fn back_to_computed(project: &Project, only: Option<&str>) -> ImportChanges {
    let ids = project.imported().ids().filter(|id| only.is_none_or(|only| only == *id));
    ids.map(|id| (id.to_owned(), None)).collect::<BTreeMap<_, _>>()
}

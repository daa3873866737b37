//! Masks from elsewhere in the window: importing them, and comparing those of the set with others.

use std::sync::Arc;

use super::Workbench;
use crate::{
    project::Edit,
    workbench::{
        Focus,
        compare::{Compared, OpenOthers, Others, compare, compare_set},
        lane::{Computed, Lane},
        mask_import::{ImportReport, ImportWish, import_masks},
        results::{CellsKey, SetKey},
        scoring::MaskReport,
        whole_set::{Progress, Watch},
    },
};

/// What the window may ask about masks from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MaskCommand {
    /// Import these.
    Import(ImportWish),
    /// Stop that.
    StopImport,
    /// Compare the masks of the set with these from now on; `None`: with none.
    Compare(Option<Others>),
    /// Compare all images.
    CompareAll,
    /// Stop that.
    StopComparing,
}

/// The comparison of one image follows from its cells and from the others, which are counted.
type OfImage = (CellsKey, u64);

/// What is known of masks from elsewhere.
#[derive(Default)]
pub(super) struct MaskDesk {
    import: Lane<(u64, ImportWish), ImportReport>,
    imported: Progress,
    last_import: Option<Result<ImportReport, String>>,
    opening: Lane<Others, OpenOthers>,
    others: Option<(Others, Arc<OpenOthers>)>,
    /// Counts the others that were opened.
    openings: u64,
    of_image: Lane<OfImage, Compared>,
    compared: Option<Computed<OfImage, Result<Arc<Compared>, String>>>,
    of_set: Lane<(SetKey, u64), MaskReport>,
    compared_images: Progress,
    report: Option<Computed<(SetKey, u64), MaskReport>>,
}

impl MaskDesk {
    /// Whether nothing is being worked on.
    pub(super) fn is_at_rest(&self) -> bool {
        self.import.is_free() && self.opening.is_free() && self.of_image.is_free() && self.of_set.is_free()
    }

    /// Stops what is going on.
    pub(super) fn stop(&self) {
        self.import.stop();
        self.of_set.stop();
    }
}

impl Workbench {
    /// How many images have been looked at by the import that runs, if one does.
    #[must_use]
    pub fn importing(&self) -> Option<usize> {
        (!self.masks.import.is_free()).then(|| self.masks.imported.done())
    }

    /// What came of the last import into this set.
    #[must_use]
    pub fn last_import(&self) -> Option<Result<&ImportReport, &str>> {
        Some(self.masks.last_import.as_ref()?.as_ref().map_err(String::as_str))
    }

    /// What the masks of the set are compared with.
    #[must_use]
    pub fn compared_with(&self) -> Option<&Others> {
        self.masks.others.as_ref().map(|(others, _)| others)
    }

    /// The masks of the image at `index` beside the others, or why there is nothing to see; `None`: not yet.
    #[must_use]
    pub fn compared(&self, index: usize) -> Option<Result<&Arc<Compared>, &str>> {
        let compared = self.masks.compared.as_ref()?;
        let is_of_it = compared.inputs.0.field == self.field_key(index) && compared.inputs.1 == self.masks.openings;
        is_of_it.then(|| compared.value.as_ref().map_err(String::as_str))
    }

    /// How many images have been compared so far, while all are.
    #[must_use]
    pub fn comparing_all(&self) -> Option<usize> {
        (!self.masks.of_set.is_free()).then(|| self.masks.compared_images.done())
    }

    /// The masks of all images beside the others, and whether that still holds.
    #[must_use]
    pub fn compared_set(&self) -> Option<(&MaskReport, bool)> {
        let report = self.masks.report.as_ref().filter(|report| report.inputs.1 == self.masks.openings)?;
        Some((&report.value, self.is_current(&report.inputs.0)))
    }

    pub(super) fn run_masks(&mut self, command: MaskCommand) {
        match command {
            MaskCommand::Import(wish) => self.start_import(wish),
            MaskCommand::StopImport => self.masks.import.stop(),
            MaskCommand::Compare(None) => {
                self.masks.of_set.stop();
                self.masks.others = None;
                self.masks.openings += 1;
            }
            MaskCommand::Compare(Some(others)) => {
                if self.masks.opening.is_free() {
                    let wanted = others.clone();
                    self.masks.opening.start(others, &self.wake, move |_| Ok(wanted.open()?));
                }
            }
            MaskCommand::CompareAll => self.start_comparing(),
            MaskCommand::StopComparing => self.masks.of_set.stop(),
        }
    }

    fn start_import(&mut self, wish: ImportWish) {
        let Some(opened) = self.opened.as_ref().filter(|_| self.masks.import.is_free()) else { return };
        let Some(folder) = opened.folder.clone() else {
            self.fail("masks cannot be imported here, as nothing of it would be kept".to_owned());
            return;
        };
        self.masks.imported = Progress::default();
        let (set, project) = (Arc::clone(&opened.set), self.project.without_labels());
        let (progress, wake) = (self.masks.imported.clone(), Arc::clone(&self.wake));
        self.masks.import.start((self.openings, wish.clone()), &self.wake, move |stop| {
            let watch = Watch { stop, progress: &progress, wake: &*wake };
            Ok(import_masks(&set, &project, &folder, &wish, watch)?)
        });
    }

    fn start_comparing(&mut self) {
        let Some(opened) = self.opened.as_ref().filter(|_| self.masks.of_set.is_free()) else { return };
        let Some((_, others)) = &self.masks.others else { return };
        self.masks.compared_images = Progress::default();
        let (set, project) = (Arc::clone(&opened.set), self.project.without_labels());
        let (progress, wake, others) = (self.masks.compared_images.clone(), Arc::clone(&self.wake), Arc::clone(others));
        let key = (SetKey::of(&self.project, self.openings), self.masks.openings);
        self.masks.of_set.start(key, &self.wake, move |stop| {
            let watch = Watch { stop, progress: &progress, wake: &*wake };
            Ok(super::super::whole_set::aside(|| compare_set(&set, &project, &others, watch))?)
        });
    }

    /// Takes in what is done.
    pub(super) fn take_masks(&mut self) {
        if let Some(Computed { inputs, value }) = self.masks.import.take().filter(|done| done.inputs.0 == self.openings)
        {
            match &value {
                Ok(report) => {
                    let images = report.imported.len();
                    let place = inputs.1.path.display();
                    if !report.changes.is_empty() {
                        // What was decided before is about the cells of before.
                        self.finish_bulk();
                        self.history.end_gesture();
                        self.edit(Edit::ImportedMasks(report.changes.clone()));
                    }
                    self.notice(format!("{images} images have imported masks now — {place}"), images == 0);
                }
                Err(reason) => self.notice(reason.clone(), !reason.starts_with("stopped")),
            }
            self.masks.last_import = Some(value);
        }
        match self.masks.opening.take() {
            Some(Computed { inputs, value: Ok(others) }) => {
                self.masks.of_set.stop();
                self.masks.others = Some((inputs, Arc::new(others)));
                self.masks.openings += 1;
            }
            Some(Computed { value: Err(reason), .. }) => self.fail(reason),
            None => {}
        }
        if let Some(Computed { inputs, value }) = self.masks.of_image.take() {
            self.masks.compared = Some(Computed { inputs, value: value.map(Arc::new) });
        }
        match self.masks.of_set.take() {
            Some(Computed { inputs, value: Ok(value) }) => self.masks.report = Some(Computed { inputs, value }),
            Some(Computed { value: Err(reason), .. }) => self.notice(reason.clone(), !reason.starts_with("stopped")),
            None => {}
        }
    }

    /// Compares the image that is looked at, if its cells are there.
    pub(super) fn start_masks(&mut self, focus: &Focus) {
        let Some((_, others)) = self.masks.others.as_ref().filter(|_| self.masks.of_image.is_free()) else { return };
        let Some(index) = focus.field else { return };
        let Some(cells) = self.results.cells.as_ref().filter(|cells| cells.inputs.field.index == index) else { return };
        let key = (cells.inputs.clone(), self.masks.openings);
        if self.cells_key(index).as_ref() != Some(&key.0)
            || self.masks.compared.as_ref().is_some_and(|compared| compared.inputs == key)
        {
            return;
        }
        let files = self.opened.as_ref().and_then(|opened| opened.set.fields().get(index));
        let field = self.results.field(key.0.field).cloned();
        let Some((id, field)) = files.map(|files| files.id().to_owned()).zip(field) else { return };
        let (found, others, project) = (Arc::clone(&cells.value), Arc::clone(others), self.project.without_labels());
        self.masks.of_image.start(key, &self.wake, move |_| {
            let other = others.read(field.field(), &id, &project)?;
            compare(&other, found.nuclei_mask(), found.cell_mask())
        });
    }
}

//! What comes in from the lanes, and what is started on them.

use std::{
    path::Path,
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use super::{Known, Lanes, WholeSetDone, Workbench};
use crate::{
    pipeline::corrections::Corrections,
    project::Edit,
    workbench::{
        BatchReport, Focus,
        cell_crop::cell_crop,
        feature_sample::SetFeatures,
        lane::Computed,
        loaded_field::LoadedField,
        opening::{Opening, label_problems},
        results::{CellsKey, FoundCells, SetKey},
        set_cells::SetCells,
        thumbnail::thumbnail,
        wanted::{self, Wanted},
        whole_set::{WholeSet, mask_folder},
    },
};

/// Failures that are shown one by one.
const SHOWN: usize = 5;

impl Workbench {
    /// Takes in what is done.
    pub(super) fn take_in(&mut self, focus: &Focus) {
        match self.lanes.opening.take().map(|opening| opening.value) {
            Some(Ok(Opening::Set(opened))) => self.take_opened(*opened),
            Some(Ok(Opening::Moved(moved))) => self.moved = Some(moved),
            Some(Err(reason)) => self.fail(reason),
            None => {}
        }
        self.take_field(focus);
        self.take_cells();
        self.take_files();
        self.take_whole_set();
        self.take_deck();
        self.take_gallery(focus);
        self.take_model();
        self.take_exports();
        self.take_bulk();
        self.take_masks();
        self.take_rules();
        self.take_scatter();
        self.take_explanations();
        self.take_field_doubts();
        self.take_tuning();
    }

    /// Waits for the picture and the cells of the field in view, if they are being made, but not longer than this; what
    /// has come is taken in. Whether anything has.
    pub fn wait_for_view(&mut self, focus: &Focus, at_most: Duration) -> bool {
        let Some(field) = focus.field.map(|index| self.field_key(index)) else { return false };
        let until = Instant::now() + at_most;
        let left = || until.saturating_duration_since(Instant::now());
        let Lanes { picture, cells, .. } = &mut self.lanes;
        let has_picture = picture.inputs().is_some_and(|picture| picture.field == field) && picture.wait(left());
        let has_cells = cells.inputs().is_some_and(|cells| cells.field == field) && cells.wait(left());
        if has_picture {
            self.take_field(focus);
        }
        if has_cells {
            self.take_cells();
        }
        has_picture || has_cells
    }

    /// What is read and drawn.
    fn take_field(&mut self, focus: &Focus) {
        let opening = self.openings;
        if let Some(read) = self.lanes.field.take().filter(|read| read.inputs.opening == opening) {
            let kept = focus.field.map(|index| self.field_key(index));
            self.results.keep_field(read, kept);
        }
        if let Some(drawn) = self.lanes.picture.take().filter(|drawn| drawn.inputs.field.opening == opening) {
            match drawn.value {
                Ok(value) => {
                    let shown = focus.field.map(|index| self.field_key(index));
                    self.results.keep_picture(Computed { inputs: drawn.inputs, value }, shown);
                }
                Err(reason) => self.fail(reason),
            }
        }
        if let Some(Computed { inputs, value }) = self.lanes.thumbnail.take().filter(|done| done.inputs.0 == opening) {
            self.results.thumbnails.insert(inputs.1, value);
            self.results.revision += 1;
        }
    }

    /// What is found and measured.
    fn take_cells(&mut self) {
        let opening = self.openings;
        if let Some(found) = self.lanes.cells.take().filter(|found| found.inputs.field.opening == opening) {
            match found.value {
                Ok(value) => {
                    self.results.count_cells(found.inputs.clone(), Ok(value.count()));
                    self.results.keep_signs(found.inputs.clone(), Arc::clone(&value.signs));
                    self.tell_of_vain_correction(&found.inputs, &value);
                    self.results.cells = Some(Computed { inputs: found.inputs, value });
                }
                Err(reason) => {
                    // It is not tried again and again.
                    self.results.uncut = Some(Computed { inputs: found.inputs, value: reason.clone() });
                    self.fail(reason);
                }
            }
        }
        if let Some(measured) = self.lanes.features.take().filter(|done| done.inputs.field.opening == opening) {
            match measured.value {
                Ok(value) => self.results.features = Some(Computed { inputs: measured.inputs, value }),
                Err(reason) => self.fail(reason),
            }
        }
        if let Some(cut) = self.lanes.crop.take().filter(|cut| cut.inputs.cells.field.opening == opening) {
            match cut.value {
                Ok(value) => self.results.crop = Some(Computed { inputs: cut.inputs, value: value.map(Arc::new) }),
                Err(reason) => self.fail(reason),
            }
        }
    }

    /// A correction that was just made and could not be done is told at once, not only in the list.
    fn tell_of_vain_correction(&mut self, inputs: &CellsKey, found: &FoundCells) {
        let Some(before) = self.results.cells.as_ref().filter(|before| before.inputs.field == inputs.field) else {
            return;
        };
        let [before, now] = [&before.inputs.cutting.corrections, &inputs.cutting.corrections].map(Corrections::all);
        let Some((last, others)) = now.split_last().filter(|(_, others)| *others == before) else { return };
        if found.corrected.lost.last() == Some(&others.len()) {
            self.notice(format!("{}: nothing was changed, as it could not be done here", last.name()), false);
        }
    }

    /// What is written.
    fn take_files(&mut self) {
        self.take_saved();
        self.take_moved_project();
        self.take_labels();
        self.take_exchanged();
        if let Some(Computed { inputs: path, value }) = self.lanes.picture_file.take() {
            match value {
                Ok(()) => self.notice(format!("the image is saved — {}", path.display()), false),
                Err(reason) => self.fail(reason),
            }
        }
        match self.lanes.copying.take().map(|copied| copied.value) {
            Some(Ok(picture)) => self.copied = Some(picture),
            Some(Err(reason)) => self.fail(reason),
            None => {}
        }
    }

    /// Labels that were asked for, or that an undone choice has brought back.
    fn take_labels(&mut self) {
        let opening = self.openings;
        let Some(read) = self.lanes.labels.take().filter(|read| read.inputs.0 == opening) else { return };
        let Some(opened) = &mut self.opened else { return };
        let (_, path) = read.inputs;
        let is_choice = self.project.label_file() != path.as_deref();
        match read.value {
            Ok(labels) => {
                let of = |id: &str| labels.as_ref().and_then(|labels| labels.by_id.get(id)).copied();
                opened.labels = opened.set.fields().iter().map(|files| of(files.id())).collect();
                opened.label_file.clone_from(&path);
                opened.label_readings += 1;
                let (labelled, total) = (opened.labels.iter().flatten().count(), opened.labels.len());
                if let Some((labels, path)) = labels.zip(path.as_ref()).filter(|_| is_choice) {
                    let words = format!("{labelled} of {total} images have labels now — {}", path.display());
                    self.notice(words, labelled == 0);
                    for problem in label_problems(&labels, path) {
                        self.fail(problem);
                    }
                }
                if is_choice {
                    self.history.end_gesture();
                    self.edit(Edit::LabelFile(path));
                }
                self.changes += 1;
            }
            Err(reason) => {
                if !is_choice {
                    // It is not tried again and again.
                    opened.label_file = path;
                    opened.labels.fill(None);
                    opened.label_readings += 1;
                    self.changes += 1;
                }
                self.fail(reason);
            }
        }
    }

    /// What was done with all fields.
    fn take_whole_set(&mut self) {
        let opening = self.openings;
        if let Some(known) = self.lanes.known.take().filter(|known| known.inputs.opening == opening) {
            match known.value {
                Ok(found) => self.take_known(known.inputs, found),
                Err(reason) => {
                    self.results.known = Some(known.inputs);
                    self.fail(reason);
                }
            }
        }
        self.take_fresh_cells();
        if let Some(sampled) = self.lanes.set_features.take().filter(|sampled| sampled.inputs.opening == opening) {
            match sampled.value {
                Ok(value) => {
                    self.results.set_features = Some(Computed { inputs: sampled.inputs, value: Arc::new(value) });
                }
                Err(reason) => self.fail(reason),
            }
        }
        let Some(Computed { inputs, value }) = self.lanes.whole_set.take() else { return };
        self.whole_set_task = None;
        if inputs.opening != opening {
            return;
        }
        match value {
            Ok(WholeSetDone::Segmented(report)) => {
                let folder = self.opened.as_ref().and_then(|opened| opened.folder.as_deref()).map(mask_folder);
                let place = folder.unwrap_or_default();
                let (read, cells) = (report.read, report.cells);
                self.notice(format!("{read} images with {cells} cells; their masks are in {}", place.display()), false);
                self.fail_for(&report);
            }
            Ok(WholeSetDone::Measured(report, cells)) => {
                self.notice(format!("{} cells of {} images are measured", report.cells, report.read), false);
                self.fail_for(&report);
                self.take_set_cells(inputs, cells);
            }
            Err(reason) => self.notice(reason, false),
        }
        // What the disk holds is to be looked at anew.
        self.results.known = None;
    }

    fn take_known(&mut self, inputs: SetKey, found: Known) {
        // Of other parameters than those in force now it is of no use.
        if self.is_current(&inputs) {
            for (index, signs) in found.masks {
                let Some(key) = self.cells_key(index) else { continue };
                self.results
                    .count_cells(key.clone(), signs.as_ref().map(|signs| signs.cell_count).map_err(String::clone));
                if let Ok(signs) = signs {
                    self.results.keep_signs(key, Arc::new(signs));
                }
            }
            if let Some(cells) = found.cells {
                self.take_set_cells(inputs.clone(), cells);
            } else {
                self.results.set_cells = None;
                self.results.cells_revision += 1;
            }
        }
        self.results.known = Some(inputs);
    }

    /// Cells that are measured while others still are being measured.
    fn take_fresh_cells(&mut self) {
        let fresh = self.fresh_cells.lock().unwrap_or_else(PoisonError::into_inner).take();
        let inputs = self.lanes.whole_set.inputs().filter(|inputs| inputs.opening == self.openings).cloned();
        if let Some((cells, inputs)) = fresh.zip(inputs) {
            self.take_set_cells(inputs, cells);
        }
    }

    fn take_set_cells(&mut self, inputs: SetKey, cells: SetCells) {
        let before = self.results.set_cells.as_ref().filter(|before| before.inputs == inputs);
        let before = before.map(|before| Arc::clone(&before.value));
        let is_same = |place: usize| match (before.as_ref().and_then(|before| before.field(place)), cells.field(place))
        {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other) || one == other,
            (one, other) => one.is_none() && other.is_none(),
        };
        let changed: Vec<usize> = (0..cells.fields.len()).filter(|&place| !is_same(place)).collect();
        if before.is_some() && changed.is_empty() {
            return;
        }
        if self.is_current(&inputs) {
            for (place, cells) in changed.into_iter().filter_map(|place| Some((place, cells.field(place)?))) {
                if let Some(key) = self.cells_key(place) {
                    self.results.count_cells(key, Ok(cells.cell_count));
                }
            }
        }
        self.results.set_cells = Some(Computed { inputs, value: Arc::new(cells) });
        self.results.cells_revision += 1;
    }

    fn fail_for(&mut self, report: &BatchReport) {
        for (id, reason) in report.failures.iter().take(SHOWN) {
            self.fail(format!("{id}: {reason}"));
        }
        let more = report.failures.len().saturating_sub(SHOWN);
        if more > 0 {
            self.fail(format!("and {more} more images failed"));
        }
    }

    /// Starts what `focus` asks for and is not there.
    pub(super) fn start_wanted(&mut self, focus: &Focus) {
        let Some(opened) = &self.opened else { return };
        let set = &opened.set;
        let Wanted { field, picture, cells, features, crop, thumbnail: small } =
            wanted::wanted(set, self.openings, &self.project, self.display(), focus, &self.results);
        let (lanes, wake, results) = (&mut self.lanes, &self.wake, &self.results);
        if let Some(key) = field.filter(|_| lanes.field.is_free()) {
            let files = set.fields()[key.index].clone();
            lanes.field.start(key, wake, move |_| Ok(Arc::new(LoadedField::read(&files, key.depth)?)));
        }
        if let Some(key) = picture.filter(|_| lanes.picture.is_free())
            && let Some(field) = results.field(key.field).cloned()
        {
            let (part, display) = (key.part.clone(), key.display.clone());
            lanes.picture.start(key, wake, move |_| Ok(Arc::new(field.picture(&part, &display))));
        }
        if let Some(key) = cells.filter(|_| lanes.cells.is_free())
            && let Some(field) = results.field(key.field).cloned()
        {
            // Stages of the same field may be taken over in part.
            let before = results.cells.as_ref().filter(|cells| cells.inputs.field == key.field);
            let before = before.map(|cells| (cells.inputs.cutting.clone(), Arc::clone(&cells.value)));
            let cutting = key.cutting.clone();
            lanes.cells.start(key, wake, move |_| {
                let before = before.as_ref().map(|(cutting, found)| (cutting, &**found));
                Ok(Arc::new(FoundCells::find(field.field(), &cutting, before)?))
            });
        }
        let found = results.cells.as_ref().map(|cells| Arc::clone(&cells.value));
        if let Some(key) = features.filter(|_| lanes.features.is_free())
            && let Some((field, cells)) = results.field(key.field).cloned().zip(found.clone())
        {
            lanes.features.start(key, wake, move |_| Ok(Arc::new(cells.measured(&field))));
        }
        if let Some(key) = crop.filter(|_| lanes.crop.is_free())
            && let Some((field, cells)) = results.field(key.cells.field).cloned().zip(found)
        {
            let (display, id) = (key.display.clone(), key.id);
            lanes.crop.start(key, wake, move |_| Ok(cell_crop(&field, &cells, &display, id)));
        }
        if let Some(index) = small.filter(|_| lanes.thumbnail.is_free()) {
            let (files, folder) = (set.fields()[index].clone(), opened.folder.clone());
            lanes.thumbnail.start((self.openings, index), wake, move |_| thumbnail(&files, folder.as_deref()));
        }
        self.start_known();
        self.start_deck(focus);
        self.start_set_features(focus);
        self.start_gallery(focus);
        self.start_model(focus);
        self.start_after_export(focus);
        self.start_bulk();
        self.start_masks(focus);
        self.start_rules(focus);
        self.start_scatter(focus);
        self.start_explanations(focus);
        self.start_field_doubts();
        self.start_tiles(focus);
        let opened_with = self.opened.as_ref().map(|opened| opened.label_file.as_deref());
        if opened_with.is_some_and(|path| path != self.project.label_file()) {
            self.read_labels(self.project.label_file().map(Path::to_owned));
        }
    }

    /// Looks up what earlier work has left, when nothing is being changed or done about it.
    fn start_known(&mut self) {
        let Some(opened) = self.opened.as_ref() else { return };
        let is_quiet = self.save_at.is_none() && self.lanes.whole_set.is_free() && self.lanes.known.is_free();
        let Some(folder) = opened.folder.clone().filter(|_| is_quiet) else { return };
        if !self.results.known.as_ref().is_some_and(|known| self.is_current(known)) {
            let key = SetKey::of(&self.project, self.openings);
            let (set, project) = (Arc::clone(&opened.set), self.project.without_labels());
            let store = self.results.set_cells.as_ref().map(|cells| Arc::clone(&cells.value.store));
            self.lanes.known.start(key, &self.wake, move |_| {
                let whole = WholeSet { set: &set, project: &project, folder: &folder };
                Ok(Known { masks: whole.known()?, cells: whole.measured(store)? })
            });
        }
    }

    /// Reads the features of the set, if a cell is to be compared with them.
    fn start_set_features(&mut self, focus: &Focus) {
        let is_free = self.lanes.set_features.is_free() && self.lanes.whole_set.is_free();
        let Some(cells) = self.set_cells().filter(|_| is_free && focus.cell.is_some()) else { return };
        let fields = cells.measured_fields();
        let there = self.results.set_features.as_ref().filter(|there| self.is_current(&there.inputs));
        if fields > 0 && there.is_none_or(|there| there.value.fields != fields) {
            let (key, cells) = (SetKey::of(&self.project, self.openings), Arc::clone(cells));
            self.lanes.set_features.start(key, &self.wake, move |_| Ok(SetFeatures::of(&cells)));
        }
    }
}

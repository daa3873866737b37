//! What brings decisions to the disk: the project's file a moment after each change, decisions about cells at once, and
//! both to another place if the user wants it.

use std::{
    mem,
    path::PathBuf,
    time::{Duration, Instant},
};

use super::Workbench;
use crate::{
    storage::{journal::Journal, project_file, project_place},
    workbench::{opening, record_keeping::OpenJournal},
};

/// After a failure it is tried again when this has passed.
const BEFORE_SAVING_AGAIN: Duration = Duration::from_secs(10);

impl Workbench {
    /// Whether decisions are not on the disk yet.
    #[must_use]
    pub fn is_unsaved(&self) -> bool {
        self.save_at.is_some() || !self.lanes.saving.is_free() || self.keeper.unwritten(self.project.labels()) > 0
    }

    /// Records of decisions about cells that are not on the disk yet.
    #[must_use]
    pub fn unwritten_decisions(&self) -> usize {
        self.keeper.unwritten(self.project.labels())
    }

    /// Decisions about cells that could not be written and are in memory alone.
    #[must_use]
    pub fn decisions_at_risk(&self) -> usize {
        if self.keeper.is_failing() { self.keeper.unwritten(self.project.labels()) } else { 0 }
    }

    /// Brings decisions about cells to the disk; not while their journal is on its way to another place.
    pub(super) fn keep_records(&mut self) -> Option<Duration> {
        if let Some(Err(reason)) = self.keeper.take() {
            let count = self.keeper.unwritten(self.project.labels());
            self.fail(format!("{count} decisions about cells are not saved yet and are tried again: {reason}"));
        }
        if !self.lanes.moving.is_free() {
            return None;
        }
        self.keeper.keep(self.project.labels(), &self.wake)
    }

    /// Saves what is not saved yet, before the end of the program or of the set, and stops all work. Returns whether all is
    /// on the disk; what is not, stays in memory and is tried again.
    pub fn close(&mut self) -> bool {
        self.lanes.whole_set.stop();
        self.lanes.opening.stop();
        self.exports.stop();
        // What was decided last must not be lost because it is still being put together.
        self.finish_bulk();
        self.masks.stop();
        self.tuning.stop();
        while !self.lanes.saving.is_free() {
            std::thread::yield_now();
            self.take_saved();
        }
        while !self.lanes.moving.is_free() {
            std::thread::yield_now();
            self.take_moved_project();
        }
        let mut is_saved = true;
        if let Err(error) = self.keeper.finish(self.project.labels()) {
            is_saved = false;
            self.fail(error.to_string());
        }
        if self.save_at.take().is_some()
            && let Some((folder, file)) = self.to_save()
            && let Err(error) = project_file::write(&folder, &file)
        {
            is_saved = false;
            self.save_in(BEFORE_SAVING_AGAIN);
            self.fail(error.to_string());
        }
        is_saved
    }

    pub(super) fn save_in(&mut self, time: Duration) {
        let has_place = self.opened.as_ref().is_some_and(|opened| opened.folder.is_some());
        self.save_at = has_place.then(|| Instant::now() + time);
    }

    /// What is saved; what could not be is tried again after a while, and at the end.
    pub(super) fn take_saved(&mut self) {
        if let Some(Err(reason)) = self.lanes.saving.take().map(|saved| saved.value) {
            self.save_in(BEFORE_SAVING_AGAIN);
            self.fail(format!("not saved: {reason}"));
        }
    }

    pub(super) fn move_project(&mut self, to: PathBuf) {
        let (Some(opened), Some((from, _))) = (&self.opened, self.to_save()) else { return };
        let is_free = self.lanes.moving.is_free() && self.lanes.saving.is_free();
        if !is_free || from == to {
            return;
        }
        // What cannot be written here is in memory still, and is written there.
        let _ = self.keeper.finish(self.project.labels());
        let root = opened.set.root().to_owned();
        let file = opening::project_file(&to, &opened.set, &self.project);
        let target = to.clone();
        self.save_at = None;
        self.lanes.moving.start(to, &self.wake, move |_| {
            project_place::move_project(&root, &from, &target, &file)?;
            let (journal, _) = Journal::open(&target)?;
            Ok(OpenJournal::new(&target, journal))
        });
    }

    pub(super) fn take_moved_project(&mut self) {
        let Some(moved) = self.lanes.moving.take() else { return };
        match moved.value {
            Ok(journal) => {
                self.keeper.move_to(journal);
                self.notice(format!("the project is kept in {} from now on", moved.inputs.display()), false);
                self.project = mem::take(&mut self.project).in_folder(Some(&moved.inputs));
                if let Some(opened) = &mut self.opened {
                    opened.folder = Some(moved.inputs);
                }
            }
            Err(reason) => {
                // Where it was, it may not be up to date.
                self.changed();
                self.fail(reason);
            }
        }
    }

    pub(super) fn to_save(&self) -> Option<(PathBuf, project_file::ProjectFile)> {
        let opened = self.opened.as_ref()?;
        let folder = opened.folder.clone()?;
        let file = opening::project_file(&folder, &opened.set, &self.project);
        Some((folder, file))
    }

    pub(super) fn start_saving(&mut self) {
        self.save_at = None;
        if let Some((folder, file)) = self.to_save() {
            self.lanes.saving.start((), &self.wake, move |_| Ok(project_file::write(&folder, &file)?));
        }
    }
}

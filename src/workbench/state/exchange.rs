//! Labels of cells to and from tables, as the commands write and read them.

use std::path::PathBuf;

use super::Workbench;
use crate::{
    project::{Edit, labels::Pen},
    storage::{label_table, project_file},
    workbench::{
        label_exchange::{ImportReport, Selection, SignedDeeds, export, read_into},
        label_work::LabelWork,
        lane::Computed,
        record_keeping::now,
        whole_set::mask_folder,
    },
};

/// Problems that are named one by one.
const SHOWN: usize = 4;

/// What came of an exchange.
pub(super) enum Exchanged {
    /// So many cells were written, and these fields failed.
    Written(usize, Vec<(String, String)>),
    /// This is to be decided.
    Read(SignedDeeds, ImportReport),
}

impl Workbench {
    /// Where the project is to be read from, with all decisions on the disk.
    fn project_on_disk(&mut self) -> Option<PathBuf> {
        if !self.lanes.exchange.is_free() {
            return None;
        }
        if let Err(error) = self.keeper.finish(self.project.labels()) {
            self.fail(error.to_string());
            return None;
        }
        let opened = self.opened.as_ref()?;
        let folder = opened.folder.as_ref().filter(|folder| project_file::path_in(folder).exists());
        Some(folder.map_or(opened.set.root(), |folder| folder).to_owned())
    }

    pub(super) fn export_labels(&mut self, path: PathBuf, selection: Selection) {
        if let Err(error) = label_table::check_name(&path) {
            self.fail(error.to_string());
            return;
        }
        let Some(place) = self.project_on_disk() else { return };
        let target = path.clone();
        self.lanes.exchange.start(path, &self.wake, move |_| {
            let table = export(&LabelWork::read(&place)?, selection, |_| {});
            label_table::write(&target, &table.rows)?;
            Ok(Exchanged::Written(table.rows.len(), table.failures))
        });
    }

    pub(super) fn import_labels(&mut self, path: PathBuf) {
        let Some(place) = self.project_on_disk() else { return };
        let masks = self.opened.as_ref().and_then(|opened| opened.folder.as_deref()).map(mask_folder);
        let pen = Pen { session: self.session, annotator: self.annotator.clone(), now: now() };
        let source = path.clone();
        self.lanes.exchange.start(path, &self.wake, move |_| {
            let table = label_table::read(&source)?;
            let (deeds, report) = read_into(&LabelWork::read(&place)?, &pen, table, masks.as_deref(), |_| {})?;
            Ok(Exchanged::Read(deeds, report))
        });
    }

    pub(super) fn take_exchanged(&mut self) {
        let Some(Computed { inputs: path, value }) = self.lanes.exchange.take() else { return };
        match value {
            Ok(Exchanged::Written(cells, failures)) => {
                self.notice(format!("the labels of {cells} cells are written — {}", path.display()), false);
                let failures = failures.into_iter().map(|(id, reason)| format!("{id}: {reason}")).collect();
                self.fail_each(failures);
            }
            Ok(Exchanged::Read(deeds, report)) => {
                let ImportReport { rows, changed, waiting, problems } = report;
                if !deeds.is_empty() {
                    self.history.end_gesture();
                    self.edit(Edit::Import(deeds));
                }
                let waiting = if waiting > 0 { format!(", {waiting} wait for a cell") } else { String::new() };
                let words = format!("{rows} cells are read, {changed} decided about anew{waiting}");
                self.notice(format!("{words} — {}", path.display()), false);
                self.fail_each(problems);
            }
            Err(reason) => self.fail(reason),
        }
    }

    fn fail_each(&mut self, problems: Vec<String>) {
        let more = problems.len().saturating_sub(SHOWN);
        for problem in problems.into_iter().take(SHOWN) {
            self.fail(problem);
        }
        if more > 0 {
            self.fail(format!("and {more} more"));
        }
    }
}

//! The commands about masks from elsewhere.

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
};

use super::{
    CommandResult, Outcome,
    mask_options::{Compare, ImportMasks},
    progress::Progress,
    score::{complain_of, finish, mask_table},
    sets,
    terminal::{complain, complain_each, count, say},
};
use crate::{
    pipeline::segmentation::Preset,
    project::Edit,
    storage::{ImageSet, MaskImport, masks::MaskKind, project_file},
    workbench::{
        BatchEvent, Stop,
        compare::{OpenOthers, compare_files, compare_set},
        label_work::{LabelDesk, LabelWork},
        mask_import::{ImportWish, back_to_computed, import_masks},
        opening,
        record_keeping::account_name,
        whole_set::{Progress as Counter, Watch},
    },
};

/// `compare`: two sources of masks.
pub fn compare(command: &Compare) -> CommandResult {
    match (&command.b, command.with_preset) {
        (_, Some(preset)) => compare_with_preset(command, preset.into()),
        (Some(b), None) => compare_with(command, b),
        (None, None) => Err("name the masks to compare with, or --with-preset".into()),
    }
}

/// The masks that a set has now beside those that a preset gives.
fn compare_with_preset(command: &Compare, preset: Preset) -> CommandResult {
    let LabelWork { opened, labels, problems, .. } = LabelWork::read(&command.a)?;
    complain_each(&problems);
    let stop = Stop::on_signals()?;
    let progress = Mutex::new(Progress::new("comparing", opened.set.fields().len()));
    let done = || {
        let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.show(BatchEvent::FieldDone { failed: false }, &stop);
    };
    let watch = Watch { stop: &stop, progress: &Counter::default(), wake: &done };
    let project = opened.project.with_labels(labels);
    let report = compare_set(&opened.set, &project, &OpenOthers::Preset(preset), watch);
    progress.into_inner().unwrap_or_else(PoisonError::into_inner).finish();
    let report = report?;
    let whole = complain_of(&report.failures) && problems.is_empty();
    say(&mask_table(MaskKind::Cells, &report));
    let by_kind = serde_json::Map::from_iter([(MaskKind::Cells.name().to_owned(), serde_json::to_value(&report)?)]);
    finish(command.json.as_deref(), &by_kind, whole)
}

/// The masks in two places.
fn compare_with(command: &Compare, b: &Path) -> CommandResult {
    let [truth, found] = [command.a.as_path(), b].map(|path| MaskImport::open(path, command.unnamed.kind()));
    let (truth, found) = (truth?, found?);
    let set = command.set.as_ref().map(|folder| sets::open(folder, &command.layout)).transpose()?;
    for error in truth.unreadable.iter().chain(&found.unreadable) {
        complain(&format!("failed: {error}"));
    }
    let mut whole = truth.unreadable.is_empty() && found.unreadable.is_empty();
    let takes_part = |id: &str| set.as_ref().is_none_or(|set| set.field(id).is_some());
    let mut progress = Progress::new("comparing", truth.ids().filter(|id| takes_part(id)).count());
    let reports = compare_files(&truth, &found, takes_part, |event| progress.show(event, &Stop::default()));
    progress.finish();
    for files in set.iter().flat_map(ImageSet::fields).filter(|files| !truth.has(files.id())) {
        complain(&format!("note: {}: no mask in {}", files.id(), command.a.display()));
    }
    for id in &reports[0].1.without_mask {
        complain(&format!("note: {id}: no mask in {}, all of its cells are missed", b.display()));
    }
    for (_, report) in &reports {
        whole &= complain_of(&report.failures);
    }
    let compared: Vec<_> = reports.iter().filter(|(_, report)| !report.fields.is_empty()).collect();
    if compared.is_empty() {
        return Err(format!("no image has masks in both, {} and {}", command.a.display(), b.display()).into());
    }
    let tables: Vec<String> = compared.iter().map(|(kind, report)| mask_table(*kind, report)).collect();
    say(&tables.join("\n\n"));
    let by_kind = compared.iter().map(|(kind, report)| Ok((kind.name().to_owned(), serde_json::to_value(report)?)));
    let by_kind: serde_json::Map<_, _> = by_kind.collect::<Result<_, serde_json::Error>>()?;
    finish(command.json.as_deref(), &by_kind, whole)
}

/// `import-masks`: masks from elsewhere in the place of computed ones, or the other way round.
pub fn import(command: &ImportMasks, stop: &Stop) -> CommandResult {
    // With its journal open, no window has the project and would write over it.
    let desk = LabelDesk::open(&command.set, &account_name())?;
    let LabelWork { opened, folder, problems, .. } = &desk.work;
    complain_each(problems);
    if let Some(id) = command.image.as_ref().filter(|id| opened.set.field(id).is_none()) {
        return Err(format!("the set has no image '{id}' — {}", opened.set.root().display()).into());
    }
    let mut project = opened.project.clone();
    let mut whole = problems.is_empty();
    let changes = if let Some(path) = &command.masks {
        let wish = ImportWish { path: path.clone(), unnamed: command.unnamed.kind(), only: command.image.clone() };
        let watch = Watch { stop, progress: &Counter::default(), wake: &|| {} };
        let report = import_masks(&opened.set, &project, folder, &wish, watch)?;
        complain_each(&report.problems);
        for id in &report.without_masks {
            complain(&format!("note: {id}: no masks, it keeps those it has"));
        }
        whole &= complain_of(&report.failures) && report.problems.is_empty();
        say(&report.sentences().join("\n"));
        report.changes
    } else {
        let changes = back_to_computed(&project, command.image.as_deref());
        say(&format!("{} back to computed masks", count(changes.len(), "image")));
        changes
    };
    if !changes.is_empty() {
        // Another run of the program can go back by the same command.
        let _ = project.apply(Edit::ImportedMasks(changes));
        project_file::write(folder, &opening::project_file(folder, &opened.set, &project))?;
    }
    Ok(if whole { Outcome::Well } else { Outcome::WithFailures })
}

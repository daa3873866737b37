//! The commands about the labels of single cells.

use std::io;

use super::{
    CommandResult, Outcome,
    label_options::{
        Labels, LabelsDecide, LabelsDoubts, LabelsExport, LabelsImport, LabelsMerge, LabelsReport, OrderName, ScopeName,
    },
    products::named,
    progress::Progress,
    table::{aligned, header, measure},
    terminal::{complain, complain_each, count, say},
};
use crate::{
    atlas::Location,
    project::labels::placement::Fate,
    storage::{label_lines::LabelLines, label_table, write_json},
    workbench::{
        Stop,
        deck::{DeckOrder, DeckScope, DeckWish},
        label_doubts::{DoubtRow, doubts},
        label_exchange::{Selection, decided_fields, export, fates_in, import, merge_journals},
        label_report::{LabelReport, LocationReport, Truth, fields_to_look_at, report},
        label_work::{LabelDesk, LabelError, LabelWork},
        record_keeping::account_name,
        whole_set::{Progress as Counter, Watch},
    },
};

/// `labels`: one of the six.
pub fn labels(command: &Labels) -> CommandResult {
    match command {
        Labels::Decide(command) => decide(command),
        Labels::Export(command) => export_table(command),
        Labels::Import(command) => import_table(command),
        Labels::Merge(command) => merge(command),
        Labels::Doubts(command) => list_doubts(command),
        Labels::Report(command) => print_report(command),
    }
}

fn outcome(is_whole: bool) -> Outcome {
    if is_whole { Outcome::Well } else { Outcome::WithFailures }
}

/// The name to decide under.
fn name_of(by: Option<&String>) -> String {
    by.cloned().unwrap_or_else(account_name)
}

fn decide(command: &LabelsDecide) -> CommandResult {
    let mut desk = LabelDesk::open(&command.set, &name_of(command.by.as_ref()))?;
    complain_each(&desk.work.problems);
    let mut whole = desk.work.problems.is_empty();
    let mut lines = LabelLines::of(io::stdin().lock());
    while let Some((number, line)) = lines.read_next()? {
        let done = line.map_err(|error| LabelError::Line(error.to_string())).and_then(|line| desk.take(&line));
        match done {
            Ok(()) => say(&format!("ok {number}")),
            Err(LabelError::Line(reason)) => {
                complain(&format!("line {number}: {reason}, passed over"));
                whole = false;
            }
            Err(LabelError::File(error)) => return Err(error.into()),
        }
    }
    Ok(outcome(whole))
}

fn export_table(command: &LabelsExport) -> CommandResult {
    label_table::check_name(&command.out)?;
    let work = LabelWork::read(&command.set)?;
    complain_each(&work.problems);
    let selection = if command.all { Selection::All } else { Selection::Decided };
    let fields = if command.all { work.opened.set.fields().len() } else { decided_fields(&work).len() };
    let mut progress = Progress::new("finding cells", fields);
    let table = export(&work, selection, |event| progress.show(event, &Stop::default()));
    progress.finish();
    let whole = complain_of(&table.failures) && work.problems.is_empty();
    label_table::write(&command.out, &table.rows)?;
    let decided = table.rows.iter().filter(|row| row.fate.is_some()).count();
    say(&format!("{}, {decided} decided: {}", count(table.rows.len(), "cell"), in_words(fates_in(&table.rows))));
    Ok(outcome(whole))
}

fn in_words(fates: [usize; 4]) -> String {
    let words = Fate::ALL.into_iter().zip(fates).map(|(fate, cells)| format!("{cells} {}", fate.name()));
    words.collect::<Vec<_>>().join(", ")
}

/// Names the fields that failed; returns whether there were none.
fn complain_of(failures: &[(String, String)]) -> bool {
    for (id, reason) in failures {
        complain(&format!("failed: {id}: {reason}"));
    }
    failures.is_empty()
}

fn import_table(command: &LabelsImport) -> CommandResult {
    let table = label_table::read(&command.table)?;
    let mut desk = LabelDesk::open(&command.set, &name_of(command.by.as_ref()))?;
    complain_each(&desk.work.problems);
    let mut progress = Progress::new("finding cells", table.images());
    let imported = import(&mut desk, table, command.masks.as_deref(), |event| progress.show(event, &Stop::default()));
    progress.finish();
    let imported = imported?;
    for problem in &imported.problems {
        complain(&format!("labels: {problem} — {}", command.table.display()));
    }
    if imported.waiting > 0 {
        let waiting = count(imported.waiting, "cell");
        complain(&format!("note: {waiting} not found now; what is decided waits until one covers the anchor"));
    }
    say(&format!("{} read, {} decided about anew", count(imported.rows, "cell"), count(imported.changed, "cell")));
    Ok(outcome(imported.problems.is_empty() && desk.work.problems.is_empty()))
}

fn merge(command: &LabelsMerge) -> CommandResult {
    let merged = merge_journals([&command.one, &command.other], &command.out)?;
    complain_each(&merged.problems);
    if let Some(path) = &command.disagreements {
        label_table::write_disagreements(path, &merged.agreement.disagreements)?;
    }
    let [one, other] = merged.records;
    say(&aligned(&[
        vec!["records".to_owned(), format!("{one} and {other}, merged {}", merged.merged)],
        vec!["common decisions".to_owned(), merged.agreement.common().to_string()],
        vec!["Cohen's kappa".to_owned(), measure(merged.agreement.kappa())],
        vec!["disagreements".to_owned(), merged.agreement.disagreements.len().to_string()],
    ]));
    Ok(outcome(merged.problems.is_empty()))
}

fn list_doubts(command: &LabelsDoubts) -> CommandResult {
    let work = LabelWork::read(&command.set)?;
    complain_each(&work.problems);
    let wish = DeckWish {
        location: command.location.and_then(|number| Location::new(number.into())),
        scope: match command.labels {
            ScopeName::Given => DeckScope::Labelled,
            ScopeName::Absent => DeckScope::Unlabelled,
            ScopeName::All => DeckScope::All,
        },
        order: match command.order {
            OrderName::Doubtful => DeckOrder::Doubtful,
            OrderName::Uncertain => DeckOrder::Uncertain,
            OrderName::Random => DeckOrder::Shuffled,
        },
    };
    let (stop, done) = (Stop::default(), Counter::default());
    let watch = Watch { stop: &stop, progress: &done, wake: &|| {} };
    let rows = doubts(&work, wish, command.most, watch)?;
    label_table::write_doubts(&command.out, rows.iter().map(doubt_fields))?;
    say(&format!("{}: {}", wish.name(), count(rows.len(), "label")));
    Ok(outcome(work.problems.is_empty()))
}

fn doubt_fields(row: &DoubtRow) -> [String; 9] {
    let (anchor_row, anchor_col) = row.anchor;
    [
        row.image.clone(),
        row.cell_id.to_string(),
        anchor_row.to_string(),
        anchor_col.to_string(),
        row.location.index().to_string(),
        row.location.name().to_owned(),
        if row.is_given { "yes" } else { "no" }.to_owned(),
        row.probability.to_string(),
        row.doubt.to_string(),
    ]
}

fn print_report(command: &LabelsReport) -> CommandResult {
    let truth = command.truth.as_deref().map(Truth::read).transpose()?;
    let work = LabelWork::read(&command.set)?;
    complain_each(&work.problems);
    if let (Some(truth), Some(path)) = (&truth, &command.truth) {
        complain_each(&named(path, &truth.problems));
    }
    let mut progress = Progress::new("finding cells", fields_to_look_at(&work, truth.as_ref()).len());
    let report = report(&work, truth.as_ref(), |event| progress.show(event, &Stop::default()));
    progress.finish();
    let whole = complain_of(&report.failures) && work.problems.is_empty();
    say(&report_text(&report));
    if let Some(path) = &command.json {
        write_json(path, &report)?;
    }
    Ok(outcome(whole))
}

fn report_text(report: &LabelReport) -> String {
    let fates = Fate::ALL.map(|fate| report.fates.get(fate.name()).copied().unwrap_or_default());
    let excluded = report.excluded.iter().map(|(reason, cells)| format!("{cells} {reason}"));
    let excluded = if report.excluded.is_empty() { "0".to_owned() } else { excluded.collect::<Vec<_>>().join(", ") };
    let mut parts = vec![aligned(&[
        vec!["decided cells".to_owned(), format!("{}: {}", report.decided_cells, in_words(fates))],
        vec!["decisions".to_owned(), report.decisions.to_string()],
        vec!["excluded cells".to_owned(), excluded],
    ])];
    let mut rows = vec![header("location yes no 1 2 3 4 5 of_labelled true share from to")];
    let is_used = |location: &&LocationReport| location.yes + location.no + location.grades.iter().sum::<usize>() > 0;
    rows.extend(report.locations.iter().filter(is_used).map(location_row));
    if rows.len() > 1 {
        parts.push(aligned(&rows));
    }
    let mut rows = vec![header("annotator decisions a_minute")];
    rows.extend(report.annotators.iter().map(|annotator| {
        let pace = annotator.per_minute.map_or_else(|| "-".to_owned(), |pace| format!("{pace:.1}"));
        vec![annotator.name.clone(), annotator.decisions.to_string(), pace]
    }));
    if rows.len() > 1 {
        parts.push(aligned(&rows));
    }
    if let Some(truth) = &report.truth {
        let matched = truth.matched;
        parts.push(aligned(&[
            vec!["cells of the truth".to_owned(), format!("{matched}, {} others", truth.not_matched)],
            vec!["right as inherited".to_owned(), format!("{} of {matched}", truth.right_before)],
            vec!["right as decided".to_owned(), format!("{} of {matched}", truth.right_after)],
            vec!["decisions".to_owned(), truth.decisions.to_string()],
        ]));
    }
    parts.join("\n\n")
}

fn location_row(report: &LocationReport) -> Vec<String> {
    let mut row = vec![label_table::column_of(report.location), report.yes.to_string(), report.no.to_string()];
    row.extend(report.grades.iter().map(usize::to_string));
    row.extend([report.labelled.to_string(), report.label_true.to_string()]);
    let share = (report.labelled > 0).then(|| report.label_true as f64 / report.labelled as f64);
    let (low, high) = report.interval.unzip();
    row.extend([share, low, high].map(measure));
    row
}

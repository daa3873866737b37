//! What people decided about the cells of a set, in numbers; and how far it is from a known truth.

use std::{collections::BTreeMap, path::Path};

use serde::Serialize;

use super::{
    BatchEvent,
    label_exchange::decided_fields,
    label_work::{FieldCells, LabelWork},
};
use crate::{
    atlas::{Location, LocationSet},
    project::{
        Labels,
        labels::{Deed, Moment, Reason, Verdict, placement::Fate},
    },
    score::{CellLabels, interval::wilson},
    storage::{
        FileError, MaskSet,
        cell_labels::read_cell_labels,
        mask_set::MaskNames,
        masks::MaskKind,
        project_place,
        table::{RowProblem, TableError},
    },
};

/// Longer waits between two decisions are pauses, which are not counted as work.
const PAUSE_MS: i64 = 60_000;

/// What people decided about the cells of a set.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LabelReport {
    /// Cells about which something is decided.
    pub decided_cells: usize,
    /// Decisions that were made, also those that were undone or changed later.
    pub decisions: usize,
    /// Excluded cells by the reason.
    pub excluded: BTreeMap<&'static str, usize>,
    /// What became of the decided cells, by the name of the fate.
    pub fates: BTreeMap<&'static str, usize>,
    /// Every location, by number.
    pub locations: Vec<LocationReport>,
    /// Everybody who decided, by name.
    pub annotators: Vec<AnnotatorReport>,
    /// Against the truth, if one is given.
    pub truth: Option<TruthReport>,
    /// Fields whose cells could not be found, with the reason.
    pub failures: Vec<(String, String)>,
}

/// What is decided about one location.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LocationReport {
    /// Its number.
    pub location: Location,
    /// Its name.
    pub name: &'static str,
    /// Cells with a yes.
    pub yes: usize,
    /// Cells with a no.
    pub no: usize,
    /// Cells with each grade, from 1.
    pub grades: [usize; 5],
    /// Cells of images with this label that count and for which it was decided, to one side or the other.
    pub labelled: usize,
    /// Those of them that show it.
    pub label_true: usize,
    /// The 95 % confidence interval of their share.
    pub interval: Option<(f64, f64)>,
}

impl LocationReport {
    /// Nothing counted yet.
    fn of(location: Location) -> Self {
        let (name, interval) = (location.name(), None);
        Self { location, name, yes: 0, no: 0, grades: [0; 5], labelled: 0, label_true: 0, interval }
    }
}

/// What one person did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AnnotatorReport {
    /// The name.
    pub name: String,
    /// Decisions, also those that were undone or changed later.
    pub decisions: usize,
    /// Decisions a minute without pauses and imports; `None` if there are too few to say.
    pub per_minute: Option<f64>,
}

/// How far the labels of cells are from the truth.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TruthReport {
    /// Cells that count and lie on a cell of the truth with labels.
    pub matched: usize,
    /// Those whose image's labels are exactly theirs.
    pub right_before: usize,
    /// Those whose labels are right after all decisions.
    pub right_after: usize,
    /// Other cells: none of the truth is there, or they are excluded.
    pub not_matched: usize,
    /// Decisions that were made.
    pub decisions: usize,
}

/// What cells really show, and where they are.
#[derive(Debug)]
pub struct Truth {
    labels: CellLabels,
    masks: MaskSet,
    /// What was wrong in the table.
    pub problems: Vec<RowProblem>,
}

impl Truth {
    /// Reads the table at `path`, or `cells.csv` in that folder; the true masks of the cells lie beside it.
    ///
    /// # Errors
    /// If the table or the folder cannot be read.
    pub fn read(path: &Path) -> Result<Self, TableError> {
        let table = if project_place::is_folder(path) { path.join("cells.csv") } else { path.to_owned() };
        let (labels, problems) = read_cell_labels(&table)?;
        let beside = table.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let masks = MaskSet::open(beside, MaskKind::Cells, MaskNames::Ending).map_err(|error: FileError| error)?;
        Ok(Self { labels, masks, problems })
    }
}

/// Counts what is decided; after each field that has to be looked at `done` is called.
pub fn report(work: &LabelWork, truth: Option<&Truth>, done: impl FnMut(BatchEvent) + Send) -> LabelReport {
    let mut report = LabelReport {
        annotators: annotators(&work.labels),
        locations: Location::all().map(LocationReport::of).collect(),
        truth: truth.map(|_| TruthReport::default()),
        ..LabelReport::default()
    };
    report.decisions = report.annotators.iter().map(|annotator| annotator.decisions).sum();
    count_cells(work, &mut report);
    report.fates = Fate::ALL.into_iter().map(|fate| (fate.name(), 0)).collect();
    let ids = fields_to_look_at(work, truth);
    work.each_field(
        &ids,
        |id, found| {
            let cells = found.unwrap_or_else(|reason| {
                report.failures.push((id.to_owned(), reason));
                FieldCells::default()
            });
            let placement = cells.placement(&work.labels, id);
            for fate in placement.fates.values() {
                *report.fates.entry(fate.name()).or_default() += 1;
            }
            if let (Some(truth), Some(so_far)) = (truth, &mut report.truth)
                && let Err(reason) = compare(work, truth, id, &cells, so_far)
            {
                report.failures.push((id.to_owned(), reason));
            }
        },
        done,
    );
    if let Some(truth) = &mut report.truth {
        truth.decisions = report.decisions;
    }
    report
}

/// How many fields [`report`] looks at.
#[must_use]
pub fn fields_to_look_at(work: &LabelWork, truth: Option<&Truth>) -> Vec<String> {
    let decided = decided_fields(work);
    let Some(truth) = truth else { return decided };
    let of_set = work.opened.set.fields().iter().map(|files| files.id().to_owned());
    let mut ids: Vec<String> = of_set.filter(|id| truth.masks.has(id) || decided.contains(id)).collect();
    ids.extend(decided.into_iter().filter(|id| work.opened.set.field(id).is_none()));
    ids
}

/// Counts what is decided about each cell, whether it is found now or not.
fn count_cells(work: &LabelWork, report: &mut LabelReport) {
    for id in work.labels.fields() {
        let of_image = work.image_labels(id).unwrap_or_default();
        for (anchor, _) in work.labels.decided(id) {
            let decisions = work.labels.of(id, anchor);
            report.decided_cells += 1;
            if let Some(exclusion) = decisions.exclusion {
                *report.excluded.entry(exclusion.name()).or_default() += 1;
            }
            for counts in &mut report.locations {
                let Some(verdict) = decisions.of(counts.location) else { continue };
                match verdict {
                    Verdict::Yes => counts.yes += 1,
                    Verdict::No => counts.no += 1,
                    Verdict::Grade(grade) => counts.grades[usize::from(grade.number() - 1)] += 1,
                }
                let is_label = of_image.contains(counts.location) && decisions.exclusion.is_none();
                if let Some(shows) = verdict.leaning().filter(|_| is_label) {
                    counts.labelled += 1;
                    counts.label_true += usize::from(shows);
                }
            }
        }
    }
    for counts in &mut report.locations {
        counts.interval = wilson(counts.label_true, counts.labelled);
    }
}

fn annotators(labels: &Labels) -> Vec<AnnotatorReport> {
    /// The work of one person: decisions, the moments of those that were not imported.
    type Work = (usize, Vec<(Moment, usize)>);
    let mut work: BTreeMap<&str, Work> = BTreeMap::new();
    for record in labels.records() {
        let Deed::Decide(reason, decisions) = &record.did else { continue };
        let changes: usize = decisions.iter().map(|decision| decision.set.len()).sum();
        let (count, moments) = work.entry(&record.by).or_default();
        *count += changes;
        if *reason != Reason::Import {
            moments.push((record.at, changes));
        }
    }
    let report = |(name, (decisions, mut moments)): (&str, Work)| {
        moments.sort_unstable();
        let (mut worked_ms, mut made) = (0, 0);
        for pair in moments.windows(2) {
            let wait = pair[1].0.0.saturating_sub(pair[0].0.0);
            if wait <= PAUSE_MS {
                worked_ms += wait;
                made += pair[1].1;
            }
        }
        let per_minute = (worked_ms > 0).then(|| made as f64 / (worked_ms as f64 / 60_000.0));
        AnnotatorReport { name: name.to_owned(), decisions, per_minute }
    };
    work.into_iter().map(report).collect()
}

/// Adds the cells of one field.
fn compare(
    work: &LabelWork,
    truth: &Truth,
    id: &str,
    cells: &FieldCells,
    so_far: &mut TruthReport,
) -> Result<(), String> {
    let Some(mask) = truth.masks.read(id) else {
        so_far.not_matched += cells.cells.len();
        return Ok(());
    };
    let mask = mask.map_err(|error| error.to_string())?;
    if mask.size() != cells.size() {
        return Err("its true mask has another size".to_owned());
    }
    let placement = cells.placement(&work.labels, id);
    let of_image = work.image_labels(id).unwrap_or_default();
    for cell in &cells.cells {
        let decisions = work.labels.of_all(id, placement.anchors_in(cell.id));
        let shown: Option<LocationSet> = match mask[(cell.anchor.0 as usize, cell.anchor.1 as usize)] {
            0 => None,
            true_cell => truth.labels.get(id).and_then(|of_field| of_field.get(&true_cell)).copied(),
        };
        match shown.filter(|_| decisions.exclusion.is_none()) {
            Some(shown) => {
                so_far.matched += 1;
                so_far.right_before += usize::from(of_image == shown);
                so_far.right_after += usize::from(decisions.labels(of_image) == shown);
            }
            None => so_far.not_matched += 1,
        }
    }
    Ok(())
}

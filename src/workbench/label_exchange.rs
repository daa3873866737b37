//! Decisions about cells out into tables and back, and the journals of two people made one.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    error::Error,
    path::Path,
};

use super::{
    BatchEvent,
    label_work::{FieldCells, LabelDesk, LabelWork},
};
use crate::{
    atlas::{Anchor, Location, LocationSet},
    imaging::ScaledMask,
    pipeline::features::anchor::deepest_pixels,
    project::{
        Labels,
        labels::{
            Agreement, Change, Decision, Deed, Moment, Pen, Reason, Verdict, merge,
            placement::{Fate, Placement},
        },
    },
    storage::{
        FieldFiles, FileError, MaskSet, journal,
        label_table::{LabelRow, LabelTable, NumberedRow},
        mask_set::MaskNames,
        masks::MaskKind,
        table::Table,
    },
};

/// Which cells go into a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Those about which something is decided.
    Decided,
    /// All that are found as well.
    All,
}

/// A table that was put together.
#[derive(Clone, Debug, Default)]
pub struct ExportedTable {
    /// A row for each decided anchor, and for each other cell if all are wanted; in the order of the set.
    pub rows: Vec<LabelRow>,
    /// Fields whose cells could not be found, with the reason; decisions about them are in the table as lost ones.
    pub failures: Vec<(String, String)>,
}

/// Puts the decisions about a set into rows; after each field `done` is called.
pub fn export(work: &LabelWork, selection: Selection, done: impl FnMut(BatchEvent) + Send) -> ExportedTable {
    let ids = match selection {
        Selection::Decided => decided_fields(work),
        Selection::All => {
            let of_set: Vec<String> = work.opened.set.fields().iter().map(|files| files.id().to_owned()).collect();
            let known: BTreeSet<&String> = of_set.iter().collect();
            let others: Vec<String> = decided_fields(work).into_iter().filter(|id| !known.contains(id)).collect();
            of_set.into_iter().chain(others).collect()
        }
    };
    let mut table = ExportedTable::default();
    work.each_field(
        &ids,
        |id, found| {
            let cells = found.unwrap_or_else(|reason| {
                table.failures.push((id.to_owned(), reason));
                FieldCells::default()
            });
            table.rows.extend(rows_of(&work.labels, id, &cells, selection));
        },
        done,
    );
    table
}

/// The fields about whose cells something is decided, those of the set in its order.
#[must_use]
pub fn decided_fields(work: &LabelWork) -> Vec<String> {
    let decided: BTreeSet<&str> =
        work.labels.fields().into_iter().filter(|id| work.labels.decided(id).next().is_some()).collect();
    let of_set = work.opened.set.fields().iter().map(FieldFiles::id).filter(|id| decided.contains(id));
    let elsewhere = decided.iter().copied().filter(|id| work.opened.set.field(id).is_none());
    of_set.chain(elsewhere).map(str::to_owned).collect()
}

fn rows_of(labels: &Labels, id: &str, cells: &FieldCells, selection: Selection) -> Vec<LabelRow> {
    let placement = cells.placement(labels, id);
    let mut rows: Vec<LabelRow> = labels
        .decided(id)
        .map(|(anchor, cell)| {
            let last = labels.history(id, anchor).into_iter().rev().find(|change| !change.is_undone);
            LabelRow {
                image: id.to_owned(),
                cell_id: cells.id_at(anchor),
                anchor,
                area_px: cell.area_px,
                fate: placement.fates.get(&anchor).copied(),
                decisions: labels.of(id, anchor),
                annotator: last.map_or_else(String::new, |change| change.record.by.clone()),
                time: last.map(|change| change.record.at),
            }
        })
        .collect();
    if selection == Selection::All {
        let others = cells.cells.iter().filter(|cell| placement.anchors_in(cell.id).is_empty());
        rows.extend(others.map(|cell| LabelRow {
            image: id.to_owned(),
            cell_id: cell.id,
            anchor: cell.anchor,
            area_px: cell.area_px,
            fate: None,
            decisions: labels.of(id, cell.anchor),
            annotator: String::new(),
            time: None,
        }));
    }
    rows.sort_by_key(|row| (row.cell_id, row.anchor));
    rows
}

/// What became of a table that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Rows that could be used.
    pub rows: usize,
    /// Cells about which something new is decided.
    pub changed: usize,
    /// Cells of the table that no cell of the set covers now; what is decided about them waits.
    pub waiting: usize,
    /// What was passed over, a sentence each.
    pub problems: Vec<String>,
}

/// Decisions of one cell that a table wants.
struct Wish {
    decision: Decision,
    by: String,
    at: Option<Moment>,
}

/// Decides what `table` says, as one step; `masks` is the folder of the masks that a table of numbered cells speaks of.
/// After each field `done` is called.
///
/// # Errors
/// If there are no masks for such a table, or the journal cannot be written; nothing is decided then.
pub fn import(
    desk: &mut LabelDesk,
    table: LabelTable,
    masks: Option<&Path>,
    done: impl FnMut(BatchEvent) + Send,
) -> Result<ImportReport, Box<dyn Error>> {
    let (deeds, report) = read_into(&desk.work, &desk.pen(), table, masks, done)?;
    desk.write_signed(deeds)?;
    Ok(report)
}

/// Deeds with the pens that sign them.
pub type SignedDeeds = Vec<(Pen, Deed)>;

/// The deeds that decide what `table` says, signed by those it names or, where it names nobody, by `pen`. Nothing is
/// decided yet.
///
/// # Errors
/// If there are no masks for a table of numbered cells.
pub fn read_into(
    work: &LabelWork,
    pen: &Pen,
    table: LabelTable,
    masks: Option<&Path>,
    done: impl FnMut(BatchEvent) + Send,
) -> Result<(SignedDeeds, ImportReport), Box<dyn Error>> {
    let mut report = ImportReport::default();
    let wishes = match table {
        LabelTable::Decisions(table) => wishes_of(work, table, &mut report, done),
        LabelTable::Numbered(table) => {
            let folder =
                masks.ok_or("the table names cells by their numbers: name the folder of their masks by --masks")?;
            let cells = MaskSet::open(folder, MaskKind::Cells, MaskNames::Ending)?;
            let nuclei = MaskSet::open(folder, MaskKind::Nuclei, MaskNames::Ending)?;
            numbered_wishes(work, table, [&nuclei, &cells], &mut report, done)
        }
    };
    report.changed = wishes.len();
    Ok((signed(pen, wishes), report))
}

/// Rows by their image, in the order of the images.
fn by_image<T>(
    work: &LabelWork,
    table: Table<T>,
    image_of: impl Fn(&T) -> &str,
    report: &mut ImportReport,
) -> BTreeMap<String, Vec<(usize, T)>> {
    report.problems.extend(table.problems.iter().map(ToString::to_string));
    let mut images: BTreeMap<String, Vec<(usize, T)>> = BTreeMap::new();
    for (line, row) in table.rows {
        let image = image_of(&row).to_owned();
        if work.opened.set.field(&image).is_none() {
            report.problems.push(format!("line {line}: the set has no image '{image}', passed over"));
        } else {
            images.entry(image).or_default().push((line, row));
        }
    }
    images
}

fn wishes_of(
    work: &LabelWork,
    table: Table<LabelRow>,
    report: &mut ImportReport,
    done: impl FnMut(BatchEvent) + Send,
) -> Vec<Wish> {
    let mut images = by_image(work, table, |row| &row.image, report);
    let ids: Vec<String> = images.keys().cloned().collect();
    let mut wishes = Vec::new();
    work.each_field(
        &ids,
        |id, found| {
            let cells = found.unwrap_or_else(|reason| {
                report.problems.push(format!("{id}: {reason}; what is decided about its cells waits"));
                FieldCells::default()
            });
            let rows = images.remove(id).unwrap_or_default();
            let anchors: BTreeSet<Anchor> = rows.iter().map(|(_, row)| row.anchor).collect();
            let placement = cells.placement(&work.labels, id);
            for (_, row) in rows {
                report.rows += 1;
                report.waiting += usize::from(cells.id_at(row.anchor) == 0);
                let name = name_of(row.anchor, &cells, &placement, &anchors);
                let changes = Location::all()
                    .map(|location| Change::Label(location, row.decisions.of(location)))
                    .chain([Change::Exclude(row.decisions.exclusion)]);
                wishes.extend(difference(&work.labels, id, (name, row.area_px), changes).map(|decision| Wish {
                    decision,
                    by: row.annotator,
                    at: row.time,
                }));
            }
        },
        done,
    );
    wishes
}

/// Under which anchor to decide about the cell that a table names by `anchor`: another one only if the cell has been
/// decided about under that, and the table knows no such cell.
fn name_of(anchor: Anchor, cells: &FieldCells, placement: &Placement, in_table: &BTreeSet<Anchor>) -> Anchor {
    if placement.fates.contains_key(&anchor) {
        return anchor;
    }
    match cells.id_at(anchor) {
        0 => anchor,
        id => Some(placement.name_of(id, anchor)).filter(|name| !in_table.contains(name)).unwrap_or(anchor),
    }
}

/// The changes among those `wanted` that change something about the cell of this anchor and area.
fn difference(
    labels: &Labels,
    image: &str,
    (anchor, area_px): (Anchor, u64),
    wanted: impl Iterator<Item = Change>,
) -> Option<Decision> {
    let mut now = labels.of(image, anchor);
    let mut set = Vec::new();
    for change in wanted {
        let before = now;
        now.take(change);
        if now != before {
            set.push(change);
        }
    }
    (!set.is_empty()).then(|| Decision { image: image.to_owned(), anchor, area_px, set })
}

fn numbered_wishes(
    work: &LabelWork,
    table: Table<NumberedRow>,
    [nuclei, masks]: [&MaskSet; 2],
    report: &mut ImportReport,
    done: impl FnMut(BatchEvent) + Send,
) -> Vec<Wish> {
    let mut images = by_image(work, table, |row| &row.image, report);
    let ids: Vec<String> = images.keys().cloned().collect();
    let mut wishes = Vec::new();
    work.each_field(
        &ids,
        |id, found| {
            let middles = found.and_then(|cells| Ok((middles(id, nuclei, masks, cells.size())?, cells)));
            let rows = images.remove(id).unwrap_or_default();
            match middles {
                Ok((middles, cells)) => wishes.extend(numbered_in(work, id, rows, &cells, &middles, report)),
                Err(reason) => report.problems.extend(
                    rows.iter()
                        .map(|(line, row)| format!("line {line}: cell {} of '{id}': {reason}, passed over", row.cell)),
                ),
            }
        },
        done,
    );
    wishes
}

/// The pixel deepest inside each cell's nucleus, or where that is not known inside the cell.
fn middles(id: &str, nuclei: &MaskSet, masks: &MaskSet, size: (usize, usize)) -> Result<HashMap<u32, Anchor>, String> {
    let of = |masks: &MaskSet| -> Result<Option<Vec<(u32, Anchor)>>, String> {
        let Some(mask) = masks.read(id) else { return Ok(None) };
        let mask = mask.map_err(|error| error.to_string())?;
        if mask.size() != size {
            let ((height, width), (rows, cols)) = (mask.size(), size);
            return Err(format!("its mask is {width} x {height} pixels, the image {cols} x {rows} (width x height)"));
        }
        if mask.largest() as usize > mask.samples().len() {
            return Err(format!("its mask holds the number {}, more than it has pixels", mask.largest()));
        }
        Ok(Some(deepest_pixels(&ScaledMask::new(mask, size.0, size.1))))
    };
    let cells = of(masks)?.ok_or_else(|| "there is no mask of its image".to_owned())?;
    let known: BTreeSet<u32> = cells.iter().map(|(cell, _)| *cell).collect();
    let of_nuclei = of(nuclei)?.into_iter().flatten().filter(|(cell, _)| known.contains(cell));
    Ok(cells.iter().copied().chain(of_nuclei).collect())
}

fn numbered_in(
    work: &LabelWork,
    id: &str,
    rows: Vec<(usize, NumberedRow)>,
    cells: &FieldCells,
    middles: &HashMap<u32, Anchor>,
    report: &mut ImportReport,
) -> Vec<Wish> {
    let placement = cells.placement(&work.labels, id);
    let of_image = work.image_labels(id).unwrap_or_default();
    let mut taken: HashMap<u32, u32> = HashMap::new();
    let mut wishes = Vec::new();
    for (line, row) in rows {
        let found = middles.get(&row.cell).map(|&middle| cells.cell(cells.id_at(middle)));
        let cell = match found {
            None => Err("the mask of its image has no such cell".to_owned()),
            Some(None) => Err("no cell is found there now".to_owned()),
            Some(Some(cell)) => match taken.insert(cell.id, row.cell) {
                Some(other) => Err(format!("it lies in one cell with number {other}")),
                None => Ok(cell),
            },
        };
        match cell {
            Ok(cell) => {
                report.rows += 1;
                let name = placement.name_of(cell.id, cell.anchor);
                let decision = difference(&work.labels, id, (name, cell.area_px), changes_to(row.labels, of_image));
                wishes.extend(decision.map(|decision| Wish { decision, by: String::new(), at: None }));
            }
            Err(trouble) => {
                report.problems.push(format!("line {line}: cell {} of '{id}': {trouble}, passed over", row.cell));
            }
        }
    }
    wishes
}

/// What is listed is there; what the image says and is not listed is not.
fn changes_to(listed: LocationSet, of_image: LocationSet) -> impl Iterator<Item = Change> {
    let verdict = move |location| match (listed.contains(location), of_image.contains(location)) {
        (true, _) => Some(Verdict::Yes),
        (false, true) => Some(Verdict::No),
        (false, false) => None,
    };
    Location::all().filter_map(move |location| Some(Change::Label(location, Some(verdict(location)?))))
}

/// A deed for the wishes of each person and moment.
fn signed(pen: &Pen, wishes: Vec<Wish>) -> SignedDeeds {
    let mut by_pen: BTreeMap<(Moment, String), Vec<Decision>> = BTreeMap::new();
    for Wish { decision, by, at } in wishes {
        let by = if by.is_empty() { pen.annotator.clone() } else { by };
        by_pen.entry((at.unwrap_or(pen.now), by)).or_default().push(decision);
    }
    let signed = by_pen.into_iter().map(|((now, annotator), decisions)| {
        (Pen { session: pen.session, annotator, now }, Deed::Decide(Reason::Import, decisions))
    });
    signed.collect()
}

/// What merging two journals came to.
#[derive(Clone, Debug, PartialEq)]
pub struct MergeReport {
    /// Records of each.
    pub records: [usize; 2],
    /// Records of both together, each once.
    pub merged: usize,
    /// How far they agree.
    pub agreement: Agreement,
    /// Lines that could not be read, a sentence each.
    pub problems: Vec<String>,
}

/// Merges the journals at `paths`, which may be files or the folders of projects, into a new one at `out`.
///
/// # Errors
/// If one cannot be read, or there is something at `out` already.
pub fn merge_journals(paths: [&Path; 2], out: &Path) -> Result<MergeReport, FileError> {
    let [one, other] = paths.map(journal::at);
    let [one_path, other_path] = [one?, other?];
    let (one, other) = (journal::read_file(&one_path)?, journal::read_file(&other_path)?);
    let merged = merge(&one.records, &other.records);
    journal::write_new(&journal::place_for(out), &merged)?;
    let problems = [(&one, &one_path), (&other, &other_path)]
        .into_iter()
        .flat_map(|(content, path)| content.problems.iter().map(|problem| format!("{problem} — {}", path.display())));
    let problems = problems.collect();
    let records = [one.records.len(), other.records.len()];
    let agreement = Agreement::of(&Labels::replay(one.records), &Labels::replay(other.records));
    Ok(MergeReport { records, merged: merged.len(), agreement, problems })
}

/// How many decided cells came to what, in the order of [`Fate::ALL`].
#[must_use]
pub fn fates_in(rows: &[LabelRow]) -> [usize; 4] {
    Fate::ALL.map(|fate| rows.iter().filter(|row| row.fate == Some(fate)).count())
}

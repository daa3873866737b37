//! Labels of single cells without a window: a set with its decisions, opened to be read or to be written into, and
//! decisions about the cells at given pixels, each on the disk before it counts.

use std::{
    collections::HashMap,
    error::Error,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use super::{
    BatchEvent,
    cutting::cut,
    fault,
    in_order::in_order,
    opening::{self, JournalUse, Opened, Opening},
    record_keeping::{new_session, now},
    set_cells::source,
};
use crate::{
    atlas::{Anchor, LocationSet},
    imaging::ScaledMask,
    pipeline::{features::anchor::anchored_cells, sample_depth::field_at_8_bit},
    project::{
        FieldMeasurement, Labels, Project,
        labels::{
            Decision, Deed, Pen, Reason, Record, RecordId,
            placement::{PlacedCell, Placement},
        },
    },
    storage::{
        CellStore, FileError, ImageSet, cell_store,
        journal::{self, Journal, JournalContent},
        label_lines::{LabelLine, PixelDecision},
        project_file, read_field,
    },
};

/// The cells of one field as it is cut now.
#[derive(Clone, Debug, Default)]
pub struct FieldCells {
    /// Their masks; `None` of no field.
    mask: Option<ScaledMask>,
    /// Those that have a name.
    pub cells: Vec<PlacedCell>,
}

impl FieldCells {
    /// Finds the cells of the field `id`, as everything else does.
    ///
    /// # Errors
    /// If there is no such field, or it cannot be read.
    pub fn of(set: &ImageSet, project: &Project, id: &str) -> Result<Self, String> {
        let files = set.field(id).ok_or_else(|| format!("the set has no image '{id}'"))?;
        fault::in_words(|| {
            let (field, _) = field_at_8_bit(read_field(files)?, project.sample_depth());
            let segmentation = cut(&field, &project.cutting_of(id))?.segmentation;
            let cells = anchored_cells(&segmentation).into_iter();
            let cells = cells.map(PlacedCell::from);
            Ok(Self { cells: cells.collect(), mask: Some(segmentation.cell_mask) })
        })
    }

    /// (height, width) of the field.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        self.mask.as_ref().map_or((0, 0), ScaledMask::size)
    }

    /// The id of the cell at a pixel; 0 where there is none.
    #[must_use]
    pub fn id_at(&self, pixel: Anchor) -> u32 {
        self.mask.as_ref().map_or(0, |mask| mask.id_or_none(pixel))
    }

    /// The cell with this id.
    #[must_use]
    pub fn cell(&self, id: u32) -> Option<PlacedCell> {
        self.cells.binary_search_by_key(&id, |cell| cell.id).ok().map(|at| self.cells[at])
    }

    /// Where the decisions about the field `id` fall.
    #[must_use]
    pub fn placement(&self, labels: &Labels, id: &str) -> Placement {
        Placement::of(labels, id, &self.cells, |anchor| self.id_at(anchor))
    }
}

/// A set and the decisions about its cells.
#[derive(Debug)]
pub struct LabelWork {
    /// The set, the labels of its images, and how it is cut.
    pub opened: Opened,
    /// Where the decisions are kept.
    pub folder: PathBuf,
    /// The decisions.
    pub labels: Labels,
    /// What is wrong but kept nothing from being opened, a sentence each.
    pub problems: Vec<String>,
    cells: HashMap<String, Result<Arc<FieldCells>, String>>,
    /// The cells that are measured already, looked at when they are asked for first.
    store: OnceLock<Option<CellStore>>,
}

impl LabelWork {
    /// Opens what is at `path`, as the window does, to be read; it may be open elsewhere.
    ///
    /// # Errors
    /// If there is no set, or its decisions cannot be read.
    pub fn read(path: &Path) -> Result<Self, Box<dyn Error>> {
        let (opened, folder) = open(path)?;
        let content = journal::read(&folder)?;
        Ok(Self::of(opened, folder, content))
    }

    fn of(mut opened: Opened, folder: PathBuf, content: JournalContent) -> Self {
        let labels = Labels::replay(content.records);
        // What was corrected by hand is in the masks that decisions are about.
        opened.project = std::mem::take(&mut opened.project).with_labels(labels.corrections_alone());
        let mut problems = std::mem::take(&mut opened.problems);
        let journal = journal::path_in(&folder);
        problems.extend(content.problems.iter().map(|problem| format!("{problem} — {}", journal.display())));
        Self { opened, folder, labels, problems, cells: HashMap::new(), store: OnceLock::new() }
    }

    /// The labels of the image `id`.
    #[must_use]
    pub fn image_labels(&self, id: &str) -> Option<LocationSet> {
        self.opened.labels.get(id).copied()
    }

    /// The cells of the field `id`, which are found once.
    ///
    /// # Errors
    /// If there is no such field, or it cannot be read.
    pub fn cells(&mut self, id: &str) -> Result<Arc<FieldCells>, String> {
        if let Some(known) = self.cells.get(id) {
            return known.clone();
        }
        let found = self.find(id).map(Arc::new);
        self.cells.insert(id.to_owned(), found.clone());
        found
    }

    /// The cells of the field `id`: those that are stored if they are up to date, else found now. The same ones either way.
    fn find(&self, id: &str) -> Result<FieldCells, String> {
        let find = || FieldCells::of(&self.opened.set, &self.opened.project, id);
        self.stored(id).map_or_else(find, Ok)
    }

    /// What is stored of the field `id` as its files are now and as it is cut now; `None` if nothing is, or it is damaged.
    fn stored(&self, id: &str) -> Option<FieldCells> {
        // A store that cannot be read is no reason to fail: all of it can be found again.
        let look = || CellStore::look(&cell_store::path_in(&self.folder)).ok().flatten();
        let store = self.store.get_or_init(look).as_ref()?;
        let Opened { set, project, .. } = &self.opened;
        let how = FieldMeasurement { sample_depth: project.sample_depth(), cutting: project.cutting_of(id) };
        let measured = store.find(id, source(set.field(id)?, &how))?;
        let mask = store.cell_mask(&measured).ok()?;
        let cells =
            measured.cells.iter().map(|cell| PlacedCell { id: cell.id, anchor: cell.anchor, area_px: cell.area_px });
        Some(FieldCells { cells: cells.collect(), mask: Some(mask) })
    }

    /// Finds the cells of these fields, many at a time, and shows them to `take` in their order; after each `done` is
    /// called. They are not kept.
    pub fn each_field(
        &self,
        ids: &[String],
        mut take: impl FnMut(&str, Result<FieldCells, String>) + Send,
        mut done: impl FnMut(BatchEvent) + Send,
    ) {
        let Ok(()) = in_order(
            ids,
            |id| self.find(id),
            |id, found| {
                done(BatchEvent::FieldDone { failed: found.is_err() });
                take(id, found);
                Ok::<_, std::convert::Infallible>(())
            },
        );
    }
}

fn open(path: &Path) -> Result<(Opened, PathBuf), Box<dyn Error>> {
    let mut opened = match opening::open(path, JournalUse::Leave)? {
        Opening::Set(opened) => *opened,
        Opening::Moved(moved) => {
            return Err(format!(
                "the images of this project are not in {} any more: open it in the window once — {}",
                moved.was.display(),
                moved.project.display()
            )
            .into());
        }
    };
    if opened.set.is_nucleus_only() {
        return Err(format!("the set has nuclei only, its cells cannot be found — {}", path.display()).into());
    }
    match opened.folder.take() {
        Some(folder) => Ok((opened, folder)),
        None => Err(opened.problems.pop().unwrap_or_else(|| "decisions cannot be kept".to_owned()).into()),
    }
}

/// A set that is open to be decided about; no other process can write into its journal meanwhile.
#[derive(Debug)]
pub struct LabelDesk {
    /// The set.
    pub work: LabelWork,
    journal: Journal,
    pen: Pen,
    /// Steps of this run that were undone, the last at the end.
    undone: Vec<Vec<RecordId>>,
}

impl LabelDesk {
    /// Opens what is at `path` for the person `annotator`.
    ///
    /// # Errors
    /// If there is no set, its decisions cannot be read, or another process has them open.
    pub fn open(path: &Path, annotator: &str) -> Result<Self, Box<dyn Error>> {
        let (opened, folder) = open(path)?;
        let (journal, content) = Journal::open(&folder)?;
        // By it the folder is known for a project, also where it is moved to.
        if project_file::read(&folder)?.is_none() {
            project_file::write(&folder, &opening::project_file(&folder, &opened.set, &opened.project))?;
        }
        let annotator = annotator.replace(char::is_control, " ").trim().to_owned();
        let pen = Pen { session: new_session(), annotator, now: now() };
        Ok(Self { work: LabelWork::of(opened, folder, content), journal, pen, undone: Vec::new() })
    }

    /// Who decides.
    #[must_use]
    pub fn annotator(&self) -> &str {
        &self.pen.annotator
    }

    /// Does what a line says; it is on the disk afterwards.
    ///
    /// # Errors
    /// If the line makes no sense, which costs itself alone; or the journal cannot be written.
    pub fn take(&mut self, line: &LabelLine) -> Result<(), LabelError> {
        match line {
            LabelLine::Decide(decision) => {
                let deed = self.deed_of(decision).map_err(LabelError::Line)?;
                self.undone.clear();
                self.write(vec![deed])
            }
            LabelLine::Undo => {
                let step = self.last_step();
                if step.is_empty() {
                    return Err(LabelError::Line("there is nothing to undo".to_owned()));
                }
                self.write(step.iter().rev().map(|&id| Deed::Undo(id)).collect())?;
                self.undone.push(step);
                Ok(())
            }
            LabelLine::Redo => {
                let step = self.undone.last().ok_or_else(|| LabelError::Line("there is nothing to redo".to_owned()))?;
                self.write(step.iter().map(|&id| Deed::Redo(id)).collect())?;
                self.undone.pop();
                Ok(())
            }
        }
    }

    /// The decision about the cell at a pixel, under the name that the cell has.
    fn deed_of(&mut self, PixelDecision { image, pixel, change }: &PixelDecision) -> Result<Deed, String> {
        let cells = self.work.cells(image)?;
        let (row, col) = *pixel;
        let cell = match cells.id_at(*pixel) {
            0 => Err(format!("there is no cell at ({row}, {col}) of the image '{image}'")),
            id => cells
                .cell(id)
                .ok_or_else(|| format!("the cell at ({row}, {col}) of the image '{image}' has no nucleus")),
        }?;
        let anchor = cells.placement(&self.work.labels, image).name_of(cell.id, cell.anchor);
        let decision = Decision { image: image.clone(), anchor, area_px: cell.area_px, set: vec![*change] };
        Ok(Deed::Decide(Reason::Image, vec![decision]))
    }

    /// The last step that holds: a record, or all that were imported together.
    fn last_step(&self) -> Vec<RecordId> {
        let labels = &self.work.labels;
        let holds = |record: &&Record| matches!(record.did, Deed::Decide(..)) && !labels.is_undone(record.id);
        let mut holding = labels.records().iter().rev().filter(holds);
        let Some(last) = holding.next() else { return Vec::new() };
        let is_import = |record: &Record| matches!(record.did, Deed::Decide(Reason::Import, _));
        let mut step = vec![last.id];
        if is_import(last) {
            step.extend(
                holding.take_while(|record| is_import(record) && record.id.0 == last.id.0).map(|record| record.id),
            );
        }
        step.reverse();
        step
    }

    /// Writes these deeds as one step.
    fn write(&mut self, deeds: Vec<Deed>) -> Result<(), LabelError> {
        self.pen.now = now();
        let pens = deeds.into_iter().map(|deed| (self.pen.clone(), deed)).collect();
        self.write_signed(pens)
    }

    /// Writes deeds that other people did at other times, as one step.
    ///
    /// # Errors
    /// If the journal cannot be written; nothing is decided then.
    pub fn write_signed(&mut self, deeds: Vec<(Pen, Deed)>) -> Result<(), LabelError> {
        let labels = &mut self.work.labels;
        let numbers = next_number(labels, self.pen.session)..;
        let records: Vec<Record> = deeds
            .into_iter()
            .zip(numbers)
            .map(|((pen, did), number)| Record {
                id: RecordId(self.pen.session, number),
                at: pen.now,
                by: pen.annotator,
                did,
            })
            .collect();
        // What cannot be written does not count.
        self.journal.append(&records)?;
        for record in records {
            labels.take(record);
        }
        Ok(())
    }

    /// The pen of this run, for what is decided now.
    #[must_use]
    pub fn pen(&self) -> Pen {
        Pen { now: now(), ..self.pen.clone() }
    }
}

fn next_number(labels: &Labels, session: u64) -> u32 {
    labels.records().iter().rev().find(|record| record.id.0 == session).map_or(0, |last| last.id.1 + 1)
}

/// Why a line was not done.
#[derive(Debug, thiserror::Error)]
pub enum LabelError {
    /// It makes no sense; the next one may.
    #[error("{0}")]
    Line(String),
    /// The journal cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
}

//! Work on all fields of a set beside the window: the batches of the command line, byte for byte. Fields with parameters
//! or corrections of their own make batches of their own.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{
    Batch, BatchError, BatchEvent, BatchReport, Stains, Stop,
    batch::KnownField,
    precedence::stand_back,
    set_cells::{SetCells, measure_all},
};
use crate::{
    pipeline::border_cells::BorderCells,
    project::{FieldMeasurement, Project},
    storage::{
        CellStore, FieldFiles, FileError, ImageSet, MaskFolder, MaskFormat,
        cell_store::{self, Source},
    },
};

/// How far it is; its clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<AtomicUsize>);

impl Progress {
    /// Fields done.
    #[must_use]
    pub fn done(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Counts more of them.
    pub fn add(&self, fields: usize) {
        self.0.fetch_add(fields, Ordering::Relaxed);
    }
}

/// How the work is watched and stopped.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Asked for to stop it.
    pub stop: &'a Stop,
    /// Counts fields.
    pub progress: &'a Progress,
    /// Called whenever there is progress.
    pub wake: &'a (dyn Fn() + Send + Sync),
}

/// The folder of masks in the folder of a project.
#[must_use]
pub fn mask_folder(project: &Path) -> PathBuf {
    project.join("masks")
}

/// A set and what was decided about it.
#[derive(Clone, Copy, Debug)]
pub struct WholeSet<'a> {
    /// The fields.
    pub set: &'a ImageSet,
    /// How they are cut.
    pub project: &'a Project,
    /// The folder of the project, which everything goes to.
    pub folder: &'a Path,
}

/// Fields that are cut alike.
struct Alike {
    /// Their places in the set.
    places: Vec<usize>,
    fields: Vec<FieldFiles>,
    how: FieldMeasurement,
    /// The name of their work file.
    name: String,
}

impl WholeSet<'_> {
    /// Finds the cells of all fields and writes their masks into [`mask_folder`], as `cytoscribe segment` does. What is
    /// there already is not done again.
    ///
    /// # Errors
    /// If a file cannot be written, or the work was stopped.
    pub fn segment(&self, watch: Watch) -> Result<BatchReport, BatchError> {
        aside(|| self.segment_each(watch))
    }

    fn segment_each(&self, watch: Watch) -> Result<BatchReport, BatchError> {
        let masks = mask_folder(self.folder);
        let mut report = BatchReport::default();
        for alike in self.alike() {
            let work_file = masks.join(&alike.name);
            report.add(run(&self.batch(&alike, Some(&masks), &work_file), watch)?);
        }
        Ok(report)
    }

    /// Measures the cells of all fields into the [`CellStore`] of the project. What is measured already is not measured
    /// again. What is there is given to `show` about every second, and when the work is stopped.
    ///
    /// # Errors
    /// If a file cannot be written, or the work was stopped.
    pub fn measure(
        &self,
        watch: Watch,
        show: &(dyn Fn(SetCells) + Send + Sync),
    ) -> Result<(BatchReport, SetCells), BatchError> {
        aside(|| self.measure_each(watch, show))
    }

    fn measure_each(
        &self,
        watch: Watch,
        show: &(dyn Fn(SetCells) + Send + Sync),
    ) -> Result<(BatchReport, SetCells), BatchError> {
        let fields = self.fields();
        let store = Arc::new(CellStore::open(&cell_store::path_in(self.folder))?);
        let measured = measure_all(&store, &fields, watch, show).map(|(report, cells)| {
            // That it takes more room than it must is no failure.
            let current = cells.fields.iter().flatten().map(|cells| (cells.image.as_str(), cells.source()));
            let current: HashMap<&str, Source> = current.collect();
            match store.compacted(|cells| current.get(cells.image.as_str()) == Some(&cells.source())) {
                Ok(Some(compacted)) => (report, SetCells::find(Arc::new(compacted), &fields)),
                _ => (report, cells),
            }
        });
        store.release();
        if let Ok((_, cells)) = &measured {
            cells.store.release();
        }
        measured
    }

    /// The cells of all fields, as far as they are measured; `None` if none ever were. `store` is the store that is open
    /// already.
    ///
    /// # Errors
    /// If there is a store that cannot be read.
    pub fn measured(&self, store: Option<Arc<CellStore>>) -> Result<Option<SetCells>, FileError> {
        let fields = self.fields();
        let store = match store {
            Some(store) => Some(store),
            None => CellStore::look(&cell_store::path_in(self.folder))?.map(Arc::new),
        };
        Ok(store.map(|store| SetCells::find(store, &fields)))
    }

    /// Every field with how it is measured.
    pub(super) fn fields(&self) -> Vec<(&FieldFiles, FieldMeasurement)> {
        let (sample_depth, cuttings) = (self.project.sample_depth(), self.project.cuttings());
        let how = |files: &FieldFiles| FieldMeasurement { sample_depth, cutting: cuttings.of(files.id()) };
        self.set.fields().iter().map(|files| (files, how(files))).collect()
    }

    /// What the cells of those fields show whose masks are there and up to date, or why they failed, by place in the set.
    ///
    /// # Errors
    /// If a file is there but cannot be read.
    pub fn known(&self) -> Result<Vec<KnownField>, FileError> {
        let masks = mask_folder(self.folder);
        let mut known = Vec::new();
        for alike in self.alike() {
            let work_file = masks.join(&alike.name);
            let counts = self.batch(&alike, Some(&masks), &work_file).known(&[])?;
            known.extend(counts.into_iter().map(|(number, count)| (alike.places[number], count)));
        }
        Ok(known)
    }

    fn alike(&self) -> Vec<Alike> {
        let (sample_depth, cuttings) = (self.project.sample_depth(), self.project.cuttings());
        let common = Alike {
            places: Vec::new(),
            fields: Vec::new(),
            how: self.project.measurement().into(),
            name: "segment.work".to_owned(),
        };
        let mut all = vec![common];
        for (place, files) in self.set.fields().iter().enumerate() {
            if cuttings.is_own(files.id()) {
                all.push(Alike {
                    places: vec![place],
                    fields: vec![files.clone()],
                    how: FieldMeasurement { sample_depth, cutting: cuttings.of(files.id()) },
                    name: format!("{}.work", files.id()),
                });
            } else {
                all[0].places.push(place);
                all[0].fields.push(files.clone());
            }
        }
        all
    }

    fn batch<'a>(&self, alike: &'a Alike, masks: Option<&'a Path>, work_file: &'a Path) -> Batch<'a> {
        Batch {
            fields: &alike.fields,
            stains: if self.set.is_nucleus_only() { Stains::NucleusOnly } else { Stains::All },
            how: &alike.how,
            mask_folder: masks.map(|path| MaskFolder { path, format: MaskFormat::Png }),
            border_cells: BorderCells::Keep,
            model: None,
            work_file,
        }
    }
}

fn run(batch: &Batch, watch: Watch) -> Result<BatchReport, BatchError> {
    let tell = |event| {
        match event {
            BatchEvent::Begun { done, .. } => watch.progress.add(done),
            BatchEvent::FieldDone { .. } => watch.progress.add(1),
            BatchEvent::Writing(_) => {}
        }
        (watch.wake)();
    };
    batch.run(Vec::new(), watch.stop, tell).map(|(report, _)| report)
}

/// On threads of its own, which stand back: what one looks at meanwhile would wait until whole images are done.
pub(in crate::workbench) fn aside<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let threads = rayon::ThreadPoolBuilder::new().num_threads(rayon::current_num_threads());
    match threads.start_handler(|_| stand_back()).build() {
        Ok(threads) => threads.install(work),
        Err(_) => work(),
    }
}

//! The cells of all fields of a set, found beside the window: the batch of the command line, byte for byte.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{Batch, BatchError, BatchEvent, BatchReport, Stains, Stop};
use crate::{
    pipeline::{border_cells::BorderCells, measurement::MeasurementParams},
    project::Project,
    storage::{FieldFiles, ImageSet, MaskFolder, MaskFormat},
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

/// The folder of masks in the folder of a project.
#[must_use]
pub fn mask_folder(project: &Path) -> PathBuf {
    project.join("masks")
}

/// Finds the cells of all fields of `set` and writes their masks into `folder`, as `cytoscribe segment` does; fields
/// with parameters of their own are cut by these. What is there already is not done again. `wake` is called whenever
/// there is progress.
///
/// # Errors
/// If a file cannot be written, or `stop` was asked for.
pub fn segment_all(
    set: &ImageSet,
    project: &Project,
    folder: &Path,
    stop: &Stop,
    progress: &Progress,
    wake: &(dyn Fn() + Send + Sync),
) -> Result<BatchReport, BatchError> {
    // On threads of its own: what one looks at meanwhile would wait until whole images are done.
    let threads = rayon::ThreadPoolBuilder::new().num_threads(rayon::current_num_threads()).build();
    let work = || segment_each(set, project, folder, stop, progress, wake);
    threads.map_or_else(|_| work(), |threads| threads.install(work))
}

fn segment_each(
    set: &ImageSet,
    project: &Project,
    folder: &Path,
    stop: &Stop,
    progress: &Progress,
    wake: &(dyn Fn() + Send + Sync),
) -> Result<BatchReport, BatchError> {
    let (own, common): (Vec<FieldFiles>, Vec<FieldFiles>) =
        set.fields().iter().cloned().partition(|files| project.is_overridden(files.id()));
    let run = |fields: &[FieldFiles], params: &MeasurementParams, work_file: &Path| {
        let batch = Batch {
            fields,
            stains: if set.is_nucleus_only() { Stains::NucleusOnly } else { Stains::All },
            params,
            mask_folder: Some(MaskFolder { path: folder, format: MaskFormat::Png }),
            border_cells: BorderCells::Keep,
            model: None,
            work_file,
        };
        let finished = batch.run(Vec::new(), stop, |event| {
            match event {
                BatchEvent::Begun { done, .. } => progress.add(done),
                BatchEvent::FieldDone { .. } => progress.add(1),
                BatchEvent::Writing(_) => {}
            }
            wake();
        });
        finished.map(|(report, _)| report)
    };
    let mut report = run(&common, &project.measurement(), &folder.join("segment.work"))?;
    for files in own {
        let segmentation = project.segmentation_of(files.id()).clone();
        let params = MeasurementParams { segmentation, ..project.measurement() };
        let work_file = folder.join(format!("{}.work", files.id()));
        let of_one = run(std::slice::from_ref(&files), &params, &work_file)?;
        report.read += of_one.read;
        report.cells += of_one.cells;
        report.remarks.extend(of_one.remarks);
        report.failures.extend(of_one.failures);
    }
    Ok(report)
}

//! The cells of a whole set: measuring them into the store of the project, and reading from it what is wanted.

use std::{
    error::Error,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use rayon::prelude::*;

use super::{BatchError, BatchReport, cutting::cut, fault::in_words, whole_set::Watch};
use crate::{
    atlas::Anchor,
    imaging::ScaledMask,
    pipeline::{
        portrait::{Portrait, portraits},
        sample_depth::field_at_8_bit,
    },
    project::FieldMeasurement,
    storage::{
        CellStore, FieldFiles, FileError,
        cell_store::{FieldCells, NewCell, NewField, Source, fingerprint},
        file_stamp::field_stamps,
        read_field,
    },
};

/// While cells are measured, those that are there are shown anew after this time.
const BETWEEN_SHOWINGS: Duration = Duration::from_secs(1);

/// The cells of a set, as far as they are measured with the parameters in force.
#[derive(Clone, Debug)]
pub struct SetCells {
    /// What holds all that is known of them.
    pub store: Arc<CellStore>,
    /// The cells of each field by its place in the set; `None`: not measured.
    pub fields: Vec<Option<Arc<FieldCells>>>,
}

/// A cell of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellAt {
    /// The place of its field in the set.
    pub field: u32,
    /// Its place among the field's cells.
    pub cell: u32,
}

impl SetCells {
    /// The cells of `fields` that are in `store`; each field with what it is measured with.
    #[must_use]
    pub fn find(store: Arc<CellStore>, fields: &[(&FieldFiles, FieldMeasurement)]) -> Self {
        let find = |(files, how): &(&FieldFiles, FieldMeasurement)| store.find(files.id(), source(files, how));
        Self { fields: fields.par_iter().map(find).collect(), store }
    }

    /// Number of cells.
    #[must_use]
    pub fn count(&self) -> usize {
        self.fields.iter().flatten().map(|cells| cells.cells.len()).sum()
    }

    /// Number of fields whose cells are measured.
    #[must_use]
    pub fn measured_fields(&self) -> usize {
        self.fields.iter().flatten().count()
    }

    /// The cells of the field at this place, if they are measured.
    #[must_use]
    pub fn field(&self, place: usize) -> Option<&Arc<FieldCells>> {
        self.fields.get(place)?.as_ref()
    }

    /// All cells, field by field in the order of the set.
    pub fn all(&self) -> impl Iterator<Item = CellAt> + '_ {
        let measured = self.fields.iter().enumerate().filter_map(|(place, cells)| Some((place, cells.as_ref()?)));
        measured.flat_map(|(place, cells)| {
            (0..cells.cells.len()).map(move |cell| CellAt { field: place as u32, cell: cell as u32 })
        })
    }

    /// What is stored of a cell.
    #[must_use]
    pub fn cell(&self, at: CellAt) -> Option<&crate::storage::cell_store::StoredCell> {
        self.field(at.field as usize)?.cells.get(at.cell as usize)
    }

    /// The value of one feature for every cell, by field and cell; not a number where it cannot be read. Reads from the
    /// disk.
    #[must_use]
    pub fn feature(&self, feature: usize) -> Vec<Vec<f32>> {
        let of_field = |cells: &Option<Arc<FieldCells>>| {
            let Some(cells) = cells else { return Vec::new() };
            self.store.feature(cells, feature).unwrap_or_else(|_| vec![f32::NAN; cells.cells.len()])
        };
        self.fields.par_iter().map(of_field).collect()
    }

    /// All features of the cells of a field, cell by cell; `None` if they are not measured. Reads from the disk.
    ///
    /// # Errors
    /// If what is stored is damaged.
    pub fn features_of(&self, field: usize) -> Result<Option<Vec<Vec<f32>>>, FileError> {
        self.field(field).map(|cells| self.store.features(cells)).transpose()
    }

    /// A cell with its surroundings; `None` if there is no such cell. Reads from the disk.
    ///
    /// # Errors
    /// If what is stored is damaged.
    pub fn portrait(&self, at: CellAt) -> Result<Option<Portrait>, FileError> {
        let cells = self.field(at.field as usize).filter(|cells| (at.cell as usize) < cells.cells.len());
        cells.map(|cells| self.store.portrait(cells, at.cell as usize)).transpose()
    }

    /// The mask of the cells of a field; `None` if they are not measured. Reads from the disk.
    ///
    /// # Errors
    /// If what is stored is damaged.
    pub fn cell_mask(&self, field: usize) -> Result<Option<ScaledMask>, FileError> {
        self.field(field).map(|cells| self.store.cell_mask(cells)).transpose()
    }

    /// The ids of the cells at these pixels of a field, 0 = none there or not measured. Reads from the disk.
    ///
    /// # Errors
    /// If what is stored is damaged.
    pub fn cells_at(&self, field: usize, pixels: &[Anchor]) -> Result<Vec<u32>, FileError> {
        let mask = self.cell_mask(field)?;
        Ok(pixels.iter().map(|&pixel| mask.as_ref().map_or(0, |mask| mask.id_or_none(pixel))).collect())
    }

    /// The id of the cell at a pixel of a field, 0 = none there or not measured. Reads from the disk.
    ///
    /// # Errors
    /// If what is stored is damaged.
    pub fn cell_at(&self, field: usize, pixel: Anchor) -> Result<u32, FileError> {
        Ok(self.cells_at(field, &[pixel])?.first().copied().unwrap_or(0))
    }
}

/// What the cells of a field follow from.
#[must_use]
pub fn source(files: &FieldFiles, how: &FieldMeasurement) -> Source {
    Source { inputs: fingerprint(how), files: fingerprint(&field_stamps(files)) }
}

/// Measures the cells of those `fields` whose cells are not in `store`, as many fields at a time as there are threads.
/// What is there is given to `show` about every second.
///
/// # Errors
/// If the store cannot be written, or the work was stopped. What goes wrong with a single field is in the report.
pub fn measure_all(
    store: &Arc<CellStore>,
    fields: &[(&FieldFiles, FieldMeasurement)],
    watch: Watch,
    show: &(dyn Fn(SetCells) + Send + Sync),
) -> Result<(BatchReport, SetCells), BatchError> {
    let known = SetCells::find(Arc::clone(store), fields);
    let missing: Vec<usize> = (0..fields.len()).filter(|&place| known.fields[place].is_none()).collect();
    watch.progress.add(fields.len() - missing.len());
    show(known.clone());
    (watch.wake)();
    let desk = Mutex::new(Desk { cells: known, failures: Vec::new(), shown: Instant::now() });
    // A bridge, for the reason that [`super::Batch`] has.
    let outcome = missing.iter().par_bridge().try_for_each(|&place| {
        if watch.stop.is_asked() {
            return Ok(());
        }
        let (files, how) = &fields[place];
        let measured = in_words(|| measured_field(files, how))
            .map(|field| store.append(&field))
            .map_or_else(|reason| Ok(Err(reason)), |stored| stored.map(Ok))?;
        let mut desk = desk.lock().unwrap_or_else(PoisonError::into_inner);
        match measured {
            Ok(cells) => desk.cells.fields[place] = Some(cells),
            Err(reason) => desk.failures.push((place, reason)),
        }
        watch.progress.add(1);
        if desk.shown.elapsed() >= BETWEEN_SHOWINGS {
            desk.shown = Instant::now();
            show(desk.cells.clone());
        }
        drop(desk);
        (watch.wake)();
        Ok::<_, FileError>(())
    });
    let Desk { cells, mut failures, .. } = desk.into_inner().unwrap_or_else(PoisonError::into_inner);
    show(cells.clone());
    outcome?;
    let (done, total) = (cells.measured_fields() + failures.len(), fields.len());
    if done < total {
        return Err(BatchError::Stopped { done, total });
    }
    failures.sort_unstable();
    let mut report = BatchReport { read: cells.measured_fields(), ..BatchReport::default() };
    for measured in cells.fields.iter().flatten() {
        report.cells += measured.cell_count;
        report.remarks.extend(measured.remarks.iter().map(|remark| (measured.image.clone(), remark.clone())));
    }
    report.failures.extend(failures.into_iter().map(|(place, reason)| (fields[place].0.id().to_owned(), reason)));
    Ok((report, cells))
}

/// What comes in from all threads.
struct Desk {
    cells: SetCells,
    failures: Vec<(usize, String)>,
    /// When the cells were shown last.
    shown: Instant,
}

/// Measures the cells of one field.
fn measured_field(files: &FieldFiles, how: &FieldMeasurement) -> Result<NewField, Box<dyn Error>> {
    // Before the work: a file that changes meanwhile is worked on again the next time.
    let source = source(files, how);
    let (field, warnings) = field_at_8_bit(read_field(files)?, how.sample_depth);
    let corrected = cut(&field, &how.cutting)?;
    let measured = corrected.measure(&field);
    let mut remarks: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    remarks.extend(corrected.remarks(&measured));
    let mut portraits = portraits(&field, &corrected.segmentation).into_iter().peekable();
    let cells = measured.cells.into_iter().filter_map(|cell| {
        // Both are by id, and each measured cell has a portrait.
        while portraits.next_if(|(id, _)| *id < cell.id).is_some() {}
        let (_, portrait) = portraits.next_if(|(id, _)| *id == cell.id)?;
        Some(NewCell { id: cell.id, anchor: cell.anchor, area_px: cell.area_px, features: cell.features, portrait })
    });
    let cells = cells.collect();
    Ok(NewField {
        image: files.id().to_owned(),
        source,
        cell_count: corrected.cell_count(),
        remarks,
        cell_mask: corrected.segmentation.cell_mask,
        cells,
    })
}

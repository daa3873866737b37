//! The cells of a set as an export needs them: from the store of the project where they are there and up to date, else
//! measured now. Nothing is written into the project. The same cells either way, to the bit.

use std::{error::Error, sync::Arc};

use ndarray::ArrayView2;

use super::{
    ExportError, ExportWatch, Source,
    target::{MaskTarget, Target},
};
use crate::{
    atlas::{Anchor, Channel, LocationSet},
    imaging::{BorderContact, RunLengths, ScaledMask, rle::region_run_lengths},
    pipeline::{
        border_cells::share_in_view,
        features::{Cell, FEATURE_COUNT},
        post_processing::CellFacts,
        sample_depth::field_at_8_bit,
        segmentation::Segmentation,
        submission::encode_mask,
    },
    project::{
        FieldMeasurement, Labels,
        labels::{
            CellDecisions,
            placement::{Fate, PlacedCell, Placement},
        },
    },
    storage::{
        CellStore, Checksum, CocoWriter, FieldFiles, MaskFolder,
        cell_store::{self, FieldCells},
        coco::{Annotation, Category},
        read_field, read_size, write_masks,
    },
    workbench::{cutting::cut, fault::in_words, in_order::in_order, set_cells::SetCells, whole_set::WholeSet},
};

/// All cells of a set.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Every field, in the order of the set.
    pub fields: Vec<GatheredField>,
    /// The features of the cells that count and could be measured, cell after cell.
    pub features: Vec<f32>,
    /// Of the files of all images.
    pub images: Checksum,
}

/// The cells of one field.
#[derive(Debug, Default)]
pub struct GatheredField {
    /// Its ID.
    pub id: String,
    /// (height, width), if that is known.
    pub size: Option<(usize, usize)>,
    /// The labels of the image.
    pub labels: Option<LocationSet>,
    /// All that have a pixel, and by what their masks are known again.
    pub masks: Vec<(u32, MaskSeal)>,
    /// Those that count: that have a pixel and are not excluded by a person.
    pub cells: Vec<GatheredCell>,
    /// Cells that are excluded.
    pub excluded: usize,
    /// Decided cells whose anchor no cell covers.
    pub lost: usize,
    /// What is worth knowing of it.
    pub remarks: Vec<String>,
    /// Why it failed.
    pub failure: Option<String>,
}

/// By what the mask of a cell is known again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MaskSeal {
    /// Its pixels.
    pub area_px: usize,
    /// CRC-32 of its runs.
    pub crc32: u32,
}

impl MaskSeal {
    /// Of a mask.
    #[must_use]
    pub fn of(mask: &RunLengths) -> Self {
        let mut hasher = crc32fast::Hasher::new();
        mask.runs().iter().for_each(|run| hasher.update(&run.to_le_bytes()));
        Self { area_px: mask.area(), crc32: hasher.finalize() }
    }
}

/// A cell that counts.
#[derive(Debug)]
pub struct GatheredCell {
    /// Its id in the masks.
    pub id: u32,
    /// Its anchor and its place among the cells with features; `None` if it could not be measured.
    pub measured: Option<(Anchor, usize)>,
    /// Its pixels in view.
    pub area_px: u64,
    /// The share of it in view.
    pub share_in_view: f64,
    /// Its mask as a word of a submission; empty if none is written.
    pub mask_text: String,
    /// What is decided about it.
    pub decisions: CellDecisions,
}

impl Gathered {
    /// The features of all measured cells: (cells, features).
    ///
    /// # Errors
    /// Never, as all cells have the same features.
    pub fn features(&self) -> Result<ArrayView2<'_, f32>, ExportError> {
        let cells = self.features.len() / FEATURE_COUNT;
        ArrayView2::from_shape((cells, FEATURE_COUNT), &self.features)
            .map_err(|error| ExportError::Fault(error.to_string()))
    }

    /// All cells that count, with the place of their field.
    pub fn cells(&self) -> impl Iterator<Item = (usize, &GatheredCell)> {
        self.fields.iter().enumerate().flat_map(|(place, field)| field.cells.iter().map(move |cell| (place, cell)))
    }

    /// What post-processing needs to know of them.
    #[must_use]
    pub fn facts(&self) -> Vec<CellFacts> {
        self.cells()
            .map(|(image, cell)| CellFacts { image, share_in_view: cell.share_in_view, area_px: cell.area_px })
            .collect()
    }

    /// The labels of all images.
    #[must_use]
    pub fn image_labels(&self) -> Vec<Option<LocationSet>> {
        self.fields.iter().map(|field| field.labels).collect()
    }
}

/// Gathers the cells of all fields, and writes masks and annotations on the way.
///
/// # Errors
/// If a file that is written for all fields cannot be written, or the work is stopped. A field that fails costs itself.
pub fn gather(source: &Source, target: Option<&Target>, watch: ExportWatch) -> Result<Gathered, ExportError> {
    let whole = WholeSet { set: source.set, project: source.project, folder: source.folder };
    let fields = whole.fields();
    // A store that cannot be read is no reason to fail: all of it can be measured again.
    let store = CellStore::look(&cell_store::path_in(source.folder)).ok().flatten();
    let known = store.map(|store| SetCells::find(Arc::new(store), &fields));
    let masks = target.and_then(Target::masks);
    let mut coco =
        target.filter(|target| target.products.coco).map(|target| CocoWriter::create(&target.coco())).transpose()?;
    let work = FieldWork {
        known: known.as_ref(),
        masks: masks.as_ref(),
        has_coco: coco.is_some(),
        has_texts: target.is_some_and(|target| target.products.submission),
    };
    let mut gathered = Gathered::default();
    let mut images = Vec::with_capacity(fields.len());
    watch.begin("Gathering cells", fields.len())?;
    let places: Vec<usize> = (0..fields.len()).collect();
    in_order(
        &places,
        |&place| (image_checksum(fields[place].0), in_words(|| work.on(place, &fields[place]))),
        |&place, (checksum, found)| {
            let (files, _) = &fields[place];
            images.push(checksum);
            let found = found.unwrap_or_else(|reason| Found { failure: Some(reason), ..Found::default() });
            if let Some(coco) = coco.as_mut().filter(|_| found.size.is_some()) {
                append_coco(coco, files, &found)?;
            }
            let labels = source.image_labels.get(place).copied().flatten();
            let field = field_of(files, labels, found, source.project.labels(), &mut gathered.features);
            gathered.fields.push(field);
            Ok::<_, ExportError>(watch.step()?)
        },
    )?;
    if let Some(coco) = coco {
        coco.finish()?;
    }
    gathered.images = Checksum::of_all(images);
    Ok(gathered)
}

/// Of all files of a field; those that cannot be read count as empty.
fn image_checksum(files: &FieldFiles) -> Checksum {
    let mut paths: Vec<_> = Channel::ALL.into_iter().filter_map(|channel| files.path(channel)).collect();
    paths.dedup();
    Checksum::of_all(paths.into_iter().map(|path| Checksum::of_file(path).unwrap_or_default()))
}

/// What is to be done with a field.
struct FieldWork<'a> {
    known: Option<&'a SetCells>,
    masks: Option<&'a MaskTarget>,
    has_coco: bool,
    has_texts: bool,
}

/// What was found in a field.
#[derive(Default)]
struct Found {
    size: Option<(usize, usize)>,
    cell_mask: Option<ScaledMask>,
    runs: Vec<(u32, RunLengths)>,
    nucleus_runs: Vec<(u32, RunLengths)>,
    texts: Vec<String>,
    cells: Vec<Cell>,
    remarks: Vec<String>,
    failure: Option<String>,
}

/// The cells of a field as they are measured, with their mask.
struct Measured {
    cells: Vec<Cell>,
    remarks: Vec<String>,
    cell_mask: ScaledMask,
}

impl FieldWork<'_> {
    fn on(&self, place: usize, (files, how): &(&FieldFiles, FieldMeasurement)) -> Result<Found, Box<dyn Error>> {
        // Nuclei are not in the store.
        let needs_nuclei = self.masks.is_some() || self.has_coco;
        let (Measured { cells, remarks, cell_mask }, nuclei) = match self.known.and_then(|known| stored(known, place)) {
            Some(stored) if !needs_nuclei => (stored, None),
            stored => measured(files, how, stored)?,
        };
        let runs = region_run_lengths(&cell_mask);
        let mut found = Found { size: Some(cell_mask.size()), cells, remarks, ..Found::default() };
        if self.has_texts {
            found.texts = runs.iter().map(|(_, mask)| encode_mask(mask)).collect();
        }
        if let Some(nuclei_mask) = &nuclei {
            if self.has_coco {
                found.nucleus_runs = region_run_lengths(nuclei_mask);
            }
            if let Some(masks) = self.masks {
                let folder = MaskFolder { path: &masks.folder, format: masks.format };
                let written = write_masks(folder, files.id(), nuclei_mask, &cell_mask);
                found.failure = written.err().map(|error| error.to_string());
            }
        }
        (found.runs, found.cell_mask) = (runs, Some(cell_mask));
        Ok(found)
    }
}

/// What is in the store of a field; `None` if it is not there, or damaged.
fn stored(known: &SetCells, place: usize) -> Option<Measured> {
    let cells: &FieldCells = known.field(place)?;
    let features = known.features_of(place).ok()??;
    let cell_mask = known.cell_mask(place).ok()??;
    let measured = cells.cells.iter().zip(features);
    let measured =
        measured.map(|(cell, features)| Cell { id: cell.id, anchor: cell.anchor, area_px: cell.area_px, features });
    Some(Measured { cells: measured.collect(), remarks: cells.remarks.clone(), cell_mask })
}

/// Finds the cells of a field and its nuclei, and measures what is not `stored`.
fn measured(
    files: &FieldFiles,
    how: &FieldMeasurement,
    stored: Option<Measured>,
) -> Result<(Measured, Option<ScaledMask>), Box<dyn Error>> {
    let (field, warnings) = field_at_8_bit(read_field(files)?, how.sample_depth);
    let corrected = cut(&field, &how.cutting)?;
    if let Some(stored) = stored {
        return Ok((stored, Some(corrected.segmentation.nuclei_mask)));
    }
    let measured = corrected.measure(&field);
    let mut remarks: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    remarks.extend(corrected.remarks(&measured));
    let Segmentation { nuclei_mask, cell_mask, .. } = corrected.segmentation;
    Ok((Measured { cells: measured.cells, remarks, cell_mask }, Some(nuclei_mask)))
}

/// The cells and nuclei of one image. Of its four files that of the protein stands for it.
fn append_coco(coco: &mut CocoWriter, files: &FieldFiles, found: &Found) -> Result<(), ExportError> {
    let of = |category, runs: &'_ [(u32, RunLengths)]| -> Vec<(u32, Category, usize)> {
        runs.iter().enumerate().map(|(at, (id, _))| (*id, category, at)).collect()
    };
    let mut places = of(Category::Cell, &found.runs);
    places.extend(of(Category::Nucleus, &found.nucleus_runs));
    // A stable order: a cell stays before its nucleus.
    places.sort_by_key(|(id, ..)| *id);
    let annotations = places.into_iter().map(|(cell_id, category, at)| {
        let runs = if category == Category::Cell { &found.runs } else { &found.nucleus_runs };
        Annotation { cell_id, category, mask: &runs[at].1 }
    });
    let name = files.path(Channel::Protein).and_then(|path| path.file_name());
    let name = name.map_or_else(|| files.id().to_owned(), |name| name.to_string_lossy().into_owned());
    Ok(coco.append(&name, found.size.unwrap_or_default(), annotations)?)
}

/// What was found, with the decisions about it; its features go to `features`.
fn field_of(
    files: &FieldFiles,
    labels: Option<LocationSet>,
    found: Found,
    decided: &Labels,
    features: &mut Vec<f32>,
) -> GatheredField {
    let id = files.id();
    let placed: Vec<PlacedCell> =
        found.cells.iter().map(|cell| PlacedCell { id: cell.id, anchor: cell.anchor, area_px: cell.area_px }).collect();
    let mask = found.cell_mask.as_ref();
    let placement = Placement::of(decided, id, &placed, |anchor| mask.map_or(0, |mask| mask.id_or_none(anchor)));
    let mut field = GatheredField {
        id: id.to_owned(),
        size: found.size.or_else(|| read_size(files)),
        labels,
        masks: found.runs.iter().map(|(id, mask)| (*id, MaskSeal::of(mask))).collect(),
        lost: placement.fates.values().filter(|fate| **fate == Fate::Lost).count(),
        remarks: found.remarks,
        failure: found.failure,
        ..GatheredField::default()
    };
    let mut texts = found.texts.into_iter();
    for (cell_id, mask) in &found.runs {
        let mask_text = texts.next().unwrap_or_default();
        let decisions = decided.of_all(id, placement.anchors_in(*cell_id));
        if decisions.exclusion.is_some() {
            field.excluded += 1;
            continue;
        }
        let cell = found.cells.binary_search_by_key(cell_id, |cell| cell.id).ok().map(|at| &found.cells[at]);
        let measured = cell.map(|cell| {
            let row = features.len() / FEATURE_COUNT;
            features.extend_from_slice(&cell.features);
            (cell.anchor, row)
        });
        let share_in_view = share_in_view(mask.area(), &BorderContact::of(mask));
        let area_px = mask.area() as u64;
        field.cells.push(GatheredCell { id: *cell_id, measured, area_px, share_in_view, mask_text, decisions });
    }
    field
}

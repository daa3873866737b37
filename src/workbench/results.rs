//! What was computed for the window. Never saved as truth; all of it can be computed again.

use std::{collections::HashMap, sync::Arc};

use super::{
    batch::CellCount,
    cell_crop::{CellCrop, CropKey},
    close_up::{CloseUp, CloseUpKey},
    cutting::{CutError, cut_as_imported},
    deck::{Card, DeckKey},
    example_cell::ExampleCell,
    feature_sample::SetFeatures,
    focus::Part,
    gallery::{OrderKey, Ordered, Pictures, Pool, Shown, ShownKey},
    lane::Computed,
    loaded_field::LoadedField,
    model::{LessonsKey, Model, history::Trainings, priors::TriedPrior, tuning::Tried},
    set_cells::SetCells,
};
use crate::{
    atlas::{Anchor, Field, Location},
    imaging::{
        Plane, ScaledMask,
        outline::{Outline, outlines},
        regions::areas_by_id,
    },
    pipeline::{
        composite::CompositeParams,
        corrections::{Corrected, corrected},
        doubtful_fields::FieldSigns,
        features::{MeasuredField, anchor::anchored_cells},
        sample_depth::SampleDepth,
        segmentation::Stages,
    },
    project::{
        Cutting, Cuttings, Labels, Project,
        labels::placement::{PlacedCell, Placement},
    },
};

/// A field as it is read: which one, of which of the sets opened so far, and how its samples become 8 bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldKey {
    /// Counts the sets that were opened.
    pub opening: u64,
    /// Its place in the set.
    pub index: usize,
    /// How samples become 8 bit.
    pub depth: SampleDepth,
}

/// All that a picture follows from.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureKey {
    /// The field.
    pub field: FieldKey,
    /// How it is drawn.
    pub display: CompositeParams,
    /// The part of it.
    pub part: Part,
}

/// All that the cells of a field follow from.
#[derive(Clone, Debug, PartialEq)]
pub struct CellsKey {
    /// The field.
    pub field: FieldKey,
    /// How it is cut.
    pub cutting: Cutting,
}

/// All that the cells of a whole set follow from.
#[derive(Clone, Debug, PartialEq)]
pub struct SetKey {
    /// Counts the sets that were opened.
    pub opening: u64,
    /// How samples become 8 bit.
    pub depth: SampleDepth,
    /// How fields are cut.
    pub cuttings: Cuttings,
}

impl SetKey {
    /// The key of the set that was opened as this one.
    #[must_use]
    pub fn of(project: &Project, opening: u64) -> Self {
        Self { opening, depth: project.sample_depth(), cuttings: project.cuttings() }
    }

    /// Whether it is that key. Copies nothing, for it is asked in every frame.
    #[must_use]
    pub fn is_of(&self, project: &Project, opening: u64) -> bool {
        self.opening == opening && self.depth == project.sample_depth() && project.is_cut_as(&self.cuttings)
    }
}

/// The cells of a field and how they were found.
#[derive(Debug)]
pub struct FoundCells {
    /// All stages, before anything was corrected by hand; of imported masks, those of the computed ones in their place.
    pub stages: Arc<Stages>,
    /// The masks as they hold, with what was corrected.
    pub corrected: Corrected,
    /// The outlines of the nuclei, in pixels of the working size.
    pub nuclei_outlines: Vec<Outline>,
    /// The outlines of the cells, in pixels of the working size.
    pub cell_outlines: Vec<Outline>,
    /// What the cells show of how well they were found.
    pub signs: Arc<FieldSigns>,
    /// Areas of the cells at working size by id - 1, in pixels.
    pub cell_areas: Vec<u32>,
    /// The cells that have a name, by id: their anchors and areas at the field's own size.
    pub named: Vec<PlacedCell>,
}

impl FoundCells {
    /// The cells of `field`, cut so. Stages of the same field that were found `before` are taken over as far as they do not
    /// change; if only corrections do, all of them, and corrections that were done before are not done again.
    ///
    /// # Errors
    /// If its masks were imported and cannot be read any more.
    pub fn find(field: &Field, cutting: &Cutting, before: Option<(&Cutting, &Self)>) -> Result<Self, CutError> {
        let corrections = &cutting.corrections;
        let alike = before.filter(|(of, _)| of.params == cutting.params);
        let stages = match alike {
            Some((_, found)) => Arc::clone(&found.stages),
            None => Arc::new(Stages::after(before.map(|(_, found)| &*found.stages), field, &cutting.params)),
        };
        let further = alike
            .filter(|(of, _)| of.imported == cutting.imported)
            .and_then(|(of, found)| found.corrected.further(&of.corrections, corrections));
        let masks = match (further, &cutting.imported) {
            (Some(masks), _) => masks,
            (None, Some(imported)) => cut_as_imported(field, imported, corrections)?,
            (None, None) => corrected(stages.segmentation(), corrections),
        };
        Ok(Self::of(stages, masks))
    }

    /// The cells of these masks, which follow from these stages or were imported.
    fn of(stages: Arc<Stages>, corrected: Corrected) -> Self {
        let segmentation = &corrected.segmentation;
        let (nuclei, cells) = (segmentation.nuclei_mask.computed(), segmentation.cell_mask.computed());
        let mut cell_areas = areas_by_id(cells).split_off(1);
        cell_areas.resize(segmentation.cell_count as usize, 0);
        let remarks: Vec<String> = segmentation.remarks.iter().map(ToString::to_string).collect();
        Self {
            named: anchored_cells(segmentation).into_iter().map(PlacedCell::from).collect(),
            nuclei_outlines: outlines(nuclei),
            cell_outlines: outlines(cells),
            signs: Arc::new(FieldSigns::of(&segmentation.cell_mask, &remarks)),
            cell_areas,
            corrected,
            stages,
        }
    }

    /// The mask of the nuclei as seen at the field's own size.
    #[must_use]
    pub fn nuclei_mask(&self) -> &ScaledMask {
        &self.corrected.segmentation.nuclei_mask
    }

    /// The mask of the cells as seen at the field's own size.
    #[must_use]
    pub fn cell_mask(&self) -> &ScaledMask {
        &self.corrected.segmentation.cell_mask
    }

    /// The cell `id`, if it has a name.
    #[must_use]
    pub fn named(&self, id: u32) -> Option<&PlacedCell> {
        let at = self.named.binary_search_by_key(&id, |cell| cell.id).ok()?;
        self.named.get(at)
    }

    /// The id of the cell at a pixel of the field; 0 if there is none, or no such pixel.
    #[must_use]
    pub fn cell_at(&self, pixel: Anchor) -> u32 {
        self.cell_mask().id_or_none(pixel)
    }

    /// Where the decisions about the field `id`, whose cells these are, have gone.
    #[must_use]
    pub fn placement(&self, labels: &Labels, id: &str) -> Placement {
        Placement::of(labels, id, &self.named, |anchor| self.cell_at(anchor))
    }

    /// Number of cells.
    #[must_use]
    pub fn count(&self) -> usize {
        self.corrected.cell_count()
    }

    /// Working pixels to a pixel of the field, down and across.
    #[must_use]
    pub fn scale(&self) -> (f64, f64) {
        let (height, width) = self.cell_mask().size();
        let mask = self.cell_mask().computed();
        (mask.height() as f64 / height as f64, mask.width() as f64 / width as f64)
    }

    /// Working pixels of the stages to a pixel of the field, down and across. Imported masks have sizes of their own.
    #[must_use]
    pub fn scale_of_stages(&self) -> (f64, f64) {
        let (height, width) = self.cell_mask().size();
        let mask = self.stages.cell_mask();
        (mask.height() as f64 / height as f64, mask.width() as f64 / width as f64)
    }

    /// Areas of the cells that are there, in pixels of the field, in ascending order.
    #[must_use]
    pub fn areas_px(&self) -> Vec<f64> {
        let (down, across) = self.scale();
        let mut areas: Vec<f64> =
            self.cell_areas.iter().filter(|&&area| area > 0).map(|&area| f64::from(area) / (down * across)).collect();
        areas.sort_by(f64::total_cmp);
        areas
    }

    /// The features of all cells.
    #[must_use]
    pub fn measured(&self, field: &LoadedField) -> MeasuredField {
        self.corrected.measure(field.field())
    }
}

/// A small picture of a field, or why there is none.
pub type Thumbnail = Result<Arc<Plane<[u8; 3]>>, String>;

/// Everything computed so far that is worth keeping.
#[derive(Debug, Default)]
pub struct Results {
    /// Fields in memory, those used last at the end; a reason for those that cannot be read.
    pub fields: Vec<Computed<FieldKey, Result<Arc<LoadedField>, String>>>,
    /// The picture on the canvas and those one is likely to see next, at most one a field, the newest at the end.
    pub pictures: Vec<Computed<PictureKey, Arc<Plane<[u8; 3]>>>>,
    /// The cells of the field on the canvas, or those it had before a parameter changed.
    pub cells: Option<Computed<CellsKey, Arc<FoundCells>>>,
    /// The field whose cells could not be found the last time, as its imported masks are gone, and why.
    pub uncut: Option<Computed<CellsKey, String>>,
    /// The features of these cells.
    pub features: Option<Computed<CellsKey, Arc<MeasuredField>>>,
    /// The cell that is looked at, cut out; `None` in it if there is no such cell.
    pub crop: Option<Computed<CropKey, Option<Arc<CellCrop>>>>,
    /// Small pictures by place in the set.
    pub thumbnails: HashMap<usize, Thumbnail>,
    /// Number of cells that were found, or why that failed, by place in the set.
    pub cell_counts: HashMap<usize, Computed<CellsKey, CellCount>>,
    /// What the cells of fields show of how well they were found, by place in the set.
    pub signs: HashMap<usize, Computed<CellsKey, Arc<FieldSigns>>>,
    /// Counts the changes of `signs`.
    pub signs_revision: u64,
    /// For what it was looked up which cells are found already.
    pub known: Option<SetKey>,
    /// The cells of the set, as far as they are measured. Those of other parameters stay until they are looked up anew.
    pub set_cells: Option<Computed<SetKey, Arc<SetCells>>>,
    /// Counts the changes of `set_cells`.
    pub cells_revision: u64,
    /// The cells of the set in the order of the gallery, or in the one it had before.
    pub order: Option<Computed<OrderKey, Arc<Ordered>>>,
    /// The cells that the gallery shows, or those it has shown before.
    pub shown: Option<Computed<ShownKey, Arc<Shown>>>,
    /// What the contrast of pictures of cells is taken from.
    pub pool: Option<Computed<SetKey, Arc<Pool>>>,
    /// Pictures of cells.
    pub cell_pictures: Pictures,
    /// The features of the cells of the set.
    pub set_features: Option<Computed<SetKey, Arc<SetFeatures>>>,
    /// The cells that the deck asks about.
    pub deck: Option<Computed<DeckKey, Arc<Vec<Card>>>>,
    /// Close-ups of cells, the newest at the end; `None` in one if there is no such cell.
    pub close_ups: Vec<Computed<CloseUpKey, Option<Arc<CloseUp>>>>,
    /// What was learnt from the cells of the set last.
    pub model: Option<Arc<Model>>,
    /// What each training came to.
    pub trainings: Trainings,
    /// What regularisations were tried last, and which is best.
    pub tuned: Option<Computed<LessonsKey, Vec<Tried>>>,
    /// What was found last of how frequent locations are on cells.
    pub priors: Option<Computed<LessonsKey, Vec<TriedPrior>>>,
    /// Examples of locations.
    pub examples: HashMap<Location, Option<Arc<ExampleCell>>>,
    /// Counts the changes of what is known of single fields.
    pub revision: u64,
}

impl Results {
    /// The picture on the canvas, the next and the one before.
    const PICTURES: usize = 3;
    /// Memory for fields that are not on the canvas, in bytes.
    const FIELD_MEMORY: usize = 160 << 20;

    /// The field of this key, if it was read.
    #[must_use]
    pub fn field(&self, key: FieldKey) -> Option<&Arc<LoadedField>> {
        self.fields.iter().find(|field| field.inputs == key)?.value.as_ref().ok()
    }

    /// Why the field of this key cannot be read, if so.
    #[must_use]
    pub fn failure(&self, key: FieldKey) -> Option<&str> {
        self.fields.iter().find(|field| field.inputs == key)?.value.as_ref().err().map(String::as_str)
    }

    /// Whether reading the field of this key was tried.
    #[must_use]
    pub fn tried(&self, key: FieldKey) -> bool {
        self.fields.iter().any(|field| field.inputs == key)
    }

    /// The picture of a field, perhaps in another way than is wanted now.
    #[must_use]
    pub fn picture(&self, field: FieldKey) -> Option<&Computed<PictureKey, Arc<Plane<[u8; 3]>>>> {
        self.pictures.iter().find(|picture| picture.inputs.field == field)
    }

    /// Takes in a picture and lets go of the oldest others, but not of that of the field `shown`.
    pub fn keep_picture(&mut self, picture: Computed<PictureKey, Arc<Plane<[u8; 3]>>>, shown: Option<FieldKey>) {
        self.pictures.retain(|other| other.inputs.field != picture.inputs.field);
        self.pictures.push(picture);
        if self.pictures.len() > Self::PICTURES {
            let oldest = self.pictures.iter().position(|other| Some(other.inputs.field) != shown);
            self.pictures.remove(oldest.unwrap_or(0));
        }
    }

    /// Takes in how many cells a field has.
    pub fn count_cells(&mut self, inputs: CellsKey, value: CellCount) {
        let index = inputs.field.index;
        self.cell_counts.insert(index, Computed { inputs, value });
        self.revision += 1;
    }

    /// Takes in what the cells of a field show.
    pub fn keep_signs(&mut self, inputs: CellsKey, value: Arc<FieldSigns>) {
        let index = inputs.field.index;
        let is_new = self.signs.get(&index).is_none_or(|there| there.inputs != inputs || there.value != value);
        if is_new {
            self.signs.insert(index, Computed { inputs, value });
            self.signs_revision += 1;
        }
    }

    /// Takes in a field and lets go of the oldest others, as many as take too much memory, but not of `kept`.
    pub fn keep_field(&mut self, field: Computed<FieldKey, Result<Arc<LoadedField>, String>>, kept: Option<FieldKey>) {
        self.fields.retain(|other| other.inputs != field.inputs);
        self.fields.push(field);
        let bytes = |field: &Computed<FieldKey, Result<Arc<LoadedField>, String>>| {
            field.value.as_ref().map_or(0, |field| field.bytes())
        };
        let mut total: usize = self.fields.iter().map(bytes).sum();
        let newest = self.fields.last().map(|field| field.inputs);
        self.fields.retain(|field| {
            let is_needed = Some(field.inputs) == kept || Some(field.inputs) == newest || total <= Self::FIELD_MEMORY;
            if !is_needed && field.value.is_ok() {
                total -= bytes(field);
            }
            is_needed || field.value.is_err()
        });
    }
}

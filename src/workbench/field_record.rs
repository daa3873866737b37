//! The work on one field, and the record of what came of it: all that the products need to know of the field.

use std::error::Error;

use ndarray::ArrayView2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{cutting::cut, fault::in_words};
use crate::{
    atlas::{Channel, Location},
    imaging::{RunLengths, rle::region_run_lengths},
    pipeline::{
        border_cells::BorderCells,
        doubtful_fields::FieldSigns,
        features::{Cell, FEATURE_COUNT, MeasuredField},
        measurement::Model,
        sample_depth::{channel_at_8_bit, field_at_8_bit},
        segmentation::{NucleiSegmentation, Segmentation, segment_nuclei},
        submission::encode_mask,
    },
    project::FieldMeasurement,
    storage::{
        FieldFiles, FileStamp, MaskFolder, file_stamp::field_stamps, masks::mask_paths, read_field, read_nucleus,
        read_size, write_masks, write_nuclei_mask,
    },
};

/// Parts of a record that take time and space; those that no product needs are not computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Part {
    /// The features of every cell.
    Features,
    /// The mask of every cell as text.
    Masks,
    /// The mask of every nucleus as text.
    NucleusMasks,
    /// The probabilities of every cell; the batch must have a model.
    Probabilities,
}

/// The stains that fields have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Stains {
    /// All four.
    All,
    /// The nucleus alone: its masks can be written, and nothing else that would need more. Nuclei count as cells.
    NucleusOnly,
}

/// What to do with a field.
#[derive(Clone, Copy, Debug)]
pub struct Work<'a> {
    /// The stains it has.
    pub stains: Stains,
    /// How it is measured.
    pub how: &'a FieldMeasurement,
    /// The folder that files of its masks go to, if wanted.
    pub mask_folder: Option<MaskFolder<'a>>,
    /// What becomes of cells at the border of the image.
    pub border_cells: BorderCells,
    /// What predicts its cells, if wanted.
    pub model: Option<&'a Model>,
    /// Parts of the record that are wanted.
    pub parts: &'a [Part],
}

/// What came of one field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldRecord {
    /// The field's ID.
    pub id: String,
    /// The files that this holds for.
    pub stamps: Stamps,
    /// (height, width); of a field that failed only if one of its files tells.
    pub size: Option<(usize, usize)>,
    /// Its cells; `None` if it failed before they were found.
    pub findings: Option<Findings>,
    /// What is worth knowing of it.
    pub remarks: Vec<String>,
    /// Why it failed or, with findings, why the files of its masks could not be written.
    pub failure: Option<String>,
}

/// The files of a field, by which one sees whether what is recorded of it still holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamps {
    /// Its channels, as they were when the work on it began.
    pub channels: [Option<FileStamp>; Channel::COUNT],
    /// Its masks, nuclei and cells, as they were written; `None` where none were wanted.
    pub masks: [Option<FileStamp>; 2],
}

impl Stamps {
    /// The files as they are now.
    #[must_use]
    pub fn of(files: &FieldFiles, mask_folder: Option<MaskFolder>) -> Self {
        Self { channels: field_stamps(files), masks: mask_stamps(files, mask_folder) }
    }
}

fn mask_stamps(files: &FieldFiles, folder: Option<MaskFolder>) -> [Option<FileStamp>; 2] {
    folder.map_or([None, None], |folder| mask_paths(folder, files.id()).map(|path| FileStamp::of(&path)))
}

/// The cells of one field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// Cells that were found.
    pub cell_count: usize,
    /// What they show of how well they were found.
    pub signs: FieldSigns,
    /// Those that were measured, by id, without border cells that are left out. Empty unless [`Part::Features`] was
    /// wanted.
    pub cells: Vec<Cell>,
    /// Those with a pixel, by id. Empty unless [`Part::Masks`] was wanted.
    pub masks: Vec<CellMask>,
    /// What the confidence in each of `masks` is multiplied by; `None` for border cells that are left out.
    pub weights: Vec<Option<f32>>,
    /// The nuclei with a pixel, by id. Empty unless [`Part::NucleusMasks`] was wanted.
    pub nucleus_masks: Vec<CellMask>,
    /// The probability of each location for each of `masks`. Empty unless [`Part::Probabilities`] was wanted.
    pub probabilities: Vec<[f32; Location::COUNT]>,
}

/// The mask of one cell or nucleus.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellMask {
    /// The cell's id in the masks.
    pub id: u32,
    /// Its mask at full size as [`encode_mask`] writes it.
    pub text: String,
}

impl FieldRecord {
    /// Does `work` on a field. What goes wrong, also in the program itself, becomes a sentence in the record.
    #[must_use]
    pub fn of(files: &FieldFiles, work: &Work) -> Self {
        // Before the work: a file that changes meanwhile is worked on again the next time.
        let stamps = Stamps { channels: field_stamps(files), masks: [None, None] };
        let outcome = in_words(|| match work.stains {
            Stains::All => work.on(files),
            Stains::NucleusOnly => work.on_nucleus(files),
        });
        let id = files.id().to_owned();
        match outcome {
            Ok(Done { size, findings, remarks, failure }) => {
                let stamps = Stamps { masks: mask_stamps(files, work.mask_folder), ..stamps };
                Self { id, stamps, size: Some(size), findings: Some(findings), remarks, failure }
            }
            Err(reason) => {
                Self { id, stamps, size: read_size(files), findings: None, remarks: Vec::new(), failure: Some(reason) }
            }
        }
    }
}

/// What the work on a field that could be read gave.
struct Done {
    size: (usize, usize),
    findings: Findings,
    remarks: Vec<String>,
    failure: Option<String>,
}

impl Work<'_> {
    fn wants(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }

    fn on(&self, files: &FieldFiles) -> Result<Done, Box<dyn Error>> {
        let (field, warnings) = field_at_8_bit(read_field(files)?, self.how.sample_depth);
        let corrected = cut(&field, &self.how.cutting)?;
        let Segmentation { nuclei_mask, cell_mask, .. } = &corrected.segmentation;
        let written = self.mask_folder.map_or(Ok(()), |folder| write_masks(folder, files.id(), nuclei_mask, cell_mask));
        let is_measured = self.wants(Part::Features) || self.wants(Part::Probabilities);
        let measured = if is_measured { corrected.measure(&field) } else { MeasuredField::default() };
        let counts_all = self.border_cells == BorderCells::Keep;
        let run_lengths = |is_wanted, mask| if is_wanted { region_run_lengths(mask) } else { Vec::new() };
        let cell_runs = run_lengths(self.wants(Part::Masks) || !counts_all, cell_mask);
        let nucleus_runs = run_lengths(self.wants(Part::NucleusMasks), nuclei_mask);
        let weights: Vec<Option<f32>> = cell_runs.iter().map(|(_, mask)| self.border_cells.weight_of(mask)).collect();
        let masks = if self.wants(Part::Masks) { as_text(&cell_runs) } else { Vec::new() };
        let model = self.model.filter(|_| self.wants(Part::Probabilities));
        let probabilities = model.map(|model| predict(&masks, &measured.cells, model)).transpose()?;

        let mut remarks: Vec<String> = warnings.iter().map(ToString::to_string).collect();
        remarks.extend(corrected.remarks(&measured));
        let findings = Findings {
            cell_count: corrected.cell_count(),
            signs: FieldSigns::of(cell_mask, &remarks),
            cells: if self.wants(Part::Features) { counted(measured.cells, &cell_runs, &weights) } else { Vec::new() },
            masks,
            weights,
            nucleus_masks: as_text(&nucleus_runs),
            probabilities: probabilities.unwrap_or_default(),
        };
        let failure = written.err().map(|error| error.to_string());
        Ok(Done { size: (field.height(), field.width()), findings, remarks, failure })
    }

    /// Such a set has no cells to look at, so nobody can have corrected any.
    fn on_nucleus(&self, files: &FieldFiles) -> Result<Done, Box<dyn Error>> {
        let samples = read_nucleus(files)?;
        let (nucleus, warning) = channel_at_8_bit(Channel::Nucleus, samples, self.how.sample_depth);
        let NucleiSegmentation { nuclei_mask, nucleus_count, remarks } =
            segment_nuclei(&nucleus, &self.how.cutting.params);
        let written = self.mask_folder.map_or(Ok(()), |folder| write_nuclei_mask(folder, files.id(), &nuclei_mask));
        let is_exported = self.wants(Part::NucleusMasks);
        let nucleus_masks = if is_exported { as_text(&region_run_lengths(&nuclei_mask)) } else { Vec::new() };
        let remarks = warning.iter().map(ToString::to_string).chain(remarks.iter().map(ToString::to_string));
        let remarks: Vec<String> = remarks.collect();
        let signs = FieldSigns::of(&nuclei_mask, &remarks);
        Ok(Done {
            size: nucleus.size(),
            findings: Findings { cell_count: nucleus_count as usize, signs, nucleus_masks, ..Findings::default() },
            remarks,
            failure: written.err().map(|error| error.to_string()),
        })
    }
}

fn as_text(run_lengths: &[(u32, RunLengths)]) -> Vec<CellMask> {
    run_lengths.par_iter().map(|(id, mask)| CellMask { id: *id, text: encode_mask(mask) }).collect()
}

/// `cells` without those that are left out; all of them where `run_lengths` are not known.
fn counted(mut cells: Vec<Cell>, run_lengths: &[(u32, RunLengths)], weights: &[Option<f32>]) -> Vec<Cell> {
    let is_left_out =
        |id| run_lengths.binary_search_by_key(&id, |(id, _)| *id).is_ok_and(|place| weights[place].is_none());
    cells.retain(|cell| !is_left_out(cell.id));
    cells
}

/// The probabilities of the cells with these `masks`; one that could not be measured gets the base rates, in which the
/// priors are as in all probabilities.
fn predict(masks: &[CellMask], cells: &[Cell], model: &Model) -> Result<Vec<[f32; Location::COUNT]>, Box<dyn Error>> {
    let features: Vec<f32> = cells.iter().flat_map(|cell| cell.features.iter().copied()).collect();
    let predicted = model.classifier.predict(ArrayView2::from_shape((cells.len(), FEATURE_COUNT), &features)?)?;
    let base_rates = model.classifier.base_rates();
    let of_cell = |mask: &CellMask| {
        let row = cells.binary_search_by_key(&mask.id, |cell| cell.id);
        row.map_or(base_rates, |row| std::array::from_fn(|location| predicted[(row, location)]))
    };
    Ok(masks.iter().map(of_cell).collect())
}

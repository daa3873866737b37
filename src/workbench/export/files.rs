//! The files of an export that follow from what was learnt: submission, table and model. Each appears whole or not at all.

use ndarray::ArrayView2;

use super::{
    ExportError, ExportWatch,
    gather::{Gathered, GatheredCell, GatheredField},
    learn::Learnt,
    target::Target,
};
use crate::{
    atlas::{Location, LocationSet},
    imaging::RunLengths,
    pipeline::{
        features::{Cell, FEATURE_COUNT, feature_names},
        submission::{CellPrediction, MAX_SIDE, Selection, encode_mask, prediction_string},
    },
    storage::{
        Checksum, FeatureTableWriter, FileError, OutputFile, SubmissionWriter, label_table::column_of, write_model,
    },
};

/// The size of an image none of whose files can be read: the most frequent one of the atlas.
pub const USUAL_SIZE: (usize, usize) = (2048, 2048);

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenFile {
    /// Its name in the folder; of masks that of their folder.
    pub name: String,
    /// Its content.
    pub checksum: Checksum,
    /// Number of files it stands for.
    pub files: usize,
}

/// The size that a row of the submission says.
#[must_use]
pub fn row_size(field: &GatheredField) -> (usize, usize) {
    field.size.filter(|&(height, width)| height.max(width) <= usize::from(MAX_SIDE)).unwrap_or(USUAL_SIZE)
}

/// The confidences of each cell as an array.
#[must_use]
pub fn by_cell(confidences: ArrayView2<'_, f32>) -> Vec<[f32; Location::COUNT]> {
    confidences.rows().into_iter().map(|row| std::array::from_fn(|location| row[location])).collect()
}

/// Writes the submission: a row for each image, also for one that failed.
///
/// # Errors
/// If it cannot be written, or the work is stopped.
pub fn write_submission(
    target: &Target,
    gathered: &Gathered,
    confidences: &[[f32; Location::COUNT]],
    selection: &Selection,
    watch: ExportWatch,
) -> Result<(), ExportError> {
    watch.begin("Writing the submission", gathered.fields.len())?;
    let mut writer = SubmissionWriter::create(&target.submission())?;
    let mut confidences = confidences.iter();
    for field in &gathered.fields {
        let size = row_size(field);
        let cells = field.cells.iter().zip(confidences.by_ref()).map(|(cell, confidences)| CellPrediction {
            mask_text: &cell.mask_text,
            confidences,
            locations: selection.of_cell(confidences),
        });
        let cells: Vec<CellPrediction> = cells.collect();
        writer.write_row(&field.id, size, &prediction_string(size, &cells))?;
        watch.step()?;
    }
    Ok(writer.finish()?)
}

/// The columns of the table behind those that name the cell.
#[must_use]
pub fn table_columns() -> Vec<String> {
    let of_each = |what: &'static str| Location::all().map(move |location| format!("{what} {}", column_of(location)));
    of_each("label").chain(of_each("probability")).chain(of_each("confidence")).chain(feature_names()).collect()
}

/// Writes the table: a row for each cell that counts and was measured. Behind its name stand three numbers from 0 to 1 for
/// each location: the label, by decisions with their grades and else by the image; the probability; and the confidence
/// after post-processing; then the features. What is not known is not a number.
///
/// # Errors
/// If it cannot be written, or the work is stopped.
pub fn write_table(
    target: &Target,
    gathered: &Gathered,
    learnt: Option<(&Learnt, &[[f32; Location::COUNT]])>,
    watch: ExportWatch,
) -> Result<(), ExportError> {
    let Some(path) = target.table() else { return Ok(()) };
    watch.begin("Writing the table", gathered.fields.len())?;
    let mut table = FeatureTableWriter::create(&path, &table_columns()).map_err(ExportError::Table)?;
    let mut place = 0;
    for field in &gathered.fields {
        let mut rows = Vec::with_capacity(field.cells.len());
        for cell in &field.cells {
            let Some((anchor, row)) = cell.measured else {
                place += 1;
                continue;
            };
            let mut values = Vec::with_capacity(3 * Location::COUNT + FEATURE_COUNT);
            values.extend(labels_of(cell, field.labels));
            match learnt {
                Some((learnt, confidences)) => {
                    values.extend(learnt.probabilities.row(place));
                    values.extend(confidences[place]);
                }
                None => values.resize(3 * Location::COUNT, f32::NAN),
            }
            values.extend_from_slice(&gathered.features[row * FEATURE_COUNT..][..FEATURE_COUNT]);
            rows.push(Cell { id: cell.id, anchor, area_px: cell.area_px, features: values });
            place += 1;
        }
        table.append(&field.id, &rows).map_err(ExportError::Table)?;
        watch.step()?;
    }
    table.finish().map_err(ExportError::Table)
}

/// What the labels of a cell say of each location; not a number where neither a decision nor the image says anything.
fn labels_of(cell: &GatheredCell, of_image: Option<LocationSet>) -> impl Iterator<Item = f32> {
    Location::all().map(move |location| match (cell.decisions.of(location), of_image) {
        (None, None) => f32::NAN,
        (_, of_image) => cell.decisions.probability(location, of_image.unwrap_or_default()) as f32,
    })
}

/// Writes the model.
///
/// # Errors
/// If it cannot be written.
pub fn write_learnt_model(target: &Target, learnt: &Learnt) -> Result<(), ExportError> {
    write_model(OutputFile::create(target.model())?, &learnt.model)
        .map_err(|error| ExportError::Model(error.to_string()))
}

/// What was written, by name.
///
/// # Errors
/// If a file cannot be read back.
pub fn written(target: &Target, gathered: &Gathered, has_learnt: bool) -> Result<Vec<WrittenFile>, FileError> {
    let products = &target.products;
    let single = [
        (products.submission && has_learnt).then(|| target.submission()),
        target.table(),
        products.coco.then(|| target.coco()),
        (products.model && has_learnt).then(|| target.model()),
    ];
    let mut files = Vec::new();
    for path in single.into_iter().flatten() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.push(WrittenFile { name, checksum: Checksum::of_file(&path)?, files: 1 });
    }
    if let Some(masks) = target.masks() {
        let folder = crate::storage::MaskFolder { path: &masks.folder, format: masks.format };
        let of_field = |field: &&GatheredField| field.failure.is_none();
        let paths = gathered.fields.iter().filter(of_field);
        let paths: Vec<_> = paths.flat_map(|field| crate::storage::masks::mask_paths(folder, &field.id)).collect();
        let checksums = paths.iter().map(|path| Checksum::of_file(path)).collect::<Result<Vec<_>, _>>()?;
        files.push(WrittenFile {
            name: "masks/".to_owned(),
            checksum: Checksum::of_all(checksums),
            files: paths.len(),
        });
    }
    Ok(files)
}

/// Whether a cell is written into the submission.
#[must_use]
pub fn is_written(field: &GatheredField, cell: &GatheredCell, locations: LocationSet) -> bool {
    let (height, width) = row_size(field);
    !locations.is_empty() && cell.mask_text != encode_mask(&RunLengths::empty(height, width))
}

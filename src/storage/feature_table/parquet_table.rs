//! A feature table as a Parquet file.
//!
//! It is written as it grows, some thousand rows at a time, so that a set of two million cells needs no more memory
//! than one of ten thousand. Neither dictionaries nor compression: measured numbers hardly repeat, and a file without
//! them is written at the speed of the disk.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use parquet::{
    basic::{LogicalType, Repetition, Type as PhysicalType},
    data_type::{ByteArray, ByteArrayType, DataType, FloatType, Int32Type, Int64Type},
    errors::{ParquetError, Result as ParquetResult},
    file::{
        properties::{EnabledStatistics, WriterProperties},
        reader::{FileReader, RowGroupReader, SerializedFileReader},
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::types::{ColumnDescPtr, SchemaDescriptor, Type, TypePtr},
};

use super::{FeatureTable, FeatureTableError, KEY_COLUMNS};
use crate::{
    pipeline::features::Cell,
    storage::{FileError, OutputFile, parquet_columns::read_column},
};

/// The types of the columns before the features.
const KEY_TYPES: [PhysicalType; KEY_COLUMNS.len()] =
    [PhysicalType::BYTE_ARRAY, PhysicalType::INT32, PhysicalType::INT32, PhysicalType::INT32, PhysicalType::INT64];

/// The Parquet file being written; nobody sees it before [`ParquetTable::finish`].
pub struct ParquetTable {
    writer: SerializedFileWriter<OutputFile>,
    waiting: Columns,
    path: PathBuf,
}

impl ParquetTable {
    /// Rows of one row group, or a few more: as many are held in memory.
    pub const GROUP_ROWS: usize = 8192;

    /// Starts the table at `path`.
    ///
    /// # Errors
    /// If the file cannot be made.
    pub fn create(path: &Path, feature_names: &[impl AsRef<str>]) -> Result<Self, FeatureTableError> {
        let properties = WriterProperties::builder()
            .set_dictionary_enabled(false)
            .set_statistics_enabled(EnabledStatistics::None)
            .set_offset_index_disabled(true)
            .build();
        let file = OutputFile::create(path)?;
        let writer = schema(feature_names)
            .and_then(|schema| SerializedFileWriter::new(file, schema, Arc::new(properties)))
            .map_err(cannot_write(path))?;
        let waiting = Columns { features: vec![Vec::new(); feature_names.len()], ..Columns::default() };
        Ok(Self { writer, waiting, path: path.into() })
    }

    /// Adds the cells of one image, which have as many features as the table.
    ///
    /// # Errors
    /// If the disk is full.
    pub fn append(&mut self, image: &str, cells: &[Cell]) -> Result<(), FeatureTableError> {
        self.waiting.push(image, cells);
        if self.waiting.cell_ids.len() >= Self::GROUP_ROWS { self.write_waiting() } else { Ok(()) }
    }

    /// Writes what is left and gives the file its name.
    ///
    /// # Errors
    /// If the disk is full or the folder forbids it.
    pub fn finish(mut self) -> Result<(), FeatureTableError> {
        if !self.waiting.cell_ids.is_empty() {
            self.write_waiting()?;
        }
        let file = self.writer.into_inner().map_err(cannot_write(&self.path))?;
        Ok(file.finish()?)
    }

    fn write_waiting(&mut self) -> Result<(), FeatureTableError> {
        self.waiting.write_to(&mut self.writer).map_err(cannot_write(&self.path))?;
        self.waiting.clear();
        Ok(())
    }
}

/// Reads a whole feature table.
///
/// # Errors
/// If the file cannot be read, is damaged, or its columns are not those of a feature table.
pub fn read_feature_table(path: &Path) -> Result<FeatureTable, FeatureTableError> {
    let file = File::open(path).map_err(FileError::at("read the feature table", path))?;
    let not_a_table = |reason| FeatureTableError::NotATable { reason, path: path.into() };
    let damaged = |error| not_a_table(reason(error));
    let reader = SerializedFileReader::new(file).map_err(damaged)?;
    let feature_names = feature_names(reader.metadata().file_metadata().schema_descr()).map_err(not_a_table)?;
    let mut cells = Vec::new();
    for group in 0..reader.num_row_groups() {
        let columns = reader.get_row_group(group).and_then(|group| Columns::read_from(group.as_ref()));
        cells.extend(columns.and_then(Columns::into_cells).map_err(damaged)?);
    }
    Ok(FeatureTable { feature_names, cells })
}

/// The columns of a feature table with these features.
fn schema(feature_names: &[impl AsRef<str>]) -> ParquetResult<TypePtr> {
    let features = feature_names.iter().map(|name| (name.as_ref(), PhysicalType::FLOAT));
    let columns = KEY_COLUMNS.into_iter().zip(KEY_TYPES).chain(features).map(|(name, kind)| {
        let text = (kind == PhysicalType::BYTE_ARRAY).then_some(LogicalType::String);
        let column = Type::primitive_type_builder(name, kind).with_repetition(Repetition::REQUIRED);
        column.with_logical_type(text).build().map(Arc::new)
    });
    let columns = columns.collect::<ParquetResult<_>>()?;
    Type::group_type_builder("cells").with_fields(columns).build().map(Arc::new)
}

/// The names of the features in a file with this schema, or what makes it no feature table.
fn feature_names(schema: &SchemaDescriptor) -> Result<Vec<String>, String> {
    let mut columns = schema.columns().iter();
    let is_column = |found: &ColumnDescPtr, kind| {
        found.physical_type() == kind && found.max_def_level() == 0 && found.max_rep_level() == 0
    };
    for (number, (name, kind)) in (1..).zip(KEY_COLUMNS.into_iter().zip(KEY_TYPES)) {
        let found = columns.next().ok_or_else(|| format!("column {number}, '{name}', is missing"))?;
        if found.name() != name || !is_column(found, kind) {
            return Err(format!("column {number} must be '{name}' ({kind}, required), not '{}'", found.name()));
        }
    }
    if let Some(other) = columns.as_slice().iter().find(|found| !is_column(found, PhysicalType::FLOAT)) {
        return Err(format!("the feature '{}' is no required column of 32-bit floats", other.name()));
    }
    Ok(columns.map(|feature| feature.name().to_owned()).collect())
}

/// Rows of a table, column by column: as they wait to be written, or as they were read.
#[derive(Default)]
struct Columns {
    images: Vec<ByteArray>,
    cell_ids: Vec<i32>,
    anchor_rows: Vec<i32>,
    anchor_cols: Vec<i32>,
    areas_px: Vec<i64>,
    features: Vec<Vec<f32>>,
}

impl Columns {
    /// Adds the cells of one image. Ids and anchors count pixels of one image, which are fewer than 2^31.
    fn push(&mut self, image: &str, cells: &[Cell]) {
        let image = ByteArray::from(image.as_bytes().to_vec());
        self.images.extend(cells.iter().map(|_| image.clone()));
        self.cell_ids.extend(cells.iter().map(|cell| cell.id as i32));
        self.anchor_rows.extend(cells.iter().map(|cell| cell.anchor.0 as i32));
        self.anchor_cols.extend(cells.iter().map(|cell| cell.anchor.1 as i32));
        self.areas_px.extend(cells.iter().map(|cell| cell.area_px as i64));
        for (at, feature) in self.features.iter_mut().enumerate() {
            feature.extend(cells.iter().map(|cell| cell.features[at]));
        }
    }

    /// Forgets the rows and keeps their memory.
    fn clear(&mut self) {
        self.images.clear();
        self.cell_ids.clear();
        self.anchor_rows.clear();
        self.anchor_cols.clear();
        self.areas_px.clear();
        self.features.iter_mut().for_each(Vec::clear);
    }

    /// Writes the rows as one row group.
    fn write_to(&self, writer: &mut SerializedFileWriter<OutputFile>) -> ParquetResult<()> {
        let mut group = writer.next_row_group()?;
        write_column::<ByteArrayType>(&mut group, &self.images)?;
        write_column::<Int32Type>(&mut group, &self.cell_ids)?;
        write_column::<Int32Type>(&mut group, &self.anchor_rows)?;
        write_column::<Int32Type>(&mut group, &self.anchor_cols)?;
        write_column::<Int64Type>(&mut group, &self.areas_px)?;
        for feature in &self.features {
            write_column::<FloatType>(&mut group, feature)?;
        }
        group.close().map(drop)
    }

    /// Reads one row group of a file whose columns are those of a feature table.
    fn read_from(group: &dyn RowGroupReader) -> ParquetResult<Self> {
        Ok(Self {
            images: read_column::<ByteArrayType>(group, 0)?,
            cell_ids: read_column::<Int32Type>(group, 1)?,
            anchor_rows: read_column::<Int32Type>(group, 2)?,
            anchor_cols: read_column::<Int32Type>(group, 3)?,
            areas_px: read_column::<Int64Type>(group, 4)?,
            features: (KEY_COLUMNS.len()..group.num_columns())
                .map(|column| read_column::<FloatType>(group, column))
                .collect::<ParquetResult<_>>()?,
        })
    }

    /// The rows, cell by cell.
    fn into_cells(self) -> ParquetResult<Vec<(String, Cell)>> {
        let rows = self.images.into_iter().enumerate().map(|(row, image)| {
            let cell = Cell {
                id: self.cell_ids[row] as u32,
                anchor: (self.anchor_rows[row] as u32, self.anchor_cols[row] as u32),
                area_px: self.areas_px[row] as u64,
                features: self.features.iter().map(|feature| feature[row]).collect(),
            };
            Ok((image.as_utf8()?.to_owned(), cell))
        });
        rows.collect()
    }
}

fn write_column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, OutputFile>,
    values: &[T::T],
) -> ParquetResult<()> {
    let next = group.next_column()?;
    let mut column = next.ok_or_else(|| ParquetError::General("more columns than the schema has".to_owned()))?;
    column.typed::<T>().write_batch(values, None, None)?;
    column.close()
}

/// For `map_err`: a table that cannot be written.
fn cannot_write(path: &Path) -> impl FnOnce(ParquetError) -> FeatureTableError {
    let path = path.to_owned();
    move |error| {
        let source = match error {
            ParquetError::External(source) => match source.downcast::<io::Error>() {
                Ok(source) => *source,
                Err(source) => io::Error::other(source),
            },
            other => io::Error::other(reason(other)),
        };
        FileError::at("write the feature table", path)(source).into()
    }
}

/// What the Parquet library found, without its own "Parquet error".
fn reason(error: ParquetError) -> String {
    match error {
        ParquetError::General(reason) | ParquetError::NYI(reason) | ParquetError::EOF(reason) => reason,
        other => other.to_string(),
    }
}

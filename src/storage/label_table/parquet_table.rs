//! A table of labels as a Parquet file: numbers as numbers, all else as text. It is small, so it is written at once.

use std::{fs::File, io, path::Path, sync::Arc};

use parquet::{
    basic::{LogicalType, Repetition, Type as PhysicalType},
    data_type::{ByteArray, ByteArrayType, DataType, Int32Type, Int64Type},
    errors::{ParquetError, Result as ParquetResult},
    file::{
        properties::WriterProperties,
        reader::{FileReader, RowGroupReader, SerializedFileReader},
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::types::{Type, TypePtr},
};

use super::{COLUMNS, LabelRow, LabelTableError, column_names};
use crate::storage::{
    FileError, OutputFile,
    parquet_columns::read_column,
    table::{RowProblem, Table},
};

/// The type of a column, by its place.
fn type_of(column: usize) -> PhysicalType {
    match column {
        1..=3 => PhysicalType::INT32,
        4 => PhysicalType::INT64,
        _ => PhysicalType::BYTE_ARRAY,
    }
}

/// Writes the table.
pub fn write(path: &Path, rows: &[LabelRow]) -> Result<(), LabelTableError> {
    let failed = |error: ParquetError| {
        FileError::at("write the table of labels", path)(match error {
            ParquetError::External(source) => match source.downcast::<io::Error>() {
                Ok(source) => *source,
                Err(source) => io::Error::other(source),
            },
            other => io::Error::other(other),
        })
    };
    let file = OutputFile::create(path)?;
    let mut writer = schema()
        .and_then(|schema| SerializedFileWriter::new(file, schema, Arc::new(WriterProperties::default())))
        .map_err(failed)?;
    write_rows(&mut writer, rows).map_err(failed)?;
    Ok(writer.into_inner().map_err(failed)?.finish()?)
}

fn schema() -> ParquetResult<TypePtr> {
    let columns = column_names().into_iter().enumerate().map(|(column, name)| {
        let kind = type_of(column);
        let text = (kind == PhysicalType::BYTE_ARRAY).then_some(LogicalType::String);
        let column = Type::primitive_type_builder(&name, kind).with_repetition(Repetition::REQUIRED);
        column.with_logical_type(text).build().map(Arc::new)
    });
    let columns = columns.collect::<ParquetResult<_>>()?;
    Type::group_type_builder("labels").with_fields(columns).build().map(Arc::new)
}

fn write_rows(writer: &mut SerializedFileWriter<OutputFile>, rows: &[LabelRow]) -> ParquetResult<()> {
    let mut group = writer.next_row_group()?;
    let values: Vec<[String; COLUMNS]> = rows.iter().map(LabelRow::values).collect();
    for column in 0..COLUMNS {
        match column {
            // Ids and anchors count pixels of one image, which are fewer than 2^31.
            1 => write_column::<Int32Type>(&mut group, rows.iter().map(|row| row.cell_id as i32)),
            2 => write_column::<Int32Type>(&mut group, rows.iter().map(|row| row.anchor.0 as i32)),
            3 => write_column::<Int32Type>(&mut group, rows.iter().map(|row| row.anchor.1 as i32)),
            4 => write_column::<Int64Type>(&mut group, rows.iter().map(|row| row.area_px as i64)),
            _ => {
                let texts = values.iter().map(|row| ByteArray::from(row[column].as_bytes().to_vec()));
                write_column::<ByteArrayType>(&mut group, texts)
            }
        }?;
    }
    group.close().map(drop)
}

fn write_column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, OutputFile>,
    values: impl Iterator<Item = T::T>,
) -> ParquetResult<()> {
    let next = group.next_column()?;
    let mut column = next.ok_or_else(|| ParquetError::General("more columns than the schema has".to_owned()))?;
    column.typed::<T>().write_batch(&values.collect::<Vec<_>>(), None, None)?;
    column.close()
}

/// Reads the table; in place of a line stands the number of the row, from 1.
pub fn read(path: &Path) -> Result<Table<LabelRow>, LabelTableError> {
    let file = File::open(path).map_err(FileError::at("read the table of labels", path))?;
    let not_a_table = |reason: String| LabelTableError::NotATable { reason, path: path.into() };
    let damaged = |error: ParquetError| not_a_table(error.to_string());
    let reader = SerializedFileReader::new(file).map_err(damaged)?;
    let mut places = [0; COLUMNS];
    for (column, (place, name)) in places.iter_mut().zip(column_names()).enumerate() {
        let found = reader.metadata().file_metadata().schema_descr().columns();
        let is_it = |at: &usize| {
            let found = &found[*at];
            found.name() == name
                && found.physical_type() == type_of(column)
                && found.max_def_level() == 0
                && found.max_rep_level() == 0
        };
        let missing = || not_a_table(format!("the column '{name}' ({}, required) is missing", type_of(column)));
        *place = (0..found.len()).find(is_it).ok_or_else(missing)?;
    }
    let mut table = Table { rows: Vec::new(), problems: Vec::new() };
    let mut number = 0;
    for group in 0..reader.num_row_groups() {
        let columns = reader.get_row_group(group).and_then(|group| read_columns(group.as_ref(), places));
        let columns = columns.map_err(damaged)?;
        for row in 0..columns[0].len() {
            number += 1;
            match LabelRow::of(&columns.each_ref().map(|column| column[row].as_str())) {
                Ok(row) => table.rows.push((number, row)),
                Err(kind) => table.problems.push(RowProblem { line: number, kind }),
            }
        }
    }
    Ok(table)
}

/// The columns of one row group as text, each as long as the group.
fn read_columns(group: &dyn RowGroupReader, places: [usize; COLUMNS]) -> ParquetResult<[Vec<String>; COLUMNS]> {
    let mut columns = std::array::from_fn(|_| Vec::new());
    for (column, (texts, place)) in columns.iter_mut().zip(places).enumerate() {
        *texts = match type_of(column) {
            PhysicalType::INT32 => {
                read_column::<Int32Type>(group, place)?.into_iter().map(|value| value.to_string()).collect()
            }
            PhysicalType::INT64 => {
                read_column::<Int64Type>(group, place)?.into_iter().map(|value| value.to_string()).collect()
            }
            _ => {
                let texts = read_column::<ByteArrayType>(group, place)?;
                texts.iter().map(|text| text.as_utf8().map(str::to_owned)).collect::<ParquetResult<_>>()?
            }
        };
    }
    Ok(columns)
}

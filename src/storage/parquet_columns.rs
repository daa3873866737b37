//! Columns of Parquet files, whole.

use parquet::{
    column::reader::get_typed_column_reader,
    data_type::DataType,
    errors::{ParquetError, Result as ParquetResult},
    file::reader::RowGroupReader,
};

/// All values of one column, as many as the row group has rows.
///
/// # Errors
/// If the column is damaged, of another type, or shorter.
pub fn read_column<T: DataType>(group: &dyn RowGroupReader, column: usize) -> ParquetResult<Vec<T::T>> {
    let rows = group.metadata().num_rows() as usize;
    let mut values = Vec::new();
    let mut reader = get_typed_column_reader::<T>(group.get_column_reader(column)?);
    reader.read_records(rows, None, None, &mut values)?;
    if values.len() == rows { Ok(values) } else { Err(ParquetError::EOF("a column is cut short".to_owned())) }
}

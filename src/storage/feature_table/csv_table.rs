//! A feature table as a CSV file.
//!
//! A float is written with the fewest digits that read back as the same 32-bit float, so readers that take such
//! columns for 64-bit floats get equal numbers once they round to 32. A line is written at a time.

use std::path::{Path, PathBuf};

use super::KEY_COLUMNS;
use crate::{
    pipeline::features::Cell,
    storage::{FileError, OutputFile},
};

const WRITE: &str = "write the feature table";

/// The CSV file being written; nobody sees it before [`CsvTable::finish`].
pub struct CsvTable {
    rows: csv::Writer<OutputFile>,
    path: PathBuf,
}

impl CsvTable {
    /// Starts the table at `path` with the line of its columns.
    ///
    /// # Errors
    /// If the file cannot be made.
    pub fn create(path: &Path, feature_names: &[impl AsRef<str>]) -> Result<Self, FileError> {
        let rows = csv::WriterBuilder::new().has_headers(false).from_writer(OutputFile::create(path)?);
        let mut table = Self { rows, path: path.into() };
        let columns = KEY_COLUMNS.into_iter().chain(feature_names.iter().map(AsRef::as_ref));
        table.rows.write_record(columns).map_err(cannot_write(path))?;
        Ok(table)
    }

    /// Adds the cells of one image, which have as many features as the table.
    ///
    /// # Errors
    /// If the disk is full.
    pub fn append(&mut self, image: &str, cells: &[Cell]) -> Result<(), FileError> {
        cells.iter().try_for_each(|cell| {
            let row = (image, cell.id, cell.anchor, cell.area_px, &cell.features);
            self.rows.serialize(row).map_err(cannot_write(&self.path))
        })
    }

    /// Writes what is left and gives the file its name.
    ///
    /// # Errors
    /// If the disk is full or the folder forbids it.
    pub fn finish(self) -> Result<(), FileError> {
        let file = self.rows.into_inner().map_err(csv::IntoInnerError::into_error);
        file.map_err(FileError::at(WRITE, self.path))?.finish()
    }
}

/// For `map_err`: a table that cannot be written.
fn cannot_write(path: &Path) -> impl FnOnce(csv::Error) -> FileError {
    move |error| FileError::at(WRITE, path)(error.into())
}

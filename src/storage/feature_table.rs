//! The table of cells and their features, as Parquet or as CSV, which pandas, R and others read.
//!
//! Columns: `image`, `cell_id`, `anchor_row`, `anchor_col`, `area_px`, then one of 32-bit floats for every feature;
//! no value is ever absent. Both kinds of file hold the same rows and, to the bit, the same numbers.

mod csv_table;
mod parquet_table;

pub use parquet_table::read_feature_table;

use std::path::{Path, PathBuf};

use super::FileError;
use crate::pipeline::features::Cell;
use csv_table::CsvTable;
use parquet_table::ParquetTable;

/// The columns before the features, in their order.
const KEY_COLUMNS: [&str; 5] = ["image", "cell_id", "anchor_row", "anchor_col", "area_px"];

/// A feature table being written; nobody sees the file before [`FeatureTableWriter::finish`].
pub struct FeatureTableWriter {
    file: TableFile,
    feature_count: usize,
    path: PathBuf,
}

enum TableFile {
    Parquet(ParquetTable),
    Csv(CsvTable),
}

impl FeatureTableWriter {
    /// Rows of a Parquet file that are held in memory, or a few more: those of one row group.
    pub const GROUP_ROWS: usize = ParquetTable::GROUP_ROWS;

    /// Starts the table at `path`, whose ending, `.parquet` or `.csv`, says which kind of file it is to be.
    ///
    /// # Errors
    /// If the path ends otherwise or the file cannot be made.
    pub fn create(path: &Path, feature_names: &[impl AsRef<str>]) -> Result<Self, FeatureTableError> {
        let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
        let file = match ending.to_str() {
            Some("parquet") => TableFile::Parquet(ParquetTable::create(path, feature_names)?),
            Some("csv") => TableFile::Csv(CsvTable::create(path, feature_names)?),
            _ => return Err(FeatureTableError::Ending { path: path.into() }),
        };
        Ok(Self { file, feature_count: feature_names.len(), path: path.into() })
    }

    /// Adds the cells of one image.
    ///
    /// # Errors
    /// If a cell has another number of features than the table, or the disk is full.
    pub fn append(&mut self, image: &str, cells: &[Cell]) -> Result<(), FeatureTableError> {
        let expected = self.feature_count;
        if let Some(found) = cells.iter().map(|cell| cell.features.len()).find(|&count| count != expected) {
            return Err(FeatureTableError::FeatureCount { found, expected, path: self.path.clone() });
        }
        match &mut self.file {
            TableFile::Parquet(table) => table.append(image, cells),
            TableFile::Csv(table) => Ok(table.append(image, cells)?),
        }
    }

    /// Writes what is left and gives the file its name.
    ///
    /// # Errors
    /// If the disk is full or the folder forbids it.
    pub fn finish(self) -> Result<(), FeatureTableError> {
        match self.file {
            TableFile::Parquet(table) => table.finish(),
            TableFile::Csv(table) => Ok(table.finish()?),
        }
    }
}

/// A feature table as it was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeatureTable {
    /// The names of the features.
    pub feature_names: Vec<String>,
    /// The image and the measures of every cell, in the order in which they were written.
    pub cells: Vec<(String, Cell)>,
}

/// Why a feature table cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum FeatureTableError {
    /// The file cannot be written or read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The name does not say which kind of file is wanted.
    #[error("the name of a feature table must end in .parquet or .csv — {}", path.display())]
    Ending {
        /// The file that was asked for.
        path: PathBuf,
    },
    /// A cell does not have the table's features.
    #[error("a cell has {found} features, the table {expected} — {}", path.display())]
    FeatureCount {
        /// Features of the cell.
        found: usize,
        /// Features of the table.
        expected: usize,
        /// The table.
        path: PathBuf,
    },
    /// The file is damaged or another kind of file.
    #[error("not a feature table: {reason} — {}", path.display())]
    NotATable {
        /// What is wrong with it.
        reason: String,
        /// The file.
        path: PathBuf,
    },
}

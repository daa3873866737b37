//! FILES (floor 4): the only floor that touches the disk. Image sets, channels, label files, masks, tables, models,
//! parameters, submissions, the work files of unfinished batches. Every error names the path and what went wrong there.

pub mod cell_labels;
pub mod cell_store;
pub mod channels;
pub mod checksum;
pub mod coco;
pub mod course_file;
mod csv_lines;
pub mod demo_set;
pub mod feature_table;
pub mod file_stamp;
pub mod folder;
pub mod image_file;
pub mod image_set;
pub mod imported_masks;
pub mod journal;
pub mod json_file;
pub mod label_lines;
pub mod label_table;
pub mod labels;
mod marks;
pub mod mask_import;
pub mod mask_set;
pub mod masks;
pub mod model_file;
pub mod output_file;
pub mod own_memory;
mod parquet_columns;
pub mod picture;
pub mod project_file;
pub mod project_place;
pub mod recipe_file;
pub mod ron_text;
pub mod run_lengths;
pub mod scratch_folder;
pub mod submission;
pub mod survey;
pub mod table;
pub mod thumbnails;
pub mod unpacked;
pub mod user_folders;
pub mod work_file;

pub use cell_store::CellStore;
pub use channels::{read_field, read_nucleus, read_size};
pub use checksum::Checksum;
pub use coco::CocoWriter;
pub use feature_table::FeatureTableWriter;
pub use file_stamp::FileStamp;
pub use image_set::{FieldFiles, ImageSet, SetLayout};
pub use json_file::write_json;
pub use labels::ImageLabels;
pub use mask_import::MaskImport;
pub use mask_set::MaskSet;
pub use masks::{MaskFolder, MaskFormat, write_masks, write_nuclei_mask};
pub use model_file::{read_model, write_model};
pub use output_file::{OutputFile, make_folder};
pub use picture::write_picture;
pub use recipe_file::read_recipe;
pub use run_lengths::RunLengthsWriter;
pub use scratch_folder::ScratchFolder;
pub use submission::SubmissionWriter;
pub use work_file::WorkFile;

use std::{io, path::PathBuf};

/// A file or folder that cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action}: {source} — {}", path.display())]
pub struct FileError {
    /// What was tried, as the words after "cannot": `read the label file`.
    pub action: &'static str,
    /// The file or folder.
    pub path: PathBuf,
    /// The system's reason.
    pub source: io::Error,
}

impl FileError {
    /// For `map_err`: turns the system's error into one that names `path` and what was tried.
    pub fn at(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self { action, path, source }
    }
}

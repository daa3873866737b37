//! Floor 4: what is read, what is written, and what is said when neither can be done.

mod cell_labels;
mod cell_store;
pub mod channels;
mod coco;
mod feature_table;
mod image_set;
mod journal;
mod labels;
mod mask_import;
mod masks;
mod output_file;
pub mod packed;
mod project_file;
mod project_place;
mod recipe_file;
mod run_lengths;
mod subcell;
mod submission;
mod work_file;

use std::{fs, path::Path};

/// The names of everything in `folder`, sorted.
fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// What `message` says before its path, which must be `path`.
fn reason<'m>(message: &'m str, path: &Path) -> &'m str {
    let ending = format!(" — {}", path.display());
    message.strip_suffix(&ending).unwrap_or_else(|| panic!("'{message}' does not end in '{ending}'"))
}

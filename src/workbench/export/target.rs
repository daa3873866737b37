//! What is written, and where.

use std::path::{Path, PathBuf};

use crate::{
    pipeline::submission::SubmissionParams,
    storage::{FileError, MaskFormat, make_folder},
};

/// What is to be written. A report is, in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Products {
    /// `submission.csv`.
    pub submission: bool,
    /// What is left out of it.
    pub selection: SubmissionParams,
    /// `cells.csv` or `cells.parquet`.
    pub table: Option<TableKind>,
    /// The masks of nuclei and cells in the folder `masks`.
    pub masks: Option<MaskFormat>,
    /// `coco.json`.
    pub coco: bool,
    /// `model.ron`.
    pub model: bool,
}

impl Default for Products {
    /// All of them.
    fn default() -> Self {
        Self {
            submission: true,
            selection: SubmissionParams::default(),
            table: Some(TableKind::default()),
            masks: Some(MaskFormat::Png),
            coco: true,
            model: true,
        }
    }
}

/// The kind of file that the table of cells is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TableKind {
    /// Small and read fast, by pandas, R and others.
    #[default]
    Parquet,
    /// Text that everything reads.
    Csv,
}

/// What is written into which folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The folder.
    pub folder: PathBuf,
    /// What is written into it.
    pub products: Products,
}

/// Where masks go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaskTarget {
    /// The folder.
    pub folder: PathBuf,
    /// The kind of file.
    pub format: MaskFormat,
}

impl Target {
    /// The submission.
    #[must_use]
    pub fn submission(&self) -> PathBuf {
        self.folder.join("submission.csv")
    }

    /// The table of cells, if it is wanted.
    #[must_use]
    pub fn table(&self) -> Option<PathBuf> {
        let name = match self.products.table? {
            TableKind::Csv => "cells.csv",
            TableKind::Parquet => "cells.parquet",
        };
        Some(self.folder.join(name))
    }

    /// Where masks go, if they are wanted.
    #[must_use]
    pub fn masks(&self) -> Option<MaskTarget> {
        self.products.masks.map(|format| MaskTarget { folder: self.folder.join("masks"), format })
    }

    /// The annotations.
    #[must_use]
    pub fn coco(&self) -> PathBuf {
        self.folder.join("coco.json")
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> PathBuf {
        self.folder.join("model.ron")
    }

    /// The report.
    #[must_use]
    pub fn report(&self) -> PathBuf {
        self.folder.join("report.txt")
    }

    /// Makes the folders.
    ///
    /// # Errors
    /// If that is not possible, or the folder is one that nothing should be written into: that of the images or of the
    /// project.
    pub fn prepare(&self, set: &Path, project: &Path) -> Result<(), TargetError> {
        let is_in = |folder: &Path| self.folder.starts_with(folder);
        if is_in(set) || self.folder == project {
            return Err(TargetError::Taken { path: self.folder.clone() });
        }
        make_folder(&self.folder)?;
        if let Some(masks) = self.masks() {
            make_folder(&masks.folder)?;
        }
        Ok(())
    }
}

/// Why nothing can be written there.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// It holds the images or the project.
    #[error("results cannot be written among the images or into the project's own folder: choose another folder — {}", path.display())]
    Taken {
        /// The folder.
        path: PathBuf,
    },
    /// It cannot be made.
    #[error(transparent)]
    File(#[from] FileError),
}

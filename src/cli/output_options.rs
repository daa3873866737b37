//! Options that say what is written of the cells that were found, and how.

use std::{
    error::Error,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};

use super::terminal;
use crate::{
    pipeline::{
        border_cells::BorderCells,
        parameter::ParameterError,
        submission::{Keep, SubmissionParams},
    },
    storage::{CocoWriter, MaskFormat, RunLengthsWriter},
    workbench::{Product, Stains},
};

/// What `segment` writes besides masks.
#[derive(Args)]
pub struct MaskExports {
    /// Write the masks of all cells as run lengths too: 1.json, 2.json, … of 5,000 masks each, in the order of images
    /// and cells
    #[arg(long, value_name = "DIR")]
    run_lengths: Option<PathBuf>,
    /// Write cells and nuclei as COCO annotations too, as coco.json
    #[arg(long, value_name = "FILE")]
    coco: Option<PathBuf>,
}

impl MaskExports {
    /// What is asked for of a set with these stains, begun.
    pub fn products(&self, stains: Stains) -> Result<Vec<Box<dyn Product>>, Box<dyn Error>> {
        let mut products: Vec<Box<dyn Product>> = Vec::new();
        if let Some(folder) = &self.run_lengths {
            if stains == Stains::NucleusOnly {
                return Err("run lengths are those of cells, but the set has the nucleus stain alone".into());
            }
            products.push(Box::new(RunLengthsWriter::create(folder)?));
        }
        if let Some(path) = &self.coco {
            products.push(Box::new(CocoWriter::create(path)?));
        }
        Ok(products)
    }

    /// Says where they are.
    pub fn tell(&self) {
        let say = |what: &str, path: &Path| terminal::say(&format!("{what} {}", path.display()));
        self.run_lengths.iter().for_each(|path| say("run lengths are in", path));
        self.coco.iter().for_each(|path| say("the COCO annotations are", path));
    }
}

#[derive(Args)]
pub struct MaskFormatOption {
    /// The kind of file that masks are written as
    #[arg(long, value_name = "KIND", default_value = "png")]
    mask_format: MaskFormatName,
}

impl From<&MaskFormatOption> for MaskFormat {
    fn from(option: &MaskFormatOption) -> Self {
        match option.mask_format {
            MaskFormatName::Png => Self::Png,
            MaskFormatName::Tiff => Self::Tiff,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum MaskFormatName {
    /// PNG of 16 bit
    Png,
    /// TIFF, packed, of 16 bit, or 32 where there are more than 65,535 cells
    Tiff,
}

#[derive(Args)]
pub struct TableFormatOption {
    /// The kind of file that tables of features are written as
    #[arg(long, value_name = "KIND", default_value = "parquet")]
    table_format: TableFormatName,
}

impl TableFormatOption {
    /// The ending of a table's name.
    pub fn ending(&self) -> &'static str {
        match self.table_format {
            TableFormatName::Parquet => "parquet",
            TableFormatName::Csv => "csv",
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum TableFormatName {
    /// Small and read fast, by pandas, R and others
    Parquet,
    /// Text that everything reads
    Csv,
}

#[derive(Args)]
pub struct BorderCellsOption {
    /// What becomes of cells that the border of the image cuts; their masks stay
    #[arg(long, value_name = "WHAT", default_value = "keep")]
    border_cells: BorderCellsName,
}

impl From<&BorderCellsOption> for BorderCells {
    fn from(option: &BorderCellsOption) -> Self {
        match option.border_cells {
            BorderCellsName::Keep => Self::Keep,
            BorderCellsName::LeaveOut => Self::LeaveOut,
            BorderCellsName::LeaveOutHalf => Self::LeaveOutHalf,
            BorderCellsName::Weigh => Self::Weigh,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum BorderCellsName {
    /// They are cells like others
    Keep,
    /// They are in no table, teach nothing and are not predicted
    LeaveOut,
    /// The same, but only those of which half or less is in view: the atlas' own rule. How much is in view is
    /// estimated from the length of the cut, as if cells were round
    LeaveOutHalf,
    /// Keep them, but multiply their confidence in a submission by the share in view
    Weigh,
}

#[derive(Args)]
#[command(next_help_heading = "What a submission holds")]
pub struct SubmissionOptions {
    /// Which cells are written with a location
    #[arg(long, value_name = "WHICH", default_value = "all")]
    keep: KeepName,
    #[arg(long = "top-k", value_name = "K", help = SubmissionParams::TOP_LOCATIONS.help())]
    top_locations: Option<u32>,
}

impl SubmissionOptions {
    /// The parameters asked for.
    pub fn params(&self) -> Result<SubmissionParams, ParameterError> {
        let keep = match self.keep {
            KeepName::All => Keep::All,
            KeepName::BaseRate => Keep::BaseRate,
        };
        let top_locations = self.top_locations.unwrap_or(SubmissionParams::default().top_locations);
        let params = SubmissionParams { keep, top_locations };
        params.check()?;
        Ok(params)
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum KeepName {
    /// Every cell with every location, which ranks best
    All,
    /// Only the most probable cells of each location: twice the share of training images that carry it
    BaseRate,
}

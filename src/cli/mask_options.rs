//! What is done with masks from elsewhere, and how.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{arguments::LayoutOption, measurement_options::PresetName};
use crate::storage::masks::MaskKind;

/// Options of `compare`.
#[derive(Args)]
pub struct Compare {
    /// The masks that are taken for the truth; with --with-preset a folder of images or of their project instead
    pub a: PathBuf,
    /// The masks that are compared with them
    #[arg(required_unless_present = "with_preset")]
    pub b: Option<PathBuf>,
    /// Compare the masks that the images of A have now, with imports, corrections and parameters of their own, with those
    /// that this preset gives, which are taken for the truth
    #[arg(long, value_name = "NAME", conflicts_with_all = ["b", "set", "name", "kind"])]
    pub with_preset: Option<PresetName>,
    /// Compare the images of this set only, and name those without masks
    #[arg(long, value_name = "SET")]
    pub set: Option<PathBuf>,
    #[command(flatten)]
    pub layout: LayoutOption,
    #[command(flatten)]
    pub unnamed: UnnamedOption,
    /// Write all numbers as JSON too
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

/// Options of `import-masks`.
#[derive(Args)]
pub struct ImportMasks {
    /// The folder of images, or of their project
    pub set: PathBuf,
    /// The masks: a folder or a file
    #[arg(long, value_name = "PATH", required_unless_present = "computed")]
    pub masks: Option<PathBuf>,
    /// Go back to computed masks
    #[arg(long, conflicts_with = "masks")]
    pub computed: bool,
    /// Do so for this image only, by its ID; a single mask may then have any name
    #[arg(long, value_name = "ID")]
    pub image: Option<String>,
    #[command(flatten)]
    pub unnamed: UnnamedOption,
}

/// What masks are whose names do not tell.
#[derive(Args)]
pub struct UnnamedOption {
    /// What masks are whose names do not tell
    #[arg(long = "kind", value_name = "KIND", default_value = "cells")]
    kind: KindName,
}

impl UnnamedOption {
    /// What was chosen.
    pub fn kind(&self) -> MaskKind {
        match self.kind {
            KindName::Nuclei => MaskKind::Nuclei,
            KindName::Cells => MaskKind::Cells,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum KindName {
    Nuclei,
    Cells,
}

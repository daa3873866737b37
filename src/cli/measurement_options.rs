//! Options that say how samples become 8 bit and how cells are found.

use std::{error::Error, path::PathBuf};

use clap::{Args, ValueEnum};

use super::arguments::set;
use crate::{
    pipeline::{
        recipe::Recipe,
        sample_depth::SampleDepth,
        segmentation::{BackgroundParams, Method, Preset, SegmentationParams, StandardParams},
    },
    storage::read_recipe,
};

#[derive(Args)]
#[command(next_help_heading = "How cells are found")]
pub struct MeasurementOptions {
    /// A parameter file to start from, as `params` writes it; options given here override what it says
    #[arg(long, value_name = "FILE")]
    params: Option<PathBuf>,
    /// Parameters to start from, in place of a file; the options below change single ones [default: standard]
    #[arg(long, value_name = "NAME", conflicts_with = "params")]
    preset: Option<PresetName>,
    /// How 16-bit samples become 8 bit [default: full-range]
    #[arg(long, value_name = "HOW")]
    sample_depth: Option<SampleDepthName>,
    #[arg(long, value_name = "PX", help = SegmentationParams::WORKING_SIZE.help())]
    working_size: Option<u32>,
    #[arg(long, value_name = "SHARE", help = format!("Standard: {}", StandardParams::NUCLEUS_THRESHOLD.help()))]
    nucleus_threshold: Option<f64>,
    #[arg(long, value_name = "SHARE", help = format!("Standard: {}", StandardParams::SPLIT.help()))]
    split: Option<f64>,
    #[arg(long, value_name = "SHARE", help = format!("Standard: {}", StandardParams::CELL_EXTENT.help()))]
    cell_extent: Option<f64>,
    #[arg(long, value_name = "SHARE", help = format!("Reference, nuclei: {}", BackgroundParams::MEDIAN_WINDOW.help()))]
    nuclei_median_window: Option<f64>,
    #[arg(long, value_name = "SHARE", help = format!("Reference, nuclei: {}", BackgroundParams::QUANTILE.help()))]
    nuclei_background_quantile: Option<f64>,
    #[arg(long, value_name = "SHARE", help = format!("Reference, nuclei: {}", BackgroundParams::SMALLEST_GAP.help()))]
    nuclei_smallest_gap: Option<f64>,
    #[arg(long, value_name = "SHARE", num_args = 0..=1, require_equals = true,
          help = format!("Reference: {} [without a number: {}]", SegmentationParams::BRIGHT_EDGES.help(), SegmentationParams::USUAL_BRIGHT_EDGES))]
    #[expect(clippy::option_option, reason = "not given, given without a number, given with one")]
    remove_bright_edges: Option<Option<f64>>,
    #[arg(long, value_name = "SHARE", help = format!("Reference: {}", SegmentationParams::MARKER_QUANTILE.help()))]
    marker_quantile: Option<f64>,
    #[arg(long, value_name = "SHARE", help = format!("Reference, cells: {}", BackgroundParams::MEDIAN_WINDOW.help()))]
    cell_median_window: Option<f64>,
    #[arg(long, value_name = "SHARE", help = format!("Reference, cells: {}", BackgroundParams::QUANTILE.help()))]
    cell_background_quantile: Option<f64>,
    #[arg(long, value_name = "SHARE", help = format!("Reference, cells: {}", BackgroundParams::SMALLEST_GAP.help()))]
    cell_smallest_gap: Option<f64>,
}

impl MeasurementOptions {
    /// The parameters asked for; those of training as in the parameter file.
    pub fn recipe(&self) -> Result<Recipe, Box<dyn Error>> {
        let mut recipe = self.params.as_deref().map(read_recipe).transpose()?.unwrap_or_default();
        set(&mut recipe.measurement.sample_depth, self.sample_depth.map(SampleDepth::from));
        let segmentation = &mut recipe.measurement.segmentation;
        if let Some(preset) = self.preset {
            *segmentation = Preset::from(preset).params();
        }
        self.check_method(segmentation.method)?;
        set(&mut segmentation.standard.nucleus_threshold, self.nucleus_threshold);
        set(&mut segmentation.standard.split, self.split);
        set(&mut segmentation.standard.cell_extent, self.cell_extent);
        set(&mut segmentation.working_size, self.working_size);
        set(&mut segmentation.nuclei_background.median_window, self.nuclei_median_window);
        set(&mut segmentation.nuclei_background.quantile, self.nuclei_background_quantile);
        set(&mut segmentation.nuclei_background.smallest_gap, self.nuclei_smallest_gap);
        set(&mut segmentation.marker_quantile, self.marker_quantile);
        let bright_edges =
            self.remove_bright_edges.map(|shortest| shortest.unwrap_or(SegmentationParams::USUAL_BRIGHT_EDGES));
        segmentation.bright_edges = bright_edges.or(segmentation.bright_edges);
        set(&mut segmentation.cell_background.median_window, self.cell_median_window);
        set(&mut segmentation.cell_background.quantile, self.cell_background_quantile);
        set(&mut segmentation.cell_background.smallest_gap, self.cell_smallest_gap);
        recipe.check()?;
        Ok(recipe)
    }

    /// Checks that every option given belongs to the method in use, for it would do nothing otherwise.
    fn check_method(&self, method: Method) -> Result<(), Box<dyn Error>> {
        let of_standard = [
            ("--nucleus-threshold", self.nucleus_threshold.is_some()),
            ("--split", self.split.is_some()),
            ("--cell-extent", self.cell_extent.is_some()),
        ];
        let of_reference = [
            ("--nuclei-median-window", self.nuclei_median_window.is_some()),
            ("--nuclei-background-quantile", self.nuclei_background_quantile.is_some()),
            ("--nuclei-smallest-gap", self.nuclei_smallest_gap.is_some()),
            ("--remove-bright-edges", self.remove_bright_edges.is_some()),
            ("--marker-quantile", self.marker_quantile.is_some()),
            ("--cell-median-window", self.cell_median_window.is_some()),
            ("--cell-background-quantile", self.cell_background_quantile.is_some()),
            ("--cell-smallest-gap", self.cell_smallest_gap.is_some()),
        ];
        let (others, other) = match method {
            Method::Standard => (&of_reference[..], Preset::Reference.name()),
            Method::Reference => (&of_standard[..], Preset::Standard.name()),
        };
        match others.iter().find(|(_, is_given)| *is_given) {
            Some((option, _)) => {
                Err(format!("{option} belongs to the method {other}, which is not in use: add --preset {other}").into())
            }
            None => Ok(()),
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub enum PresetName {
    /// Right for most fields: nuclei by their own brightness, cells along their cytoplasm, 512 px or more
    Standard,
    /// The published notebook's batch run: 400 px, thresholds that rely on a black background
    Reference,
}

impl From<PresetName> for Preset {
    fn from(name: PresetName) -> Self {
        match name {
            PresetName::Standard => Self::Standard,
            PresetName::Reference => Self::Reference,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub enum SampleDepthName {
    /// Linearly from the full range of 16 bit
    FullRange,
    /// Linearly from the atlas' window: the 0.001 to the 99.999 percentile, its upper end at least 10,000
    PercentileWindow,
}

impl From<SampleDepthName> for SampleDepth {
    fn from(name: SampleDepthName) -> Self {
        match name {
            SampleDepthName::FullRange => Self::FullRange,
            SampleDepthName::PercentileWindow => Self::PercentileWindow,
        }
    }
}

//! Which parameters govern which stage, and what they are now.

use crate::pipeline::{
    parameter::Parameter,
    segmentation::{BackgroundParams, Method, SegmentationParams, Stage, StandardParams},
};

/// A parameter and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// What the parameter is called.
    pub name: &'static str,
    /// Its value with its unit, and in pixels where it is a length.
    pub value: String,
    /// What more and less of it does.
    pub hover: &'static str,
}

impl Setting {
    fn new(parameter: &Parameter, value: f64) -> Self {
        let value = format!("{value} {}", parameter.unit).trim_end().to_owned();
        Self { name: parameter.name, value, hover: parameter.hover }
    }

    fn with_pixels(mut self, pixels: &str) -> Self {
        self.value = format!("{}, here {pixels}", self.value);
        self
    }
}

/// Those of the image that the stages work on.
pub fn settings_of_image(params: &SegmentationParams) -> Vec<Setting> {
    let mut settings = vec![Setting::new(&SegmentationParams::WORKING_SIZE, params.working_size.into())];
    if params.method == Method::Reference {
        let shortest = |shortest| Setting::new(&SegmentationParams::BRIGHT_EDGES, shortest);
        settings.extend(params.bright_edges.map(shortest));
    }
    settings
}

/// Those of a stage on a working image of (height, width) `size`.
pub fn settings_of(stage: Stage, params: &SegmentationParams, (height, width): (usize, usize)) -> Vec<Setting> {
    let standard = &params.standard;
    if params.method == Method::Standard {
        return match stage {
            Stage::NucleiForeground => {
                vec![Setting::new(&StandardParams::NUCLEUS_THRESHOLD, standard.nucleus_threshold)]
            }
            Stage::Nuclei => vec![Setting::new(&StandardParams::SPLIT, standard.split)],
            Stage::CellForeground => vec![Setting::new(&StandardParams::CELL_EXTENT, standard.cell_extent)],
            _ => Vec::new(),
        };
    }
    let mean_side = (height + width) as f64 / 2.0;
    let median = |background: &BackgroundParams| {
        let pixels = background.median_window_px(mean_side);
        let setting = Setting::new(&BackgroundParams::MEDIAN_WINDOW, background.median_window);
        vec![setting.with_pixels(&format!("{pixels} px"))]
    };
    let threshold = |background: &BackgroundParams| {
        let gap = background.smallest_gap_area_px(mean_side);
        let smallest = Setting::new(&BackgroundParams::SMALLEST_GAP, background.smallest_gap);
        vec![
            Setting::new(&BackgroundParams::QUANTILE, background.quantile),
            smallest.with_pixels(&format!("an area of {gap} px")),
        ]
    };
    match stage {
        Stage::NucleiSmooth => median(&params.nuclei_background),
        Stage::NucleiForeground => threshold(&params.nuclei_background),
        Stage::Markers => vec![Setting::new(&SegmentationParams::MARKER_QUANTILE, params.marker_quantile)],
        Stage::CellSmooth => median(&params.cell_background),
        Stage::CellForeground => threshold(&params.cell_background),
        Stage::NucleiLandscape | Stage::Nuclei | Stage::CellLandscape | Stage::Cells => Vec::new(),
    }
}

//! What explains an image and one of its cells step by step: the same for the window and for the command line.

use ndarray::ArrayView2;

use super::results::{CellsKey, FoundCells};
use crate::{
    atlas::{Field, Location, LocationSet},
    imaging::border::ids_at_border,
    pipeline::{
        classifier::Classifier,
        explanation::{
            CellInQuestion, LocationRule, Section, Step, rules_of, step_of_masks, steps_of_cell, steps_of_stages,
        },
        features::{Cell, MeasuredField},
        segmentation::{Method, Preset, SegmentationParams, Stages},
    },
    project::Cutting,
};

/// What is to be explained of the image that is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExplanationWish {
    /// The method; `None`: that of the image.
    pub method: Option<Method>,
    /// The cell; `None`: one that is [`typical`](typical_cell).
    pub cell: Option<u32>,
}

/// All that the explanation of an image follows from.
#[derive(Clone, Debug, PartialEq)]
pub struct StepsKey {
    /// The image and its cells.
    pub cells: CellsKey,
    /// The method that is explained.
    pub method: Method,
}

/// All that the explanation of a cell follows from.
#[derive(Clone, Debug, PartialEq)]
pub struct CellStepsKey {
    /// The cells of its image.
    pub cells: CellsKey,
    /// The cell.
    pub id: u32,
    /// What its image is labelled with.
    pub labels: LocationSet,
    /// The number of the model that the rules are of, and of the one that was judged last.
    pub model: Option<(u64, Option<u64>)>,
}

/// Parameters of `method`: `params` themselves if they are of it, or else they with the working size of its preset.
#[must_use]
pub fn params_of(method: Method, params: &SegmentationParams) -> SegmentationParams {
    if params.method == method {
        return params.clone();
    }
    SegmentationParams { method, working_size: preset_of(method).params().working_size, ..params.clone() }
}

/// The preset of a method.
#[must_use]
pub fn preset_of(method: Method) -> Preset {
    match method {
        Method::Standard => Preset::Standard,
        Method::Reference => Preset::Reference,
    }
}

/// The steps by which `method` comes to the cells of `field`, of which `found`, cut as `cutting` says, are the present
/// ones. Some 50 ms; if the present ones are of another method, as long again as cutting takes.
#[must_use]
pub fn steps_of_image(field: &Field, found: &FoundCells, cutting: &Cutting, method: Method) -> Vec<Step> {
    let params = params_of(method, &cutting.params);
    if found.stages.method() != method {
        return steps_of_stages(field, &Stages::of(field, &params), &params);
    }
    let mut steps = steps_of_stages(field, &found.stages, &params);
    let why = match (cutting.imported.is_some(), cutting.corrections.is_empty()) {
        (true, true) => Some("The masks of this image were imported; the steps above are what would be computed."),
        (true, false) => Some("The masks of this image were imported and then corrected by hand."),
        (false, false) => Some("What was corrected by hand lies over what is computed."),
        (false, true) => None,
    };
    steps.extend(why.map(|why| step_of_masks(field, &found.corrected.segmentation, why)));
    steps
}

/// A cell to explain where none is chosen: the largest that the border of the image does not cut, or else the largest;
/// `None` if none has a nucleus. Some microseconds.
#[must_use]
pub fn typical_cell(found: &FoundCells) -> Option<u32> {
    let cut = ids_at_border(found.cell_mask().computed());
    // Of equally large ones the first.
    let largest = found.named.iter().rev().max_by_key(|cell| (!cut.contains(&cell.id), cell.area_px));
    largest.map(|cell| cell.id)
}

/// The rules of the locations in question for `cell`, whose image has these labels: how probable they are is as `judged`
/// or, without that, as the rules themselves say; none if the rules are of other features.
#[must_use]
pub fn rules_for(
    classifier: &Classifier,
    cell: &Cell,
    judged: Option<[f32; Location::COUNT]>,
    labels: LocationSet,
) -> Vec<LocationRule> {
    let predicted = || {
        let features = ArrayView2::from_shape((1, cell.features.len()), &cell.features).ok()?;
        let predicted = classifier.predict(features).ok()?;
        Some(std::array::from_fn(|location| predicted[(0, location)]))
    };
    judged.or_else(predicted).map_or_else(Vec::new, |probabilities| rules_of(classifier, &probabilities, labels))
}

/// The steps from a cell of `field` to what its features tell.
#[must_use]
pub fn steps_of_one(
    field: &Field,
    found: &FoundCells,
    measured: &MeasuredField,
    id: u32,
    rules: impl FnOnce(&Cell) -> Vec<LocationRule>,
) -> Vec<Step> {
    let rules = measured.cells.iter().find(|cell| cell.id == id).map(rules).unwrap_or_default();
    steps_of_cell(CellInQuestion { field, masks: &found.corrected.segmentation, measured, id, rules: &rules })
}

/// A part of the page about a method.
#[must_use]
pub fn section_of_method(method: Method, steps: Vec<Step>) -> Section {
    let (name, title) = match method {
        Method::Standard => ("standard", "Cells by the standard method"),
        Method::Reference => ("reference", "Cells by the reference method"),
    };
    Section { name, title: title.to_owned(), sentence: about_method(method).to_owned(), steps }
}

/// What a method is about, in a sentence.
#[must_use]
pub fn about_method(method: Method) -> &'static str {
    match method {
        Method::Standard => {
            "Nuclei are found by their own brightness, cut into more pieces than there are and joined by evidence; cells are \
             flooded from them along the brightest cytoplasm."
        }
        Method::Reference => {
            "The published notebook's way: median filters, thresholds by quantiles, distances to the background, markers, \
             and two floodings of the distances, first from the markers and then from the nuclei."
        }
    }
}

/// The part of the page about a cell.
#[must_use]
pub fn section_of_cell(id: u32, steps: Vec<Step>) -> Section {
    Section {
        name: "cell",
        title: format!("One cell, number {id}"),
        sentence: "What is measured of each cell, and what that tells.".to_owned(),
        steps,
    }
}

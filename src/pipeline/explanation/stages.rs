//! The steps from the stains of an image to its cells.

use std::{collections::BTreeSet, fmt::Write};

use super::{
    Figure, Step,
    pictures::{self, Stains},
    settings::{settings_of, settings_of_image},
};
use crate::{
    atlas::{Channel, Field},
    imaging::{Plane, histogram::count_where, resize::nearest},
    pipeline::{
        composite::CompositeParams,
        segmentation::{Method, Segmentation, SegmentationParams, Stage, StagePicture, Stages},
    },
};

/// The steps by which `stages`, those of `field` with `params`, come to cells: the stains first, then every stage. Some
/// 50 ms at 512 px.
#[must_use]
pub fn steps_of_stages(field: &Field, stages: &Stages, params: &SegmentationParams) -> Vec<Step> {
    let drawn = Stains::of(field);
    let mut steps = vec![step_of_stains(&drawn, field, stages, params)];
    steps.extend(Stage::ALL.map(|stage| step_of(&drawn, stages, params, stage)));
    steps
}

/// What the masks of an image are where they are not those of the last stage: `sentence` says why.
#[must_use]
pub fn step_of_masks(field: &Field, masks: &Segmentation, sentence: &str) -> Step {
    let (cells, nuclei) = (masks.cell_mask.computed(), masks.nuclei_mask.computed());
    let drawn = pictures::outlined(Stains::of(field).in_colour(), Some(cells), nuclei);
    Step {
        title: "Cells: as they are now".to_owned(),
        sentence: sentence.to_owned(),
        figures: vec![
            Figure::new("cells", "the cells", pictures::coloured(cells, false, None)),
            Figure::new("outlines", "on the stains", drawn),
        ],
        ..Step::default()
    }
}

fn step_of_stains(stains: &Stains<'_>, field: &Field, stages: &Stages, params: &SegmentationParams) -> Step {
    let (height, width) = stages.cell_mask().size();
    let mut sentence = format!(
        "One field of {} × {} pixels in four stains. Cells are looked for at {width} × {height} pixels, in the nucleus stain, \
         the endoplasmic reticulum and the microtubules; the protein, the only stain that labels speak of, has no say in it.",
        field.width(),
        field.height()
    );
    if let Some(diameter) = stages.nucleus_diameter_px() {
        let _ = write!(
            sentence,
            " First it is found out how large nuclei are, here some {diameter:.0} pixels across at that size: every length \
             below follows from that."
        );
    }
    let mut figures = vec![Figure::new("colour", "all of them", stains.in_colour())];
    for channel in [Channel::Nucleus, Channel::EndoplasmicReticulum, Channel::Microtubules, Channel::Protein] {
        let drawn = stains.draw(CompositeParams::grey(channel));
        figures.push(Figure::new(channel.short_name(), channel.name(), drawn));
    }
    Step { title: "The stains".to_owned(), sentence, settings: settings_of_image(params), figures, ..Step::default() }
}

fn step_of(stains: &Stains<'_>, stages: &Stages, params: &SegmentationParams, stage: Stage) -> Step {
    let method = stages.method();
    let picture = stages.picture(stage);
    let are_nuclei = matches!(stage, Stage::Markers | Stage::Nuclei);
    // Markers lie on the foreground that they mark.
    let ground = (stage == Stage::Markers).then(|| stages.picture(Stage::NucleiForeground));
    let ground = match &ground {
        Some(StagePicture::Inside(foreground)) => Some(&**foreground),
        _ => None,
    };
    let drawn = match &picture {
        StagePicture::Heights(plane) => pictures::heights(plane),
        StagePicture::Inside(plane) => pictures::inside(plane),
        StagePicture::Regions(mask) => pictures::coloured(mask, are_nuclei, fitting(ground, mask).as_ref()),
    };
    let mut figures = vec![Figure::new("stage", caption(stage, method), drawn)];
    match stage {
        Stage::Nuclei => {
            let stain = stains.draw(CompositeParams::grey(Channel::Nucleus));
            let outlined = pictures::outlined(stain, None, stages.nuclei_mask());
            figures.push(Figure::new("outlines", "on the nucleus stain", outlined));
        }
        Stage::Cells => {
            let outlined = pictures::outlined(stains.in_colour(), Some(stages.cell_mask()), stages.nuclei_mask());
            figures.push(Figure::new("outlines", "on the stains", outlined));
        }
        _ => {}
    }
    Step {
        title: stage.name(method).to_owned(),
        sentence: [stage.meaning(method).to_owned(), here(&picture, stage, method)].join(" ").trim_end().to_owned(),
        settings: settings_of(stage, params, stages.cell_mask().size()),
        figures,
        ..Step::default()
    }
}

/// The foreground at the size of the mask, should they differ.
fn fitting(foreground: Option<&Plane<bool>>, mask: &Plane<u32>) -> Option<Plane<bool>> {
    foreground.map(|foreground| nearest(foreground, mask.height(), mask.width()))
}

/// How much of it there is in this image.
fn here(picture: &StagePicture, stage: Stage, method: Method) -> String {
    match picture {
        StagePicture::Heights(_) => String::new(),
        StagePicture::Inside(plane) => {
            let share = count_where(plane.samples(), |&inside| inside) as f64 / plane.samples().len().max(1) as f64;
            format!("Here that is {:.0} % of the image.", 100.0 * share)
        }
        StagePicture::Regions(mask) => {
            let count = mask.samples().iter().filter(|&&id| id > 0).collect::<BTreeSet<_>>().len();
            let what = match (stage, method) {
                (Stage::Markers, Method::Standard) => "pieces",
                (Stage::Markers, Method::Reference) => "markers",
                (Stage::Nuclei, _) => "nuclei",
                _ => "cells",
            };
            format!("Here: {count} {what}.")
        }
    }
}

fn caption(stage: Stage, method: Method) -> &'static str {
    match (stage, method) {
        (Stage::NucleiSmooth, Method::Standard) => "contrast to the surroundings",
        (Stage::NucleiSmooth | Stage::CellSmooth, _) => "smoothed",
        (Stage::NucleiForeground | Stage::CellForeground, _) => "white: foreground",
        (Stage::NucleiLandscape | Stage::CellLandscape, Method::Standard) => "bright: high",
        (Stage::NucleiLandscape | Stage::CellLandscape, Method::Reference) => "bright: far inside",
        (Stage::Markers, Method::Standard) => "pieces",
        (Stage::Markers, Method::Reference) => "markers on the foreground",
        (Stage::Nuclei, _) => "nuclei",
        (Stage::Cells, _) => "cells",
    }
}

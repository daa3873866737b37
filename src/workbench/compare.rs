//! The masks of a set beside others: what agrees, and what is missed, extra, split or merged, in one image and in all.
//!
//! The others, read from files or computed, are the *truth* in the words of [`score`](crate::score), which is no more than
//! a way to say which side is which: missed is what only the others have.

use std::{error::Error, path::PathBuf};

use super::{
    cutting::cut,
    fault::in_words,
    in_order::in_order,
    scoring::{FieldRegions, MaskReport},
    whole_set::Watch,
};
use crate::{
    atlas::Field,
    imaging::{
        Plane, ScaledMask,
        outline::{Outline, outlines},
    },
    pipeline::{
        sample_depth::field_at_8_bit,
        segmentation::{Preset, Segmentation, SegmentationParams, segment},
    },
    project::Project,
    score::{Difference, Differences, RegionCounts, RegionScore, masks::total, overlap::Overlaps},
    storage::{
        FieldFiles, ImageSet, MaskImport,
        mask_import::{FoundMasks, MaskImportError},
        masks::MaskKind,
        read_field,
    },
};

/// What masks are compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Others {
    /// Masks in a file or folder.
    Files {
        /// It.
        path: PathBuf,
        /// What masks are whose names do not tell.
        unnamed: MaskKind,
    },
    /// The masks that the parameters give, without imports and corrections.
    Computed,
    /// The masks that a preset gives, whatever the parameters.
    Preset(Preset),
}

/// [`Others`], ready to be read.
#[derive(Debug)]
pub enum OpenOthers {
    /// Files.
    Files(MaskImport),
    /// Computed.
    Computed,
    /// Computed by a preset.
    Preset(Preset),
}

impl Others {
    /// Looks at what is there.
    ///
    /// # Errors
    /// If there are no masks.
    pub fn open(&self) -> Result<OpenOthers, MaskImportError> {
        Ok(match self {
            Self::Files { path, unnamed } => OpenOthers::Files(MaskImport::open(path, *unnamed)?),
            Self::Computed => OpenOthers::Computed,
            Self::Preset(preset) => OpenOthers::Preset(*preset),
        })
    }
}

impl OpenOthers {
    /// Whether there may be masks of the image `id`.
    #[must_use]
    pub fn have(&self, id: &str) -> bool {
        match self {
            Self::Files(masks) => masks.has(id),
            Self::Computed | Self::Preset(_) => true,
        }
    }

    /// The masks of one field.
    ///
    /// # Errors
    /// If there are none, or they cannot be read.
    pub fn read(&self, field: &Field, id: &str, project: &Project) -> Result<FoundMasks, Box<dyn Error>> {
        match self {
            Self::Files(masks) => Ok(masks.read(id).ok_or("there are no other masks of this image")??),
            Self::Computed => Ok(computed(field, project.segmentation_of(id))),
            Self::Preset(preset) => Ok(computed(field, &preset.params())),
        }
    }
}

fn computed(field: &Field, params: &SegmentationParams) -> FoundMasks {
    let Segmentation { nuclei_mask, cell_mask, .. } = segment(field, params);
    FoundMasks { nuclei: Some(nuclei_mask.to_plane()), cells: Some(cell_mask.to_plane()), overlapping_px: 0 }
}

/// The masks of one image beside others.
#[derive(Clone, Debug)]
pub struct Compared {
    /// What is compared: cells, or nuclei if the others have no cells.
    pub kind: MaskKind,
    /// (height, width).
    pub size: (usize, usize),
    /// What became of every region.
    pub differences: Differences,
    /// How good that is.
    pub score: RegionScore,
    /// The outlines of all regions, in pixels of the image: of those that agree the ones of the set's own masks, of all
    /// others both.
    pub outlines: Vec<(Difference, Outline)>,
}

/// Lays the masks of an image on `others`, at full size.
///
/// # Errors
/// If the others have neither cells nor nuclei, or another size.
pub fn compare(others: &FoundMasks, nuclei: &ScaledMask, cells: &ScaledMask) -> Result<Compared, Box<dyn Error>> {
    let (kind, other, own) = match (&others.cells, &others.nuclei) {
        (Some(other), _) => (MaskKind::Cells, other, cells.to_plane()),
        (None, Some(other)) => (MaskKind::Nuclei, other, nuclei.to_plane()),
        (None, None) => return Err("there are no other masks of this image".into()),
    };
    let (differences, counts) = differences(other, &own)?;
    let of = |mask: &Plane<u32>, side: &std::collections::BTreeMap<u32, Difference>, agreeing: bool| {
        let drawn = outlines(mask).into_iter().filter_map(|outline| Some((*side.get(&outline.id)?, outline)));
        drawn.filter(|(difference, _)| agreeing || *difference != Difference::Agree).collect::<Vec<_>>()
    };
    let mut all = of(&own, &differences.found, true);
    all.extend(of(other, &differences.truth, false));
    Ok(Compared { kind, size: own.size(), score: counts.score(), differences, outlines: all })
}

fn differences(other: &Plane<u32>, own: &Plane<u32>) -> Result<(Differences, RegionCounts), String> {
    let overlaps = Overlaps::of(other, own).map_err(|_| sizes_in_words(other.size(), own.size()))?;
    Ok((Differences::among(&overlaps), RegionCounts::of(&overlaps)))
}

/// That a mask does not fit its image, both sizes as (height, width).
pub(super) fn sizes_in_words((h, w): (usize, usize), (height, width): (usize, usize)) -> String {
    format!("the other mask is {w} x {h} pixels, the image {width} x {height} (width x height)")
}

/// The masks of every image of a set beside others, many images at a time.
///
/// # Errors
/// If the work was stopped.
pub fn compare_set(set: &ImageSet, project: &Project, others: &OpenOthers, watch: Watch) -> Result<MaskReport, String> {
    let (theirs, without_mask): (Vec<&FieldFiles>, Vec<&FieldFiles>) =
        set.fields().iter().partition(|files| others.have(files.id()));
    let (mut fields, mut counts, mut failures) = (Vec::new(), Vec::new(), Vec::new());
    let work = |files: &&FieldFiles| (!watch.stop.is_asked()).then(|| in_words(|| counts_of(files, project, others)));
    in_order(&theirs, work, |files, compared| {
        let id = files.id().to_owned();
        match compared.ok_or("stopped: the other images were not compared")? {
            Ok(of_field) => {
                fields.push(FieldRegions { id, score: RegionCounts::score(&of_field) });
                counts.push(of_field);
            }
            Err(reason) => failures.push((id, reason)),
        }
        watch.progress.add(1);
        (watch.wake)();
        Ok::<_, String>(())
    })?;
    let without_truth = match others {
        OpenOthers::Files(masks) => masks.ids().filter(|id| set.field(id).is_none()).count(),
        OpenOthers::Computed | OpenOthers::Preset(_) => 0,
    };
    Ok(MaskReport {
        total: total(&counts),
        fields,
        failures,
        without_mask: without_mask.into_iter().map(|files| files.id().to_owned()).collect(),
        without_truth,
    })
}

fn counts_of(files: &FieldFiles, project: &Project, others: &OpenOthers) -> Result<RegionCounts, Box<dyn Error>> {
    let (field, _) = field_at_8_bit(read_field(files)?, project.sample_depth());
    let other = others.read(&field, files.id(), project)?;
    let own = cut(&field, &project.cutting_of(files.id()))?.segmentation;
    let (other, own) = match (other.cells, other.nuclei) {
        (Some(cells), _) => (cells, own.cell_mask.to_plane()),
        (None, Some(nuclei)) => (nuclei, own.nuclei_mask.to_plane()),
        (None, None) => return Err("there are no other masks of this image".into()),
    };
    Ok(differences(&other, &own)?.1)
}

/// Two sources of masks beside each other, without the images: nuclei and cells, each field of `truth` in turn, or only
/// those that `counts` says. What only one of them has nuclei or cells of is not compared.
pub fn compare_files(
    truth: &MaskImport,
    found: &MaskImport,
    takes_part: impl Fn(&str) -> bool,
    mut done: impl FnMut(super::BatchEvent) + Send,
) -> [(MaskKind, MaskReport); 2] {
    let ids: Vec<&str> = truth.ids().filter(|id| takes_part(id)).collect();
    let mut reports = MaskKind::ALL.map(|kind| (kind, MaskReport::default(), Vec::new()));
    let both = |id: &&str| {
        in_words(|| -> Result<[Option<RegionCounts>; 2], Box<dyn Error>> {
            let truth = truth.read(id).ok_or("it has no masks")??;
            // Of what is not there all is missed.
            let found = found.read(id).unwrap_or_else(|| Ok(nothing_like(&truth)))?;
            let mut counts = [None, None];
            for (counts, kind) in counts.iter_mut().zip(MaskKind::ALL) {
                if let Some((truth, found)) = truth.of_kind(kind).zip(found.of_kind(kind)) {
                    *counts = Some(differences(truth, found)?.1);
                }
            }
            if counts.iter().all(Option::is_none) {
                return Err("one has masks of cells only, the other of nuclei only".into());
            }
            Ok(counts)
        })
    };
    let Ok(()) = in_order(&ids, both, |id, compared| {
        done(super::BatchEvent::FieldDone { failed: compared.is_err() });
        match compared {
            Ok(both) => {
                for ((_, report, counts), of_field) in reports.iter_mut().zip(both) {
                    if let Some(of_field) = of_field {
                        report.fields.push(FieldRegions { id: (*id).to_owned(), score: of_field.score() });
                        counts.push(of_field);
                    }
                }
            }
            Err(reason) => reports[1].1.failures.push(((*id).to_owned(), reason)),
        }
        Ok::<_, std::convert::Infallible>(())
    });
    reports.map(|(kind, mut report, counts)| {
        report.total = total(&counts);
        report.without_mask = ids.iter().filter(|id| !found.has(id)).map(|id| (*id).to_owned()).collect();
        report.without_truth = found.ids().filter(|id| takes_part(id) && !truth.has(id)).count();
        (kind, report)
    })
}

fn nothing_like(masks: &FoundMasks) -> FoundMasks {
    let empty = |mask: &Plane<u32>| Plane::filled(mask.height(), mask.width(), 0);
    FoundMasks { nuclei: masks.nuclei.as_ref().map(empty), cells: masks.cells.as_ref().map(empty), overlapping_px: 0 }
}

//! Tuning by the examples of a set: which images take part, the search on them, and pictures of what settings come to.
//! The search itself is [`pipeline::tuning`](crate::pipeline::tuning).

use std::{collections::BTreeSet, error::Error, sync::Arc};

use super::{
    Stop, compare::sizes_in_words, cutting::cut, fault::in_words, focus::Part, loaded_field::LoadedField,
    picture::outline, results::FoundCells,
};
use crate::{
    atlas::{Anchor, Field},
    imaging::{Plane, ScaledMask},
    pipeline::{
        composite::CompositeParams,
        region_colours::CellColours,
        sample_depth::SampleDepth,
        segmentation::{SegmentationParams, Stages},
        tuning::{Example, Mark, MarkedRegion, Opinion, ReferenceMasks, Stopped, Tried, Tuned, Watch, search},
    },
    project::{Edit, Project, TuningExamples, examples::ReferencePath},
    score::{RegionCounts, overlap::Overlaps},
    storage::{
        FieldFiles, ImageSet, MaskImport,
        mask_import::{FoundMasks, MaskImportError},
        masks::MaskKind,
    },
};

/// Images that take part at most: with more of them one would wait longer than one likes.
pub const MOST_IMAGES: usize = 6;

/// The longer side of a picture of what a setting comes to, in pixels.
const PICTURE_SIDE: usize = 640;

/// All that a search follows from, but for the samples of the images.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchKey {
    /// Counts the sets that were opened.
    pub opening: u64,
    /// How samples become 8 bit.
    pub depth: SampleDepth,
    /// The setting to begin with.
    pub present: SegmentationParams,
    /// The examples.
    pub examples: TuningExamples,
}

/// What a search in a set came to.
#[derive(Clone, Debug)]
pub struct TunedSet {
    /// The settings.
    pub tuned: Tuned,
    /// The images that took part, in the order of the set.
    pub images: Vec<TunedImage>,
    /// Images with examples that did not take part, as there were more than [`MOST_IMAGES`].
    pub left_out: usize,
    /// Examples that could not be used, a sentence each.
    pub problems: Vec<String>,
}

/// An image that took part.
#[derive(Clone, Debug)]
pub struct TunedImage {
    /// Its place in the set.
    pub index: usize,
    /// Its ID.
    pub id: String,
    /// The field.
    pub field: Arc<LoadedField>,
    /// What was marked in it.
    pub marks: Vec<Mark>,
    /// Whether there were masks to be reached.
    pub has_reference: bool,
}

impl TunedSet {
    /// The parameters of a tile: 0 is the present setting, then the best ones.
    #[must_use]
    pub fn params(&self, tile: usize) -> Option<&SegmentationParams> {
        self.tried(tile).map(|tried| &tried.params)
    }

    /// The setting of a tile, and how good it is.
    #[must_use]
    pub fn tried(&self, tile: usize) -> Option<&Tried> {
        let present = Some(&self.tuned.present).filter(|_| tile == 0);
        present.or_else(|| self.tuned.best.get(tile.checked_sub(1)?))
    }

    /// The image that is shown at a place of those from the worst on, and its place among `images`.
    #[must_use]
    pub fn image(&self, rank: usize) -> Option<(usize, &TunedImage)> {
        let at = *self.tuned.worst.get(rank)?;
        Some((at, self.images.get(at)?))
    }
}

/// Why nothing is tuned.
#[derive(Debug, thiserror::Error)]
pub enum TuningError {
    /// There is nothing to tune by.
    #[error("there are no examples in this set: mark cells good or bad, or give reference masks")]
    NoExamples,
    /// None of them can be used.
    #[error("none of the examples can be used: {0}")]
    NoneUsable(String),
    /// The masks to be reached are not there.
    #[error(transparent)]
    Masks(#[from] MaskImportError),
    /// Somebody asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Where masks to be reached are found.
struct Sources<'a> {
    examples: &'a TuningExamples,
    masks: Option<MaskImport>,
    /// The images that are to be reached as they are corrected.
    corrected: BTreeSet<&'a str>,
}

impl Sources<'_> {
    fn has_reference(&self, id: &str) -> bool {
        self.masks.as_ref().is_some_and(|masks| masks.has(id)) || self.corrected.contains(id)
    }
}

/// Looks for the settings that follow the examples of `project` best. Of more than [`MOST_IMAGES`] images with examples, those
/// with marks come first, then those corrected by hand, then some of those with reference masks, evenly over the set.
///
/// # Errors
/// If there are no examples that can be used, or it was stopped.
pub fn tune(
    set: &ImageSet,
    project: &Project,
    present: &SegmentationParams,
    stop: &Stop,
    progress: &(dyn Fn(f64) + Sync),
) -> Result<TunedSet, TuningError> {
    let examples = project.examples();
    let unnamed = |are_nuclei: bool| if are_nuclei { MaskKind::Nuclei } else { MaskKind::Cells };
    let open = |reference: &ReferencePath| MaskImport::open(&reference.path, unnamed(reference.unnamed_are_nuclei));
    let corrected = project.labels().corrections().keys().map(String::as_str);
    let sources = Sources {
        examples,
        masks: examples.reference.as_ref().map(open).transpose()?,
        corrected: corrected.filter(|_| examples.takes_corrected).collect(),
    };
    let (places, left_out) = taking_part(set, &sources);
    if places.is_empty() {
        return Err(TuningError::NoExamples);
    }
    let (mut images, mut references, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for index in places {
        let files = &set.fields()[index];
        match in_words(|| image(index, files, project, &sources)) {
            Ok((image, reference, problem)) => {
                problems.extend(problem);
                images.push(image);
                references.push(reference);
            }
            Err(reason) => problems.push(format!("{}: {reason}", files.id())),
        }
    }
    if images.is_empty() {
        return Err(TuningError::NoneUsable(problems.join("; ")));
    }
    let examples: Vec<Example> = images
        .iter()
        .zip(&references)
        .map(|(image, reference)| Example {
            field: image.field.field(),
            marks: &image.marks,
            reference: reference.as_ref(),
        })
        .collect();
    let tuned = search(&examples, present, &nearness, &Watch { stop: &|| stop.is_asked(), progress })?;
    Ok(TunedSet { tuned, images, left_out, problems })
}

/// The mean F1 over thresholds of intersection over union.
fn nearness(truth: &Plane<u32>, found: &Plane<u32>) -> f64 {
    Overlaps::of(truth, found).map_or(0.0, |overlaps| RegionCounts::of(&overlaps).mean_f1())
}

/// The images that take part, and how many others have examples.
fn taking_part(set: &ImageSet, sources: &Sources) -> (Vec<usize>, usize) {
    let (mut first, mut second, mut rest) = (Vec::new(), Vec::new(), Vec::new());
    for (index, files) in set.fields().iter().enumerate() {
        if !sources.examples.marks_of(files.id()).is_empty() {
            first.push(index);
        } else if sources.corrected.contains(files.id()) {
            second.push(index);
        } else if sources.has_reference(files.id()) {
            rest.push(index);
        }
    }
    let all = first.len() + second.len() + rest.len();
    let mut places = Vec::new();
    for some in [first, second, rest] {
        let room = some.len().min(MOST_IMAGES - places.len());
        places.extend((0..room).map(|at| some[(2 * at + 1) * some.len() / (2 * room)]));
    }
    places.sort_unstable();
    let left_out = all - places.len();
    (places, left_out)
}

/// An image with its examples, and what of them cannot be used.
type Prepared = (TunedImage, Option<ReferenceMasks>, Option<String>);

fn image(index: usize, files: &FieldFiles, project: &Project, sources: &Sources) -> Result<Prepared, Box<dyn Error>> {
    let id = files.id().to_owned();
    let field = Arc::new(LoadedField::read(files, project.sample_depth())?);
    let marks = sources.examples.marks_of(&id).to_vec();
    let read = in_words(|| reference(&id, &field, project, sources));
    let (reference, problem) = match read {
        Ok(reference) => (reference, None),
        // Without its masks it still has its marks.
        Err(reason) if !marks.is_empty() => (None, Some(format!("{id}: {reason}"))),
        Err(reason) => return Err(reason.into()),
    };
    Ok((TunedImage { index, id, field, marks, has_reference: reference.is_some() }, reference, problem))
}

/// The masks of an image that are to be reached; those of files before those that were corrected.
fn reference(
    id: &str,
    field: &LoadedField,
    project: &Project,
    sources: &Sources,
) -> Result<Option<ReferenceMasks>, Box<dyn Error>> {
    if let Some(read) = sources.masks.as_ref().and_then(|masks| masks.read(id)) {
        let FoundMasks { nuclei, cells, .. } = read?;
        for mask in [&nuclei, &cells].into_iter().flatten() {
            if mask.size() != field.size() {
                return Err(sizes_in_words(mask.size(), field.size()).into());
            }
        }
        return Ok(Some(ReferenceMasks { nuclei, cells }));
    }
    if !sources.corrected.contains(id) {
        return Ok(None);
    }
    let masks = cut(field.field(), &project.cutting_of(id))?.segmentation;
    Ok(Some(ReferenceMasks { nuclei: Some(masks.nuclei_mask.to_plane()), cells: Some(masks.cell_mask.to_plane()) }))
}

/// What a setting comes to in an image: the whole field, small, with the outlines of its cells and nuclei, and a plus on each
/// cell that was marked good, a cross on each marked bad. Takes as long as finding the cells.
#[must_use]
pub fn tile_picture(image: &TunedImage, params: &SegmentationParams, display: &CompositeParams) -> Plane<[u8; 3]> {
    let field = &image.field;
    let fits = |level: &Arc<Field>| level.height().max(level.width()) <= PICTURE_SIDE;
    let level = field.levels.iter().position(fits).unwrap_or(field.levels.len() - 1);
    let (height, width) = (field.levels[level].height(), field.levels[level].width());
    let mut picture = field.picture(&Part { level, rows: 0..height, cols: 0..width }, display);
    let stages = Stages::of(field.field(), params);
    for (mask, is_nucleus) in [(stages.cell_mask(), false), (stages.nuclei_mask(), true)] {
        outline(&mut picture, &ScaledMask::new(mask.clone(), height, width), &CellColours::Apart, is_nucleus);
    }
    let (full_height, full_width) = field.size();
    for mark in &image.marks {
        let middle = (mark.anchor.0 as usize * height / full_height, mark.anchor.1 as usize * width / full_width);
        draw_sign(&mut picture, middle, mark.opinion);
    }
    picture
}

/// A plus or a cross with a dark rim.
fn draw_sign(picture: &mut Plane<[u8; 3]>, (row, col): (usize, usize), opinion: Opinion) {
    const ARM: isize = 6;
    let is_on = |down: isize, across: isize, wide: isize| match opinion {
        Opinion::Good => down.abs() <= wide || across.abs() <= wide,
        Opinion::Bad => (down.abs() - across.abs()).abs() <= wide,
    };
    for (down, across) in (-ARM..=ARM).flat_map(|down| (-ARM..=ARM).map(move |across| (down, across))) {
        let place = row.checked_add_signed(down).zip(col.checked_add_signed(across));
        let place = place.filter(|&(row, col)| row < picture.height() && col < picture.width());
        let Some(place) = place else { continue };
        if is_on(down, across, 1) {
            picture[place] = opinion.colour();
        } else if is_on(down, across, 2) {
            picture[place] = [0; 3];
        }
    }
}

/// The region of the cell `id` as it is marked, with its anchor. Looks only at the cell and its surroundings.
#[must_use]
pub fn region_of(found: &FoundCells, id: u32) -> Option<(Anchor, MarkedRegion)> {
    let anchor = found.named(id)?.anchor;
    let corners = || found.cell_outlines.iter().filter(|outline| outline.id == id).flat_map(|outline| &outline.corners);
    let (rows, cols) = (corners().map(|corner| corner.0 as usize), corners().map(|corner| corner.1 as usize));
    let (top, bottom) = (rows.clone().min()?, rows.max()?);
    let (left, right) = (cols.clone().min()?, cols.max()?);
    Some((anchor, MarkedRegion::of(found.cell_mask(), id, top..bottom, left..right)?))
}

/// The edit that marks a cell of the image `image_id`; the same mark once more is taken away.
#[must_use]
pub fn marking(project: &Project, image_id: &str, found: &FoundCells, id: u32, opinion: Opinion) -> Option<Edit> {
    let (anchor, region) = region_of(found, id)?;
    Some(Edit::Examples(project.examples().with(image_id, Mark { anchor, opinion, region })))
}

//! The masks in a file of COCO annotations: compressed run lengths, run lengths as numbers, or polygons.
//!
//! Annotations of a category whose name speaks of nuclei are nuclei, all others cells. Ids are those under `cell_id`, where
//! our own files have them; else the annotations of an image are numbered in the order of the file. Where two annotations
//! overlap, the earlier one keeps the pixels.
//!
//! Source: the data format of COCO (Lin et al., 2014). A pixel is inside a polygon if its middle is, where the middle of
//! the first pixel is at (0.5, 0.5).

use std::{
    collections::{BTreeMap, HashSet},
    fs::File,
    io::BufReader,
    path::Path,
};

use serde::Deserialize;

use super::{
    FoundMasks, Painter,
    fault::{AnnotationFault, LARGEST_ID, MaskFault, MaskImportError, check_size},
    names::id_of_image,
};
use crate::{
    imaging::RunLengths,
    storage::{FileError, masks::MaskKind},
};

/// The annotations of a file, by the IDs of their fields.
#[derive(Debug)]
pub struct CocoMasks {
    by_id: BTreeMap<String, OfImage>,
}

/// The annotations of one image.
#[derive(Debug)]
struct OfImage {
    size: (usize, usize),
    annotations: Vec<(MaskKind, Annotation)>,
}

#[derive(Deserialize)]
struct CocoFile {
    images: Vec<Image>,
    annotations: Vec<Annotation>,
    #[serde(default)]
    categories: Vec<Category>,
}

#[derive(Deserialize)]
struct Image {
    id: serde_json::Value,
    file_name: String,
    width: usize,
    height: usize,
}

#[derive(Deserialize)]
struct Category {
    id: i64,
    name: String,
}

#[derive(Debug, Deserialize)]
struct Annotation {
    #[serde(default)]
    id: u64,
    image_id: serde_json::Value,
    #[serde(default)]
    category_id: i64,
    cell_id: Option<u32>,
    segmentation: Segmentation,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Segmentation {
    Compressed { size: [usize; 2], counts: String },
    Runs { size: [usize; 2], counts: Vec<u32> },
    Polygons(Vec<Vec<f64>>),
}

impl CocoMasks {
    /// Reads the annotations at `path`. Their masks are decoded when they are asked for.
    ///
    /// # Errors
    /// If the file cannot be read or holds no annotations of images.
    pub fn open(path: &Path) -> Result<Self, MaskImportError> {
        let file = File::open(path).map_err(FileError::at("read the COCO annotations", path))?;
        let coco: CocoFile = serde_json::from_reader(BufReader::new(file)).map_err(|error| {
            let reason =
                if error.is_data() { format!("{error}; expected images and annotations") } else { error.to_string() };
            MaskFault::at(path)(MaskFault::Coco(reason))
        })?;
        let is_nuclei = |category: &&Category| category.name.to_lowercase().contains("nucle");
        let nuclei: HashSet<i64> = coco.categories.iter().filter(is_nuclei).map(|category| category.id).collect();
        let mut by_number: BTreeMap<String, (String, OfImage)> = BTreeMap::new();
        for image in coco.images {
            let of_image = OfImage { size: (image.height, image.width), annotations: Vec::new() };
            by_number.insert(image.id.to_string(), (id_of_image(&image.file_name).to_owned(), of_image));
        }
        for annotation in coco.annotations {
            let kind = if nuclei.contains(&annotation.category_id) { MaskKind::Nuclei } else { MaskKind::Cells };
            // Annotations of images that are not listed belong to nothing.
            if let Some((_, image)) = by_number.get_mut(&annotation.image_id.to_string()) {
                image.annotations.push((kind, annotation));
            }
        }
        let mut by_id = BTreeMap::new();
        for (id, image) in by_number.into_values() {
            if by_id.insert(id.clone(), image).is_some() {
                let reason = format!("the image '{id}' is listed twice");
                return Err(MaskFault::at(path)(MaskFault::Coco(reason)));
            }
        }
        Ok(Self { by_id })
    }

    /// The IDs of the images, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.by_id.keys().map(String::as_str)
    }

    /// Whether the image `id` is there.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    /// The masks of the image `id`; `None` if it is not listed.
    ///
    /// # Errors
    /// If an annotation of it is wrong.
    pub fn masks(&self, id: &str) -> Option<Result<FoundMasks, MaskFault>> {
        self.by_id.get(id).map(OfImage::masks)
    }
}

impl OfImage {
    fn masks(&self) -> Result<FoundMasks, MaskFault> {
        check_size(self.size.0, self.size.1)?;
        let mut overlapping_px = 0;
        let mut plane = |kind: MaskKind| -> Result<_, MaskFault> {
            let of_kind: Vec<&Annotation> =
                self.annotations.iter().filter(|(of, _)| *of == kind).map(|(_, annotation)| annotation).collect();
            // An image without any annotation has no cells, which is something else than not being there.
            if of_kind.is_empty() && (kind == MaskKind::Nuclei || !self.annotations.is_empty()) {
                return Ok(None);
            }
            let has_ids = of_kind.iter().all(|annotation| annotation.cell_id.is_some());
            let mut painter = Painter::new(self.size);
            for (number, annotation) in (1..).zip(of_kind) {
                let cell_id = annotation.cell_id.filter(|_| has_ids).unwrap_or(number);
                if cell_id > LARGEST_ID {
                    return Err(MaskFault::TooLargeId(cell_id.into()));
                }
                annotation
                    .paint(cell_id, &mut painter)
                    .map_err(|fault| MaskFault::Annotation { number: annotation.id, fault })?;
            }
            overlapping_px += painter.overlapping_px;
            Ok(Some(painter.plane))
        };
        let (nuclei, cells) = (plane(MaskKind::Nuclei)?, plane(MaskKind::Cells)?);
        Ok(FoundMasks { nuclei, cells, overlapping_px })
    }
}

impl Annotation {
    fn paint(&self, id: u32, painter: &mut Painter) -> Result<(), AnnotationFault> {
        let image = painter.plane.size();
        let checked = |&[height, width]: &[usize; 2]| {
            let mask = (height, width);
            if mask == image { Ok(()) } else { Err(AnnotationFault::Size { mask, image }) }
        };
        match &self.segmentation {
            Segmentation::Compressed { size, counts } => {
                checked(size)?;
                painter.runs(id, &RunLengths::decode(image.0, image.1, counts)?);
            }
            Segmentation::Runs { size, counts } => {
                checked(size)?;
                painter.runs(id, &RunLengths::new(image.0, image.1, counts.clone())?);
            }
            Segmentation::Polygons(polygons) => {
                for polygon in polygons {
                    fill(polygon, id, painter)?;
                }
            }
        }
        Ok(())
    }
}

/// Fills the pixels whose middles are inside `polygon`, x and y in turn. Time O(h p) for h rows and p points.
fn fill(polygon: &[f64], id: u32, painter: &mut Painter) -> Result<(), AnnotationFault> {
    let (points, rest) = polygon.as_chunks::<2>();
    if points.len() < 3 || !rest.is_empty() || polygon.iter().any(|number| !number.is_finite()) {
        return Err(AnnotationFault::Polygon);
    }
    let (height, width) = painter.plane.size();
    let ys = || points.iter().map(|point| point[1]);
    let (top, bottom) = (ys().fold(f64::MAX, f64::min), ys().fold(f64::MIN, f64::max));
    let rows = (top.max(0.0) as usize).min(height)..(bottom.ceil().max(0.0) as usize).min(height);
    let mut crossings: Vec<f64> = Vec::new();
    for row in rows {
        let y = row as f64 + 0.5;
        crossings.clear();
        for (at, &[x1, y1]) in points.iter().enumerate() {
            let [x2, y2] = points[(at + 1) % points.len()];
            if (y1 <= y) != (y2 <= y) {
                crossings.push(x1 + (y - y1) / (y2 - y1) * (x2 - x1));
            }
        }
        crossings.sort_by(f64::total_cmp);
        for &[from, to] in crossings.as_chunks().0 {
            // The first middle at or behind an edge is inside, the one at the other edge is not.
            let col = |x: f64| ((x - 0.5).ceil().max(0.0) as usize).min(width);
            for col in col(from)..col(to) {
                painter.pixel(id, (row, col));
            }
        }
    }
    Ok(())
}

//! The cells and nuclei of a set as one COCO annotation file, which `pycocotools`, detectron2 and others read.
//!
//! Categories: 1 `cell`, 2 `nucleus`. Annotations have, besides what COCO asks for, the field `cell_id`: the number of
//! the cell in the masks of its image, the same for a cell and its nucleus. Images are numbered in their order, from 1,
//! and so are annotations. The masks are COCO's compressed run lengths, boxes [x, y, width, height] in pixels.
//!
//! Annotations are written as they come; the list of images, some hundred bytes each, is kept and follows them.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::{FileError, OutputFile};
use crate::imaging::{RunLengths, rle::Bounds};

const WRITE: &str = "write the COCO annotations";

/// A COCO file being written; nobody sees it before [`CocoWriter::finish`].
#[derive(Debug)]
pub struct CocoWriter {
    path: PathBuf,
    file: OutputFile,
    images: Vec<Image>,
    annotations: usize,
}

/// What an annotation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "u8")]
pub enum Category {
    /// A whole cell.
    Cell,
    /// The nucleus of one.
    Nucleus,
}

impl From<Category> for u8 {
    fn from(category: Category) -> Self {
        match category {
            Category::Cell => 1,
            Category::Nucleus => 2,
        }
    }
}

/// One mask of an image.
#[derive(Clone, Copy, Debug)]
pub struct Annotation<'a> {
    /// The number of the cell in the masks of the image.
    pub cell_id: u32,
    /// What the mask is of.
    pub category: Category,
    /// The mask, of the image's size.
    pub mask: &'a RunLengths,
}

#[derive(Debug, Serialize)]
struct Image {
    id: usize,
    file_name: String,
    width: usize,
    height: usize,
}

#[derive(Serialize)]
struct CocoAnnotation {
    id: usize,
    image_id: usize,
    category_id: Category,
    cell_id: u32,
    segmentation: CompressedMask,
    bbox: [usize; 4],
    area: usize,
    iscrowd: u8,
}

#[derive(Serialize)]
struct CompressedMask {
    /// Height and width.
    size: [usize; 2],
    counts: String,
}

impl CocoWriter {
    /// Starts the file that is to become `path`.
    ///
    /// # Errors
    /// If the file cannot be made.
    pub fn create(path: &Path) -> Result<Self, FileError> {
        let file = OutputFile::create(path)?;
        let mut writer = Self { path: path.into(), file, images: Vec::new(), annotations: 0 };
        let info = serde_json::json!({
            "description": concat!("Cells and nuclei found by cytoscribe ", env!("CARGO_PKG_VERSION")),
        });
        let category = |category: Category, name| serde_json::json!({ "id": category, "name": name });
        let categories = [category(Category::Cell, "cell"), category(Category::Nucleus, "nucleus")];
        let categories = serde_json::Value::from(categories.to_vec());
        write!(writer.file, "{{\"info\":{info},\n\"categories\":{categories},\n\"annotations\":[")
            .map_err(FileError::at(WRITE, path))?;
        Ok(writer)
    }

    /// Adds one image of `size` (height, width) with its masks, in this order; a mask without a pixel is left out.
    ///
    /// # Errors
    /// If the disk is full.
    pub fn append<'a>(
        &mut self,
        file_name: &str,
        (height, width): (usize, usize),
        annotations: impl IntoIterator<Item = Annotation<'a>>,
    ) -> Result<(), FileError> {
        let image = Image { id: self.images.len() + 1, file_name: file_name.to_owned(), width, height };
        self.images.push(image);
        annotations
            .into_iter()
            .try_for_each(|annotation| self.annotate(annotation))
            .map_err(FileError::at(WRITE, &self.path))
    }

    /// Adds one mask to the last image.
    fn annotate(&mut self, Annotation { cell_id, category, mask }: Annotation) -> io::Result<()> {
        let Some(Bounds { top, left, height, width }) = mask.bounds() else { return Ok(()) };
        self.annotations += 1;
        let annotation = CocoAnnotation {
            id: self.annotations,
            image_id: self.images.len(),
            category_id: category,
            cell_id,
            segmentation: CompressedMask { size: [mask.height(), mask.width()], counts: mask.encode() },
            bbox: [left, top, width, height],
            area: mask.area(),
            iscrowd: 0,
        };
        self.write_item(self.annotations == 1, &annotation)
    }

    /// Adds the list of images and gives the file its name.
    ///
    /// # Errors
    /// If the disk is full or the folder forbids it.
    pub fn finish(mut self) -> Result<(), FileError> {
        self.write_images().map_err(FileError::at(WRITE, &self.path))?;
        self.file.finish()
    }

    fn write_images(&mut self) -> io::Result<()> {
        self.file.write_all(b"\n],\n\"images\":[")?;
        let images = std::mem::take(&mut self.images);
        for (place, image) in images.iter().enumerate() {
            self.write_item(place == 0, image)?;
        }
        self.file.write_all(b"\n]}\n")
    }

    fn write_item(&mut self, is_first: bool, item: &impl Serialize) -> io::Result<()> {
        self.file.write_all(if is_first { b"\n" } else { b",\n" })?;
        Ok(serde_json::to_writer(&mut self.file, item)?)
    }
}

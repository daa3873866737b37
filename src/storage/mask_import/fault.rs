//! What can be wrong with masks from elsewhere, a sentence each.

use std::path::{Path, PathBuf};

use crate::{
    imaging::rle::RleError,
    storage::{
        FileError,
        image_file::{ImageFileError, MAX_PIXELS, MAX_SIDE},
        submission::{LineDefect, SubmissionError},
    },
};

/// The largest id that is read: tables by id are as long as the largest is high.
pub const LARGEST_ID: u32 = 1_000_000;

/// Why masks from elsewhere are not read.
#[derive(Debug, thiserror::Error)]
pub enum MaskImportError {
    /// The file or folder cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// An image that is no mask.
    #[error(transparent)]
    Image(#[from] ImageFileError),
    /// The file is no submission.
    #[error(transparent)]
    Submission(#[from] SubmissionError),
    /// What is in the file is no mask.
    #[error("{fault} — {}", path.display())]
    Content {
        /// What is wrong.
        fault: MaskFault,
        /// The file.
        path: PathBuf,
    },
    /// There are several files for one mask.
    #[error("the mask has two files, keep one: {} — {}", first.display(), path.display())]
    Ambiguous {
        /// The one.
        first: PathBuf,
        /// The other.
        path: PathBuf,
    },
    /// Nothing there is a mask.
    #[error(
        "found no masks: expected files named <ID>_cellmask.png, <ID>_nucleimask.png, <ID>_seg.npy, <ID>_cp_masks.png, \
         <ID>.npz and the like, or a file of COCO annotations (.json) or a submission (.csv) — {}", .0.display()
    )]
    None(PathBuf),
    /// A single file of a kind that is not known.
    #[error(
        "cannot tell what this file is: masks are read from .png, .tif, .npy, .npz, COCO .json and submission .csv — {}",
        .0.display()
    )]
    Kind(PathBuf),
}

/// What is wrong with the content of a file.
#[derive(Debug, thiserror::Error)]
pub enum MaskFault {
    /// A `.npy` that cannot be read.
    #[error("cannot read the NumPy file: {0}")]
    Npy(String),
    /// A `.npz` that cannot be read.
    #[error("cannot read the NumPy archive: {0}")]
    Npz(String),
    /// Pickled objects that cannot be read.
    #[error("cannot read the pickled objects: {0}; save the masks as PNG or TIFF instead")]
    Pickle(String),
    /// Numbers that cannot be ids.
    #[error("its numbers are of the kind '{0}', but the ids of a mask are whole: convert it to unsigned 16 or 32 bit")]
    NotWhole(String),
    /// A number below 0.
    #[error("it holds numbers below 0, but the ids of a mask begin at 0, the background")]
    Negative,
    /// A number that is too large.
    #[error("it holds the id {0}, at most {LARGEST_ID} is read: number its regions from 1")]
    TooLargeId(u64),
    /// Not two sides.
    #[error("it has the sides {0:?}, but a mask has two, height and width: save each plane by itself")]
    Sides(Vec<usize>),
    /// Fewer elements than the header says.
    #[error("it is cut short: {bytes} bytes of {wanted}")]
    Short {
        /// Bytes there are.
        bytes: usize,
        /// Bytes there should be.
        wanted: usize,
    },
    /// Refused for its size.
    #[error("it is too large: {width} x {height} pixels, where {MAX_SIDE} a side and {MAX_PIXELS} in all can be read")]
    TooLarge {
        /// Number of columns.
        width: usize,
        /// Number of rows.
        height: usize,
    },
    /// A picture in colour.
    #[error("it is a picture in colour, but a mask is grey: save the numbers of the regions, not their colours")]
    Colour,
    /// Annotations that cannot be read.
    #[error("cannot read the COCO annotations: {0}")]
    Coco(String),
    /// The mask of one annotation.
    #[error("annotation {number}: {fault}")]
    Annotation {
        /// Its own number.
        number: u64,
        /// What is wrong.
        fault: AnnotationFault,
    },
    /// A row of a submission.
    #[error("line {line}: {defect}")]
    Row {
        /// Its line.
        line: usize,
        /// What is wrong.
        defect: LineDefect,
    },
}

/// What is wrong with one annotation.
#[derive(Debug, thiserror::Error)]
pub enum AnnotationFault {
    /// Its run lengths.
    #[error("wrong run lengths: {0}")]
    Runs(#[from] RleError),
    /// It is of another size than its image.
    #[error("its mask is {} x {} pixels, its image {} x {} (width x height)", mask.1, mask.0, image.1, image.0)]
    Size {
        /// (height, width) of the mask.
        mask: (usize, usize),
        /// (height, width) of the image.
        image: (usize, usize),
    },
    /// A polygon that is none.
    #[error("a polygon needs x and y of three points at least, as finite numbers")]
    Polygon,
}

impl MaskFault {
    /// For `map_err`: the error that names `path`.
    pub fn at(path: &Path) -> impl FnOnce(Self) -> MaskImportError + '_ {
        move |fault| MaskImportError::Content { fault, path: path.into() }
    }
}

/// Refuses what images are refused for.
pub(super) fn check_size(height: usize, width: usize) -> Result<(), MaskFault> {
    let too_long = height.max(width) > MAX_SIDE as usize;
    if too_long || height as u64 * width as u64 > MAX_PIXELS {
        return Err(MaskFault::TooLarge { width, height });
    }
    Ok(())
}

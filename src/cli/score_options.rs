//! What can be scored, and how.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::{
    score::{Absent, MatchParams, Overlap},
    storage::masks::MaskKind,
};

/// What is scored.
#[derive(Subcommand)]
pub enum Score {
    /// Masks against true masks: matches, average precision, split and merged regions
    ///
    /// A region matches one of the truth if their intersection over union is above 0.5, or 0.6. AP is matched /
    /// (matched + missed + extra) at 0.5, and meaned over 0.50, 0.55 ... 0.95, as in the Data Science Bowl 2018; the
    /// total is its mean over fields, all else counts regions. Regions of the truth that do not match at 0.5 are split
    /// (two or more pieces, each mostly inside it, cover most of it), merged (mostly inside a region that holds most
    /// of another one too), or missed; extra are all other regions found that do not match. The last column is
    /// the mean over regions of the truth of the best intersection over union.
    Masks(ScoreMasks),
    /// A submission by the competition's measure: mean average precision at intersection over union 0.6
    ///
    /// DIR holds <ID>_cellmask.png and cells.csv: a header image,cell,labels, then a row a cell with its number in the
    /// mask and its locations joined by |. AP is the area under the envelope of precision over recall, as in PASCAL VOC
    /// and Open Images; equal confidences are one threshold. It loses what is missed, 1 - recall, and what order costs,
    /// recall - AP. False detections overlap no cell, or only cells of another location, or a cell that has been found
    /// before; beside their number stands what AP would gain without them.
    Submission(ScoreSubmission),
    /// Suspected wrong labels: how many are wrong, how many of the wrong ones were found
    ///
    /// Cells inherit the labels of their image; such a label is wrong if cells.csv in DIR, a header image,cell,labels
    /// and a row a cell, does not have it. The table of suspects has the columns image, cell, location and score, or in
    /// place of cell `anchor_row` and `anchor_col`, which are placed by the cell masks in DIR. A higher score is more
    /// suspicious.
    Labels(ScoreLabels),
}

/// Options of `score masks`.
#[derive(Args)]
pub struct ScoreMasks {
    /// The folder of true masks: <ID>_nucleimask and <ID>_cellmask, as PNG or TIFF, either or both
    #[arg(long, value_name = "DIR")]
    pub truth: PathBuf,
    /// The folder of masks to judge, named in the same way
    #[arg(long, value_name = "DIR")]
    pub masks: PathBuf,
    /// Judge this kind alone; then the names may also be plain, <ID>.png [default: both, by their names]
    #[arg(long, value_name = "KIND")]
    kind: Option<KindName>,
    /// Write all numbers as JSON too
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

impl ScoreMasks {
    /// The only kind to judge, if there is one.
    pub fn kind(&self) -> Option<MaskKind> {
        self.kind.map(|kind| match kind {
            KindName::Nuclei => MaskKind::Nuclei,
            KindName::Cells => MaskKind::Cells,
        })
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum KindName {
    Nuclei,
    Cells,
}

/// Options of `score submission`.
#[derive(Args)]
pub struct ScoreSubmission {
    /// The folder with the true cell masks and cells.csv
    #[arg(long, value_name = "DIR")]
    pub truth: PathBuf,
    /// The submission
    #[arg(long, value_name = "CSV")]
    pub submission: PathBuf,
    /// A label file, ID,Label: what images show besides what their cells in cells.csv do
    #[arg(long, value_name = "CSV")]
    pub labels: Option<PathBuf>,
    /// What the intersection over union is of
    #[arg(long, value_name = "WHAT", default_value = "masks")]
    overlap: OverlapName,
    /// What becomes of detections of a location that the image does not show
    #[arg(long, value_name = "WHAT", default_value = "drop")]
    absent: AbsentName,
    /// Write all numbers as JSON too
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

impl ScoreSubmission {
    /// The parameters asked for.
    pub fn params(&self) -> MatchParams {
        MatchParams {
            overlap: match self.overlap {
                OverlapName::Masks => Overlap::Masks,
                OverlapName::Boxes => Overlap::Boxes,
            },
            absent: match self.absent {
                AbsentName::Drop => Absent::Drop,
                AbsentName::Keep => Absent::Keep,
            },
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum OverlapName {
    /// Of the masks, as the competition's page says
    Masks,
    /// Of the boxes around them, as the evaluation code that its hosts published does
    Boxes,
}

#[derive(Clone, Copy, ValueEnum)]
enum AbsentName {
    /// They do not count, as in that code and in Open Images
    Drop,
    /// They are false like others, which is harder and right where the truth is complete
    Keep,
}

/// Options of `score labels`.
#[derive(Args)]
pub struct ScoreLabels {
    /// The folder with cells.csv, and for suspects by anchor the true cell masks
    #[arg(long, value_name = "DIR")]
    pub truth: PathBuf,
    /// The label file whose labels cells inherit: a header ID,Label, then a row an image
    #[arg(long, value_name = "CSV")]
    pub labels: PathBuf,
    /// The table of suspects
    #[arg(long, value_name = "CSV")]
    pub found: PathBuf,
    /// Write all numbers as JSON too
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

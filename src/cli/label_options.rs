//! What can be done with the labels of cells, and how.
#![expect(clippy::doc_markdown, reason = "help texts are read as they stand")]

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// What is to be done.
#[derive(Subcommand)]
pub enum Labels {
    /// Decide about cells, by lines from standard input; for scripts and simulated annotators
    ///
    /// Each line is one decision, about the cell at any of its pixels (row and column from 0, at full size):
    ///
    /// image,row,col,location,DECISION   location 0 to 18; yes, no, 1 to 5 (surely not to surely), or inherited
    ///
    /// image,row,col,exclude,REASON      debris, out of focus, cut off, other, or none
    ///
    /// undo, redo                        the last step that holds; what was last undone
    ///
    /// After each line that is done, and on the disk, `ok` and the line's number are printed, so that whoever waits for
    /// them loses nothing, whatever happens. A line that makes no sense is named and passed over; the exit code is 1
    /// then.
    #[command(verbatim_doc_comment)]
    Decide(LabelsDecide),
    /// Write the decisions as a table, a row a cell
    ///
    /// Columns: image, cell_id (as in the masks; 0 if no cell covers the anchor now), anchor_row and anchor_col, area_px
    /// (when it was last decided about), fate (kept, split, merged or lost since then), excluded, one for each of the 19
    /// locations with inherited, yes, no or 1 to 5, then annotator and time of the last decision. Cells that lie in one
    /// now have the same cell_id.
    Export(LabelsExport),
    /// Decide what a table says, as one step that can be undone
    ///
    /// TABLE is one that `export` wrote; annotators and times come back with it. Or a CSV file of the columns ID, which
    /// is <image>_<cell number>, and Label, locations joined by | or nothing, with --masks naming the folder of masks
    /// that have these numbers: a location that is listed is a yes, one that the image has and that is not listed a no,
    /// and all others stay inherited. Bad lines are named and passed over.
    Import(LabelsImport),
    /// Merge the journals of two people, and say how far they agree
    ///
    /// Every record is there once, in the order of time; it does not matter which of the two is named first. Prints on
    /// how many decisions about the same cells both leaned to one side, Cohen's kappa, and how often they disagree.
    Merge(LabelsMerge),
    /// List the labels that are most probably wrong or missing, as the model sees it
    ///
    /// Learns from the cells as they are labelled now, and judges each by rules that have not seen its image. Columns: image,
    /// cell_id, anchor_row, anchor_col, location (0 to 18), name, given (yes if the image says so, else no), probability,
    /// doubt; only labels about which nothing is decided. A line of `decide` can be made of each.
    Doubts(LabelsDoubts),
    /// Say what was decided: cells, locations, people, and with a truth how much is right
    ///
    /// For each location: cells with yes, no and each grade; and how often the label of the image was found true of its
    /// cells, among those for which that was decided, with the 95 % confidence interval of Wilson. If the decided cells
    /// were chosen because they looked wrong, it is lower than it is among all.
    Report(LabelsReport),
}

/// Options of `labels decide`.
#[derive(Args)]
pub struct LabelsDecide {
    /// The folder of images, or of its project
    pub set: PathBuf,
    /// Who decides [default: the name of the account]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
}

/// Options of `labels export`.
#[derive(Args)]
pub struct LabelsExport {
    /// The folder of images, or of its project
    pub set: PathBuf,
    /// The table: as labels.parquet or, for text, labels.csv
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Write all cells that are found, not only those about which something is decided
    #[arg(long)]
    pub all: bool,
}

/// Options of `labels import`.
#[derive(Args)]
pub struct LabelsImport {
    /// The folder of images, or of its project
    pub set: PathBuf,
    /// The table
    pub table: PathBuf,
    /// The folder of the masks <ID>_cellmask, and <ID>_nucleimask if there are any, whose numbers the table speaks of
    #[arg(long, value_name = "DIR")]
    pub masks: Option<PathBuf>,
    /// Who decides, where the table does not say [default: the name of the account]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
}

/// Options of `labels merge`.
#[derive(Args)]
pub struct LabelsMerge {
    /// A journal, or the folder of a project
    #[arg(value_name = "A")]
    pub one: PathBuf,
    /// Another one
    #[arg(value_name = "B")]
    pub other: PathBuf,
    /// The new journal, or the folder of a project that has none yet
    #[arg(long, value_name = "C")]
    pub out: PathBuf,
    /// Write the cells and locations on which they disagree as a table
    #[arg(long, value_name = "CSV")]
    pub disagreements: Option<PathBuf>,
}

/// Options of `labels doubts`.
#[derive(Args)]
pub struct LabelsDoubts {
    /// The folder of images, or of its project
    pub set: PathBuf,
    /// The table
    #[arg(long, value_name = "CSV")]
    pub out: PathBuf,
    /// Labels that images give (wrong?), or do not give (missing?), or all
    #[arg(long, value_name = "WHICH", default_value = "given")]
    pub labels: ScopeName,
    /// What comes first
    #[arg(long, value_name = "ORDER", default_value = "doubtful")]
    pub order: OrderName,
    /// Only about this location, 0 to 18
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..19))]
    pub location: Option<u8>,
    /// At most so many rows
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub most: usize,
}

/// Which labels are listed.
#[derive(Clone, Copy, ValueEnum)]
pub enum ScopeName {
    /// Those that images give
    Given,
    /// Those that they do not give
    Absent,
    /// All
    All,
}

/// What is listed first.
#[derive(Clone, Copy, ValueEnum)]
pub enum OrderName {
    /// What is most probably wrong or missing
    Doubtful,
    /// Probabilities next to one half
    Uncertain,
    /// By lot, the same every time
    Random,
}

/// Options of `labels report`.
#[derive(Args)]
pub struct LabelsReport {
    /// The folder of images, or of its project
    pub set: PathBuf,
    /// What cells really show: a table image,cell,labels beside the masks <ID>_cellmask that have these numbers, as in the
    /// truth of a demo set
    #[arg(long, value_name = "CSV")]
    pub truth: Option<PathBuf>,
    /// Write all numbers as JSON too
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

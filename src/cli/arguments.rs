//! The commands and their options.

use std::{num::NonZero, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{
    demo::Demo,
    explain::Explain,
    label_options::Labels,
    mask_options::{Compare, ImportMasks, UnnamedOption},
    measurement_options::{MeasurementOptions, SampleDepthName},
    output_options::{BorderCellsOption, MaskExports, MaskFormatOption, SubmissionOptions, TableFormatOption},
    replay::Replay,
    score_options::Score,
};
use crate::{
    atlas::Channel,
    pipeline::{
        classifier::{Learner, TrainingParams},
        composite::{CompositeParams, Palette, Window},
        parameter::ParameterError,
    },
    storage::{SetLayout, survey::Closeness},
};

/// From fluorescence images of many cells and noisy labels of whole images to labelled single cells.
///
/// Cytoscribe finds the cells in four-channel images in the style of the Human Protein Atlas, measures 540 features of
/// each, learns 19 subcellular locations from labels that are known only for whole images, and writes run-length masks
/// with probabilities as a submission.csv for Kaggle's HPA single-cell classification.
///
/// Without a command, or with a SET alone, it opens its window; all that the window does, commands do without one.
///
/// A SET is a folder of images, with folders inside it: one grey file a stain, <ID>_red (microtubules), <ID>_yellow
/// (endoplasmic reticulum), <ID>_blue (nucleus), <ID>_green (protein), or with --layout subcell one file of four
/// channels a field. PNG, JPEG, TIFF or .tif.gz of 8 or 16 bit. Of a set with nothing but nuclei, `segment` finds these.
#[derive(Parser)]
#[command(name = "cytoscribe", version, max_term_width = 100, after_long_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// A folder of images to open in the window
    #[arg(value_name = "SET")]
    pub set: Option<PathBuf>,

    /// Measure how quick the window is on SET: it opens, works by itself for a while, prints a table and closes
    ///
    /// Sliders are dragged, images are leafed through, the list is scrolled, cells are found. The table holds the time
    /// from a change to its picture on the screen, of frames while something is computed, from one image to another and
    /// from the start, repaints at rest, and memory, each beside what is wanted. Nothing you decided is used or
    /// changed: the project of the run is a new one in a temporary folder. Leave mouse and keyboard alone meanwhile.
    #[arg(long, requires = "set")]
    pub measure: bool,

    #[command(subcommand)]
    pub command: Option<Command>,

    /// How many threads may work at once [default: one a processor core]
    ///
    /// Results do not depend on it.
    #[arg(long, global = true, value_name = "N")]
    pub threads: Option<NonZero<usize>>,
}

const EXAMPLES: &str = "\
Examples:
  All of it, from images and labels to a submission:
    cytoscribe run --train images/train --labels train.csv --test images/test --out results
  Step by step:
    cytoscribe segment images/test --out masks
    cytoscribe train images/train --labels train.csv --out model.ron
    cytoscribe submit images/test --model model.ron --out submission.csv
    cytoscribe check submission.csv --set images/test

Exit codes: 0 all went well; 1 something failed and is named, the rest is done; 2 it stopped, what\n\
is finished stays; 130 Ctrl-C or a polite kill stopped it.

Ctrl-C lets the images in work be finished; a second one ends the program at once. However a command was stopped, it
continues where it was when it is given again: what was found in each image is in a file that ends in .work, beside the
results. Work with other parameters or on images that have changed since is not taken over.";

#[derive(Subcommand)]
pub enum Command {
    /// Find nuclei and cells; write their masks
    ///
    /// Writes <ID>_nucleimask.png and <ID>_cellmask.png for every field: 16-bit grey, full size, 0 = background, the
    /// same number in both is the same cell. Of a set with the nucleus stain alone, only the first. On request they are
    /// TIFF files, and the masks of single cells are written as run lengths or COCO annotations too. segment.work beside
    /// them tells which fields are done: given again, the command does only what is new or has changed. Delete it to do
    /// all of them anew.
    Segment(Segment),
    /// Measure every cell; write a table of 540 features a cell
    ///
    /// The table is a Parquet or CSV file with a row for each cell: its image, its id in the masks, its anchor (row and column
    /// of the pixel deepest inside its nucleus, from 0), its area in pixels, and its features.
    Features(Features),
    /// Learn the 19 locations from the labels of images; write a model
    ///
    /// Every cell inherits the labels of its image. The model is judged by cross-validation, in which no image, or no
    /// sample, is on both sides.
    Train(Train),
    /// Predict every cell of a set with a model; write a submission
    ///
    /// One row an image, all its cells with all 19 locations unless options say otherwise. Cells are found and measured with the parameters that the
    /// model was trained with. An image that cannot be read has a row without a cell.
    Submit(Submit),
    /// All of it: masks, features, a model and a submission
    ///
    /// Trains on one set and predicts another. DIR will hold submission.csv, model.ron, report.txt, the masks in
    /// masks/train and masks/test, and a table of features of each set.
    Run(Run),
    /// Draw the stains of one image in colour
    ///
    /// As it stands: red microtubules, green protein, blue nucleus, and the endoplasmic reticulum mixed into red and
    /// green.
    Composite(Composite),
    /// Draw the nuclei and cells found in one image, each in a colour
    Regions(Regions),
    /// Explain how the cells of one image are found and measured: a page with pictures
    ///
    /// Writes `how_it_works.md` and its pictures: every stage of both methods, from the stains to the cells, and for one cell
    /// its crop, rings, slices and speckles and the features that tell its locations apart. The window shows the same.
    Explain(Explain),
    /// Write the parameters that given options stand for as a file that a person can read and change
    ///
    /// Every parameter of segmentation, measurement and training with its meaning and its range. Commands that take
    /// such options read the file with --params.
    Params(Params),
    /// Read a submission back and name everything that is wrong with it
    ///
    /// Checks header, IDs, sizes, labels and confidences and decodes every mask. With --set, IDs and sizes are compared
    /// with the images too.
    Check(Check),
    /// Judge masks, a submission or suspected labels by a truth
    ///
    /// Prints a table, and writes all numbers as JSON if asked to. What is compared and what each number means is in
    /// the help of `score masks`, `score submission` and `score labels`.
    #[command(subcommand)]
    Score(Score),
    /// Compare two sources of masks, in whatever formats they are
    ///
    /// A and B are each a folder of masks, a single mask, a file of COCO annotations or a submission, as for
    /// `import-masks`. A is taken for the truth. With --with-preset, A is a folder of images, whose masks as they are now are
    /// compared with those that the preset gives. The table is that of `score masks`, a row an image and one for all.
    Compare(Compare),
    /// Find the parameters of the segmentation that come nearest to masks that are right
    ///
    /// Tries some ninety settings of the method in use on images of which there are masks, on six of them if there are more,
    /// evenly over the set. Prints the setting that it began with and the nine best that differ, with their scores and the
    /// options that stand for them: give these to `segment` and others, beside the options that you gave here.
    Tune(Tune),
    /// Take masks from elsewhere in the place of computed ones; or go back to computed ones
    ///
    /// Reads HPA-Cell-Segmentation (<ID>_cellmask.png, <ID>_nucleimask.png, .npz), Cellpose (<ID>_seg.npy,
    /// `<ID>_cp_masks.png` or .tif), label images and arrays named <ID> (.png, .tif, .npy, .npz), COCO annotations (.json)
    /// and a submission (.csv). Ids are kept. Copies go into the project's folder, and everything that works on the
    /// project then works on them: window, export and `replay`; decisions about cells follow by place. Where only cells
    /// are given, nuclei are found in the image, and cells without one are given one by their shape; where only nuclei
    /// are given, cells are grown from them.
    ImportMasks(ImportMasks),
    /// Decide about single cells, and bring decisions into tables, back, together and into numbers
    ///
    /// A cell inherits the labels of its image; what people decide about it is kept in labels.journal in the project's
    /// folder <SET>.cytoscribe, to which the window and these commands only ever add. While a window or another command
    /// has it open, commands that decide say so and stop; the others work.
    #[command(subcommand)]
    Labels(Labels),
    /// Export a project again without a window: the same bytes each time
    ///
    /// Learns anew from the images, labels and decisions of the project, and writes what the window's Export writes:
    /// submission.csv, cells.parquet (labels, probabilities, confidences and features of every cell), masks, coco.json,
    /// model.ron, and report.txt with all that is needed to repeat it. Then it reads the files back, compares their masks
    /// with the cells, and scores them where one knows what cells show. Nothing is written into the project.
    Replay(Replay),
    /// Say what is in a set: sizes, depths, damage, and how labels fit
    ///
    /// Decodes every image and names each one that is damaged, missing or ambiguous; with --quick reads headers only.
    /// With --labels, counts the images of every location and names images without labels and labels without images.
    Summary(Summary),
    /// Draw a synthetic set with known truth, to practise and to measure on
    ///
    /// Fields of cells in four stains like the atlas' own, the labels of images to learn from, and the truth: masks of
    /// nuclei and cells, and what each cell really shows. The same options give the same set to the byte. A set that is
    /// there already is left as it is if it is whole. It is a likeness to practise on, not a model of cells.
    Demo(Demo),
}

/// A set, and how to read it.
#[derive(Args)]
pub struct SetChoice {
    /// The folder of images
    pub set: PathBuf,
    #[command(flatten)]
    pub layout: LayoutOption,
}

#[derive(Args)]
pub struct LayoutOption {
    /// How the stains of a field are spread over files
    #[arg(long = "layout", value_name = "HOW", default_value = "file-per-stain")]
    name: LayoutName,
}

impl LayoutOption {
    /// The layout asked for.
    pub fn layout(&self) -> SetLayout {
        match self.name {
            LayoutName::FilePerStain => SetLayout::FilePerStain,
            LayoutName::Subcell => SetLayout::SubCell,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum LayoutName {
    /// A grey image for each stain, <ID>_red, <ID>_yellow, <ID>_blue and <ID>_green
    FilePerStain,
    /// One image <ID> of four channels: nucleus in red, endoplasmic reticulum in green, microtubules in blue, protein
    /// in alpha
    Subcell,
}

/// Options of `segment`.
#[derive(Args)]
pub struct Segment {
    #[command(flatten)]
    pub set: SetChoice,
    /// The folder for the masks
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    #[command(flatten)]
    pub mask_format: MaskFormatOption,
    #[command(flatten)]
    pub exports: MaskExports,
    #[command(flatten)]
    pub measurement: MeasurementOptions,
}

/// Options of `tune`.
#[derive(Args)]
pub struct Tune {
    #[command(flatten)]
    pub set: SetChoice,
    /// The masks that are right: a folder or a file, in any format that `import-masks` reads
    #[arg(long, value_name = "MASKS")]
    pub truth: PathBuf,
    #[command(flatten)]
    pub unnamed: UnnamedOption,
    /// Write all numbers as JSON too
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    #[command(flatten)]
    pub measurement: MeasurementOptions,
}

/// Options of `features`.
#[derive(Args)]
pub struct Features {
    #[command(flatten)]
    pub set: SetChoice,
    /// The table: as features.parquet or, for text, features.csv
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    #[command(flatten)]
    pub border_cells: BorderCellsOption,
    #[command(flatten)]
    pub measurement: MeasurementOptions,
}

/// Options of `train`.
#[derive(Args)]
pub struct Train {
    #[command(flatten)]
    pub set: SetChoice,
    /// The label file: a header ID,Label, then a row an image with locations joined by |, as in 8|5|0
    #[arg(long, value_name = "CSV")]
    pub labels: PathBuf,
    /// The model, as model.ron
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    #[command(flatten)]
    pub border_cells: BorderCellsOption,
    #[command(flatten)]
    pub measurement: MeasurementOptions,
    #[command(flatten)]
    pub samples: SampleOption,
    #[command(flatten)]
    pub training: TrainingOptions,
}

/// Options of `submit`.
#[derive(Args)]
pub struct Submit {
    #[command(flatten)]
    pub set: SetChoice,
    /// The model that `train` wrote
    #[arg(long, value_name = "FILE")]
    pub model: PathBuf,
    /// The submission, as submission.csv
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    #[command(flatten)]
    pub border_cells: BorderCellsOption,
    #[command(flatten)]
    pub submission: SubmissionOptions,
}

/// Options of `run`.
#[derive(Args)]
pub struct Run {
    /// The folder of images to learn from
    #[arg(long, value_name = "SET")]
    pub train: PathBuf,
    /// The label file: a header ID,Label, then a row an image with locations joined by |, as in 8|5|0
    #[arg(long, value_name = "CSV")]
    pub labels: PathBuf,
    /// The folder of images to predict
    #[arg(long, value_name = "SET")]
    pub test: PathBuf,
    #[command(flatten)]
    pub layout: LayoutOption,
    /// The folder for the results
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    #[command(flatten)]
    pub mask_format: MaskFormatOption,
    #[command(flatten)]
    pub table_format: TableFormatOption,
    #[command(flatten)]
    pub border_cells: BorderCellsOption,
    #[command(flatten)]
    pub submission: SubmissionOptions,
    #[command(flatten)]
    pub measurement: MeasurementOptions,
    #[command(flatten)]
    pub samples: SampleOption,
    #[command(flatten)]
    pub training: TrainingOptions,
}

/// Which image to draw, and where to.
#[derive(Args)]
pub struct FieldChoice {
    #[command(flatten)]
    pub set: SetChoice,
    /// The image's ID: its file name up to the last `_`, or up to the ending with --layout subcell
    pub id: String,
    /// The picture, as picture.png
    #[arg(long, value_name = "PNG")]
    pub out: PathBuf,
}

/// Options of `composite`.
#[derive(Args)]
pub struct Composite {
    #[command(flatten)]
    pub field: FieldChoice,
    /// How 16-bit samples become 8 bit
    #[arg(long, value_name = "HOW", default_value = "full-range")]
    pub sample_depth: SampleDepthName,
    /// Leave the endoplasmic reticulum out
    #[arg(long)]
    no_er: bool,
    /// Match the histograms of all stains to that of their mean, which makes dim stains visible
    #[arg(long = "match")]
    match_histograms: bool,
    /// Find black and white of each stain by its percentiles 0.1 and 99.9
    #[arg(long)]
    auto_contrast: bool,
    /// The colours of the stains
    #[arg(long, value_name = "NAME", default_value = "atlas")]
    palette: PaletteName,
    /// Show this stain alone, in grey, by the colour in its file name
    #[arg(long, value_name = "COLOUR", value_parser = stain_by_colour, conflicts_with_all = ["no_er", "palette"])]
    only: Option<Channel>,
    #[arg(long, value_name = "EXPONENT", help = CompositeParams::GAMMA.help())]
    gamma: Option<f64>,
    #[arg(long, value_name = "FACTOR", help = CompositeParams::BRIGHTNESS.help())]
    brightness: Option<f64>,
}

impl Composite {
    /// The parameters asked for.
    pub fn params(&self) -> Result<CompositeParams, ParameterError> {
        let palette = match self.palette {
            PaletteName::Atlas => Palette::Atlas,
            PaletteName::ColourBlindSafe => Palette::ColourBlindSafe,
        };
        let in_colour = CompositeParams { palette, ..CompositeParams::default() };
        let mut params = self.only.map_or(in_colour, CompositeParams::grey);
        params.stains[Channel::EndoplasmicReticulum.index()].shown &= !self.no_er;
        params.match_histograms = self.match_histograms;
        if self.auto_contrast {
            params.stains.iter_mut().for_each(|stain| stain.window = Window::AUTOMATIC);
        }
        set(&mut params.gamma, self.gamma);
        set(&mut params.brightness, self.brightness);
        params.check()?;
        Ok(params)
    }
}

fn stain_by_colour(colour: &str) -> Result<Channel, String> {
    Channel::from_colour(colour).ok_or_else(|| "expected red, yellow, blue or green".to_owned())
}

#[derive(Clone, Copy, ValueEnum)]
enum PaletteName {
    /// As the Human Protein Atlas shows them: red, green, blue
    Atlas,
    /// Magenta, green, cyan and yellow, for all eyes
    ColourBlindSafe,
}

/// Options of `regions`.
#[derive(Args)]
pub struct Regions {
    #[command(flatten)]
    pub field: FieldChoice,
    #[command(flatten)]
    pub measurement: MeasurementOptions,
}

/// Options of `params`.
#[derive(Args)]
pub struct Params {
    /// The parameter file, as params.ron [default: it is printed]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub measurement: MeasurementOptions,
    #[command(flatten)]
    pub training: TrainingOptions,
}

/// Options of `check`.
#[derive(Args)]
pub struct Check {
    /// The submission
    pub file: PathBuf,
    /// The folder of images it is about
    #[arg(long, value_name = "SET")]
    pub set: Option<PathBuf>,
    #[command(flatten)]
    pub layout: LayoutOption,
}

/// Options of `summary`.
#[derive(Args)]
pub struct Summary {
    #[command(flatten)]
    pub set: SetChoice,
    /// A label file: a header ID,Label, then a row an image with locations joined by |, as in 8|5|0
    #[arg(long, value_name = "CSV")]
    pub labels: Option<PathBuf>,
    /// Read the headers of images only, which finds less damage
    #[arg(long)]
    quick: bool,
}

impl Summary {
    /// How closely to look at files.
    pub fn closeness(&self) -> Closeness {
        if self.quick { Closeness::Headers } else { Closeness::Pixels }
    }
}

#[derive(Args)]
#[command(next_help_heading = "How locations are learnt")]
pub struct SampleOption {
    /// A pattern that takes the sample out of an image's ID, so that images of one sample stay on one side of the
    /// cross-validation: its first group, as in '^(.*)_[^_]*$' [default: each image is a sample of its own]
    #[arg(long = "samples", value_name = "PATTERN")]
    pub pattern: Option<String>,
}

#[derive(Args)]
#[command(next_help_heading = "How locations are learnt")]
pub struct TrainingOptions {
    /// What learns to tell the locations apart [default: logistic]
    #[arg(long, value_name = "KIND")]
    learner: Option<LearnerName>,
    #[arg(long, value_name = "N", help = TrainingParams::FOLDS.help())]
    folds: Option<u32>,
    #[arg(
        long,
        value_name = "N",
        help = "Where all that is drawn by lot starts; the same number gives the same folds and trees"
    )]
    seed: Option<u64>,
    #[arg(long, value_name = "ALPHA", help = format!("Logistic: {}", TrainingParams::REGULARISATION.help()))]
    regularisation: Option<f64>,
    #[arg(long, value_name = "N", help = format!("Logistic: {}", TrainingParams::COMPONENTS.help()))]
    components: Option<u32>,
}

impl TrainingOptions {
    /// `params` with what is asked for here.
    pub fn params(&self, mut params: TrainingParams) -> Result<TrainingParams, ParameterError> {
        set(&mut params.learner, self.learner.map(Learner::from));
        set(&mut params.folds, self.folds);
        set(&mut params.seed, self.seed);
        set(&mut params.regularisation, self.regularisation);
        set(&mut params.components, self.components);
        params.check()?;
        Ok(params)
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum LearnerName {
    /// A weight for each feature: quick, hard to mislead, well with few cells; its model can be read
    Logistic,
    /// 30 boosted trees of 7 leaves: quick; sees features that matter only together
    SmallTrees,
    /// 1,000 boosted trees of 127 leaves: for many thousands of cells; takes minutes, its model some 50 MB
    BigTrees,
}

impl From<LearnerName> for Learner {
    fn from(name: LearnerName) -> Self {
        match name {
            LearnerName::Logistic => Self::Logistic,
            LearnerName::SmallTrees => Self::SmallTrees,
            LearnerName::BigTrees => Self::BigTrees,
        }
    }
}

pub fn set<T: Copy>(parameter: &mut T, asked_for: Option<T>) {
    if let Some(value) = asked_for {
        *parameter = value;
    }
}

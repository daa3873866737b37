//! Cytoscribe: from fluorescence images of many cells and noisy labels of whole images to labelled single cells.
//!
//! # The map
//! The folder is the floor, the file name is the feature. A floor uses itself and those below, never one above or
//! beside it; a test of the architecture sees to that.
//!
//! | floor | module | what |
//! |---|---|---|
//! | 0 | [`imaging`] | PIXELS: pure functions on planes and masks, no word of biology |
//! | 1 | [`atlas`] | WORDS of the Human Protein Atlas: channels, locations, fields |
//! | 2 | [`pipeline`] | STAGES in data order: sample depth, composite, segmentation, corrections, features, classifier, post-processing, submission; pure |
//! | 2 | [`demo`] | SYNTHETIC FIELDS with known truth, for newcomers, tests and measurements; pure |
//! | 2 | [`score`] | HOW GOOD RESULTS ARE against a truth: masks, submissions, found wrong labels; which labels to doubt; pure |
//! | 3 | [`project`] | DECISIONS of the user: what is saved and can be undone; pure |
//! | 4 | [`storage`] | FILES: image sets, label files, masks, tables, models, submissions, the store of cells |
//! | 5 | [`workbench`] | THE RUNNING APPLICATION without a window: sets through the stages, many fields at a time |
//! | 6 | [`cli`] | THE COMMAND LINE |
//! | 6 | [`ui`] | THE WINDOW: the only egui |
//!
//! # The way of an image
//! ```text
//! storage::image_set ─ FieldFiles ─ storage::channels ─ RawField ─ pipeline::sample_depth ─ Field
//!   Field ─ pipeline::composite ─ picture ─ storage::picture
//!         ─ pipeline::segmentation (two methods: standard, reference) ─ masks of nuclei and cells ─ storage::masks, run_lengths, coco
//!                                ─ pipeline::corrections ─ the same, corrected by hand
//!   storage::mask_import ─ pipeline::foreign_masks ─ masks from elsewhere in their place ─ storage::imported_masks
//!         ─ pipeline::features ─ 540 numbers a cell ─ storage::feature_table
//!         ─ pipeline::classifier ─ 19 probabilities a cell, with imaging::rle ─ pipeline::submission
//! ```
//! The window keeps the cells of a whole set in `storage::cell_store`, with a small picture of each from
//! `pipeline::portrait`; `workbench::set_cells` fills it and reads from it.
//!
//! `pipeline::explanation` shows the way of one image and one of its cells step by step, in pictures and sentences; the
//! window and `cytoscribe explain` ask for it through `workbench::explanation`.
//!
//! `pipeline::measures` makes numbers of features and portraits that people can read; `workbench::rules` sets a cut through
//! one of them, and `workbench::scatter` makes points of cells. `workbench::model` learns from them after every decision, with
//! `pipeline::classifier::retraining`, and tells which labels to doubt, with `score::doubt`.
//!
//! `workbench::batch` walks it for whole sets, as far as nuclei alone go for those that have no other stain: first every
//! field into a record in `storage::work_file`, then all records in order into the products. `workbench::summary` only
//! reads sets and says what is there, and `workbench::scoring` lays results on a truth for [`score`] to judge. What people
//! decide about single cells, or correct in their masks, goes into `storage::journal`, whose replay is `project::labels`; `workbench::label_work` and
//! its neighbours do so without a window.
//! How a field is cut is a `project::Cutting`, and all that needs its masks has them from `workbench::cutting`.
//! `workbench::mask_import` takes masks from elsewhere into a project; `workbench::compare` lays masks on others.
//! `workbench::tuning` looks, with `pipeline::tuning`, for the parameters that come nearest to cells marked good or bad or to
//! masks to be reached.
//! `workbench::export` goes the whole way once more for a project, its decisions included, and looks at what it has written;
//! the window and `cytoscribe replay` share it.
//!
//! # Laws
//! - Stages cannot fail and have no side effects; what reads outside data can fail, with the path and what to do.
//! - The same input gives the same output to the bit, whatever the number of threads.
//! - A file appears whole or not at all: written beside its place, then renamed.
//! - Work that was stopped continues where it was and ends in the same bytes.
//! - A decision about a cell is on the disk before it counts, and is never rewritten.
//! - A field, a line or a cell that is bad costs itself alone.
//!
//! # Words
//! - *Field*: one field of view in four stains. *Set*: a folder of fields, with folders in it. *Layout*: whether a
//!   field is a file for each stain or one file of four channels.
//! - *Mask*: a plane of region ids, 0 = background. *Label*: what a cell or an image is called. Never mixed.
//! - *Location*: one of 19 places in the cell where the protein may be.
//! - *Portrait*: a cell with its surroundings in a small square, at the levels of its field, for people to look at.
//! - *Anchor*: the pixel deepest inside a cell's nucleus, the cell's name through every new segmentation.

pub mod atlas;
pub mod cli;
pub mod demo;
pub mod imaging;
pub mod pipeline;
pub mod project;
pub mod score;
pub mod storage;
pub mod ui;
pub mod workbench;

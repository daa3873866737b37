//! THE RUNNING APPLICATION without a window (floor 5): the only floor with threads.
//!
//! It cuts fields into cells in one way for everything (`cutting`), takes whole sets of fields through the stages
//! (`batch`) and says what is in them (`summary`); and for the window it keeps project and results together (`state`): the
//! window says what it looks at (`focus`), what is missing follows from that (`wanted`) and is computed beside (`lane`), on
//! threads that give way to the window (`precedence`).
//! The cells of a whole set are measured into a store (`set_cells`); `placements` tells what is decided about them,
//! `gallery` in which order they are shown; `bulk` decides about many at once, `rules` by a measure with a
//! cut, `scatter` makes points of them, and `model` tells what can be learnt from them. What a project comes to is written,
//! and judged, by `export`. Masks from elsewhere come in by `mask_import`; `compare` lays masks on others, and
//! `tuning` looks for the parameters that come nearest to examples. `explanation` tells how the cells of an image came to
//! be, step by step.

pub mod batch;
pub mod bulk;
pub mod cell_crop;
pub mod close_up;
pub mod command;
pub mod compare;
pub mod cutting;
pub mod decidable;
pub mod deck;
pub mod demo_set;
pub mod example_cell;
pub mod explanation;
pub mod export;
pub mod fault;
pub mod feature_sample;
pub mod field_record;
pub mod focus;
pub mod gallery;
pub mod in_order;
pub mod label_doubts;
pub mod label_exchange;
pub mod label_report;
pub mod label_work;
pub mod lane;
pub mod loaded_field;
pub mod mask_import;
pub mod measured;
pub mod model;
pub mod opening;
pub mod picture;
pub mod placements;
pub mod precedence;
pub mod product;
pub mod record_keeping;
pub mod results;
pub mod rules;
pub mod scatter;
pub mod score_table;
pub mod scoring;
pub mod set_cells;
pub mod standing;
pub mod state;
pub mod stop;
pub mod submission;
pub mod summary;
pub mod thumbnail;
pub mod tuning;
pub mod wanted;
pub mod whole_set;

pub use batch::{Batch, BatchError, BatchEvent, BatchReport};
pub use command::Command;
pub use demo_set::provide_demo_set;
pub use field_record::{FieldRecord, Part, Stains};
pub use focus::Focus;
pub use product::{Product, TrainingCells};
pub use state::{ExportCommand, ExportJob, TuningCommand, WholeSetTask, Workbench};
pub use stop::Stop;
pub use submission::Submission;

use std::num::NonZero;

/// Sets how many threads all work of this process may use; without it, one a processor core.
///
/// # Errors
/// If threads are running already.
pub fn limit_threads(threads: NonZero<usize>) -> Result<(), String> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.get());
    pool.build_global().map_err(|error| error.to_string())
}

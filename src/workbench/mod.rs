//! THE RUNNING APPLICATION without a window (floor 5): the only floor with threads. So far it takes whole sets of
//! fields through the stages and says what is in them.

pub mod batch;
pub mod demo_set;
pub mod fault;
pub mod field_record;
pub mod in_order;
pub mod product;
pub mod scoring;
pub mod stop;
pub mod submission;
pub mod summary;

pub use batch::{Batch, BatchError, BatchEvent, BatchReport};
pub use demo_set::provide_demo_set;
pub use field_record::{FieldRecord, Part, Stains};
pub use product::{Product, TrainingCells};
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

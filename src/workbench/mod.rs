//! THE RUNNING APPLICATION without a window (floor 5): the only floor with threads. So far it takes whole sets of
//! fields through the stages.

pub mod batch;
pub mod in_order;

pub use batch::{Batch, BatchError, BatchReport, FieldDone, Products};

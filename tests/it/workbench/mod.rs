//! Floor 5: sets of fields through the stages.

mod batch;
mod in_order;
mod summary;

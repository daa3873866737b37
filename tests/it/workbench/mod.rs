//! Floor 5: sets of fields through the stages.

mod in_order;
mod summary;

//! Floor 5: sets of fields through the stages.

mod batch;
mod demo_set;
mod in_order;
mod lane;
mod segment_all;
mod summary;
mod wanted;

//! Floor 5: sets of fields through the stages.

mod batch;
mod bulk;
mod corrections;
mod demo_set;
mod export;
mod gallery;
mod in_order;
mod lane;
mod mask_import;
mod model;
mod placements;
mod rules;
mod saving;
mod scatter;
mod summary;
mod tuning;
mod wanted;
mod whole_set;

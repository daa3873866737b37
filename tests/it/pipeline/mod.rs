//! Floor 2: stages.

mod border_cells;
mod classifier;
mod composite;
mod corrections;
mod doubtful_fields;
mod explanation;
mod features;
mod foreign_masks;
mod golden;
mod measures;
mod portrait;
mod post_processing;
mod region_colours;
mod sample_depth;
mod segmentation;
mod selection;
mod standard;
mod submission;
mod tuning;

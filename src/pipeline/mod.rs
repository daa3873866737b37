//! STAGES in data order (floor 2): pure functions from a field to a picture, masks, features, probabilities and a
//! submission.

pub mod border_cells;
pub mod classifier;
pub mod composite;
pub mod corrections;
pub mod doubtful_fields;
pub mod explanation;
pub mod features;
pub mod foreign_masks;
pub mod measurement;
pub mod measures;
pub mod parameter;
pub mod portrait;
pub mod post_processing;
pub mod recipe;
pub mod region_colours;
pub mod sample_depth;
pub mod segmentation;
pub mod submission;
pub mod tuning;

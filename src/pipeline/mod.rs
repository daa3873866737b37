//! STAGES in data order (floor 2): pure functions from a field to masks, features, probabilities and a submission.

pub mod classifier;
pub mod features;
pub mod measurement;
pub mod parameter;
pub mod sample_depth;
pub mod segmentation;
pub mod submission;

//! STAGES in data order (floor 2): pure functions from a field to masks, features, probabilities and a submission.

pub mod composite;
pub mod features;
pub mod parameter;
pub mod region_colours;
pub mod segmentation;
pub mod submission;

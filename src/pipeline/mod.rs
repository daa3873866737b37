//! STAGES in data order (floor 2): pure functions from a field to masks, features, probabilities and a submission.

pub mod sample_depth;

//! Floor 2: stages.

mod classifier;
mod features;
mod golden;
mod sample_depth;
mod segmentation;
mod submission;

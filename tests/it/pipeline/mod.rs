//! Floor 2: stages.

mod features;
mod golden;
mod sample_depth;
mod segmentation;
mod submission;

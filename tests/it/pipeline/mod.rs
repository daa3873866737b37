//! Floor 2: stages.

mod classifier;
mod features;
mod golden;
mod segmentation;
mod submission;

//! Floor 2: stages.

mod features;
mod golden;
mod segmentation;
mod submission;

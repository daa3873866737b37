mod features;
mod golden;
mod segmentation;
//! Floor 2: stages.

mod submission;

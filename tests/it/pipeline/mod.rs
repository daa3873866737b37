//! Floor 2: stages.

mod composite;
mod features;
mod golden;
mod segmentation;
mod submission;

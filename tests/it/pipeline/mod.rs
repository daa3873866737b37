//! Floor 2: stages.

mod composite;
mod features;
mod golden;
mod region_colours;
mod segmentation;
mod submission;

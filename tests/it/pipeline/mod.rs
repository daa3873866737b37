mod features;
mod golden;
mod segmentation;

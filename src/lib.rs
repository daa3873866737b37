//! Cytoscribe: from fluorescence images of many cells and noisy labels of whole images to labelled single cells.

pub mod atlas;
pub mod imaging;
pub mod pipeline;
pub mod storage;

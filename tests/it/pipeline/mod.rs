//! The stages of the pipeline.

mod sample_depth;

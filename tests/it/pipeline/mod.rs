//! Floor 2: stages.

mod submission;

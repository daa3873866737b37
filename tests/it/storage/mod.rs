//! Floor 4: files.

mod submission;

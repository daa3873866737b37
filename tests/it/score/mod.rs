//! Floor 2: measures, against values counted by hand.

mod average_precision;
mod curves;
mod differences;
mod doubt;
mod labels;
mod masks;
mod submission;

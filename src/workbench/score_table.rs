//! A cross-validation as a table for people.

use std::fmt::Write;

use crate::{atlas::Location, pipeline::classifier::Score};

/// A line for each location: cells and groups of cells that show it, average precision, area under the curve; and the
/// mean at the end. `groups`: what the groups are, in one word.
#[must_use]
pub fn score_table(scores: &[Score], groups: &str) -> String {
    let mut text = format!("{:<42}{:>7}{:>8}{:>8}{:>8}\n", "location", "cells", groups, "AP", "AUC");
    let mut precisions = Vec::new();
    for (location, score) in Location::all().zip(scores) {
        let name = format!("{:>2} {}", location.index(), location.name());
        let _ = write!(text, "{name:<42}{:>7}{:>8}", score.positives, score.positive_groups);
        let _ = match &score.ranking {
            Ok(ranking) => {
                precisions.push(ranking.average_precision);
                writeln!(text, "{:>8.3}{:>8.3}", ranking.average_precision, ranking.area_under_curve)
            }
            Err(reason) => writeln!(text, "  {reason}"),
        };
    }
    if !precisions.is_empty() {
        let mean = precisions.iter().sum::<f64>() / precisions.len() as f64;
        let locations = if precisions.len() == 1 { "location" } else { "locations" };
        let _ = writeln!(text, "{:<57}{mean:>8.3}", format!("mean of {} {locations}", precisions.len()));
    }
    text
}

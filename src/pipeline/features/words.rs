//! Names of features as people say them.

use crate::atlas::Channel;

/// A feature's name in words: `nuc_div_nonnuc.mean_pr` is "mean of the protein, nucleus against the rest of the cell". A
/// name that is none of ours stays as it is.
///
/// # Examples
/// ```
/// use cytoscribe::pipeline::features::feature_in_words;
/// assert_eq!(feature_in_words("nuc.mean_pr"), "mean of the protein in the nucleus");
/// assert_eq!(feature_in_words("cell.cor_pr_mt"), "correlation of protein and microtubules in the cell");
/// ```
#[must_use]
pub fn feature_in_words(name: &str) -> String {
    let words =
        name.split_once('.').and_then(|(block, number)| Some(format!("{}{}", of_number(number)?, of_block(block)?)));
    words.unwrap_or_else(|| name.to_owned())
}

/// Where it is measured, as the end of a sentence.
fn of_block(block: &str) -> Option<&'static str> {
    Some(match block {
        "cell" => " in the cell",
        "nuc" => " in the nucleus",
        "nonnuc" => " outside the nucleus",
        "nuc_div_nonnuc" => ", nucleus against the rest of the cell",
        "cell_ringrange_div_cell" => ", how it differs from the cell's rim to its middle",
        "cell_slicerange_div_cell" => ", how it differs around the cell",
        "cell_ringrange_div_slicerange" => ", how it differs from rim to middle rather than around the cell",
        "nuc_ringrange_div_nuc" => ", how it differs from the nucleus' rim to its middle",
        "nuc_slicerange_div_nuc" => ", how it differs around the nucleus",
        "nuc_ringrange_div_slicerange" => ", how it differs from rim to middle rather than around the nucleus",
        _ => return None,
    })
}

/// What is measured.
fn of_number(number: &str) -> Option<String> {
    let (statistic, of) = number.split_once('_')?;
    Some(match (statistic, of) {
        ("cor", pair) => {
            let (one, other) = pair.split_once('_')?;
            format!("correlation of {} and {}", stain(one)?, stain(other)?)
        }
        ("speckles", "per_pixel") => "number of bright specks of the protein by area".to_owned(),
        ("speckle", "frac") => "share of the protein's bright specks".to_owned(),
        ("speckle", "frac_per_pixel") => "share of the protein's bright specks by area".to_owned(),
        ("speckle", statistic) => format!("size of the protein's bright specks, {}", of_statistic(statistic)?),
        (statistic, short_name) => {
            let article = if short_name == "mt" { "" } else { "the " };
            format!("{} of {article}{}", of_statistic(statistic)?, stain(short_name)?)
        }
    })
}

/// A statistic's name.
fn of_statistic(statistic: &str) -> Option<String> {
    Some(match statistic {
        "min" => "minimum".to_owned(),
        "max" => "maximum".to_owned(),
        "mean" => "mean".to_owned(),
        "std" => "spread".to_owned(),
        _ => format!("{} % quantile", statistic.strip_prefix('q')?.parse::<u32>().ok()?),
    })
}

/// A stain by its short name, in the middle of a sentence.
fn stain(short_name: &str) -> Option<&'static str> {
    let channel = Channel::ALL.into_iter().find(|channel| channel.short_name() == short_name)?;
    Some(match channel {
        Channel::Microtubules => "microtubules",
        Channel::EndoplasmicReticulum => "endoplasmic reticulum",
        Channel::Nucleus => "nucleus stain",
        Channel::Protein => "protein",
    })
}

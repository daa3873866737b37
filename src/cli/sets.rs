//! The sets that commands work on.

use std::{error::Error, path::Path};

use super::{arguments::LayoutOption, terminal};
use crate::{atlas::Channel, storage::ImageSet};

/// The set in `folder`. Folders inside it that cannot be read are named; the rest is worked on.
pub fn open(folder: &Path, layout: &LayoutOption) -> Result<ImageSet, Box<dyn Error>> {
    let set = ImageSet::open(folder, layout.layout())?;
    for error in set.unreadable() {
        terminal::complain(&format!("failed: {error}"));
    }
    Ok(set)
}

/// [`open`] for what needs all four stains: nuclei alone are refused at once and not field by field.
pub fn open_with_all_stains(folder: &Path, layout: &LayoutOption) -> Result<ImageSet, Box<dyn Error>> {
    let set = open(folder, layout)?;
    if set.is_nucleus_only() {
        let missing = Channel::ALL.into_iter().filter(|&channel| channel != Channel::Nucleus);
        let missing = missing.map(|channel| format!("{} (_{})", channel.name(), channel.colour()));
        return Err(format!(
            "the set has nuclei only, missing are {}: `segment` works without them — {}",
            missing.collect::<Vec<_>>().join(", "),
            folder.display()
        )
        .into());
    }
    Ok(set)
}

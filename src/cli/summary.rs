//! The command that says what is in a set.

use std::{collections::BTreeMap, path::Path};

use super::{
    CommandResult, Outcome,
    arguments::Summary,
    products::named,
    progress::Progress,
    sets,
    terminal::{complain_each, count, say},
};
use crate::{
    atlas::{Channel, Location},
    storage::{ImageLabels, ImageSet},
    workbench::{
        Stop,
        summary::{LabelSummary, SetSummary},
    },
};

/// IDs that are named one by one; of more, only the number is told.
const NAMED_IDS: usize = 20;

/// `summary`: a table of what there is.
pub fn summary(command: &Summary) -> CommandResult {
    let labels =
        command.labels.as_ref().map(|path| Ok::<_, Box<dyn std::error::Error>>((path, ImageLabels::read(path)?)));
    let labels = labels.transpose()?;
    let set = sets::open(&command.set.set, &command.set.layout)?;
    let mut progress = Progress::new("reading", set.fields().len());
    let summary = SetSummary::of(&set, command.closeness(), |event| progress.show(event, &Stop::default()));
    progress.finish();

    let mut lines = lines_of(&set, &summary);
    if let Some((path, labels)) = &labels {
        complain_each(&named(path, &labels.problems));
        lines.extend(label_lines(path, &LabelSummary::of(labels, &set)));
    }
    lines.extend(summary.damage.iter().map(|(id, reason)| format!("damaged: {id}: {reason}")));
    lines.push(match summary.damaged {
        0 => "no field is damaged".to_owned(),
        damaged => format!("{damaged} of {} damaged", count(summary.fields, "field")),
    });
    say(&lines.join("\n"));
    let whole = summary.damaged == 0 && set.unreadable().is_empty();
    Ok(if whole { Outcome::Well } else { Outcome::WithFailures })
}

/// A row of the table: what it is about, in a column of its own, and what there is to say.
fn row(name: &str, text: &str) -> String {
    format!("{name:<12}{text}")
}

fn lines_of(set: &ImageSet, summary: &SetSummary) -> Vec<String> {
    let mut lines = vec![row("set", &set.root().display().to_string()), row("fields", &summary.fields.to_string())];
    let stains = set.stains().into_iter().map(Channel::name).collect::<Vec<_>>().join(", ");
    lines.push(row("stains", &if set.is_nucleus_only() { format!("{stains} only") } else { stains }));
    let mut name = "sizes";
    for (size, &fields) in &summary.sizes {
        let size = size.map_or("unknown".to_owned(), |(height, width)| format!("{width} x {height}"));
        lines.push(row(name, &format!("{size:<16}{:>12}", count(fields, "field"))));
        name = "";
    }
    lines.extend(depth_lines(set, &summary.depths));
    let of_channels = |name, fields: &[usize; Channel::COUNT]| -> Vec<String> {
        let channels = Channel::ALL
            .into_iter()
            .zip(fields)
            .filter(|(channel, fields)| **fields > 0 && (!set.is_nucleus_only() || *channel == Channel::Nucleus));
        channels
            .map(|(channel, &fields)| row(name, &format!("{:<22} in {}", channel.name(), count(fields, "field"))))
            .collect()
    };
    lines.extend(of_channels("missing", &summary.missing));
    lines.extend(of_channels("ambiguous", &summary.ambiguous));
    if summary.namesakes > 0 {
        lines.push(row("ambiguous", &format!("{:<22} of {}", "ID", count(summary.namesakes, "field"))));
    }
    lines
}

/// One line where all images have one depth, else one a stain.
fn depth_lines(set: &ImageSet, depths: &[BTreeMap<u8, usize>; Channel::COUNT]) -> Vec<String> {
    let stains = set.stains().into_iter().map(|channel| (channel, &depths[channel.index()]));
    let mut all: Vec<u8> = stains.clone().flat_map(|(_, images)| images.keys().copied()).collect();
    all.sort_unstable();
    all.dedup();
    match all[..] {
        [] => Vec::new(),
        [bits] => vec![row("depth", &format!("{bits} bit"))],
        _ => stains
            .map(|(channel, images)| {
                let each = images.iter().map(|(bits, &images)| format!("{bits} bit in {}", count(images, "image")));
                row("depth", &format!("{:<22} {}", channel.name(), each.collect::<Vec<_>>().join(", ")))
            })
            .collect(),
    }
}

fn label_lines(path: &Path, summary: &LabelSummary) -> Vec<String> {
    let images = summary.labelled + summary.without_label.len();
    let mut lines = vec![
        row("labels", &path.display().to_string()),
        row("", &format!("{} of {} labelled", summary.labelled, count(images, "image"))),
    ];
    lines.extend(ids("image", "a label", &summary.without_label));
    lines.extend(ids("label", "an image", &summary.without_image));
    lines.push(format!("{:>4}  {:<42}{:>8}", "#", "location", "images"));
    lines.extend(
        Location::all()
            .zip(summary.images)
            .map(|(location, images)| format!("{:>4}  {:<42}{images:>8}", location.index(), location.name())),
    );
    lines
}

/// How many of these are without what, and the first of them by name.
fn ids(thing: &str, lacking: &str, ids: &[String]) -> Option<String> {
    let named = ids.iter().take(NAMED_IDS).cloned().collect::<Vec<_>>().join(", ");
    let more = if ids.len() > NAMED_IDS { ", …" } else { "" };
    (!ids.is_empty()).then(|| row("", &format!("{} without {lacking}: {named}{more}", count(ids.len(), thing))))
}

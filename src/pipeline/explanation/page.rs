//! An explanation as a page of Markdown with its pictures. Where both are written is not its business.

use std::fmt::Write;

use super::{Evidence, Fact, Figure, Setting, Step, short_number};
use crate::imaging::Plane;

/// A part of the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// A word that the names of its pictures begin with.
    pub name: &'static str,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub sentence: String,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A page.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<'a> {
    /// The text, which names the pictures.
    pub text: String,
    /// The pictures by the names of their files.
    pub pictures: Vec<(String, &'a Plane<[u8; 3]>)>,
}

/// The page of `sections` about what `sentence` says.
#[must_use]
pub fn page<'a>(sentence: &str, sections: &'a [Section]) -> Page<'a> {
    let mut page = Page { text: format!("# How it works\n\n{sentence}\n"), pictures: Vec::new() };
    for section in sections {
        let _ = write!(page.text, "\n## {}\n\n{}\n", section.title, section.sentence);
        for (at, step) in section.steps.iter().enumerate() {
            let _ = write!(page.text, "\n### {}. {}\n\n{}\n", at + 1, step.title, step.sentence);
            step_on(&mut page, step, &format!("{}_{:02}", section.name, at + 1));
        }
    }
    page
}

fn step_on<'a>(page: &mut Page<'a>, step: &'a Step, name: &str) {
    let text = &mut page.text;
    for Setting { name, value, .. } in &step.settings {
        let _ = write!(text, "\n- *{name}*: {value}");
    }
    if !step.settings.is_empty() {
        text.push('\n');
    }
    if !step.figures.is_empty() {
        // What was shown before is shown again, not written again.
        let file = |figure: &Figure| {
            let before = page.pictures.iter().find(|(_, picture)| *picture == &figure.picture);
            before.map_or_else(|| format!("{name}_{}.png", figure.name), |(name, _)| name.clone())
        };
        let files: Vec<String> = step.figures.iter().map(file).collect();
        let cells = |cell: &dyn Fn(&Figure, &str) -> String| {
            let cells: Vec<String> = step.figures.iter().zip(&files).map(|(figure, file)| cell(figure, file)).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        text.push('\n');
        text.push_str(&cells(&|figure, _| figure.caption.clone()));
        text.push_str(&cells(&|_, _| ":---:".to_owned()));
        text.push_str(&cells(&|figure, file| format!("![{}: {}]({file})", step.title, figure.caption)));
        for (figure, file) in step.figures.iter().zip(files) {
            if page.pictures.iter().all(|(name, _)| *name != file) {
                page.pictures.push((file, &figure.picture));
            }
        }
    }
    if !step.facts.is_empty() {
        page.text.push_str("\n| | |\n| :--- | :--- |\n");
        for Fact { words, value } in &step.facts {
            let _ = writeln!(page.text, "| {words} | {value} |");
        }
    }
    for Evidence { title, sentence, features } in &step.evidence {
        let _ = writeln!(page.text, "\n{}", format!("**{title}.** {sentence}").trim_end());
        if features.is_empty() {
            continue;
        }
        page.text.push_str("\n| feature | weight | value | rank | standing | |\n");
        page.text.push_str("| :--- | ---: | ---: | ---: | ---: | :--- |\n");
        for feature in features {
            let weight = feature.weight.map_or_else(|| "–".to_owned(), |weight| format!("{weight:+.3}"));
            let speaks = feature.speaks_for().map_or("", |speaks| if speaks { "for" } else { "against" });
            let _ = writeln!(
                page.text,
                "| {} | {weight} | {} | {} of {} | {:+.1} | {speaks} |",
                feature.words,
                short_number(feature.value),
                feature.rank,
                feature.cells,
                feature.standing
            );
        }
    }
}

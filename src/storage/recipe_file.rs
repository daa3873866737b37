//! Parameter files: a [`Recipe`] as RON text with a comment on every line that can be changed.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use super::{
    FileError,
    ron_text::{self, RonError},
};
use crate::pipeline::{
    parameter::ParameterError,
    recipe::{Recipe, meaning},
};

const OPENING: &str = "\
// Parameters of cytoscribe. What is left out has its default, but a background must be whole; options on the command
// line override what stands here.
";

/// Columns of a line of comment.
const LINE: usize = 116;

/// `recipe` as the text of a parameter file.
///
/// # Errors
/// If the text cannot be made, which no value of a recipe leads to.
pub fn recipe_text(recipe: &Recipe) -> Result<String, ron::Error> {
    let mut text = OPENING.to_owned();
    let mut groups: Vec<String> = Vec::new();
    for line in ron::ser::to_string_pretty(recipe, ron::ser::PrettyConfig::new())?.lines() {
        let (name, indent) = (line.trim_start().split(':').next().unwrap_or_default(), leading_spaces(line));
        let part = groups.iter().map(String::as_str).skip(1).chain([name]).collect::<Vec<_>>().join(".");
        if let Some(meaning) = meaning(&part) {
            for words in wrapped(&meaning, LINE.saturating_sub(indent.len())) {
                let _ = writeln!(text, "{indent}// {words}");
            }
        }
        let _ = writeln!(text, "{line}");
        if line.ends_with(['(', '[', '{']) {
            groups.push(name.to_owned());
        } else if line.trim_start().starts_with([')', ']', '}']) {
            groups.pop();
        }
    }
    Ok(text)
}

/// Reads a parameter file and checks its values.
///
/// # Errors
/// If the file cannot be read, is no text of parameters, or a value is out of range.
pub fn read_recipe(path: &Path) -> Result<Recipe, RecipeFileError> {
    let text = fs::read_to_string(path).map_err(FileError::at("read the parameter file", path))?;
    let recipe: Recipe = ron_text::parse(&text, "parameter file", path)?;
    recipe.check().map_err(|source| RecipeFileError::Range { source, path: path.into() })?;
    Ok(recipe)
}

fn leading_spaces(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}

/// `text` in lines of at most `width` characters, where its words allow it.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Why a parameter file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecipeFileError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The text is not one of parameters.
    #[error(transparent)]
    Syntax(#[from] RonError),
    /// A value outside its range.
    #[error("{source} — {}", path.display())]
    Range {
        /// Which, and its range.
        source: ParameterError,
        /// The file.
        path: PathBuf,
    },
}

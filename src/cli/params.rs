//! The command that writes parameter files.

use super::{CommandResult, Outcome, arguments::Params, terminal};
use crate::storage::{OutputFile, recipe_file::recipe_text};

/// `params`: the parameters that the same options would give another command.
pub fn params(command: &Params) -> CommandResult {
    let mut recipe = command.measurement.recipe()?;
    recipe.training = command.training.params(recipe.training)?;
    let text = recipe_text(&recipe)?;
    match &command.out {
        None => terminal::say(&text),
        Some(path) => {
            OutputFile::write(path, text.as_bytes())?;
            terminal::say(&format!("the parameters are in {}", path.display()));
        }
    }
    Ok(Outcome::Well)
}

//! The command that reads a submission back.

use super::{CommandResult, Outcome, arguments::Check, terminal};
use crate::storage::{ImageSet, channels::read_sizes, submission::check_submission};

/// `check`: names every defect of a submission.
pub fn check(command: &Check) -> CommandResult {
    let sizes = command.set.as_ref().map(ImageSet::open).transpose()?.map(|set| read_sizes(&set));
    let report = check_submission(&command.file, sizes.as_ref())?;
    for (id, _) in sizes.iter().flatten().filter(|(_, size)| size.is_none()) {
        terminal::complain(&format!("note: {id}: the size of its images cannot be read, so its row's is not compared"));
    }
    for defect in &report.defects {
        terminal::say(&defect.to_string());
    }
    let verdict = match report.defects.len() {
        0 => "no defect".to_owned(),
        1 => "1 defect".to_owned(),
        defects => format!("{defects} defects"),
    };
    terminal::say(&format!(
        "{}: {} rows, {} cells, {} predictions, {verdict}",
        command.file.display(),
        report.rows,
        report.cells,
        report.predictions
    ));
    Ok(if report.defects.is_empty() { Outcome::Well } else { Outcome::WithFailures })
}

//! The command that reads a submission back.

use super::{CommandResult, Outcome, arguments::Check, sets, terminal};
use crate::storage::{channels::read_sizes, submission::check_submission};

/// `check`: names every defect of a submission.
pub fn check(command: &Check) -> CommandResult {
    let set = command.set.as_ref().map(|folder| sets::open(folder, &command.layout)).transpose()?;
    let sizes = set.map(|set| read_sizes(&set));
    let report = check_submission(&command.file, sizes.as_ref())?;
    for (id, _) in sizes.iter().flatten().filter(|(_, size)| size.is_none()) {
        terminal::complain(&format!("note: {id}: the size of its images cannot be read, so its row's is not compared"));
    }
    for defect in &report.defects {
        terminal::say(&defect.to_string());
    }
    let verdict = match report.defects.len() {
        0 => "no defect".to_owned(),
        defects => terminal::count(defects, "defect"),
    };
    let counts = [(report.rows, "row"), (report.cells, "cell"), (report.predictions, "prediction")];
    let counts = counts.map(|(number, thing)| terminal::count(number, thing)).join(", ");
    terminal::say(&format!("{}: {counts}, {verdict}", command.file.display()));
    Ok(if report.defects.is_empty() { Outcome::Well } else { Outcome::WithFailures })
}

//! The command that finds parameters by masks that are right.

use std::sync::{Mutex, PoisonError};

use super::{
    CommandResult, Outcome,
    arguments::Tune,
    progress::Progress,
    score::finish,
    sets,
    table::{aligned, header, measure},
    terminal::{complain_each, count, say},
};
use crate::{
    pipeline::tuning::{Tried, space::named_values},
    project::{Edit, Project, TuningExamples, examples::ReferencePath},
    storage::masks::MaskKind,
    workbench::{BatchEvent, Stop, tuning::tune as search},
};

/// Steps of the progress bar.
const STEPS: usize = 100;

/// `tune`: the settings that come nearest to masks.
pub fn tune(command: &Tune, stop: &Stop) -> CommandResult {
    let recipe = command.measurement.recipe()?;
    let set = sets::open(&command.set.set, &command.set.layout)?;
    let reference =
        ReferencePath { path: command.truth.clone(), unnamed_are_nuclei: command.unnamed.kind() == MaskKind::Nuclei };
    let mut project =
        Project::default().with_examples(TuningExamples { reference: Some(reference), ..TuningExamples::default() });
    let _ = project.apply(Edit::SampleDepth(recipe.measurement.sample_depth));
    let bar = Mutex::new((Progress::new("tuning", STEPS), 0));
    let progress = |share: f64| {
        let (bar, shown) = &mut *bar.lock().unwrap_or_else(PoisonError::into_inner);
        while *shown < (share * STEPS as f64) as usize {
            bar.show(BatchEvent::FieldDone { failed: false }, stop);
            *shown += 1;
        }
    };
    let found = search(&set, &project, &recipe.measurement.segmentation, stop, &progress);
    bar.into_inner().unwrap_or_else(PoisonError::into_inner).0.finish();
    let found = found?;
    complain_each(&found.problems.iter().map(|problem| format!("failed: {problem}")).collect::<Vec<_>>());
    let present = ("as given".to_owned(), &found.tuned.present);
    let best = found.tuned.best.iter().enumerate().map(|(at, tried)| ((at + 1).to_string(), tried));
    let rows = std::iter::once(present).chain(best).map(|(name, tried)| row(name, tried));
    let others = if found.left_out > 0 { format!(", {} more have masks", found.left_out) } else { String::new() };
    say(&format!(
        "{} settings on {}{others}; the score is the mean F1 at overlaps of 0.5 to 0.95\n",
        found.tuned.settings,
        count(found.images.len(), "image")
    ));
    say(&aligned(&std::iter::once(header("setting score lowest options")).chain(rows).collect::<Vec<_>>()));
    finish(command.json.as_deref(), &found.tuned, found.problems.is_empty())
        .map(|outcome| if set.unreadable().is_empty() { outcome } else { Outcome::WithFailures })
}

/// A line of the table: the score, that of the worst image, and the options that stand for the setting.
fn row(name: String, tried: &Tried) -> Vec<String> {
    let lowest = tried.by_image.iter().copied().reduce(f64::min);
    let options = named_values(&tried.params).map(|(name, value)| format!("--{} {value}", name.replace(' ', "-")));
    vec![name, measure(tried.score), measure(lowest), options.join(" ")]
}

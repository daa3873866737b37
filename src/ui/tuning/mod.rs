//! Tuning by example: cells marked good or bad and masks to be reached on the right, and what the best settings make of the
//! worst images side by side.
//!
//! ```text
//! examples     what is tuned by                         tiles        what the settings come to
//! marks        on the canvas, and for the selected cell
//! ```

mod examples;
mod marks;
mod tiles;

pub use marks::{draw, marking, section_ui};

use egui::{Button, Context, Key, Modifiers, Panel, ProgressBar, RichText, Ui, pos2};

use self::{examples::examples_ui, tiles::tiles_ui};
use super::{
    picker::Wish,
    textures::Slot,
    view::{Place, View},
};
use crate::{
    pipeline::segmentation::SegmentationParams,
    project::{Edit, examples::ReferencePath},
    workbench::{Command, TuningCommand, Workbench, tuning::TunedSet},
};

/// What is chosen in it.
#[derive(Clone, Debug)]
pub struct TuningView {
    /// The image that is shown, by its place among those from the worst on.
    pub rank: usize,
    /// The tile that is chosen: 0 is the present setting, then the best ones.
    pub tile: usize,
    /// Whether masks whose names do not tell are nuclei.
    pub unnamed_are_nuclei: bool,
    /// How many times all tiles are magnified, and about which place, as shares of the image.
    zoom: f32,
    centre: egui::Pos2,
}

impl Default for TuningView {
    fn default() -> Self {
        Self { rank: 0, tile: 1, unnamed_are_nuclei: false, zoom: 1.0, centre: pos2(0.5, 0.5) }
    }
}

/// What it keeps between frames: a place for each picture, by image and tile.
#[derive(Default)]
pub struct Tuning {
    pictures: std::collections::HashMap<(usize, usize), Slot>,
}

/// Its keys, for the sheet.
pub const KEYS: [(&str, &str); 3] = [
    ("Tuning: 1 to 9, 0", "Choose a setting, or the present one"),
    ("Tuning: Left, Right", "A worse or a better image"),
    ("Tuning: Enter", "Use the chosen setting for all images"),
];

const DIGITS: [Key; 10] =
    [Key::Num0, Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];

/// Does what the keys say that were pressed.
pub fn keys(context: &Context, workbench: &Workbench, view: &mut View, commands: &mut Vec<Command>) {
    if context.egui_wants_keyboard_input() {
        return;
    }
    let Some(Ok(tuned)) = workbench.tuned().map(|(_, tuned)| tuned) else { return };
    let pressed = |key: Key| context.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if let Some(tile) = DIGITS.into_iter().position(pressed).filter(|&tile| tuned.tried(tile).is_some()) {
        view.tuning.tile = tile;
    }
    if pressed(Key::ArrowLeft) {
        view.tuning.rank = view.tuning.rank.saturating_sub(1);
    }
    if pressed(Key::ArrowRight) {
        view.tuning.rank = (view.tuning.rank + 1).min(tuned.images.len().saturating_sub(1));
    }
    if context.memory(|memory| memory.focused().is_none())
        && pressed(Key::Enter)
        && let Some(params) = tuned.params(view.tuning.tile)
    {
        commands.push(Command::Edit(workbench.project().cut_all_by(params)));
    }
}

/// The setting that a search begins with: that of the image on the canvas.
fn present(workbench: &Workbench, view: &View) -> SegmentationParams {
    let project = workbench.project();
    let id = view.field.and_then(|index| Some(workbench.opened()?.set.fields().get(index)?.id()));
    id.map_or(project.segmentation(), |id| project.segmentation_of(id)).clone()
}

/// Begins to search, or stops it.
pub fn search(workbench: &Workbench, view: &mut View) -> Command {
    if workbench.tuning_share().is_some() {
        return Command::TuneByExample(TuningCommand::Stop);
    }
    (view.kept.place, view.tuning) =
        (Place::Tuning, TuningView { unnamed_are_nuclei: view.tuning.unnamed_are_nuclei, ..TuningView::default() });
    Command::TuneByExample(TuningCommand::Search(present(workbench, view)))
}

/// The masks in the file or folder that was chosen are to be reached from now on.
pub fn reference_in(path: std::path::PathBuf, workbench: &Workbench, view: &View) -> Command {
    let reference = ReferencePath { path, unnamed_are_nuclei: view.tuning.unnamed_are_nuclei };
    let mut examples = workbench.project().examples().clone();
    examples.reference = Some(reference);
    Command::Edit(Edit::Examples(examples))
}

/// Draws the place; `listed`: the images that the list of images shows. Returns a path that is asked for.
pub fn tuning_ui(
    ui: &mut Ui,
    workbench: &Workbench,
    view: &mut View,
    tuning: &mut Tuning,
    listed: &[usize],
    commands: &mut Vec<Command>,
) -> Option<Wish> {
    let mut wish = None;
    Panel::right("examples").default_size(290.0).size_range(240.0..=420.0).show(ui, |ui| {
        wish = examples_ui(ui, workbench, view, commands);
    });
    ui.add_space(4.0);
    ui.heading("Tune by example");
    ui.label(
        "Mark some cells good, some bad, or give reference masks. The search then tries some ninety settings on these \
         images and shows those that come nearest to that.",
    );
    search_ui(ui, workbench, view, commands);
    match workbench.tuned() {
        Some((key, Ok(tuned))) => {
            if key.examples != *workbench.project().examples() {
                ui.weak("The examples have changed since: search again.");
            }
            found_ui(ui, tuned);
            ui.separator();
            tiles_ui(ui, workbench, view, tuning, tuned);
            apply_ui(ui, workbench, view, tuned, listed, commands);
        }
        Some((_, Err(reason))) => drop(ui.colored_label(ui.visuals().error_fg_color, reason)),
        None => {}
    }
    wish
}

fn search_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        let share = workbench.tuning_share();
        if let Some(share) = share {
            ui.add(ProgressBar::new(share).desired_width(260.0));
            if ui.button("Stop").on_hover_text("What was found before stays.").clicked() {
                commands.push(search(workbench, view));
            }
            return;
        }
        let examples = workbench.project().examples();
        let has_some = examples.count() > 0 || examples.reference.is_some() || examples.takes_corrected;
        let button = ui.add_enabled(has_some, Button::new(RichText::new("Search").strong()));
        let hover = "Begins with the setting of the image that was looked at last. Takes some seconds; the window goes on \
                     meanwhile.";
        let none = "There are no examples yet: mark cells, or give reference masks.";
        if button.on_hover_text(hover).on_disabled_hover_text(none).clicked() {
            commands.push(search(workbench, view));
        }
        if ui.button("Go to the image to mark cells").on_hover_text("Select a cell, then press Ctrl+G or Ctrl+B.").clicked()
        {
            view.kept.place = Place::Image;
        }
    });
}

/// What the search came to, in a sentence or two.
fn found_ui(ui: &mut Ui, tuned: &TunedSet) {
    let (now, images) = (tuned.tuned.present.score, tuned.images.len());
    let text = match tuned.tuned.best.first() {
        Some(best) if best.score > now => {
            format!("The best of {} settings scores {:.2}, the present one {now:.2}", tuned.tuned.settings, best.score)
        }
        _ => format!("None of {} settings is better than the present one, which scores {now:.2}", tuned.tuned.settings),
    };
    ui.strong(format!("{text}, on {images} images."))
        .on_hover_text("1 is all that was asked for. Of images with marks: how far good cells are found again and bad ones are not. Of images with reference masks: the mean of F1 at overlaps of 0.5 to 0.95.");
    if tuned.left_out > 0 {
        ui.weak(format!("{} more images have examples and were left out, to be quick.", tuned.left_out));
    }
    for problem in tuned.problems.iter().take(3) {
        ui.colored_label(ui.visuals().warn_fg_color, problem);
    }
}

/// For which images the chosen setting is to be used.
fn apply_ui(
    ui: &mut Ui,
    workbench: &Workbench,
    view: &View,
    tuned: &TunedSet,
    listed: &[usize],
    commands: &mut Vec<Command>,
) {
    let (Some(params), Some(opened)) = (tuned.params(view.tuning.tile), workbench.opened()) else { return };
    let project = workbench.project();
    let own = |ids: Vec<String>| {
        let edits = ids.into_iter().map(|id| Edit::Override { id, params: Some(params.clone()) });
        Command::Edit(Edit::Together(edits.collect()))
    };
    ui.horizontal_wrapped(|ui| {
        let name = if view.tuning.tile == 0 { "the present setting".to_owned() } else { format!("setting {}", view.tuning.tile) };
        ui.label(format!("Use {name} for"));
        let others = project.overrides().len();
        let all = ui.button("all images").on_hover_text(format!(
            "All images are cut like that from now on; {others} with parameters of their own lose these. One step to undo."
        ));
        if all.clicked() {
            commands.push(Command::Edit(project.cut_all_by(params)));
        }
        if let Some((_, image)) = tuned.image(view.tuning.rank) {
            let this = ui.button("this image").on_hover_text(format!("{}: gets parameters of its own.", image.id));
            if this.clicked() {
                commands.push(own(vec![image.id.clone()]));
            }
        }
        let with_examples = ui.button(format!("the {} images with examples", tuned.images.len()));
        if with_examples.on_hover_text("Those that took part in the search get parameters of their own.").clicked() {
            commands.push(own(tuned.images.iter().map(|image| image.id.clone()).collect()));
        }
        let in_list = ui.button(format!("the {} images listed", listed.len()));
        let hover = "Those that the list of images shows get parameters of their own: filter it beside the image (F2) to choose some.";
        if in_list.on_hover_text(hover).clicked() {
            let ids = listed.iter().filter_map(|&index| Some(opened.set.fields().get(index)?.id().to_owned()));
            commands.push(own(ids.collect()));
        }
        if project.segmentation() == params && project.overrides().is_empty() {
            ui.weak("In use for all images.");
        }
    });
}

//! The model: what is learnt about each location, which labels it doubts, and whether cleaning helps.
//!
//! ```text
//! bar         learn, live, progress                 locations   a line for each, how good its rule is
//! settings    regularisation, base rates, samples   plots       curves of the chosen location
//! doubts      labels that are probably wrong        course      each training, one after another
//! ```

mod bar;
mod course;
mod doubts;
mod locations;
mod plots;
mod settings;

use doubts::DoubtTextures;
use locations::Heaviest;

use egui::{ScrollArea, Ui};

use super::{busy::Busy, view::View};
use crate::score::doubt::WrongLeft;
use crate::{
    atlas::Location,
    workbench::{
        Command, WholeSetTask, Workbench,
        model::judgement::{Judgement, Reviewed},
    },
};

/// How one looks at the model.
#[derive(Clone, Debug)]
pub struct ModelView {
    /// What is shown.
    pub tab: ModelTab,
    /// The threshold that is tried for each location.
    pub thresholds: [f32; Location::COUNT],
    /// The pattern of samples as it is being typed; `None`: as the project has it.
    pub samples: Option<String>,
    /// The list of doubts.
    pub doubts: doubts::DoubtView,
}

impl Default for ModelView {
    fn default() -> Self {
        Self {
            tab: ModelTab::default(),
            thresholds: [0.5; Location::COUNT],
            samples: None,
            doubts: doubts::DoubtView::default(),
        }
    }
}

/// What is shown of the model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ModelTab {
    /// How good the rule of each location is.
    #[default]
    Locations,
    /// Labels that are probably wrong or missing.
    Doubts,
    /// Each training, one after another.
    Course,
    /// How is learnt.
    Settings,
}

impl ModelTab {
    /// All tabs.
    pub const ALL: [Self; 4] = [Self::Locations, Self::Doubts, Self::Course, Self::Settings];

    /// Its title.
    pub fn name(self) -> &'static str {
        match self {
            Self::Locations => "Locations",
            Self::Doubts => "Doubtful labels",
            Self::Course => "Course",
            Self::Settings => "Settings",
        }
    }
}

/// What is made for the model once and shown in many frames.
#[derive(Default)]
pub struct ModelParts {
    doubts: DoubtTextures,
    heaviest: Heaviest,
}

/// Draws the model and takes what is done with it into the view.
pub fn model_ui(
    ui: &mut Ui,
    workbench: &Workbench,
    view: &mut View,
    parts: &mut ModelParts,
    commands: &mut Vec<Command>,
) {
    if workbench.set_cells().is_none_or(|cells| cells.count() == 0) {
        nothing_ui(ui, workbench, commands);
        return;
    }
    bar::bar_ui(ui, workbench, view, commands);
    ui.horizontal(|ui| {
        for tab in ModelTab::ALL {
            ui.selectable_value(&mut view.model.tab, tab, tab.name());
        }
    });
    ui.separator();
    match view.model.tab {
        ModelTab::Locations => locations::locations_ui(ui, workbench, view, &mut parts.heaviest),
        ModelTab::Doubts => doubts::doubts_ui(ui, workbench, view, &mut parts.doubts, commands),
        ModelTab::Course => course::course_ui(ui, workbench),
        ModelTab::Settings => {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                settings::settings_ui(ui, workbench, view, commands);
            });
        }
    }
}

/// What to do when no cell is measured.
fn nothing_ui(ui: &mut Ui, workbench: &Workbench, commands: &mut Vec<Command>) {
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.35);
        ui.heading("What the labels look like, learnt from the cells");
        if workbench.whole_set_task() == Some(WholeSetTask::Measure) {
            ui.label("The cells of all images are being measured; then they are learnt from.");
            ui.add(Busy);
            return;
        }
        ui.label("The model needs the cells of all images.");
        ui.add_space(6.0);
        super::gallery::measure_ui(ui, workbench, "Measure the cells of all images", commands);
    });
}

/// Why there is no model yet.
fn nothing_learnt_ui(ui: &mut Ui, workbench: &Workbench) -> egui::Response {
    if workbench.learning().is_some() {
        ui.label("The model is learning for the first time.")
    } else if workbench.whole_set_task().is_some() {
        ui.label("The cells of all images are being measured; what they look like is learnt as soon as they are there.")
    } else {
        ui.label("Nothing is learnt yet: press \"Learn\" above.")
    }
}

/// What is found of given or absent labels by those who looked, and what that says of the others; `None` before anyone did.
pub fn review_words(judged: &Judgement, location: Option<Location>, is_given: bool) -> Option<String> {
    let Reviewed { reviewed, changed, open } = judged.reviewed(location, is_given);
    let left = WrongLeft::estimated(reviewed, changed, open)?;
    let (low, high) = crate::score::interval::wilson(changed, reviewed)?;
    let [share, low, high] = [changed as f64 / reviewed as f64, low, high].map(|share| 100.0 * share);
    let what = if is_given { "wrong" } else { "missing" };
    Some(format!(
        "Of {reviewed} reviewed, {share:.0} % were {what} ({low:.0} to {high:.0} %). If as many of the {open} others are, \
         {:.0} are left.",
        left.estimate
    ))
}

/// What the words of [`review_words`] mean.
pub const REVIEW_HOVER: &str = "The interval is that of 95 % confidence. What was looked at first because it was doubtful \
                                is wrong more often than the rest: then fewer are left than this says. Labels reviewed in \
                                random order speak for all.";

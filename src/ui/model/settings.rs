//! How is learnt: few numbers in plain words; on request which ranks best, and how frequent locations are.

use std::collections::BTreeMap;

use egui::{Button, ProgressBar, RichText, TextEdit, Ui};

use crate::{
    atlas::Location,
    pipeline::classifier::{SamplePattern, TrainingParams},
    project::Edit,
    ui::{
        parameter_ui::{Scale, parameter_ui},
        view::View,
    },
    workbench::{Command, Workbench},
};

/// Draws the settings.
pub fn settings_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, commands: &mut Vec<Command>) {
    ui.set_max_width(560.0);
    let before = workbench.project().training();
    let (mut params, usual) = (before.clone(), TrainingParams::default());
    let logarithmic = Scale { speed: 0.5, decimals: 3, is_logarithmic: true, slider_to: None };
    parameter_ui(ui, &TrainingParams::REGULARISATION, &mut params.regularisation, usual.regularisation, logarithmic);
    for (parameter, value, usual) in [
        (&TrainingParams::COMPONENTS, &mut params.components, usual.components),
        (&TrainingParams::FOLDS, &mut params.folds, usual.folds),
    ] {
        let mut number = f64::from(*value);
        parameter_ui(ui, parameter, &mut number, f64::from(usual), Scale::WHOLE);
        *value = number.round() as u32;
    }
    if params != *before {
        commands.push(Command::Edit(Edit::Training(params)));
    }
    ui.add_space(8.0);
    tuning_ui(ui, workbench, commands);
    ui.add_space(8.0);
    priors_ui(ui, workbench, commands);
    ui.add_space(8.0);
    samples_ui(ui, workbench, view, commands);
}

fn tuning_ui(ui: &mut Ui, workbench: &Workbench, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        let is_free = workbench.learning().is_none() && workbench.tuning().is_none() && workbench.model().is_some();
        let button = ui.add_enabled(is_free, Button::new("Try which regularisation ranks best"));
        let hover = "Cross-validates eight of them and takes the best, as one step that can be undone. Where labels are \
                     noisy, what ranks them best need not be nearest to the truth.";
        if button.on_hover_text(hover).clicked() {
            commands.push(Command::Tune);
        }
        if let Some(share) = workbench.tuning() {
            ui.add(ProgressBar::new(share).desired_width(120.0));
            if ui.button("Stop").clicked() {
                commands.push(Command::StopLearning);
            }
        }
    });
    let Some(tuned) = &workbench.results().tuned else { return };
    let shown = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.4}"));
    egui::Grid::new("tried regularisations").num_columns(3).spacing([16.0, 3.0]).striped(true).show(ui, |ui| {
        for title in ["Regularisation", "Mean AP, all labels", "Mean AP, decided cells"] {
            ui.strong(title);
        }
        ui.end_row();
        for tried in &tuned.value {
            ui.label(tried.regularisation.to_string());
            ui.label(shown(tried.mean));
            ui.label(shown(tried.mean_of_decided));
            ui.end_row();
        }
    });
}

/// How frequent locations are on cells.
fn priors_ui(ui: &mut Ui, workbench: &Workbench, commands: &mut Vec<Command>) {
    let training = workbench.project().training();
    ui.horizontal(|ui| {
        let is_judged = workbench.model().is_some_and(|model| model.judged().is_some());
        let is_free = workbench.learning().is_none() && workbench.tuning().is_none() && is_judged && !workbench.is_model_of_other_lessons();
        let button = ui.add_enabled(is_free, Button::new("Set base rates right by decided cells"));
        let hover = "A location may be on fewer cells than the labels of their images say, or on more. This multiplies its \
                     odds by what makes the decisions about cells most probable, checked by cross-validation, as one step \
                     that can be undone. Probabilities and exported confidences move; which cell is more probable than \
                     which other stays. It needs ten decided cells of a location, best decided about in random order: of \
                     doubtful cells more labels are wrong than of others.";
        if button.on_hover_text(hover).clicked() {
            commands.push(Command::FitPriors);
        }
        let reset = ui.add_enabled(!training.priors.is_empty(), Button::new("Take them from labels again"));
        if reset.on_hover_text("Lets every location be as frequent as labels say, as it is usually.").clicked() {
            commands.push(Command::EndGesture);
            commands.push(Command::Edit(Edit::Training(TrainingParams {
                priors: BTreeMap::new(),
                ..training.clone()
            })));
        }
    });
    let tried = workbench.results().priors.as_ref().map(|tried| tried.value.as_slice()).unwrap_or_default();
    let tried_of = |location| tried.iter().find(|tried| tried.location == location);
    let is_shown = |location: &Location| {
        training.priors.contains_key(location) || tried_of(*location).is_some_and(|tried| tried.yes + tried.no > 0)
    };
    let shown: Vec<Location> = Location::all().filter(is_shown).collect();
    if shown.is_empty() {
        return;
    }
    egui::Grid::new("base rates").num_columns(4).spacing([16.0, 3.0]).striped(true).show(ui, |ui| {
        for title in ["Location", "Decided yes / no", "Odds", "Log loss before / after"] {
            ui.strong(title);
        }
        ui.end_row();
        for location in shown {
            let tried = tried_of(location);
            ui.label(location.name());
            ui.label(tried.map_or_else(|| "–".to_owned(), |tried| format!("{} / {}", tried.yes, tried.no)));
            ui.label(format!("× {:.2}", training.prior_of(location)));
            let losses = tried.and_then(|tried| tried.choice).map_or_else(
                || "–".to_owned(),
                |choice| format!("{:.3} / {:.3}", choice.loss_before, choice.loss_after),
            );
            ui.label(losses);
            ui.end_row();
        }
    });
}

/// What of an image's ID names its sample.
fn samples_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, commands: &mut Vec<Command>) {
    let project = workbench.project();
    let text = view.model.samples.get_or_insert_with(|| project.samples().unwrap_or_default().to_owned());
    let label = ui.label("Images of one sample have in common what this pattern takes from their IDs:");
    let edit = ui.add(TextEdit::singleline(text).hint_text(r"none, such as ^(\d+_[A-H]\d+)_").desired_width(320.0));
    let edit = edit.labelled_by(label.id).on_hover_text(
        "A regular expression with one group in brackets. Images of one sample look alike, so they are judged by rules that \
         have seen none of them. Empty: each image by itself.",
    );
    let (wanted, has_focus) = (text.trim().to_owned(), edit.has_focus());
    if let Some(Err(error)) = (!wanted.is_empty()).then(|| SamplePattern::new(&wanted)) {
        ui.label(RichText::new(error.to_string()).color(ui.visuals().error_fg_color));
    } else if edit.lost_focus() {
        let wanted = (!wanted.is_empty()).then_some(wanted);
        if wanted.as_deref() != project.samples() {
            commands.push(Command::Edit(Edit::Samples(wanted)));
        }
    }
    if !has_focus && !edit.lost_focus() && view.model.samples.as_deref() != Some(project.samples().unwrap_or_default())
    {
        // An undo has changed it, or what was typed is no pattern and is still being mended.
        let is_sound =
            view.model.samples.as_deref().is_some_and(|text| text.is_empty() || SamplePattern::new(text).is_ok());
        if is_sound {
            view.model.samples = None;
        }
    }
}

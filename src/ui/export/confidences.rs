//! How confidences are made of probabilities, and what each step does to the score.

use egui::{ComboBox, Grid, RichText, Ui};

use super::super::{
    busy::Busy,
    dialogs::Choice,
    parameter_ui::{Scale, parameter_ui},
    view::View,
};
use crate::{
    atlas::Location,
    pipeline::post_processing::{ImageSays, NegativeRule, PostProcessingParams},
    project::Edit,
    workbench::{Command, Workbench, export::effects::LocalScore},
};

/// Weights and penalties.
const PENALTY: Scale = Scale { speed: 0.01, decimals: 2, is_logarithmic: false, slider_to: None };

/// Draws the settings and their effect.
pub fn confidences_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, choice: &mut Option<Choice>) {
    let before = workbench.project().post_processing();
    let mut params = before.clone();
    ui.strong("Confidences").on_hover_text(
        "How the confidences of the submission are made of the probabilities that were learnt. \
         As it is at first, they are the probabilities.",
    );
    image_ui(ui, &mut params, &mut view.export.location);
    parameter_ui(ui, &PostProcessingParams::BORDER_PENALTY, &mut params.border_penalty, 0.0, PENALTY);
    parameter_ui(ui, &PostProcessingParams::SIZE_PENALTY, &mut params.size_penalty, 0.0, PENALTY);
    ui.horizontal(|ui| {
        ui.label("Negative");
        ui.selectable_value(&mut params.negative, NegativeRule::OwnModel, "as learnt")
            .on_hover_text("As confident as the rule for Negative is.");
        ui.selectable_value(&mut params.negative, NegativeRule::OneMinusHighest, "1 − highest")
            .on_hover_text("As confident as the most probable other location leaves.");
    });
    if params != *before {
        *choice = Some(Choice::Run(Command::Edit(Edit::PostProcessing(params))));
    }
    ui.add_space(6.0);
    effects_ui(ui, workbench);
}

/// What the image says, and how much that counts.
fn image_ui(ui: &mut Ui, params: &mut PostProcessingParams, location: &mut Location) {
    ui.horizontal(|ui| {
        ui.label("The image says");
        ui.selectable_value(&mut params.image_says, ImageSays::Mean, "its cells' mean")
            .on_hover_text("The mean probability of all its cells.");
        ui.selectable_value(&mut params.image_says, ImageSays::Label, "its label")
            .on_hover_text("1 if it has the label, else 0; an image without labels says the mean of its cells.");
    });
    parameter_ui(ui, &PostProcessingParams::IMAGE_WEIGHT, &mut params.image_weight, 0.0, PENALTY);
    let own = params.own_image_weights.len();
    let title = if own == 0 {
        "Weights of single locations".to_owned()
    } else {
        format!("Weights of single locations ({own})")
    };
    ui.collapsing(title, |ui| {
        ui.horizontal(|ui| {
            ComboBox::from_id_salt("location with a weight").selected_text(location.name()).width(190.0).show_ui(
                ui,
                |ui| {
                    for other in Location::all() {
                        ui.selectable_value(location, other, other.name());
                    }
                },
            );
            if ui.button("Give it a weight").clicked() {
                params.own_image_weights.entry(*location).or_insert(params.image_weight);
            }
        });
        let mut taken = None;
        for (location, weight) in &mut params.own_image_weights {
            ui.horizontal(|ui| {
                let range = PostProcessingParams::IMAGE_WEIGHT.range;
                let number = ui.add(egui::DragValue::new(weight).range(range).speed(0.01).max_decimals(2));
                number.widget_info(|| {
                    egui::WidgetInfo::labeled(egui::Role::SpinButton, true, format!("Weight of {}", location.name()))
                });
                ui.label(location.name());
                if ui.small_button("×").on_hover_text("Back to the common weight").clicked() {
                    taken = Some(*location);
                }
            });
        }
        if let Some(location) = taken {
            params.own_image_weights.remove(&location);
        }
    });
}

/// The score before, after each step alone, and after all.
fn effects_ui(ui: &mut Ui, workbench: &Workbench) {
    ui.strong("Effect on the score").on_hover_text(
        "How well confidences rank the cells of which one knows what they show: by a truth beside the images, \
         else by what people decided. 1 is perfect.",
    );
    let Some((predicted, is_current)) = workbench.predicted() else {
        ui.weak("Not known before something was learnt.");
        return;
    };
    let Some((effects, is_fresh)) = workbench.effects() else {
        ui.add(Busy);
        return;
    };
    let Some(before) = effects.before else {
        ui.weak("Too few decisions: of some location a cell must be known that shows it, and one that does not.");
        return;
    };
    let text = |text: String| if is_fresh { RichText::new(text) } else { RichText::new(text).weak() };
    let number = |score: Option<LocalScore>| {
        score.map_or_else(|| "–".to_owned(), |score| format!("{:.4}", score.mean_average_precision))
    };
    let gain = |score: Option<LocalScore>| {
        score.map_or_else(String::new, |score| {
            format!("{:+.4}", score.mean_average_precision - before.mean_average_precision)
        })
    };
    Grid::new("effects").num_columns(3).spacing([18.0, 3.0]).show(ui, |ui| {
        ui.label("probabilities");
        ui.label(text(number(effects.before)));
        ui.end_row();
        for (step, score) in &effects.alone {
            ui.label(step.name());
            ui.label(text(number(*score)));
            ui.label(text(gain(*score)));
            ui.end_row();
        }
        if !effects.alone.is_empty() {
            ui.strong("all together");
            ui.label(text(number(effects.after)).strong());
            ui.label(text(gain(effects.after)).strong());
            ui.end_row();
        }
    });
    let words = format!(
        "Mean average precision of {} locations by {}, {} answers.",
        before.locations,
        predicted.known_from.name(),
        before.answers
    );
    ui.label(RichText::new(words).weak().size(11.5));
    if !is_current {
        ui.label(
            RichText::new("Decisions have changed since this was learnt.").size(11.5).color(ui.visuals().warn_fg_color),
        );
    }
}

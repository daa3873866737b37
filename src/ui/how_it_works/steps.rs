//! The steps one below the other: pictures, what happens in them, the parameters that govern them, and their numbers.

use std::sync::Arc;

use egui::{Color32, Grid, Rect, RichText, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::evidence::evidence_ui;
use crate::{
    pipeline::explanation::{Fact, Step},
    ui::{
        parameter_ui::capitalised,
        textures::{Slot, picture_image},
    },
};

/// The longer side of a picture on the screen.
const SIDE: f32 = 270.0;
/// With so many pictures the text stands above them, with fewer beside them.
const MANY: usize = 3;
/// No picture is smaller, in points.
const SMALLEST: f32 = 120.0;
/// Text is not narrower.
const NARROWEST: f32 = 200.0;

/// Draws the steps; returns whether a parameter is to be changed, which is offered if `can_change`.
pub fn steps_ui(ui: &mut Ui, steps: &Arc<Vec<Step>>, pictures: &mut [Slot], can_change: bool) -> bool {
    let (mut first, mut is_asked) = (0, false);
    for (at, step) in steps.iter().enumerate() {
        ui.add_space(12.0);
        let own = &mut pictures[first..first + step.figures.len()];
        let mut figures = Figures { steps, at, first, pictures: own };
        first += step.figures.len();
        let (gap, width) = (ui.spacing().item_spacing.x, ui.available_width());
        let beside = step.figures.len() as f32 * (SIDE + gap);
        let is_beside = step.figures.len() < MANY && width - beside >= NARROWEST;
        // As many as stand beside each other at least.
        let side = if is_beside { SIDE } else { ((width - MANY as f32 * gap) / MANY as f32).clamp(SMALLEST, SIDE) };
        if is_beside {
            ui.horizontal_top(|ui| {
                figures.ui(ui, side);
                ui.vertical(|ui| is_asked |= text_ui(ui, at, step, can_change));
            });
        } else {
            is_asked |= text_ui(ui, at, step, can_change);
            ui.horizontal_wrapped(|ui| figures.ui(ui, side));
        }
        facts_ui(ui, &step.title, &step.facts);
        for evidence in &step.evidence {
            evidence_ui(ui, evidence);
        }
    }
    is_asked
}

/// The pictures of a step.
struct Figures<'a> {
    steps: &'a Arc<Vec<Step>>,
    /// The step.
    at: usize,
    /// The number of its first picture among those of all steps.
    first: usize,
    pictures: &'a mut [Slot],
}

impl Figures<'_> {
    fn ui(&mut self, ui: &mut Ui, side: f32) {
        let step = &self.steps[self.at];
        for (number, (figure, slot)) in step.figures.iter().zip(self.pictures.iter_mut()).enumerate() {
            let (height, width) = figure.picture.size();
            let size = vec2(width as f32, height as f32);
            let size = size * (side / size.max_elem().max(1.0));
            ui.allocate_ui(vec2(side, size.y + 20.0), |ui| {
                ui.vertical(|ui| {
                    ui.set_width(side);
                    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
                    let words = format!("{}: {}", step.title, figure.caption);
                    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
                    // What is scrolled away need not be on the graphics card.
                    if ui.is_rect_visible(rect) {
                        let at = self.at;
                        let source = (self.steps, (self.first + number) as u64);
                        let texture = slot.show_made(ui.ctx(), "step", source, |steps| {
                            picture_image(&steps[at].figures[number].picture)
                        });
                        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                        ui.painter().image(texture.id(), rect, whole, Color32::WHITE);
                    }
                    ui.label(RichText::new(&figure.caption).weak().size(11.5));
                });
            });
        }
    }
}

fn text_ui(ui: &mut Ui, at: usize, step: &Step, can_change: bool) -> bool {
    let mut is_asked = false;
    ui.label(RichText::new(format!("{}  {}", at + 1, step.title)).strong().size(15.0));
    ui.label(&step.sentence);
    for setting in &step.settings {
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(capitalised(setting.name)).strong()).on_hover_text(setting.hover);
            ui.label(&setting.value).on_hover_text(setting.hover);
            if can_change {
                is_asked |= ui.link("Change").on_hover_text("Goes to its slider in the segmentation tab.").clicked();
            }
        });
    }
    is_asked
}

fn facts_ui(ui: &mut Ui, title: &str, facts: &[Fact]) {
    if facts.is_empty() {
        return;
    }
    // Values take up to some 320 points.
    let width = (ui.available_width() - 340.0).max(NARROWEST);
    Grid::new(("facts", title)).num_columns(2).spacing([14.0, 2.0]).striped(true).show(ui, |ui| {
        for Fact { words, value } in facts {
            ui.vertical(|ui| {
                ui.set_max_width(width);
                ui.label(words);
            });
            ui.label(value);
            ui.end_row();
        }
    });
}

/// Room for something of this size, for what is drawn by hand.
pub fn room(ui: &mut Ui, size: Vec2, words: &str) -> (Rect, egui::Response) {
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, words));
    (rect, response)
}

//! The settings side by side: the present one and the nine best, each as a picture of the same image with its cells, all
//! magnified alike.

use egui::{
    Color32, Pos2, Rect, Response, RichText, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::{Tuning, TuningView};
use crate::{
    pipeline::tuning::{Tried, changes},
    ui::{busy::Busy, view::View},
    workbench::{Workbench, tuning::TunedSet},
};

/// Tiles beside each other.
const COLUMNS: usize = 5;
/// Height of what is written below a picture, and space between tiles, in points.
const WORDS: f32 = 82.0;
const GAP: f32 = 8.0;
const MOST_ZOOM: f32 = 8.0;

/// Draws which image is shown, and the tiles.
pub fn tiles_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, tuning: &mut Tuning, tuned: &TunedSet) {
    view.tuning.rank = view.tuning.rank.min(tuned.images.len().saturating_sub(1));
    view.tuning.tile = view.tuning.tile.min(tuned.tuned.best.len());
    image_ui(ui, &mut view.tuning, tuned);
    let Some((image, _)) = tuned.image(view.tuning.rank) else { return };
    let tiles = tuned.tuned.best.len() + 1;
    let rows = tiles.div_ceil(COLUMNS) as f32;
    let room = ui.available_size() - vec2(0.0, 40.0);
    let across = (room.x - GAP * (COLUMNS as f32 - 1.0)) / COLUMNS as f32;
    let side = across.min(room.y / rows - WORDS - GAP).max(90.0);
    for row in 0..tiles.div_ceil(COLUMNS) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            for tile in (row * COLUMNS..tiles).take(COLUMNS) {
                let Some(tried) = tuned.tried(tile) else { continue };
                ui.allocate_ui(vec2(side, side + WORDS), |ui| {
                    ui.vertical(|ui| {
                        ui.set_width(side);
                        let response = tile_ui(ui, workbench, &view.tuning, tuning, tile, (tried, image), side);
                        steer(ui, &response, &mut view.tuning);
                        if response.clicked() {
                            view.tuning.tile = tile;
                        }
                        words_ui(ui, tuned, tile, tried, image);
                    });
                });
            }
        });
    }
}

/// Which image, and others.
fn image_ui(ui: &mut Ui, view: &mut TuningView, tuned: &TunedSet) {
    ui.horizontal(|ui| {
        let last = tuned.images.len().saturating_sub(1);
        if ui.add_enabled(view.rank > 0, egui::Button::new("Worse")).on_hover_text("The image before it, which is worse (Left)").clicked() {
            view.rank -= 1;
        }
        if ui.add_enabled(view.rank < last, egui::Button::new("Better")).on_hover_text("The image after it, which is better (Right)").clicked() {
            view.rank += 1;
        }
        let Some((at, image)) = tuned.image(view.rank) else { return };
        let now = tuned.tuned.present.by_image.get(at).copied().unwrap_or_default();
        let text = format!("Image {} of {}: {}", view.rank + 1, tuned.images.len(), image.id);
        ui.label(RichText::new(text).strong()).on_hover_text(
            "The worst image comes first: where the present setting scores least, and of equals where the settings differ \
             most from it.",
        );
        ui.weak(format!("now {now:.2}, {} marked{}", image.marks.len(), if image.has_reference { ", with reference masks" } else { "" }));
        ui.weak("Wheel: zoom all. Drag: move all.");
        if view.zoom > 1.0 && ui.small_button("Whole image").clicked() {
            view.zoom = 1.0;
        }
    });
}

fn tile_ui(
    ui: &mut Ui,
    workbench: &Workbench,
    view: &TuningView,
    tuning: &mut Tuning,
    tile: usize,
    (tried, image): (&Tried, usize),
    side: f32,
) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::click_and_drag());
    let is_chosen = view.tile == tile;
    let score = tried.by_image.get(image).copied().unwrap_or_default();
    response.widget_info(|| {
        WidgetInfo::selected(Role::Button, true, is_chosen, format!("{}: {score:.2} in this image", title(tile)))
    });
    let painter = ui.painter_at(rect.expand(3.0));
    painter.rect_filled(rect, 2.0, Color32::from_gray(12));
    match workbench.tile(view.rank, tile) {
        Some(picture) => {
            let slot = tuning.pictures.entry((view.rank, tile)).or_default();
            let texture = slot.show(ui.ctx(), "setting", picture);
            let place = fitted(rect, texture.size_vec2());
            painter.image(texture.id(), place, seen(view), Color32::WHITE);
        }
        None => {
            ui.put(Rect::from_center_size(rect.center(), Vec2::splat(20.0)), Busy);
        }
    }
    if is_chosen {
        let stroke = Stroke::new(3.0, ui.visuals().selection.bg_fill);
        painter.rect_stroke(rect.expand(1.5), 2.0, stroke, StrokeKind::Middle);
    }
    response
}

fn title(tile: usize) -> String {
    if tile == 0 { "Present setting".to_owned() } else { format!("Setting {tile}") }
}

/// The largest rectangle of the picture's shape in the middle of `rect`.
fn fitted(rect: Rect, size: Vec2) -> Rect {
    let scale = (rect.width() / size.x).min(rect.height() / size.y);
    Rect::from_center_size(rect.center(), size * scale)
}

/// The part of the image that all tiles show, as shares of it.
fn seen(view: &TuningView) -> Rect {
    let half = 0.5 / view.zoom;
    let within = |at: f32| at.clamp(half, 1.0 - half);
    Rect::from_center_size(pos2(within(view.centre.x), within(view.centre.y)), Vec2::splat(2.0 * half))
}

/// Wheel and pinch zoom at the pointer, a drag moves: all tiles alike.
fn steer(ui: &Ui, response: &Response, view: &mut TuningView) {
    let before = seen(view);
    if response.dragged() {
        let drag = response.drag_delta() / response.rect.size() * before.size();
        view.centre = before.center() - drag;
    }
    if let Some(pointer) = response.hover_pos() {
        let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
        let factor = pinch * (scroll / 240.0).exp();
        if factor.to_bits() != 1.0_f32.to_bits() {
            let share = (pointer - response.rect.min) / response.rect.size();
            let fixed: Pos2 = before.min + share * before.size();
            view.zoom = (view.zoom * factor).clamp(1.0, MOST_ZOOM);
            view.centre = fixed + (Vec2::splat(0.5) - share) / view.zoom;
        }
    }
    view.centre = seen(view).center();
}

/// What the setting is and how good.
fn words_ui(ui: &mut Ui, tuned: &TunedSet, tile: usize, tried: &Tried, image: usize) {
    let here = tried.by_image.get(image).copied().unwrap_or_default();
    let text = format!("{}: {:.2}", title(tile), tried.score);
    ui.add(egui::Label::new(RichText::new(text).strong()).truncate()).on_hover_text(format!(
        "In the mean of all images with examples; {here:.2} in this one. 1 is all that was asked for."
    ));
    let changes = changes(&tuned.tuned.present.params, &tried.params);
    for change in &changes {
        let text = format!("{} {} (now {})", change.name, number(change.to), number(change.from));
        ui.add(egui::Label::new(RichText::new(&text).size(11.5)).truncate())
            .on_hover_text(format!("{text}: {}", change.effect));
    }
    let effects = changes.iter().map(|change| change.effect).collect::<Vec<_>>().join(", ");
    if !effects.is_empty() {
        ui.add(egui::Label::new(RichText::new(&effects).size(11.5).weak()).truncate()).on_hover_text(effects);
    }
}

/// As few digits as tell it.
fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

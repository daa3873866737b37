//! The picture in the middle: zoom, pan, the composite or a stage, cells over it, what is under the pointer.

use std::{sync::Arc, time::Duration};

use egui::{Color32, CursorIcon, Mesh, Painter, PointerButton, Pos2, Rect, Response, Sense, Ui, Vec2, pos2};

use super::{
    actions::Action,
    busy::Busy,
    camera::{Camera, whole},
    compare,
    composed::{Composed, Place, Scene},
    export::draw_masks,
    hand::{self, Tool},
    layers::{fill_image, number_of, stage_image},
    overlay::{self, WHOLE},
    scale_bar,
    screen_copy::ScreenCopy,
    textures::Slot,
    tuning,
    view::{Layer, View},
};
use crate::workbench::{
    Command, Focus, Workbench,
    results::{CellsKey, PictureKey},
};

/// What the canvas has drawn last, by what that was computed from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawn {
    /// The picture.
    pub picture: Option<PictureKey>,
    /// The cells.
    pub cells: Option<CellsKey>,
}

/// Textures of the canvas.
#[derive(Default)]
pub struct CanvasTextures {
    pub drawn: Drawn,
    /// The canvas in one piece, where that is quicker than the layers below.
    composed: Option<Composed>,
    picture: Slot,
    layer: Slot,
    fill: Slot,
}

impl CanvasTextures {
    /// For a window that `gl` draws; without it, for one that nothing draws.
    pub fn new(gl: Option<&eframe::glow::Context>) -> Self {
        Self { composed: gl.and_then(ScreenCopy::if_worth_it).map(Composed::new), ..Self::default() }
    }

    /// Whether it is the processor that draws, so that every layer costs time.
    pub fn draws_slowly(&self) -> bool {
        self.composed.is_some()
    }
}

/// How long a frame may wait for what it is to show: so long that most changes are to be seen in the frame that hears of
/// them, and that the frame does not become a jolt.
const PATIENCE: Duration = Duration::from_millis(6);

/// Waits a little for what the canvas is to show, and shows it in the frame that is being drawn. Where the processor draws,
/// this is quicker than a frame without it and another one with it, which take the time from the very work they wait for.
pub fn wait_a_little(workbench: &mut Workbench, focus: &Focus, textures: &mut CanvasTextures) {
    let Some(composed) = textures.composed.as_mut().filter(|composed| composed.works()) else { return };
    let Some(index) = focus.field.filter(|_| focus.part.is_some()) else { return };
    if !workbench.wait_for_view(focus, PATIENCE) {
        return;
    }
    let key = workbench.field_key(index);
    if textures.drawn.picture.as_ref().is_none_or(|picture| picture.field != key) {
        return;
    }
    let picture = workbench.results().picture(key);
    let cells = workbench.results().cells.as_ref().filter(|cells| cells.inputs.field == key);
    composed.show_news(
        picture.map(|picture| (Arc::clone(&picture.value), picture.inputs.part.clone())),
        cells.map(|cells| (Arc::clone(&cells.value), Some(&cells.inputs) == workbench.cells_key(index).as_ref())),
    );
    textures.drawn.picture = picture.map(|picture| picture.inputs.clone());
    textures.drawn.cells = textures.drawn.cells.take().and(cells).map(|cells| cells.inputs.clone());
}

/// Draws the canvas and takes what is done on it into the view.
pub fn canvas_ui(
    ui: &mut Ui,
    workbench: &Workbench,
    view: &mut View,
    textures: &mut CanvasTextures,
    commands: &mut Vec<Command>,
) {
    let screen = ui.available_rect_before_wrap();
    let response = ui.allocate_rect(screen, Sense::click_and_drag());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, "Canvas"));
    let painter = ui.painter_at(screen);
    let ground = Color32::from_gray(if ui.visuals().dark_mode { 12 } else { 40 });
    view.pointed = None;
    textures.drawn = Drawn::default();
    let Some(index) = view.field else {
        painter.rect_filled(screen, 0.0, ground);
        return;
    };
    let key = workbench.field_key(index);
    let Some(field) = workbench.results().field(key) else {
        painter.rect_filled(screen, 0.0, ground);
        waiting_ui(ui, screen, workbench.results().failure(key));
        return;
    };
    let size = field.size();
    let mut camera = view.camera.unwrap_or_else(|| Camera::fitting(size, screen));
    if let Some((row, col)) = view.go_to.take() {
        camera.centre = pos2(col as f32 + 0.5, row as f32 + 0.5);
        camera.zoom = camera.zoom.max(1.0);
    }
    steer(ui, &response, screen, &mut camera, size, view.hand.tool);
    view.camera = Some(camera);
    view.seen = camera.seen(size, screen);
    view.part = camera.part(size, screen, ui.ctx().pixels_per_point());
    // The next one is probably of the same size.
    view.next_part = Camera::fitting(size, screen).part(size, screen, ui.ctx().pixels_per_point());

    let cells = workbench.results().cells.as_ref().filter(|cells| cells.inputs.field == key);
    let is_fresh = cells.is_some_and(|cells| Some(&cells.inputs) == workbench.cells_key(index).as_ref());
    let colours = view.cell_colours(workbench, index);
    let scene = Scene {
        place: Place { camera, screen, pixels_per_point: ui.ctx().pixels_per_point() },
        ground,
        picture: workbench.results().picture(key).map(|there| (Arc::clone(&there.value), there.inputs.part.clone())),
        cells: cells.map(|cells| (Arc::clone(&cells.value), is_fresh)),
        layer: view.kept.layer,
        overlay: view.kept.overlay.clone(),
        colours,
    };
    let in_one = textures.composed.as_mut().filter(|composed| composed.works());
    let is_in_one = in_one.is_some();
    match in_one {
        Some(composed) => drop(painter.add(composed.show(&scene))),
        None => draw_layers(ui, &painter, &scene, size, textures),
    }
    textures.drawn.picture = workbench.results().picture(key).map(|picture| picture.inputs.clone());
    if let Some(pointer) = response.hover_pos() {
        let point = camera.image_from_screen(pointer, screen);
        if whole(size).contains(point) {
            view.pointed = Some(((point.y as usize).min(size.0 - 1), (point.x as usize).min(size.1 - 1)));
        }
    }
    let pointed_cell = cells.zip(view.pointed).map(|(cells, pointed)| cells.value.cell_mask().id(pointed));
    let pointed_cell = pointed_cell.filter(|&id| id > 0);
    if response.clicked() && matches!(view.hand.tool, Tool::Select | Tool::Merge) {
        view.selected_cell = pointed_cell;
    }
    if is_fresh {
        view.hand.settling.clear();
    }
    if let Some(cells) = cells {
        let pixel_at = |place: Pos2| {
            let point = camera.image_from_screen(place, screen);
            let within = |at: f32, side: usize| (at.max(0.0) as u32).min(side.saturating_sub(1) as u32);
            (within(point.y, size.0), within(point.x, size.1))
        };
        let done = hand::work(ui, &response, &mut view.hand, &cells.value, view.selected_cell, pixel_at);
        commands.extend(done.and_then(|correction| hand::command(workbench, index, correction)));
    }
    if let Some(cells) = cells.filter(|_| view.kept.overlay.shown) {
        let emphasis = overlay::Emphasis { pointed: pointed_cell, selected: view.selected_cell, is_fresh };
        let (special, plain) = (emphasis.special(), emphasis.plain(&scene.colours));
        overlay::draw(&painter, &cells.value, &view.kept.overlay, &scene.place, |outline, is_nucleus| {
            special(outline, is_nucleus).or_else(|| plain(outline, is_nucleus).filter(|_| !is_in_one))
        });
        textures.drawn.cells = Some(cells.inputs.clone());
    }
    draw_masks(&painter, workbench, index, &scene.place);
    compare::draw(&painter, workbench, view, index, &scene.place);
    tuning::draw(&painter, workbench, index, &scene.place);
    hand::draw(&painter, &view.hand, &scene.place, response.hover_pos());
    if view.kept.scale_bar {
        scale_bar::draw(&painter, screen, &camera, workbench.project().pixel_size_um());
    }
    if view.kept.layer != Layer::Composite {
        let font = egui::TextStyle::Body.resolve(ui.style());
        let corner = screen.left_top() + Vec2::splat(10.0);
        let found = workbench.results().cells.as_ref();
        let method = found.map(|cells| cells.value.stages.method()).unwrap_or_default();
        painter.text(corner, egui::Align2::LEFT_TOP, view.kept.layer.name(method), font, Color32::WHITE);
    }
}

fn waiting_ui(ui: &mut Ui, screen: Rect, failure: Option<&str>) {
    let inside = screen.shrink(24.0);
    ui.scope_builder(egui::UiBuilder::new().max_rect(inside), |ui| {
        ui.vertical_centered(|ui| {
            ui.add_space(inside.height() * 0.4);
            match failure {
                Some(reason) => {
                    ui.heading(egui::RichText::new("This image cannot be read").color(Color32::LIGHT_RED));
                    ui.colored_label(Color32::LIGHT_GRAY, reason);
                    let keys = Action::Reload.key_text(ui.ctx());
                    let way = format!("Mend or replace the file, then press {keys}. All other images work.");
                    ui.colored_label(Color32::GRAY, way);
                }
                None => {
                    ui.add(Busy);
                }
            }
        });
    });
}

/// Wheel and pinch zoom at the pointer, a drag moves, a double click shows all. With a tool in the hand that is dragged, the
/// other buttons of the mouse move.
fn steer(ui: &Ui, response: &Response, screen: Rect, camera: &mut Camera, size: (usize, usize), tool: Tool) {
    if response.double_clicked() && tool == Tool::Select {
        *camera = Camera::fitting(size, screen);
    }
    let is_moved = response.dragged() && !(tool.is_dragged() && response.dragged_by(PointerButton::Primary));
    if is_moved {
        camera.pan(response.drag_delta());
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    }
    if let Some(pointer) = response.hover_pos() {
        let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
        let factor = pinch * (scroll / 240.0).exp();
        if factor.to_bits() != 1.0_f32.to_bits() {
            camera.zoom_at(factor, pointer, screen);
        }
    }
    camera.keep_on(size);
}

/// Fills what the picture leaves free. What is under it is not drawn, as that would take as long as the picture itself
/// where there is no graphics card.
fn fill_around(painter: &Painter, screen: Rect, covered: Rect, colour: Color32) {
    let inner = covered.intersect(screen);
    if !inner.is_positive() {
        painter.rect_filled(screen, 0.0, colour);
        return;
    }
    let mut around = Mesh::default();
    let mut add = |min: Pos2, max: Pos2| around.add_colored_rect(Rect::from_min_max(min, max), colour);
    add(screen.left_top(), pos2(screen.right(), inner.top()));
    add(pos2(screen.left(), inner.top()), inner.left_bottom());
    add(inner.right_top(), pos2(screen.right(), inner.bottom()));
    add(pos2(screen.left(), inner.bottom()), screen.right_bottom());
    painter.add(around);
}

/// Draws the picture, what is shown in its place and the cells' colours one over the other.
fn draw_layers(ui: &Ui, painter: &Painter, scene: &Scene, size: (usize, usize), textures: &mut CanvasTextures) {
    let Place { camera, screen, .. } = scene.place;
    let place = camera.rect_on_screen(whole(size), screen);
    let mut covered = Rect::NOTHING;
    if let Some((picture, part)) = &scene.picture {
        let texture = textures.picture.show(ui.ctx(), "picture", picture);
        covered = camera.rect_on_screen(Camera::rect_of(part), screen);
        painter.image(texture.id(), covered, WHOLE, Color32::WHITE);
    }
    fill_around(painter, screen, covered, scene.ground);
    let Some((cells, _)) = &scene.cells else { return };
    if let Some(stage) = scene.layer.stage() {
        let source = (cells, scene.layer.number());
        let texture = textures.layer.show_made(ui.ctx(), "stage", source, |cells| stage_image(&cells.stages, stage));
        painter.image(texture.id(), place, WHOLE, Color32::WHITE);
    }
    let opacity = scene.overlay.fill;
    if scene.overlay.shown && opacity > 0.0 {
        let (colours, source) = (&scene.colours, (cells, number_of(&scene.colours)));
        let fill = textures.fill.show_made(ui.ctx(), "cells", source, |cells| fill_image(cells, colours));
        painter.image(fill.id(), place, WHOLE, Color32::WHITE.gamma_multiply(opacity));
    }
}

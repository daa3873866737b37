//! The picture in the middle: zoom, pan, the composite or a stage, cells over it, what is under the pointer.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use egui::{Color32, ColorImage, CursorIcon, Mesh, Painter, Pos2, Rect, Response, Sense, Ui, Vec2, pos2};

use super::{
    camera::{Camera, whole},
    overlay, scale_bar,
    textures::Slot,
    view::{Layer, View},
};
use crate::{
    imaging::{Plane, distance::INFINITE},
    pipeline::{
        region_colours::{CellColours, colour_of_cell},
        segmentation::Stages,
    },
    workbench::{
        Workbench,
        results::{CellsKey, FieldKey, FoundCells, PictureKey},
    },
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
    picture: Slot,
    layer: Slot,
    fill: Slot,
}

/// Draws the canvas and takes what is done on it into the view.
pub fn canvas_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, textures: &mut CanvasTextures) {
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
    steer(ui, &response, screen, &mut camera, size);
    view.camera = Some(camera);
    view.seen = camera.seen(size, screen);
    view.part = camera.part(size, screen, ui.ctx().pixels_per_point());
    // The next one is probably of the same size.
    view.next_part = Camera::fitting(size, screen).part(size, screen, ui.ctx().pixels_per_point());

    let cells = workbench.results().cells.as_ref().filter(|cells| cells.inputs.field == key);
    let is_fresh = cells.is_some_and(|cells| Some(&cells.inputs) == workbench.cells_key(index).as_ref());
    let place = camera.rect_on_screen(whole(size), screen);
    let covered = draw_picture(ui, &painter, workbench, key, &camera, screen, textures);
    fill_around(&painter, screen, covered, ground);
    let colours = view.cell_colours(workbench, index);
    if let Some(cells) = cells {
        draw_layer(ui, &painter, &cells.value, view.kept.layer, place, textures);
        let opacity = view.kept.overlay.fill;
        if view.kept.overlay.shown && opacity > 0.0 {
            let source = (&cells.value, number_of(&colours));
            let fill = textures.fill.show_made(ui.ctx(), "cells", source, |cells| fill_image(cells, &colours));
            painter.image(fill.id(), place, overlay::WHOLE, Color32::WHITE.gamma_multiply(opacity));
        }
    }
    if let Some(pointer) = response.hover_pos() {
        let point = camera.image_from_screen(pointer, screen);
        if whole(size).contains(point) {
            view.pointed = Some(((point.y as usize).min(size.0 - 1), (point.x as usize).min(size.1 - 1)));
        }
    }
    let pointed_cell = cells.zip(view.pointed).map(|(cells, pointed)| cells.value.cell_mask.id(pointed));
    let pointed_cell = pointed_cell.filter(|&id| id > 0);
    if response.clicked() {
        view.selected_cell = pointed_cell;
    }
    if let Some(cells) = cells.filter(|_| view.kept.overlay.shown) {
        let emphasis = overlay::Emphasis { pointed: pointed_cell, selected: view.selected_cell, is_fresh };
        overlay::draw(&painter, &cells.value, &view.kept.overlay, &colours, &emphasis, &camera, screen);
        textures.drawn.cells = Some(cells.inputs.clone());
    }
    if view.kept.scale_bar {
        scale_bar::draw(&painter, screen, &camera, workbench.project().pixel_size_um());
    }
    if view.kept.layer != Layer::Composite {
        let font = egui::TextStyle::Body.resolve(ui.style());
        let corner = screen.left_top() + Vec2::splat(10.0);
        painter.text(corner, egui::Align2::LEFT_TOP, view.kept.layer.name(), font, Color32::WHITE);
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
                    ui.colored_label(Color32::GRAY, "Mend or replace the file, then press F5. All other images work.");
                }
                None => {
                    ui.spinner();
                }
            }
        });
    });
}

/// Wheel and pinch zoom at the pointer, a drag moves, a double click shows all.
fn steer(ui: &Ui, response: &Response, screen: Rect, camera: &mut Camera, size: (usize, usize)) {
    if response.double_clicked() {
        *camera = Camera::fitting(size, screen);
    }
    if response.dragged() {
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

/// Draws the picture as far as there is one, and returns the place that it covers.
fn draw_picture(
    ui: &Ui,
    painter: &Painter,
    workbench: &Workbench,
    key: FieldKey,
    camera: &Camera,
    screen: Rect,
    textures: &mut CanvasTextures,
) -> Rect {
    let Some(picture) = workbench.results().picture(key) else {
        return Rect::NOTHING;
    };
    let texture = textures.picture.show(ui.ctx(), "picture", &picture.value);
    let place = camera.rect_on_screen(Camera::rect_of(&picture.inputs.part), screen);
    painter.image(texture.id(), place, overlay::WHOLE, Color32::WHITE);
    textures.drawn.picture = Some(picture.inputs.clone());
    place
}

fn draw_layer(
    ui: &Ui,
    painter: &Painter,
    cells: &Arc<FoundCells>,
    layer: Layer,
    place: Rect,
    textures: &mut CanvasTextures,
) {
    if layer == Layer::Composite {
        return;
    }
    let texture =
        textures.layer.show_made(ui.ctx(), "stage", (cells, layer as u64), |cells| stage_image(&cells.stages, layer));
    painter.image(texture.id(), place, overlay::WHOLE, Color32::WHITE);
}

/// A stage as a picture: grey from 0 to its largest value, white for background, a colour for each region.
fn stage_image(stages: &Stages, layer: Layer) -> ColorImage {
    match layer {
        Layer::Composite | Layer::NucleiMedian => grey(&stages.nuclei_background.median, |&level| f32::from(level)),
        Layer::CellMedian => grey(&stages.cell_background.median, |&level| f32::from(level)),
        Layer::NucleiBackground => grey(&stages.nuclei_background.background, |&is| f32::from(u8::from(!is))),
        Layer::CellBackground => grey(&stages.cell_background.background, |&is| f32::from(u8::from(!is))),
        Layer::NucleiDistance => grey(&stages.nuclei.squared_distance, |&squared| distance(squared)),
        Layer::CellDistance => grey(&stages.cells.squared_distance, |&squared| distance(squared)),
        Layer::Markers => coloured(&stages.nuclei.markers, |id| colour(id, true)),
        Layer::NucleiWatershed => coloured(&stages.nuclei.mask, |id| colour(id, true)),
        Layer::CellWatershed => coloured(&stages.cells.mask, |id| colour(id, false)),
    }
}

fn distance(squared: u32) -> f32 {
    if squared == INFINITE { 0.0 } else { (squared as f32).sqrt() }
}

fn grey<T>(plane: &Plane<T>, value: impl Fn(&T) -> f32) -> ColorImage {
    let largest = plane.samples().iter().map(&value).fold(0.0, f32::max).max(f32::MIN_POSITIVE);
    let levels = plane.samples().iter().map(|sample| (255.0 * value(sample) / largest) as u8);
    ColorImage::from_gray_iter([plane.width(), plane.height()], levels)
}

fn coloured(mask: &Plane<u32>, colour: impl Fn(u32) -> Color32) -> ColorImage {
    ColorImage::new([mask.width(), mask.height()], mask.samples().iter().map(|&id| colour(id)).collect())
}

fn colour(id: u32, is_nucleus: bool) -> Color32 {
    colour_of_cell(id, is_nucleus).map_or(Color32::BLACK, rgb)
}

fn rgb([r, g, b]: [u8; 3]) -> Color32 {
    Color32::from_rgb(r, g, b)
}

/// Tells these colours from all others.
fn number_of(colours: &CellColours) -> u64 {
    let mut hasher = DefaultHasher::new();
    colours.hash(&mut hasher);
    hasher.finish()
}

fn fill_image(cells: &FoundCells, colours: &CellColours) -> ColorImage {
    let (cell, nuclei) = (&cells.stages.cells.mask, &cells.stages.nuclei.mask);
    let ids = cell.samples().iter().zip(nuclei.samples());
    // A table of colours is quicker than a computation for each pixel.
    let largest = ids.clone().map(|(&cell, &nucleus)| cell.max(nucleus)).max().unwrap_or(0);
    let table = [false, true].map(|is_nucleus| {
        let colour = |id: u32| colours.draws(id).then(|| rgb(colours.colour(id, is_nucleus)));
        (1..=largest).map(|id| colour(id).unwrap_or(Color32::TRANSPARENT)).collect::<Vec<_>>()
    });
    let of = |id: u32, is_nucleus: bool| table[usize::from(is_nucleus)][id as usize - 1];
    let pixels = ids.map(|(&cell, &nucleus)| match (cell, nucleus) {
        (0, 0) => Color32::TRANSPARENT,
        (cell, 0) => of(cell, false),
        (_, nucleus) => of(nucleus, true),
    });
    ColorImage::new([cell.width(), cell.height()], pixels.collect())
}

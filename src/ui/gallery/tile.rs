//! One cell of the gallery: its picture, what is decided about it, whether it is selected.

use egui::{
    Align2, Color32, FontId, Painter, Pos2, Rect, Response, RichText, Role, Sense, Shape, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use super::{Gallery, atlas::Atlas, grid::GROUND};
use crate::{
    atlas::{Location, LocationSet},
    project::labels::{CellDecisions, Verdict},
    ui::{chips, view::View},
    workbench::{
        Workbench,
        gallery::{Picture, SortKey},
        set_cells::CellAt,
    },
};

const YES: Color32 = Color32::from_rgb(60, 170, 90);
const NO: Color32 = Color32::from_rgb(205, 75, 65);
const GRADE: Color32 = Color32::from_rgb(215, 165, 45);

/// What holds for a cell and the chosen location.
struct State {
    decisions: CellDecisions,
    of_image: LocationSet,
    location: Location,
}

impl State {
    fn verdict(&self) -> Option<Verdict> {
        self.decisions.of(self.location)
    }

    /// As words for those who do not see it, and for the hover text.
    fn words(&self) -> String {
        let verdict = match self.verdict() {
            Some(Verdict::Grade(grade)) => format!("grade {grade}, {}", grade.name(), grade = grade.number()),
            Some(verdict) => format!("decided {verdict}"),
            None if self.of_image.contains(self.location) => "yes as its image".to_owned(),
            None => "no as its image".to_owned(),
        };
        match self.decisions.exclusion {
            Some(reason) => format!("{verdict}, left out: {}", reason.name()),
            None => verdict,
        }
    }
}

/// Draws the cell at `place` of those that are shown.
pub fn tile_ui(
    ui: &Ui,
    workbench: &Workbench,
    view: &View,
    gallery: &mut Gallery,
    place: usize,
    rect: Rect,
    focus: Option<CellAt>,
) -> Response {
    let at = gallery.shown.cells[place];
    // The keyboard has arrows for cells; a thousand stops of the tab key help nobody.
    let response = ui.interact(rect, ui.scope_id().with(at), Sense::CLICK);
    let (field, cells) = (at.field as usize, workbench.set_cells());
    let Some((cell, image)) = cells.and_then(|cells| Some((*cells.cell(at)?, &cells.field(field)?.image))) else {
        return response;
    };
    let state = State {
        decisions: workbench.placed(field).map(|placed| placed.of(cell.id)).unwrap_or_default(),
        of_image: workbench.opened().and_then(|opened| opened.labels[field]).unwrap_or_default(),
        location: view.kept.location,
    };
    let (is_selected, is_focus) = (view.gallery.selection.cells.contains(&at), focus == Some(at));
    response.widget_info(|| {
        WidgetInfo::selected(Role::Button, true, is_selected, format!("Cell {} of {image}: {}", cell.id, state.words()))
    });
    let painter = ui.painter();
    picture_ui(ui, workbench.results().cell_pictures.get(at), &mut gallery.atlas, at, rect);
    if state.decisions.exclusion.is_some() {
        painter.rect_filled(rect, 0.0, Color32::from_black_alpha(150));
        let stroke = Stroke::new(1.5, Color32::from_gray(190));
        painter.line_segment([rect.left_top(), rect.right_bottom()], stroke);
        painter.line_segment([rect.right_top(), rect.left_bottom()], stroke);
    }
    marks_ui(painter, rect, &state);
    if is_selected {
        let colour = ui.visuals().selection.bg_fill;
        painter.rect_stroke(rect.expand(1.5), 2.0, Stroke::new(3.0, colour), StrokeKind::Middle);
        let badge = Rect::from_min_size(rect.left_top() + Vec2::splat(3.0), Vec2::splat(15.0));
        painter.rect_filled(badge, 3.0, colour);
        tick(painter, badge.center(), 4.0, Color32::WHITE);
    }
    if is_focus {
        let colour = ui.visuals().strong_text_color();
        painter.rect_stroke(rect.expand(3.5), 4.0, Stroke::new(1.5, colour), StrokeKind::Middle);
    }
    let value = gallery.shown.values.get(place).copied();
    response.on_hover_ui(|ui| {
        ui.set_max_width(340.0);
        ui.label(RichText::new(format!("Cell {} of {image}", cell.id)).strong());
        ui.label(format!("{}: {}", state.location.name(), state.words()));
        let side = workbench.project().pixel_size_um();
        ui.label(format!("area {:.0} µm²", cell.area_px as f64 * side * side));
        if let (SortKey::Feature(feature), Some(value)) = (view.gallery.sort.key, value) {
            let name = gallery.feature_names.get(feature).map_or("", String::as_str);
            ui.label(format!("{name} {value:.4}"));
        }
        let labels = state.decisions.labels(state.of_image);
        if !labels.is_empty() {
            ui.horizontal_wrapped(|ui| chips::chips_ui(ui, labels, usize::MAX));
        }
    })
}

/// Draws the picture of a cell into `rect`, or that there is none.
pub fn picture_ui(ui: &Ui, picture: Option<&Picture>, atlas: &mut Atlas, at: CellAt, rect: Rect) {
    let painter = ui.painter();
    let drawn = picture.and_then(Option::as_ref).and_then(|picture| atlas.place(ui.ctx(), at, picture));
    if let Some((texture, part)) = drawn {
        painter.image(texture, rect, part, Color32::WHITE);
        return;
    }
    painter.rect_filled(rect, 0.0, GROUND);
    // One that will never come is told from one that is on its way.
    if picture.is_some_and(Option::is_none) {
        painter.text(rect.center(), Align2::CENTER_CENTER, "cannot be read", FontId::proportional(11.0), Color32::GRAY);
    }
}

/// The border and the corner that tell what is decided about the chosen location: yes has a tick and a whole border, no
/// a cross and a broken one, a grade its number; what the image says has a ring, or nothing.
fn marks_ui(painter: &Painter, rect: Rect, state: &State) {
    let inner = rect.shrink(1.0);
    let badge = Rect::from_min_size(rect.right_top() + vec2(-19.0, 2.0), Vec2::splat(17.0));
    let fill = |colour: Color32| {
        painter.rect_filled(badge, 4.0, colour);
        painter.rect_stroke(badge, 4.0, Stroke::new(1.0, Color32::from_black_alpha(160)), StrokeKind::Outside);
    };
    match state.verdict() {
        Some(Verdict::Yes) => {
            painter.rect_stroke(inner, 0.0, Stroke::new(2.0, YES), StrokeKind::Middle);
            fill(YES);
            tick(painter, badge.center(), 4.5, Color32::WHITE);
        }
        Some(Verdict::No) => {
            let corners =
                [inner.left_top(), inner.right_top(), inner.right_bottom(), inner.left_bottom(), inner.left_top()];
            painter.extend(Shape::dashed_line(&corners, Stroke::new(2.0, NO), 6.0, 4.0));
            fill(NO);
            cross(painter, badge.center(), 4.0, Color32::WHITE);
        }
        Some(Verdict::Grade(grade)) => {
            painter.rect_stroke(inner, 0.0, Stroke::new(2.0, GRADE), StrokeKind::Middle);
            fill(GRADE);
            let font = FontId::proportional(13.0);
            painter.text(badge.center(), Align2::CENTER_CENTER, grade.number(), font, Color32::BLACK);
        }
        None if state.of_image.contains(state.location) => {
            painter.circle(badge.center(), 4.5, Color32::from_black_alpha(120), Stroke::new(1.5, Color32::WHITE));
        }
        None => {}
    }
}

fn tick(painter: &Painter, centre: Pos2, size: f32, colour: Color32) {
    let at = |x: f32, y: f32| pos2(centre.x + x * size, centre.y + y * size);
    painter.line(vec![at(-1.0, 0.0), at(-0.25, 0.8), at(1.0, -0.8)], Stroke::new(2.0, colour));
}

fn cross(painter: &Painter, centre: Pos2, size: f32, colour: Color32) {
    let at = |x: f32, y: f32| pos2(centre.x + x * size, centre.y + y * size);
    painter.line_segment([at(-1.0, -1.0), at(1.0, 1.0)], Stroke::new(2.0, colour));
    painter.line_segment([at(1.0, -1.0), at(-1.0, 1.0)], Stroke::new(2.0, colour));
}

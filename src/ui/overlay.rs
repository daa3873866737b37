//! The outlines of cells and nuclei over the picture, and what is pointed at or selected among them.

use egui::{Color32, Mesh, Painter, Pos2, Rect, pos2};

use super::{composed::Place, view::OverlayParams};
use crate::{imaging::outline::Outline, pipeline::region_colours::CellColours, workbench::results::FoundCells};

/// All of a texture.
pub const WHOLE: Rect = Rect { min: Pos2::ZERO, max: Pos2 { x: 1.0, y: 1.0 } };

/// Cells that are drawn otherwise.
pub struct Emphasis {
    /// The cell under the pointer.
    pub pointed: Option<u32>,
    /// The cell that was clicked.
    pub selected: Option<u32>,
    /// Whether the cells are those of the parameters in force; if not, they are drawn dimmer.
    pub is_fresh: bool,
}

/// How an outline is drawn: in which colour, and how many points wide.
pub type Look = (Color32, f32);

impl Emphasis {
    /// The look of the cells that are drawn otherwise.
    pub fn special(&self) -> impl Fn(&Outline, bool) -> Option<Look> {
        move |outline, is_nucleus| {
            let is_special = !is_nucleus && [self.pointed, self.selected].contains(&Some(outline.id));
            let width = if self.selected == Some(outline.id) { 3.0 } else { 2.0 };
            is_special.then_some((Color32::WHITE, width))
        }
    }

    /// The look of all others.
    pub fn plain<'a>(&self, colours: &'a CellColours) -> impl Fn(&Outline, bool) -> Option<Look> + use<'a> {
        let strength = if self.is_fresh { 1.0 } else { 0.45 };
        move |outline, is_nucleus| {
            if !colours.draws(outline.id) {
                return None;
            }
            let [r, g, b] = colours.colour(outline.id, is_nucleus);
            let width = if is_nucleus { 1.0 } else { 1.5 };
            Some((Color32::from_rgb(r, g, b).gamma_multiply(strength), width))
        }
    }
}

/// Draws the outlines that `params` ask for and that have a look.
pub fn draw(
    painter: &Painter,
    cells: &FoundCells,
    params: &OverlayParams,
    place: &Place,
    look: impl Fn(&Outline, bool) -> Option<Look>,
) {
    let mut mesh = Mesh::default();
    edges(cells, params, place, look, |edge, colour| mesh.add_colored_rect(edge / place.pixels_per_point, colour));
    painter.add(mesh);
}

/// Hands every edge of these outlines to `edge`: a rectangle of whole pixels of the window, and its colour.
pub fn edges(
    cells: &FoundCells,
    params: &OverlayParams,
    place: &Place,
    look: impl Fn(&Outline, bool) -> Option<Look>,
    mut edge: impl FnMut(Rect, Color32),
) {
    let (down, across) = cells.scale();
    let to_screen = |&(row, col): &(u32, u32)| {
        let point = pos2((f64::from(col) / across) as f32, (f64::from(row) / down) as f32);
        place.camera.screen_from_image(point, place.screen)
    };
    let kinds = [(params.cells, &cells.cell_outlines, false), (params.nuclei, &cells.nuclei_outlines, true)];
    let mut points: Vec<Pos2> = Vec::new();
    for (_, outlines, is_nucleus) in kinds.into_iter().filter(|(is_shown, _, _)| *is_shown) {
        for outline in outlines {
            let Some((colour, width)) = look(outline, is_nucleus) else { continue };
            points.clear();
            points.extend(outline.corners.iter().map(to_screen));
            if Rect::from_points(&points).expand(4.0).intersects(place.screen) {
                follow(&points, width, place.pixels_per_point, |rect| edge(rect, colour));
            }
        }
    }
}

/// Follows a closed path of edges that are level or upright, as those of pixels are: each a rectangle on whole pixels of
/// the screen. Crisp, and several times as quick to draw as a line that is smoothed and may run in any direction.
pub fn follow(points: &[Pos2], width: f32, pixels_per_point: f32, mut edge: impl FnMut(Rect)) {
    let width = (width * pixels_per_point).round().max(1.0);
    let before = (width / 2.0).floor();
    let after = width - before;
    let snapped = |point: &Pos2| (point.to_vec2() * pixels_per_point).round().to_pos2();
    let ends = points.iter().skip(1).chain(points.first());
    for (from, to) in points.iter().map(snapped).zip(ends.map(snapped)) {
        // An edge has the corner it starts from and leaves the other one to the next, so that none is drawn twice.
        let along =
            |from: f32, to: f32| if from < to { (from - before, to - before) } else { (to + after, from + after) };
        let across = |at: f32| (at - before, at + after);
        let is_level = (to.x - from.x).abs() > (to.y - from.y).abs();
        let (cols, rows) =
            if is_level { (along(from.x, to.x), across(from.y)) } else { (across(from.x), along(from.y, to.y)) };
        edge(Rect::from_min_max(pos2(cols.0, rows.0), pos2(cols.1, rows.1)));
    }
}

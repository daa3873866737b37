//! The outlines of cells and nuclei over the picture, and what is pointed at or selected among them.

use egui::{Color32, Mesh, Painter, Pos2, Rect, pos2};

use super::{camera::Camera, view::OverlayParams};
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

/// Draws the outlines that `params` ask for.
pub fn draw(
    painter: &Painter,
    cells: &FoundCells,
    params: &OverlayParams,
    colours: &CellColours,
    emphasis: &Emphasis,
    camera: &Camera,
    screen: Rect,
) {
    let (down, across) = cells.scale();
    let to_screen = |&(row, col): &(u32, u32)| {
        let point = pos2((f64::from(col) / across) as f32, (f64::from(row) / down) as f32);
        camera.screen_from_image(point, screen)
    };
    let strength = if emphasis.is_fresh { 1.0 } else { 0.45 };
    let mut mesh = Mesh::default();
    let mut add = |outlines: &[Outline], is_nucleus: bool, width: f32| {
        for outline in outlines.iter().filter(|outline| colours.draws(outline.id)) {
            let points: Vec<Pos2> = outline.corners.iter().map(to_screen).collect();
            if !Rect::from_points(&points).expand(4.0).intersects(screen) {
                continue;
            }
            let is_special = !is_nucleus && [emphasis.pointed, emphasis.selected].contains(&Some(outline.id));
            let (colour, width) = if is_special {
                let width = if emphasis.selected == Some(outline.id) { 3.0 } else { 2.0 };
                (Color32::WHITE, width)
            } else {
                let [r, g, b] = colours.colour(outline.id, is_nucleus);
                (Color32::from_rgb(r, g, b).gamma_multiply(strength), width)
            };
            add_path(&mut mesh, &points, width, painter.pixels_per_point(), colour);
        }
    };
    if params.cells {
        add(&cells.cell_outlines, false, 1.5);
    }
    if params.nuclei {
        add(&cells.nuclei_outlines, true, 1.0);
    }
    painter.add(mesh);
}

/// Adds a closed path of edges that are level or upright, as those of pixels are: each a rectangle on whole pixels of
/// the screen. Crisp, and several times as quick to draw as a line that is smoothed and may run in any direction.
pub fn add_path(mesh: &mut Mesh, points: &[Pos2], width: f32, pixels_per_point: f32, colour: Color32) {
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
        let rect = Rect::from_min_max(pos2(cols.0, rows.0), pos2(cols.1, rows.1));
        mesh.add_colored_rect(rect / pixels_per_point, colour);
    }
}

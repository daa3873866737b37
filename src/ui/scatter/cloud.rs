//! The points themselves, and what the mouse does with them: a lasso, a click, zoom and pan.

use std::sync::Arc;

use egui::{Id, Mesh, Painter, PointerButton, Pos2, Rect, Response, RichText, Role, Shape, Stroke, Ui, Vec2, vec2};
use egui_plot::{Plot, PlotPoint, PlotTransform};

use super::Scatter;
use crate::{
    ui::{
        gallery::{focused, named, picture_ui, put_focus},
        marks,
        view::View,
    },
    workbench::{Workbench, scatter::Cloud, set_cells::CellAt, standing::Standing},
};

/// How near to the pointer a point must be to be meant, in points of the screen.
const NEAR: f32 = 9.0;
/// How far the pointer moves from one corner of a lasso to the next.
const STEP: f32 = 4.0;
/// Share of the cells at either end of an axis that may lie beyond the view at first.
const BEYOND: f64 = 0.001;

/// The points as triangles for the graphics card, and the lasso.
#[derive(Default)]
pub struct Points {
    /// The triangles, and the view they are for.
    mesh: Option<(Rect, [f64; 4], bool, Arc<Mesh>)>,
    /// The corners so far, in the numbers of the axes.
    lasso: Vec<[f64; 2]>,
    /// The first view of a cloud: its lower and upper ends.
    extent: Option<(Arc<Cloud>, [[f64; 2]; 2])>,
}

impl Points {
    /// Has the points drawn anew.
    pub fn forget(&mut self) {
        self.mesh = None;
    }

    /// The ends of both axes between which all but a few odd cells lie.
    fn extent(&mut self, cloud: &Arc<Cloud>) -> [[f64; 2]; 2] {
        if let Some((_, extent)) = self.extent.as_ref().filter(|(of, _)| Arc::ptr_eq(of, cloud)) {
            return *extent;
        }
        let beyond = (cloud.points.len() as f64 * BEYOND) as usize;
        let extent = [0, 1].map(|axis| {
            let mut values: Vec<f32> = cloud.points.iter().map(|point| point[axis]).collect();
            values.sort_unstable_by(f32::total_cmp);
            let end = |place: usize| values.get(place).copied().map_or(0.0, f64::from);
            let (low, high) = (end(beyond), end(values.len().saturating_sub(1 + beyond)));
            if low < high { [low, high] } else { [low - 0.5, high + 0.5] }
        });
        self.extent = Some((Arc::clone(cloud), extent));
        extent
    }
}

/// Where the button leaves word that the whole cloud is to be seen.
pub fn whole_id() -> Id {
    Id::unique("whole cloud")
}

/// Draws the points and takes what is done with them into the view.
pub fn cloud_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, scatter: &mut Scatter, cloud: &Arc<Cloud>) {
    let wish = view.scatter.wish;
    let names = [scatter.name(wish.x), scatter.name(wish.y)];
    let [[left, right], [low, high]] = scatter.points.extent(cloud);
    let mut plot = Plot::new(("scatter", format!("{wish:?}")))
        .include_x(left)
        .include_x(right)
        .include_y(low)
        .include_y(high)
        .allow_boxed_zoom(false)
        .allow_scroll(false)
        .allow_double_click_reset(false)
        .pan_pointer_button(PointerButton::Secondary)
        .show_crosshair(false)
        .label_formatter(|_| None)
        .x_axis_label(names[0].as_str())
        .y_axis_label(names[1].as_str());
    if ui.data_mut(|data| data.remove_temp::<bool>(whole_id())).is_some() {
        plot = plot.reset();
    }
    let shown = plot.show(ui, |plot| {
        let wheel = plot.ctx().input(|input| input.smooth_scroll_delta().y);
        if wheel != 0.0 && plot.response().contains_pointer() {
            plot.zoom_bounds_around_hovered(Vec2::splat((wheel / 240.0).exp()));
        }
    });
    let (response, transform) = (shown.response, shown.transform);
    named(&response, Role::Image, "Scatter plot");
    let painter = ui.painter().with_clip_rect(*transform.frame());
    draw_selection(ui, &painter, &transform, view, cloud);
    draw_points(ui, &painter, &transform, scatter, cloud);
    draw_focus(ui, &painter, &transform, workbench, view, cloud);
    lasso_ui(ui, &painter, &response, &transform, view, &mut scatter.points, cloud);
    let hovered = response.hover_pos().and_then(|pointer| nearest(cloud, &transform, pointer));
    if response.clicked() {
        // A finger that is lifted hovers nowhere any more.
        let clicked = response.interact_pointer_pos().and_then(|pointer| nearest(cloud, &transform, pointer));
        click(ui, workbench, view, clicked);
    }
    scatter.in_view.extend(hovered);
    if let Some(at) = hovered.filter(|_| scatter.points.lasso.is_empty()) {
        response.on_hover_ui_at_pointer(|ui| hover_ui(ui, workbench, view, scatter, cloud, at));
    }
}

/// Where a point is on the screen.
fn on_screen(transform: &PlotTransform, [x, y]: [f32; 2]) -> Pos2 {
    transform.position_from_point(&PlotPoint::new(x, y))
}

fn draw_points(ui: &Ui, painter: &Painter, transform: &PlotTransform, scatter: &mut Scatter, cloud: &Cloud) {
    let Some((.., standings)) = &scatter.standings else { return };
    let (frame, is_dark) = (*transform.frame(), ui.visuals().dark_mode);
    let (min, max) = (transform.bounds().min(), transform.bounds().max());
    let bounds = [min[0], min[1], max[0], max[1]];
    let is_same = |(of, at, dark, _): &&(Rect, [f64; 4], bool, Arc<Mesh>)| {
        *of == frame && at.map(f64::to_bits) == bounds.map(f64::to_bits) && *dark == is_dark
    };
    let mesh = if let Some((.., mesh)) = scatter.points.mesh.as_ref().filter(is_same) {
        Arc::clone(mesh)
    } else {
        let colours = Standing::ALL.map(|standing| marks::colour(standing, is_dark));
        let seen = frame.expand(6.0);
        let mut mesh = Mesh::default();
        // What people decided lies on top.
        for is_decided in [false, true] {
            for (&point, &standing) in cloud.points.iter().zip(standings) {
                let at = on_screen(transform, point);
                if standing.is_undecided() != is_decided && seen.contains(at) {
                    marks::add(&mut mesh, standing, at, colours[standing as usize]);
                }
            }
        }
        let mesh = Arc::new(mesh);
        scatter.points.mesh = Some((frame, bounds, is_dark, Arc::clone(&mesh)));
        mesh
    };
    painter.add(Shape::Mesh(mesh));
}

/// Patches under the selected cells, so that these stay to be seen where they lie close together.
fn draw_selection(ui: &Ui, painter: &Painter, transform: &PlotTransform, view: &View, cloud: &Cloud) {
    const HALF: f32 = 5.5;
    let colour = ui.visuals().selection.bg_fill;
    let seen = transform.frame().expand(HALF);
    let mut mesh = Mesh::default();
    for &cell in &view.gallery.selection.cells {
        let at = cloud.place_of(cell).map(|place| on_screen(transform, cloud.points[place]));
        if let Some(at) = at.filter(|&at| seen.contains(at)) {
            mesh.add_colored_rect(Rect::from_center_size(at, Vec2::splat(2.0 * HALF)), colour);
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// A ring with four lines around the cell in focus.
fn draw_focus(
    ui: &Ui,
    painter: &Painter,
    transform: &PlotTransform,
    workbench: &Workbench,
    view: &View,
    cloud: &Cloud,
) {
    let place = focused(workbench, view).and_then(|cell| cloud.place_of(cell));
    let Some(at) = place.map(|place| on_screen(transform, cloud.points[place])) else { return };
    let stroke = Stroke::new(2.0, ui.visuals().strong_text_color());
    painter.circle_stroke(at, 10.0, stroke);
    for (x, y) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
        painter.line_segment([at + 10.0 * vec2(x, y), at + 16.0 * vec2(x, y)], stroke);
    }
}

/// The polygon that a drag draws; at its end the cells inside are selected.
fn lasso_ui(
    ui: &Ui,
    painter: &Painter,
    response: &Response,
    transform: &PlotTransform,
    view: &mut View,
    points: &mut Points,
    cloud: &Cloud,
) {
    let corner = |at: Pos2| {
        let value = transform.value_from_position(at);
        [value.x, value.y]
    };
    let place = |corner: &[f64; 2]| transform.position_from_point(&PlotPoint::new(corner[0], corner[1]));
    if response.drag_started_by(PointerButton::Primary) {
        points.lasso = ui.input(|input| input.pointer.press_origin()).map(corner).into_iter().collect();
    }
    if response.dragged_by(PointerButton::Primary)
        && let Some(pointer) = response.interact_pointer_pos()
        && points.lasso.last().is_some_and(|last| place(last).distance(pointer) >= STEP)
    {
        points.lasso.push(corner(pointer));
    }
    if points.lasso.is_empty() {
        return;
    }
    if response.drag_stopped() {
        let lasso = std::mem::take(&mut points.lasso);
        if lasso.len() > 2 {
            let modifiers = ui.input(|input| input.modifiers);
            let inside = cloud.inside(&lasso);
            let selection = &mut view.gallery.selection;
            if modifiers.command {
                for at in &inside {
                    selection.cells.remove(at);
                }
            } else {
                if !modifiers.shift {
                    selection.clear();
                }
                selection.cells.extend(inside);
            }
        }
        return;
    }
    if !response.dragged_by(PointerButton::Primary) {
        points.lasso.clear();
        return;
    }
    let mut corners: Vec<Pos2> = points.lasso.iter().map(place).collect();
    corners.extend(corners.first().copied());
    let stroke = Stroke::new(1.5, ui.visuals().selection.stroke.color);
    painter.extend(Shape::dashed_line(&corners, stroke, 6.0, 4.0));
}

/// The cell whose point is nearest to the pointer, if one is near.
fn nearest(cloud: &Cloud, transform: &PlotTransform, pointer: Pos2) -> Option<CellAt> {
    // In the numbers of the axes, so that not every point has to be brought to the screen.
    let centre = transform.value_from_position(pointer);
    let scale = transform.dpos_dvalue();
    let distance = |[x, y]: [f32; 2]| {
        let (across, up) = ((f64::from(x) - centre.x) * scale[0], (f64::from(y) - centre.y) * scale[1]);
        across * across + up * up
    };
    let (place, squared) = cloud
        .points
        .iter()
        .map(|&point| distance(point))
        .enumerate()
        .min_by(|(_, one), (_, other)| one.total_cmp(other))?;
    (squared <= f64::from(NEAR * NEAR)).then(|| cloud.cells[place])
}

/// A click on a cell selects it and puts the focus on it; with Ctrl it is added or taken away. One beside all cells
/// selects none.
fn click(ui: &Ui, workbench: &Workbench, view: &mut View, hovered: Option<CellAt>) {
    let modifiers = ui.input(|input| input.modifiers);
    match hovered {
        Some(at) if modifiers.command || modifiers.shift => view.gallery.selection.toggle(at),
        Some(at) => {
            view.gallery.selection.click(at, modifiers, &[]);
            put_focus(workbench, view, at);
        }
        None if !modifiers.any() => view.gallery.selection.clear(),
        None => {}
    }
}

/// The picture of a cell, and its numbers.
fn hover_ui(ui: &mut Ui, workbench: &Workbench, view: &View, scatter: &mut Scatter, cloud: &Cloud, at: CellAt) {
    let field = workbench.set_cells().and_then(|cells| Some((cells.cell(at)?.id, cells.field(at.field as usize)?)));
    let (Some((id, field)), Some(place)) = (field, cloud.place_of(at)) else { return };
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(112.0), egui::Sense::hover());
    picture_ui(ui, workbench.results().cell_pictures.get(at), &mut scatter.atlas, at, rect);
    ui.label(RichText::new(format!("Cell {id} of {}", field.image)).strong());
    let standing = workbench.standing(at, view.kept.location).map_or("", Standing::name);
    ui.label(format!("{}: {standing}", view.kept.location));
    for (axis, value) in [view.scatter.wish.x, view.scatter.wish.y].into_iter().zip(cloud.points[place]) {
        ui.label(format!("{} {value:.3}", scatter.name(axis)));
    }
}

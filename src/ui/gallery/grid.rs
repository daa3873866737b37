//! The cells of the gallery in rows. Only rows in view cost anything.

use std::{collections::HashSet, ops::Range};

use egui::{
    Color32, Pos2, Rect, Response, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2, scroll_area::DragScroll,
    scroll_area::ScrollSource, vec2,
};

use super::{Gallery, focused, tile};
use crate::{
    ui::view::{Place, View},
    workbench::{Workbench, set_cells::CellAt},
};

/// Room between cells in points.
const GAP: f32 = 8.0;
/// Share of the height of the view beyond which pictures are drawn beforehand.
const BEYOND: f32 = 0.5;

/// Where the grid is.
#[derive(Default)]
pub struct Grid {
    pub columns: usize,
    /// The cell to scroll to.
    pub scroll_to: Option<usize>,
    /// The rows that can be seen.
    rows: Range<usize>,
    band: Option<Band>,
}

/// A rectangle that is being drawn to select what is in it.
struct Band {
    /// Where it begins, as seen from the first cell.
    start: Vec2,
    /// What was selected before.
    before: HashSet<CellAt>,
    /// The rows and columns it covers.
    covered: (Range<usize>, Range<usize>),
}

impl Grid {
    /// Cells that can be seen at once.
    pub fn page(&self) -> usize {
        self.rows.len().saturating_sub(1).max(1) * self.columns
    }

    pub fn first_in_view(&self) -> usize {
        self.rows.start * self.columns
    }
}

/// Draws the cells and takes what is done with them into the view.
pub fn grid_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, gallery: &mut Gallery) {
    gallery.atlas.begin_frame();
    // As many as fit, as large as fills the width; the scroll bar lies beside them.
    let width = ui.available_width() - 10.0;
    let columns = ((width / (view.kept.gallery.size + GAP)) as usize).max(1);
    let step = (width / columns as f32).floor();
    let side = step - GAP;
    let count = gallery.shown.cells.len();
    let rows = count.div_ceil(columns);
    let mut area = ScrollArea::vertical()
        .id_salt("gallery")
        .auto_shrink([false, false])
        // A drag selects.
        .scroll_source(ScrollSource { drag: DragScroll::Never, ..ScrollSource::default() });
    // With other columns the same cells stay in view.
    if columns != gallery.grid.columns && gallery.grid.columns > 0 && gallery.grid.scroll_to.is_none() {
        area = area.vertical_scroll_offset((gallery.grid.first_in_view() / columns) as f32 * step);
    }
    gallery.grid.columns = columns;
    if let Some(place) = gallery.grid.scroll_to.take() {
        let (height, row) = (ui.available_height(), place / columns);
        let seen = gallery.grid.rows.clone();
        // Scrolled no more than needed: a step to the next row must not throw the page about.
        let fits = (height / step) as usize;
        let first = if seen.is_empty() || row + 1 < seen.start || row > seen.end {
            Some((row as f32 + 0.5) * step - height / 2.0)
        } else if row <= seen.start {
            Some(row as f32 * step)
        } else if row + 1 >= seen.end {
            Some((row + 1) as f32 * step - height.max(fits as f32)).map(|at| at + GAP)
        } else {
            None
        };
        if let Some(first) = first {
            area = area.vertical_scroll_offset(first.clamp(0.0, (rows as f32 * step - height).max(0.0)));
        }
    }
    area.show_viewport(ui, |ui, viewport| {
        ui.set_height(rows as f32 * step + GAP);
        ui.set_width(ui.available_width());
        let origin = ui.max_rect().min + vec2(GAP / 2.0, GAP / 2.0);
        let seen = Rect::from_min_size(ui.max_rect().min + viewport.min.to_vec2(), viewport.size());
        let row_at = |y: f32| ((y / step).max(0.0) as usize).min(rows);
        gallery.grid.rows = row_at(viewport.min.y)..(row_at(viewport.max.y) + 1).min(rows);
        let ground = ui.interact(seen, ui.scope_id().with("ground"), Sense::CLICK | Sense::DRAG);
        let rect_of = |place: usize| {
            let at = vec2((place % columns) as f32, (place / columns) as f32) * step;
            Rect::from_min_size(origin + at, Vec2::splat(side))
        };
        let focus = focused(workbench, view);
        let tiles = gallery.grid.rows.start * columns..(gallery.grid.rows.end * columns).min(count);
        let mut on_tile = None;
        for place in tiles {
            let response = tile::tile_ui(ui, workbench, view, gallery, place, rect_of(place), focus);
            if response.double_clicked() {
                on_tile = Some((place, true));
            } else if response.clicked() {
                on_tile = Some((place, false));
            }
        }
        if let Some((place, is_double)) = on_tile {
            let (at, modifiers) = (gallery.shown.cells[place], ui.input(|input| input.modifiers));
            if !is_double {
                view.gallery.selection.click(at, modifiers, &gallery.shown.cells);
            }
            gallery.put_focus(workbench, view, at);
            if is_double {
                view.kept.place = Place::Image;
            }
        } else if ground.clicked() && !ui.input(|input| input.modifiers.any()) {
            view.gallery.selection.clear();
        }
        band_ui(ui, &ground, view, gallery, (origin, step), seen);
        // First what is seen, then what will be when one goes on, then what lies behind.
        let beyond = (BEYOND * viewport.height() / step).ceil() as usize;
        let seen_rows = gallery.grid.rows.clone();
        let order = [
            seen_rows.clone(),
            seen_rows.end..(seen_rows.end + beyond).min(rows),
            seen_rows.start.saturating_sub(beyond)..seen_rows.start,
        ];
        for rows in order {
            let cells = rows.start * columns..(rows.end * columns).min(count);
            gallery.in_view.extend(gallery.shown.cells.get(cells).unwrap_or_default());
        }
    });
}

/// The rectangle that a drag draws.
fn band_ui(
    ui: &Ui,
    ground: &Response,
    view: &mut View,
    gallery: &mut Gallery,
    (origin, step): (Pos2, f32),
    seen: Rect,
) {
    if ground.drag_started()
        && let Some(start) = ui.input(|input| input.pointer.press_origin())
    {
        let adds = ui.input(|input| input.modifiers.command || input.modifiers.shift);
        let before = if adds { view.gallery.selection.cells.clone() } else { HashSet::new() };
        gallery.grid.band = Some(Band { start: start - origin, before, covered: (0..0, 0..0) });
    }
    if !ground.dragged() {
        gallery.grid.band = None;
        return;
    }
    let columns = gallery.grid.columns;
    let (Some(band), Some(pointer)) = (&mut gallery.grid.band, ground.interact_pointer_pos()) else { return };
    let rect = Rect::from_two_pos(origin + band.start, pointer);
    // Those that it touches: a cell and the gap behind it are one step.
    let steps = |from: f32, to: f32| {
        let inner = (from / step).floor();
        let first = if from - inner * step > step - GAP { inner + 1.0 } else { inner };
        first.max(0.0) as usize..((to / step).floor() + 1.0).max(0.0) as usize
    };
    let (min, max) = (rect.min - origin, rect.max - origin);
    let covered = (steps(min.y, max.y), steps(min.x, max.x));
    if covered != band.covered {
        let mut cells = band.before.clone();
        for row in covered.0.clone() {
            for col in covered.1.clone().take_while(|&col| col < columns) {
                cells.extend(gallery.shown.cells.get(row * columns + col));
            }
        }
        view.gallery.selection.cells = cells;
        band.covered = covered;
    }
    let colour = ui.visuals().selection.stroke.color;
    ui.painter().rect(
        rect.intersect(seen),
        0.0,
        colour.gamma_multiply(0.15),
        Stroke::new(1.0, colour),
        StrokeKind::Inside,
    );
    // Beyond the border of the view it goes on.
    let beyond = (pointer.y - seen.bottom()).max(0.0) + (pointer.y - seen.top()).min(0.0);
    if beyond.abs() > 0.0 {
        ui.scroll_with_delta(vec2(0.0, -beyond.clamp(-40.0, 40.0)));
        ui.ctx().request_repaint();
    }
}

/// The ground under pictures.
pub(super) const GROUND: Color32 = Color32::from_gray(18);

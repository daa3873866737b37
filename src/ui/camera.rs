//! Where on a field one looks, and how closely: between pixels of the field and points of the screen.

use std::ops::Range;

use egui::{Pos2, Rect, Vec2, pos2, vec2};

use crate::workbench::focus::Part;

/// A way to look at a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// The point of the field, (x, y) in its pixels, in the middle of the screen.
    pub centre: Pos2,
    /// Points of the screen to a pixel of the field.
    pub zoom: f32,
}

impl Camera {
    /// Zooms there may be.
    const ZOOM: std::ops::RangeInclusive<f32> = 0.01..=64.0;

    /// All of a field of `size` (height, width) in `screen`.
    pub fn fitting((height, width): (usize, usize), screen: Rect) -> Self {
        let (width, height) = (width as f32, height as f32);
        let zoom = (screen.width() / width).min(screen.height() / height).clamp(*Self::ZOOM.start(), 8.0);
        Self { centre: pos2(width / 2.0, height / 2.0), zoom }
    }

    /// The place on the screen of a point of the field.
    pub fn screen_from_image(&self, point: Pos2, screen: Rect) -> Pos2 {
        screen.center() + (point - self.centre) * self.zoom
    }

    /// The point of the field at a place on the screen.
    pub fn image_from_screen(&self, place: Pos2, screen: Rect) -> Pos2 {
        self.centre + (place - screen.center()) / self.zoom
    }

    /// Where a rectangle of the field is on the screen.
    pub fn rect_on_screen(&self, image: Rect, screen: Rect) -> Rect {
        Rect::from_min_max(self.screen_from_image(image.min, screen), self.screen_from_image(image.max, screen))
    }

    /// Moves the field by so many points of the screen.
    pub fn pan(&mut self, by: Vec2) {
        self.centre -= by / self.zoom;
    }

    /// Looks closer by `factor`; what is at `fixed` on the screen stays there.
    pub fn zoom_at(&mut self, factor: f32, fixed: Pos2, screen: Rect) {
        let held = self.image_from_screen(fixed, screen);
        self.zoom = (self.zoom * factor).clamp(*Self::ZOOM.start(), *Self::ZOOM.end());
        self.centre = held - (fixed - screen.center()) / self.zoom;
    }

    /// Keeps the middle of the screen on the field.
    pub fn keep_on(&mut self, (height, width): (usize, usize)) {
        self.centre = self.centre.clamp(Pos2::ZERO, pos2(width as f32, height as f32));
    }

    /// The part of the field that is on the screen, of a size that has a pixel for each of the screen's, with some more
    /// around it so that a small movement needs nothing new. `None` if nothing of it is.
    pub fn part(&self, (height, width): (usize, usize), screen: Rect, pixels_per_point: f32) -> Option<Part> {
        const STEP: f32 = 64.0;
        let level = (-(self.zoom * pixels_per_point).log2()).floor().max(0.0) as usize;
        let scale = (1_usize << level) as f32;
        let seen =
            Rect::from_min_max(self.image_from_screen(screen.min, screen), self.image_from_screen(screen.max, screen));
        let range = |from: f32, to: f32, side: usize| {
            let side = side.div_ceil(1 << level);
            let from = ((from / scale / STEP).floor() * STEP).max(0.0) as usize;
            let to = (((to / scale / STEP).ceil() * STEP).max(0.0) as usize).min(side);
            (from < to).then_some(from..to)
        };
        let rows = range(seen.min.y, seen.max.y, height)?;
        let cols = range(seen.min.x, seen.max.x, width)?;
        Some(Part { level, rows, cols })
    }

    /// Rows and columns of the field that are on the screen; `None` if none are.
    pub fn seen(&self, (height, width): (usize, usize), screen: Rect) -> Option<(Range<usize>, Range<usize>)> {
        let (min, max) = (self.image_from_screen(screen.min, screen), self.image_from_screen(screen.max, screen));
        let range = |from: f32, to: f32, side: usize| {
            let range = from.floor().max(0.0) as usize..(to.ceil().max(0.0) as usize).min(side);
            (!range.is_empty()).then_some(range)
        };
        range(min.y, max.y, height).zip(range(min.x, max.x, width))
    }

    /// The rectangle of the field that a part shows.
    pub fn rect_of(part: &Part) -> Rect {
        let scale = (1_usize << part.level) as f32;
        let corner = |row: usize, col: usize| pos2(col as f32 * scale, row as f32 * scale);
        Rect::from_min_max(corner(part.rows.start, part.cols.start), corner(part.rows.end, part.cols.end))
    }
}

/// The rectangle of a whole field of (height, width).
pub fn whole((height, width): (usize, usize)) -> Rect {
    Rect::from_min_size(Pos2::ZERO, vec2(width as f32, height as f32))
}

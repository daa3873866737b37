//! The canvas as finished pixels: the picture, a stage, the cells' colours and their outlines in one, at the screen's own
//! resolution. Drawn anew only when one of them has changed; where the processor draws, each of them as a layer of its
//! own would take longer in every frame.

use std::sync::Arc;

use egui::{Color32, Rect, Shape};

use super::{
    camera::Camera,
    layers::{fill_image, number_of, stage_image},
    overlay::{self, Emphasis},
    screen_copy::{Pixel, ScreenCopy},
    textures::Made,
    view::{Layer, OverlayParams},
};
use crate::{
    imaging::{
        Plane,
        on_screen::{Axis, lay_over},
    },
    pipeline::region_colours::CellColours,
    workbench::{focus::Part, precedence::AtOnce, results::FoundCells},
};

/// The canvas in one piece.
pub struct Composed {
    copy: ScreenCopy,
    /// What it was drawn from.
    drawn: Option<Scene>,
    /// What of it lies below the cells, once these alone have changed.
    below: Option<Plane<Pixel>>,
    layer: Made<Plane<[u8; 4]>>,
    fill: Made<Plane<[u8; 4]>>,
    threads: AtOnce,
}

/// All that is on the canvas.
#[derive(Clone)]
pub struct Scene {
    /// Where.
    pub place: Place,
    /// The colour of what is not covered.
    pub ground: Color32,
    /// The picture and which part of the field it shows.
    pub picture: Option<(Arc<Plane<[u8; 3]>>, Part)>,
    /// The cells, and whether they are those of the parameters in force.
    pub cells: Option<(Arc<FoundCells>, bool)>,
    /// What is shown in place of the picture.
    pub layer: Layer,
    /// What of the cells is drawn.
    pub overlay: OverlayParams,
    /// Their colours.
    pub colours: CellColours,
}

/// Where the canvas is on the screen, and the field on the canvas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// How one looks at the field.
    pub camera: Camera,
    /// The canvas in points.
    pub screen: Rect,
    /// Pixels of the screen to a point.
    pub pixels_per_point: f32,
}

impl Place {
    /// The first column and the first row of the canvas in pixels of the window, and its (height, width).
    fn in_pixels(&self) -> ((f32, f32), (usize, usize)) {
        let [left, top, right, bottom] =
            [self.screen.left(), self.screen.top(), self.screen.right(), self.screen.bottom()]
                .map(|side| (side * self.pixels_per_point).round());
        ((left, top), ((bottom - top).max(0.0) as usize, (right - left).max(0.0) as usize))
    }

    /// How the rows and the columns of the canvas lie on a picture of the field that has so many pixels to one of the
    /// field, down and across, and begins at so many of its own.
    fn axes(&self, (down, across): (f64, f64), (top, left): (f64, f64)) -> (Axis, Axis) {
        let Self { camera, screen, pixels_per_point } = self;
        let per_point = f64::from(*pixels_per_point);
        let ((first_col, first_row), _) = self.in_pixels();
        let axis = |centre: f32, middle: f32, first: f32, scale: f64, from: f64| {
            let start = f64::from(centre) + (f64::from(first) / per_point - f64::from(middle)) / f64::from(camera.zoom);
            Axis { start: start * scale - from, step: scale / (f64::from(camera.zoom) * per_point) }
        };
        let middle = screen.center();
        let rows = axis(camera.centre.y, middle.y, first_row, down, top);
        (rows, axis(camera.centre.x, middle.x, first_col, across, left))
    }
}

impl Scene {
    /// Whether a stage is shown in place of the picture.
    fn shows_stage(&self) -> bool {
        self.layer != Layer::Composite && self.cells.is_some()
    }

    /// Whether it looks the same but for what is drawn over it.
    fn is_below(&self, other: &Self) -> bool {
        let picture = |scene: &Self| scene.picture.as_ref().map(|(picture, _)| Arc::as_ptr(picture));
        let stage =
            |scene: &Self| scene.cells.as_ref().filter(|_| scene.shows_stage()).map(|(cells, _)| Arc::as_ptr(cells));
        (self.place, self.ground, self.layer) == (other.place, other.ground, other.layer)
            && picture(self) == picture(other)
            && stage(self) == stage(other)
    }

    /// Whether it looks the same.
    fn is(&self, other: &Self) -> bool {
        let cells = |scene: &Self| scene.cells.as_ref().map(|(cells, is_fresh)| (Arc::as_ptr(cells), *is_fresh));
        self.is_below(other)
            && cells(self) == cells(other)
            && (&self.overlay, &self.colours) == (&other.overlay, &other.colours)
    }
}

impl Composed {
    /// A canvas that is put on the screen by `copy`.
    pub fn new(copy: ScreenCopy) -> Self {
        Self {
            copy,
            drawn: None,
            below: None,
            layer: Made::default(),
            fill: Made::default(),
            threads: AtOnce::default(),
        }
    }

    /// Whether it can be shown.
    pub fn works(&self) -> bool {
        self.copy.works()
    }

    /// Puts another picture and other cells on it, where it is shown already.
    pub fn show_news(&mut self, picture: Option<(Arc<Plane<[u8; 3]>>, Part)>, cells: Option<(Arc<FoundCells>, bool)>) {
        if let Some(drawn) = &self.drawn {
            let scene = Scene { picture, cells, ..drawn.clone() };
            self.redraw(&scene);
        }
    }

    /// The canvas with this on it.
    pub fn show(&mut self, scene: &Scene) -> Shape {
        self.redraw(scene);
        self.copy.shape(scene.place.screen)
    }

    fn redraw(&mut self, scene: &Scene) {
        if !self.drawn.as_ref().is_some_and(|drawn| drawn.is(scene)) {
            let is_below = self.drawn.as_ref().is_some_and(|drawn| drawn.is_below(scene));
            let Self { copy, below, layer, fill, threads, .. } = self;
            copy.redraw(scene.place.in_pixels().1, |pixels| {
                if is_below {
                    let below = below.get_or_insert_with(|| {
                        let mut below = Plane::filled(pixels.height(), pixels.width(), [0; 4]);
                        draw_below(&mut below, scene, layer, threads);
                        below
                    });
                    pixels.samples_mut().copy_from_slice(below.samples());
                } else {
                    *below = None;
                    draw_below(pixels, scene, layer, threads);
                }
                draw_over(pixels, scene, fill, threads);
            });
            self.drawn = Some(scene.clone());
        }
    }
}

/// Draws the picture, or what is shown in its place, and the ground around it.
fn draw_below(pixels: &mut Plane<Pixel>, scene: &Scene, layer: &mut Made<Plane<[u8; 4]>>, threads: &AtOnce) {
    let shown = scene.cells.as_ref().zip(scene.layer.stage());
    let (down, across) = if let Some(((cells, _), stage)) = shown {
        let (rows, cols) = scene.place.axes(cells.scale_of_stages(), (0.0, 0.0));
        let source = (cells, scene.layer.number());
        let picture = layer.get(source, |cells, _| plane(&stage_image(&cells.stages, stage)));
        threads.run(|| lay_over(pixels, picture, rows, cols, |pixel, [r, g, b, _]| *pixel = [b, g, r, 255]))
    } else if let Some((picture, part)) = &scene.picture {
        let scale = 1.0 / (1_usize << part.level) as f64;
        let (rows, cols) = scene.place.axes((scale, scale), (part.rows.start as f64, part.cols.start as f64));
        threads.run(|| lay_over(pixels, picture, rows, cols, |pixel, [r, g, b]| *pixel = [b, g, r, 255]))
    } else {
        (0..0, 0..0)
    };
    for row in 0..pixels.height() {
        let to = pixels.row_mut(row);
        let (left, right) = if down.contains(&row) { (across.start, across.end) } else { (to.len(), to.len()) };
        to[..left].fill(pixel(scene.ground));
        to[right..].fill(pixel(scene.ground));
    }
}

/// Draws what the overlay shows of the cells.
fn draw_over(pixels: &mut Plane<Pixel>, scene: &Scene, fill: &mut Made<Plane<[u8; 4]>>, threads: &AtOnce) {
    let Some((cells, is_fresh)) = scene.cells.as_ref().filter(|_| scene.overlay.shown) else { return };
    if scene.overlay.fill > 0.0 {
        let (rows, cols) = scene.place.axes(cells.scale(), (0.0, 0.0));
        let source = (cells, number_of(&scene.colours));
        let fill = fill.get(source, |cells, _| plane(&fill_image(cells, &scene.colours)));
        let opacity = (256.0 * scene.overlay.fill).round() as u32;
        let lay_pixel = |pixel: &mut Pixel, [r, g, b, a]: [u8; 4]| {
            if a > 0 {
                lay(pixel, [b, g, r].map(|level| u32::from(level) * opacity), u32::from(a) * opacity);
            }
        };
        threads.run(|| lay_over(pixels, fill, rows, cols, lay_pixel));
    }
    let emphasis = Emphasis { pointed: None, selected: None, is_fresh: *is_fresh };
    let ((left, top), _) = scene.place.in_pixels();
    overlay::edges(cells, &scene.overlay, &scene.place, emphasis.plain(&scene.colours), |edge, colour| {
        fill_rect(pixels, edge.translate(egui::vec2(-left, -top)), colour);
    });
}

/// Lays a colour over a pixel: blue, green and red as they are weakened by its opacity, all in 256ths of a level.
fn lay(pixel: &mut Pixel, colour: [u32; 3], opacity: u32) {
    for (sample, level) in pixel.iter_mut().zip(colour) {
        let rest = (255 * 256 - opacity) * u32::from(*sample) / 255;
        *sample = ((level + rest + 128) >> 8).min(255) as u8;
    }
}

/// Fills a rectangle of whole pixels, as far as it is among them.
fn fill_rect(pixels: &mut Plane<Pixel>, rect: Rect, colour: Color32) {
    let inside = |from: f32, to: f32, side: usize| (from.max(0.0) as usize).min(side)..(to.max(0.0) as usize).min(side);
    let (height, width) = pixels.size();
    let cols = inside(rect.left(), rect.right(), width);
    let [r, g, b, a] = colour.to_array();
    for row in inside(rect.top(), rect.bottom(), height) {
        let row = &mut pixels.row_mut(row)[cols.clone()];
        if a == 255 {
            row.fill(pixel(colour));
        } else {
            let levels = [b, g, r].map(|level| u32::from(level) << 8);
            for pixel in row {
                lay(pixel, levels, u32::from(a) << 8);
            }
        }
    }
}

fn pixel(colour: Color32) -> Pixel {
    let [r, g, b, _] = colour.to_array();
    [b, g, r, 255]
}

fn plane(image: &egui::ColorImage) -> Plane<[u8; 4]> {
    let [width, height] = image.size;
    Plane::from_samples(height, width, image.pixels.iter().map(Color32::to_array).collect())
}

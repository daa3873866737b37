//! The outlines of cells and nuclei over the picture, and what is pointed at or selected among them.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, pos2};

use super::{
    camera::Camera,
    chips,
    view::{Colours, OverlayParams},
};
use crate::{
    atlas::{Location, LocationSet},
    imaging::outline::Outline,
    pipeline::region_colours::colour_of_cell,
    workbench::results::FoundCells,
};

/// All of a texture.
pub const WHOLE: Rect = Rect { min: Pos2::ZERO, max: Pos2 { x: 1.0, y: 1.0 } };

/// What the colours of cells tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellColours {
    /// One cell from the next.
    Cells,
    /// What the cells are called.
    Label(Option<Location>),
}

impl CellColours {
    /// The colours for cells with these labels.
    pub fn of(colours: Colours, labels: Option<LocationSet>) -> Self {
        match colours {
            Colours::Cell => Self::Cells,
            // Of several the one that stands first, as in the lists.
            Colours::Label => Self::Label(labels.and_then(|labels| labels.iter().next())),
        }
    }

    /// The colour of a cell or its nucleus.
    pub fn colour(self, id: u32, is_nucleus: bool) -> Color32 {
        match self {
            Self::Cells => {
                colour_of_cell(id, is_nucleus).map_or(Color32::WHITE, |[r, g, b]| Color32::from_rgb(r, g, b))
            }
            Self::Label(location) => chips::mark(location, is_nucleus),
        }
    }

    /// Tells it from all others.
    pub fn number(self) -> u64 {
        match self {
            Self::Cells => 0,
            Self::Label(location) => 1 + location.map_or(0, |location| 1 + location.index() as u64),
        }
    }
}

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
    colours: CellColours,
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
    let mut shapes = Vec::new();
    let mut add = |outlines: &[Outline], is_nucleus: bool, width: f32| {
        for outline in outlines {
            let points: Vec<Pos2> = outline.corners.iter().map(to_screen).collect();
            if !Rect::from_points(&points).expand(4.0).intersects(screen) {
                continue;
            }
            let is_special = !is_nucleus && [emphasis.pointed, emphasis.selected].contains(&Some(outline.id));
            let (colour, width) = if is_special {
                let width = if emphasis.selected == Some(outline.id) { 3.0 } else { 2.0 };
                (Color32::WHITE, width)
            } else {
                (colours.colour(outline.id, is_nucleus).gamma_multiply(strength), width)
            };
            shapes.push(Shape::closed_line(points, Stroke::new(width, colour)));
        }
    };
    if params.cells {
        add(&cells.cell_outlines, false, 1.5);
    }
    if params.nuclei {
        add(&cells.nuclei_outlines, true, 1.0);
    }
    painter.extend(shapes);
}

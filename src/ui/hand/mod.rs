//! THE HAND on the canvas: tools with which cells are corrected. What a tool does becomes one correction, which is one
//! step to undo; masks are not touched in here.
//!
//! ```text
//! mod       the tools, and what the hand holds        strip     the buttons above the canvas
//! gesture   from the pointer to a correction          preview   what is seen of it meanwhile
//! ```

mod gesture;
mod preview;
mod strip;

pub use gesture::work;
pub use preview::draw;
pub use strip::strip_ui;

use egui::{Context, Key, Modifiers};

use super::view::View;
use crate::{
    atlas::Anchor,
    pipeline::corrections::{Correction, Part},
    project::{Edit, labels::Deed},
    workbench::{Command, Workbench, results::FoundCells},
};

/// A tool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// Selects cells and moves the image.
    #[default]
    Select,
    /// Cuts a cell along a line.
    Split,
    /// Makes one cell of two.
    Merge,
    /// Takes a cell away.
    Delete,
    /// Draws a cell with a brush.
    Draw,
    /// Draws a cell by its corners.
    Polygon,
    /// Takes pixels away from cells.
    Erase,
    /// Grows a cell over its border.
    Border,
}

impl Tool {
    /// All of them, as they stand above the canvas.
    pub const ALL: [Self; 8] =
        [Self::Select, Self::Split, Self::Merge, Self::Delete, Self::Draw, Self::Polygon, Self::Erase, Self::Border];

    /// As on its button.
    pub fn name(self) -> &'static str {
        match self {
            Self::Select => "Select",
            Self::Split => "Split",
            Self::Merge => "Merge",
            Self::Delete => "Delete",
            Self::Draw => "Draw",
            Self::Polygon => "Polygon",
            Self::Erase => "Erase",
            Self::Border => "Border",
        }
    }

    /// What one does with it.
    pub fn hint(self, part: Part) -> &'static str {
        match (self, part) {
            (Self::Select, _) => "Click a cell to select it, drag to move the image.",
            (Self::Split, Part::Cell) => "Drag a line across a cell: it is cut in two there, and its nucleus with it.",
            (Self::Split, Part::Nucleus) => {
                "Drag a line across a nucleus: it is cut in two, and each half gets the part of the cell nearer to it."
            }
            (Self::Merge, _) => "Click two cells, one after the other: they become one.",
            (Self::Delete, _) => "Click a cell to take it away, with its nucleus.",
            (Self::Draw, Part::Cell) => {
                "Drag over a cell that was not found. Around a nucleus that is there, it is that cell's new outline."
            }
            (Self::Draw, Part::Nucleus) => {
                "Drag over a nucleus that was not found: it gets the part of the cells under it that is nearer to it."
            }
            (Self::Polygon, Part::Cell) => {
                "Click the corners of a cell. A click on the first one, a double click or Enter closes it; Backspace takes \
                 one back."
            }
            (Self::Polygon, Part::Nucleus) => {
                "Click the corners of a nucleus. A click on the first one, a double click or Enter closes it; Backspace \
                 takes one back."
            }
            (Self::Erase, Part::Cell) => "Drag over what belongs to no cell. A cell whose nucleus is erased goes.",
            (Self::Erase, Part::Nucleus) => {
                "Drag over what is no nucleus; the cell stays. A cell whose nucleus is erased altogether goes."
            }
            (Self::Border, Part::Cell) => {
                "Begin inside a cell and drag over its border: it grows there, and its neighbours give way up to their \
                 nuclei."
            }
            (Self::Border, Part::Nucleus) => {
                "Begin inside a nucleus and drag over its border: it grows there, and others give way."
            }
        }
    }

    /// Whether it has a round brush.
    pub fn has_brush(self) -> bool {
        matches!(self, Self::Draw | Self::Erase | Self::Border)
    }

    /// Whether it follows the pointer as long as its button is held.
    pub fn is_dragged(self) -> bool {
        self == Self::Split || self.has_brush()
    }

    /// Whether it does one thing to cells and another to nuclei.
    pub fn minds_part(self) -> bool {
        !matches!(self, Self::Select | Self::Merge | Self::Delete)
    }
}

/// What the hand holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Hand {
    /// The tool.
    pub tool: Tool,
    /// Whether it works on cells or on nuclei.
    pub part: Part,
    /// From the middle of the brush to its rim, in pixels of the image.
    pub radius_px: u32,
    /// Where the tool went, in pixels of the image, as long as it is not done: a line, the way of a brush, corners.
    pub path: Vec<Anchor>,
    /// Where it went last, to be seen until the cells are there that this has led to.
    pub settling: Vec<Anchor>,
    /// The cell that the next one is merged with.
    pub first: Option<Anchor>,
    /// Why the last attempt came to nothing.
    pub message: Option<&'static str>,
}

impl Default for Hand {
    fn default() -> Self {
        Self {
            tool: Tool::Select,
            part: Part::Cell,
            radius_px: 12,
            path: Vec::new(),
            settling: Vec::new(),
            first: None,
            message: None,
        }
    }
}

impl Hand {
    /// Radii there are.
    pub const RADIUS_PX: std::ops::RangeInclusive<u32> = 0..=200;

    /// Takes another tool.
    pub fn take(&mut self, tool: Tool) {
        self.drop_work();
        self.tool = tool;
    }

    /// Lets go of what is not done.
    pub fn drop_work(&mut self) {
        self.path.clear();
        self.settling.clear();
        (self.first, self.message) = (None, None);
    }

    /// From cells to nuclei, and back.
    pub fn switch_part(&mut self) {
        self.part = if self.part == Part::Cell { Part::Nucleus } else { Part::Cell };
    }

    /// Makes the brush a fourth larger or smaller, but at least by a pixel.
    pub fn resize(&mut self, is_larger: bool) {
        let step = (self.radius_px / 4).max(1);
        let radius = if is_larger { self.radius_px + step } else { self.radius_px.saturating_sub(step) };
        self.radius_px = radius.clamp(*Self::RADIUS_PX.start(), *Self::RADIUS_PX.end());
    }

    /// What the line at the bottom says; `None` while there is no tool in the hand.
    pub fn hint(&self) -> Option<&'static str> {
        match (self.tool, self.message) {
            (Tool::Select, None) => None,
            (_, Some(message)) => Some(message),
            (Tool::Merge, None) if self.first.is_some() => Some("Click the cell that it is to be one with."),
            (tool, None) => Some(tool.hint(self.part)),
        }
    }
}

/// Escape lets go of what is not done, then of the tool.
pub fn keys(context: &Context, view: &mut View) {
    let is_wanted = view.hand.tool != Tool::Select && !context.egui_wants_keyboard_input();
    if is_wanted && context.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        let is_busy = !view.hand.path.is_empty() || view.hand.first.is_some();
        view.hand.drop_work();
        if !is_busy {
            view.hand.take(Tool::Select);
        }
    }
}

/// The step of correcting the image at `index`.
pub fn command(workbench: &Workbench, index: usize, correction: Correction) -> Option<Command> {
    let image = workbench.opened()?.set.fields().get(index)?.id().to_owned();
    Some(Command::Edit(Edit::Masks(Deed::Correct { image, correction })))
}

/// The name of the cell `id`; one that has none because it is too small is named by a pixel of it.
fn anchor_of(cells: &FoundCells, id: u32, pixel: Anchor) -> Anchor {
    cells.named(id).map_or(pixel, |cell| cell.anchor)
}

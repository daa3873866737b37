//! From what the pointer does to a correction.

use egui::{Event, Key, Modifiers, PointerButton, Pos2, Response, Ui};

use super::{Hand, Tool, anchor_of};
use crate::{
    atlas::Anchor,
    pipeline::corrections::{Correction, Part, Shape, Stroke, id_along, ids_under},
    workbench::results::FoundCells,
};

/// A click so near to the first corner closes a polygon, in points of the screen.
const CLOSE: f32 = 8.0;

/// Follows the pointer over the canvas. `pixel_at` tells the pixel of the image at a place of the screen, the nearest one
/// beside the image. Returns a correction once one is done, and otherwise keeps in `hand` how far it is.
pub fn work(
    ui: &Ui,
    response: &Response,
    hand: &mut Hand,
    cells: &FoundCells,
    selected: Option<u32>,
    pixel_at: impl Fn(Pos2) -> Anchor,
) -> Option<Correction> {
    let done = match hand.tool {
        Tool::Select => return None,
        Tool::Merge | Tool::Delete => {
            let place = response.interact_pointer_pos().filter(|_| response.clicked())?;
            clicked(hand, cells, pixel_at(place))
        }
        Tool::Polygon => polygon(ui, response, hand, &pixel_at)?,
        Tool::Split | Tool::Draw | Tool::Erase | Tool::Border => {
            follow(ui, response, hand, &pixel_at);
            let is_held = ui.input(|input| input.pointer.button_down(PointerButton::Primary));
            if hand.path.is_empty() || is_held {
                return None;
            }
            dragged(hand, cells, selected)
        }
    };
    match done {
        Ok(correction) => {
            if correction.is_some() {
                let way = std::mem::take(&mut hand.path);
                hand.drop_work();
                hand.settling = way;
            }
            correction
        }
        Err(message) => {
            hand.drop_work();
            hand.message = Some(message);
            None
        }
    }
}

/// What a gesture came to: a correction, nothing yet, or why nothing.
type Done = Result<Option<Correction>, &'static str>;

/// Adds to the path where the pointer went since the last frame.
fn follow(ui: &Ui, response: &Response, hand: &mut Hand, pixel_at: &impl Fn(Pos2) -> Anchor) {
    if !response.is_pointer_button_down_on() && hand.path.is_empty() {
        return;
    }
    // A brush needs no finer way than a fourth of its radius.
    let spacing = if hand.tool.has_brush() { (hand.radius_px / 4).max(1) } else { 1 };
    let is_far = |from: Anchor, to: Anchor| from.0.abs_diff(to.0).max(from.1.abs_diff(to.1)) >= spacing;
    let events = ui.input(|input| input.events.clone());
    for event in events {
        match event {
            Event::PointerButton { pos, button: PointerButton::Primary, pressed: true, .. }
                if hand.path.is_empty() && response.rect.contains(pos) =>
            {
                hand.message = None;
                hand.path.push(pixel_at(pos));
            }
            Event::PointerMoved(pos) | Event::PointerButton { pos, button: PointerButton::Primary, .. } => {
                let pixel = pixel_at(pos);
                if hand.path.last().is_some_and(|&last| is_far(last, pixel)) {
                    hand.path.push(pixel);
                }
            }
            _ => {}
        }
    }
}

/// What a line or the way of a brush comes to.
fn dragged(hand: &Hand, cells: &FoundCells, selected: Option<u32>) -> Done {
    let (part, path) = (hand.part, hand.path.clone());
    let mask = if part == Part::Cell { cells.cell_mask() } else { cells.nuclei_mask() };
    let first = path.first().copied().unwrap_or_default();
    let stroke = || Stroke { path: path.clone(), radius_px: hand.radius_px };
    let correction = match hand.tool {
        Tool::Split => {
            let id = id_along(mask, &path).ok_or("The line crosses nothing that could be split.")?;
            let crossed = path.iter().copied().find(|&pixel| cells.cell_at(pixel) == id).unwrap_or(first);
            Correction::Split { part, cell: anchor_of(cells, id, crossed), line: path }
        }
        Tool::Draw => Correction::Draw { part, shape: Shape::Brush(stroke()) },
        Tool::Erase => {
            let named = |id: u32| {
                let under = path.iter().copied().find(|&pixel| cells.cell_at(pixel) == id);
                cells.named(id).map(|cell| cell.anchor).or(under)
            };
            let stroke = stroke();
            let erased: Vec<Anchor> = ids_under(mask, &stroke).into_iter().filter_map(named).collect();
            if erased.is_empty() {
                return Err("There was nothing to erase under the brush.");
            }
            Correction::Erase { part, cells: erased, stroke }
        }
        Tool::Border => {
            let begun = Some(cells.cell_at(first)).filter(|&id| id > 0);
            let id = begun.or(selected).ok_or("Begin inside the cell that is to grow, or select it first.")?;
            Correction::Border { part, cell: anchor_of(cells, id, first), stroke: stroke() }
        }
        Tool::Select | Tool::Merge | Tool::Delete | Tool::Polygon => return Ok(None),
    };
    Ok(Some(correction))
}

/// What a click on a cell comes to.
fn clicked(hand: &mut Hand, cells: &FoundCells, pixel: Anchor) -> Done {
    hand.message = None;
    let id = cells.cell_at(pixel);
    if id == 0 {
        return Err("There is no cell here.");
    }
    let cell = anchor_of(cells, id, pixel);
    Ok(match (hand.tool, hand.first) {
        (Tool::Delete, _) => Some(Correction::Delete { cell }),
        (_, None) => {
            hand.first = Some(cell);
            None
        }
        (_, Some(first)) if cells.cell_at(first) == id => return Err("That is the same cell: click two."),
        (_, Some(first)) => Some(Correction::Merge { cells: [first, cell] }),
    })
}

/// Takes corners, and closes the polygon; `None` while nothing happens.
fn polygon(ui: &Ui, response: &Response, hand: &mut Hand, pixel_at: &impl Fn(Pos2) -> Anchor) -> Option<Done> {
    let key =
        |key| !ui.ctx().egui_wants_keyboard_input() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if key(Key::Backspace) {
        hand.path.pop();
    }
    let mut is_closed = !hand.path.is_empty() && key(Key::Enter) || response.double_clicked();
    if let Some(place) = response.interact_pointer_pos().filter(|_| response.clicked()) {
        hand.message = None;
        let (pixel, beside) = (pixel_at(place), pixel_at(place + egui::vec2(CLOSE, CLOSE)));
        let reach = (beside.0.abs_diff(pixel.0), beside.1.abs_diff(pixel.1));
        let is_near = |corner: Anchor| corner.0.abs_diff(pixel.0) <= reach.0 && corner.1.abs_diff(pixel.1) <= reach.1;
        match hand.path[..] {
            [first, _, _, ..] if is_near(first) => is_closed = true,
            [.., last] if last == pixel => {}
            _ => hand.path.push(pixel),
        }
    }
    if !is_closed {
        return None;
    }
    if hand.path.len() < 3 {
        return Some(Err("A shape has at least three corners."));
    }
    Some(Ok(Some(Correction::Draw { part: hand.part, shape: Shape::Polygon(hand.path.clone()) })))
}

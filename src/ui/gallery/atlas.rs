//! The pictures of cells on the graphics card: many on one sheet, so that a page of the gallery is drawn at once.

use std::{collections::HashMap, sync::Arc};

use egui::{Color32, ColorImage, Context, Rect, TextureHandle, TextureId, TextureOptions, pos2};

use super::super::textures::picture_image;
use crate::{imaging::Plane, pipeline::portrait::Portrait, workbench::set_cells::CellAt};

/// Pictures on a side of a sheet.
const SIDE: usize = 25;
/// Pictures on a sheet.
const SHEET: usize = SIDE * SIDE;
/// Sheets, of 16 MB each: more than fit onto the largest screen.
const SHEETS: usize = 4;

/// Sheets of pictures, those used last.
#[derive(Default)]
pub struct Atlas {
    sheets: Vec<TextureHandle>,
    slots: Vec<Slot>,
    by_cell: HashMap<CellAt, usize>,
    /// Counts frames.
    clock: u64,
}

struct Slot {
    cell: CellAt,
    /// Held, so that no other picture can have its address.
    picture: Arc<Plane<[u8; 3]>>,
    used: u64,
}

impl Atlas {
    /// A new frame begins.
    pub fn begin_frame(&mut self) {
        self.clock += 1;
    }

    /// Where the picture of a cell is: the sheet, and the place on it.
    pub fn place(
        &mut self,
        context: &Context,
        cell: CellAt,
        picture: &Arc<Plane<[u8; 3]>>,
    ) -> Option<(TextureId, Rect)> {
        let slot = if let Some(&slot) = self.by_cell.get(&cell) {
            if !Arc::ptr_eq(&self.slots[slot].picture, picture) {
                self.slots[slot].picture = Arc::clone(picture);
                self.send(context, slot);
            }
            slot
        } else {
            let slot = self.free_slot(cell, picture)?;
            self.by_cell.insert(cell, slot);
            self.send(context, slot);
            slot
        };
        self.slots[slot].used = self.clock;
        let (sheet, row, col) = (slot / SHEET, slot % SHEET / SIDE, slot % SIDE);
        // Half a pixel less on each side, so that no light of a neighbour comes in.
        let at = |step: usize, inset: f32| (step as f32 + inset) / SIDE as f32;
        let half = 0.5 / Portrait::SIDE as f32;
        let place =
            Rect::from_min_max(pos2(at(col, half), at(row, half)), pos2(at(col, 1.0 - half), at(row, 1.0 - half)));
        Some((self.sheets.get(sheet)?.id(), place))
    }

    /// A slot for the picture: a new one, or that which was not used for the longest time; `None` if all are in use.
    fn free_slot(&mut self, cell: CellAt, picture: &Arc<Plane<[u8; 3]>>) -> Option<usize> {
        let slot = Slot { cell, picture: Arc::clone(picture), used: self.clock };
        if self.slots.len() < SHEETS * SHEET {
            self.slots.push(slot);
            return Some(self.slots.len() - 1);
        }
        let (oldest, used) =
            self.slots.iter().enumerate().map(|(at, slot)| (at, slot.used)).min_by_key(|(_, used)| *used)?;
        if used == self.clock {
            return None;
        }
        self.by_cell.remove(&self.slots[oldest].cell);
        self.slots[oldest] = slot;
        Some(oldest)
    }

    fn send(&mut self, context: &Context, slot: usize) {
        let side = SIDE * Portrait::SIDE;
        while self.sheets.len() <= slot / SHEET {
            let empty = ColorImage::filled([side, side], Color32::BLACK);
            self.sheets.push(context.load_texture("cells", empty, TextureOptions::LINEAR));
        }
        let corner = [slot % SIDE * Portrait::SIDE, slot % SHEET / SIDE * Portrait::SIDE];
        let image = picture_image(&self.slots[slot].picture);
        if let Some(sheet) = self.sheets.get_mut(slot / SHEET) {
            sheet.set_partial(corner, image, TextureOptions::LINEAR);
        }
    }
}

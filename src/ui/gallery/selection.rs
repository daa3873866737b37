//! Which cells of the gallery are selected.

use std::collections::HashSet;

use egui::Modifiers;

use crate::workbench::set_cells::CellAt;

/// The selected cells, and the one from which Shift selects on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    pub cells: HashSet<CellAt>,
    base: Option<CellAt>,
    /// The one cell that was clicked: it stands for the focus, and goes with it.
    clicked: Option<CellAt>,
}

impl Selection {
    /// A click, or a step with the keyboard, on the cell `at` of those `shown`: alone it selects this one, with Ctrl it
    /// adds it or takes it away, with Shift it selects all from the last one on.
    pub fn click(&mut self, at: CellAt, modifiers: Modifiers, shown: &[CellAt]) {
        self.clicked = None;
        let place = |cell: CellAt| shown.iter().position(|&other| other == cell);
        if modifiers.shift
            && let Some((from, to)) = self.base.and_then(place).zip(place(at))
        {
            if !modifiers.command {
                self.cells.clear();
            }
            self.cells.extend(&shown[from.min(to)..=from.max(to)]);
            return;
        }
        if modifiers.command {
            self.toggle(at);
            return;
        }
        self.cells.clear();
        self.cells.insert(at);
        self.base = Some(at);
        self.clicked = Some(at);
    }

    /// The focus goes to a cell. What was selected stays, but for a single cell that was clicked.
    pub fn go_to(&mut self, at: CellAt) {
        if self.clicked.is_some_and(|clicked| self.cells.len() == 1 && self.cells.contains(&clicked)) {
            self.click(at, Modifiers::NONE, &[]);
        }
    }

    /// Adds a cell or takes it away.
    pub fn toggle(&mut self, at: CellAt) {
        self.clicked = None;
        if !self.cells.remove(&at) {
            self.cells.insert(at);
        }
        self.base = Some(at);
    }

    /// Where Shift selects from.
    pub fn begin_at(&mut self, at: CellAt) {
        self.base = Some(at);
    }

    /// Selects nothing.
    pub fn clear(&mut self) {
        self.cells.clear();
    }
}

//! What keys do in the gallery, as long as nobody types.

use egui::{Context, Key, Modifiers};

use super::{
    Gallery,
    decide::{decide, exclude_or_count, targets},
    focused,
};
use crate::{
    project::labels::{Change, Grade, Verdict},
    ui::view::{Place, View},
    workbench::{Command, Workbench},
};

/// The keys and what they do, for the sheet of keys.
pub const KEYS: [(&str, &str); 11] = [
    ("Arrows, Home, End, Page", "Another cell; with Shift, select up to it"),
    ("Space, Ctrl+A, Escape", "Select the cell or not, all, none"),
    ("Enter, double click", "Show the cell in its image"),
    ("Click, Ctrl, Shift, drag", "Select one, more, a range, a rectangle"),
    ("Y, N", "The cells show the location, or not"),
    ("1 to 5", "How sure one is that they do"),
    ("0, Backspace", "As their image says"),
    ("X", "Leave the cells out, or have them count again"),
    ("P", "Protein only, or all stains"),
    ("S", "With or without surroundings"),
    ("O", "With or without outlines"),
];

/// The verdict that a key stands for.
const VERDICTS: [(Key, Option<Verdict>); 4] =
    [(Key::Y, Some(Verdict::Yes)), (Key::N, Some(Verdict::No)), (Key::Num0, None), (Key::Backspace, None)];
const GRADES: [Key; 5] = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5];

/// Does what the keys say that were pressed.
pub fn keys(
    context: &Context,
    workbench: &Workbench,
    view: &mut View,
    gallery: &mut Gallery,
    commands: &mut Vec<Command>,
) {
    if context.egui_wants_keyboard_input() || egui::Popup::is_any_open(context) || gallery.shown.cells.is_empty() {
        return;
    }
    let pressed = |key: Key| context.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    move_focus(context, workbench, view, gallery);
    decision_keys(context, workbench, view, commands);
    let focus = focused(workbench, view);
    if let Some(focus) = focus.filter(|_| pressed(Key::Space)) {
        view.gallery.selection.toggle(focus);
    }
    if context.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::A)) {
        view.gallery.selection.cells = gallery.shown.cells.iter().copied().collect();
    }
    if pressed(Key::Escape) {
        view.gallery.selection.clear();
    }
    if focus.is_some() && pressed(Key::Enter) {
        view.kept.place = Place::Image;
    }
    let look = &mut view.kept.gallery;
    for (key, switch) in
        [(Key::P, &mut look.protein_only), (Key::S, &mut look.surroundings), (Key::O, &mut look.outlines)]
    {
        if pressed(key) {
            *switch = !*switch;
        }
    }
}

/// Decides about the selected cells, or the one in focus, as the keys say that were pressed.
pub fn decision_keys(context: &Context, workbench: &Workbench, view: &View, commands: &mut Vec<Command>) {
    let pressed = |key: Key| context.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let cells = || targets(&view.gallery, focused(workbench, view));
    let location = view.kept.location;
    let verdicts =
        VERDICTS.into_iter().chain(GRADES.into_iter().zip(Grade::ALL.map(|grade| Some(Verdict::Grade(grade)))));
    for (key, verdict) in verdicts {
        if pressed(key) {
            commands.extend(decide(cells(), Change::Label(location, verdict)));
        }
    }
    if pressed(Key::X) {
        commands.extend(exclude_or_count(cells(), view.gallery.exclusion()));
    }
}

/// Steps through the cells that are shown.
fn move_focus(context: &Context, workbench: &Workbench, view: &mut View, gallery: &mut Gallery) {
    let (columns, page) = (gallery.grid.columns.max(1) as isize, gallery.grid.page().max(1) as isize);
    let steps = [
        (Key::ArrowLeft, -1),
        (Key::ArrowRight, 1),
        (Key::ArrowUp, -columns),
        (Key::ArrowDown, columns),
        (Key::PageUp, -page),
        (Key::PageDown, page),
        (Key::Home, isize::MIN),
        (Key::End, isize::MAX),
    ];
    for (key, step) in steps {
        let modifiers = [Modifiers::SHIFT, Modifiers::NONE].into_iter().find(|&modifiers| {
            context.input_mut(|input| (input.modifiers.shift == modifiers.shift) && input.consume_key(modifiers, key))
        });
        let Some(modifiers) = modifiers else { continue };
        let last = gallery.shown.cells.len().saturating_sub(1);
        let before = focused(workbench, view);
        let from = before.and_then(|focus| gallery.shown.cells.iter().position(|&cell| cell == focus));
        let to = match from {
            Some(from) => (from as isize).saturating_add(step).clamp(0, last as isize) as usize,
            None => gallery.grid.first_in_view().min(last),
        };
        let Some(&at) = gallery.shown.cells.get(to) else { continue };
        if modifiers.shift {
            if view.gallery.selection.cells.is_empty()
                && let Some(before) = before
            {
                view.gallery.selection.begin_at(before);
            }
            view.gallery.selection.click(at, modifiers, &gallery.shown.cells);
        } else {
            view.gallery.selection.go_to(at);
        }
        gallery.put_focus(workbench, view, at);
        gallery.grid.scroll_to = Some(to);
    }
}

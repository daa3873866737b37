//! What has become of all decided cells of the set since they were decided about: a list to go through.

use egui::{RichText, ScrollArea, Ui};

use super::view::{Place, View};
use crate::{atlas::Anchor, project::labels::placement::Fate, workbench::Workbench};

/// The decided cells that did not stay as they were.
#[derive(Clone, Debug, Default)]
pub struct FateList {
    /// What it follows from: counts of changes.
    of: Option<(u64, u64, usize)>,
    /// How many cells came to what, in the order of [`Fate::ALL`].
    counts: [usize; 4],
    /// Images with decisions whose cells are not measured.
    unknown: usize,
    /// The cells that were not kept: the place of their image in the set, and what became of them.
    changed: Vec<(usize, Anchor, Fate)>,
}

impl FateList {
    fn update(&mut self, workbench: &Workbench) {
        let measured = workbench.set_cells().map_or(0, |cells| cells.measured_fields());
        let of = Some((workbench.changes(), workbench.placed_revision(), measured));
        if self.of == of {
            return;
        }
        *self = Self { of, ..Self::default() };
        let Some(opened) = workbench.opened() else { return };
        for place in workbench.project().labels().fields().into_iter().filter_map(|id| opened.set.place_of(id)) {
            let Some(placed) = workbench.placed(place) else {
                self.unknown += usize::from(workbench.decided(place) > 0);
                continue;
            };
            for (&anchor, &fate) in &placed.placement.fates {
                self.counts[fate as usize] += 1;
                if fate != Fate::Kept {
                    self.changed.push((place, anchor, fate));
                }
            }
        }
    }
}

/// Draws the list; returns whether a cell was chosen, which is on the canvas then.
pub fn fates_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View) -> bool {
    ui.set_width(560.0);
    ui.heading("Where decisions have gone");
    ui.label(
        "A decision belongs to a place in its image. When cells are found anew, it falls to the cell that is there then, \
         and it comes back when the parameters do.",
    );
    ui.add_space(8.0);
    view.fates.update(workbench);
    let list = &view.fates;
    let counts: Vec<String> =
        Fate::ALL.into_iter().zip(list.counts).map(|(fate, count)| format!("{count} {}", fate.name())).collect();
    ui.label(RichText::new(counts.join(", ")).strong());
    if list.unknown > 0 {
        let text = format!("{} images with decisions are not measured with these parameters yet.", list.unknown);
        ui.label(RichText::new(text).color(ui.visuals().warn_fg_color));
    }
    let mut chosen = None;
    let row = ui.text_style_height(&egui::TextStyle::Body);
    ScrollArea::vertical().max_height(360.0).auto_shrink([false, true]).show_rows(
        ui,
        row,
        list.changed.len(),
        |ui, rows| {
            for &(place, anchor, fate) in &list.changed[rows] {
                let id = workbench.opened().map_or("", |opened| opened.set.fields()[place].id());
                let text = format!("{}: row {}, column {} of {id}", fate.name(), anchor.0, anchor.1);
                if ui.link(text).on_hover_text("Shows the place in its image.").clicked() {
                    chosen = Some((place, anchor));
                }
            }
        },
    );
    let Some((place, anchor)) = chosen else { return false };
    view.show(place);
    view.kept.place = Place::Image;
    view.go_to = Some(anchor);
    true
}

//! What has become of the decisions about an image's cells since the cells were found anew: kept, split, merged or lost,
//! each with a way to look at it.

use egui::{Link, RichText, Ui, pos2};

use super::super::view::View;
use crate::{
    atlas::Anchor,
    project::labels::placement::Fate,
    workbench::{Workbench, results::FoundCells},
};

/// A line of numbers; a click on one goes through the cells behind it.
pub fn fates_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, id: &str, found: &FoundCells) {
    let placement = found.placement(workbench.project().labels(), id);
    if placement.fates.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.label("Decided cells:");
        for fate in Fate::ALL {
            let anchors: Vec<Anchor> =
                placement.fates.iter().filter(|(_, of)| **of == fate).map(|(&anchor, _)| anchor).collect();
            if anchors.is_empty() {
                continue;
            }
            let text = RichText::new(format!("{} {}", anchors.len(), fate.name()));
            let text = if fate == Fate::Kept { text } else { text.color(ui.visuals().warn_fg_color) };
            if ui.add(Link::new(text)).on_hover_text(meaning(fate)).clicked() {
                go_to_next(view, &anchors, found);
            }
        }
    });
}

pub fn meaning(fate: Fate) -> &'static str {
    match fate {
        Fate::Kept => "Each has one cell as before. A click shows the next.",
        Fate::Split => "Only a part of the cell is left where it was decided about. A click shows the next.",
        Fate::Merged => "Several decided cells are one now; what was decided last holds. A click shows the next.",
        Fate::Lost => {
            "No cell is there now. The decisions wait for one, and come back when the parameters do. \
             A click shows the next."
        }
    }
}

/// Moves the canvas to the anchor behind the one shown last.
fn go_to_next(view: &mut View, anchors: &[Anchor], found: &FoundCells) {
    let next = view.visited.and_then(|last| anchors.iter().find(|&&anchor| anchor > last)).or(anchors.first());
    let Some(&anchor) = next else { return };
    view.visited = Some(anchor);
    view.selected_cell = Some(found.cell_at(anchor)).filter(|&id| id > 0);
    if let Some(camera) = &mut view.camera {
        camera.centre = pos2(anchor.1 as f32 + 0.5, anchor.0 as f32 + 0.5);
    }
}

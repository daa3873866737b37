//! Both sides of the cut: how many cells lie there, what can be decided about them, and what some of them look like.

use egui::{Button, Rect, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use super::Rules;
use crate::{
    pipeline::measures::Side,
    project::labels::Verdict,
    ui::{gallery::picture_ui, marks, view::View},
    workbench::{
        Command, Workbench,
        rules::{Nearness, RuleStep, RuleTable},
        set_cells::CellAt,
        standing::Standing,
    },
};

/// Side of an example in points.
const SIDE: f32 = 84.0;
/// Room between examples in points.
const GAP: f32 = 5.0;

/// Draws both sides beside each other.
pub fn sides_ui(
    ui: &mut Ui,
    workbench: &Workbench,
    view: &mut View,
    rules: &mut Rules,
    table: &RuleTable,
    commands: &mut Vec<Command>,
) {
    ui.checkbox(&mut view.rules.overrules, "Change decided cells, too").on_hover_text(
        "Off: cells about which something is decided stay as they are, whatever the rule says. On: they are changed, \
         too, and shown among the examples.",
    );
    ScrollArea::vertical().id_salt("sides").auto_shrink([false, false]).show(ui, |ui| {
        ui.columns(2, |columns| {
            for (ui, side) in columns.iter_mut().zip([Side::Below, Side::Above]) {
                side_ui(ui, workbench, view, rules, (table, side), commands);
            }
        });
    });
}

fn side_ui(
    ui: &mut Ui,
    workbench: &Workbench,
    view: &mut View,
    rules: &mut Rules,
    (table, side): (&RuleTable, Side),
    commands: &mut Vec<Command>,
) {
    let cut = view.rules.cut_in(table);
    let counts = table.counts(side, cut);
    let total: usize = counts.iter().sum();
    let heading = if side == Side::Below { "Below" } else { "Above" };
    ui.strong(format!("{heading} the cut: {total} cells"));
    let of = Standing::ALL.into_iter().filter(|&standing| counts[standing as usize] > 0);
    let words: Vec<String> = of.map(|standing| format!("{} {}", counts[standing as usize], standing.name())).collect();
    ui.weak(words.join(", "));
    ui.horizontal_wrapped(|ui| {
        for verdict in [Verdict::Yes, Verdict::No] {
            step_ui(ui, workbench, view, (table, side, verdict), commands);
        }
    });
    let undecided_only = !view.rules.overrules;
    let columns = ((ui.available_width() / (SIDE + GAP)) as usize).max(1);
    for (nearness, title, rows) in [(Nearness::Near, "Nearest to the cut", 2), (Nearness::Far, "Farthest from it", 1)] {
        let cells = table.examples(side, cut, nearness, undecided_only, rows * columns);
        ui.label(RichText::new(title).weak().size(11.5));
        if cells.is_empty() {
            let why = if total == 0 { "No cell lies here." } else { "All cells here are decided about." };
            ui.weak(why);
        }
        for row in cells.chunks(columns) {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = GAP;
                for &at in row {
                    example_ui(ui, workbench, view, rules, at);
                }
            });
        }
        rules.in_view.extend(cells);
    }
}

/// A button that decides about all cells of a side, and says how many it changes.
fn step_ui(
    ui: &mut Ui,
    workbench: &Workbench,
    view: &View,
    (table, side, verdict): (&RuleTable, Side, Verdict),
    commands: &mut Vec<Command>,
) {
    let location = view.kept.location;
    let step = RuleStep {
        wish: view.rules.wish(location),
        cut: view.rules.cut_in(table),
        side,
        verdict,
        overrules: view.rules.overrules,
    };
    let changed = table.changed(&step);
    let what = if verdict == Verdict::Yes { "Pre-label yes" } else { "Veto: no" };
    let text = format!("{what} {}: {changed} cells", side.name());
    // What the measure speaks for stands out.
    let is_meant = (verdict == Verdict::Yes) == (side == view.rules.side(location, table));
    let text = if is_meant { RichText::new(text).strong() } else { RichText::new(text).weak() };
    let is_free = changed > 0 && workbench.rule_step().is_none() && workbench.can_decide();
    let hover = format!(
        "Decides about {changed} cells {} the cut that they {} {location}. It is one step that can be undone, and the \
         journal tells that a rule did it.",
        side.name(),
        if verdict == Verdict::Yes { "show" } else { "do not show" }
    );
    let button = ui.add_enabled(is_free, Button::new(text)).on_hover_text(hover);
    let why = "There is no cell to change here, or a step is being made.";
    if button.on_disabled_hover_text(why).clicked() {
        commands.push(Command::ByRule(step));
    }
}

/// A cell that shows what lies where; a click goes to it in its image.
fn example_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, rules: &mut Rules, at: CellAt) {
    let (rect, response) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::CLICK);
    let (field, cells) = (at.field as usize, workbench.set_cells());
    let Some((id, image)) = cells.and_then(|cells| Some((cells.cell(at)?.id, &cells.field(field)?.image))) else {
        return;
    };
    let standing = workbench.standing(at, view.kept.location).unwrap_or(Standing::NotInImage);
    let name = format!("Cell {id} of {image}: {}", standing.name());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    picture_ui(ui, workbench.results().cell_pictures.get(at), &mut rules.atlas, at, rect);
    let badge = Rect::from_min_size(rect.right_top() + vec2(-16.0, 2.0), vec2(14.0, 14.0));
    ui.painter().rect_filled(badge, 3.0, egui::Color32::from_black_alpha(150));
    marks::draw(ui.painter(), standing, badge.center(), marks::colour(standing, true));
    let stroke = ui.style().interact(&response).fg_stroke;
    if response.hovered() || response.has_focus() {
        ui.painter().rect_stroke(rect, 0.0, stroke, egui::StrokeKind::Outside);
    }
    if response.on_hover_text(format!("{name}. A click shows it in its image.")).clicked() {
        view.show_cell(field, id);
    }
}

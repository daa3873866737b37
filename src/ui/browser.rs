//! The images of the set: a list with small pictures, to filter and to sort. Only rows in view cost anything.

use std::{collections::HashMap, ops::RangeInclusive};

use egui::{
    Color32, ComboBox, Context, DragValue, Rect, RichText, ScrollArea, Sense, TextEdit, TextureHandle, TextureOptions,
    Ui, Vec2, vec2,
};

use super::{
    chips, doubtful,
    textures::picture_image,
    view::{Filter, Order, State, View},
};
use crate::{
    atlas::Location,
    storage::FieldFiles,
    workbench::{Workbench, results::FieldKey, state::OpenSet},
};

/// Height of a row in points.
const ROW: f32 = 76.0;
/// Side of a small picture in points.
const PICTURE: f32 = 64.0;
/// Small pictures kept on the graphics card.
const TEXTURES: usize = 400;

/// What the browser remembers of its last frame.
#[derive(Default)]
pub struct Browser {
    textures: HashMap<usize, TextureHandle>,
    /// Of which set the textures are.
    opening: u64,
    /// The places of the listed images, in their order.
    listed: Vec<usize>,
    /// What that list follows from.
    listed_for: Option<ListedFor>,
    /// The rows in view.
    pub in_view: Vec<usize>,
    /// Whether the list is to be scrolled to the image on the canvas.
    pub scroll_to_shown: bool,
    /// Whether the cursor is to go into the filter.
    pub focus_filter: bool,
}

/// What a list follows from.
#[derive(PartialEq)]
struct ListedFor {
    opening: u64,
    filter: Filter,
    /// Counts of the changes of results and decisions, if the filter asks for these.
    work: Option<(u64, u64)>,
    /// The same of doubts about images and decisions.
    doubts: Option<(u64, u64)>,
}

impl Browser {
    /// The places of the listed images, in their order.
    pub fn listed(&self) -> &[usize] {
        &self.listed
    }

    /// The images one is likely to look at next.
    pub fn neighbours(&self, shown: Option<usize>) -> Vec<usize> {
        [1, -1].into_iter().filter_map(|step| self.at_step(shown, step)).collect()
    }

    /// The image so many rows further down.
    pub fn at_step(&self, shown: Option<usize>, step: isize) -> Option<usize> {
        let Some(at) = shown.and_then(|shown| self.listed.iter().position(|&index| index == shown)) else {
            return self.listed.first().copied();
        };
        self.listed.get(at.checked_add_signed(step)?).copied()
    }

    /// The next image in the list that `is_wanted`, from behind the one that is shown round to that itself.
    pub fn next_where(&self, shown: Option<usize>, is_wanted: impl Fn(usize) -> bool) -> Option<usize> {
        let at = shown.and_then(|shown| self.listed.iter().position(|&index| index == shown));
        let (before, behind) = self.listed.split_at(at.map_or(0, |at| at + 1));
        behind.iter().chain(before).copied().find(|&index| is_wanted(index))
    }

    /// Brings the list up to date. That takes a while with many images, so it is done only when something has changed
    /// that it follows from.
    pub fn update(&mut self, workbench: &Workbench, filter: &Filter) {
        let Some(opened) = workbench.opened() else {
            self.listed.clear();
            return;
        };
        if self.opening != workbench.openings() {
            self.textures.clear();
            self.opening = workbench.openings();
        }
        // States and numbers of cells change only as results come in.
        let results = workbench.results();
        let is_of_work = filter.state.is_some() || filter.cells.is_some() || filter.order != Order::Id;
        let work = is_of_work.then_some((results.revision, workbench.changes()));
        let doubts = filter.is_doubtful.then_some((workbench.field_doubts_revision(), workbench.changes()));
        let listed_for = ListedFor { opening: workbench.openings(), filter: filter.clone(), work, doubts };
        if self.listed_for.as_ref() == Some(&listed_for) {
            return;
        }
        self.listed = listed(workbench, opened, filter);
        self.listed_for = Some(listed_for);
    }

    fn texture(&mut self, context: &Context, workbench: &Workbench, index: usize) -> Option<&TextureHandle> {
        let picture = workbench.results().thumbnails.get(&index)?.as_ref().ok()?;
        if self.textures.len() >= TEXTURES && !self.textures.contains_key(&index) {
            let in_view = &self.in_view;
            self.textures.retain(|kept, _| in_view.contains(kept));
        }
        Some(self.textures.entry(index).or_insert_with(|| {
            context.load_texture(format!("small {index}"), picture_image(picture), TextureOptions::LINEAR)
        }))
    }
}

fn listed(workbench: &Workbench, opened: &OpenSet, filter: &Filter) -> Vec<usize> {
    let text = filter.text.trim().to_lowercase();
    let fits = |&index: &usize| {
        let labels = opened.labels[index];
        let has_label = |location: Location| labels.is_some_and(|labels| labels.contains(location));
        let id = opened.set.fields()[index].id();
        let has_text = text.is_empty()
            || id.to_lowercase().contains(&text)
            || Location::all().any(|location| has_label(location) && location.name().to_lowercase().contains(&text));
        has_text
            && filter.location.is_none_or(has_label)
            && (!filter.is_doubtful || !workbench.field_doubts(index).is_empty())
            && filter.state.is_none_or(|state| state == state_of(workbench, index))
            && filter
                .cells
                .as_ref()
                .is_none_or(|range| cell_count(workbench, index).is_some_and(|count| range.contains(&count)))
    };
    let mut listed: Vec<usize> = (0..opened.set.fields().len()).filter(fits).collect();
    let count = |index: &usize| cell_count(workbench, *index);
    match filter.order {
        Order::Id => {}
        Order::MostCells => listed.sort_by_key(|index| std::cmp::Reverse(count(index))),
        Order::FewestCells => listed.sort_by_key(|index| count(index).unwrap_or(usize::MAX)),
    }
    listed
}

/// How far the work on an image is.
pub fn state_of(workbench: &Workbench, index: usize) -> State {
    let results = workbench.results();
    let key: FieldKey = workbench.field_key(index);
    if results.failure(key).is_some() || failure(workbench, index).is_some() {
        return State::Broken;
    }
    let id = workbench.opened().and_then(|opened| opened.set.fields().get(index)).map(FieldFiles::id);
    if id.is_some_and(|id| workbench.project().is_reviewed(id)) {
        State::Reviewed
    } else if cell_count(workbench, index).is_some() {
        State::Segmented
    } else {
        State::NotSegmented
    }
}

/// What is known of the cells of an image with the parameters in force.
fn counted(workbench: &Workbench, index: usize) -> Option<&Result<usize, String>> {
    let counted = workbench.results().cell_counts.get(&index)?;
    (Some(&counted.inputs) == workbench.cells_key(index).as_ref()).then_some(&counted.value)
}

fn cell_count(workbench: &Workbench, index: usize) -> Option<usize> {
    counted(workbench, index)?.as_ref().ok().copied()
}

/// Why an image is broken.
fn failure(workbench: &Workbench, index: usize) -> Option<&String> {
    let thumbnail = workbench.results().thumbnails.get(&index).and_then(|thumbnail| thumbnail.as_ref().err());
    thumbnail.or_else(|| counted(workbench, index)?.as_ref().err())
}

/// Draws the list and takes what is chosen into the view.
pub fn browser_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, browser: &mut Browser) {
    browser.in_view.clear();
    let Some(opened) = workbench.opened() else {
        ui.weak("No images are open.");
        return;
    };
    filter_ui(ui, view, browser);
    let (listed, total) = (browser.listed.len(), opened.set.fields().len());
    let count = if listed == total { format!("{total} images") } else { format!("{listed} of {total} images") };
    ui.label(RichText::new(count).weak().size(11.5));
    ui.separator();
    if browser.listed.is_empty() {
        ui.weak("No image fits the filter.");
        if ui.button("Show all").clicked() {
            view.filter = Filter::default();
        }
        return;
    }
    let mut area = ScrollArea::vertical().auto_shrink([false, false]);
    if std::mem::take(&mut browser.scroll_to_shown)
        && let Some(at) = view.field.and_then(|shown| browser.listed.iter().position(|&index| index == shown))
    {
        let row = ROW + ui.spacing().item_spacing.y;
        let middle = at as f32 * row - ui.available_height() / 2.0 + row / 2.0;
        area = area.vertical_scroll_offset(middle.max(0.0));
    }
    area.show_rows(ui, ROW, browser.listed.len(), |ui, rows| {
        for at in rows {
            let index = browser.listed[at];
            browser.in_view.push(index);
            row_ui(ui, workbench, opened, view, browser, index);
        }
    });
}

fn filter_ui(ui: &mut Ui, view: &mut View, browser: &mut Browser) {
    let filter = &mut view.filter;
    let search = TextEdit::singleline(&mut filter.text).hint_text("Find by ID or label").desired_width(f32::INFINITY);
    let search = ui.add(search).on_hover_text("Lists the images whose ID or labels hold this text (Ctrl+F).");
    search.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Find by ID or label"));
    if std::mem::take(&mut browser.focus_filter) {
        search.request_focus();
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let name = filter.location.map_or("all labels", chips::short_name);
        let label = ComboBox::from_id_salt("Label").selected_text(name).width(84.0).height(520.0).show_ui(ui, |ui| {
            ui.selectable_value(&mut filter.location, None, "all labels");
            for location in Location::all() {
                ui.selectable_value(&mut filter.location, Some(location), location.name());
            }
        });
        let name = filter.state.map_or("any state", State::name);
        named(&label.response, "Label");
        let state = ComboBox::from_id_salt("State").selected_text(name).width(80.0).show_ui(ui, |ui| {
            ui.selectable_value(&mut filter.state, None, "any state");
            for state in State::ALL {
                ui.selectable_value(&mut filter.state, Some(state), state.name());
            }
        });
        named(&state.response, "State");
        let name = format!("by {}", filter.order.name());
        let order = ComboBox::from_id_salt("Order").selected_text(name).width(84.0).show_ui(ui, |ui| {
            for order in Order::ALL {
                ui.selectable_value(&mut filter.order, order, format!("by {}", order.name()));
            }
        });
        named(&order.response, "Order");
    });
    cells_filter_ui(ui, &mut filter.cells);
    ui.checkbox(&mut filter.is_doubtful, "doubtful").on_hover_text(doubtful::EXPLANATION);
}

fn cells_filter_ui(ui: &mut Ui, cells: &mut Option<RangeInclusive<usize>>) {
    ui.horizontal(|ui| {
        let mut is_on = cells.is_some();
        let hover = "Lists only images with so many cells. Images whose cells were not found are left out.";
        ui.checkbox(&mut is_on, "number of cells").on_hover_text(hover);
        if !is_on {
            *cells = None;
            return;
        }
        let (mut least, mut most) = cells.clone().unwrap_or(1..=100).into_inner();
        ui.label("from");
        let number = ui.add(DragValue::new(&mut least).range(0..=100_000));
        number.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SpinButton, true, "Fewest cells"));
        ui.label("to");
        let number = ui.add(DragValue::new(&mut most).range(least..=100_000));
        number.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SpinButton, true, "Most cells"));
        *cells = Some(least..=most.max(least));
    });
}

/// Gives a box to choose from a name for those who do not see it.
fn named(combo: &egui::Response, name: &str) {
    combo.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, name));
}

fn row_ui(ui: &mut Ui, workbench: &Workbench, opened: &OpenSet, view: &mut View, browser: &mut Browser, index: usize) {
    let id = opened.set.fields()[index].id();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let is_shown = view.field == Some(index);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_shown, id));
    if response.clicked() {
        view.show(index);
    }
    let visuals = ui.visuals();
    if is_shown {
        ui.painter().rect_filled(rect, 4.0, visuals.selection.bg_fill.gamma_multiply(0.6));
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 4.0, visuals.widgets.hovered.weak_bg_fill);
    }
    let frame = Rect::from_min_size(rect.min + Vec2::splat(4.0), Vec2::splat(PICTURE));
    ui.painter().rect_filled(frame, 3.0, Color32::from_gray(20));
    if let Some(texture) = browser.texture(ui.ctx(), workbench, index) {
        let size = texture.size_vec2();
        let place = Rect::from_center_size(frame.center(), size * (PICTURE / size.max_elem()));
        ui.painter().image(texture.id(), place, super::overlay::WHOLE, Color32::WHITE);
    }
    let words = Rect::from_min_max(frame.right_top() + vec2(8.0, 0.0), rect.max - vec2(4.0, 2.0));
    let mut words = ui.new_child(egui::UiBuilder::new().max_rect(words));
    words.spacing_mut().item_spacing.y = 2.0;
    let label = egui::Label::new(RichText::new(id).size(12.5)).selectable(false).truncate();
    words.add(label);
    let (text, colour) = match state_of(workbench, index) {
        State::Broken => ("cannot be read".to_owned(), visuals_error(&words)),
        state => {
            let cells = cell_count(workbench, index);
            let mut parts = vec![cells.map_or("not segmented".to_owned(), |cells| format!("{cells} cells"))];
            parts.extend((state == State::Reviewed).then(|| "reviewed".to_owned()));
            parts.extend(workbench.project().is_overridden(id).then(|| "own parameters".to_owned()));
            let is_imported = workbench.project().imported().get(id).is_some();
            parts.extend(is_imported.then(|| "imported masks".to_owned()));
            let is_corrected = workbench.project().labels().corrections().contains_key(id);
            parts.extend(is_corrected.then(|| "corrected".to_owned()));
            let visuals = words.visuals();
            (parts.join(", "), if cells.is_some() { visuals.text_color() } else { visuals.weak_text_color() })
        }
    };
    let doubts = workbench.field_doubts(index);
    // As high as its text, or the labels below would not fit into the row.
    let high = std::mem::take(&mut words.spacing_mut().interact_size.y);
    words.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        if !doubts.is_empty() {
            let mark = RichText::new("doubtful").size(11.5).color(ui.visuals().warn_fg_color);
            ui.add(egui::Label::new(mark).selectable(false));
        }
        ui.add(egui::Label::new(RichText::new(&text).size(11.5).color(colour)).selectable(false).truncate());
    });
    words.spacing_mut().interact_size.y = high;
    if let Some(labels) = opened.labels[index] {
        words.horizontal_wrapped(|ui| chips::chips_ui(ui, labels, 2));
    }
    let reasons = failure(workbench, index).cloned().into_iter().chain(doubts.iter().map(doubtful::sentence));
    response.on_hover_text([id.to_owned(), text].into_iter().chain(reasons).collect::<Vec<_>>().join("\n"));
}

fn visuals_error(ui: &Ui) -> Color32 {
    ui.visuals().error_fg_color
}

//! Everything that menus, keys and the command list can do, in one table: no feature is out of reach of the keyboard,
//! and the sheet of keys cannot be wrong.

use egui::{Context, Key, KeyboardShortcut, Modifiers};

use super::{
    cell_states::Standing,
    dialogs::Dialog,
    hand::{self, Tool},
    how_it_works::HowPart,
    picker::Wish,
    tuning,
    view::{Layer, Place, Tab, Theme, View},
};
use crate::{
    atlas::Location,
    pipeline::{corrections::Correction, tuning::Opinion},
    project::{
        Edit,
        labels::{Change, Reason},
    },
    workbench::{Command, WholeSetTask, Workbench, decidable::DecidableCell},
};

/// Something that can be done at any time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    OpenSet,
    OpenDemo,
    ReadLabels,
    ImportMasks,
    SavePicture,
    CopyPicture,
    Export,
    MoveProject,
    Quit,
    Undo,
    Redo,
    NextImage,
    PreviousImage,
    NextDoubtfulImage,
    ToggleReviewed,
    Reload,
    Fit,
    ActualSize,
    ZoomIn,
    ZoomOut,
    NextLayer,
    PreviousLayer,
    Composite,
    ToggleOverlay,
    ToggleScaleBar,
    CompareMasks,
    ImagePlace,
    GalleryPlace,
    DeckPlace,
    ModelPlace,
    RulesPlace,
    ScatterPlace,
    TuningPlace,
    HowItWorks,
    ToggleBrowser,
    ToggleInspector,
    DisplayTab,
    SegmentationTab,
    CellTab,
    FindImage,
    SegmentAll,
    MeasureAll,
    MarkGood,
    MarkBad,
    SearchSettings,
    Use(Tool),
    SwitchPart,
    LargerBrush,
    SmallerBrush,
    DeleteCell,
    NextCell,
    PreviousCell,
    ChooseLabel,
    FlipLabel,
    InheritLabel,
    ExcludeCell,
    OnlyUndecided,
    Fates,
    ExportDecided,
    ExportAll,
    ImportCells,
    LabelKeys,
    Learn,
    Annotator,
    ToggleTheme,
    Commands,
    Keys,
    About,
}

/// A menu of the menu bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    File,
    Edit,
    View,
    Image,
    Correct,
    Label,
    Help,
}

impl Menu {
    /// All menus from left to right.
    pub const ALL: [Self; 7] =
        [Self::File, Self::Edit, Self::View, Self::Image, Self::Correct, Self::Label, Self::Help];

    /// Its title.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "File",
            Self::Edit => "Edit",
            Self::View => "View",
            Self::Image => "Image",
            Self::Correct => "Correct",
            Self::Label => "Label",
            Self::Help => "Help",
        }
    }
}

/// Keys that are held, and the one that is pressed.
type Shortcut = (Modifiers, Key);

const NONE: Modifiers = Modifiers::NONE;
const COMMAND: Modifiers = Modifiers::COMMAND;
const COMMAND_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

impl Action {
    /// Every action with the menu it is in, what it is called, and its key.
    pub const ALL: [(Self, Menu, &'static str, Option<Shortcut>); 75] = [
        (Self::OpenSet, Menu::File, "Open a folder of images…", Some((COMMAND, Key::O))),
        (Self::OpenDemo, Menu::File, "Open the demo", Some((COMMAND_SHIFT, Key::O))),
        (Self::ReadLabels, Menu::File, "Read labels from a CSV file…", Some((COMMAND, Key::L))),
        (Self::ImportMasks, Menu::File, "Import masks…", None),
        (Self::SavePicture, Menu::File, "Save the image as PNG…", Some((COMMAND, Key::S))),
        (Self::CopyPicture, Menu::File, "Copy what is seen of the image", Some((COMMAND_SHIFT, Key::C))),
        (Self::Export, Menu::File, "Export…", Some((COMMAND, Key::E))),
        (Self::MoveProject, Menu::File, "Keep the project in another folder…", None),
        (Self::Quit, Menu::File, "Quit", Some((COMMAND, Key::Q))),
        (Self::Undo, Menu::Edit, "Undo", Some((COMMAND, Key::Z))),
        (Self::Redo, Menu::Edit, "Redo", Some((COMMAND_SHIFT, Key::Z))),
        (Self::FindImage, Menu::Edit, "Find an image", Some((COMMAND, Key::F))),
        (Self::Fit, Menu::View, "Fit the image into the window", Some((NONE, Key::F))),
        (Self::ActualSize, Menu::View, "One pixel to one pixel", Some((NONE, Key::Num1))),
        (Self::ZoomIn, Menu::View, "Zoom in", Some((NONE, Key::Plus))),
        (Self::ZoomOut, Menu::View, "Zoom out", Some((NONE, Key::Minus))),
        (Self::ToggleOverlay, Menu::View, "Show or hide cells", Some((NONE, Key::O))),
        (Self::NextLayer, Menu::View, "Next stage of the segmentation", Some((COMMAND, Key::CloseBracket))),
        (Self::PreviousLayer, Menu::View, "Previous stage of the segmentation", Some((COMMAND, Key::OpenBracket))),
        (Self::Composite, Menu::View, "Back to the stains in colour", Some((NONE, Key::C))),
        (Self::ToggleScaleBar, Menu::View, "Show or hide the scale bar", Some((NONE, Key::B))),
        (Self::CompareMasks, Menu::View, "Compare masks with others…", None),
        (Self::ImagePlace, Menu::View, "Go to the image", Some((NONE, Key::F2))),
        (Self::GalleryPlace, Menu::View, "Go to the gallery of all cells", Some((NONE, Key::F3))),
        (Self::DeckPlace, Menu::View, "Go to the deck: one question after another", Some((NONE, Key::F4))),
        (Self::ModelPlace, Menu::View, "Go to the model: what is learnt, what is doubtful", Some((NONE, Key::F5))),
        (Self::RulesPlace, Menu::View, "Go to the rules: measures with a cut", Some((NONE, Key::F6))),
        (Self::ScatterPlace, Menu::View, "Go to the scatter plot: cells as points", Some((NONE, Key::F7))),
        (Self::TuningPlace, Menu::View, "Go to tuning by example: parameters by what you show", Some((NONE, Key::F10))),
        (Self::ToggleBrowser, Menu::View, "Show or hide the images", Some((NONE, Key::F8))),
        (Self::ToggleInspector, Menu::View, "Show or hide the inspector", Some((NONE, Key::F9))),
        (Self::DisplayTab, Menu::View, "Go to display", Some((COMMAND, Key::Num1))),
        (Self::SegmentationTab, Menu::View, "Go to segmentation", Some((COMMAND, Key::Num2))),
        (Self::CellTab, Menu::View, "Go to the cell", Some((COMMAND, Key::Num3))),
        (Self::ToggleTheme, Menu::View, "Light or dark", None),
        (Self::NextImage, Menu::Image, "Next image", Some((NONE, Key::PageDown))),
        (Self::PreviousImage, Menu::Image, "Previous image", Some((NONE, Key::PageUp))),
        (Self::NextDoubtfulImage, Menu::Image, "Next doubtful image", Some((NONE, Key::J))),
        (Self::ToggleReviewed, Menu::Image, "Mark the image as reviewed, or not", Some((NONE, Key::D))),
        (Self::Reload, Menu::Image, "Read the image anew", Some((COMMAND, Key::R))),
        (Self::SegmentAll, Menu::Image, "Find the cells of all images, or pause", Some((COMMAND_SHIFT, Key::S))),
        (Self::MeasureAll, Menu::Image, "Measure the cells of all images, or pause", Some((COMMAND_SHIFT, Key::M))),
        (Self::MarkGood, Menu::Image, "Mark the selected cell as found well, to tune by", Some((COMMAND, Key::G))),
        (Self::MarkBad, Menu::Image, "Mark the selected cell as found badly, to tune by", Some((COMMAND, Key::B))),
        (Self::SearchSettings, Menu::Image, "Search settings by the examples, or stop", None),
        (Self::Use(Tool::Select), Menu::Correct, "Select cells and move the image", Some((NONE, Key::V))),
        (Self::Use(Tool::Split), Menu::Correct, "Split a cell along a line", Some((NONE, Key::S))),
        (Self::Use(Tool::Merge), Menu::Correct, "Merge two cells", Some((NONE, Key::M))),
        (Self::Use(Tool::Delete), Menu::Correct, "Delete cells", Some((NONE, Key::K))),
        (Self::Use(Tool::Draw), Menu::Correct, "Draw a cell with a brush", Some((NONE, Key::A))),
        (Self::Use(Tool::Polygon), Menu::Correct, "Draw a cell as a polygon", Some((NONE, Key::P))),
        (Self::Use(Tool::Erase), Menu::Correct, "Erase from cells", Some((NONE, Key::E))),
        (Self::Use(Tool::Border), Menu::Correct, "Move the border of a cell", Some((NONE, Key::W))),
        (Self::SwitchPart, Menu::Correct, "Correct nuclei, or whole cells", Some((NONE, Key::N))),
        (Self::LargerBrush, Menu::Correct, "Larger brush", Some((NONE, Key::CloseBracket))),
        (Self::SmallerBrush, Menu::Correct, "Smaller brush", Some((NONE, Key::OpenBracket))),
        (Self::DeleteCell, Menu::Correct, "Delete the selected cell", Some((NONE, Key::Delete))),
        (Self::NextCell, Menu::Label, "Next cell", Some((NONE, Key::Period))),
        (Self::PreviousCell, Menu::Label, "Previous cell", Some((NONE, Key::Comma))),
        (Self::ChooseLabel, Menu::Label, "Turn a label round, or choose it…", Some((NONE, Key::L))),
        (Self::FlipLabel, Menu::Label, "Turn the label asked about round", Some((NONE, Key::T))),
        (Self::InheritLabel, Menu::Label, "Leave the label asked about to the image", Some((NONE, Key::I))),
        (Self::ExcludeCell, Menu::Label, "Leave the cell out, or count it again", Some((NONE, Key::X))),
        (Self::OnlyUndecided, Menu::Label, "Show only undecided cells, or all", Some((NONE, Key::H))),
        (Self::Fates, Menu::Label, "Where decisions have gone…", None),
        (Self::ExportDecided, Menu::Label, "Save the labels of decided cells…", None),
        (Self::ExportAll, Menu::Label, "Save the labels of all cells…", None),
        (Self::ImportCells, Menu::Label, "Read labels of cells…", None),
        (Self::LabelKeys, Menu::Label, "Keys of labels…", None),
        (Self::Learn, Menu::Label, "Learn from the labels now", Some((COMMAND, Key::Enter))),
        (Self::Annotator, Menu::Label, "Who decides…", None),
        (Self::HowItWorks, Menu::Help, "How it works: this image, step by step", Some((NONE, Key::F1))),
        (Self::Commands, Menu::Help, "All commands", Some((COMMAND_SHIFT, Key::P))),
        (Self::Keys, Menu::Help, "Keys and mouse", Some((NONE, Key::Questionmark))),
        (Self::About, Menu::Help, "About Cytoscribe", None),
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(action, ..)| *action == self).map_or("", |(_, _, name, _)| name)
    }

    /// Its key as people write it; empty if it has none.
    pub fn key_text(self, context: &Context) -> String {
        let key = Self::ALL.into_iter().find(|(action, ..)| *action == self).and_then(|(.., key)| key);
        key.map_or_else(String::new, |(modifiers, key)| {
            let text = context.format_shortcut(&KeyboardShortcut::new(modifiers, key));
            // What is printed on the key: `]`, not `CloseBracket`.
            text.strip_suffix(key.name()).map_or(text.clone(), |held| format!("{held}{}", key.symbol_or_name()))
        })
    }

    /// Whether it can be done now.
    pub fn is_possible(self, workbench: &Workbench, view: &View) -> bool {
        match self {
            Self::Undo => workbench.history().undoes().is_some(),
            Self::Redo => workbench.history().redoes().is_some(),
            Self::ImportCells | Self::ImportMasks => workbench.can_decide(),
            Self::Learn => workbench.set_cells().is_some_and(|cells| cells.count() > 0),
            Self::Fates
            | Self::Export
            | Self::ExportDecided
            | Self::ExportAll
            | Self::ReadLabels
            | Self::CompareMasks
            | Self::DeckPlace
            | Self::ModelPlace
            | Self::RulesPlace
            | Self::ScatterPlace
            | Self::TuningPlace
            | Self::SearchSettings
            | Self::HowItWorks
            | Self::FindImage
            | Self::NextImage
            | Self::NextDoubtfulImage
            | Self::PreviousImage => workbench.opened().is_some(),
            Self::SegmentAll => is_free_for(WholeSetTask::Segment, workbench),
            Self::MeasureAll => is_free_for(WholeSetTask::Measure, workbench),
            Self::MoveProject => workbench.opened().is_some_and(|opened| opened.folder.is_some()),
            Self::Use(Tool::Select) => view.kept.place == Place::Image,
            Self::Use(_) | Self::SwitchPart | Self::LargerBrush | Self::SmallerBrush => {
                view.field.is_some() && workbench.can_decide() && view.kept.place == Place::Image
            }
            Self::FlipLabel | Self::InheritLabel | Self::ExcludeCell | Self::DeleteCell => {
                view.selected_cell.is_some() && workbench.can_decide() && view.kept.place == Place::Image
            }
            Self::MarkGood | Self::MarkBad => view.selected_cell.is_some() && view.kept.place == Place::Image,
            Self::NextCell | Self::PreviousCell => {
                view.field.is_some() && matches!(view.kept.place, Place::Image | Place::HowItWorks)
            }
            Self::Fit | Self::ActualSize | Self::ZoomIn | Self::ZoomOut => {
                view.field.is_some() && view.kept.place == Place::Image
            }
            Self::SavePicture | Self::CopyPicture | Self::ToggleReviewed | Self::Reload => view.field.is_some(),
            _ => true,
        }
    }

    /// Whether it switches something that is on now.
    pub fn is_on(self, workbench: &Workbench, view: &View) -> bool {
        match self {
            Self::ToggleOverlay => view.kept.overlay.shown,
            Self::CompareMasks => view.compare.is_open,
            Self::Use(tool) => view.hand.tool == tool,
            Self::ImagePlace => view.kept.place == Place::Image,
            Self::GalleryPlace => view.kept.place == Place::Gallery,
            Self::DeckPlace => view.kept.place == Place::Deck,
            Self::ModelPlace => view.kept.place == Place::Model,
            Self::RulesPlace => view.kept.place == Place::Rules,
            Self::ScatterPlace => view.kept.place == Place::Scatter,
            Self::TuningPlace => view.kept.place == Place::Tuning,
            Self::HowItWorks => view.kept.place == Place::HowItWorks,
            Self::OnlyUndecided => view.kept.overlay.only_undecided,
            Self::ToggleReviewed => shown_id(workbench, view).is_some_and(|id| workbench.project().is_reviewed(id)),
            Self::SegmentAll => workbench.whole_set_task() == Some(WholeSetTask::Segment),
            Self::MeasureAll => workbench.whole_set_task() == Some(WholeSetTask::Measure),
            _ => false,
        }
    }
}

/// Whether it can be started or, if it runs, paused.
fn is_free_for(task: WholeSetTask, workbench: &Workbench) -> bool {
    workbench.opened().is_some() && workbench.whole_set_task().is_none_or(|running| running == task)
}

/// The ID of the image on the canvas.
fn shown_id<'a>(workbench: &'a Workbench, view: &View) -> Option<&'a str> {
    Some(workbench.opened()?.set.fields().get(view.field?)?.id())
}

fn of_all(task: WholeSetTask, workbench: &Workbench) -> Effect {
    let is_running = workbench.whole_set_task().is_some();
    Effect::Run(if is_running { Command::PauseOfAll } else { Command::OfAll(task) })
}

/// The actions whose keys were pressed. While somebody types, keys without Ctrl are letters.
pub fn pressed(context: &Context) -> Vec<Action> {
    let is_typing = context.egui_wants_keyboard_input();
    context.input_mut(|input| {
        let mut all: Vec<_> = Action::ALL.into_iter().filter_map(|(action, _, _, key)| Some((action, key?))).collect();
        // Ctrl+Shift+O must not be taken for Ctrl+O.
        all.sort_by_key(|(_, (modifiers, _))| !modifiers.shift);
        let is_function_key = |key: Key| key.name().starts_with('F') && key.name().len() > 1;
        all.into_iter()
            .filter(|(_, (modifiers, key))| !is_typing || modifiers.any() || is_function_key(*key))
            .filter(|(_, (modifiers, key))| input.consume_shortcut(&KeyboardShortcut::new(*modifiers, *key)))
            .map(|(action, _)| action)
            .collect()
    })
}

/// What follows from an action, besides changes of the view.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Nothing more.
    Nothing,
    /// A command.
    Run(Command),
    /// A dialog of the system.
    Ask(Wish),
    /// Another image: so many further down the list.
    Move(isize),
    /// The next image that is worth a look.
    NextDoubtful,
    /// The look of the window has changed.
    Theme,
    /// The cursor into the field for the filter.
    FocusFilter,
    /// The end.
    Quit,
}

/// Changes the view as `action` says, and tells what else is to be done.
pub fn perform(action: Action, workbench: &Workbench, view: &mut View) -> Effect {
    let toggle = |switch: &mut bool| *switch = !*switch;
    match action {
        Action::OpenSet => return Effect::Ask(Wish::Set),
        Action::ReadLabels => return Effect::Ask(Wish::Labels),
        Action::SavePicture => return Effect::Ask(Wish::Picture),
        Action::CopyPicture => {
            return view
                .picture_wish(workbench, true)
                .map_or(Effect::Nothing, |wish| Effect::Run(Command::CopyPicture(wish)));
        }
        Action::OpenDemo => return Effect::Run(Command::OpenDemo),
        Action::Quit => return Effect::Quit,
        Action::Undo => return Effect::Run(Command::Undo),
        Action::Redo => return Effect::Run(Command::Redo),
        Action::NextImage => return Effect::Move(1),
        Action::PreviousImage => return Effect::Move(-1),
        Action::NextDoubtfulImage => return Effect::NextDoubtful,
        Action::Reload => return view.field.map_or(Effect::Nothing, |index| Effect::Run(Command::Reload(index))),
        Action::SegmentAll => return of_all(WholeSetTask::Segment, workbench),
        Action::MeasureAll => return of_all(WholeSetTask::Measure, workbench),
        Action::Export => view.dialog = Some(Dialog::Export),
        Action::ImportMasks => view.dialog = Some(Dialog::ImportMasks),
        Action::CompareMasks => compare(view),
        Action::MoveProject => return Effect::Ask(Wish::ProjectFolder),
        Action::ToggleReviewed => {
            return shown_id(workbench, view).map_or(Effect::Nothing, |id| {
                let is_reviewed = !workbench.project().is_reviewed(id);
                Effect::Run(Command::Edit(Edit::Reviewed { id: id.to_owned(), is_reviewed }))
            });
        }
        Action::DeckPlace => return go_to_cells(Place::Deck, workbench, view),
        Action::ModelPlace => return go_to_cells(Place::Model, workbench, view),
        Action::Learn => return Effect::Run(Command::Learn),
        Action::RulesPlace => return go_to_cells(Place::Rules, workbench, view),
        Action::ScatterPlace => return go_to_cells(Place::Scatter, workbench, view),
        Action::TuningPlace => view.kept.place = Place::Tuning,
        Action::SearchSettings => return Effect::Run(tuning::search(workbench, view)),
        Action::MarkGood => return mark(Opinion::Good, workbench, view),
        Action::MarkBad => return mark(Opinion::Bad, workbench, view),
        Action::HowItWorks => view.explain(HowPart::Image),
        Action::Use(_) | Action::SwitchPart | Action::LargerBrush | Action::SmallerBrush => handle(action, view),
        Action::DeleteCell => return delete_selected(workbench, view),
        Action::NextCell => step_cell(workbench, view, true),
        Action::PreviousCell => step_cell(workbench, view, false),
        Action::ChooseLabel => {
            view.label_filter.clear();
            view.dialog = Some(Dialog::Labels);
        }
        Action::FlipLabel => return flip(view.kept.location, workbench, view),
        Action::InheritLabel => {
            let change = Change::Label(view.kept.location, None);
            return decide(workbench, view, |_| change);
        }
        Action::ExcludeCell => return decide(workbench, view, DecidableCell::flip_exclusion),
        Action::OnlyUndecided => toggle(&mut view.kept.overlay.only_undecided),
        Action::Fates => view.dialog = Some(Dialog::Fates),
        Action::ExportDecided => return Effect::Ask(Wish::DecidedLabels),
        Action::ExportAll => return Effect::Ask(Wish::AllLabels),
        Action::ImportCells => return Effect::Ask(Wish::CellLabels),
        Action::LabelKeys => view.dialog = Some(Dialog::LabelKeys),
        Action::Annotator => view.dialog = Some(Dialog::Annotator),
        Action::FindImage => {
            view.kept.browser = true;
            return Effect::FocusFilter;
        }
        Action::Fit => view.camera = None,
        Action::ActualSize => set_zoom(view, |_| 1.0),
        Action::ZoomIn => set_zoom(view, |zoom| zoom * 1.25),
        Action::ZoomOut => set_zoom(view, |zoom| zoom / 1.25),
        Action::NextLayer => step_layer(view, 1),
        Action::PreviousLayer => step_layer(view, Layer::ALL.len() - 1),
        Action::Composite => view.kept.layer = Layer::Composite,
        Action::ToggleOverlay => toggle(&mut view.kept.overlay.shown),
        Action::ToggleScaleBar => toggle(&mut view.kept.scale_bar),
        Action::ImagePlace => view.kept.place = Place::Image,
        Action::GalleryPlace => return go_to_cells(Place::Gallery, workbench, view),
        Action::ToggleBrowser => toggle(&mut view.kept.browser),
        Action::ToggleInspector => toggle(&mut view.kept.inspector),
        Action::DisplayTab => show_tab(view, Tab::Display),
        Action::SegmentationTab => show_tab(view, Tab::Segmentation),
        Action::CellTab => show_tab(view, Tab::Cell),
        Action::ToggleTheme => {
            view.kept.theme = if view.kept.theme == Theme::Dark { Theme::Light } else { Theme::Dark };
            return Effect::Theme;
        }
        Action::Commands => list_commands(view),
        Action::Keys => view.dialog = Some(Dialog::Keys),
        Action::About => view.dialog = Some(Dialog::About),
    }
    Effect::Nothing
}

/// Opens the list of all commands.
fn list_commands(view: &mut View) {
    view.command_filter.clear();
    view.dialog = Some(Dialog::Commands);
}

/// Opens or closes what compares masks, over the image.
fn compare(view: &mut View) {
    view.compare.is_open = !view.compare.is_open;
    view.kept.place = Place::Image;
}

/// Goes to a place that shows cells of the whole set.
fn go_to_cells(place: Place, workbench: &Workbench, view: &mut View) -> Effect {
    view.kept.place = place;
    measure_if_new(workbench)
}

/// Begins to measure the cells of the set if none are measured.
fn measure_if_new(workbench: &Workbench) -> Effect {
    let is_new = workbench.set_cells().is_none_or(|cells| cells.count() == 0);
    let can_start = workbench.whole_set_task().is_none() && workbench.can_decide();
    if is_new && can_start { Effect::Run(Command::OfAll(WholeSetTask::Measure)) } else { Effect::Nothing }
}

/// Turns a label of the selected cell round; without a cell, nothing.
pub fn flip(location: Location, workbench: &Workbench, view: &View) -> Effect {
    decide(workbench, view, |cell| cell.flip(location))
}

fn decide(workbench: &Workbench, view: &View, change: impl Fn(&DecidableCell) -> Change) -> Effect {
    let cell = view.field.zip(view.selected_cell).and_then(|(index, id)| workbench.decidable(index, id));
    cell.map_or(Effect::Nothing, |cell| {
        Effect::Run(Command::Edit(Edit::Labels(cell.deed(Reason::Image, change(&cell)))))
    })
}

/// Marks the selected cell as an example.
fn mark(opinion: Opinion, workbench: &Workbench, view: &View) -> Effect {
    tuning::marking(workbench, view, opinion).map_or(Effect::Nothing, Effect::Run)
}

/// Changes what is in the hand.
fn handle(action: Action, view: &mut View) {
    match action {
        Action::Use(tool) => view.hand.take(tool),
        Action::SwitchPart => view.hand.switch_part(),
        Action::LargerBrush => view.hand.resize(true),
        Action::SmallerBrush => view.hand.resize(false),
        _ => {}
    }
}

/// Takes the selected cell away.
fn delete_selected(workbench: &Workbench, view: &mut View) -> Effect {
    let named = view.field.zip(view.selected_cell).and_then(|(index, id)| {
        let cells = workbench.results().cells.as_ref().filter(|cells| cells.inputs.field == workbench.field_key(index));
        hand::command(workbench, index, Correction::Delete { cell: cells?.value.named(id)?.anchor })
    });
    view.selected_cell = None;
    named.map_or(Effect::Nothing, Effect::Run)
}

/// Selects the next cell by id, of those that are shown.
fn step_cell(workbench: &Workbench, view: &mut View, is_forward: bool) {
    let Some(index) = view.field else { return };
    let location = view.kept.location;
    let mut ids: Vec<u32> = workbench
        .decidables(index, None)
        .iter()
        .filter(|cell| !view.kept.overlay.only_undecided || !Standing::of(cell, location).is_settled())
        .map(|cell| cell.id)
        .collect();
    if !is_forward {
        ids.reverse();
    }
    let is_behind =
        |id: u32| view.selected_cell.is_none_or(|selected| if is_forward { id > selected } else { id < selected });
    view.selected_cell = ids.iter().copied().find(|&id| is_behind(id)).or(ids.first().copied());
    show_tab(view, Tab::Cell);
}

fn show_tab(view: &mut View, tab: Tab) {
    view.kept.inspector = true;
    view.kept.tab = tab;
}

fn step_layer(view: &mut View, by: usize) {
    let at = Layer::ALL.iter().position(|&layer| layer == view.kept.layer).unwrap_or(0);
    view.kept.layer = Layer::ALL[(at + by) % Layer::ALL.len()];
}

fn set_zoom(view: &mut View, zoom: impl Fn(f32) -> f32) {
    if let Some(camera) = &mut view.camera {
        camera.zoom = zoom(camera.zoom).clamp(0.01, 64.0);
    }
}

//! What one looks at: none of it is work, and most of it is remembered from one start to the next.

use std::{
    cmp::Reverse,
    collections::VecDeque,
    ops::{Range, RangeInclusive},
    path::PathBuf,
};

use serde::{Deserialize, Serialize};

use super::{
    camera::Camera,
    cell_states,
    compare::CompareView,
    deck::DeckView,
    dialogs::Dialog,
    export::ExportView,
    fates::FateList,
    gallery::{GalleryLook, GalleryView},
    hand::Hand,
    how_it_works::{HowItWorksView, HowPart},
    import_masks::ImportView,
    location_keys::LocationKeys,
    model::ModelView,
    picker::Wish,
    rules::RulesView,
    scale_bar,
    scatter::ScatterView,
    tuning::TuningView,
};
use crate::{
    atlas::{Anchor, Channel, Location},
    pipeline::{
        region_colours::CellColours,
        segmentation::{Method, Stage},
    },
    workbench::{
        Workbench,
        deck::{DeckOrder, DeckScope},
        focus::Part,
        gallery::{CellFilter, Sort, SortKey},
        picture::{Marks, PictureWish},
        record_keeping::account_name,
    },
};

/// How one looks at things.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// What is remembered.
    pub kept: Kept,
    /// The field on the canvas, by its place in the set.
    pub field: Option<usize>,
    /// Where on it.
    pub camera: Option<Camera>,
    /// The part of the field that is drawn for the canvas.
    pub part: Option<Part>,
    /// The part that will be drawn of the next field at first.
    pub next_part: Option<Part>,
    /// Whether something is held down, so that all may look otherwise in the next moment and nothing is drawn beforehand.
    pub is_fleeting: bool,
    /// Rows and columns of the field that are seen.
    pub seen: Option<(Range<usize>, Range<usize>)>,
    /// What the system's dialog was opened for.
    pub asked: Option<Wish>,
    /// What came of the last key where nothing else shows it, for the line at the bottom; a click takes it away.
    pub said: Option<String>,
    /// The pixel of the field under the pointer, (row, column).
    pub pointed: Option<(usize, usize)>,
    /// The cell that was clicked.
    pub selected_cell: Option<u32>,
    /// The tool in the hand, and what it is about.
    pub hand: Hand,
    /// Where one is in the deck.
    pub deck: DeckView,
    /// The anchor of the decided cell that was looked up last.
    pub visited: Option<Anchor>,
    /// The pixel that the canvas is to show in its middle, once it can.
    pub go_to: Option<Anchor>,
    /// The decided cells that are listed.
    pub fates: FateList,
    /// The dialog that is open.
    pub dialog: Option<Dialog>,
    /// Whether the window is to close as soon as all decisions are on the disk.
    pub is_closing: bool,
    /// Whether it may close although some are not.
    pub may_lose_decisions: bool,
    /// What is looked for among the images.
    pub filter: Filter,
    /// What is looked for among the features of a cell.
    pub feature_filter: String,
    /// What is looked for in the command list.
    pub command_filter: String,
    /// What is looked for among the labels.
    pub label_filter: String,
    /// The stain that is shown alone as long as its key is held.
    pub solo: Option<Channel>,
    /// What is looked for in the gallery.
    pub gallery: GalleryView,
    /// What is shown of the model.
    pub model: ModelView,
    /// What is chosen for exports.
    pub export: ExportView,
    /// What is chosen for imports of masks.
    pub import: ImportView,
    /// What is chosen for comparisons of masks.
    pub compare: CompareView,
    /// The rule that is looked at.
    pub rules: RulesView,
    /// What is drawn in the scatter plot.
    pub scatter: ScatterView,
    /// What is chosen when the segmentation is tuned by example.
    pub tuning: TuningView,
    /// What is explained.
    pub how_it_works: HowItWorksView,
}

impl View {
    /// Puts the field at `index` on the canvas.
    pub fn show(&mut self, index: usize) {
        if self.field != Some(index) {
            self.field = Some(index);
            self.camera = None;
            self.selected_cell = None;
            self.said = None;
            self.hand.drop_work();
        }
    }

    /// If no image has the location that is asked about, asks about the one that most images have.
    pub fn choose_location(&mut self, workbench: &Workbench) {
        let labels = || workbench.opened().into_iter().flat_map(|opened| opened.labels.iter().flatten());
        let images = |location: &Location| labels().filter(|labels| labels.contains(*location)).count();
        if images(&self.kept.location) == 0 {
            // The first of those that are equally frequent.
            let most = Location::all().min_by_key(|location| Reverse(images(location)));
            self.kept.location = most.unwrap_or_default();
        }
    }

    /// Where the deck asks about every location, the one it asks about now is the one that everything is about.
    pub fn follow_deck(&mut self) {
        if let Some(card) = self.deck.asked.filter(|_| self.deck.every) {
            self.kept.location = card.location;
        }
    }

    /// Goes to the gallery with all cells in the order of the model, as to the location that is asked about.
    pub fn show_sorted(&mut self, key: SortKey) {
        self.gallery.sort = Sort { key, descending: true };
        self.gallery.filter = CellFilter::default();
        self.kept.place = Place::Gallery;
    }

    /// Goes to the deck, which asks about one location, or about every one, in this order.
    pub fn ask_in_order(&mut self, location: Option<Location>, scope: DeckScope, order: DeckOrder) {
        self.kept.location = location.unwrap_or(self.kept.location);
        (self.deck.every, self.deck.scope, self.deck.order) = (location.is_none(), scope, order);
        self.kept.place = Place::Deck;
    }

    /// Goes to a cell in its image.
    pub fn show_cell(&mut self, index: usize, id: u32) {
        self.show(index);
        self.selected_cell = Some(id);
        self.kept.place = Place::Image;
    }

    /// Goes to how it works, to the image's part of it or that of the cell.
    pub fn explain(&mut self, part: HowPart) {
        self.how_it_works.go_to = Some(part);
        self.kept.place = Place::HowItWorks;
    }

    /// What the colours of an image's cells tell.
    pub fn cell_colours(&self, workbench: &Workbench, index: usize) -> CellColours {
        let of_image = || workbench.opened().and_then(|opened| opened.labels[index]);
        let overlay = &self.kept.overlay;
        let is_plain = overlay.colours != Colours::Decision && !overlay.only_undecided;
        match overlay.colours {
            Colours::Cell if is_plain => CellColours::Apart,
            Colours::Label if is_plain && workbench.decided(index) == 0 => CellColours::of_labels(of_image()),
            _ => cell_states::colours(&workbench.decidables(index, None), overlay, self.kept.location),
        }
    }

    /// The image on the canvas as a picture with what is drawn over it: all of it, or what of it is seen.
    pub fn picture_wish(&self, workbench: &Workbench, only_seen: bool) -> Option<PictureWish> {
        let index = self.field?;
        let (height, width) = workbench.results().field(workbench.field_key(index))?.size();
        let part = self.seen.clone().filter(|_| only_seen).unwrap_or((0..height, 0..width));
        let overlay = &self.kept.overlay;
        let marks = Marks {
            cells: overlay.shown && overlay.cells,
            nuclei: overlay.shown && overlay.nuclei,
            fill: if overlay.shown { overlay.fill } else { 0.0 },
            colours: self.cell_colours(workbench, index),
            scale_bar: self.kept.scale_bar.then(|| scale_bar::for_picture(part.1.len(), workbench.project())),
            part: Some(part),
        };
        Some(PictureWish { index, marks })
    }
}

/// What is remembered from one start to the next.
#[expect(clippy::struct_excessive_bools, reason = "each is a box to tick of its own")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// Whether the images are listed.
    pub browser: bool,
    /// Whether the inspector is there.
    pub inspector: bool,
    /// The tab of the inspector.
    pub tab: Tab,
    /// What the canvas shows under the cells.
    pub layer: Layer,
    /// What of the cells is drawn.
    pub overlay: OverlayParams,
    /// Whether there is a scale bar.
    pub scale_bar: bool,
    /// The location that is asked about.
    pub location: Location,
    /// The keys of locations.
    pub location_keys: LocationKeys,
    /// The name of the person who decides; empty: that of the user of the computer.
    pub annotator: String,
    /// Sets that were open, the last one first.
    pub recent: VecDeque<PathBuf>,
    /// The theme.
    pub theme: Theme,
    /// What is in the middle.
    pub place: Place,
    /// How cells look in the gallery.
    pub gallery: GalleryLook,
    /// Whether the model learns after every decision.
    pub live: bool,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            browser: true,
            inspector: true,
            tab: Tab::Display,
            layer: Layer::Composite,
            overlay: OverlayParams::default(),
            scale_bar: true,
            location: Location::default(),
            location_keys: LocationKeys::default(),
            annotator: String::new(),
            recent: VecDeque::new(),
            theme: Theme::Dark,
            place: Place::Image,
            gallery: GalleryLook::default(),
            live: true,
        }
    }
}

impl Kept {
    /// Sets that are remembered.
    const RECENT: usize = 10;

    /// The name that decisions are signed with.
    pub fn annotator(&self) -> String {
        let own = self.annotator.trim();
        if !own.is_empty() {
            return own.to_owned();
        }
        account_name()
    }

    /// Remembers a set as the one opened last.
    pub fn remember(&mut self, path: PathBuf) {
        self.recent.retain(|other| *other != path);
        self.recent.push_front(path);
        self.recent.truncate(Self::RECENT);
    }
}

/// What is in the middle of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// The canvas with one image.
    #[default]
    Image,
    /// The cells of all images.
    Gallery,
    /// One question after another.
    Deck,
    /// What is learnt.
    Model,
    /// Measures with a cut.
    Rules,
    /// The cells as points.
    Scatter,
    /// Parameters found by examples.
    Tuning,
    /// How cells are found and measured, step by step.
    HowItWorks,
}

/// The look of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Theme {
    /// Light on dark, which suits fluorescence.
    #[default]
    Dark,
    /// Dark on light.
    Light,
}

/// A tab of the inspector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tab {
    /// How fields are drawn.
    #[default]
    Display,
    /// How cells are found.
    Segmentation,
    /// The cell that was clicked.
    Cell,
}

impl Tab {
    /// All tabs.
    pub const ALL: [Self; 3] = [Self::Display, Self::Segmentation, Self::Cell];

    /// Its title.
    pub fn name(self) -> &'static str {
        match self {
            Self::Display => "Display",
            Self::Segmentation => "Segmentation",
            Self::Cell => "Cell",
        }
    }
}

/// What the canvas shows under the cells: the picture, or a stage of the segmentation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Layer {
    /// The stains in colour.
    #[default]
    Composite,
    /// A stage of the segmentation.
    Stage(Stage),
}

impl Layer {
    /// All layers in the order of the data.
    pub const ALL: [Self; 10] = [
        Self::Composite,
        Self::Stage(Stage::NucleiSmooth),
        Self::Stage(Stage::NucleiForeground),
        Self::Stage(Stage::NucleiLandscape),
        Self::Stage(Stage::Markers),
        Self::Stage(Stage::Nuclei),
        Self::Stage(Stage::CellSmooth),
        Self::Stage(Stage::CellForeground),
        Self::Stage(Stage::CellLandscape),
        Self::Stage(Stage::Cells),
    ];

    /// The stage, if it is one.
    pub fn stage(self) -> Option<Stage> {
        match self {
            Self::Composite => None,
            Self::Stage(stage) => Some(stage),
        }
    }

    /// Its place among all layers.
    pub fn number(self) -> u64 {
        Self::ALL.iter().position(|&layer| layer == self).unwrap_or(0) as u64
    }

    /// Its name, by what the method does in it.
    pub fn name(self, method: Method) -> &'static str {
        match self {
            Self::Composite => "Stains in colour",
            Self::Stage(stage) => stage.name(method),
        }
    }
}

/// What of the cells is drawn over the picture.
#[expect(clippy::struct_excessive_bools, reason = "each is a box to tick of its own")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OverlayParams {
    /// Whether anything is.
    pub shown: bool,
    /// The outlines of nuclei.
    pub nuclei: bool,
    /// The outlines of cells.
    pub cells: bool,
    /// How opaque cells are filled with their colours, 0 to 1.
    pub fill: f32,
    /// What the colours tell.
    pub colours: Colours,
    /// Whether cells that are decided about, as to the location that is asked about, are left out.
    pub only_undecided: bool,
}

/// What the colours of cells tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Colours {
    /// One cell from the next.
    #[default]
    Cell,
    /// The labels.
    Label,
    /// What is decided about the location that is asked about.
    Decision,
}

impl Default for OverlayParams {
    fn default() -> Self {
        Self { shown: true, nuclei: true, cells: true, fill: 0.0, colours: Colours::Cell, only_undecided: false }
    }
}

/// Which images are listed, and in which order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Only those whose ID or whose labels' names hold this.
    pub text: String,
    /// Only those with this label.
    pub location: Option<Location>,
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those with so many cells, which excludes those whose cells were not found.
    pub cells: Option<RangeInclusive<usize>>,
    /// Only those that are worth a look.
    pub is_doubtful: bool,
    /// The order.
    pub order: Order,
}

/// How far the work on an image is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its cells were not found yet.
    NotSegmented,
    /// Its cells were found with the parameters in force.
    Segmented,
    /// Somebody has looked it over.
    Reviewed,
    /// It cannot be read.
    Broken,
}

impl State {
    /// All states.
    pub const ALL: [Self; 4] = [Self::NotSegmented, Self::Segmented, Self::Reviewed, Self::Broken];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotSegmented => "not segmented",
            Self::Segmented => "segmented",
            Self::Reviewed => "reviewed",
            Self::Broken => "broken",
        }
    }
}

/// The order of images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By ID.
    #[default]
    Id,
    /// Those with most cells first; those not segmented last.
    MostCells,
    /// Those with fewest cells first; those not segmented last.
    FewestCells,
}

impl Order {
    /// All orders.
    pub const ALL: [Self; 3] = [Self::Id, Self::MostCells, Self::FewestCells];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Id => "ID",
            Self::MostCells => "most cells",
            Self::FewestCells => "fewest cells",
        }
    }
}

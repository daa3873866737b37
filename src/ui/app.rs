//! The window as a whole: each frame takes results in, draws the panels, and then runs the commands they handed in.

use std::{mem, path::PathBuf, time::Duration};

use eframe::{CreationContext, Frame, Storage};
use egui::{CentralPanel, Context, Key, Panel, Ui, ViewportCommand};

use super::{
    actions::{self, Action, Effect},
    browser::{Browser, browser_ui},
    canvas::{CanvasTextures, Drawn, canvas_ui, wait_a_little},
    compare::{compare_ui, others_in},
    deck::{self, DeckTextures, DeckView, deck_ui},
    dialogs::{Choice, Dialog, dialogs_ui},
    doubtful,
    gallery::{self, Gallery, gallery_ui},
    hand,
    how_it_works::{self, HowItWorks, how_it_works_ui},
    inspector::{Inspector, inspector_ui},
    menu::menu_ui,
    model::{ModelParts, ModelTab, model_ui},
    notices::notices_ui,
    picker::{Answer, Picker, Wish},
    rules::{self, Rules, rules_ui},
    scatter::{self, Scatter, scatter_ui},
    selected::SelectedCell,
    status::status_ui,
    textures::picture_image,
    theme,
    tool_bar::tool_bar_ui,
    tuning::{self, Tuning, tuning_ui},
    view::{Kept, Place, Tab, View},
    welcome::welcome_ui,
};
use crate::{
    atlas::{Channel, Location},
    pipeline::composite::CompositeParams,
    workbench::{
        Command, Focus, Workbench,
        focus::ModelWish,
        label_exchange::Selection,
        results::{FieldKey, SetKey},
        set_cells::CellAt,
    },
};

/// The key under which the view is remembered.
const KEPT: &str = "view";

/// The window.
pub struct App {
    workbench: Workbench,
    view: View,
    picker: Box<dyn Picker>,
    browser: Browser,
    textures: CanvasTextures,
    inspector: Inspector,
    deck: DeckTextures,
    model: ModelParts,
    gallery: Gallery,
    rules: Rules,
    scatter: Scatter,
    tuning: Tuning,
    how_it_works: HowItWorks,
    /// Which set the view is about.
    opening: u64,
    /// Which cells of it.
    cells: Option<SetKey>,
    selected: SelectedCell,
    /// The image whose picture was on the canvas at the end of the last frame.
    shown: Option<FieldKey>,
}

impl App {
    /// The window as it was left; with `set`, this is opened.
    #[must_use]
    pub fn new(context: &CreationContext, set: Option<PathBuf>, picker: Box<dyn Picker>) -> Self {
        let kept: Kept = context.storage.and_then(|storage| eframe::get_value(storage, KEPT)).unwrap_or_default();
        let demo = || kept.recent.is_empty().then_some(Command::OpenDemo);
        let first = set.map(Command::Open).or_else(demo);
        Self::beginning_with(first, kept, context, picker)
    }

    /// The window with what is remembered in `kept`; `first` is done at once.
    pub(super) fn beginning_with(
        first: Option<Command>,
        kept: Kept,
        context: &CreationContext,
        picker: Box<dyn Picker>,
    ) -> Self {
        theme::apply(&context.egui_ctx, kept.theme);
        let textures = CanvasTextures::new(context.gl.as_deref());
        if textures.draws_slowly() {
            theme::leave_ground_free(&context.egui_ctx);
        }
        let waker = context.egui_ctx.clone();
        // One frame takes a result in and shows it; without a delay there would be two.
        let mut workbench = Workbench::new(move || waker.request_repaint_after(Duration::from_nanos(1)));
        workbench.run(Command::SignAs(kept.annotator()));
        if let Some(first) = first {
            workbench.run(first);
        }
        Self {
            workbench,
            view: View { kept, ..View::default() },
            picker,
            browser: Browser::default(),
            textures,
            inspector: Inspector::default(),
            deck: DeckTextures::default(),
            model: ModelParts::default(),
            gallery: Gallery::default(),
            rules: Rules::default(),
            scatter: Scatter::default(),
            tuning: Tuning::default(),
            how_it_works: HowItWorks::default(),
            opening: 0,
            cells: None,
            selected: SelectedCell::default(),
            shown: None,
        }
    }

    /// What the window works on.
    #[must_use]
    pub fn workbench(&self) -> &Workbench {
        &self.workbench
    }

    /// How one looks at it.
    #[must_use]
    pub fn view(&self) -> &View {
        &self.view
    }

    /// What its canvas has drawn last.
    #[must_use]
    pub fn drawn(&self) -> &Drawn {
        &self.textures.drawn
    }

    /// Another set: the view of the last one is of no use.
    fn notice_opening(&mut self) {
        if self.opening == self.workbench.openings() {
            return;
        }
        self.opening = self.workbench.openings();
        let kept = self.view.kept.clone();
        self.view = View { kept, field: Some(0), ..View::default() };
        self.view.choose_location(&self.workbench);
        if let Some(opened) = self.workbench.opened() {
            self.view.kept.remember(opened.set.root().to_owned());
        }
    }

    /// Other cells: what was selected or asked about names cells that are not the same any more.
    fn notice_cells(&mut self) {
        let Some(cells) = &self.workbench.results().set_cells else { return };
        if self.cells.as_ref() == Some(&cells.inputs) {
            return;
        }
        if self.cells.replace(cells.inputs.clone()).is_some() {
            self.view.gallery.selection.clear();
            self.view.gallery.filter.only = None;
            self.view.deck.forget_cells();
        }
    }

    /// What follows from how one looks at things.
    fn focus(&mut self) -> Focus {
        let tab = self.view.kept.tab;
        let inspects = self.view.kept.inspector;
        let place = if self.workbench.opened().is_some() { self.view.kept.place } else { Place::Image };
        let gallery = match place {
            Place::Gallery => Some(self.gallery.focus(&mut self.view, &self.workbench)),
            Place::Rules => Some(self.rules.focus(&mut self.view, &self.workbench)),
            Place::Scatter => Some(self.scatter.focus(&mut self.view, &self.workbench)),
            Place::Model if self.view.model.tab == ModelTab::Doubts => {
                Some(self.view.model.doubts.pictures(&self.workbench, self.view.kept.location))
            }
            Place::Image | Place::Deck | Place::Model | Place::Tuning | Place::HowItWorks => None,
        };
        // What is not to be seen is not drawn.
        let (on_canvas, in_deck, explains) = (place == Place::Image, place == Place::Deck, place == Place::HowItWorks);
        let location = self.view.kept.location;
        let in_doubts = place == Place::Model && self.view.model.tab == ModelTab::Doubts;
        let strip = in_deck.then(|| self.view.deck.strip(&self.workbench, location));
        let cards = if in_deck { self.view.deck.next(&self.workbench, location, DeckView::AHEAD) } else { Vec::new() };
        let close_ups: Vec<CellAt> = cards.iter().map(|card| card.at).collect();
        let neighbours = match place {
            Place::Image | Place::HowItWorks => self.browser.neighbours(self.view.field),
            Place::Gallery | Place::Model | Place::Rules | Place::Scatter | Place::Tuning => Vec::new(),
            // What is asked about next is read beforehand.
            Place::Deck => {
                let mut fields: Vec<usize> = close_ups.iter().map(|at| at.field as usize).collect();
                fields.dedup();
                fields
            }
        };
        let asked = self.view.deck.asked.filter(|_| in_deck).map(|card| card.at.field as usize);
        Focus {
            field: asked.or(self.view.field.filter(|_| on_canvas || explains || inspects)),
            neighbours,
            part: self.view.part.clone().filter(|_| on_canvas),
            next_part: self.view.next_part.clone().filter(|_| on_canvas && !self.view.is_fleeting),
            gallery: gallery.or(strip),
            deck: in_deck
                .then(|| self.view.deck.wish(location))
                .or(in_doubts.then(|| self.view.model.doubts.wish(location))),
            rules: (place == Place::Rules).then(|| self.view.rules.wish(location)),
            scatter: (place == Place::Scatter).then_some(self.view.scatter.wish),
            tuning: (place == Place::Tuning).then_some(self.view.tuning.rank),
            close_ups,
            model: self.model_wish(place),
            example: in_deck.then_some(location),
            explanation: explains.then(|| how_it_works::wish(&self.view)),
            cells: on_canvas || explains || inspects && tab != Tab::Display && !in_deck,
            cell: self.view.selected_cell.filter(|_| inspects && tab == Tab::Cell && !in_deck),
            thumbnails: self.browser.in_view.clone(),
        }
    }

    /// Whether a model is wanted: where it is shown or gives an order; and once there is one, after every decision.
    fn model_wish(&self, place: Place) -> ModelWish {
        let is_shown = match place {
            Place::Image | Place::Rules | Place::Scatter | Place::Tuning | Place::HowItWorks => false,
            Place::Gallery => self.view.gallery.sort.key.needs_model(),
            Place::Deck => self.view.deck.order.needs_model(),
            Place::Model => true,
        };
        match (self.view.kept.live, is_shown) {
            (true, true) => ModelWish::Live,
            (true, false) if self.workbench.model().is_some() => ModelWish::Live,
            (false, true) => ModelWish::Any,
            _ => ModelWish::OnDemand,
        }
    }

    /// Asks about `location` from now on, and turns it round for the selected cell.
    fn take_label(&mut self, location: Location, context: &Context) {
        self.view.kept.location = location;
        if self.view.kept.place != Place::Image {
            return;
        }
        let effect = actions::flip(location, &self.workbench, &self.view);
        self.follow(effect, context);
    }

    fn perform(&mut self, action: Action, context: &Context) {
        if !action.is_possible(&self.workbench, &self.view) {
            return;
        }
        if action == Action::Undo && self.view.kept.place == Place::Deck {
            // The answer that is taken back can be given anew.
            self.view.deck.go_back();
        }
        self.view.said = None;
        let effect = actions::perform(action, &self.workbench, &mut self.view);
        self.follow(effect, context);
    }

    fn follow(&mut self, effect: Effect, context: &Context) {
        match effect {
            Effect::Nothing => {}
            Effect::Run(command) => self.workbench.run(command),
            Effect::Ask(wish) => self.ask(wish, context),
            Effect::Move(step) => {
                if let Some(index) = self.browser.at_step(self.view.field, step) {
                    self.view.show(index);
                    self.browser.scroll_to_shown = true;
                }
            }
            Effect::NextDoubtful => doubtful::show_next(&self.workbench, &mut self.view, &mut self.browser),
            Effect::Theme => theme::apply(context, self.view.kept.theme),
            Effect::FocusFilter => self.browser.focus_filter = true,
            Effect::Quit => context.send_viewport_cmd(ViewportCommand::Close),
        }
    }

    fn ask(&mut self, wish: Wish, context: &Context) {
        self.view.asked = Some(wish);
        let waker = context.clone();
        self.picker.ask(wish, Box::new(move || waker.request_repaint()));
    }

    fn take_answer(&mut self) {
        match self.picker.answer() {
            Some(Answer::Path(wish, path)) => self.use_path(wish, path),
            Some(Answer::NoDialog) => {
                // Which wish it was is asked for again in our own dialog.
                let wish = self.view.asked.unwrap_or(Wish::Set);
                self.view.dialog = Some(Dialog::Path { wish, text: String::new() });
            }
            Some(Answer::Cancelled) | None => {}
        }
    }

    fn use_path(&mut self, wish: Wish, path: PathBuf) {
        match wish {
            Wish::Set => self.workbench.run(Command::Open(path)),
            Wish::Labels => self.workbench.run(Command::ReadLabels(path)),
            Wish::MovedSet => self.workbench.run(Command::Relocate(path)),
            Wish::ProjectFolder => self.workbench.run(Command::MoveProject(path)),
            Wish::ExportFolder => {
                self.view.export.folder = Some(path);
                self.view.dialog = Some(Dialog::Export);
            }
            Wish::MaskFolder | Wish::MaskFile => {
                self.view.import.path = Some(path);
                self.view.dialog = Some(Dialog::ImportMasks);
            }
            Wish::CompareFolder | Wish::CompareFile => {
                let command = others_in(path, &self.view);
                self.workbench.run(command);
            }
            Wish::ReferenceFolder | Wish::ReferenceFile => {
                let command = tuning::reference_in(path, &self.workbench, &self.view);
                self.workbench.run(command);
            }
            Wish::CellLabels => self.workbench.run(Command::ImportLabels(path)),
            Wish::DecidedLabels => self.workbench.run(Command::ExportLabels { path, selection: Selection::Decided }),
            Wish::AllLabels => self.workbench.run(Command::ExportLabels { path, selection: Selection::All }),
            Wish::Picture => {
                if let Some(wish) = self.view.picture_wish(&self.workbench, false) {
                    self.workbench.run(Command::SavePicture { path, wish });
                }
            }
        }
    }

    /// The window does not close before all decisions about cells are on the disk, unless the user says so.
    fn mind_decisions(&mut self, context: &Context) {
        let has_all = self.workbench.unwritten_decisions() == 0;
        if context.input(|input| input.viewport().close_requested()) && !has_all && !self.view.may_lose_decisions {
            context.send_viewport_cmd(ViewportCommand::CancelClose);
            self.view.is_closing = true;
        }
        if self.view.is_closing && has_all {
            self.view.is_closing = false;
            context.send_viewport_cmd(ViewportCommand::Close);
        }
        if self.view.is_closing && self.workbench.decisions_at_risk() > 0 && self.view.dialog.is_none() {
            self.view.dialog = Some(Dialog::Unsaved);
        }
    }

    /// Folders that were dropped on the window.
    fn take_dropped(&mut self, context: &Context) {
        let dropped = context.input(|input| input.raw.dropped_files.first().cloned());
        if let Some(path) = dropped.map(|file| file.path().to_owned()) {
            let ends_in = |endings: &[&str]| {
                path.extension().is_some_and(|own| endings.iter().any(|ending| own.eq_ignore_ascii_case(ending)))
            };
            let wish = if ends_in(&["csv"]) {
                Wish::Labels
            } else if self.workbench.can_decide() && ends_in(&["npy", "npz", "json", "png", "tif", "tiff"]) {
                Wish::MaskFile
            } else {
                Wish::Set
            };
            self.use_path(wish, path);
        }
    }

    /// Keys act before anything is drawn, so that what they ask for is seen in the same frame.
    fn take_keys(&mut self, context: &Context) {
        if self.view.dialog.is_some() {
            return;
        }
        let mut commands = Vec::new();
        match self.view.kept.place {
            Place::Image => {
                hand::keys(context, &mut self.view);
                // Those with Shift first: a key without it would be taken for pressed, too.
                for location in self.view.kept.location_keys.pressed(context) {
                    self.take_label(location, context);
                }
            }
            Place::Gallery => {
                gallery::keys(context, &self.workbench, &mut self.view, &mut self.gallery, &mut commands);
            }
            Place::Deck => {
                let now = context.input(|input| input.time);
                for given in deck::pressed(context) {
                    commands.extend(deck::answer(given, &self.workbench, &mut self.view, now));
                }
            }
            Place::Rules => rules::keys(context, &self.workbench, &mut self.view),
            Place::Scatter => scatter::keys(context, &self.workbench, &mut self.view, &mut commands),
            Place::Tuning => tuning::keys(context, &self.workbench, &mut self.view, &mut commands),
            Place::Model | Place::HowItWorks => {}
        }
        for command in commands {
            self.workbench.run(command);
        }
        for action in actions::pressed(context) {
            self.perform(action, context);
        }
    }

    /// Whether this frame is the first with the picture of an image on the canvas, by a processor that has to draw it.
    fn shows_other_image(&mut self) -> bool {
        let shown = self.textures.drawn.picture.as_ref().map(|picture| picture.field);
        let before = mem::replace(&mut self.shown, shown);
        shown.is_some() && before != shown && self.textures.draws_slowly()
    }

    /// What is held down.
    fn take_held(&mut self, context: &Context) {
        const STAINS: [(Key, Channel); 4] = [
            (Key::R, Channel::Microtubules),
            (Key::Y, Channel::EndoplasmicReticulum),
            (Key::U, Channel::Nucleus),
            (Key::G, Channel::Protein),
        ];
        // In other places these keys mean something else.
        let is_typing = context.egui_wants_keyboard_input() || self.view.kept.place != Place::Image;
        let held = STAINS
            .into_iter()
            .find(|(key, _)| !is_typing && context.input(|input| input.key_down(*key) && !input.modifiers.any()));
        self.view.solo = held.map(|(_, channel)| channel);
        self.view.is_fleeting = held.is_some() || context.input(|input| input.pointer.any_down());
        self.workbench.show_as(self.view.solo.map(CompositeParams::grey));
    }

    /// What is in the middle of the window.
    fn middle_ui(&mut self, ui: &mut Ui, wished: &mut Vec<Action>, commands: &mut Vec<Command>) -> Option<Wish> {
        let mut asked = None;
        match self.view.kept.place {
            Place::Image => {
                Panel::top("hand").show(ui, |ui| wished.extend(hand::strip_ui(ui, &self.workbench, &mut self.view)));
                CentralPanel::no_frame().show(ui, |ui| {
                    canvas_ui(ui, &self.workbench, &mut self.view, &mut self.textures, commands);
                })
            }
            Place::Gallery => CentralPanel::default_margins().show(ui, |ui| {
                gallery_ui(ui, &self.workbench, &mut self.view, &mut self.gallery, commands);
            }),
            Place::Model => CentralPanel::default_margins().show(ui, |ui| {
                model_ui(ui, &self.workbench, &mut self.view, &mut self.model, commands);
            }),
            Place::Rules => CentralPanel::default_margins().show(ui, |ui| {
                rules_ui(ui, &self.workbench, &mut self.view, &mut self.rules, commands);
            }),
            Place::Scatter => CentralPanel::default_margins().show(ui, |ui| {
                scatter_ui(ui, &self.workbench, &mut self.view, &mut self.scatter, commands);
            }),
            Place::Tuning => CentralPanel::default_margins().show(ui, |ui| {
                let listed = self.browser.listed();
                asked = tuning_ui(ui, &self.workbench, &mut self.view, &mut self.tuning, listed, commands);
            }),
            Place::HowItWorks => CentralPanel::default_margins().show(ui, |ui| {
                how_it_works_ui(ui, &self.workbench, &mut self.view, &mut self.how_it_works, wished);
            }),
            Place::Deck => CentralPanel::no_frame().show(ui, |ui| {
                deck_ui(ui, &self.workbench, &mut self.view, &mut self.deck, commands);
            }),
        };
        asked
    }
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut Frame) {
        let context = ui.ctx().clone();
        self.take_answer();
        self.take_dropped(&context);
        self.take_held(&context);
        let focus = self.focus();
        self.workbench.tick(&focus);
        self.mind_decisions(&context);
        if let Some(picture) = self.workbench.take_copied() {
            context.copy_image(picture_image(&picture));
        }
        self.notice_opening();
        self.notice_cells();
        self.selected.follow(&self.workbench, &mut self.view);
        self.browser.update(&self.workbench, &self.view.filter);
        self.take_keys(&context);
        let (mut wished, mut commands) = (Vec::new(), Vec::new());
        if self.view.kept.place == Place::Gallery {
            self.gallery.update(&self.workbench, &mut self.view);
        }

        Panel::top("menu").show(ui, |ui| wished.extend(menu_ui(ui, &self.workbench, &self.view, &mut commands)));
        Panel::top("tools").show(ui, |ui| wished.extend(tool_bar_ui(ui, &self.workbench, &self.view)));
        Panel::bottom("status").show(ui, |ui| status_ui(ui, &self.workbench, &self.view, &mut commands));
        if self.workbench.opened().is_some() {
            // These need the whole width.
            let is_wide = matches!(self.view.kept.place, Place::Deck | Place::Model | Place::Tuning);
            if self.view.kept.browser && !is_wide {
                Panel::left("images").default_size(300.0).size_range(200.0..=560.0).show(ui, |ui| {
                    browser_ui(ui, &self.workbench, &mut self.view, &mut self.browser);
                });
            }
            if self.view.kept.inspector && !is_wide {
                Panel::right("inspector").default_size(330.0).size_range(280.0..=520.0).show(ui, |ui| {
                    inspector_ui(ui, &self.workbench, &mut self.view, &mut self.inspector, &mut commands);
                });
            }
            if let Some(wish) = self.middle_ui(ui, &mut wished, &mut commands) {
                self.ask(wish, &context);
            }
        } else {
            CentralPanel::default_margins().show(ui, |ui| {
                wished.extend(welcome_ui(ui, &self.workbench, &self.view, &mut commands));
            });
        }
        if let Some(wish) = compare_ui(&context, &self.workbench, &mut self.view, &mut commands) {
            self.ask(wish, &context);
        }
        notices_ui(&context, &self.workbench, self.view.kept.place, &mut commands);
        match dialogs_ui(&context, &self.workbench, &mut self.view) {
            Some(Choice::Action(action)) => wished.push(action),
            Some(Choice::Path(wish, path)) => self.use_path(wish, path),
            Some(Choice::Ask(wish)) => self.ask(wish, &context),
            Some(Choice::Run(command)) => commands.push(command),
            Some(Choice::CloseAnyway) => {
                self.view.may_lose_decisions = true;
                context.send_viewport_cmd(ViewportCommand::Close);
            }
            Some(Choice::Stay) => self.view.is_closing = false,
            Some(Choice::Label(location)) => self.take_label(location, &context),
            None => {}
        }
        if context.input(|input| input.pointer.any_pressed()) {
            self.view.said = None;
        }
        for action in wished {
            self.perform(action, &context);
        }
        for command in commands {
            self.workbench.run(command);
        }
        if context.input(|input| input.pointer.any_released() || !input.pointer.any_down()) {
            self.workbench.run(Command::EndGesture);
        }
        if self.shows_other_image() {
            // Where the processor draws, what is worked on for an image must not hold up the image itself.
            context.request_repaint();
            return;
        }
        // What the panels have just changed is worked on at once, not with the next event.
        let focus = self.focus();
        if let Some(soon) = self.workbench.tick(&focus) {
            context.request_repaint_after(soon);
        }
        wait_a_little(&mut self.workbench, &focus, &mut self.textures);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        theme::ground(visuals).to_normalized_gamma_f32()
    }

    fn save(&mut self, storage: &mut dyn Storage) {
        eframe::set_value(storage, KEPT, &self.view.kept);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.workbench.close();
    }
}

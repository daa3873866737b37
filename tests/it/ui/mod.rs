//! Floor 6: the window, driven by the accessible names of what it shows, without a screen.

mod browser;
mod canvas;
mod cell_labels;
mod controls;
mod deck;
mod dialogs;
mod doubtful;
mod export;
mod gallery;
mod hand;
mod how_it_works;
mod inspector;
mod masks;
mod measure;
mod model;
mod rules;
mod scatter;
mod tuning;

use std::{
    cell::RefCell,
    path::{Path, PathBuf},
    rc::Rc,
    time::{Duration, Instant},
};

use cytoscribe::{
    ui::{
        App,
        picker::{Answer, Picker, Wish},
    },
    workbench::Workbench,
};
use egui_kittest::Harness;

use crate::drawn_set::draw_set;

/// What is asked for, and what is answered in the user's place.
#[derive(Default)]
pub struct Desk {
    pub asked: Vec<Wish>,
    pub answers: Vec<Answer>,
}

struct FakePicker(Rc<RefCell<Desk>>);

impl Picker for FakePicker {
    fn ask(&mut self, wish: Wish, done: Box<dyn FnOnce() + Send>) {
        self.0.borrow_mut().asked.push(wish);
        done();
    }

    fn answer(&mut self) -> Option<Answer> {
        let mut desk = self.0.borrow_mut();
        if desk.asked.is_empty() { None } else { desk.answers.pop() }
    }
}

/// A window on a drawn set of some images.
pub struct Window {
    pub harness: Harness<'static, App>,
    pub desk: Rc<RefCell<Desk>>,
    pub folder: tempfile::TempDir,
}

impl Window {
    /// The window with the first of `count` images on its canvas, its cells found.
    pub fn open(count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let set = folder.path().join("set");
        draw_set(&set, count);
        Self::open_in(folder, &set)
    }

    /// The window on the set in `set`, which is in `folder`.
    pub fn open_in(folder: tempfile::TempDir, set: &Path) -> Self {
        let mut window = Self::start(folder, set);
        window.wait("the set to be opened", |workbench| workbench.opened().is_some());
        window
    }

    /// The window as it opens `set`.
    pub fn start(folder: tempfile::TempDir, set: &Path) -> Self {
        let desk = Rc::new(RefCell::new(Desk::default()));
        let (picker, set) = (FakePicker(Rc::clone(&desk)), set.to_owned());
        let harness = Harness::builder()
            .with_size([1400.0, 900.0])
            .build_eframe(move |context| App::new(context, Some(set), Box::new(picker)));
        Self { harness, desk, folder }
    }

    pub fn workbench(&self) -> &Workbench {
        self.harness.state().workbench()
    }

    /// Frames until `is_there`; what is waited for is said if it never comes.
    pub fn wait(&mut self, what: &str, is_there: impl Fn(&Workbench) -> bool) {
        let since = Instant::now();
        loop {
            self.harness.step();
            if is_there(self.workbench()) {
                // What has come after a frame was drawn is drawn by the next one, and where its place has to be measured
                // first, seen in the one after that.
                self.harness.run_steps(2);
                return;
            }
            assert!(since.elapsed() < Duration::from_mins(1), "waited in vain for {what}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Frames until the cells of the image `index` are those of the parameters in force.
    pub fn wait_for_cells(&mut self, index: usize) {
        self.wait("cells", |workbench| {
            let wanted = workbench.cells_key(index);
            workbench.results().cells.as_ref().is_some_and(|cells| Some(&cells.inputs) == wanted.as_ref())
        });
    }

    /// The folder of the project.
    pub fn project_folder(&self) -> PathBuf {
        self.workbench().opened().unwrap().folder.clone().unwrap()
    }

    pub fn key(&mut self, modifiers: egui::Modifiers, key: egui::Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.step();
        self.harness.step();
    }
}

//! The system's dialogs for folders and files, behind a trait so that tests can answer in the user's place.

use std::{
    path::PathBuf,
    sync::mpsc::{self, Receiver, TryRecvError},
    thread,
    time::{Duration, Instant},
};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A folder of images.
    Set,
    /// A label file.
    Labels,
    /// A place for a picture.
    Picture,
    /// Where the images of a project are now.
    MovedSet,
    /// Another folder for the project.
    ProjectFolder,
    /// A folder for what is exported.
    ExportFolder,
    /// A table for the labels of decided cells.
    DecidedLabels,
    /// A table for the labels of all cells.
    AllLabels,
    /// A table of labels of cells.
    CellLabels,
    /// A folder of masks to import.
    MaskFolder,
    /// A file of masks to import.
    MaskFile,
    /// A folder of masks to compare with.
    CompareFolder,
    /// A file of masks to compare with.
    CompareFile,
    /// A folder of masks to tune by.
    ReferenceFolder,
    /// A file of masks to tune by.
    ReferenceFile,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// This.
    Path(Wish, PathBuf),
    /// The user has changed their mind.
    Cancelled,
    /// So quick a no that there is probably no dialog at all.
    NoDialog,
}

/// Somebody who can ask the user for a path.
pub trait Picker {
    /// Begins to ask; `done` is called when there is an answer.
    fn ask(&mut self, wish: Wish, done: Box<dyn FnOnce() + Send>);
    /// The answer, once.
    fn answer(&mut self) -> Option<Answer>;
}

/// Asks with the system's own dialogs, on a thread of their own: a desktop's portal may never answer.
#[derive(Default)]
pub struct SystemPicker {
    asked: Option<(Wish, Instant, Receiver<Option<PathBuf>>)>,
}

/// A dialog that was answered sooner than this was not seen by anybody.
const TOO_QUICK: Duration = Duration::from_millis(300);

impl Picker for SystemPicker {
    fn ask(&mut self, wish: Wish, done: Box<dyn FnOnce() + Send>) {
        let (sender, receiver) = mpsc::channel();
        let asking = thread::Builder::new().spawn(move || {
            let dialog = rfd::FileDialog::new();
            let path = match wish {
                Wish::Set => dialog.set_title("Open a folder of images").pick_folder(),
                Wish::MovedSet => dialog.set_title("Where the images are now").pick_folder(),
                Wish::ProjectFolder => dialog.set_title("A folder for the project").pick_folder(),
                Wish::ExportFolder => dialog.set_title("A folder for the files of the export").pick_folder(),
                Wish::Labels => dialog.set_title("Read labels").add_filter("Label file", &["csv"]).pick_file(),
                Wish::CellLabels => {
                    dialog.set_title("Read labels of cells").add_filter("Table", &["csv", "parquet"]).pick_file()
                }
                Wish::MaskFolder => dialog.set_title("A folder of masks to import").pick_folder(),
                Wish::CompareFolder => dialog.set_title("A folder of masks to compare with").pick_folder(),
                Wish::ReferenceFolder => dialog.set_title("A folder of reference masks").pick_folder(),
                Wish::MaskFile | Wish::CompareFile | Wish::ReferenceFile => dialog
                    .set_title("Masks")
                    .add_filter("Masks", &["png", "tif", "tiff", "npy", "npz", "json", "csv"])
                    .pick_file(),
                Wish::DecidedLabels | Wish::AllLabels => dialog
                    .set_title("Save the labels of cells")
                    .add_filter("CSV", &["csv"])
                    .add_filter("Parquet", &["parquet"])
                    .set_file_name("labels.csv")
                    .save_file(),
                Wish::Picture => dialog
                    .set_title("Save the image")
                    .add_filter("PNG", &["png"])
                    .set_file_name("image.png")
                    .save_file(),
            };
            let _ = sender.send(path);
            done();
        });
        // Without a thread the sender is gone, and the answer is that there is no dialog.
        drop(asking);
        self.asked = Some((wish, Instant::now(), receiver));
    }

    fn answer(&mut self) -> Option<Answer> {
        let (wish, since, receiver) = self.asked.as_ref()?;
        let answer = match receiver.try_recv() {
            Ok(Some(path)) => Answer::Path(*wish, path),
            Ok(None) if since.elapsed() > TOO_QUICK => Answer::Cancelled,
            Ok(None) | Err(TryRecvError::Disconnected) => Answer::NoDialog,
            Err(TryRecvError::Empty) => return None,
        };
        self.asked = None;
        Some(answer)
    }
}

//! Opens the window, or says in a sentence why that is not possible.

use std::path::PathBuf;

use eframe::{CreationContext, NativeOptions};

use super::{App, icon::icon, picker::SystemPicker};
use crate::workbench::precedence::share_beside_window;

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
#[error(
    "no window: {0}\nA window needs a display and OpenGL; on Debian and Ubuntu: apt install libx11-6 libxcursor1 libxi6 \
     libxkbcommon-x11-0 libx11-xcb1 libgl1\nWithout one, all commands work: cytoscribe --help"
)]
pub struct WindowError(String);

/// Shows the window until it is closed. With `set` this is opened, else the set that was open last, else the demo.
///
/// # Errors
/// If there is no display, no OpenGL or a system library is missing.
pub fn open_window(set: Option<PathBuf>) -> Result<(), WindowError> {
    run(options([1440.0, 900.0]), |context| App::new(context, set, Box::new(SystemPicker::default())))
}

/// A window of `size` in points, at first.
pub(super) fn options(size: [f32; 2]) -> NativeOptions {
    NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Cytoscribe")
            .with_icon(icon(256))
            .with_app_id("cytoscribe")
            .with_inner_size(size)
            .with_min_inner_size([800.0, 500.0])
            .with_drag_and_drop(true),
        // Colours are shown as they are, and drawn in half the time where the processor has to do it.
        dithering: false,
        ..NativeOptions::default()
    }
}

/// Shows the window that `app` makes until it is closed.
pub(super) fn run<A: eframe::App + 'static>(
    options: NativeOptions,
    app: impl FnOnce(&CreationContext) -> A,
) -> Result<(), WindowError> {
    share_beside_window();
    let run = eframe::run_native("cytoscribe", options, Box::new(|context| Ok(Box::new(app(context)))));
    run.map_err(|error| WindowError(error.to_string()))
}

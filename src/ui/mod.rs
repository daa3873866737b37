//! THE WINDOW (floor 6): the only egui. Panels read the [`Workbench`](crate::workbench::Workbench), edit copies, and
//! hand in commands; how one looks at things is in `view`, and losing that loses no work.
//!
//! ```text
//! app          the frame: tick, panels, commands        browser      the images on the left
//! view         what one looks at                        canvas       the picture in the middle, with its overlay
//! actions      all that keys and menus can do           inspector    the tabs on the right
//! menu         the menu bar                             status       the line at the bottom
//! tool_bar     the bar below it                         icon         the program's icon
//! gallery      the cells of all images in its place     model        what is learnt, what is doubtful
//! rules        measures with a cut                      scatter      cells as points
//! tuning       parameters found by examples
//! how_it_works how cells are found and measured, step by step, with pictures
//! export       what is written, confidences, the doctor
//! import_masks masks from elsewhere                     compare      masks beside others
//! hand         tools with which cells are corrected on the canvas
//! dialogs      about, keys, the command list            picker       the system's dialogs for files
//! doubtful     images that are worth a look             selected     the selected cell, cut anew
//! measure      how quick all that is                    screen_copy  the canvas without a graphics card
//! busy         the sign of work that goes on
//! ```

mod actions;
mod app;
mod browser;
mod busy;
mod camera;
mod canvas;
mod cell_states;
mod chips;
mod compare;
mod composed;
mod deck;
mod dialogs;
mod doubtful;
mod export;
mod fates;
mod gallery;
mod hand;
mod how_it_works;
mod icon;
mod import_masks;
mod inspector;
mod label_dialogs;
mod launch;
mod layers;
mod location_keys;
mod marks;
pub mod measure;
mod menu;
mod model;
mod notices;
mod overlay;
mod parameter_ui;
pub mod picker;
mod rules;
mod scale_bar;
mod scatter;
mod screen_copy;
mod selected;
mod status;
mod textures;
mod theme;
mod tool_bar;
mod tuning;
mod view;
mod welcome;

pub use app::App;
pub use launch::{WindowError, open_window};
pub use measure::measure_window;

//! The dialog of exports: what will be written and what is unsettled on the left, how confidences are made and what that
//! does to the score on the right, and below what is going on or what the doctor found.

mod confidences;
mod masks;
mod verdict;

use std::path::PathBuf;

use egui::{Button, RichText, ScrollArea, Ui};

use super::{dialogs::Choice, picker::Wish, view::View};
use crate::{
    storage::MaskFormat,
    workbench::{
        Command, ExportCommand, Workbench,
        export::{Counts, Products, TableKind, Target},
    },
};
use confidences::confidences_ui;
pub use masks::draw_masks;
use verdict::{progress_ui, verdict_ui};

/// What is chosen in the dialog.
#[derive(Clone, Debug, Default)]
pub struct ExportView {
    /// What is to be written.
    pub products: Products,
    /// The folder, if another than the usual one is wanted.
    pub folder: Option<PathBuf>,
    /// The location that is given a weight of its own.
    pub location: crate::atlas::Location,
    /// What the export would hold, and for which changes and cells that was counted.
    counts: Option<((u64, u64), Counts)>,
}

impl ExportView {
    /// The folder for the files: beside the set, unless another was chosen.
    fn folder(&self, workbench: &Workbench) -> Option<PathBuf> {
        let usual = || {
            let root = workbench.opened()?.set.root();
            let mut name = root.file_name()?.to_owned();
            name.push(".export");
            Some(root.with_file_name(name))
        };
        self.folder.clone().or_else(usual)
    }

    /// What the export would hold, counted anew when something has changed.
    fn counts(&mut self, workbench: &Workbench) -> Option<Counts> {
        if let Some(counts) = workbench.exported_counts() {
            return Some(counts);
        }
        let opened = workbench.opened()?;
        let key = (workbench.changes(), workbench.results().cells_revision);
        if let Some((_, counts)) = self.counts.filter(|(of, _)| *of == key) {
            return Some(counts);
        }
        let cells = workbench.set_cells().map(AsRef::as_ref);
        let counts = Counts::before(&opened.set, &opened.labels, workbench.project().labels(), cells);
        self.counts = Some((key, counts));
        Some(counts)
    }
}

/// Draws the dialog.
pub fn export_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View) -> Option<Choice> {
    const WIDTH: f32 = 860.0;
    ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 80.0));
    let mut choice = None;
    ui.heading("Export");
    ui.add_space(6.0);
    let height = ui.ctx().content_rect().height();
    ScrollArea::vertical().max_height(height - 170.0).auto_shrink([false, true]).show(ui, |ui| {
        // Beside the bar that scrolls.
        ui.set_width(ui.available_width() - 14.0);
        ui.columns(2, |columns| {
            if let [left, right] = columns {
                products_ui(left, workbench, view, &mut choice);
                left.add_space(10.0);
                counts_ui(left, workbench, view);
                confidences_ui(right, workbench, view, &mut choice);
            }
        });
        ui.separator();
        match workbench.exporting() {
            Some(doing) => progress_ui(ui, doing),
            None => verdict_ui(ui, workbench, &mut choice),
        }
    });
    ui.add_space(8.0);
    buttons_ui(ui, workbench, view, &mut choice);
    choice
}

/// What is to be written, and where to.
fn products_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View, choice: &mut Option<Choice>) {
    let counts = view.export.counts(workbench).unwrap_or_default();
    let products = &mut view.export.products;
    ui.strong("What to write");
    // Of images that are not measured yet one supposes what is known of the others.
    let cells = (counts.cells * counts.images).checked_div(counts.measured_images).unwrap_or(0) as u64;
    let about = |bytes: u64| {
        let words = if cells > 0 { format!("about {}", size_in_words(bytes)) } else { String::new() };
        RichText::new(words).weak().size(11.5)
    };
    ui.horizontal(|ui| {
        ui.checkbox(&mut products.submission, "Submission")
            .on_hover_text("submission.csv: every cell with its mask and its confidence in each location.");
        ui.label(about(cells * 8_000));
    });
    ui.horizontal(|ui| {
        let mut is_wanted = products.table.is_some();
        ui.checkbox(&mut is_wanted, "Table of cells")
            .on_hover_text("A row a cell: labels, probabilities and confidences in each location, and 540 features.");
        let mut kind = products.table.unwrap_or_default();
        ui.add_enabled_ui(is_wanted, |ui| {
            ui.selectable_value(&mut kind, TableKind::Parquet, "Parquet").on_hover_text("Small and read fast.");
            ui.selectable_value(&mut kind, TableKind::Csv, "CSV").on_hover_text("Text that everything reads.");
        });
        products.table = is_wanted.then_some(kind);
        ui.label(about(cells * if kind == TableKind::Csv { 6_000 } else { 2_400 } + 120_000));
    });
    ui.horizontal(|ui| {
        let mut is_wanted = products.masks.is_some();
        ui.checkbox(&mut is_wanted, "Masks")
            .on_hover_text("Label maps of nuclei and cells: 0 is background, each cell has its number in both.");
        let mut format = products.masks.unwrap_or_default();
        ui.add_enabled_ui(is_wanted, |ui| {
            ui.selectable_value(&mut format, MaskFormat::Png, "PNG").on_hover_text("16 bit.");
            ui.selectable_value(&mut format, MaskFormat::Tiff, "TIFF")
                .on_hover_text("16 bit, or 32 where there are more than 65,535 cells.");
        });
        products.masks = is_wanted.then_some(format);
        ui.label(about(counts.images as u64 * 30_000));
    });
    ui.horizontal(|ui| {
        ui.checkbox(&mut products.coco, "COCO annotations").on_hover_text(
            "coco.json: cells and nuclei as compressed run lengths, for pycocotools, detectron2 and others.",
        );
        ui.label(about(cells * 1_000));
    });
    ui.checkbox(&mut products.model, "Trained model")
        .on_hover_text("model.ron: what was learnt, to predict other sets with `cytoscribe submit`.");
    ui.weak("A report is always written. With it and the project, all can be repeated.");
    ui.add_space(4.0);
    let Some(folder) = view.export.folder(workbench) else { return };
    ui.horizontal(|ui| {
        if ui.button("Folder…").on_hover_text("Choose where the files go.").clicked() {
            *choice = Some(Choice::Ask(Wish::ExportFolder));
        }
        let text = folder.display().to_string();
        ui.add(egui::Label::new(RichText::new(&text).size(12.0)).truncate()).on_hover_text(text);
    });
}

/// What the export would hold, and what is unsettled.
fn counts_ui(ui: &mut Ui, workbench: &Workbench, view: &mut View) {
    let Some(counts) = view.export.counts(workbench) else { return };
    ui.strong("What it will hold");
    let Counts { images, measured_images, cells, decided, .. } = counts;
    ui.label(if measured_images < images {
        format!(
            "{images} images, of which {measured_images} are measured and have {cells} cells; decided about: {decided}"
        )
    } else {
        format!("{images} images with {cells} cells; decided about: {decided}")
    });
    ui.add_space(4.0);
    ui.strong("Unsettled").on_hover_text("Nothing of this keeps you from exporting.");
    if measured_images < images {
        ui.weak("What is not measured yet is measured during the export.");
    }
    let unsettled = counts.unsettled();
    for line in &unsettled {
        ui.label(RichText::new(format!("•  {line}")).size(12.5));
    }
    if unsettled.is_empty() {
        ui.label("nothing");
    }
}

fn buttons_ui(ui: &mut Ui, workbench: &Workbench, view: &View, choice: &mut Option<Choice>) {
    ui.horizontal(|ui| {
        let run = |command| Some(Choice::Run(Command::Export(command)));
        if workbench.exporting().is_some() {
            if ui.button("Stop").on_hover_text("What is finished stays; there will be no report.").clicked() {
                *choice = run(ExportCommand::Stop);
            }
        } else {
            let target = view.export.folder(workbench);
            let target = target.map(|folder| Target { folder, products: view.export.products });
            let button = Button::new(RichText::new("Write the files").strong());
            if ui.add_enabled(target.is_some(), button).clicked() {
                *choice = run(ExportCommand::Start(target));
            }
            let judge = ui.button("Learn and judge only").on_hover_text(
                "Learns from all cells and scores what was learnt, but writes nothing: to see what the settings above do.",
            );
            if judge.clicked() {
                *choice = run(ExportCommand::Start(None));
            }
        }
        if ui.button("Close").clicked() {
            ui.close();
        }
    });
}

/// As people say it: 12 KB, 3.4 MB.
fn size_in_words(bytes: u64) -> String {
    const UNITS: [(f64, &str); 3] = [(1e9, "GB"), (1e6, "MB"), (1e3, "KB")];
    let bytes = bytes as f64;
    let unit = UNITS.into_iter().find(|(of, _)| bytes >= *of);
    unit.map_or_else(
        || "1 KB".to_owned(),
        |(of, name)| match bytes / of {
            small @ ..10.0 => format!("{small:.1} {name}"),
            large => format!("{large:.0} {name}"),
        },
    )
}

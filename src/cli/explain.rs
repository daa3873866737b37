//! `explain`: how the cells of one image are found and one of them is measured, as a page with pictures. What the window
//! shows under "How it works", by the same code.

use std::{
    error::Error,
    path::{Path, PathBuf},
};

use clap::Args;

use super::{CommandResult, Outcome, arguments::LayoutOption, measurement_options::MeasurementOptions, sets, terminal};
use crate::{
    atlas::{Channel, Location, LocationSet},
    pipeline::{
        explanation::{Page, Section, page},
        measurement::{MeasurementParams, Model},
        sample_depth::field_at_8_bit,
        segmentation::Method,
    },
    project::Cutting,
    storage::{
        FieldFiles, FileStamp, ImageLabels, ImageSet, OutputFile, picture::write_small_picture, project_place,
        read_field, read_model,
    },
    workbench::{
        explanation::{rules_for, section_of_cell, section_of_method, steps_of_image, steps_of_one, typical_cell},
        opening::usual_label_file,
        results::FoundCells,
    },
};

/// Options of `explain`.
#[derive(Args)]
pub struct Explain {
    /// A folder of images, or one file of an image in it
    #[arg(value_name = "FIELD_OR_SET")]
    pub path: PathBuf,
    #[command(flatten)]
    pub layout: LayoutOption,
    /// The ID of the image [default: that of the file, or the first of the set]
    #[arg(long, value_name = "ID")]
    pub field: Option<String>,
    /// The number of the cell in the masks [default: the largest that the border of the image does not cut]
    #[arg(long, value_name = "N")]
    pub cell: Option<u32>,
    /// The label file [default: train.csv in the folder of images or beside it, if there is one]
    #[arg(long, value_name = "CSV")]
    pub labels: Option<PathBuf>,
    /// The model that `train` wrote: its rules say which features tell locations apart. Without it those are shown in
    /// which the cell stands out most from its image
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// The folder for `how_it_works.md` and its pictures
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    #[command(flatten)]
    pub measurement: MeasurementOptions,
}

/// The name of the page.
const PAGE: &str = "how_it_works.md";

/// `explain`: writes the page.
pub fn explain(command: &Explain) -> CommandResult {
    let params = command.measurement.recipe()?.measurement;
    let model = command.model.as_deref().map(read_model).transpose()?;
    if model.as_ref().is_some_and(|model| model.measurement != params) {
        terminal::complain("note: the model has learnt from cells that were found or measured in another way");
    }
    let (set, id) = set_and_id(command)?;
    let files =
        set.field(&id).ok_or_else(|| format!("the set has no image with the ID '{id}' — {}", set.root().display()))?;
    let labels = labels_of(command, &set, &id)?;
    let sections = sections(command, files, &params, model.as_ref(), labels)?;
    let names: Vec<&str> = labels.iter().map(Location::name).collect();
    let labelled = if names.is_empty() { String::new() } else { format!(", labelled {}", names.join(", ")) };
    let Page { text, pictures } = page(
        &format!(
            "From the stains of one image to its cells, and from one cell to the features that tell where its protein is: \
             step by step, for the image `{id}`{labelled}. `cytoscribe explain` wrote this page; the window shows the same \
             for any image under *Help ▸ How it works*."
        ),
        &sections,
    );
    for (name, picture) in &pictures {
        write_small_picture(&command.out.join(name), picture)?;
    }
    let target = command.out.join(PAGE);
    OutputFile::write(&target, text.as_bytes())?;
    terminal::say(&format!("the page is {}, with {} pictures beside it", target.display(), pictures.len()));
    Ok(Outcome::Well)
}

/// The set, and the image in it that is asked for.
fn set_and_id(command: &Explain) -> Result<(ImageSet, String), Box<dyn Error>> {
    let path = &command.path;
    let is_file = FileStamp::of(path).is_some() && !project_place::is_folder(path);
    let Some(folder) = path.parent().filter(|_| is_file) else {
        let set = sets::open_with_all_stains(path, &command.layout)?;
        let first = set.fields().first().map(|files| files.id().to_owned());
        let id = command.field.clone().or(first).ok_or("the set has no image")?;
        return Ok((set, id));
    };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let set = sets::open_with_all_stains(folder, &command.layout)?;
    let name = path.file_name();
    let is_of = |files: &&FieldFiles| {
        Channel::ALL.into_iter().any(|channel| files.path(channel).and_then(Path::file_name) == name)
    };
    let of_file = set.fields().iter().find(is_of).map(|files| files.id().to_owned());
    let id = command.field.clone().or(of_file);
    let id = id.ok_or_else(|| format!("this file is of no image with all four stains — {}", path.display()))?;
    Ok((set, id))
}

/// What the image is labelled with.
fn labels_of(command: &Explain, set: &ImageSet, id: &str) -> Result<LocationSet, Box<dyn Error>> {
    let Some(path) = command.labels.clone().or_else(|| usual_label_file(set.root())) else {
        return Ok(LocationSet::default());
    };
    Ok(ImageLabels::read(&path)?.by_id.get(id).copied().unwrap_or_default())
}

fn sections(
    command: &Explain,
    files: &FieldFiles,
    params: &MeasurementParams,
    model: Option<&Model>,
    labels: LocationSet,
) -> Result<Vec<Section>, Box<dyn Error>> {
    let (field, warnings) = field_at_8_bit(read_field(files)?, params.sample_depth);
    for warning in warnings {
        terminal::complain(&format!("note: {}: {warning}", files.id()));
    }
    let cutting = Cutting::from(params.segmentation.clone());
    let found = FoundCells::find(&field, &cutting, None)?;
    for remark in &found.corrected.segmentation.remarks {
        terminal::complain(&format!("note: {}: {remark}", files.id()));
    }
    let own = params.segmentation.method;
    let others = Method::ALL.into_iter().filter(|&method| method != own);
    let of_method = |method| section_of_method(method, steps_of_image(&field, &found, &cutting, method));
    let mut sections: Vec<_> = [own].into_iter().chain(others).map(of_method).collect();
    let measured = found.corrected.measure(&field);
    if let Some(id) = command.cell.filter(|id| measured.cells.iter().all(|cell| cell.id != *id)) {
        let last = found.corrected.segmentation.cell_count;
        return Err(format!("{} has no measured cell {id}: its cells have numbers from 1 to {last}", files.id()).into());
    }
    let Some(id) = command.cell.or_else(|| typical_cell(&found)) else {
        terminal::complain(&format!("note: {}: no cell has a nucleus, so none is explained", files.id()));
        return Ok(sections);
    };
    let steps = steps_of_one(&field, &found, &measured, id, |cell| {
        model.map_or_else(Vec::new, |model| rules_for(&model.classifier, cell, None, labels))
    });
    sections.push(section_of_cell(id, steps));
    Ok(sections)
}

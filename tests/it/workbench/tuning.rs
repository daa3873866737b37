//! Tuning by the examples of a set: which images take part, what cannot be used, and that examples are saved.

use std::{
    fs,
    time::{Duration, Instant},
};

use cytoscribe::{
    imaging::Plane,
    pipeline::{
        composite::CompositeParams,
        sample_depth::field_at_8_bit,
        segmentation::{Preset, SegmentationParams, StandardParams},
        tuning::{Mark, Opinion},
    },
    project::{Edit, Project, TuningExamples, examples::ReferencePath},
    storage::{ImageSet, MaskFormat, SetLayout, masks::write_mask, read_field},
    workbench::{
        Command, Focus, Stop, TuningCommand, Workbench,
        results::FoundCells,
        tuning::{MOST_IMAGES, TunedSet, TuningError, region_of, tile_picture, tune},
    },
};
use tempfile::{TempDir, tempdir};

use crate::drawn_set::{SIDE, draw_set, link_set};

fn params(cell_extent: f64) -> SegmentationParams {
    let standard = StandardParams { cell_extent, ..StandardParams::default() };
    SegmentationParams { working_size: 80, standard, ..Preset::Standard.params() }
}

fn open(folder: &TempDir) -> ImageSet {
    ImageSet::open(folder.path().join("set"), SetLayout::FilePerStain).unwrap()
}

fn with(examples: TuningExamples) -> Project {
    Project::default().with_examples(examples)
}

fn reference(folder: &TempDir) -> ReferencePath {
    ReferencePath { path: folder.path().join("theirs"), unnamed_are_nuclei: false }
}

fn tuned(set: &ImageSet, project: &Project) -> Result<TunedSet, TuningError> {
    tune(set, project, &params(0.5), &Stop::default(), &|_| {})
}

/// A mark of the cell at a pixel of the field `id`.
fn mark(set: &ImageSet, id: &str, pixel: (u32, u32)) -> Mark {
    let (field, _) = field_at_8_bit(read_field(set.field(id).unwrap()).unwrap(), Project::default().sample_depth());
    let found = FoundCells::find(&field, &params(0.5).into(), None).unwrap();
    let (anchor, region) = region_of(&found, found.cell_at(pixel)).unwrap();
    Mark { anchor, opinion: Opinion::Good, region }
}

#[test]
fn of_many_images_with_masks_some_take_part_and_those_with_marks_always_do() {
    let folder = tempdir().unwrap();
    link_set(&folder.path().join("set"), 12);
    let set = open(&folder);
    assert!(matches!(tuned(&set, &Project::default()), Err(TuningError::NoExamples)));
    let mask = Plane::from_fn(SIDE as usize, SIDE as usize, |row, col| u32::from(row < 100 && col < 100));
    for files in set.fields() {
        let path = folder.path().join(format!("theirs/{}_cellmask.png", files.id()));
        write_mask(&path, &mask.clone().into(), MaskFormat::Png).unwrap();
    }
    fs::write(folder.path().join("theirs/field_5_cellmask.png"), "no image").unwrap();
    let marks = TuningExamples::default().with("field_5", mark(&set, "field_5", (60, 60)));
    let found = tuned(&set, &with(TuningExamples { reference: Some(reference(&folder)), ..marks })).unwrap();
    assert_eq!((found.images.len(), found.left_out), (MOST_IMAGES, 12 - MOST_IMAGES));
    let marked = found.images.iter().find(|image| image.id == "field_5").unwrap();
    // What cannot be read of it is told, and its mark counts all the same.
    assert_eq!((marked.marks.len(), marked.has_reference), (1, false));
    assert!(found.problems[0].starts_with("field_5: the content is no PNG"), "{:?}", found.problems);
    assert!(found.images.iter().filter(|image| image.has_reference).count() == MOST_IMAGES - 1);
    // The mark is followed by the present setting, the square is by none.
    let last = *found.tuned.worst.last().unwrap();
    assert_eq!(found.images[last].id, "field_5");
    assert!((found.tuned.present.by_image[last] - 1.0).abs() < 1e-9, "{:?}", found.tuned.present);

    let picture = tile_picture(marked, &params(0.5), &CompositeParams::default());
    let (row, col) = (marked.marks[0].anchor.0 as usize, marked.marks[0].anchor.1 as usize);
    assert_eq!(picture.size(), (SIDE as usize, SIDE as usize));
    assert_eq!(picture[(row, col)], [90, 230, 120]);
}

#[test]
fn masks_of_another_size_are_named_and_without_others_there_is_no_search() {
    let folder = tempdir().unwrap();
    draw_set(&folder.path().join("set"), 1);
    let path = folder.path().join("theirs/field_0_cellmask.png");
    write_mask(&path, &Plane::filled(10, 20, 1_u32).into(), MaskFormat::Png).unwrap();
    let examples = TuningExamples { reference: Some(reference(&folder)), ..TuningExamples::default() };
    let error = tuned(&open(&folder), &with(examples)).unwrap_err().to_string();
    let expected = "none of the examples can be used: field_0: the other mask is 20 x 10 pixels, the image 240 x 240";
    assert!(error.starts_with(expected), "{error}");
}

fn wait(workbench: &mut Workbench, what: &str, is_there: impl Fn(&Workbench) -> bool) {
    let since = Instant::now();
    while !is_there(workbench) {
        assert!(since.elapsed() < Duration::from_mins(1), "waited in vain for {what}");
        workbench.tick(&Focus { tuning: Some(0), ..Focus::default() });
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn examples_are_saved_with_the_project_and_a_search_can_be_stopped_and_leaves_pictures() {
    let folder = tempdir().unwrap();
    draw_set(&folder.path().join("set"), 1);
    let set = open(&folder);
    let marked = TuningExamples::default().with("field_0", mark(&set, "field_0", (60, 60)));
    let examples = TuningExamples { reference: Some(reference(&folder)), takes_corrected: true, ..marked.clone() };
    let opened = |workbench: &mut Workbench| {
        workbench.run(Command::Open(folder.path().join("set")));
        wait(workbench, "the set", |workbench| workbench.opened().is_some());
    };
    let mut workbench = Workbench::new(|| {});
    opened(&mut workbench);
    workbench.run(Command::Edit(Edit::Examples(examples.clone())));
    assert!(workbench.close());
    drop(workbench);
    let text = fs::read_to_string(folder.path().join("set.cytoscribe/project.ron")).unwrap();
    assert!(text.contains("path: \"../theirs\""), "paths are told as seen from the project: {text}");

    let mut workbench = Workbench::new(|| {});
    opened(&mut workbench);
    assert_eq!(*workbench.project().examples(), examples);
    workbench.run(Command::Edit(Edit::Examples(marked)));
    workbench.run(Command::TuneByExample(TuningCommand::Search(params(0.5))));
    workbench.run(Command::TuneByExample(TuningCommand::Stop));
    wait(&mut workbench, "the end", |workbench| workbench.tuning_share().is_none());
    assert!(workbench.tuned().is_none());
    workbench.run(Command::TuneByExample(TuningCommand::Search(params(0.5))));
    assert!(workbench.activity().is_some_and(|(text, _)| text == "Tuning by example"));
    wait(&mut workbench, "settings", |workbench| workbench.tuned().is_some());
    let last = workbench.tuned().unwrap().1.unwrap().tuned.best.len();
    wait(&mut workbench, "the pictures", |workbench| workbench.tile(0, last).is_some());
}

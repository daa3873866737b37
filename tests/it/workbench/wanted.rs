use std::sync::Arc;

use cytoscribe::{
    pipeline::composite::CompositeParams,
    project::{Edit, Project},
    storage::{ImageSet, SetLayout},
    workbench::{
        Focus,
        focus::Part,
        lane::Computed,
        loaded_field::LoadedField,
        results::{FoundCells, PictureKey, Results},
        wanted::{Wanted, cells_key, field_key, wanted},
    },
};

use crate::drawn_set::draw_set;

struct Scene {
    _folder: tempfile::TempDir,
    set: ImageSet,
    project: Project,
    results: Results,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        draw_set(folder.path(), 3);
        let set = ImageSet::open(folder.path(), SetLayout::FilePerStain).unwrap();
        Self { _folder: folder, set, project: Project::default(), results: Results::default() }
    }

    fn wanted(&self, focus: &Focus) -> Wanted {
        wanted(&self.set, 1, &self.project, self.project.display(), focus, &self.results)
    }

    fn load(&mut self, index: usize) -> Arc<LoadedField> {
        let key = field_key(&self.project, 1, index);
        let field = Arc::new(LoadedField::read(&self.set.fields()[index], key.depth).unwrap());
        self.results.keep_field(Computed { inputs: key, value: Ok(Arc::clone(&field)) }, None);
        field
    }

    fn find_cells(&mut self, index: usize) {
        let key = cells_key(&self.set, &self.project, 1, index).unwrap();
        let field = Arc::clone(self.results.field(key.field).unwrap());
        let found = FoundCells::find(field.field(), &key.cutting, None);
        self.results.cells = Some(Computed { inputs: key, value: Arc::new(found.unwrap()) });
    }
}

fn looking_at(field: usize) -> Focus {
    let part = Part { level: 0, rows: 0..240, cols: 0..240 };
    Focus { field: Some(field), cells: true, part: Some(part), ..Focus::default() }
}

#[test]
fn a_field_is_read_first_then_drawn_and_cut_and_then_nothing_is_wanted() {
    let mut scene = Scene::new();
    let focus = looking_at(1);
    let first = scene.wanted(&focus);
    assert_eq!(first.field.map(|key| key.index), Some(1));
    assert!(first.picture.is_none() && first.cells.is_none());
    scene.load(1);
    let next = scene.wanted(&focus);
    assert!(next.field.is_none() && next.picture.is_some() && next.cells.is_some());
    let inputs = next.picture.unwrap();
    scene.results.pictures =
        vec![Computed { inputs, value: Arc::new(cytoscribe::imaging::Plane::filled(240, 240, [0; 3])) }];
    scene.find_cells(1);
    assert_eq!(scene.wanted(&focus), Wanted::default());
}

#[test]
fn neighbours_are_read_only_when_the_field_in_view_is_there() {
    let mut scene = Scene::new();
    let focus = Focus { neighbours: vec![2, 0], ..looking_at(1) };
    assert_eq!(scene.wanted(&focus).field.map(|key| key.index), Some(1));
    for expected in [2, 0] {
        let before = if expected == 2 { 1 } else { 2 };
        scene.load(before);
        assert_eq!(scene.wanted(&focus).field.map(|key| key.index), Some(expected));
    }
}

#[test]
fn a_changed_parameter_asks_for_cells_and_a_changed_display_for_a_picture() {
    let mut scene = Scene::new();
    let focus = looking_at(0);
    scene.load(0);
    scene.find_cells(0);
    let inputs: PictureKey = scene.wanted(&focus).picture.unwrap();
    scene.results.pictures =
        vec![Computed { inputs, value: Arc::new(cytoscribe::imaging::Plane::filled(240, 240, [0; 3])) }];
    let mut params = scene.project.segmentation().clone();
    params.marker_quantile = 0.7;
    let undo = scene.project.apply(Edit::Segmentation(params));
    assert!(scene.wanted(&focus).cells.is_some() && scene.wanted(&focus).picture.is_none());
    let _ = scene.project.apply(undo);
    assert_eq!(scene.wanted(&focus), Wanted::default());
    let _ = scene.project.apply(Edit::Display(CompositeParams { gamma: 2.0, ..CompositeParams::default() }));
    assert!(scene.wanted(&focus).cells.is_none() && scene.wanted(&focus).picture.is_some());
}

#[test]
fn features_wait_for_the_cells_and_a_broken_field_is_not_read_again_and_again() {
    let mut scene = Scene::new();
    let focus = Focus { cell: Some(1), ..looking_at(0) };
    scene.load(0);
    assert!(scene.wanted(&focus).features.is_none() && scene.wanted(&focus).crop.is_none());
    scene.find_cells(0);
    assert!(scene.wanted(&focus).features.is_some() && scene.wanted(&focus).crop.is_some_and(|crop| crop.id == 1));
    let key = field_key(&scene.project, 1, 2);
    scene.results.keep_field(Computed { inputs: key, value: Err("torn".to_owned()) }, None);
    assert!(scene.wanted(&looking_at(2)).field.is_none());
}

#[test]
fn fields_in_memory_are_bounded_but_the_one_in_view_stays() {
    let mut scene = Scene::new();
    let field = scene.load(0);
    let large = 160 << 20;
    let fits = large / field.bytes();
    let shown = field_key(&scene.project, 1, 0);
    for index in 1..fits + 20 {
        let key = field_key(&scene.project, 1, index);
        scene.results.keep_field(Computed { inputs: key, value: Ok(Arc::clone(&field)) }, Some(shown));
    }
    assert!(scene.results.field(shown).is_some());
    assert!(scene.results.fields.len() <= fits + 2, "{} of {fits}", scene.results.fields.len());
}

#[test]
fn the_picture_of_the_next_field_is_drawn_beforehand_but_never_before_the_one_in_view() {
    let mut scene = Scene::new();
    let part = Part { level: 0, rows: 0..240, cols: 0..240 };
    let focus = Focus { neighbours: vec![1], next_part: Some(part.clone()), ..looking_at(0) };
    for index in 0..2 {
        scene.load(index);
    }
    let of_field = |scene: &Scene| scene.wanted(&focus).picture.map(|picture| picture.field.index);
    let draw = |scene: &mut Scene| {
        let inputs = scene.wanted(&focus).picture.unwrap();
        let value = Arc::new(cytoscribe::imaging::Plane::filled(240, 240, [0; 3]));
        let shown = field_key(&scene.project, 1, 0);
        scene.results.keep_picture(Computed { inputs, value }, Some(shown));
    };
    assert_eq!(of_field(&scene), Some(0));
    draw(&mut scene);
    assert_eq!(of_field(&scene), Some(1));
    draw(&mut scene);
    assert_eq!(of_field(&scene), None);
    // Another display: the one in view first.
    let _ = scene.project.apply(Edit::Display(CompositeParams { gamma: 2.0, ..CompositeParams::default() }));
    assert_eq!(of_field(&scene), Some(0));
}

#[test]
fn few_pictures_are_kept_and_the_one_in_view_is_among_them() {
    let scene = Scene::new();
    let mut results = Results::default();
    let part = Part { level: 0, rows: 0..240, cols: 0..240 };
    let key = |index| field_key(&scene.project, 1, index);
    for index in 0..9 {
        let inputs = PictureKey { field: key(index), display: CompositeParams::default(), part: part.clone() };
        let value = Arc::new(cytoscribe::imaging::Plane::filled(1, 1, [0; 3]));
        results.keep_picture(Computed { inputs, value }, Some(key(0)));
    }
    assert!(results.picture(key(0)).is_some() && results.picture(key(8)).is_some());
    assert_eq!(results.pictures.len(), 3);
}

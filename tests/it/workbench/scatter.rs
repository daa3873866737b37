use cytoscribe::{
    pipeline::measures::Measure,
    project::Project,
    storage::{ImageSet, SetLayout},
    workbench::{
        Stop,
        scatter::{Cloud, Quantity, ScatterWish, is_inside, lot},
        set_cells::{CellAt, SetCells},
        whole_set::{Progress, Watch, WholeSet},
    },
};

use crate::{chance::Chance, drawn_set::draw_set};

fn measured(folder: &std::path::Path) -> SetCells {
    let set = folder.join("set");
    draw_set(&set, 3);
    let images = ImageSet::open(&set, SetLayout::FilePerStain).unwrap();
    let whole = WholeSet { set: &images, project: &Project::default(), folder: &folder.join("out") };
    let (stop, progress) = (Stop::default(), Progress::default());
    let watch = Watch { stop: &stop, progress: &progress, wake: &|| {} };
    whole.measure(watch, &|_| {}).unwrap().1
}

#[test]
fn a_lasso_holds_what_lies_inside_it_whatever_its_shape() {
    // An L, drawn either way round.
    let corners = [[0.0, 0.0], [4.0, 0.0], [4.0, 1.0], [1.0, 1.0], [1.0, 3.0], [0.0, 3.0]];
    let mut turned = corners;
    turned.reverse();
    let mut chance = Chance::of(5);
    for _ in 0..2000 {
        let point = [chance.below(600), chance.below(500)].map(|at| at as f64 / 100.0 - 0.995);
        let [x, y] = point;
        let wanted = x > 0.0 && y > 0.0 && (x < 4.0 && y < 1.0 || x < 1.0 && y < 3.0);
        assert_eq!(is_inside(&corners, point), wanted, "{point:?}");
        assert_eq!(is_inside(&turned, point), wanted, "{point:?}");
    }
    assert!(!is_inside(&[], [0.0, 0.0]) && !is_inside(&[[0.0, 0.0], [1.0, 1.0]], [0.5, 0.2]));
    let cells: Vec<CellAt> = (0..4).map(|cell| CellAt { field: 0, cell }).collect();
    let points = vec![[0.5, 0.5], [2.0, 2.0], [0.5, 2.5], [-1.0, 0.5]];
    let cloud = Cloud { cells, points, of: 4 };
    assert_eq!(cloud.inside(&corners).iter().map(|at| at.cell).collect::<Vec<_>>(), [0, 2]);
}

#[test]
fn cells_become_points_by_any_two_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let cells = measured(folder.path());
    let stop = Stop::default();
    let wish = ScatterWish::default();
    let (cloud, components) = Cloud::of(&cells, wish, None, &stop);
    assert_eq!((cloud.cells.len(), cloud.of), (12, 12));
    assert!(cloud.cells.is_sorted() && components.is_some());
    // Principal components have mean 0 and variance 1 and do not correlate.
    let mean = |of: &dyn Fn(&[f32; 2]) -> f32| cloud.points.iter().map(of).sum::<f32>() / 12.0;
    for axis in 0..2 {
        assert!(mean(&|point| point[axis]).abs() < 1e-3);
        assert!((mean(&|point| point[axis] * point[axis]) - 1.0).abs() < 1e-3);
    }
    assert!(mean(&|point| point[0] * point[1]).abs() < 1e-3);
    // Asked for again, they are not worked out anew.
    let (again, kept) = Cloud::of(&cells, wish, components.clone(), &stop);
    assert!(again == cloud && std::sync::Arc::ptr_eq(&kept.unwrap(), &components.unwrap()));

    let share = Measure::all().find(|measure| measure.name() == "Protein in the nucleus").unwrap();
    let rim = Measure::all().find(|measure| measure.name() == "Rim of the nucleus").unwrap();
    let wish = ScatterWish { x: Quantity::Measure(share), y: Quantity::Feature(7) };
    let (cloud, _) = Cloud::of(&cells, wish, None, &stop);
    let column = cells.feature(7);
    for (at, [x, y]) in cloud.cells.iter().zip(&cloud.points) {
        assert_eq!(y.to_bits(), column[at.field as usize][at.cell as usize].to_bits());
        assert_eq!(*x > 50.0, at.field.is_multiple_of(2), "{at:?} {x}");
    }
    let wish = ScatterWish { x: Quantity::Measure(rim), y: Quantity::Measure(rim) };
    let (cloud, _) = Cloud::of(&cells, wish, None, &stop);
    assert!(cloud.points.len() == 12 && cloud.points.iter().all(|[x, y]| x.to_bits() == y.to_bits()));
}

#[test]
fn of_many_cells_the_same_are_drawn_by_lot_every_time() {
    let folder = tempfile::tempdir().unwrap();
    let cells = measured(folder.path());
    let five = lot(&cells, 5);
    assert!(five.len() == 5 && five.is_sorted() && five == lot(&cells, 5));
    // More are the same and some others.
    let eight = lot(&cells, 8);
    assert!(eight.len() == 8 && five.iter().all(|at| eight.contains(at)));
    assert_eq!(lot(&cells, 12).len(), 12);
}

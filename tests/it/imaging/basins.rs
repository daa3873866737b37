use cytoscribe::imaging::{
    Plane,
    basins::{LeastDynamic, basins, flood},
};

const EVERY: LeastDynamic = LeastDynamic { absolute: 0.0, share: 0.0 };

fn row(heights: &[f32]) -> Plane<f32> {
    Plane::new(1, heights.len(), heights.to_vec()).unwrap()
}

fn all_of(heights: &Plane<f32>) -> Plane<bool> {
    heights.map(|_| true)
}

#[test]
fn every_peak_has_a_basin_and_the_pass_goes_to_the_higher_one() {
    let hills = row(&[1.0, 5.0, 2.0, 1.0, 3.0, 9.0, 4.0]);
    assert_eq!(basins(&hills, &all_of(&hills), EVERY).samples(), [1, 1, 1, 2, 2, 2, 2]);
}

#[test]
fn a_peak_that_rises_too_little_over_the_pass_belongs_to_the_higher_one() {
    // The second peak rises by 2 of its 6, the third by 5 of its 6.
    let hills = row(&[8.0, 4.0, 6.0, 1.0, 6.0]);
    let with = |absolute, share| basins(&hills, &all_of(&hills), LeastDynamic { absolute, share }).largest();
    assert_eq!(with(0.0, 0.0), 3);
    assert_eq!((with(2.5, 0.0), with(0.0, 0.4)), (2, 2));
    assert_eq!((with(5.5, 0.0), with(0.0, 0.9)), (1, 1));
}

#[test]
fn what_is_outside_parts_basins_and_has_none() {
    let hills = row(&[3.0, 4.0, 9.0, 4.0, 3.0]);
    let inside = Plane::new(1, 5, vec![true, true, false, true, true]).unwrap();
    assert_eq!(basins(&hills, &inside, EVERY).samples(), [1, 1, 0, 2, 2]);
    let nothing = inside.map(|_| false);
    assert_eq!(basins(&hills, &nothing, EVERY).largest(), 0);
}

#[test]
fn waters_meet_where_the_land_between_them_is_highest() {
    let relief = Plane::new(1, 9, vec![0_u16, 1, 2, 9, 3, 2, 1, 1, 0]).unwrap();
    let markers = Plane::new(1, 9, vec![4, 0, 0, 0, 0, 0, 0, 0, 7]).unwrap();
    let flooded = flood(&relief, &relief.map(|_| true), &markers, |_, _| true);
    assert_eq!([flooded.samples()[2], flooded.samples()[4]], [4, 7]);
    assert!(flooded.samples().iter().all(|&id| id > 0));
}

#[test]
fn water_enters_only_where_it_may_and_markers_stay() {
    let relief = Plane::filled(3, 4, 0_u16);
    let markers = Plane::from_rows(&[[1, 0, 0, 2], [0, 0, 0, 0], [0, 0, 0, 0]]);
    let open = Plane::from_fn(3, 4, |row, col| (row, col) != (2, 3) && (row, col) != (0, 0));
    let flooded = flood(&relief, &open, &markers, |pixel, id| pixel % 4 != 1 || id == 2);
    assert_eq!([flooded[(2, 3)], flooded[(2, 2)]], [0, 2]);
    assert_eq!(flooded[(0, 0)], 1);
    assert_eq!([flooded[(1, 1)], flooded[(0, 1)]], [2, 2]);
    assert_eq!(flood(&relief, &open, &markers.map(|_| 0), |_, _| true).largest(), 0);
}

use cytoscribe::imaging::{Plane, edges::bright_edges, histogram::otsu};

#[test]
fn a_flat_picture_has_no_edge() {
    for size in [(0, 0), (1, 1), (9, 14)] {
        assert_eq!(bright_edges(&Plane::filled(size.0, size.1, 80_u8), 0), Plane::filled(size.0, size.1, false));
    }
}

#[test]
fn the_rim_of_a_bright_square_is_an_edge_and_its_middle_is_not() {
    let square = |row: usize, col: usize| (10..30).contains(&row) && (12..32).contains(&col);
    let picture = Plane::from_fn(40, 44, |row, col| if square(row, col) { 900_u16 } else { 20 });
    let edges = bright_edges(&picture, 15);
    for (row, col) in [(10, 20), (29, 20), (20, 12), (20, 31), (9, 20), (20, 11)] {
        assert!(edges[(row, col)], "({row}, {col})");
    }
    for (row, col) in [(20, 20), (2, 2), (38, 40), (3, 20)] {
        assert!(!edges[(row, col)], "({row}, {col})");
    }
    let turned = Plane::from_fn(44, 40, |row, col| picture[(col, row)]);
    let turned_edges = bright_edges(&turned, 15);
    assert_eq!(turned_edges, Plane::from_fn(44, 40, |row, col| edges[(col, row)]));
}

#[test]
fn an_edge_shorter_than_asked_for_stays_in_the_picture() {
    let picture =
        Plane::from_fn(40, 40, |row, col| if row.abs_diff(20) < 3 && col.abs_diff(20) < 3 { 200_u8 } else { 0 });
    let longest = |min_diameter_px| bright_edges(&picture, min_diameter_px).samples().contains(&true);
    assert!(longest(4));
    assert!(!longest(12));
}

#[test]
fn the_threshold_parts_the_classes_that_vary_least_in_themselves() {
    assert_eq!(otsu(&[]), None);
    assert_eq!(otsu(&[0, 7, 0]), None);
    assert_eq!(otsu(&[1, 0, 0, 1]), Some(0));
    let counts = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5];
    let spread = |values: &[(f64, f64)]| {
        let (n, sum) = values.iter().fold((0.0, 0.0), |(n, sum), &(value, count)| (n + count, sum + value * count));
        values.iter().map(|&(value, count)| count * (value - sum / n).powi(2)).sum::<f64>()
    };
    let values: Vec<_> = counts.iter().enumerate().map(|(value, &count)| (value as f64, f64::from(count))).collect();
    let within = |threshold: usize| spread(&values[..=threshold]) + spread(&values[threshold + 1..]);
    let best = (0..counts.len() - 1).min_by(|&a, &b| within(a).total_cmp(&within(b)));
    assert_eq!(otsu(&counts), best);
}

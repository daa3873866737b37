//! The table of cells and features.

use std::{fs, path::Path, sync::Arc};

use cytoscribe::{
    pipeline::features::Cell,
    storage::feature_table::{FeatureTable, FeatureTableWriter, read_feature_table},
};
use parquet::{file::writer::SerializedFileWriter, schema::parser::parse_message_type};
use tempfile::tempdir;

use super::{names_in, reason};

fn cell(cell_id: u32, features: &[f32]) -> Cell {
    Cell { id: cell_id, anchor: (10 * cell_id, 7), area_px: 1_000 + u64::from(cell_id), features: features.to_vec() }
}

/// Writes the cells of each image and reads them back.
fn through(path: &Path, names: &[&str], images: &[(&str, Vec<Cell>)]) -> FeatureTable {
    let mut table = FeatureTableWriter::create(path, names).unwrap();
    for (image, cells) in images {
        table.append(image, cells).unwrap();
    }
    table.finish().unwrap();
    read_feature_table(path).unwrap()
}

#[test]
fn a_table_comes_back_as_it_was_written() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("features.parquet");
    let a = vec![cell(1, &[0.5, -1.0e-30]), cell(2, &[f32::MAX, f32::MIN_POSITIVE])];
    let b = vec![cell(1, &[3.25, 0.0])];
    let images = [("a_1", a.clone()), ("without cells", Vec::new()), ("über", b.clone())];
    let table = through(&path, &["nu_mean", "pr_mean"], &images);
    assert_eq!(table.feature_names, ["nu_mean", "pr_mean"]);
    let expected = [("a_1", &a[0]), ("a_1", &a[1]), ("über", &b[0])];
    assert_eq!(table.cells, expected.map(|(image, cell)| (image.to_owned(), cell.clone())));
    assert_eq!(names_in(folder.path()), ["features.parquet"]);
}

#[test]
fn a_table_longer_than_its_row_groups_keeps_its_order() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("features.parquet");
    let images: Vec<_> = (0..9).map(|image| (0..2_500).map(|id| cell(id, &[image as f32])).collect()).collect();
    let images: Vec<(&str, Vec<Cell>)> =
        ["a", "b", "c", "d", "e", "f", "g", "h", "i"].into_iter().zip(images).collect();
    const { assert!(9 * 2_500 > 2 * FeatureTableWriter::GROUP_ROWS) };
    let expected =
        images.iter().flat_map(|(image, cells)| cells.iter().map(|cell| ((*image).to_owned(), cell.clone())));
    let expected: Vec<_> = expected.collect();
    assert!(through(&path, &["x"], &images).cells == expected);
}

#[test]
fn a_table_without_cells_or_features_is_still_a_table() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("features.parquet");
    assert_eq!(through(&path, &["x"], &[]), FeatureTable { feature_names: vec!["x".to_owned()], cells: Vec::new() });
    assert_eq!(through(&path, &[], &[("a", vec![cell(1, &[])])]).cells.len(), 1);
}

#[test]
fn a_table_given_up_leaves_nothing_behind() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("features.parquet");
    let mut table = FeatureTableWriter::create(&path, &["x"]).unwrap();
    table.append("a", &[cell(1, &[1.0])]).unwrap();
    drop(table);
    assert!(names_in(folder.path()).is_empty());
}

#[test]
fn a_cell_with_other_features_is_refused() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("features.parquet");
    let mut table = FeatureTableWriter::create(&path, &["x", "y"]).unwrap();
    let error = table.append("a", &[cell(1, &[1.0, 2.0]), cell(2, &[1.0])]).unwrap_err().to_string();
    assert_eq!(reason(&error, &path), "a cell has 1 features, the table 2");
}

#[test]
fn a_table_that_cannot_be_written_is_one_clear_error() {
    let folder = tempdir().unwrap();
    let parent = folder.path().join("results");
    fs::write(&parent, "a file").unwrap();
    let created = FeatureTableWriter::create(&parent.join("features.parquet"), &["x"]);
    let error = created.err().unwrap().to_string();
    assert_eq!(reason(&error, &parent), "cannot make the folder: File exists (os error 17)");
}

#[test]
fn damaged_files_are_no_feature_table() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("features.parquet");
    let failure = || reason(&read_feature_table(&path).unwrap_err().to_string(), &path).to_owned();
    assert_eq!(failure(), "cannot read the feature table: No such file or directory (os error 2)");
    fs::write(&path, "").unwrap();
    assert_eq!(failure(), "not a feature table: Parquet file too small. Size is 0 but need 8");
    fs::write(&path, "image,cell_id\n").unwrap();
    assert_eq!(failure(), "not a feature table: Invalid Parquet file. Corrupt footer");
    through(&path, &["x"], &[("a", vec![cell(1, &[1.0])])]);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 9]).unwrap();
    assert_eq!(failure(), "not a feature table: Invalid Parquet file. Corrupt footer");
}

#[test]
fn tables_of_other_columns_are_no_feature_table() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("features.parquet");
    let keys = "required binary image (string); required int32 cell_id; required int32 anchor_row; \
                required int32 anchor_col;";
    let cases = [
        ("required binary id (string);".to_owned(), "column 1 must be 'image' (BYTE_ARRAY, required), not 'id'"),
        ("optional binary image;".to_owned(), "column 1 must be 'image' (BYTE_ARRAY, required), not 'image'"),
        (keys.to_owned(), "column 5, 'area_px', is missing"),
        (
            format!("{keys} required int64 area_px; required float x; required double y;"),
            "the feature 'y' is no required column of 32-bit floats",
        ),
    ];
    for (columns, why) in cases {
        let schema = parse_message_type(&format!("message table {{ {columns} }}")).unwrap();
        let file = fs::File::create(&path).unwrap();
        SerializedFileWriter::new(file, schema.into(), Arc::default()).unwrap().close().unwrap();
        let error = read_feature_table(&path).unwrap_err().to_string();
        assert_eq!(reason(&error, &path), format!("not a feature table: {why}"));
    }
}

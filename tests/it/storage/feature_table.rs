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
    for name in ["features.parquet", "features.csv"] {
        let mut table = FeatureTableWriter::create(&folder.path().join(name), &["x"]).unwrap();
        table.append("a", &[cell(1, &[1.0])]).unwrap();
        drop(table);
    }
    assert!(names_in(folder.path()).is_empty());
}

#[test]
fn a_csv_table_holds_the_same_columns_and_numbers_as_a_parquet_table() {
    let folder = tempdir().unwrap();
    let (parquet, csv) = (folder.path().join("features.parquet"), folder.path().join("features.CSV"));
    let names = ["nu_mean", "pr, \"mean\""];
    // Numbers with many digits and few, very large and very small ones, and both zeros.
    let awkward = [0.1, 1.0 / 3.0, 1.0, -0.0, f32::MAX, f32::MIN_POSITIVE, 1.0e-45, 16_777_217.0, -2.5e-7, 123_456.79];
    let cells: Vec<Cell> =
        awkward.iter().zip(1..).map(|(&number, id)| cell(id, &[number, number.recip().min(1.0)])).collect();
    let images = [("a_1", cells), ("without cells", Vec::new()), ("über, \"b\"", vec![cell(3, &[0.5, 7.0])])];
    let expected = through(&parquet, &names, &images);
    let mut table = FeatureTableWriter::create(&csv, &names).unwrap();
    for (image, cells) in &images {
        table.append(image, cells).unwrap();
    }
    assert!(!csv.exists());
    table.finish().unwrap();

    let mut rows = csv::Reader::from_path(&csv).unwrap();
    let keys = ["image", "cell_id", "anchor_row", "anchor_col", "area_px"];
    assert!(rows.headers().unwrap().iter().eq(keys.into_iter().chain(names)));
    let found: Vec<(String, Cell)> = rows
        .deserialize()
        .map(|row| {
            let (image, id, anchor, area_px, features) = row.unwrap();
            (image, Cell { id, anchor, area_px, features })
        })
        .collect();
    let bits = |cells: &[(String, Cell)]| -> Vec<u32> {
        cells.iter().flat_map(|(_, cell)| cell.features.iter().map(|feature| feature.to_bits())).collect()
    };
    assert_eq!(found, expected.cells);
    assert_eq!(bits(&found), bits(&expected.cells), "the sign of zero too");
    let text = fs::read_to_string(&csv).unwrap();
    assert!(text.contains("\na_1,1,10,7,1001,0.1,1.0\n"), "as few digits as will do: {text}");
}

#[test]
fn the_ending_of_its_name_decides_what_a_table_is_written_as() {
    let folder = tempdir().unwrap();
    for name in ["features", "features.xlsx", "parquet", ".csv", "features.csv.gz"] {
        let path = folder.path().join(name);
        let error = FeatureTableWriter::create(&path, &["x"]).err().unwrap().to_string();
        assert_eq!(reason(&error, &path), "the name of a feature table must end in .parquet or .csv");
    }
    assert!(names_in(folder.path()).is_empty());
}

#[test]
fn a_cell_with_other_features_is_refused() {
    let folder = tempdir().unwrap();
    for name in ["features.parquet", "features.csv"] {
        let path = folder.path().join(name);
        let mut table = FeatureTableWriter::create(&path, &["x", "y"]).unwrap();
        let error = table.append("a", &[cell(1, &[1.0, 2.0]), cell(2, &[1.0])]).unwrap_err().to_string();
        assert_eq!(reason(&error, &path), "a cell has 1 features, the table 2");
    }
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

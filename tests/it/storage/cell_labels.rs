//! Tables of what single cells show.

use std::{fs, path::PathBuf};

use cytoscribe::storage::cell_labels::{CellName, read_cell_labels, read_suspects};
use tempfile::{TempDir, tempdir};

use super::reason;

fn file_with(content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("cells.csv");
    fs::write(&path, content).unwrap();
    (folder, path)
}

#[test]
fn cells_are_read_by_the_names_of_columns() {
    let (_folder, path) =
        file_with("\u{feff}cell,note,\"image\",labels\r\n1,x,a,0|5\r\n\r\n 2 ,y, a , 18 \r\n1,z,\"b, c\",3");
    let (labels, problems) = read_cell_labels(&path).unwrap();
    assert_eq!(problems, []);
    let rows: Vec<(&str, u32, String)> = labels
        .iter()
        .flat_map(|(id, cells)| cells.iter().map(move |(cell, set)| (id.as_str(), *cell, set.to_string())))
        .collect();
    assert_eq!(rows, [("a", 1, "0|5".to_owned()), ("a", 2, "18".to_owned()), ("b, c", 1, "3".to_owned())]);
}

#[test]
fn bad_lines_are_named_and_cost_only_themselves() {
    let lines = b"image,cell,labels\na,1,0\na,1,2\na\na,x,1\na,0,1\na,2,19\na,3,\"4\n\xff,1,1\na,4,7\n";
    let (_folder, path) = file_with(lines);
    let (labels, problems) = read_cell_labels(&path).unwrap();
    assert_eq!(labels["a"].keys().copied().collect::<Vec<_>>(), [1, 4]);
    assert_eq!(labels["a"][&1].to_string(), "0");
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "line 3: cell 1 of the image 'a' stands on line 2 already, passed over",
            "line 4: 1 columns where the header has 3, passed over",
            "line 5: the cell 'x' is not a number that can stand there, passed over",
            "line 6: the cell '0' is not a number that can stand there, passed over",
            "line 7: '19' is not the number of a location (0 to 18), passed over",
            "line 8: a quote is opened and not closed, passed over",
            "line 9: not UTF-8 text, passed over",
        ]
    );
}

#[test]
fn suspects_are_named_by_their_cell_or_by_their_anchor() {
    let (_folder, path) = file_with("image,cell,location,score\na,7,16,0.5\na,7,16,NaN\na,7,,1\n");
    let table = read_suspects(&path).unwrap();
    assert_eq!(table.rows.len(), 1);
    let (line, suspect) = &table.rows[0];
    assert_eq!((*line, suspect.cell, suspect.location.index(), suspect.score), (2, CellName::Id(7), 16, 0.5));
    assert_eq!(table.problems.len(), 2);

    let (_folder, path) = file_with("image,anchor_row,anchor_col,location,score\na,12,34,0,-1e3\n");
    let table = read_suspects(&path).unwrap();
    assert_eq!((table.rows[0].1.cell, table.rows[0].1.score), (CellName::Anchor(12, 34), -1000.0));
}

#[test]
fn a_table_without_a_column_is_refused() {
    let (_folder, path) = file_with("image,labels\na,1\n");
    let error = read_cell_labels(&path).unwrap_err().to_string();
    let expected = "the table has no column 'cell', it must begin with a line of 'image,cell,labels'";
    assert_eq!(reason(&error, &path), expected);
    let error = read_suspects(&path).unwrap_err().to_string();
    assert!(reason(&error, &path).starts_with("the table has no column 'anchor_row'"), "{error}");
}

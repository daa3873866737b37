//! Tables of numbers in columns.

/// The rows in columns as wide as their widest cell: the first to the left, all others to the right.
pub fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate();
        let cells = cells.map(|(column, (cell, &width))| match column {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The words of a header.
pub fn header(words: &str) -> Vec<String> {
    words.split(' ').map(|word| word.replace('_', " ")).collect()
}

/// A measure from 0 to 1; a dash where it is undefined.
pub fn measure(value: impl Into<Option<f64>>) -> String {
    value.into().map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"))
}

//! CSV files line by line, so that a bad line, also one with an unclosed quote, costs itself and never the rest.

use std::io::{self, BufRead};

use csv::{ByteRecord, ReaderBuilder, Terminator};

/// The next line without its end, which may be that of Windows; `None` behind the last.
pub fn read_line(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    if input.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    for end in [b'\n', b'\r'] {
        line.pop_if(|last| *last == end);
    }
    Ok(Some(line))
}

/// The columns of one line.
pub fn columns(line: &[u8]) -> ByteRecord {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .terminator(Terminator::Any(b'\n'))
        .buffer_capacity(line.len())
        .from_reader(line);
    let mut record = ByteRecord::new();
    // Reading from memory cannot fail, and a line without columns is none with the wrong number of them.
    let _ = reader.read_byte_record(&mut record);
    record
}

/// Whether a quoted column does not end on its line.
pub fn has_open_quote(line: &[u8]) -> bool {
    let quotes = line.split(|&byte| byte == b'"').count() - 1;
    !quotes.is_multiple_of(2)
}

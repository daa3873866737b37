//! Floor 6: the program as a person runs it.

mod bad_input;
mod commands;
mod demo;
mod doubts;
mod explain;
mod interrupted;
mod labels;
mod masks;
mod outputs;
mod real_images;
pub mod replay;
mod scores;

use std::{
    ffi::OsStr,
    fs,
    path::Path,
    process::{Command, Output},
};

/// Runs the program with these arguments.
fn cytoscribe<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cytoscribe")).args(arguments).output().unwrap()
}

/// `command`, in words parted by spaces, in which `@` stands for `folder`.
fn cytoscribe_in(folder: &Path, command: &str) -> Output {
    cytoscribe(command.split(' ').map(|word| word.replace('@', folder.to_str().unwrap())))
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn complained(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Panics with all that was said unless the program ended with `code`.
fn assert_code(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "{}{}", said(output), complained(output));
}

/// Every file below `folder` with its content, by name.
pub fn files_below(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            files.extend(files_below(&path).into_iter().map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
        } else {
            files.push((name, fs::read(&path).unwrap()));
        }
    }
    files.sort();
    files
}

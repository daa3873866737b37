//! The architecture itself: which floor may use which, and who may have side effects.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Floors by height; a floor may use itself and those with a smaller number.
const FLOORS: [(&str, u8); 10] = [
    ("imaging", 0),
    ("atlas", 1),
    ("pipeline", 2),
    ("demo", 2),
    ("score", 2),
    ("project", 3),
    ("storage", 4),
    ("workbench", 5),
    ("ui", 6),
    ("cli", 6),
];

/// Side effects and the only floors, or files, that may have them.
const SIDE_EFFECTS: [(&str, &[&str]); 10] = [
    ("std::fs", &["storage"]),
    ("fs::", &["storage"]),
    ("File::", &["storage"]),
    // The file dialog of the system has a thread of its own: it may never answer.
    ("thread::", &["workbench", "ui/picker.rs"]),
    ("rayon::spawn", &["workbench"]),
    ("rayon::Thread", &["workbench"]),
    ("signal_hook", &["workbench"]),
    ("egui", &["ui"]),
    ("eframe", &["ui"]),
    ("rfd", &["ui"]),
];

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// Code lines of every file on a floor: (floor, file, line). Comments are left out; `lib.rs` and `main.rs` stand
/// above all floors.
fn code_by_floor() -> Vec<(&'static str, String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut lines = Vec::new();
    for path in rust_files(&src) {
        let name = path.strip_prefix(&src).unwrap().to_string_lossy().into_owned();
        let top = name.split('/').next().unwrap().trim_end_matches(".rs");
        if top == "lib" || top == "main" {
            continue;
        }
        let (floor, _) = FLOORS.iter().find(|(floor, _)| *floor == top).unwrap_or_else(|| panic!("{name}: no floor"));
        let text = fs::read_to_string(&path).unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        lines.extend(code.map(|line| (*floor, name.clone(), line.to_owned())));
    }
    assert!(lines.len() > 100, "the source was not found");
    lines
}

/// Whether `line` holds `word` that does not continue an identifier to its left.
fn mentions(line: &str, word: &str) -> bool {
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_'))
}

/// Every floor that `code` reaches: after `crate::` or `super::`, by itself or among others in braces.
fn floors_named(code: &str) -> Vec<&'static str> {
    let mut named = Vec::new();
    for root in ["crate::", "super::"] {
        for (at, _) in code.match_indices(root) {
            let rest = &code[at + root.len()..];
            for (floor, _) in FLOORS {
                if paths(rest).any(|path| path.split("::").next() == Some(floor)) {
                    named.push(floor);
                }
            }
        }
    }
    named.sort_unstable();
    named.dedup();
    named
}

/// The paths at the beginning of `code`: one, or in braces several, of which those nested deeper are left out.
fn paths(code: &str) -> impl Iterator<Item = &str> {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let (mut depth, mut end) = (0, code.find(|c| !is_path(c)).unwrap_or(code.len()));
    if code.starts_with('{') {
        end = code.len();
        for (at, c) in code.char_indices() {
            depth += i32::from(c == '{') - i32::from(c == '}');
            if depth == 0 {
                end = at;
                break;
            }
        }
    }
    let mut depth = 0;
    code[..end].trim_start_matches('{').split(',').filter_map(move |path| {
        let outermost = depth == 0;
        depth += path.matches('{').count() as i32 - path.matches('}').count() as i32;
        outermost.then(|| path.trim())
    })
}

#[test]
fn no_floor_names_a_floor_above_or_beside_it() {
    let height = |floor: &str| FLOORS.iter().find(|(name, _)| *name == floor).unwrap().1;
    let mut files: BTreeMap<(&str, String), String> = BTreeMap::new();
    for (floor, file, line) in code_by_floor() {
        files.entry((floor, file)).or_default().push_str(&line);
    }
    let mut seen = 0;
    for ((floor, file), code) in &files {
        for named in floors_named(code) {
            assert!(named == *floor || height(named) < height(floor), "{file} ({floor}) names {named}");
            seen += 1;
        }
    }
    assert!(seen > 50, "the floors that files name were not found");
}

#[test]
fn side_effects_stay_on_their_floors() {
    for (floor, file, line) in code_by_floor() {
        for (effect, allowed) in SIDE_EFFECTS {
            let is_allowed = allowed.contains(&floor) || allowed.contains(&file.as_str());
            assert!(!mentions(&line, effect) || is_allowed, "{file} ({floor}) uses {effect}: {line}");
        }
    }
}

#[test]
fn no_file_is_longer_than_six_hundred_lines() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in rust_files(&src) {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 600, "{} has {lines} lines", path.display());
    }
}

#[test]
fn the_checks_above_see_what_they_look_for() {
    assert_eq!(floors_named("use crate::storage::channels;"), ["storage"]);
    assert_eq!(floors_named("use crate::{atlas::Field, ui::App};"), ["atlas", "ui"]);
    assert_eq!(
        floors_named("use crate::{    atlas::{Field, ui},    workbench::batch::Batch,};"),
        ["atlas", "workbench"]
    );
    assert_eq!(floors_named("use crate::{atlas, storage};"), ["atlas", "storage"]);
    assert_eq!(floors_named("super::super::storage::read_field(files)"), ["storage"]);
    assert_eq!(floors_named("use super::storage_of_heat;"), [""; 0]);
    assert!(mentions("    std::fs::read(path)", "std::fs"));
    assert!(mentions("thread::spawn(work)", "thread::"));
    assert!(!mentions("let offs::x = 1", "fs::"));
}

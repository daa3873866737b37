//! The program killed, asked to stop, out of disk, and started twice.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Output, Stdio},
    thread::sleep,
    time::Duration,
};

use tempfile::{TempDir, tempdir};

use super::{assert_code, complained, cytoscribe_in, said};
use crate::drawn_set::link_set;

const FIELDS: usize = 60;
const FEATURES: &str = "features @/set --out @/out.parquet --threads 1";

fn folder_with_a_set() -> TempDir {
    let folder = tempdir().unwrap();
    link_set(&folder.path().join("set"), FIELDS);
    folder
}

/// Starts `command`, and returns when its work file holds some fields.
fn begun(folder: &Path, command: &str, work_file: &str) -> Child {
    let words = command.split(' ').map(|word| word.replace('@', folder.to_str().unwrap()));
    let mut program = Command::new(env!("CARGO_BIN_EXE_cytoscribe"));
    let mut child = program.args(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let work_file = folder.join(work_file);
    while fs::metadata(&work_file).map_or(0, |metadata| metadata.len()) < 1000 {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it had done anything");
        sleep(Duration::from_millis(1));
    }
    child
}

/// How many fields the program says it took over.
fn continued(output: &Output) -> usize {
    let said = complained(output);
    let from = said.find("continuing: ").unwrap_or_else(|| panic!("it did not continue:\n{said}"));
    said[from..].split(' ').nth(1).unwrap().parse().unwrap()
}

/// What `FEATURES` makes when nothing interrupts it.
fn undisturbed(folder: &Path) -> Vec<u8> {
    assert_code(&cytoscribe_in(folder, &FEATURES.replace("out.parquet", "whole.parquet")), 0);
    fs::read(folder.join("whole.parquet")).unwrap()
}

#[test]
fn a_killed_program_continues_where_it_was() {
    let folder = folder_with_a_set();
    let mut child = begun(folder.path(), FEATURES, "out.parquet.work");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!folder.path().join("out.parquet").exists());

    let resumed = cytoscribe_in(folder.path(), FEATURES);
    assert_code(&resumed, 0);
    assert!((1..FIELDS).contains(&continued(&resumed)), "{}", complained(&resumed));
    assert!(fs::read(folder.path().join("out.parquet")).unwrap() == undisturbed(folder.path()));
    assert!(!folder.path().join("out.parquet.work").exists(), "nobody needs it any more");
}

#[test]
fn ctrl_c_finishes_what_is_in_work_and_says_how_to_continue() {
    let folder = folder_with_a_set();
    let child = begun(folder.path(), FEATURES, "out.parquet.work");
    let signal = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(signal.success());
    let stopped = child.wait_with_output().unwrap();
    assert_code(&stopped, 130);
    let last = complained(&stopped).lines().last().unwrap().to_owned();
    let done =
        last.strip_prefix("stopped: ").and_then(|rest| rest.split(' ').next()).unwrap_or_else(|| panic!("{last}"));
    assert_eq!(last, format!("stopped: {done} of {FIELDS} fields are done; the same command continues there"));

    let resumed = cytoscribe_in(folder.path(), FEATURES);
    assert_code(&resumed, 0);
    assert_eq!(continued(&resumed), done.parse::<usize>().unwrap());
    assert!(fs::read(folder.path().join("out.parquet")).unwrap() == undisturbed(folder.path()));
}

#[test]
fn a_full_disk_is_one_clear_error_and_what_is_recorded_stays() {
    let folder = folder_with_a_set();
    // A limit on the size of files stands in for the disk: 100 blocks of 512 or 1024 bytes.
    let script = format!(
        "trap '' XFSZ; ulimit -f 100; exec '{}' {}",
        env!("CARGO_BIN_EXE_cytoscribe"),
        FEATURES.replace('@', folder.path().to_str().unwrap())
    );
    let full = Command::new("sh").args(["-c", &script]).output().unwrap();
    assert_code(&full, 2);
    let errors: Vec<String> =
        complained(&full).lines().filter(|line| line.starts_with("error: ")).map(String::from).collect();
    let path = folder.path().join("out.parquet.work");
    assert_eq!(
        errors,
        [format!("error: cannot write the work file: File too large (os error 27) — {}", path.display())]
    );

    let resumed = cytoscribe_in(folder.path(), FEATURES);
    assert_code(&resumed, 0);
    assert!((4..FIELDS).contains(&continued(&resumed)), "{}", complained(&resumed));
    assert!(fs::read(folder.path().join("out.parquet")).unwrap() == undisturbed(folder.path()));
}

#[test]
fn the_same_work_is_not_done_by_two_programs_at_once() {
    let folder = folder_with_a_set();
    let segment = "segment @/set --out @/masks --threads 1";
    let mut first = begun(folder.path(), segment, "masks/segment.work");
    let second = cytoscribe_in(folder.path(), segment);
    first.kill().unwrap();
    first.wait().unwrap();
    assert_code(&second, 2);
    let path = folder.path().join("masks/segment.work");
    let expected = "error: cannot open the work file: another program is working with it at this moment";
    assert_eq!(complained(&second).trim_end(), format!("{expected} — {}", path.display()));
}

#[test]
fn segmenting_again_does_only_what_is_new_and_other_parameters_begin_anew() {
    let folder = tempdir().unwrap();
    let segment = "segment @/set --out @/masks";
    link_set(&folder.path().join("set"), 4);
    assert_code(&cytoscribe_in(folder.path(), segment), 0);
    link_set(&folder.path().join("more"), 6);
    for field in [4, 5] {
        for colour in ["red", "green", "blue", "yellow"] {
            let name = format!("field_{field}_{colour}.png");
            fs::rename(folder.path().join("more").join(&name), folder.path().join("set").join(&name)).unwrap();
        }
    }
    let again = cytoscribe_in(folder.path(), segment);
    assert_eq!(continued(&again), 4);
    assert!(said(&again).starts_with("6 images with 24 cells"), "{}", said(&again));
    let other = cytoscribe_in(folder.path(), &format!("{segment} --cell-extent 0.9"));
    assert!(complained(&other).contains("beginning anew: "), "{}", complained(&other));
}

#[test]
fn a_parameter_file_says_what_flags_would_and_flags_override_it() {
    let folder = tempdir().unwrap();
    link_set(&folder.path().join("set"), 3);
    let flags = "--cell-extent 0.9 --sample-depth percentile-window";
    let made = |command: &str| assert_code(&cytoscribe_in(folder.path(), command), 0);
    made(&format!("params {flags} --folds 3 --seed 4 --out @/params.ron"));
    let again = cytoscribe_in(folder.path(), "params --params @/params.ron");
    assert_eq!(said(&again), fs::read_to_string(folder.path().join("params.ron")).unwrap());

    made("features @/set --out @/by_file.parquet --params @/params.ron");
    made(&format!("features @/set --out @/by_flags.parquet {flags}"));
    made("features @/set --out @/overridden.parquet --params @/params.ron --cell-extent 0.5 --sample-depth full-range");
    made("features @/set --out @/default.parquet");
    let table = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert!(table("by_file.parquet") == table("by_flags.parquet"));
    assert!(table("overridden.parquet") == table("default.parquet"));
    assert!(table("by_file.parquet") != table("default.parquet"));
    let both =
        cytoscribe_in(folder.path(), "features @/set --out @/x.parquet --params @/params.ron --preset reference");
    assert_code(&both, 2);
}

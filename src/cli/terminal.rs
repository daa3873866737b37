//! Words to the person at the terminal. The only place that writes to it, but for the progress bar.

use std::io::{self, Write};

/// Writes what a command found to standard output. Nobody listening is no failure.
pub fn say(text: &str) {
    let _ = writeln!(io::stdout(), "{}", text.trim_end());
}

/// Writes what went wrong, or is worth knowing, to standard error.
pub fn complain(text: &str) {
    let _ = writeln!(io::stderr(), "{}", text.trim_end());
}

/// A number of things: "1 image", "2 images".
pub fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// [`complain`] of each of these.
pub fn complain_each(lines: &[String]) {
    for line in lines {
        complain(line);
    }
}

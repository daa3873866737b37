//! What was measured, as a table.

use std::{fmt, time::Duration};

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A time that was measured once.
    Time(Duration),
    /// Times in ascending order, at least one.
    Times(Vec<Duration>),
    /// A number of things.
    Count(usize),
    /// Memory.
    Bytes(u64),
    /// Nothing, for this reason.
    Missing(String),
}

impl Value {
    /// These times in any order.
    pub fn times(mut times: Vec<Duration>) -> Self {
        if times.is_empty() {
            return Self::Missing("not seen".to_owned());
        }
        times.sort_unstable();
        Self::Times(times)
    }

    /// What it is usually, and what it is at most 99 times of 100.
    fn cells(&self) -> [String; 2] {
        match self {
            Self::Time(time) => [milliseconds(*time), String::new()],
            Self::Times(times) => {
                let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
                [milliseconds(at(0.5)), milliseconds(at(0.99))]
            }
            Self::Count(count) => [count.to_string(), String::new()],
            Self::Bytes(bytes) => [format!("{} MB", bytes >> 20), String::new()],
            Self::Missing(_) => ["-".to_owned(), String::new()],
        }
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", 1000.0 * time.as_secs_f64())
}

#[derive(Clone, Debug, PartialEq)]
struct Figure {
    group: &'static str,
    name: &'static str,
    value: Value,
    wanted: &'static str,
}

/// All figures with what is wanted of them, and what they depend on. Shown as a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    facts: Vec<(&'static str, String)>,
    figures: Vec<Figure>,
}

impl Report {
    /// Adds a figure; those of one group stand together.
    pub fn add(&mut self, group: &'static str, name: &'static str, value: Value, wanted: &'static str) {
        self.figures.push(Figure { group, name, value, wanted });
    }

    /// Adds something that figures depend on.
    pub fn fact(&mut self, name: &'static str, value: String) {
        self.facts.push((name, value));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAME: usize = 44;
        for (name, value) in &self.facts {
            writeln!(f, "{name:<22}{value}")?;
        }
        writeln!(f, "\n{:<NAME$}{:>12}{:>12}   wanted", "", "median", "99 %")?;
        let mut groups: Vec<&str> = Vec::new();
        for figure in &self.figures {
            if !groups.contains(&figure.group) {
                groups.push(figure.group);
            }
        }
        let of = |group| self.figures.iter().filter(move |figure| figure.group == group);
        for (place, figure) in groups.iter().flat_map(|&group| of(group).enumerate()) {
            if place == 0 {
                writeln!(f, "{}", figure.group)?;
            }
            let [median, most] = figure.value.cells();
            let wanted = match &figure.value {
                Value::Missing(reason) if figure.wanted.is_empty() => format!("({reason})"),
                Value::Missing(reason) => format!("{} ({reason})", figure.wanted),
                _ => figure.wanted.to_owned(),
            };
            let line = format!("  {:<width$}{median:>12}{most:>12}   {wanted}", figure.name, width = NAME - 2);
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

//! What was measured.

use super::super::document::{Line, Row, Section, Table, anchor};
use super::super::written::{figure, records, time, window};
use crate::{Reading, Report};

pub(super) fn section(report: &Report) -> Section {
    let table = Table {
        caption: "What was measured, by probe".to_owned(),
        heads: vec!["Probe", "Verdict", "What was found", "Window and records", "Holds until"],
        rows: report.readings.iter().map(row).collect(),
    };
    Section::new("readings", "Readings")
        .words("Each is a rule over records that a reader can compute again; `told` is a figure without a rule.")
        .table(table, "Nothing was measured.")
}

/// Returns what the address of a reading ends with.
pub(super) fn place(probe: &str) -> String {
    anchor("probe", probe)
}

fn row(reading: &Reading) -> Row {
    let probe = Line::coded(&reading.probe).down().quiet(&format!("version {}", reading.version));
    let until = match reading.fresh_until {
        Some(until) => Line::told(&time(until)),
        None => Line::new().quiet("no time"),
    };
    let cells =
        vec![probe, Line::marked(reading.verdict.into()), found(reading), basis(reading), until];
    Row { id: Some(place(&reading.probe)), cells }
}

fn found(reading: &Reading) -> Line {
    let mut line = Line::told(&reading.told);
    for (name, value) in &reading.value {
        line = line.down().quiet(name).tell(" ").code(&figure(name, value));
    }
    if reading.enforcement {
        line = line.down().quiet("It speaks of enforcement.");
    }
    line
}

fn basis(reading: &Reading) -> Line {
    let line = Line::told(&window(reading.window));
    let line = match reading.records {
        Some(range) => line.down().tell(&records(range)),
        None => line.down().quiet("no records"),
    };
    if reading.cited.is_empty() {
        return line;
    }
    let cited: Vec<_> = reading.cited.iter().map(u64::to_string).collect();
    line.down().quiet(&format!("proven: {}", cited.join(", ")))
}

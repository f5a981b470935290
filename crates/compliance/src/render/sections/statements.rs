//! What people answer for.

use super::super::document::{Line, Row, Section, Table, anchor};
use super::super::written::time;
use crate::{Report, StatementEntry};

pub(super) fn section(report: &Report) -> Section {
    let table = Table {
        caption: "What people answer for".to_owned(),
        heads: vec!["About", "Standing", "What is stated", "By whom and when", "Rests on"],
        rows: report.statements.iter().map(row).collect(),
    };
    Section::new("statements", "Statements")
        .words("No machine shows these. Somebody answers for each.")
        .table(table, "Nobody has stated anything.")
}

/// Returns what the address of a statement ends with.
pub(super) fn place(field: &str) -> String {
    anchor("statement", field)
}

fn row(statement: &StatementEntry) -> Row {
    let value = Line::told(&statement.value);
    let value = match &statement.reason {
        Some(reason) => value.down().tell(reason),
        None => value,
    };
    let standing = Line::marked(statement.standing.into());
    let standing =
        if statement.why.is_empty() { standing } else { standing.down().tell(&statement.why) };
    let cells =
        vec![Line::coded(&statement.field), standing, value, by(statement), rests(statement)];
    Row { id: Some(place(&statement.field)), cells }
}

fn by(statement: &StatementEntry) -> Line {
    let line = Line::told(&statement.by);
    let line = match &statement.function {
        Some(function) => line.tell(", ").tell(function),
        None => line,
    };
    line.down()
        .tell(&statement.on.to_string())
        .down()
        .quiet(&format!("holds until {}", time(statement.expires)))
}

fn rests(statement: &StatementEntry) -> Line {
    let line = match &statement.document {
        Some(document) => Line::new().quiet("document ").code(document),
        None => Line::new().quiet("no document"),
    };
    match statement.record {
        Some(record) => line.down().quiet(&format!("record {record}")),
        None => line.down().quiet("governance directory"),
    }
}

//! What is not satisfied, and what would close it.

use super::super::document::{Line, Row, Section, Table};
use super::super::written::is_command;
use super::frameworks;
use crate::{Gap, GapIn, Report};

pub(super) fn section(report: &Report) -> Section {
    let table = Table {
        caption: "What is not satisfied, and what would close it".to_owned(),
        heads: vec!["In", "Status", "Why", "What would close it"],
        rows: report.gaps.iter().map(|gap| row(gap, report)).collect(),
    };
    Section::new("gaps", "Gaps").table(table, "No check or control is open.")
}

fn row(gap: &Gap, report: &Report) -> Row {
    let named = match gap.kind {
        GapIn::Check => Line::coded(&gap.id),
        GapIn::Control => control(&gap.id, report),
    };
    let status = Line::marked(gap.status.into());
    let status = match gap.from {
        Some(from) => status.down().quiet(&format!("from {from} on")),
        None => status,
    };
    Row { id: None, cells: vec![named, status, Line::told(&gap.why), closes(gap)] }
}

fn control(id: &str, report: &Report) -> Line {
    let mut all = report.frameworks.iter().flat_map(|framework| &framework.controls);
    match all.find(|duty| duty.id == id) {
        Some(duty) => {
            Line::new().link(frameworks::place(id), &duty.reference).down().quiet(&duty.title)
        }
        None => Line::coded(id),
    }
}

fn closes(gap: &Gap) -> Line {
    if gap.closes.is_empty() {
        return Line::new().quiet("nothing that this program does");
    }
    gap.closes.iter().fold(Line::new(), |line, closes| {
        let line = line.down();
        if is_command(closes) { line.code(closes) } else { line.tell(closes) }
    })
}

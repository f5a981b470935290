//! A report as a document, what it does not show first.

mod basis;
mod checks;
mod crosswalk;
mod frameworks;
mod gaps;
mod limits;
mod readings;
mod statements;
mod status;
mod verify;

use super::document::{Block, Document, Line};
use super::written::time;
use crate::Report;

/// What everybody who reads a report for people has to know.
pub(super) const VERIFY: &str =
    "Verify what is signed, which is the JSON: `syndic comply verify report.json --log DIR`";

/// Returns the document.
pub(super) fn document(report: &Report) -> Document {
    let agent = &report.agent;
    let title = Line::told("What the evidence shows of ").tell(&agent.name);
    let lead = vec![
        Block::Facts(vec![
            ("Agent", Line::coded(&agent.id)),
            ("Made at", Line::told(&time(report.made_at))),
            ("Duties as of", Line::told(&report.as_of.to_string())),
            ("Owner", Line::told(&agent.owner).tell(", ").tell(&agent.team)),
            ("Risk level", Line::told(&agent.risk_level)),
            ("Mode", Line::told(&agent.mode)),
        ]),
        Block::Caution(verify::caution(report)),
    ];
    let sections = [
        limits::section(report),
        checks::section(report),
        basis::section(report),
        gaps::section(report),
        frameworks::section(report),
        readings::section(report),
        statements::section(report),
        crosswalk::section(report),
        status::section(),
        verify::section(report),
    ];
    Document { title, lead, sections: sections.into() }
}

/// Returns links to readings by the ids of their probes; one without a reading is a name alone.
fn probes(ids: &[String], report: &Report) -> Line {
    Line::new().all(ids.iter().map(|id| {
        let is_read = report.readings.iter().any(|reading| reading.probe == *id);
        if is_read { Line::new().link(readings::place(id), id) } else { Line::coded(id) }
    }))
}

/// Returns links to statements by their fields; one that nobody made is a name alone.
fn fields(names: &[String], report: &Report) -> Line {
    Line::new().all(names.iter().map(|name| {
        let is_made = report.statements.iter().any(|statement| statement.field == *name);
        if is_made { Line::new().link(statements::place(name), name) } else { Line::coded(name) }
    }))
}

/// Returns words that somebody may not have written.
fn told_or(text: Option<&str>, otherwise: &str) -> Line {
    match text {
        Some(text) if !text.trim().is_empty() => Line::told(text),
        _ => Line::new().quiet(otherwise),
    }
}

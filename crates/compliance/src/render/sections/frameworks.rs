//! Each framework, and what the evidence shows of its controls.

use super::super::document::{Line, Row, Section, Table, anchor};
use super::{fields, probes};
use crate::Report;
use crate::report::{Duty, Framework};

pub(super) fn section(report: &Report) -> Section {
    let mut section = Section::new("frameworks", "Duties, by framework");
    section.parts = report.frameworks.iter().map(|one| framework(one, report)).collect();
    if section.parts.is_empty() {
        return section.words("No duty was judged.");
    }
    section.words(
        "Duties are in our own words. A control that does not apply yet is evaluated all the same, and says so beside \
         its status.",
    )
}

/// Returns what the address of a control ends with.
pub(super) fn place(id: &str) -> String {
    anchor("control", id)
}

fn framework(framework: &Framework, report: &Report) -> Section {
    let table = Table {
        caption: format!("{}: what the evidence shows", framework.title),
        heads: vec!["Ref", "Duty", "Status", "Applies from", "Evidence"],
        rows: framework.controls.iter().map(|duty| row(duty, report)).collect(),
    };
    let title = match &framework.version {
        Some(version) => Line::told(&framework.title).tell(", ").quiet(version),
        None => Line::told(&framework.title),
    };
    let section = Section::new(&anchor("framework", &framework.id), title);
    let section = match &framework.note {
        Some(note) => section.words(note),
        None => section,
    };
    section.table(table, "It has no controls.")
}

fn row(duty: &Duty, report: &Report) -> Row {
    let cells = vec![
        Line::told(&duty.reference),
        asked(duty),
        status(duty),
        from(duty),
        evidence(duty, report),
    ];
    Row { id: Some(place(&duty.id)), cells }
}

fn asked(duty: &Duty) -> Line {
    let mut line = Line::new().strong(&duty.title);
    for words in [&duty.duty, &duty.note].into_iter().flatten() {
        line = line.down().tell(words);
    }
    match duty.bearer.as_slice() {
        [] => line,
        bearer => line.down().quiet(&format!("Whose: {}", bearer.join(", "))),
    }
}

fn status(duty: &Duty) -> Line {
    let line = Line::marked(duty.status.into());
    match duty.evaluated {
        Some(evaluated) => line.down().quiet("today: ").mark(evaluated.into()),
        None => line,
    }
}

fn from(duty: &Duty) -> Line {
    let mut line = match duty.applies_from {
        Some(from) => Line::told(&from.to_string()),
        None => Line::new().quiet("no date"),
    };
    if let Some(confidence) = &duty.date_confidence {
        line = line.down().quiet(&format!("confidence: {confidence}"));
    }
    match &duty.other_reading {
        Some(other) => line.down().quiet("or: ").tell(other),
        None => line,
    }
}

fn evidence(duty: &Duty, report: &Report) -> Line {
    let mut line = Line::told(&duty.why).down().quiet(&format!("Shown by: {}", duty.evidence_mode));
    if !duty.probes.is_empty() {
        line = line.down().quiet("Readings: ").add(probes(&duty.probes, report));
    }
    if !duty.statements.is_empty() {
        line = line.down().quiet("Statements: ").add(fields(&duty.statements, report));
    }
    if !duty.policies.is_empty() {
        let policies = duty.policies.iter().map(|id| Line::coded(id));
        line = line.down().quiet("Policies: ").all(policies);
    }
    match &duty.reach {
        Some(reach) => line.down().quiet("How far a runtime reaches: ").tell(reach),
        None => line,
    }
}

//! The seven checks, and the record they are judged by.

use super::super::document::{Block, Line, Row, Section, Table};
use super::{probes, told_or};
use crate::{CHECKS, CheckEntry, FieldEntry, RECORD_FIELDS, Report, Status};

pub(super) fn section(report: &Report) -> Section {
    let checks = CHECKS.iter().filter_map(|name| Some((*name, report.checks.get(*name)?)));
    let table = Table {
        caption: "The seven checks".to_owned(),
        heads: vec!["Check", "Status", "Why", "Provisions"],
        rows: checks.map(|(name, check)| row(name, check)).collect(),
    };
    let mut section = Section::new("checks", "The seven checks")
        .with(Block::Figure(Line::told(&report.headline)))
        .words("Measured and attested are counted apart: a word is not a measurement.")
        .table(table, "No check was judged.");
    section.parts.push(record(report));
    section
}

fn row(name: &str, check: &CheckEntry) -> Row {
    let controls = check.controls.iter().map(|(status, number)| format!("{number} {status}"));
    let controls = controls.collect::<Vec<_>>().join(", ");
    let why = Line::told(&check.why);
    let why = if controls.is_empty() {
        why
    } else {
        why.down().quiet(&format!("EU AI Act controls in this area: {controls}"))
    };
    let cells = vec![
        Line::coded(name),
        Line::marked(check.status.into()),
        why,
        Line::told(&check.provisions.join(", ")),
    ];
    Row { id: None, cells }
}

fn record(report: &Report) -> Section {
    let fields = RECORD_FIELDS.iter().filter_map(|name| Some((*name, report.record.get(*name)?)));
    let table = Table {
        caption: "The record, by field".to_owned(),
        heads: vec!["Field", "Status", "Value", "Why", "Provision"],
        rows: fields.map(|(name, field)| entry(name, field, report)).collect(),
    };
    Section::new("record", "The record behind them").table(table, "The record is empty.")
}

fn entry(name: &str, field: &FieldEntry, report: &Report) -> Row {
    let value = told_or(field.value.as_deref(), "none");
    let value = match &field.by {
        Some(by) if field.status != Status::SatisfiedMeasured => {
            value.down().quiet(&format!("stated by {by}"))
        }
        _ => value,
    };
    let why = Line::told(&field.why);
    let why =
        if field.probes.is_empty() { why } else { why.down().add(probes(&field.probes, report)) };
    let provision = Line::told(&field.provision);
    let provision = if field.provision.starts_with(field.filed_under.as_str()) {
        provision
    } else {
        provision.down().quiet(&format!("often filed under {}", field.filed_under))
    };
    let cells = vec![Line::coded(name), Line::marked(field.status.into()), value, why, provision];
    Row { id: None, cells }
}

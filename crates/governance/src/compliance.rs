//! `compliance/<agent>.yaml`, read: what people answer for about an agent.

use std::collections::BTreeMap;
use std::str::FromStr;

use schemars::{Schema, json_schema};
use syndic_model::{
    AgentId, ComplianceRecord, Finding, HighRisk, MAX_STATEMENT_BYTES, OperatorRole, Place,
    STATEMENT_FIELDS, Statement, StatementField, StatementValue,
};

use crate::calendars::Day;
use crate::directory::{Directory, Kind};
use crate::position::{At, Position, START};
use crate::report::Report;
use crate::text::{self, Meaning, closed_words, did_you_mean};
use crate::wire::{ComplianceFile, StatementFields};
use crate::yaml;

/// The most bytes of a name, a function or a reason.
const MAX_SHORT_BYTES: usize = 1024;

/// Words that somebody writes who means yes, no, or not applicable.
const NEARLY: [&str; 12] =
    ["true", "false", "yes", "no", "y", "n", "on", "off", "0", "1", "n/a", "none"];

closed_words!(OperatorRole, HighRisk);

/// Reads what a file of `compliance/` says, of any revision; `None` where it does not read.
#[must_use]
pub fn read_compliance(path: &str, text: &str) -> Option<ComplianceRecord> {
    let mut report = Report::new(path);
    let record = read(&yaml::parse::<ComplianceFile>(path, text).ok()?, &mut report);
    report.findings.is_empty().then_some(record)
}

/// Returns what is stated in the files of `compliance/`, each with its place, of the texts of a directory by path.
#[must_use]
pub fn stated(texts: &BTreeMap<String, String>) -> Vec<(StatementField, Place)> {
    let mut stated = Vec::new();
    for (path, text) in texts {
        if !matches!(Kind::of(path), Some(Kind::Compliance(_))) {
            continue;
        }
        let file = yaml::parse::<ComplianceFile>(path, text).ok();
        for (field, _) in file.and_then(|file| file.statements).unwrap_or_default().0 {
            let place = Place { file: path.clone(), position: field.position };
            stated.extend(field.raw.parse().ok().map(|field| (field, place)));
        }
    }
    stated
}

/// Reads every file of `compliance/`.
pub(crate) fn read_all(
    directory: &Directory,
    findings: &mut Vec<Finding>,
) -> BTreeMap<AgentId, ComplianceRecord> {
    let mut records = BTreeMap::new();
    for (path, kind) in &directory.kinds {
        let Kind::Compliance(stem) = kind else { continue };
        let mut report = Report::new(path);
        match (stem.parse::<AgentId>(), yaml::parse::<ComplianceFile>(path, directory.text(path))) {
            (Ok(id), Ok(file)) => {
                check_agent(&id, directory, &mut report);
                records.insert(id, read(&file, &mut report));
            }
            (id, file) => {
                if let Err(error) = id {
                    report.error(None, "invalid-name", error.to_string(), text::rename(stem));
                }
                report.findings.extend(file.err());
            }
        }
        findings.append(&mut report.findings);
    }
    records
}

/// Refuses what is stated about nobody.
fn check_agent(id: &AgentId, directory: &Directory, report: &mut Report<'_>) {
    if directory.agents().any(|agent| agent == id.as_str()) {
        return;
    }
    let hint = did_you_mean(id.as_str(), directory.agents());
    let hint = hint.unwrap_or_else(|| format!("it is about the agent of `agents/{id}.yaml`"));
    report.error(START, "unknown-agent", format!("there is no agent `{id}`"), hint);
}

fn read(file: &ComplianceFile, report: &mut Report<'_>) -> ComplianceRecord {
    let mut statements = BTreeMap::new();
    for (field, fields) in file.statements.iter().flat_map(|statements| &statements.0) {
        let (field, statement) = (report.read(field), read_statement(fields, report));
        statements.extend(field.zip(statement));
    }
    ComplianceRecord {
        roles: report.read_all(file.roles.as_deref()),
        high_risk: file.high_risk.as_ref().and_then(|text| report.read(text)),
        placed_on: file.placed_on.as_ref().and_then(|text| report.read(text)).map(|Day(day)| day),
        statements,
    }
}

fn read_statement(
    At { value: fields, position }: &At<StatementFields>,
    report: &mut Report<'_>,
) -> Option<Statement> {
    let StatementFields { value, reason, by, function, on, expires, document } = fields;
    let value = read_value(value.as_ref(), reason.as_ref(), *position, report);
    let by = report.require(by.as_ref(), *position, "by", "who states it, by name or role");
    let by = by.and_then(|by| short("by", by, report));
    let function = function.as_ref().map(|function| short("function", function, report));
    let hint = "the day on which it is stated, like `on: 2026-11-22`";
    let on = report.require(on.as_ref(), *position, "on", hint);
    let on = on.and_then(|text| report.read(text)).map(|Day(day)| day);
    let hint = "the last day on which it holds, like `expires: 2027-11-22`";
    let until = report.require(expires.as_ref(), *position, "expires", hint);
    let until_at = until.map_or(*position, |text| text.position);
    let until = until.and_then(|text| report.read(text)).map(|Day(day)| day);
    let document = document.as_ref().map(|text| report.read(text).map(|DocumentHash(hash)| hash));
    let (on, expires) = (on?, until?);
    if expires < on {
        let message = format!("it expires on {expires}, before it is stated on {on}");
        let hint = "name the last day on which it holds".to_owned();
        report.error(until_at, "expires-before", message, hint);
        return None;
    }
    Some(Statement {
        value: value?,
        by: by?,
        function: function.map_or(Some(None), |function| function.map(Some))?,
        on,
        expires,
        document: document.map_or(Some(None), |document| document.map(Some))?,
    })
}

/// Reads what is stated; why only where it does not apply.
fn read_value(
    value: Option<&At<String>>,
    reason: Option<&At<String>>,
    position: Position,
    report: &mut Report<'_>,
) -> Option<StatementValue> {
    let hint = "what is stated: `true`, `false`, `not_applicable`, a text, a number or a date";
    let At { value, position } = report.require(value, position, "value", hint)?;
    let not_applicable = value == "not_applicable";
    if let Some(reason) = reason.filter(|_| !not_applicable) {
        let hint = "leave it out, or write `value: not_applicable`";
        let message = "`reason` says why something does not apply, and this does";
        report.warn(reason.position, "reason-unused", message, hint);
    }
    match value.as_str() {
        "true" => Some(StatementValue::Yes),
        "false" => Some(StatementValue::No),
        "not_applicable" => {
            let hint = "say why it does not apply: `reason: …`";
            let reason = report.require(reason, *position, "reason", hint)?;
            short("reason", reason, report).map(StatementValue::NotApplicable)
        }
        text if text.trim().is_empty() => {
            report.error(*position, "missing-field", "`value` says nothing", hint.to_owned());
            None
        }
        text if NEARLY.iter().any(|word| text.trim().eq_ignore_ascii_case(word)) => {
            let message = format!("`{}` can be read in more than one way", text.trim());
            let hint = "write `true` or `false`, or `not_applicable` with a `reason`".to_owned();
            report.error(*position, "unclear-value", message, hint);
            None
        }
        text => {
            bounded("value", text, MAX_STATEMENT_BYTES, *position, report).map(StatementValue::Text)
        }
    }
}

fn short(
    field: &str,
    At { value, position }: &At<String>,
    report: &mut Report<'_>,
) -> Option<String> {
    bounded(field, value, MAX_SHORT_BYTES, *position, report)
}

fn bounded(
    field: &str,
    text: &str,
    most: usize,
    position: Position,
    report: &mut Report<'_>,
) -> Option<String> {
    if text.len() <= most {
        return Some(text.to_owned());
    }
    let message = format!("`{field}` has more than {most} bytes");
    let hint = "name a document, and its SHA-256 in `document`".to_owned();
    report.error(position, "too-long", message, hint);
    None
}

impl Meaning for StatementField {
    const CODE: &'static str = "unknown-statement";

    fn schema() -> Schema {
        json_schema!({"type": "string"})
    }

    fn hint(raw: &str) -> Option<String> {
        did_you_mean(raw, STATEMENT_FIELDS)
    }
}

/// The SHA-256 of a document, in hex.
#[derive(Debug)]
pub(crate) struct DocumentHash(String);

impl FromStr for DocumentHash {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Self(text.to_ascii_lowercase()));
        }
        let shown: String = text.chars().take(80).flat_map(char::escape_default).collect();
        Err(format!("`{shown}` is no SHA-256"))
    }
}

impl Meaning for DocumentHash {
    const CODE: &'static str = "invalid-document";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^[0-9a-fA-F]{64}$"})
    }

    fn hint(_: &str) -> Option<String> {
        Some("64 hex digits, as `sha256sum FILE` tells them".to_owned())
    }
}

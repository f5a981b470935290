//! The seven checks of product R7.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::control::shown;
use crate::field::{FIELDS, Field, Shown};
use crate::ground::Ground;
use crate::report::Duty;
use crate::weigh::{Measured, Word};
use crate::{EvidenceMode, Standing, Status};

/// The fields of the record of product R7, in its order.
pub const RECORD_FIELDS: [&str; 17] = [
    "risk_assessment_completed",
    "risk_assessment_date",
    "residual_risks_documented",
    "training_data_documented",
    "bias_testing_completed",
    "data_quality_measures",
    "system_description",
    "intended_purpose",
    "performance_metrics",
    "audit_logs_enabled",
    "log_retention_days",
    "users_informed_of_ai",
    "ai_disclosure_text",
    "human_oversight_measures",
    "override_capability",
    "accuracy_metrics",
    "adversarial_testing",
];

/// The seven checks of product R7, in its order.
pub const CHECKS: [&str; 7] = [
    "risk_management",
    "data_governance",
    "documentation",
    "record_keeping",
    "transparency",
    "human_oversight",
    "accuracy",
];

/// A field of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldEntry {
    /// The article that product R7 files it under, such as `Art. 13`.
    pub filed_under: String,
    /// The provision that the duty is in.
    pub provision: String,
    /// What can be said of it.
    pub status: Status,
    /// What is measured, or what somebody answers for; left out where neither is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Why, for people.
    pub why: String,
    /// How far the statement about it can be relied on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// Who states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The ids of the probes that measure it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub probes: Vec<String>,
}

/// One of the seven checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckEntry {
    /// What can be said of it.
    pub status: Status,
    /// Why, for people.
    pub why: String,
    /// The fields it is about.
    pub fields: Vec<String>,
    /// The provisions that the duties are in.
    pub provisions: Vec<String>,
    /// The controls of the EU AI Act in the same area, by status.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub controls: BTreeMap<String, u64>,
}

/// The two fields of each check.
const PAIRS: [[&str; 2]; 7] = [
    ["risk_assessment_completed", "residual_risks_documented"],
    ["training_data_documented", "bias_testing_completed"],
    ["system_description", "intended_purpose"],
    ["audit_logs_enabled", "log_retention_days"],
    ["users_informed_of_ai", "ai_disclosure_text"],
    ["override_capability", "human_oversight_measures"],
    ["accuracy_metrics", "adversarial_testing"],
];

/// Fills the record.
pub(crate) fn record(ground: &Ground<'_>) -> BTreeMap<String, FieldEntry> {
    let fields = FIELDS.iter();
    fields
        .filter_map(|field| Some((field, field.filed_under?)))
        .map(|(field, article)| (field.name.to_owned(), entry(field, article, ground)))
        .collect()
}

fn entry(field: &Field, article: &str, ground: &Ground<'_>) -> FieldEntry {
    let weighed = ground.weigh(field.probes);
    let measured = weighed.say();
    let status = status(field, measured, ground);
    let statement = ground.statement(field.name).filter(|_| field.shown != Shown::Measured);
    let mut why = weighed.told();
    why.extend(statement.map(|statement| statement.why.clone()));
    if statement.is_none() && field.shown != Shown::Measured && !status.is_satisfied() {
        why.push("nobody has stated it".to_owned());
    }
    let provision = ground.catalogue.record_field(field.name);
    FieldEntry {
        filed_under: article.to_owned(),
        provision: provision.and_then(|at| at.provision.clone()).unwrap_or_default(),
        status,
        value: measured_value(field.name, measured, ground)
            .or_else(|| statement.map(|statement| statement.value.clone())),
        why: why.join("; "),
        standing: statement.map(|statement| statement.standing),
        by: statement.map(|statement| statement.by.clone()),
        probes: field.probes.iter().map(|probe| (*probe).to_owned()).collect(),
    }
}

/// Says what can be said of a field. One that either can show is measured where it can be; a reading that falls short
/// leaves a statement about it in part.
fn status(field: &Field, measured: Measured, ground: &Ground<'_>) -> Status {
    let word = Word::of(&[field.name], ground.statements);
    match (field.shown, measured, word) {
        (Shown::Measured, _, _) => shown(EvidenceMode::Measured, measured, Word::Nothing),
        (Shown::Either, Measured::Stale, Word::Holds) => Status::Partial,
        (Shown::Either, Measured::Nothing, _) | (Shown::Stated, _, _) => {
            shown(EvidenceMode::Attested, measured, word)
        }
        (Shown::Either, _, _) => shown(EvidenceMode::Measured, measured, word),
    }
}

fn measured_value(field: &str, measured: Measured, ground: &Ground<'_>) -> Option<String> {
    match field {
        "log_retention_days" => Some(ground.retention_days.clone()),
        "audit_logs_enabled" => match measured {
            Measured::Met => Some("true".to_owned()),
            Measured::Failed => Some("false".to_owned()),
            Measured::Nothing | Measured::Some | Measured::Stale => None,
        },
        _ => None,
    }
}

/// Judges the seven checks by the record; beside each stand the controls of its area.
pub(crate) fn checks(
    record: &BTreeMap<String, FieldEntry>,
    duties: &[Duty],
) -> BTreeMap<String, CheckEntry> {
    CHECKS
        .iter()
        .zip(PAIRS)
        .map(|(name, pair)| {
            let fields: Vec<_> =
                pair.iter().filter_map(|field| Some((*field, record.get(*field)?))).collect();
            let statuses: Vec<_> = fields.iter().map(|(_, entry)| entry.status).collect();
            let why = fields.iter().map(|(field, entry)| {
                format!("`{field}` is {}: {}", entry.status.as_str(), entry.why)
            });
            let mut provisions: Vec<_> =
                fields.iter().map(|(_, entry)| entry.provision.clone()).collect();
            provisions.dedup();
            let in_area = duties.iter().filter(|duty| duty.check.as_deref() == Some(*name));
            let check = CheckEntry {
                status: together(&statuses),
                why: why.collect::<Vec<_>>().join("; "),
                fields: pair.map(str::to_owned).to_vec(),
                provisions,
                controls: count(in_area.map(|duty| duty.status)),
            };
            ((*name).to_owned(), check)
        })
        .collect()
}

/// Says what can be said of several things that are all asked for: the weakest evidence counts.
fn together(statuses: &[Status]) -> Status {
    let asked: Vec<_> =
        statuses.iter().copied().filter(|status| *status != Status::NotApplicable).collect();
    let any = |status: Status| asked.contains(&status);
    if asked.is_empty() {
        Status::NotApplicable
    } else if any(Status::NotSatisfied) {
        Status::NotSatisfied
    } else if asked.iter().all(|status| status.is_satisfied()) {
        let attested = any(Status::SatisfiedAttested);
        if attested { Status::SatisfiedAttested } else { Status::SatisfiedMeasured }
    } else if any(Status::Partial) || asked.iter().any(|status| status.is_satisfied()) {
        Status::Partial
    } else if any(Status::Stale) {
        Status::Stale
    } else {
        Status::Unknown
    }
}

/// Counts statuses by their word.
pub(crate) fn count(statuses: impl Iterator<Item = Status>) -> BTreeMap<String, u64> {
    tally(statuses.map(Status::as_str))
}

/// Counts words.
pub(crate) fn tally<'a>(words: impl Iterator<Item = &'a str>) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for word in words {
        *counts.entry(word.to_owned()).or_default() += 1;
    }
    counts
}

/// Returns how many checks are satisfied of how many.
pub(crate) fn score(checks: &BTreeMap<String, CheckEntry>) -> String {
    let satisfied = checks.values().filter(|check| check.status.is_satisfied()).count();
    format!("{satisfied}/{}", checks.len())
}

/// Returns the same with measured and attested apart, and what the others are.
pub(crate) fn headline(checks: &BTreeMap<String, CheckEntry>) -> String {
    let number = |status: Status| checks.values().filter(|check| check.status == status).count();
    let others: Vec<_> = [
        (Status::Partial, "in part"),
        (Status::Unknown, "unknown"),
        (Status::Stale, "stale"),
        (Status::NotSatisfied, "not met"),
        (Status::NotApplicable, "not applicable"),
    ]
    .into_iter()
    .map(|(status, word)| (number(status), word))
    .filter(|(number, _)| *number > 0)
    .map(|(number, word)| format!("{number} {word}"))
    .collect();
    let measured = number(Status::SatisfiedMeasured);
    let attested = number(Status::SatisfiedAttested);
    let head = format!("{}: {measured} measured, {attested} attested", score(checks));
    if others.is_empty() { head } else { format!("{head}; {}", others.join(", ")) }
}

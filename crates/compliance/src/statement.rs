//! What people answer for, and how far it can be relied on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use syndic_ledger::Baseline;
use syndic_model::{Statement, StatementValue};

use crate::field::asks_yes_or_no;
use crate::{Evidence, Setup, Stated};

/// How far a statement can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Somebody answers for it, and nothing it speaks of has changed.
    Holds,
    /// Somebody answers for it that it does not apply, with a reason.
    NotApplicable,
    /// Somebody says that it is not so; it does not lapse before somebody says otherwise.
    Denied,
    /// The purpose, the model, the tools or the policies have changed since.
    Outdated,
    /// Its last day is over.
    Expired,
    /// It is dated after the report.
    Ahead,
}

impl Standing {
    /// Returns the word that reports use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::NotApplicable => "not_applicable",
            Self::Denied => "denied",
            Self::Outdated => "outdated",
            Self::Expired => "expired",
            Self::Ahead => "ahead",
        }
    }
}

/// A statement, as a report has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementEntry {
    /// What it is about: a field, or a control.
    pub field: String,
    /// What is stated: `true`, `false`, `not_applicable`, a date or a text.
    pub value: String,
    /// Why, where it is `not_applicable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How far it can be relied on.
    pub standing: Standing,
    /// Why, for people.
    pub why: String,
    /// Who states it: a name or a role.
    pub by: String,
    /// Their function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// When.
    pub on: Date,
    /// Until when it holds.
    pub expires: Timestamp,
    /// SHA-256 (hex) of the document it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// The record that has it; left out where it stands in the governance directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
}

/// Returns what people answer for about the agent, the newest statement of each field, in the order of the fields.
///
/// A statement of the governance directory gives way to one in the ledger of the same day or later. Both go out of date
/// when what they speak of is not any more what it was when they were made: when the record was written, or on the
/// statement's day and when the directory came into force that first had a statement of that day.
#[must_use]
pub fn statements(evidence: &Evidence<'_>) -> Vec<StatementEntry> {
    let agent = evidence.setup.profile.id.as_str();
    let mut newest = BTreeMap::new();
    let setup = evidence.setup;
    for (field, statement) in &setup.record.statements {
        let changed = setup.spoke_of.get(field).map(|all| {
            let changed: BTreeSet<_> = all.iter().flat_map(|then| changed(then, setup)).collect();
            changed.into_iter().collect::<Vec<_>>()
        });
        let entry = StatementEntry::of_file(field.as_str(), statement);
        newest.insert(entry.field.clone(), entry.judged(changed.as_deref(), evidence.now));
    }
    for stated in evidence.facts.statements().of(agent) {
        let changed = changed(&stated.made.baseline, setup);
        let entry = StatementEntry::of_record(stated).judged(Some(&changed), evidence.now);
        let gives_way =
            |there: &StatementEntry| there.on <= entry.on || there.standing == Standing::Ahead;
        if newest.get(&entry.field).is_none_or(gives_way) {
            newest.insert(entry.field.clone(), entry);
        }
    }
    newest.into_values().collect()
}

impl StatementEntry {
    fn of_file(field: &str, statement: &Statement) -> Self {
        let midnight = |day: Date| day.to_zoned(TimeZone::UTC).map(|start| start.timestamp());
        let expires = statement.expires.tomorrow().and_then(midnight).unwrap_or(Timestamp::MAX);
        let (value, reason) = written(&statement.value);
        Self {
            field: field.to_owned(),
            value,
            reason,
            standing: Standing::Holds,
            why: String::new(),
            by: statement.by.clone(),
            function: statement.function.clone(),
            on: statement.on,
            expires,
            document: statement.document.clone(),
            record: None,
        }
    }

    fn of_record(stated: &Stated) -> Self {
        let made = &stated.made;
        Self {
            field: made.field.clone(),
            value: made.value.clone(),
            reason: made.reason.clone(),
            standing: Standing::Holds,
            why: String::new(),
            by: made.name.clone(),
            function: Some(made.role.clone()).filter(|role| !role.is_empty()),
            on: stated.at.to_zoned(TimeZone::UTC).date(),
            expires: made.expires,
            document: made.document.clone(),
            record: Some(stated.index),
        }
    }

    /// Judges it by what has changed since it was made, where that is known.
    fn judged(mut self, changed: Option<&[&str]>, now: Timestamp) -> Self {
        let today = now.to_zoned(TimeZone::UTC).date();
        let by = &self.by;
        (self.standing, self.why) = if self.on > today {
            (Standing::Ahead, format!("it is dated {}, after this report", self.on))
        } else if self.value == NO {
            (Standing::Denied, format!("{by} says that it is not so"))
        } else if asks_yes_or_no(&self.field)
            && ![YES, NOT_APPLICABLE].contains(&self.value.as_str())
        {
            (Standing::Denied, format!("what {by} states is neither `true` nor `false`"))
        } else if self.expires <= now {
            let last =
                self.expires.checked_sub(SignedDuration::from_secs(1)).unwrap_or(self.expires);
            let day = last.to_zoned(TimeZone::UTC).date();
            (Standing::Expired, format!("what {by} stated held until {day}"))
        } else if let Some(changed @ [_, ..]) = changed {
            let told = format!("since {by} stated it, this changed: {}", changed.join(", "));
            (Standing::Outdated, told)
        } else if changed.is_none() {
            (Standing::Outdated, format!("what {by} stated it of is not kept any more"))
        } else if self.value == NOT_APPLICABLE {
            let reason = self.reason.as_deref().unwrap_or("no reason is given");
            (Standing::NotApplicable, format!("{by} rules it out: {reason}"))
        } else {
            (Standing::Holds, format!("{by} answers for it"))
        };
        self
    }
}

const YES: &str = "true";
const NO: &str = "false";
const NOT_APPLICABLE: &str = "not_applicable";

/// Returns a value as the ledger has it, and the reason that goes with it.
fn written(value: &StatementValue) -> (String, Option<String>) {
    match value {
        StatementValue::Yes => (YES.to_owned(), None),
        StatementValue::No => (NO.to_owned(), None),
        StatementValue::Text(text) => (text.clone(), None),
        StatementValue::NotApplicable(reason) => (NOT_APPLICABLE.to_owned(), Some(reason.clone())),
    }
}

/// Returns what is not any more as it was. That the agent was promoted since is no change.
fn changed(then: &Baseline, setup: &Setup) -> Vec<&'static str> {
    let Baseline { purpose, model, tools, policy } = &setup.baseline;
    let policies = [Some(policy), setup.policy_before_promotion.as_ref()];
    let changes = [
        ("purpose", then.purpose != *purpose),
        ("model", then.model != *model),
        ("tools", then.tools != *tools),
        ("policies", !policies.contains(&Some(&then.policy))),
    ];
    changes.into_iter().filter(|(_, is)| *is).map(|(what, _)| what).collect()
}

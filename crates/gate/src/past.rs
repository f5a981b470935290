//! What one actor did before, as far as a decision depends on it; kept with the decision.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use syndic_model::Counter;
use syndic_policy::{Usage, Used};

/// What an agent did before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Past {
    /// What its counters count, with this action.
    pub(crate) usage: Usage,
    /// Those of this action's recipients whom it reached in the last 30 days.
    pub(crate) known_recipients: BTreeSet<String>,
    /// Those whom it reached in this session.
    pub(crate) session_recipients: BTreeSet<String>,
}

/// What an actor did before, as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedPast {
    /// By counter, those that policies read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub usage: BTreeMap<String, RecordedUsed>,
    /// Those of the action's recipients whom the agent reached before.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub known_recipients: BTreeSet<String>,
    /// Those whom it reached in the session before.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub session_recipients: BTreeSet<String>,
}

/// What one counter counted, the action included.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecordedUsed {
    /// Calls, whatever came of them.
    pub calls: i64,
    /// Calls that were denied.
    #[serde(skip_serializing_if = "is_zero")]
    pub denials: i64,
    /// Decimal text.
    pub amount: String,
    /// Different recipients.
    #[serde(skip_serializing_if = "is_zero")]
    pub recipients: i64,
    /// Affected people.
    #[serde(skip_serializing_if = "is_zero")]
    pub affected_people: i64,
    /// Tokens.
    #[serde(skip_serializing_if = "is_zero")]
    pub tokens: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_zero(count: &i64) -> bool {
    *count == 0
}

impl RecordedPast {
    pub(crate) fn of(past: &Past) -> Self {
        let Past { usage, known_recipients, session_recipients } = past;
        let used = |(counter, used): (Counter, Used)| (counter.to_string(), used.into());
        Self {
            usage: usage.counted().map(used).collect(),
            known_recipients: known_recipients.clone(),
            session_recipients: session_recipients.clone(),
        }
    }

    pub(crate) fn past(&self) -> Result<Past, String> {
        let used = |(counter, used): (&String, &RecordedUsed)| Ok((counter.parse()?, used.used()?));
        Ok(Past {
            usage: self.usage.iter().map(used).collect::<Result<_, String>>()?,
            known_recipients: self.known_recipients.clone(),
            session_recipients: self.session_recipients.clone(),
        })
    }
}

impl From<Used> for RecordedUsed {
    fn from(used: Used) -> Self {
        let Used { calls, denials, amount, recipients, affected_people, tokens } = used;
        Self { calls, denials, amount: amount.to_string(), recipients, affected_people, tokens }
    }
}

impl RecordedUsed {
    fn used(&self) -> Result<Used, String> {
        let Self { calls, denials, amount, recipients, affected_people, tokens } = self;
        let amount = amount.parse().map_err(|error| format!("{error}"))?;
        Ok(Used {
            calls: *calls,
            denials: *denials,
            amount,
            recipients: *recipients,
            affected_people: *affected_people,
            tokens: *tokens,
        })
    }
}

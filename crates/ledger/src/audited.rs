//! A function that ran and was audited: an event in one record, which nobody was asked about before.

use serde::{Deserialize, Serialize};

use crate::{Decision, Record, Violation};

/// See [`Record::Audited`]. Arguments, result or error, checks, user and metadata are parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audited {
    /// The id of its audit event.
    pub id: String,
    /// Who acted.
    pub agent: String,
    /// Its version.
    pub agent_version: String,
    /// What it did.
    pub action: String,
    /// Through which tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// The session, claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Keyed pseudonym of the user, claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_ref: Option<String>,
    /// The model, claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The key that told of it.
    pub asked_by: String,
    /// How unavoidable the record is on this path.
    pub grade: String,
    /// The agent's risk level; `unknown` for an unknown agent.
    pub risk: String,
    /// Who answers for the agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// How it ended: `ok`, `error`, `panic`, `cancelled`, or `refused` where its own error said so.
    pub status: String,
    /// Not where it was refused.
    pub allowed: bool,
    /// What refused it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<Violation>,
    /// How long it ran.
    pub duration_ms: u64,
    /// Tokens read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_tokens: Option<u64>,
    /// Tokens written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<u64>,
    /// The governance directory that was in force.
    pub revision: String,
    /// The action it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// The first record of an event as views see it: it was decided, or it ran and was audited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acted<'a> {
    /// The event's id.
    pub id: &'a str,
    /// Who acts.
    pub agent: &'a str,
    /// What.
    pub action: &'a str,
    /// Through which tool.
    pub tool: Option<&'a str>,
    /// The session, claimed.
    pub session: Option<&'a str>,
    /// Keyed pseudonym of the user, claimed.
    pub user_ref: Option<&'a str>,
    /// The key that asked or told.
    pub asked_by: &'a str,
    /// How unavoidable the gate is on this path.
    pub grade: &'a str,
    /// The agent's risk level.
    pub risk: &'a str,
    /// `allow`, `deny` or `hold`; what ran was allowed.
    pub effect: &'a str,
    /// Whether it may run, or ran.
    pub allowed: bool,
    /// What stood in the way.
    pub violations: &'a [Violation],
    /// The agents it acts for.
    pub chain: &'a [String],
}

impl Record {
    /// Returns what views see of the first record of an event; `None` where it is of none.
    #[must_use]
    pub fn acted(&self) -> Option<Acted<'_>> {
        if let Self::Decision(decision) = self {
            Some(decision.acted())
        } else if let Self::Audited(audited) = self {
            Some(audited.acted())
        } else {
            None
        }
    }
}

impl Decision {
    /// Returns what views see of it.
    #[must_use]
    pub fn acted(&self) -> Acted<'_> {
        Acted {
            id: &self.id,
            agent: &self.agent,
            action: &self.action,
            tool: self.tool.as_deref(),
            session: self.session.as_deref(),
            user_ref: self.user_ref.as_deref(),
            asked_by: &self.asked_by,
            grade: &self.grade,
            risk: &self.risk,
            effect: &self.effect,
            allowed: self.allowed,
            violations: &self.violations,
            chain: &self.chain,
        }
    }
}

impl Audited {
    /// Returns what views see of it.
    #[must_use]
    pub fn acted(&self) -> Acted<'_> {
        Acted {
            id: &self.id,
            agent: &self.agent,
            action: &self.action,
            tool: self.tool.as_deref(),
            session: self.session.as_deref(),
            user_ref: self.user_ref.as_deref(),
            asked_by: &self.asked_by,
            grade: &self.grade,
            risk: &self.risk,
            effect: self.effect(),
            allowed: self.allowed,
            violations: &self.violations,
            chain: &[],
        }
    }

    /// Returns what a verdict would have been called.
    #[must_use]
    pub const fn effect(&self) -> &'static str {
        if self.allowed { "allow" } else { "deny" }
    }
}

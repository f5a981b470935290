//! Who acts: the profile of an agent.

use std::collections::BTreeSet;
use std::str::FromStr;

use jiff::tz::TimeZone;

use crate::risk::words;
use crate::{
    ActionName, AgentId, Capability, Decimal, GroupName, Limit, Money, Output, RiskLevel, TeamName,
};

words! {
    /// Whether verdicts are enforced for an agent.
    Mode, "mode", "observe, enforce":
    /// Everything is decided and recorded, nothing is stopped.
    Observe = "observe",
    /// Verdicts are enforced.
    Enforce = "enforce",
}

/// Who answers for an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// A person, by name or role.
    pub person: String,
    /// The team; team policies apply by it.
    pub team: TeamName,
    /// How to reach them.
    pub contact: String,
}

/// One item of an agent's allow-list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Allowed {
    /// One action of the catalogue.
    Action(ActionName),
    /// Every action whose capabilities are all in the allow-list.
    Capability(Capability),
}

/// When a human is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Threshold {
    /// Never.
    Never,
    /// For every action that is not a plain read.
    Always,
    /// When one of the rules matches.
    Rules(Vec<ThresholdRule>),
}

/// One rule of an approval threshold; it matches when its scope and any of its bounds do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ThresholdRule {
    /// The actions it speaks of; empty for all.
    pub actions: Vec<ActionName>,
    /// The capability it speaks of.
    pub capability: Option<Capability>,
    /// Asks above this amount.
    pub amount_over: Option<Money>,
    /// Asks when more people than this are affected.
    pub affected_over: Option<u64>,
    /// Asks when there are more recipients than this.
    pub recipients_over: Option<u64>,
}

/// What an agent is, may do, and who answers for it (product R1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentProfile {
    /// The file's name without `.yaml`.
    pub id: AgentId,
    /// A name for people.
    pub name: String,
    /// Declared risk; never less than the capabilities imply.
    pub risk_level: RiskLevel,
    /// What it can do beyond reading.
    pub capabilities: BTreeSet<Capability>,
    /// The most one financial transaction may move.
    pub max_transaction_amount: Money,
    /// Whether the threshold is in force.
    pub requires_human_approval: bool,
    /// When a human is asked.
    pub approval_threshold: Threshold,
    /// Who answers for it.
    pub owner: Owner,
    /// What it is for.
    pub purpose: String,
    /// The version recorded when a call names none.
    pub version: String,
    /// The model recorded when a call names none.
    pub model: Option<String>,
    /// Where the clock hangs that its local time is read from.
    pub time_zone: TimeZone,
    /// Whether verdicts are enforced.
    pub mode: Mode,
    /// The group asked by the threshold.
    pub approvers: Option<GroupName>,
    /// The allow-list.
    pub actions: Vec<Allowed>,
    /// How often and how much, at most [`MAX_LIMITS`](crate::MAX_LIMITS).
    pub limits: Vec<Limit>,
    /// Who is affected by what it does.
    pub stakeholders: Vec<String>,
    /// How it can fail.
    pub failure_modes: Vec<String>,
    /// Which data it may reach.
    pub data_access: Vec<String>,
    /// What to do when it goes wrong: a text or a link.
    pub incident_plan: Option<String>,
    /// What of the results of its actions goes back.
    pub output: Output,
}

impl AgentProfile {
    /// Tells whether the agent has `capability`; reading needs no declaration.
    #[must_use]
    pub fn can(&self, capability: Capability) -> bool {
        capability == Capability::Read || self.capabilities.contains(&capability)
    }

    /// Returns the limit of one transaction.
    #[must_use]
    pub const fn transaction_limit(&self) -> Decimal {
        self.max_transaction_amount.amount
    }
}

//! `agents/<id>.yaml`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use syndic_model::{
    ActionName, AgentId, Capability, GroupName, Mode, Money, Period, RiskLevel, TeamName,
};

use crate::calendars::Day;
use crate::position::At;
use crate::settings::TimeZoneName;
use crate::text::{Limit, Text};
use crate::wire::OutputFields;

/// An agent: what it is, what it may do, and who answers for it. The file is `agents/<id>.yaml`.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "syndic agent")]
pub(crate) struct AgentFile {
    /// The agent's id; if given, the file's name without `.yaml`.
    pub(crate) id: Option<Text<AgentId>>,
    /// A name for people.
    #[schemars(required)]
    pub(crate) name: Option<String>,
    /// low: read-only. medium: writes or sends, reversible. high: financial, medical, legal or irreversible.
    /// critical: autonomous decisions that affect many people.
    #[schemars(required)]
    pub(crate) risk_level: Option<Text<RiskLevel>>,
    /// Who answers for it.
    #[schemars(required)]
    pub(crate) owner: Option<At<OwnerFields>>,
    /// What it is for.
    pub(crate) purpose: Option<String>,
    /// The version recorded when a call names none.
    pub(crate) version: Option<String>,
    /// The model recorded when a call names none.
    pub(crate) model: Option<String>,
    /// Where its clock hangs, by an IANA name; that of `syndic.yaml` if left out.
    pub(crate) time_zone: Option<Text<TimeZoneName>>,
    /// observe (the default): decide and record, stop nothing. enforce: verdicts hold.
    pub(crate) mode: Option<Text<Mode>>,
    /// The day on which it began to be observed, like `2026-11-22`. Agents of high or critical risk need it while
    /// `mode` is observe, and may be observed for 14 days.
    pub(crate) observing_since: Option<Text<Day>>,
    /// Who signed that its verdicts be enforced; `syndic promote` writes it.
    pub(crate) promoted: Option<At<PromotedFields>>,
    /// Whether it writes data; false if left out, like the next three.
    pub(crate) can_write_data: Option<bool>,
    /// Whether it sends messages to somebody outside.
    pub(crate) can_send_external_messages: Option<bool>,
    /// Whether it runs code.
    pub(crate) can_execute_code: Option<bool>,
    /// Whether it moves money.
    pub(crate) can_make_financial_transactions: Option<bool>,
    /// The most one financial transaction may move, like `1000.00 USD`; 0 if left out.
    pub(crate) max_transaction_amount: Option<Text<Limit>>,
    /// Whether the threshold below is in force.
    pub(crate) requires_human_approval: Option<bool>,
    /// When a human is asked: never, always (all but reads), or a list of rules of which any may match.
    pub(crate) approval_threshold: Option<At<Threshold>>,
    /// The group that is asked.
    pub(crate) approvers: Option<Text<GroupName>>,
    /// What it may do: ids of actions, or capabilities. Anything else is refused.
    pub(crate) actions: Option<Vec<Text<ActionName>>>,
    /// How often and how much, over time.
    pub(crate) limits: Option<At<Vec<At<LimitFields>>>>,
    /// Who is affected by what it does.
    pub(crate) stakeholders: Option<Vec<String>>,
    /// How it can fail.
    pub(crate) failure_modes: Option<Vec<String>>,
    /// Which data it may reach.
    pub(crate) data_access: Option<Vec<String>>,
    /// What to do when it goes wrong: a text or a link.
    pub(crate) incident_plan: Option<String>,
    /// What of the results of its actions goes back to it and on record, beside what the actions say. All if left out.
    pub(crate) output: Option<OutputFields>,
}

/// Who answers for an agent.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Owner")]
pub(crate) struct OwnerFields {
    /// A person, by name or role.
    #[schemars(required)]
    pub(crate) person: Option<String>,
    /// The team; policies in `policies/teams/<team>/` apply by it.
    #[schemars(required)]
    pub(crate) team: Option<Text<TeamName>>,
    /// How to reach them: an address, a channel, a link.
    #[schemars(required)]
    pub(crate) contact: Option<String>,
}

/// Who signed that an agent's verdicts be enforced.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Promoted")]
pub(crate) struct PromotedFields {
    /// A person, by name or role.
    #[schemars(required)]
    pub(crate) signed_by: Option<String>,
    /// On which day, like `2026-11-22`.
    #[schemars(required)]
    pub(crate) on: Option<Text<Day>>,
}

/// When a human is asked.
#[derive(Debug)]
pub(crate) enum Threshold {
    /// A word, to be read.
    Word(String),
    /// Rules.
    Rules(Vec<At<RuleFields>>),
}

/// Asks a human when the action is one of `actions`, has `capability`, and exceeds any bound. What is left out
/// does not restrict.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ThresholdRule")]
pub(crate) struct RuleFields {
    /// The actions it speaks of.
    pub(crate) actions: Option<Vec<Text<ActionName>>>,
    /// The capability it speaks of.
    pub(crate) capability: Option<Text<Capability>>,
    /// Asks above this amount, like `100 USD`.
    pub(crate) amount_over: Option<Text<Money>>,
    /// Asks when more people than this are affected.
    pub(crate) affected_over: Option<u64>,
    /// Asks when there are more recipients than this.
    pub(crate) recipients_over: Option<u64>,
}

/// Refuses beyond any of its measures. It counts the actions of its scope; all of them if none is given.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Limit")]
pub(crate) struct LimitFields {
    /// The actions it counts.
    pub(crate) actions: Option<Vec<Text<ActionName>>>,
    /// The capability it counts.
    pub(crate) capability: Option<Text<Capability>>,
    /// Over what: a rolling minute, hour or day, a session, or a rolling day of one user.
    #[schemars(required)]
    pub(crate) per: Option<Text<Period>>,
    /// The most calls, denied ones included.
    pub(crate) calls: Option<u64>,
    /// The most money in sum, like `1000 USD`.
    pub(crate) amount: Option<Text<Money>>,
    /// The most different recipients.
    pub(crate) recipients: Option<u64>,
    /// The most tokens that outcomes report.
    pub(crate) tokens: Option<u64>,
}

impl<'de> Deserialize<'de> for Threshold {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordOrRules;

        impl<'de> Visitor<'de> for WordOrRules {
            type Value = Threshold;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`never`, `always` or a list of rules")
            }

            fn visit_str<E>(self, word: &str) -> Result<Threshold, E> {
                Ok(Threshold::Word(word.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, rules: A) -> Result<Threshold, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(rules)).map(Threshold::Rules)
            }
        }

        deserializer.deserialize_any(WordOrRules)
    }
}

impl JsonSchema for Threshold {
    fn schema_name() -> Cow<'static, str> {
        "ApprovalThreshold".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let rules = generator.subschema_for::<Vec<RuleFields>>();
        json_schema!({"anyOf": [{"enum": ["never", "always"]}, rules]})
    }
}

//! `policies/tests/*.yaml`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use syndic_model::{
    ActionName, AgentId, Counter, Decimal, Effect, EnforcementGrade, LabelName, PolicyId,
    SessionId, ToolName,
};

use crate::kinds::EntityName;
use crate::position::At;
use crate::settings::{Environment, Points};
use crate::text::Text;

/// Tests of the policies: what is given, and what is expected of the verdict.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "syndic policy tests")]
pub(crate) struct CasesFile {
    /// The tests.
    #[schemars(required)]
    pub(crate) tests: Option<Vec<At<TestFields>>>,
}

/// One test, or a table of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Test")]
pub(crate) struct TestFields {
    /// What it shows, as a sentence; once per file.
    #[schemars(required)]
    pub(crate) name: Option<At<String>>,
    /// What is asked, and under which circumstances; shared by all rows.
    pub(crate) given: Option<GivenFields>,
    /// What should come of it; shared by all rows.
    pub(crate) expect: Option<ExpectFields>,
    /// Tests that share the above, each with what differs.
    pub(crate) rows: Option<Vec<At<RowFields>>>,
}

/// One row of a table: what it says goes before what the test says.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Row")]
pub(crate) struct RowFields {
    /// What this row shows; its number if left out.
    pub(crate) name: Option<At<String>>,
    /// What differs in what is asked; arguments and call facts are replaced one by one.
    pub(crate) given: Option<GivenFields>,
    /// What differs in what should come of it.
    pub(crate) expect: Option<ExpectFields>,
}

/// What is asked.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Given")]
pub(crate) struct GivenFields {
    /// The agent.
    pub(crate) agent: Option<Text<AgentId>>,
    /// The action.
    pub(crate) action: Option<Text<ActionName>>,
    /// The arguments; or their JSON as a text, for numbers that YAML would round. None if left out.
    #[serde(default)]
    #[schemars(schema_with = "arguments")]
    pub(crate) args: Option<At<Value>>,
    /// The tool.
    pub(crate) tool: Option<Text<ToolName>>,
    /// The session.
    pub(crate) session_id: Option<Text<SessionId>>,
    /// The agent that delegated it.
    pub(crate) on_behalf_of: Option<Text<AgentId>>,
    /// What the host knows, as `context.call` in policies.
    pub(crate) call: Option<CallFields>,
}

/// What the host knows.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Call")]
pub(crate) struct CallFields {
    /// The time it is then (RFC 3339). The real time if left out.
    pub(crate) now: Option<Text<Timestamp>>,
    /// Where it runs. As in `syndic.yaml` if left out.
    pub(crate) environment: Option<Text<Environment>>,
    /// The personal data found in what it would send. What is really found there if left out.
    pub(crate) pii: Option<Vec<Text<EntityName>>>,
    /// The secrets found there, by the names of their formats. What is really found there if left out.
    pub(crate) secrets: Option<Vec<At<String>>>,
    /// Whether some of it was disguised. What is really found there if left out.
    pub(crate) obfuscated: Option<bool>,
    /// How unusual it is for the agent, from 0 to 100. 0 if left out.
    pub(crate) anomaly: Option<Text<Points>>,
    /// How unavoidable the gate is. `cooperative` if left out.
    pub(crate) grade: Option<Text<EnforcementGrade>>,
    /// Whether somebody pressed the stop button for the agent.
    pub(crate) suspended: Option<bool>,
    /// What is known about the session.
    pub(crate) session: Option<SessionFields>,
    /// Those of the recipients whom the agent reached in the last 30 days. None if left out.
    pub(crate) known_recipients: Option<BTreeSet<String>>,
    /// What counters count, this action included, by what stands below `context.call.usage`: `agent.minute`,
    /// `limit_1`. The others count this action alone.
    #[schemars(with = "Option<BTreeMap<String, UseFields>>")]
    pub(crate) usage: Option<Uses>,
}

/// What is known about the session.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Session")]
pub(crate) struct SessionFields {
    /// What earlier actions left on it. None if left out.
    pub(crate) labels: Option<Vec<Text<LabelName>>>,
    /// Those of the recipients whom it reached before. None if left out.
    pub(crate) known_recipients: Option<BTreeSet<String>>,
}

/// What counters count, in order.
#[derive(Debug)]
pub(crate) struct Uses(pub(crate) Vec<(Text<Counter>, UseFields)>);

/// What one counter counts.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Use")]
pub(crate) struct UseFields {
    /// Calls, this one included.
    pub(crate) calls: Option<i64>,
    /// Calls that were denied.
    pub(crate) denials: Option<i64>,
    /// Money, this action's included: `4500.00`.
    pub(crate) amount: Option<Text<Decimal>>,
    /// Different recipients, this action's included.
    pub(crate) recipients: Option<i64>,
    /// Affected people, this action's included.
    pub(crate) affected_people: Option<i64>,
    /// Tokens.
    pub(crate) tokens: Option<i64>,
}

/// What should come of it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Expect")]
pub(crate) struct ExpectFields {
    /// The verdict.
    pub(crate) effect: Option<Text<Effect>>,
    /// The ids of exactly those policies that stand in the way, in any order.
    pub(crate) policies: Option<Vec<Text<PolicyId>>>,
    /// Texts that each stand in some reason, as in `transaction-limit: 5000 USD …`.
    pub(crate) reasons: Option<Vec<String>>,
}

fn arguments(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["object", "string"]})
}

impl<'de> Deserialize<'de> for Uses {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Uses;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("counters by name, like `agent.minute: {calls: 61}`")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Uses, A::Error> {
                let mut uses = Vec::new();
                while let Some(used) = map.next_entry()? {
                    uses.push(used);
                }
                Ok(Uses(uses))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

//! Actions that are asked for to see what becomes of them, and are never run.

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use syndic_governance::Governance;
use syndic_model::{
    ActionName, ActionRequest, AgentId, Arguments, Caller, CheckResult, Decided, EnforcementGrade,
};

use super::DrillError;
use crate::Gate;

/// The key under which a drill asks.
pub(super) const DRILL: &str = "drill";
/// The policy that stops an agent which is suspended.
const SUSPENDED: &str = "agent-suspended";
/// How deep arguments are made up.
const DEEPEST: u8 = 8;

/// Returns what a drill asks as for an agent.
pub(super) fn caller(agent: &AgentId) -> Caller {
    Caller::Agent {
        key: DRILL.to_owned(),
        agent: Some(agent.clone()),
        grade: EnforcementGrade::InPath,
    }
}

/// Makes up a request, with plain arguments, for each action that is not denied to an agent whatever its arguments.
/// Without a record, unless somebody changes that.
pub(super) fn requests(governance: &Governance, agent: &AgentId) -> Vec<ActionRequest> {
    let made = governance.engine.callable(agent).into_iter().filter_map(|action| {
        let entry = governance.catalogue.get(&action)?;
        request(agent, action, &sample(&entry.input, DEEPEST))
    });
    made.collect()
}

/// Asks for actions until one is allowed, on record.
pub(super) async fn allowed(gate: &Gate, agents: &[AgentId]) -> Result<ActionRequest, DrillError> {
    let governance = gate.governance();
    for agent in agents {
        for request in requests(&governance, agent) {
            if !gate.submit(&caller(agent), request.clone()).await?.allowed {
                continue;
            }
            let kept = ActionRequest { dry_run: false, ..request };
            let decided = gate.submit(&caller(agent), kept.clone()).await?;
            if decided.allowed && decided.record.is_some() {
                return Ok(kept);
            }
        }
    }
    Err(DrillError::NoProbe)
}

/// Makes up a request with these arguments.
pub(super) fn request(agent: &AgentId, action: ActionName, args: &Value) -> Option<ActionRequest> {
    let raw = RawValue::from_string(args.to_string()).ok()?;
    Some(ActionRequest {
        agent: agent.clone(),
        action,
        args: Arguments::parse(&raw).ok()?,
        tool: None,
        server: None,
        tool_pin: None,
        agent_version: None,
        session_id: None,
        user_id: None,
        on_behalf_of: None,
        parent_action_id: None,
        model: None,
        metadata: Map::new(),
        idempotency_key: None,
        dry_run: true,
        trace: None,
    })
}

/// Tells whether the stop of the agent stood in the way, whatever else did.
pub(super) fn is_stopped(decided: &Decided) -> bool {
    let stops = |check: &syndic_model::Check| {
        check.policy.as_str() == SUSPENDED && check.result == CheckResult::Blocked
    };
    !decided.allowed && decided.checks.iter().any(stops)
}

/// Makes up the smallest plain value that a schema of the catalogue may take.
fn sample(schema: &Value, depth: u8) -> Value {
    let word = |name: &str| schema.get(name);
    if let Some(given) =
        word("const").or_else(|| word("default")).or_else(|| word("enum")?.as_array()?.first())
    {
        return given.clone();
    }
    let Some(depth) = depth.checked_sub(1) else { return Value::Null };
    match word("type").and_then(Value::as_str) {
        Some("object") | None => object(schema, depth),
        Some("array") => {
            let least = word("minItems").and_then(Value::as_u64).unwrap_or(0).min(16);
            let item = word("items").map_or(Value::Null, |items| sample(items, depth));
            Value::Array((0..least).map(|_| item.clone()).collect())
        }
        Some("string") => text(schema),
        Some("integer" | "number") => {
            let least = word("minimum").filter(|least| least.as_f64().is_some_and(|f| f > 1.0));
            least.cloned().unwrap_or_else(|| json!(1))
        }
        Some("boolean") => json!(false),
        Some(_) => Value::Null,
    }
}

fn object(schema: &Value, depth: u8) -> Value {
    let required = schema.get("required").and_then(Value::as_array);
    let properties = schema.get("properties");
    let members = required.into_iter().flatten().filter_map(Value::as_str).map(|name| {
        let of = properties.and_then(|properties| properties.get(name));
        (name.to_owned(), of.map_or_else(|| json!(DRILL), |of| sample(of, depth)))
    });
    Value::Object(members.collect())
}

fn text(schema: &Value) -> Value {
    match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => json!("2026-01-01T00:00:00Z"),
        Some("date") => json!("2026-01-01"),
        Some("email") => json!("drill@example.invalid"),
        Some("uri") => json!("https://example.invalid/"),
        _ => {
            let least = schema.get("minLength").and_then(Value::as_u64).unwrap_or(0).min(4096);
            let least = usize::try_from(least).unwrap_or_default();
            json!(DRILL.repeat(least.div_ceil(DRILL.len()).max(1)))
        }
    }
}

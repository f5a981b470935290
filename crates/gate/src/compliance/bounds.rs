//! What of an agent's profile bounds it: what policies are compiled from, or read.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use syndic_governance::Governance;
use syndic_model::{
    ActionName, AgentProfile, Limit, Mode, Output, OutputKind, Threshold, ThresholdRule, canonical,
};

/// Writes what bounds an agent that is in a mode. Neither the order in which its file lists something nor how a number is
/// written there changes the text. What the agent may do is not in it: that goes with the tools.
pub(super) fn bounds(governance: &Governance, agent: &AgentProfile, mode: Mode) -> String {
    let capabilities = agent.capabilities.iter().map(ToString::to_string);
    canonical(&json!({
        "mode": mode.as_str(),
        "risk_level": agent.risk_level.as_str(),
        "team": agent.owner.team.as_str(),
        "time_zone": agent.time_zone.iana_name(),
        "capabilities": set(capabilities),
        "max_transaction_amount": agent.max_transaction_amount.to_string(),
        "approval": approval(governance, agent),
        "limits": set(agent.limits.iter().map(limit)),
        "data_access": set(agent.data_access.iter().cloned()),
        "output": output(&agent.output),
    }))
}

/// Returns when who is asked, and how many of them must approve; null where nobody is.
fn approval(governance: &Governance, agent: &AgentProfile) -> Value {
    let rules = match &agent.approval_threshold {
        _ if !agent.requires_human_approval => return Value::Null,
        Threshold::Never => return Value::Null,
        Threshold::Always => json!("always"),
        Threshold::Rules(rules) => set(rules.iter().map(rule)),
    };
    let group = agent.approvers.as_ref().and_then(|name| governance.approvers.groups.get(name));
    json!({
        "rules": rules,
        "group": agent.approvers.as_ref().map(ToString::to_string),
        "approvals": group.map(|group| group.approvals),
    })
}

fn rule(rule: &ThresholdRule) -> String {
    canonical(&json!({
        "actions": names(&rule.actions),
        "capability": rule.capability.map(|capability| capability.as_str()),
        "amount_over": rule.amount_over.map(|amount| amount.to_string()),
        "affected_over": rule.affected_over,
        "recipients_over": rule.recipients_over,
    }))
}

fn limit(limit: &Limit) -> String {
    canonical(&json!({
        "actions": names(&limit.actions),
        "capability": limit.capability.map(|capability| capability.as_str()),
        "per": limit.per.as_str(),
        "calls": limit.calls,
        "amount": limit.amount.map(|amount| amount.to_string()),
        "recipients": limit.recipients,
        "tokens": limit.tokens,
    }))
}

fn output(output: &Output) -> Value {
    let kinds = |kinds: &BTreeSet<OutputKind>| {
        set(kinds.iter().map(|kind| match kind {
            OutputKind::Pii => "pii".to_owned(),
            OutputKind::Secrets => "secrets".to_owned(),
            OutputKind::Kind(name) => name.clone(),
        }))
    };
    json!({
        "redact": kinds(&output.redact),
        "block": kinds(&output.block),
        "max_bytes": output.max_bytes,
    })
}

fn names(actions: &[ActionName]) -> Value {
    set(actions.iter().map(ToString::to_string))
}

fn set(items: impl Iterator<Item = String>) -> Value {
    items.collect::<BTreeSet<_>>().into_iter().collect()
}

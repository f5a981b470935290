//! What the host makes sure of before it asks the policies, written as Cedar conditions.
//!
//! A proof is about requests that can be made: by an agent of the registry with the attributes of its profile, with
//! amounts that are not negative. Whatever is not stated here is free, which makes proofs stronger, never weaker.

use std::collections::BTreeSet;

use serde_json::Value;
use syndic_model::{
    AgentProfile, Capability, CatalogueEntry, Counter, Decimal, Fact, FactSource, Step,
};

/// States that the principal is `agent`, with the attributes of its profile and in no other of `teams`.
pub(crate) fn is_agent(agent: &AgentProfile, teams: &BTreeSet<String>) -> String {
    let AgentProfile { id, name, risk_level, version, max_transaction_amount, owner, .. } = agent;
    let mut holds = vec![format!("principal == {}", entity("Agent", id.as_str()))];
    for (attribute, text) in [
        ("id", id.as_str()),
        ("name", name),
        ("risk_level", risk_level.as_str()),
        ("team", owner.team.as_str()),
        ("version", version),
        ("currency", max_transaction_amount.currency.as_str()),
    ] {
        holds.push(format!("principal.{attribute} == {}", string(text)));
    }
    let can = Capability::ALL.iter().filter(|capability| agent.can(**capability));
    let can: Vec<_> = can.map(|capability| string(capability.as_str())).collect();
    holds.push(format!("principal.capabilities == [{}]", can.join(", ")));
    let limit = decimal(max_transaction_amount.amount);
    holds.push(format!("principal.max_transaction_amount == decimal(\"{limit}\")"));
    for team in teams {
        let not = if team == owner.team.as_str() { "" } else { "!" };
        holds.push(format!("{not}(principal in {})", entity("Team", team)));
    }
    holds.join(" && ")
}

/// Joins conditions with `||`, evenly, so that many agents make no deep expression.
pub(crate) fn any(conditions: &[String]) -> String {
    match conditions {
        [] => "false".to_owned(),
        [only] => format!("({only})"),
        several => {
            let (left, right) = several.split_at(several.len() / 2);
            format!("({} || {})", any(left), any(right))
        }
    }
}

/// States what the gate makes sure of about the facts of `entry`.
pub(crate) fn facts(entry: &CatalogueEntry) -> Vec<String> {
    entry.facts.iter().flat_map(|(fact, source)| about(*fact, source, entry)).collect()
}

fn about(fact: Fact, source: &FactSource, entry: &CatalogueEntry) -> Vec<String> {
    let there = |fact: &str, holds: &str| {
        format!("(!(context.facts has {fact}) || context.facts.{fact}{holds})")
    };
    match fact {
        Fact::Amount => {
            let not_negative = there("amount", ".greaterThanOrEqual(decimal(\"0.0\"))");
            let same = number_argument(source, entry)
                .map(|argument| format!("context.facts.amount == context.input[{argument}]"));
            std::iter::once(not_negative).chain(same).collect()
        }
        Fact::Currency => match &source.constant {
            Some(Value::String(currency)) => {
                vec![format!("context.facts.currency == {}", string(currency))]
            }
            _ => Vec::new(),
        },
        Fact::Recipients => vec![there("recipient_count", " >= 0")],
        Fact::AffectedPeople => vec![there("affected_people", " >= 0")],
        Fact::Content | Fact::Resource => Vec::new(),
    }
}

/// Returns the one required argument of JSON type `number` that the fact is, as a Cedar string.
fn number_argument(source: &FactSource, entry: &CatalogueEntry) -> Option<String> {
    let [pointer] = source.pointers.as_slice() else { return None };
    let [Step::Key(key)] = pointer.steps() else { return None };
    let required = entry.input.get("required")?.as_array()?;
    let kind = entry.input.get("properties")?.get(key)?.get("type")?;
    (required.iter().any(|one| one == key.as_str()) && kind == "number").then(|| string(key))
}

/// States what makes a request one that `syndic decide` can be asked: such a witness is looked for first.
pub(crate) fn plain(
    entry: &CatalogueEntry,
    environment: &str,
    counters: &BTreeSet<Counter>,
) -> Vec<String> {
    let tool = match entry.tools.as_slice() {
        [tool, ..] => tool.as_str(),
        [] => "",
    };
    let mut holds = vec![
        format!("context.call.environment == {}", string(environment)),
        "!context.call.suspended".to_owned(),
        "context.call.pii.isEmpty()".to_owned(),
        "context.call.secrets.isEmpty()".to_owned(),
        "!context.call.obfuscated".to_owned(),
        "context.call.detected.isEmpty()".to_owned(),
        "!(context.call.session has id)".to_owned(),
        "context.call.session.labels.isEmpty()".to_owned(),
        "context.call.session.known_recipients.isEmpty()".to_owned(),
        "context.call.known_recipients.isEmpty()".to_owned(),
        "context.call.delegation.depth == 0".to_owned(),
        "context.call.delegation.agents.isEmpty()".to_owned(),
        "context.call.anomaly == 0".to_owned(),
        "context.call.grade == \"cooperative\"".to_owned(),
    ];
    holds.push(format!("resource == {}", entity("Tool", tool)));
    holds.extend(counters.iter().flat_map(|counter| first_use(counter, entry)));
    holds
}

/// States that the action is the first that a counter counts, in the counter's currency.
fn first_use(counter: &Counter, entry: &CatalogueEntry) -> Vec<String> {
    let used = format!("context.call.usage.{counter}");
    let mut holds = vec![
        format!("{used}.calls == 1"),
        format!("{used}.denials == 0"),
        format!("{used}.tokens == 0"),
    ];
    let always = |fact| {
        entry.facts.get(&fact).is_some_and(|source: &FactSource| {
            !source.optional || source.default.is_some() || source.constant.is_some()
        })
    };
    for (fact, name, told) in [
        (Fact::Amount, "amount", "amount"),
        (Fact::Recipients, "recipients", "recipient_count"),
        (Fact::AffectedPeople, "affected_people", "affected_people"),
    ] {
        if always(fact) {
            holds.push(format!("{used}.{name} == context.facts.{told}"));
        }
    }
    holds
}

/// Writes an amount, which is never negative, in the grammar of Cedar's `decimal("…")`.
pub(crate) fn decimal(amount: Decimal) -> String {
    let count = amount.ten_thousandths();
    format!("{}.{:04}", count / 10_000, count % 10_000)
}

fn string(text: &str) -> String {
    format!("\"{}\"", text.escape_debug())
}

fn entity(kind: &str, id: &str) -> String {
    format!("{kind}::{}", string(id))
}

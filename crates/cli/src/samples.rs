//! A comparison without a solver: a few requests for every agent and action, decided by both directories.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use syndic_governance::Governance;
use syndic_model::{ActionName, AgentId, CatalogueEntry, Decimal, Effect};
use syndic_prove::{Change, Level, Relation, Witness};

use crate::solver;

/// Compares what both decide about the samples. No difference found is no proof that there is none.
pub(crate) fn compare(old: &Governance, new: &Governance) -> Vec<Change> {
    let amounts = amounts(&[old, new]);
    let agents = new.agents.keys().filter(|agent| old.agents.contains_key(*agent));
    let pairs = agents.flat_map(|agent| new.catalogue.iter().map(move |entry| (agent, entry)));
    let known = pairs.filter(|(_, (action, entry))| old.catalogue.get(*action) == Some(entry));
    known.map(|(agent, (action, entry))| one(agent, action, entry, &amounts, old, new)).collect()
}

fn one(
    agent: &AgentId,
    action: &ActionName,
    entry: &CatalogueEntry,
    amounts: &BTreeSet<i64>,
    old: &Governance,
    new: &Governance,
) -> Change {
    let (mut opened, mut closed) = (None, None);
    for amount in amounts {
        let request = request(agent, action, entry, *amount);
        let asked = (solver::decide(old, &request).ok(), solver::decide(new, &request).ok());
        let (Some(before), Some(after)) = asked else { continue };
        let level = if before == Effect::Allow || after == Effect::Allow {
            Level::Unattended
        } else {
            Level::Approved
        };
        let witness = || {
            let (facts, call) = (Value::Null, Value::Null);
            (level, Witness { request: request.clone(), facts, call, refused_by: Vec::new() })
        };
        match openness(after).cmp(&openness(before)) {
            std::cmp::Ordering::Greater => opened = opened.or_else(|| Some(witness())),
            std::cmp::Ordering::Less => closed = closed.or_else(|| Some(witness())),
            std::cmp::Ordering::Equal => {}
        }
    }
    let relation = match (&opened, &closed) {
        (None, None) => Relation::Equivalent,
        (Some(_), None) => Relation::Looser,
        (None, Some(_)) => Relation::Stricter,
        (Some(_), Some(_)) => Relation::Incomparable,
    };
    Change { agent: agent.clone(), action: Some(action.clone()), relation, opened, closed }
}

const fn openness(effect: Effect) -> u8 {
    match effect {
        Effect::Deny => 0,
        Effect::Hold => 1,
        Effect::Allow => 2,
    }
}

/// Returns amounts around every number that a policy or a limit names, in ten-thousandths.
fn amounts(both: &[&Governance]) -> BTreeSet<i64> {
    let mut named = BTreeSet::from([Decimal::ZERO]);
    for governance in both {
        named.extend(governance.agents.values().map(|agent| agent.max_transaction_amount.amount));
        for policy in governance.engine.show() {
            let words = policy.text.split(|c: char| !c.is_ascii_digit() && c != '.');
            named.extend(words.filter_map(|word| word.parse::<Decimal>().ok()));
        }
    }
    let around = named.iter().flat_map(|amount| {
        let count = amount.ten_thousandths();
        [count.saturating_sub(10_000), count, count.saturating_add(10_000)]
    });
    around.filter(|count| *count >= 0).collect()
}

fn request(agent: &AgentId, action: &ActionName, entry: &CatalogueEntry, amount: i64) -> Value {
    let number = Decimal::from_ten_thousandths(amount).unwrap_or(Decimal::ZERO);
    let value = |schema: &Value| match schema.get("type").and_then(Value::as_str) {
        Some("string") => Some(json!("x")),
        Some("boolean") => Some(json!(true)),
        Some("integer") => Some(json!(amount / 10_000)),
        Some("number") => serde_json::from_str(&number.to_string()).ok(),
        _ => None,
    };
    let properties = entry.input.get("properties").and_then(Value::as_object);
    let args: Map<String, Value> = properties
        .into_iter()
        .flatten()
        .filter_map(|(name, schema)| Some((name.clone(), value(schema)?)))
        .collect();
    json!({ "agent": agent.as_str(), "action": action.as_str(), "args": args })
}
